"""Time limits: units, amounts, and limits that contradict each other or their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ..marked import Fault, Marked
from ..model import Procedure, TimeLimit, TimeUnit, WayName
from .rule import Rule, Scene, explained, overlap

UNIT = Rule(
    id="limit-unit",
    what="a limit of unknown unit, without a note that says so",
    why="People cannot tell when their paper is due, and no deadline can be worked out.",
    mend="Ask the office in charge, or say in `note:` what the source leaves open.",
)
AMOUNT = Rule(
    id="limit-amount",
    what="a unit that needs a number has none, or one that needs none has one",
    why="A limit without its number, or with one that means nothing, tells people nothing.",
    mend="Write `amount:` for days and hours; leave it out for same_day and at_once.",
)
PLAUSIBLE = Rule(
    id="limit-implausible",
    what="a limit longer than any office takes",
    why="A slip of the keyboard makes people wait for a day that never comes.",
    mend="Read the source again; correct the amount or the unit.",
)
CONTRADICTION = Rule(
    id="limit-contradiction",
    what="two limits for the same way and case that count on the same day",
    why="People are told two different days and do not know which one to hold the office to.",
    mend="Keep one, or tell them apart by `way`, `case`, `note` or valid_from/valid_to.",
    severity="error",
)
CHANNELS = Rule(
    id="limit-channels",
    what="different limits for different ways to file, and no word why",
    why="The law seldom gives another limit for another way; the source is often wrong there.",
    mend="Read the source again. If it does differ, say so in `note:` or in `notes:`.",
)
WORDING = Rule(
    id="limit-wording",
    what="the words beside a limit name another number or unit",
    why="The value and the words beside it are both shown; one of them is wrong.",
    mend="Make `amount` and `unit` and the words say the same.",
)
RULES = (UNIT, AMOUNT, PLAUSIBLE, CONTRADICTION, CHANNELS, WORDING)

_COUNTED = {
    TimeUnit.WORKING_HOUR: 80,
    TimeUnit.HOUR: 240,
    TimeUnit.WORKING_DAY: 180,
    TimeUnit.DAY: 365,
    TimeUnit.MONTH: 24,
    TimeUnit.YEAR: 5,
}
"""Units that need a number, and the largest that is believable."""

_WORDS = {
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "giờ làm việc": TimeUnit.WORKING_HOUR,
    "ngày": TimeUnit.DAY,
    "giờ": TimeUnit.HOUR,
    "tháng": TimeUnit.MONTH,
    "năm": TimeUnit.YEAR,
}
_SPAN = re.compile(
    r"(?<![\d/.])(\d{1,4})\s*(?:\([^)]{1,20}\)\s*)?(ngày làm việc|giờ làm việc|ngày|giờ|tháng)\b", re.I
)
_PLAIN_SPAN = re.compile(
    r"(?<![\d/.])(\d{1,4})\s+(ngày làm việc|ngày)\b(?!\s+(?:kể từ|từ) ngày (?:sinh|chết|mất))", re.I
)


def limits(scene: Scene) -> Iterator[Fault]:
    """Everything about the time limits of reviewed procedures."""
    for procedure, marked in scene.procedures:
        for i, limit in enumerate(procedure.time_limits):
            yield from _one(limit, marked.find(["time_limits", i]))
        yield from _contradictions(procedure, marked)
        yield from _channels(procedure, marked)


def _one(limit: TimeLimit, spot: Marked) -> Iterator[Fault]:
    if limit.unit is TimeUnit.UNKNOWN:
        if not explained(limit.note, limit.wording):
            amount = f" says {limit.amount} but" if limit.amount else ""
            yield UNIT.at(spot.find(["unit"]), f"The time limit{amount} has no unit.")
        return
    most = _COUNTED.get(limit.unit)
    if most is None and limit.amount is not None:
        yield AMOUNT.at(spot.find(["amount"]), f"`{limit.unit}` needs no amount, {limit.amount} is written.")
    elif (
        most is not None and limit.amount is None and not (limit.wording and explained(limit.wording, limit.note))
    ):
        yield AMOUNT.at(spot.find(["unit"]), f"A limit in `{limit.unit}` needs an amount.")
    elif most is not None and limit.amount is not None and limit.amount > most:
        yield PLAUSIBLE.at(spot.find(["amount"]), f"{limit.amount} {limit.unit}s is longer than any office takes.")
    yield from _words(limit, spot)


def _words(limit: TimeLimit, spot: Marked) -> Iterator[Fault]:
    """The source's words must hold the value; a note must not give the same number another unit."""
    if limit.amount is None:
        return
    said = [(int(number), _WORDS[unit.lower()]) for number, unit in _SPAN.findall(limit.wording or "")]
    if said and (limit.amount, limit.unit) not in said:
        yield WORDING.at(spot.find(["wording"]), f"The wording does not say {limit.amount} {limit.unit}s.")
    if explained(limit.note):
        return
    noted = [(int(number), _WORDS[unit.lower()]) for number, unit in _PLAIN_SPAN.findall(limit.note or "")]
    odd = [unit for number, unit in noted if number == limit.amount and unit is not limit.unit]
    if odd and (limit.amount, limit.unit) not in noted:
        yield WORDING.at(
            spot.find(["note"]), f"The note says {limit.amount} {odd[0]}s, the unit is `{limit.unit}`."
        )
    elif len(noted) == 1 and not odd and noted[0][0] != limit.amount and not _more_said(limit.note or ""):
        message = f"The note says {noted[0][0]} {noted[0][1]}s, the value is {limit.amount} {limit.unit}s."
        yield WORDING.at(spot.find(["note"]), message)


def _more_said(note: str) -> bool:
    """Whether the note speaks of something besides the limit: another situation, a step, an addition."""
    return len(note.split()) > 9


def _contradictions(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    for (i, one), (j, other) in combinations(enumerate(procedure.time_limits), 2):
        if (one.way, one.case) != (other.way, other.case) or not overlap(one, other):
            continue
        first = marked.find(["time_limits", i]).line
        spot = marked.find(["time_limits", j])
        if (one.unit, one.amount) == (other.unit, other.amount) and one.note == other.note:
            message = f"This limit is already at line {first}."
            yield CONTRADICTION.at(spot, message, "Remove one of the two.")
        elif one.note == other.note or not ((one.note and other.note) or explained(one.note, other.note)):
            yield CONTRADICTION.at(spot, f"Line {first} gives another limit for the same way and case.")


def _channels(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    if any("khác nhau" in note for note in procedure.notes):
        return
    cases = {limit.case for limit in procedure.time_limits}
    for case in sorted(cases, key=str):
        ways: dict[WayName, tuple[int, TimeLimit]] = {}
        for i, limit in enumerate(procedure.time_limits):
            if limit.case == case and limit.way is not None:
                ways.setdefault(limit.way, (i, limit))
        counted = {(limit.unit, limit.amount): i for i, limit in ways.values() if limit.amount}
        for (unit, amount), i in counted.items():
            if (unit, amount // 10) in counted and amount % 10 == 0:
                message = f"{amount} {unit}s for one way, {amount // 10} for another: a zero too many?"
                yield PLAUSIBLE.at(marked.find(["time_limits", i, "amount"]), message)
        told = any(explained(limit.note) for _, limit in ways.values())
        if len({(limit.unit, limit.amount) for _, limit in ways.values()}) > 1 and not told:
            spot = marked.find(["time_limits", max(i for i, _ in ways.values())])
            said = ", ".join(f"{way} {limit.amount or ''} {limit.unit}" for way, (_, limit) in ways.items())
            yield CHANNELS.at(spot, f"The ways to file have different limits: {said}.")
