"""Builds small Office files of every kind the importers meet, good and bad."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="{type}"/></Types>'
)
CORE = (
    '<cp:coreProperties xmlns:cp="cp" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dcterms:modified>{day}T01:02:03Z</dcterms:modified></cp:coreProperties>"
)
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def package(parts: Mapping[str, str | bytes], kind: str = "application/xml") -> bytes:
    """A zip with a list of content types and these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(type=kind))
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def paragraph(*runs: str) -> str:
    """A Word paragraph made of several runs."""
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Word table without a column grid; a line break in a cell begins a paragraph."""
    cells = (
        "".join(f"<w:tc>{''.join(map(paragraph, cell.split(chr(10))))}</w:tc>" for cell in row) for row in rows
    )
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def word(*blocks: str, day: str = "2025-10-02", **parts: str) -> bytes:
    """A Word file of these blocks."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{"".join(blocks)}</w:body></w:document>'
    )
    return package({"word/document.xml": document, "docProps/core.xml": CORE.format(day=day), **parts})


def sheet(rows: Sequence[Sequence[object]], title: str = "Danh sách TTHC") -> bytes:
    """An .xlsx with one sheet."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A zip with some bytes of one part exchanged."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            content = archive.read(name)
            assert name != part or old in content
            copy.writestr(name, content.replace(old, new) if name == part else content)
    return target.getvalue()


def record(kind: int, body: bytes = b"") -> bytes:
    """One record of an old Excel file."""
    return struct.pack("<HH", kind, len(body)) + body


def old_sheet(rows: Sequence[Sequence[str | float | None]], more: bytes = b"", first: bytes = b"") -> bytes:
    """An .xls (BIFF8 in OLE2) with one sheet; `more` is appended to the sheet, `first` to the globals."""
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    strings = b"".join(struct.pack("<HB", len(text), 1) + text.encode("utf-16-le") for text in texts)
    table = record(0x00FC, struct.pack("<II", len(texts), len(texts)) + strings)
    name = "Danh sách"
    cells, number = b"", 0
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, str):
                cells += record(0x00FD, struct.pack("<HHHI", y, x, 0, number))
                number += 1
            elif cell is not None:
                cells += record(0x0203, struct.pack("<HHHd", y, x, 0, cell))
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    size = len(record(0x0809, begin)) + len(first) + 4 + 8 + 2 * len(name) + len(table) + 4
    bound = record(0x0085, struct.pack("<IBBBB", size, 0, 0, len(name), 1) + name.encode("utf-16-le"))
    globals_ = record(0x0809, begin) + first + bound + table + record(0x000A)
    page = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + more + record(0x000A)
    assert len(globals_) == size
    return container({"Workbook": globals_ + page})


def container(streams: Mapping[str, bytes]) -> bytes:
    """An OLE2 file with these streams, each padded to at least 4,096 bytes."""
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [entry("Root Entry", 5, END, 0, child=1)]
    for name, content in streams.items():
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        start, count = len(sectors), len(padded) // 512
        sectors += [padded[place : place + 512] for place in range(0, len(padded), 512)]
        chain += [*range(start + 1, start + count), END]
        entries.append(
            entry(name, 2, start, len(padded), right=len(entries) + 1 if len(entries) < len(streams) else FREE)
        )
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0")
    first, count = len(sectors), len(directory) // 512
    sectors += [directory[place : place + 512] for place in range(0, len(directory), 512)]
    chain += [*range(first + 1, first + count), END]
    place = len(sectors)
    chain += [FAT]
    assert len(chain) <= 128
    sectors.append(struct.pack("<128I", *chain, *[FREE] * (128 - len(chain))))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    )
    header += struct.pack("<IIIIIIIII", 0, 1, first, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", place, *[FREE] * 108)
    return header + b"".join(sectors)


def entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    """One entry of an OLE2 directory."""
    title = name.encode("utf-16-le") + b"\0\0"
    head = title.ljust(64, b"\0") + struct.pack("<HBBIII", len(title), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
