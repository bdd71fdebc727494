"""Word and Excel files opened without trusting them.

A file is refused, with one sentence that says what to do, if it is not what it should be, is encrypted, holds
macros, or would unpack to more than a list of procedures ever needs. Names of parts are never used as paths and
links to the outside are never followed.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from xml.etree import ElementTree

from .record import Unreadable

MOST_PARTS = 10_000
LARGEST_PART = 64 * 1024 * 1024
LARGEST_WHOLE = 192 * 1024 * 1024
STEEPEST = 200
"""Bytes unpacked for each byte packed, of parts over 1 MB. Real sheets stay under 30."""

DEEPEST = 200
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, OverflowError, struct.error)
"""What the standard library raises on broken archives; NotImplementedError is a RuntimeError."""

ZIP = b"PK\x03\x04"
TYPES = "[Content_Types].xml"
STREAMED = 65_536


class Package:
    """The parts of one Office file, each read within limits."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self.archive.infolist()
        except DAMAGE as fault:
            raise Unreadable(f"{name} is damaged or cut off ({fault}); download it again.") from fault
        refuse_bombs(entries, name)
        self.parts = {entry.filename: entry for entry in entries if not entry.filename.endswith("/")}
        types = self.read(TYPES) if TYPES in self.parts else b""
        programs = {PurePosixPath(part).name.casefold() for part in self.parts}
        if b"macroEnabled" in types or "vbaproject.bin" in programs:
            raise Unreadable(f"{name} holds macros; save it without them, as .docx or .xlsx.")

    def read(self, part: str) -> bytes:
        """One part's bytes. A part whose real size or checksum differs from what it declares is refused."""
        entry = self.parts.get(part)
        if entry is None:
            raise Unreadable(f"{self.name} has no {part}; it is damaged or not an Office file. Download it again.")
        try:
            with self.archive.open(entry) as stream:
                data = stream.read(LARGEST_PART + 1)
                rest = stream.read(1)
        except DAMAGE as fault:
            raise Unreadable(f"{self.name} is damaged ({part}: {fault}); download it again.") from fault
        if rest or len(data) != entry.file_size:
            raise Unreadable(f"{self.name} is damaged ({part} has not the size it declares); download it again.")
        return data

    def tree(self, part: str) -> ElementTree.Element:
        """One part as XML without a document type."""
        root = parse(self.read(part), f"{self.name} ({part})", Guarded())
        assert isinstance(root, ElementTree.Element)
        return root

    def scan(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        """Calls `start` with the name and attributes of each element of one part, keeping nothing."""
        parse(self.read(part), f"{self.name} ({part})", Scanning(start))


class Guarded(ElementTree.TreeBuilder):
    """A tree builder that refuses document types (and with them entities) and endless nesting."""

    depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called by the parser before any entity could be used."""
        raise ForbiddenError("it declares a document type")

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        """Counts the nesting."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise ForbiddenError(f"it nests more than {DEEPEST} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        """Counts the nesting."""
        self.depth -= 1
        return super().end(tag)


class Scanning:
    """A parser's target that hands on what begins and keeps nothing."""

    def __init__(self, begin: Callable[[str, dict[str, str]], None]) -> None:
        self.begin = begin

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called by the parser before any entity could be used."""
        raise ForbiddenError("it declares a document type")

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Hands the element on."""
        self.begin(tag, attrs)

    def close(self) -> None:
        """Nothing was kept."""


class ForbiddenError(Exception):
    """XML that no Office program writes."""


def parse(data: bytes, name: str, target: Guarded | Scanning) -> object:
    """The target's result after the whole text."""
    parser = ElementTree.XMLParser(target=target)  # noqa: S314 - entities are refused with the document type
    try:
        for place in range(0, len(data), STREAMED):
            parser.feed(data[place : place + STREAMED])
        return parser.close()
    except (ElementTree.ParseError, ForbiddenError, ValueError, LookupError) as fault:
        raise Unreadable(f"{name} is not the XML of an Office file ({fault}); download it again.") from fault


def refuse_bombs(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Unreadable if the archive declares too many parts, too much in them, or an encrypted one."""
    if len(entries) > MOST_PARTS:
        raise Unreadable(f"{name} has more than {MOST_PARTS:,} parts, which no list needs; export it again.")
    if any(entry.compress_type not in PACKINGS for entry in entries):
        raise Unreadable(f"{name} is packed in a way that Office never uses; open it and save it again.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(f"{name} is encrypted; save it without a password.")
    sizes = [entry.file_size for entry in entries]
    if sum(sizes) > LARGEST_WHOLE or max(sizes, default=0) > LARGEST_PART:
        raise Unreadable(f"{name} would unpack to far more than a list needs; export it again in parts.")
    if any(e.file_size > 2**20 and e.file_size > STEEPEST * max(e.compress_size, 1) for e in entries):
        raise Unreadable(f"{name} unpacks to far more than it holds, as a zip bomb does; export it again.")
