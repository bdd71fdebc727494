"""The old Office container (OLE2): which program wrote it, and whether an .xls in it is safe to hand to a parser.

Only enough of the format is read to say so: the directory, and the record headers of the workbook.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .record import Unreadable

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not places."""

MOST_CELLS = 2_000_000
"""Rows times columns of one sheet: what a parser may allocate."""

DIMENSIONS, FILEPASS, FORMULA, BOOLERR, SST = 0x0200, 0x002F, 0x0006, 0x0205, 0x00FC
BOF, EOF, BOUNDSHEET = 0x0809, 0x000A, 0x0085
CELLS = frozenset({0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00BE, 0x00D6, 0x00FD})
MACROS = frozenset({"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that does not hold a plain value: sheet, row and column from 0, and “formula” or “error”."""

    sheet: int
    row: int
    column: int
    kind: str


class Container:
    """An OLE2 file's streams by name. Raises Unreadable for a damaged one."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name = data, name
        try:
            self.open()
        except (struct.error, IndexError) as fault:
            raise self.damaged() from fault

    def damaged(self) -> Unreadable:
        """The refusal of a file whose chains lead nowhere."""
        return Unreadable(f"{self.name} is damaged or cut off; download it again, or save it as .xlsx or .docx.")

    def open(self) -> None:
        """Reads the header, the sector table and the directory."""
        shift, small = struct.unpack_from("<HH", self.data, 30)
        tables, first = struct.unpack_from("<II", self.data, 44)
        extra, extras = struct.unpack_from("<II", self.data, 68)
        if shift not in {9, 12} or small != 6:
            raise self.damaged()
        self.size = 1 << shift
        self.most = len(self.data) // self.size + 1
        places = list(struct.unpack_from("<109I", self.data, 76))
        while extra < END and extras and len(places) < self.most + 109:
            more = struct.unpack(f"<{self.size // 4}I", self.sector(extra))
            places += more[:-1]
            extra, extras = more[-1], extras - 1
        self.table: list[int] = []
        for place in [place for place in places if place < END][: min(tables, self.most)]:
            self.table += struct.unpack(f"<{self.size // 4}I", self.sector(place))
        self.streams: dict[str, tuple[int, int]] = {}
        directory = self.chain(first)
        for place in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, place + 64)
            start, size = struct.unpack_from("<II", directory, place + 116)
            if kind and 2 <= length <= 64:
                title = directory[place : place + length - 2].decode("utf-16-le", "replace")
                self.streams[title] = (start, size)

    def sector(self, number: int) -> bytes:
        """One sector's bytes."""
        place = (number + 1) * self.size
        found = self.data[place : place + self.size]
        if len(found) < self.size:
            raise self.damaged()
        return found

    def chain(self, first: int) -> bytes:
        """The bytes of the sectors that follow each other from `first`; a loop is damage."""
        found: list[bytes] = []
        while first < END:
            if len(found) > self.most:
                raise self.damaged()
            place = (first + 1) * self.size
            found.append(self.data[place : place + self.size])
            if place >= len(self.data):
                raise self.damaged()
            first = self.table[first]
        return b"".join(found)

    def workbook(self) -> bytes:
        """The Excel stream, or Unreadable that says what the file is instead."""
        refuse_others(self.streams, self.name)
        start, size = self.streams.get("Workbook") or self.streams["Book"]
        if size < 4096:
            raise self.damaged()
        found = self.chain(start)[:size]
        if len(found) < size:
            raise self.damaged()
        return found


def refuse_others(streams: dict[str, tuple[int, int]], name: str) -> None:
    """Unreadable for anything but a plain old Excel file."""
    if {"EncryptedPackage", "EncryptionInfo"} & streams.keys():
        raise Unreadable(f"{name} is protected by a password; save it without one.")
    if MACROS & streams.keys():
        raise Unreadable(f"{name} holds macros; save it without them, as .docx or .xlsx.")
    if "WordDocument" in streams:
        raise Unreadable(f"{name} is an old Word document; open it in Word or LibreOffice and save it as .docx.")
    if not {"Workbook", "Book"} & streams.keys():
        raise Unreadable(f"{name} is an old Office file without a sheet; save the list as .xlsx.")


def inspect(data: bytes, name: str) -> list[Cell]:
    """The formulas and errors in an .xls; Unreadable if it is protected, damaged or claims absurd sizes."""
    book = Container(data, name).workbook()
    found: list[Cell] = []
    place, sheet, depth = 0, -2, 0
    while place + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, place)
        body = book[place + 4 : place + 4 + length]
        place += 4 + length
        if len(body) < length:
            raise Unreadable(f"{name} is damaged or cut off; download it again, or save it as .xlsx.")
        if kind == BOF:  # a chart within a sheet has one of its own
            sheet, depth = sheet + (depth == 0), depth + 1
        elif kind == EOF:
            depth -= 1
        elif kind == FILEPASS:
            raise Unreadable(f"{name} is protected by a password; save it without one.")
        elif kind == BOUNDSHEET:
            bounded(length >= 8, name)
        elif kind == SST:
            bounded(length >= 8 and struct.unpack_from("<I", body, 4)[0] <= len(book), name)
        elif kind == DIMENSIONS and length >= 14:
            top, bottom, left, right = struct.unpack_from("<IIHH", body)
            bounded(bottom >= top and right >= left and (bottom - top) * (right - left) <= MOST_CELLS, name)
        elif kind in CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", body)
            bounded(column < 256, name)
            if kind == FORMULA:
                found.append(Cell(sheet, row, column, "formula"))
            elif kind == BOOLERR and length >= 8 and body[7]:
                found.append(Cell(sheet, row, column, "error"))
    return found


def bounded(true: bool, name: str) -> None:
    """Unreadable where a record claims more than the file can hold."""
    if not true:
        raise Unreadable(f"{name} claims sizes that no list of procedures has; it is damaged. Save it as .xlsx.")
