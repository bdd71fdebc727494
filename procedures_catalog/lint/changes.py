"""What becomes different for people on one day and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ..marked import Marked
from ..model import Dated, Fee, Paper, Procedure, TimeLimit
from ..reading import PROCEDURES, Reading, is_draft

What = Literal["procedure", "paper", "limit", "fee", "law"]
Turn = Literal["starts", "ends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that starts or ends. `on` is the first day it counts, or the last; `days` are counted from the day
    asked for, negative when past. `about` is a code or the number of a law; `said` its words.
    """

    on: date
    days: int
    what: What
    turn: Turn
    about: str
    said: str
    file: Path
    line: int

    def as_json(self) -> dict[str, Any]:
        """The same with dates and files as text."""
        return {
            "on": self.on.isoformat(),
            "days": self.days,
            "what": self.what,
            "turn": self.turn,
            "about": self.about,
            "said": self.said,
            "file": str(self.file),
            "line": self.line,
        }


def changes(reading: Reading, as_of: date) -> list[Change]:
    """Everything with a first or a last day, in the order of the days; drafts aside."""
    return sorted(_changes(reading, as_of), key=lambda change: (change.on, change.about, change.line))


def states(procedure: Procedure, day: date) -> dict[str, str]:
    """What of a record does not count on a day: its path (`fees[0]`, empty: all of it) → `gone` or `to come`."""
    items: dict[str, Dated] = {"": procedure}
    for key in ("papers", "time_limits", "fees"):
        items |= {f"{key}[{i}]": item for i, item in enumerate(getattr(procedure, key))}
    found = {path: "gone" for path, item in items.items() if item.past(day)}
    return found | {path: "to come" for path, item in items.items() if item.ahead(day)}


def _changes(reading: Reading, as_of: date) -> Iterator[Change]:
    for code, procedure in reading.values[PROCEDURES].items():
        marked = reading.marked[PROCEDURES][code]
        if is_draft(marked) or not procedure.has_dates:
            continue
        yield from _turns("procedure", procedure, code, procedure.plain or procedure.name, marked, as_of)
        yield from _values(procedure, marked, as_of)
    cited = {
        basis.number for item in reading.values[PROCEDURES].values() if item.reviewed for basis in item.legal_basis
    }
    for number, law in reading.values["laws"].items():
        if number in cited or law.ahead(as_of) or (law.valid_to is not None and not law.past(as_of)):
            follows = f"; {law.replaced_by} follows" if law.replaced_by else ""
            yield from _turns("law", law, number, f"{law.name}{follows}", reading.marked["laws"][number], as_of)


def _values(procedure: Procedure, marked: Marked, as_of: date) -> Iterator[Change]:
    kinds: tuple[tuple[What, str, Sequence[Dated]], ...] = (
        ("paper", "papers", procedure.papers),
        ("limit", "time_limits", procedure.time_limits),
        ("fee", "fees", procedure.fees),
    )
    for what, key, items in kinds:
        for i, item in enumerate(items):
            yield from _turns(what, item, procedure.code, _said(item), marked.find([key, i]), as_of)


def _said(item: Dated) -> str:
    match item:
        case Paper():
            return item.name
        case TimeLimit():
            return f"{item.amount or ''} {item.unit}".strip()
        case Fee():
            return f"set by {item.set_by}" if item.amount is None else f"{item.amount:,} đ"
    return ""


def _turns(what: What, item: Dated, about: str, said: str, spot: Marked, as_of: date) -> Iterator[Change]:
    turns: tuple[tuple[Turn, date | None], ...] = (("starts", item.valid_from), ("ends", item.valid_to))
    for turn, on in turns:
        if on is not None:
            yield Change(
                on=on,
                days=(on - as_of).days,
                what=what,
                turn=turn,
                about=about,
                said=said,
                file=spot.file,
                line=spot.line,
            )
