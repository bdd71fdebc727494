"""A workbook that came back: who checked, when, and what was answered in which cell.

The file is opened by the importers' gate, so bombs, macros and encrypted files end there. Formulas and errors in
cells that count are refused with their address; what a formula shows is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from openpyxl.utils import get_column_letter

from procedures_catalog.fold import fold, normal
from procedures_catalog.importers import cells, ole
from procedures_catalog.importers.archive import ZIP
from procedures_catalog.importers.record import Unreadable

from . import words
from .answers import checking_day
from .parts import Unclear, clean
from .workbook import ANSWERS, HIDDEN, MAGIC, VERSION

LARGEST = 64 * 1024 * 1024
"""Bytes of a file. One for every procedure of the country has about 8 MB."""

HEAD_WITHIN = 10
NEEDED = ("code", *ANSWERS, *HIDDEN)


class SheetFault(Exception):
    """Nothing of the file can be used; the message says why and what to do."""


class Verdict(StrEnum):
    """What a person chose for a row."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something to say of one cell: its address, the procedure, and a sentence."""

    where: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.code}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One row that somebody has filled in, as it stands; `at` are the addresses of its cells."""

    code: str
    path: str
    fingerprint: str
    verdict: Verdict | None
    correct: str
    basis: str
    comment: str
    at: Mapping[str, str]

    def told(self, column: str, message: str) -> Told:
        """A sentence about one of its cells."""
        return Told(where=self.at[column], code=self.code, message=message)


@dataclass(slots=True, kw_only=True)
class Filled:
    """All answers. `shown` are the fingerprints of every row of the workbook, by code and path."""

    office: str
    on: date
    answers: list[Answer] = field(default_factory=list)
    shown: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Told] = field(default_factory=list)


def read(data: bytes, name: str, *, slug: str, offices: Sequence[str], today: date) -> Filled:
    """The answers in the bytes of a workbook made for `slug`. Raises SheetFault."""
    if len(data) > LARGEST:
        raise SheetFault(f"{name} is larger than {LARGEST // 2**20} MB; is it the workbook that was sent out?")
    if not data.startswith((ZIP, ole.SIGNATURE)):
        raise SheetFault(f"{name} is not an Excel file, whatever its name says; save it as .xlsx in Excel.")
    try:
        book = cells.book(data, name)
    except Unreadable as fault:
        raise SheetFault(str(fault)) from fault
    _check_mark(book, name, slug)
    filled = _who(book, offices, today)
    found = False
    for sheet in book.sheets:
        if (head := _head(sheet)) is not None:
            found = True
            _answers(sheet, *head, filled)
    if not found:
        wanted = ", ".join(words.wording()["columns"][column] for column in NEEDED)
        raise SheetFault(f"{name} has no sheet with the columns {wanted}; do not rename or delete columns.")
    return filled


def _check_mark(book: cells.Book, name: str, slug: str) -> None:
    mark = next((sheet for sheet in book.sheets if sheet.name == words.wording()["sheets"]["mark"]), None)
    first = [*(mark.rows[0] if mark and mark.rows else []), "", "", ""]
    if first[0] != MAGIC:
        raise SheetFault(f"{name} was not made by `motcua catalog sheet --out`; fill in a workbook made by it.")
    if first[1] != VERSION:
        raise SheetFault(f"{name} was made by another version of motcua; write a new one with --out.")
    if first[2] != slug:
        raise SheetFault(f"{name} was made for the deployment {first[2]}, this is {slug}; set MOTCUA_DEPLOYMENT.")


def _who(book: cells.Book, offices: Sequence[str], today: date) -> Filled:
    """The office and the day of checking, from the two cells of the guide."""
    told = words.wording()
    office, office_at = _guide_cell(book, told["office"])
    by_name = {normal(name): name for name in offices}
    known = by_name.get(normal(clean(office)))
    if not office.strip():
        raise SheetFault(f"{office_at}: “{told['office']}” is empty; choose the office that has checked.")
    if known is None:
        raise SheetFault(f"{office_at}: “{clean(office)}” is not an office of this place; choose one of the list.")
    day, day_at = _guide_cell(book, told["day"])
    if not day.strip():
        raise SheetFault(f"{day_at}: “{told['day']}” is empty; write the day of checking, like 22/11/2026.")
    try:
        return Filled(office=known, on=checking_day(day, today))
    except Unclear as fault:
        raise SheetFault(f"{day_at}: {fault}") from fault


def _guide_cell(book: cells.Book, label: str) -> tuple[str, str]:
    """The cell to the right of a label, and its address."""
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows):
            if row and normal(row[0].strip()) == normal(label):
                at = f"{clean(sheet.name)}!B{number + 1}"
                if kind := sheet.special.get((number, 1)):
                    raise SheetFault(f"{at}: the cell holds {_ODD[kind]}; write a plain value.")
                return (row[1] if len(row) > 1 else ""), at
            if number > HEAD_WITHIN:
                break
    raise SheetFault(f"The guide has no cell “{label}” any more; fill in a fresh workbook.")


def _head(sheet: cells.Sheet) -> tuple[int, dict[str, int]] | None:
    """The row of the headings and each column's number, if this sheet holds rows to check."""
    heads = {normal(head): name for name, head in words.wording()["columns"].items()}
    for number, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        places = {heads[normal(text.strip())]: at for at, text in enumerate(row) if normal(text.strip()) in heads}
        if all(name in places for name in NEEDED):
            return number, places
    return None


def _answers(sheet: cells.Sheet, head: int, columns: Mapping[str, int], filled: Filled) -> None:
    seen: dict[tuple[str, str], Answer] = {}
    verdicts = {fold(text): Verdict(name) for name, text in words.wording()["verdicts"].items()}
    for number, row in enumerate(sheet.rows[head + 1 :], head + 1):
        texts = {name: "".join(row[columns[name] : columns[name] + 1]).strip() for name in NEEDED}
        at = {name: f"{clean(sheet.name)}!{get_column_letter(columns[name] + 1)}{number + 1}" for name in NEEDED}
        odd = list(_odd(sheet, number, columns))
        if texts["path"] and not odd:
            filled.shown.setdefault(texts["code"], {})[texts["path"]] = texts["fingerprint"]
        if not odd and not any(texts[name] for name in ANSWERS):
            continue
        said = fold(clean(texts["verdict"]))
        answer = Answer(
            code=clean(texts["code"]),
            path=clean(texts["path"]),
            fingerprint=texts["fingerprint"],
            verdict=verdicts.get(said),
            correct=clean(texts["correct"]),
            basis=clean(texts["basis"]),
            comment=clean(texts["comment"]),
            at=at,
        )
        wrong = [answer.told(name, f"the cell holds {kind}; write a plain value.") for name, kind in odd]
        if not wrong and not (answer.path and answer.code and answer.fingerprint):
            wrong.append(
                answer.told("verdict", "the row has lost its code or hidden columns; use a fresh workbook.")
            )
        if not wrong and said and answer.verdict is None:
            wrong.append(answer.told("verdict", f"“{clean(texts['verdict'])}” is not Đúng, Sửa or Chưa rõ."))
        twin = seen.setdefault((answer.code, answer.path), answer)
        if not wrong and twin is not answer:
            message = f"the same value is answered at {twin.at['verdict']} already; keep one."
            wrong.append(answer.told("verdict", message))
        if wrong:
            filled.faults += wrong
        else:
            filled.answers.append(answer)


def _odd(sheet: cells.Sheet, row: int, columns: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name in NEEDED:
        if kind := sheet.special.get((row, columns[name])):
            yield name, _ODD[kind]


_ODD = {"formula": "a formula", "error": "an error"}
