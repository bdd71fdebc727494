"""Answers held against the catalog of today → what to change in which record, and what to tell people.

Only a person's answer confirms. An answer counts for the value that was shown: if the catalog says something else
by now, the row is a conflict and nothing is done with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from procedures_catalog.model import Confirmed, Procedure, Source
from procedures_catalog.reading import Reading

from . import words
from .answers import correction
from .filled import Answer, Filled, Told, Verdict
from .parts import Correction, Unclear
from .rows import Kind, Names, Row, plain, rows_of

CONFIRMABLE = (Kind.TIME_LIMIT, Kind.FEE)
"""Single values that can carry who confirmed them; others are confirmed with the whole record."""

UNTOLD = ("source", "confirmed", "wording")
LISTS = {"time_limits": Kind.TIME_LIMIT, "fees": Kind.FEE, "papers": Kind.PAPER, "result": Kind.RESULT}
NEVER_EMPTY = ("time_limits", "fees", "result")
LEAST_BASIS = 3


@dataclass(slots=True, kw_only=True)
class Edit:
    """What changes in one record: items of lists by key and index, values by the path of their mapping."""

    code: str
    items: dict[str, dict[int, Correction]] = field(default_factory=dict)
    values: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    """Bases for which the model has no place, by the record's key: they become comments there."""

    def __bool__(self) -> bool:
        return bool(self.items or self.values)


@dataclass(slots=True, kw_only=True)
class Plan:
    """The edits, and a sentence for each row, by what becomes of it."""

    edits: list[Edit] = field(default_factory=list)
    applied: list[Told] = field(default_factory=list)
    already: int = 0
    waiting: list[Told] = field(default_factory=list)
    conflicts: list[Told] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)
    open: list[Told] = field(default_factory=list)


def decide(filled: Filled, reading: Reading, places: Names) -> Plan:
    """What the answers of a whole workbook come to."""
    plan = Plan(refused=list(filled.faults))
    told = Confirmed(by_office=filled.office, on=filled.on)
    ordered = sorted(filled.answers, key=lambda answer: answer.code)
    for code, answers in groupby(ordered, key=lambda answer: answer.code):
        procedure = reading.values["procedures"].get(code)
        if procedure is None:
            plan.conflicts += [
                answer.told("verdict", "the catalog has no such procedure any more.") for answer in answers
            ]
            continue
        record = _Record(procedure, places, filled.shown.get(code, {}), told, plan)
        record.take(list(answers))
        if record.edit:
            plan.edits.append(record.edit)
    return plan


class _Record:
    """One procedure under decision."""

    def __init__(
        self, procedure: Procedure, places: Names, shown: Mapping[str, str], told: Confirmed, plan: Plan
    ) -> None:
        self.procedure, self.places, self.told, self.plan = procedure, places, told, plan
        self.rows = {row.path: row for row in rows_of(procedure, places)}
        self.shown = shown
        self.claimed: dict[str, Answer] = {}
        self.edit = Edit(code=procedure.code)

    def take(self, answers: Sequence[Answer]) -> None:
        """Decide on every answer, then whether the whole record is confirmed."""
        self.corrections = Counter(_list_key(answer.path) for answer in answers if answer.verdict is Verdict.WRONG)
        for answer in answers:
            match answer.verdict:
                case Verdict.RIGHT:
                    self._right(answer)
                case Verdict.WRONG:
                    self._wrong(answer)
                case Verdict.UNSURE:
                    said = "; ".join(filter(None, (answer.correct, answer.basis, answer.comment)))
                    message = f"{self._about(answer)}: not sure. {said}".rstrip()
                    self.plan.open.append(answer.told("verdict", message))
                    continue
                case None:
                    if answer.correct or answer.basis:
                        message = "a value without an assessment; choose Đúng, Sửa or Chưa rõ."
                        self.plan.refused.append(answer.told("verdict", message))
                        continue
            if answer.comment:
                self.plan.open.append(answer.told("comment", f"{self._about(answer)}: {answer.comment}"))
        self._keep_some_of_each_list()
        self._confirm()

    def _right(self, answer: Answer) -> None:
        if answer.correct:
            message = "Đúng, and yet a right value; choose Sửa, or empty the value."
            self.plan.refused.append(answer.told("correct", message))
        elif (row := self._shown_row(answer)) is None:
            self._conflict(answer)
        else:
            self.claimed[row.path] = answer

    def _wrong(self, answer: Answer) -> None:
        if not answer.correct:
            self.plan.refused.append(answer.told("correct", "Sửa needs the right value."))
            return
        if sum(map(str.isalnum, answer.basis)) < LEAST_BASIS:
            message = "Sửa needs the basis, the number of a text such as 85/2019/TT-BTC."
            self.plan.refused.append(answer.told("basis", message))
            return
        row = self._shown_row(answer)
        same = row or self.rows.get(answer.path)
        kind = same.kind if same else LISTS.get(_list_key(answer.path) or "")
        if kind is None:
            self._conflict(answer)
        elif row is None and (done := self._done(answer, kind)) is not None:
            self.claimed[done.path] = answer
            self.plan.already += 1
        else:
            try:
                made = self._read(answer, kind, row.data if row else {})
            except Unclear as fault:
                self.plan.refused.append(answer.told("correct", str(fault)))
                return
            self._apply(answer, row, made)

    def _read(self, answer: Answer, kind: Kind, old: Any) -> Correction:
        made = correction(kind, answer.correct, old, answer.basis, self.places)
        _check(made, old)
        return made

    def _done(self, answer: Answer, kind: Kind) -> Row | None:
        """The row that says already what the answer asks for, each read as if the answer were for it."""
        for row in self._candidates(answer):
            key = _list_key(row.path)
            if key and row.path != answer.path and self._number_shown(key, row.fingerprint):
                continue  # it was shown just so: it is another row, not this one changed
            try:
                if row.path not in self.claimed and self._holds(row, self._read(answer, kind, row.data)):
                    return row
            except Unclear:
                continue
        return None

    def _apply(self, answer: Answer, row: Row | None, made: Correction) -> None:
        if made.remove and self._is_gone(answer, _list_key(answer.path)):
            self.plan.already += 1
            return
        if row is None:
            self._conflict(answer)
            return
        self.claimed[row.path] = answer
        if self._holds(row, made):
            self.plan.already += 1
            return
        if row.kind in CONFIRMABLE and not made.remove:
            made = Correction(values={**made.values, **self._stated(answer)})
        else:
            self._remark(row, made, answer)
        self._put(row, made)
        now = "taken out" if made.remove else made.text or _shown(made.values)
        self.plan.applied.append(answer.told("correct", f"{self._about(answer)}: {now}"))

    def _remark(self, row: Row, made: Correction, answer: Answer) -> None:
        key = next(iter(made.values)) if row.kind is Kind.VALID else re.split(r"[.\[]", row.path)[0]
        kind = words.wording()["kinds"][row.kind]
        remark = f"{kind}: {answer.basis} ({self.told.by_office}, {words.day(self.told.on)})"
        known = self.edit.remarks.setdefault(key, [])
        if remark not in known:
            known.append(remark)

    def _put(self, row: Row, made: Correction) -> None:
        if (key := row.list_key) is not None:
            self.edit.items.setdefault(key, {})[_index(row.path)] = made
        else:
            steps = tuple(row.path.split(".")) if "." in row.path else ()
            self.edit.values.setdefault(steps, {}).update(made.values)

    def _stated(self, answer: Answer) -> dict[str, Any]:
        return {
            "source": plain(Source(name=answer.basis, date=self.told.on)),
            "confirmed": plain(self.told),
        }

    def _holds(self, row: Row, made: Correction) -> bool:
        """Whether the catalog says already what the correction says, confirmed then or later."""
        if made.remove:
            return False
        if made.text is not None:
            return bool(row.data == made.text)
        now = row.data if isinstance(row.data, dict) else {row.path: row.data}
        for key, value in made.values.items():
            if (now.get(key, _LEFT_OUT.get(key, "")) or "") != (value or ""):
                return False
        return row.kind not in CONFIRMABLE or ("confirmed" in now and bool(now["confirmed"]["on"] >= self.told.on))

    def _shown_row(self, answer: Answer) -> Row | None:
        """The row of today that still says what was shown, also where the list has shifted since."""
        row = self.rows.get(answer.path)
        if row is not None and row.fingerprint == answer.fingerprint and row.path not in self.claimed:
            return row
        key = _list_key(answer.path)
        if key is None or self._number(key, answer.fingerprint) < self._number_shown(key, answer.fingerprint):
            return None
        same = [
            one
            for one in self.rows.values()
            if one.list_key == key and one.fingerprint == answer.fingerprint and one.path not in self.claimed
        ]
        return min(same, key=lambda one: abs(_index(one.path) - _index(answer.path)), default=None)

    def _candidates(self, answer: Answer) -> Iterator[Row]:
        """The row at the answer's path, then the others of its list."""
        if answer.path in self.rows:
            yield self.rows[answer.path]
        if (key := _list_key(answer.path)) is not None:
            yield from (row for row in self.rows.values() if row.list_key == key and row.path != answer.path)

    def _is_gone(self, answer: Answer, key: str | None) -> bool:
        """Whether the item was taken out before: it is missing, and nothing unknown has come in its place."""
        if key is None:
            return False
        if self._number(key, answer.fingerprint) >= max(1, self._number_shown(key, answer.fingerprint)):
            return False
        shown = {mark for path, mark in self.shown.items() if _list_key(path) == key}
        new = sum(row.list_key == key and row.fingerprint not in shown for row in self.rows.values())
        return new < self.corrections[key]

    def _number(self, key: str, fingerprint: str) -> int:
        return sum(row.list_key == key and row.fingerprint == fingerprint for row in self.rows.values())

    def _number_shown(self, key: str, fingerprint: str) -> int:
        return sum(_list_key(path) == key and mark == fingerprint for path, mark in self.shown.items())

    def _conflict(self, answer: Answer) -> None:
        row = self.rows.get(answer.path)
        now = f"it says now: {row.value}" if row else "it is not there any more"
        message = f"the catalog has changed since the sheet was written; {now}. Check it again."
        self.plan.conflicts.append(answer.told("verdict", f"{self._about(answer)}: {message}"))

    def _keep_some_of_each_list(self) -> None:
        for key in NEVER_EMPTY:
            made = self.edit.items.get(key, {})
            taken = [index for index, one in made.items() if one.remove]
            if taken and len(taken) == len(getattr(self.procedure, key)):
                for index in taken:
                    answer = self.claimed.pop(f"{key}[{index}]")
                    self.plan.applied = [told for told in self.plan.applied if told.where != answer.at["correct"]]
                    message = "the last one cannot be taken out; write what holds instead."
                    self.plan.refused.append(answer.told("correct", message))
                del self.edit.items[key]
                self.edit.remarks.pop(key, None)

    def _confirm(self) -> None:
        """The whole record if every row of it was answered Đúng or Sửa, otherwise what can be confirmed alone."""
        if set(self.rows) <= set(self.claimed):
            known = self.procedure.confirmed
            if known is None or known.on < self.told.on:
                self.edit.values.setdefault((), {})["confirmed"] = plain(self.told)
                where = next(iter(self.claimed.values()))
                self.plan.applied.append(where.told("verdict", "confirmed as a whole."))
            else:
                self.plan.already += 1
            return
        right = []
        for path, answer in self.claimed.items():
            row = self.rows[path]
            if answer.verdict is not Verdict.RIGHT:
                continue
            if row.confirmed is not None and row.confirmed.on >= self.told.on:
                self.plan.already += 1
            elif row.kind in CONFIRMABLE:
                self._put(row, Correction(values={"confirmed": plain(self.told)}))
                self.plan.applied.append(answer.told("verdict", f"{self._about(answer)}: confirmed."))
            else:
                right.append(answer)
        if right:
            missing = len(set(self.rows) - set(self.claimed))
            message = f"{len(right)} rows are right; that is kept when the {missing} others are Đúng or Sửa too."
            self.plan.waiting.append(right[0].told("verdict", message))

    def _about(self, answer: Answer) -> str:
        row = self.rows.get(answer.path)
        kind = row.kind if row else LISTS.get(_list_key(answer.path) or "")
        return str(words.wording()["kinds"][kind]) if kind else answer.path


_LEFT_OUT: dict[str, Any] = {"original": 0, "copies": 0, "show": False, "level": "unknown"}
"""What a key stands for where it is not written."""


def _check(made: Correction, old: Any) -> None:
    """What no single cell can tell: nothing said at all, or an end before its beginning."""
    if not (made.values or made.text or made.remove):
        raise Unclear("The cell says nothing new; write the value as it should be.")
    span = {**(old if isinstance(old, dict) else {}), **made.values}
    first, last = span.get("valid_from"), span.get("valid_to")
    if first is not None and last is not None and last < first:
        raise Unclear("The last day would lie before the first; write both.")


def _shown(values: Mapping[str, Any]) -> str:
    """The new values in a line: `amount 50000, set_by law`."""
    told = {key: "–" if value is None else value for key, value in values.items() if key not in UNTOLD}
    return ", ".join(f"{key} {value}" for key, value in told.items())


def _list_key(path: str) -> str | None:
    return path.partition("[")[0] if path.endswith("]") else None


def _index(path: str) -> int:
    number = path.rpartition("[")[2].rstrip("]")
    return int(number) if re.fullmatch(r"[0-9]{1,6}", number) else 0
