"""Which reader a file needs: told from its content; its name says only what the content leaves open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from . import cells, html, jsonl, lists, ole, page, printed, rest, word
from .archive import ZIP, Package
from .record import Read, Unreadable

Reader = Callable[[Path], Iterator[Read]]

KNOWN = (
    "JSON Lines of procedures, the portal's Excel lists, its Word export of one procedure, a captured detail "
    "page, the new API's answer, a saved HTML page of the old portal, or a list page copied as text"
)
MARKUP = re.compile(r"<!doctype html|<html\b|<body\b|<h[12]\b|<table\b", re.IGNORECASE)
GZIP = b"\x1f\x8b"
STRANGERS = {
    b"%PDF": "a PDF; get the Word export of the procedure instead",
    b"{\\rtf": "an RTF; open it and save it as .docx",
    b"\x89PNG": "a picture; export the list or the procedure from the portal instead",
    b"\xff\xd8\xff": "a picture; export the list or the procedure from the portal instead",
}


def reader(path: Path) -> Reader:
    """The reader for this file, or Unreadable with what can be imported instead."""
    if path.is_dir():
        raise Unreadable(f"{path.name} is a folder; give the files in it one by one.")
    beginning = first_bytes(path)
    for signature, what in STRANGERS.items():
        if beginning.startswith(signature):
            raise Unreadable(f"{path.name} is {what}. Can be imported: {KNOWN}.")
    if beginning.startswith(GZIP):
        return jsonl.read
    if beginning.startswith(ole.SIGNATURE):
        ole.Container(printed.content(path), path.name).workbook()
        return lists.read_book
    if beginning.startswith(ZIP):
        return in_package(Package(printed.content(path), path.name))
    if path.suffix.casefold() in {".jsonl", ".ndjson"}:
        return jsonl.read
    return in_text(path, beginning)


def first_bytes(path: Path) -> bytes:
    """The file's beginning; a JSON Lines file may be larger than anything else read here."""
    try:
        with path.open("rb") as stream:
            beginning = stream.read(4096)
    except OSError as fault:
        raise printed.unopened(path, fault) from fault
    if not beginning.strip():
        raise Unreadable(f"{path.name} is empty; export it again.")
    return beginning


def in_package(package: Package) -> Reader:
    """Word or Excel, whatever the file is called: the portal calls its Word export .doc."""
    if word.DOCUMENT in package.parts:
        return word.read
    if cells.BOOK in package.parts:
        return lists.read_book
    raise Unreadable(f"{package.name} is an archive, not a Word or Excel file. Can be imported: {KNOWN}.")


def in_text(path: Path, beginning: bytes) -> Reader:
    """The reader for a text by its shape."""
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and several_lines(path):
        return jsonl.read
    text = printed.text(printed.content(path), path.name)
    start = text.lstrip()
    if start[:1] in {"{", "["}:
        return in_json(start, path.name)
    if MARKUP.search(text[:65_536]):
        return html.read
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if any(lists.starts_row(lines, place) for place in range(len(lines))):
        return lists.read_text
    raise Unreadable(f"{path.name} is in no known form. Can be imported: {KNOWN}.")


def several_lines(path: Path) -> bool:
    """Whether the first line alone is a JSON object: then each line is one."""
    with path.open("rb") as stream:
        first = stream.readline(jsonl.LONGEST_LINE)
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and not {"raw_text", "data"} & found.keys()


def in_json(text: str, name: str) -> Reader:
    """The reader for one JSON value by its keys."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Unreadable(f"{name} is not valid JSON ({fault}); export it again.") from fault
    if isinstance(found, dict) and "raw_text" in found:
        return page.read
    if isinstance(found, dict) and "data" in found:
        return rest.read
    raise Unreadable(f"{name} is JSON of no known form. Can be imported: {KNOWN}.")
