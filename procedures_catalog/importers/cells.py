"""Sheets of an .xlsx or .xls as rows of texts, after the file was found safe.

The parser gets a copy of the .xlsx that holds only the parts that were checked, so sizes that the archive only
pretends, pictures, and links to other files never reach it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from python_calamine import CalamineWorkbook

from . import ole
from .archive import TYPES, Package
from .record import Unreadable

BOOK, BOOK_LINKS, CORE = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "docProps/core.xml"
PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
MADE = re.compile(rb"<dcterms:(?:modified|created)[^>]*>(\d{4}-\d{2}-\d{2})T")
DIMENSION = re.compile(rb"<(\w+:)?dimension\b[^>]*/>")


@dataclass(slots=True)
class Sheet:
    """One sheet: its rows as texts from the first on, and where it holds no plain value (row, column from 0)."""

    name: str
    rows: list[list[str]] = field(default_factory=list)
    special: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(slots=True)
class Book:
    """All sheets, and the day the file says it was made, if it says one."""

    sheets: list[Sheet]
    made: date | None = None


def book(data: bytes, name: str) -> Book:
    """The workbook in these bytes; Unreadable if it is unsafe, damaged or not Excel."""
    if data.startswith(ole.SIGNATURE):
        found = Book(parsed(data, name))
        for cell in ole.inspect(data, name):
            if 0 <= cell.sheet < len(found.sheets):
                found.sheets[cell.sheet].special[cell.row, cell.column] = cell.kind
        return found
    package = Package(data, name)
    if BOOK not in package.parts:
        raise Unreadable(f"{name} is not an Excel file; save the list as .xlsx.")
    parts = sheet_parts(package)
    scanned = [scan(package, part) for part in parts]
    if sum(area for _, area in scanned) > ole.MOST_CELLS:
        raise Unreadable(f"{name} spreads over too many cells; copy the list to a new file.")
    found = Book(parsed(checked_copy(package, parts), name), made(package))
    for sheet, (cells, _) in zip(found.sheets, scanned, strict=False):
        sheet.special = cells
    return found


def parsed(data: bytes, name: str) -> list[Sheet]:
    """The sheets as the parser reads them."""
    if data.startswith(ole.SIGNATURE):
        ole.inspect(data, name)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            return [
                Sheet(title, [[shown(cell) for cell in row] for row in rows(workbook, title)])
                for title in workbook.sheet_names
            ]
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as fault:  # the parser's panics are no Exception
        raise Unreadable(f"{name} is damaged ({fault}); download it again, or save it as .xlsx.") from fault


def rows(workbook: CalamineWorkbook, title: str) -> list[list[object]]:
    """One sheet's rows, with the empty ones at its top."""
    return [list(row) for row in workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)]


def shown(cell: object) -> str:
    """A cell's text. A number with decimals gets six: a code such as 1.001190 would lose its zero."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.6f}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return str(cell)


def sheet_parts(package: Package) -> list[str]:
    """The sheets' parts in the workbook's order."""
    links = {link.get("Id", ""): link for link in package.tree(BOOK_LINKS) if link.get("TargetMode") != "External"}
    found: list[str] = []
    for element in package.tree(BOOK).iter():
        if local(element.tag) == "sheet":
            key = next((value for name, value in element.attrib.items() if local(name) == "id"), "")
            link = links.get(key)
            target = link.get("Target", "") if link is not None else ""
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if part not in package.parts:
                raise Unreadable(f"{package.name} is damaged (a sheet is missing); download it again.")
            if part in found:
                raise Unreadable(f"{package.name} is damaged (two sheets are one part); save it again.")
            found.append(part)
    if not found:
        raise Unreadable(f"{package.name} has no sheet; export the list again.")
    return found


def scan(package: Package, part: str) -> tuple[dict[tuple[int, int], str], int]:
    """Where the sheet holds formulas and errors, and over how many cells it spreads; Unreadable if too many."""
    special: dict[tuple[int, int], str] = {}
    at = (0, 0)
    widest, tallest, count, row = 0, 0, 0, -1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal at, widest, tallest, count, row
        name = local(tag)
        if name == "row":
            number = attributes.get("r", "")
            row = int(number) - 1 if number.isdecimal() and len(number) < 8 else row + 1
            at = (row, -1)
        elif name == "c":
            place = PLACE.fullmatch(attributes.get("r", ""))
            at = (int(place[2]) - 1, column(place[1])) if place else (at[0], at[1] + 1)
            tallest, widest, count = max(tallest, at[0] + 1), max(widest, at[1] + 1), count + 1
            if attributes.get("t") == "e":
                special[at] = "error"
            if max(count, tallest * widest) > ole.MOST_CELLS:
                raise Unreadable(f"{package.name} spreads over too many cells; copy the list to a new file.")
        elif name == "f":
            special[at] = "formula"

    package.scan(part, start)
    return special, max(count, tallest * widest)


def column(letters: str) -> int:
    """The column's number from 0: A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def checked_copy(package: Package, sheets: list[str]) -> bytes:
    """A workbook made of the checked parts alone, without the sheets' own claim of their size."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for part in (TYPES, BOOK, BOOK_LINKS, "_rels/.rels", "xl/sharedStrings.xml", "xl/styles.xml"):
            if part in package.parts:
                package.scan(part, lambda tag, attributes: None)
                copy.writestr(part, package.read(part))
        for part in dict.fromkeys(sheets):
            copy.writestr(part, DIMENSION.sub(b"", package.read(part), count=1))
    return target.getvalue()


def made(package: Package) -> date | None:
    """The day on which the file says it was last saved."""
    match = MADE.search(package.read(CORE)) if CORE in package.parts else None
    try:
        return date.fromisoformat(match[1].decode("ascii")) if match else None
    except ValueError:
        return None


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def filled(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their number from 0."""
    for number, row in enumerate(sheet.rows):
        if any(cell.strip() for cell in row):
            yield number, row
