"""Writing the workbook: a guide to fill in, the rows to check, and a hidden mark of what it was made from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from procedures_catalog.importers.archive import Package
from procedures_catalog.importers.record import Unreadable
from procedures_catalog.model import Procedure

from . import words
from .rows import Names, Row, rows_of

MAGIC = "motcua catalog sheet"
VERSION = "1"
ANSWERS = ("verdict", "correct", "basis", "comment")
HIDDEN = ("path", "fingerprint")
WIDTHS = {
    "field": 14,
    "code": 11,
    "name": 30,
    "kind": 15,
    "subject": 20,
    "value": 48,
    "source": 22,
    "confirmed": 20,
    "verdict": 10,
    "correct": 32,
    "basis": 20,
    "comment": 28,
    "path": 12,
    "fingerprint": 14,
}
FULL = 20_000
"""Rows after which another sheet begins, at the next procedure: parts stay small enough to be read back."""

LONGEST = 8_000
"""Characters of one cell; Excel itself ends at 32,767, old ones slow down long before."""

GUIDE_OFFICE, GUIDE_DAY = 3, 4
"""Rows of the two cells of the guide that must be filled in, in column B."""

FONT = "Calibri"
A4 = 9
"""Excel's number of the paper size."""

RISKY = ("=", "+", "-", "@", "\t")
MARKS = {"right": "E2F0D9", "wrong": "FCE4D6", "unsure": "FFF2CC"}


class TooLarge(Exception):
    """The rows do not fit into one workbook that could be read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """For whom the workbook is made."""

    slug: str
    name: str
    offices: Sequence[str]
    names: Names


def write(
    file: Path,
    procedures: Sequence[tuple[str, Procedure]],
    place: Place,
    made: date,
    step: Callable[[], None] = lambda: None,
) -> int:
    """Write the workbook of (field name, procedure) pairs; the number of its rows.

    The file appears whole or not at all. `step` is called after each procedure. Raises TooLarge.
    """
    book = Workbook(write_only=True)
    styles = _Styles(book.create_sheet(words.wording()["sheets"]["guide"]))
    _guide(styles, place)
    count = _rows(book, styles, procedures, place, step)
    mark = book.create_sheet(words.wording()["sheets"]["mark"])
    for line in ([MAGIC, VERSION, place.slug, made.isoformat()], *([office] for office in place.offices)):
        mark.append([_cell(mark, text, None) for text in line])
    mark.sheet_state = "veryHidden"
    _save(book, file)
    return count


def _save(book: Workbook, file: Path) -> None:
    handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    os.close(handle)
    try:
        book.save(made)
        try:
            Package(Path(made).read_bytes(), file.name)
        except Unreadable as fault:
            raise TooLarge("The workbook would be too large to be read back; choose fewer fields.") from fault
        Path(made).chmod(0o644)
        Path(made).replace(file)
    finally:
        Path(made).unlink(missing_ok=True)


class _Styles:
    """The few looks of cells, made once: openpyxl is slow at comparing them."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        line = Side(style="hair", color="999999")
        box = Border(left=line, right=line, top=line, bottom=line)
        wrap = Alignment(wrap_text=True, vertical="top")
        self.title = self._look(font=Font(name=FONT, bold=True, size=14))
        self.text = self._look(alignment=wrap)
        self.label = self._look(font=Font(name=FONT, size=11, bold=True), alignment=wrap)
        self.head = self._look(
            font=Font(name=FONT, size=11, bold=True, color="FFFFFF"),
            fill=PatternFill("solid", fgColor="1F4E78"),
            alignment=Alignment(wrap_text=True, vertical="center", horizontal="center"),
            border=box,
        )
        self.fact = self._look(alignment=wrap, border=box)
        self.input = self._look(
            alignment=wrap,
            border=box,
            fill=PatternFill("solid", fgColor="FFFDE7"),
            protection=Protection(locked=False),
        )
        self.free = self._look(
            alignment=wrap,
            border=box,
            fill=PatternFill("solid", fgColor="FFFDE7"),
            protection=Protection(locked=False),
            number_format="@",
        )
        self.day = self._look(
            alignment=wrap,
            border=box,
            fill=PatternFill("solid", fgColor="FFFDE7"),
            protection=Protection(locked=False),
            number_format="dd/mm/yyyy",
        )

    def _look(self, **parts: Any) -> tuple[Any, Any]:
        """Its style as it is, and with the mark that keeps Excel from ever reading the text as a formula."""
        cell: Any = WriteOnlyCell(self.sheet)
        for name, part in parts.items():
            setattr(cell, name, part)
        plain = copy(cell._style)
        cell.quotePrefix = True
        return plain, cell._style


def _cell(sheet: Any, text: str | None, look: tuple[Any, Any] | None) -> Any:
    """A cell that holds a text and nothing else, whatever it begins with."""
    cell: Any = WriteOnlyCell(sheet)
    if text:
        cell._value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
        cell.data_type = "s"
    if look is not None:
        cell._style = look[bool(text) and str(text).startswith(RISKY)]
    return cell


def _guide(styles: _Styles, place: Place) -> None:
    told, sheet = words.wording(), styles.sheet
    _paper(sheet, "portrait")
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 100
    lines: list[list[tuple[str | None, Any]]] = [
        [(told["title"].format(place=place.name), styles.title)],
        [],
        [(told["office"], styles.label), (None, styles.input)],
        [(told["day"], styles.label), (None, styles.day)],
        [],
        *([(f"{number}.", styles.text), (line, styles.text)] for number, line in enumerate(told["guide"], 1)),
        [],
        [(told["examples_head"], styles.head), (told["examples_how"], styles.head)],
        *([(told["kinds"][kind], styles.fact), (line, styles.fact)] for kind, line in told["examples"].items()),
        [],
        [(told["offices_head"], styles.head)],
        *([(None, styles.text), (office, styles.text)] for office in place.offices),
    ]
    for line in lines:
        sheet.append([_cell(sheet, text, look) for text, look in line])
    mark = told["sheets"]["mark"]
    office = DataValidation(
        type="list",
        formula1=f"'{mark}'!$A$2:$A${len(place.offices) + 1}",
        promptTitle=told["office"],
        prompt=told["office_prompt"],
        error=told["office_prompt"],
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
    )
    office.add(f"B{GUIDE_OFFICE}")
    day = DataValidation(
        type="date",
        operator="greaterThan",
        formula1="43831",
        promptTitle=told["day"],
        prompt=told["day_prompt"],
        error=told["day_prompt"],
        errorStyle="warning",
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
    )
    day.add(f"B{GUIDE_DAY}")
    sheet.data_validations.append(office)
    sheet.data_validations.append(day)
    sheet.protection.sheet = True


def _rows(
    book: Workbook,
    styles: _Styles,
    procedures: Sequence[tuple[str, Procedure]],
    place: Place,
    step: Callable[[], None],
) -> int:
    """The sheets of rows; a new one begins where one is full."""
    looks = dict.fromkeys(WIDTHS, styles.fact) | dict.fromkeys(ANSWERS, styles.free) | {"verdict": styles.input}
    title = words.wording()["sheets"]["rows"]
    counts: list[int] = []
    sheet: Any = None
    for field, procedure in procedures:
        if sheet is None or counts[-1] >= FULL:
            if sheet is not None:
                _finish(sheet, counts[-1])
            counts.append(0)
            sheet = book.create_sheet(title if len(counts) == 1 else f"{title} {len(counts)}")
            _begin(sheet, styles)
        for line in _lines(field, procedure, rows_of(procedure, place.names)):
            sheet.append([_cell(sheet, text, looks[name]) for name, text in line.items()])
            counts[-1] += 1
        step()
    if sheet is not None:
        _finish(sheet, counts[-1])
    return sum(counts)


def _lines(field: str, procedure: Procedure, rows: Iterable[Row]) -> Iterable[dict[str, str | None]]:
    kinds = words.wording()["kinds"]
    for row in rows:
        yield {
            "field": field,
            "code": procedure.code,
            "name": procedure.name,
            "kind": kinds[row.kind],
            "subject": row.subject,
            "value": row.value,
            "source": words.source(row.source),
            "confirmed": words.confirmed(row.confirmed),
            **dict.fromkeys(ANSWERS),
            "path": row.path,
            "fingerprint": row.fingerprint,
        }


def _begin(sheet: Any, styles: _Styles) -> None:
    """What must be said before the first row."""
    sheet.freeze_panes = "D2"
    for number, name in enumerate(WIDTHS, 1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width = WIDTHS[name]
        column.hidden = name in HIDDEN
    sheet.print_title_rows = "1:1"
    _paper(sheet, "landscape")
    heads = words.wording()["columns"]
    sheet.append([_cell(sheet, heads[name], styles.head) for name in WIDTHS])


def _finish(sheet: Any, filled: int) -> None:
    """What needs the number of rows: lists to choose from, colours, the filter, protection."""
    told, last = words.wording(), filled + 1
    letters = {name: get_column_letter(number) for number, name in enumerate(WIDTHS, 1)}
    verdict = letters["verdict"]
    choice = DataValidation(
        type="list",
        formula1=f'"{",".join(told["verdicts"].values())}"',
        promptTitle=told["columns"]["verdict"],
        prompt=told["verdict_prompt"],
        error=told["verdict_fault"],
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
    )
    choice.add(f"{verdict}2:{verdict}{last}")
    sheet.data_validations.append(choice)
    for name in ("correct", "basis"):
        hint = DataValidation(
            type=None, promptTitle=told["columns"][name], prompt=told[f"{name}_prompt"], showInputMessage=True
        )
        hint.add(f"{letters[name]}2:{letters[name]}{last}")
        sheet.data_validations.append(hint)
    for name, colour in MARKS.items():
        fill = PatternFill("solid", bgColor=colour)
        formula = f'${verdict}2="{told["verdicts"][name]}"'
        rule = Rule(type="expression", formula=[formula], dxf=DifferentialStyle(fill=fill))
        sheet.conditional_formatting.add(f"A2:{letters['comment']}{last}", rule)
    sheet.auto_filter.ref = f"A1:{letters['comment']}{last}"
    sheet.print_area = f"A1:{letters['comment']}{last}"
    # In this format False allows what the name says.
    sheet.protection.sheet = True
    sheet.protection.autoFilter = False
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def _paper(sheet: Any, orientation: str) -> None:
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = orientation
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = words.wording()["footer"]
