"""Days from which and to which something counts, sources and confirmations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from ..marked import Fault, Marked
from ..model import CODE, Confirmed, Dated, Fee, Procedure, Source, TimeLimit
from .rule import Rule, Scene, day, overlap

REVERSED = Rule(
    id="dates-reversed",
    what="valid_to before valid_from",
    why="Such a value never counts on any day, so people never see it.",
    mend="Swap the two dates or correct one.",
    severity="error",
)
IMPLAUSIBLE = Rule(
    id="dates-implausible",
    what="a year before 1990 or more than five years ahead",
    why="A slip in the year hides a value, or shows it for ever.",
    mend="Write the date as 2027-03-01.",
)
ENDED = Rule(
    id="value-ended",
    what="a fee or limit that has ended, and nothing follows it",
    why="People are shown an old value, or none at all.",
    mend="Add what counts now with its `valid_from`, and keep or remove the old one.",
)
ENDED_PAPER = Rule(
    id="paper-ended",
    what="a paper that is no longer asked for",
    why="Nobody is shown it any more; it only burdens the file.",
    mend="Remove the paper, or correct its `valid_to`.",
)
GAP = Rule(
    id="value-gap",
    what="days between the end of one value and the begin of the next",
    why="On those days people are shown an old value or none.",
    mend="Let the next `valid_from` be the day after the last `valid_to`.",
)
PROCEDURE_ENDED = Rule(
    id="procedure-ended",
    what="a procedure past its last day",
    why="Nobody finds it any more, and nothing tells them what to do instead.",
    mend="Let the procedure that takes its place name it in `replaces:`, or correct `valid_to`.",
)
REPLACES = Rule(
    id="replaces",
    what="`replaces` names itself, no code, or a procedure that is still in force",
    why="People find the old and the new one side by side and may file under the wrong one.",
    mend="Give the old record a `valid_to`, the day before this one begins.",
    severity="error",
)
STALE = Rule(
    id="source-stale",
    what="a source read more than 365 days ago",
    why="Fees, papers and limits change every year; an old reading misleads.",
    mend="Read it again and write the new date.",
)
FUTURE = Rule(
    id="date-in-future",
    what="a source or confirmation dated after today",
    why="Nobody can have read or checked it yet, so the date cannot be trusted.",
    mend="Write the day on which it was read or checked.",
    severity="error",
)
OLD_SOURCE = Rule(
    id="source-old",
    what="a source older than 2015",
    why="It is older than the laws in force; the year is probably a slip.",
    mend="Write the day on which the source was read.",
)
SOURCE_URL = Rule(
    id="source-url",
    what="a national source without its address",
    why="Nobody can look it up again.",
    mend="Add `url:` to the source.",
)
CONFIRMED_BY = Rule(
    id="confirmed-by",
    what="an office that confirms is none of this place",
    why="The card says that an office of the place has checked the value; there is no such office.",
    mend="Write the office's name as in offices.yaml, or the centre's as in deployment.yaml.",
)
CONFIRMED_EARLY = Rule(
    id="confirmed-before-source",
    what="confirmed before its source was read",
    why="What the office checked was an older text.",
    mend="Ask the office again and write the new day.",
)
CONFIRMED_UNKNOWN = Rule(
    id="confirmed-unknown",
    what="a confirmed value that says nothing",
    why="People read that the office has confirmed an unknown value.",
    mend="Write the value the office gave, or take `confirmed:` out.",
)
RULES = (
    REVERSED,
    IMPLAUSIBLE,
    ENDED,
    ENDED_PAPER,
    GAP,
    PROCEDURE_ENDED,
    REPLACES,
    STALE,
    FUTURE,
    OLD_SOURCE,
    SOURCE_URL,
    CONFIRMED_BY,
    CONFIRMED_EARLY,
    CONFIRMED_UNKNOWN,
)

MAX_AGE_DAYS = 365
_EARLIEST, _OLDEST_SOURCE = date(1990, 1, 1), date(2015, 1, 1)
_AHEAD = timedelta(days=5 * 366)


def dates(scene: Scene) -> Iterator[Fault]:
    """Spans, sources and confirmations of reviewed procedures and signposts, and the spans of laws."""
    offices = _names(scene)
    replaced = {code: item for item, _ in scene.procedures for code in item.replaces}
    for procedure, marked in scene.procedures:
        yield from _spans(procedure, marked, scene.as_of)
        yield from _procedure(procedure, marked, scene, replaced)
        yield from _sources(procedure, marked, scene.as_of)
        yield from _confirmations(procedure, marked, scene.as_of, offices)
    yield from _signposts(scene)
    for law, marked in scene.each("laws"):
        yield from _span(law, marked, scene.as_of)


def _names(scene: Scene) -> set[str]:
    names = {office.name for office, _ in scene.each("offices")} | {
        office.id for office, _ in scene.each("offices")
    }
    deployment = scene.single("deployment")
    return names | ({deployment[0].centre} if deployment else set())


def _spans(procedure: Procedure, marked: Marked, as_of: date | None) -> Iterator[Fault]:
    yield from _span(procedure, marked, as_of)
    for key in ("papers", "time_limits", "fees"):
        items: tuple[Dated, ...] = getattr(procedure, key)
        for i, item in enumerate(items):
            spot = marked.find([key, i])
            yield from _span(item, spot, as_of)
            ended = as_of is not None and item.past(as_of)
            if key == "papers":
                if ended:
                    yield ENDED_PAPER.at(spot.find(["valid_to"]), f"This paper ended on {item.valid_to}.")
                continue
            others = [other for other in items if other is not item and _same(item, other)]
            if ended and all(other.past(as_of) for other in others if as_of):
                yield ENDED.at(spot.find(["valid_to"]), f"This value ended on {item.valid_to} and none follows.")
            if item.valid_to and (next_from := _follows(item, others)) is not None:
                message = f"It ends on {item.valid_to}, the next begins on {next_from}."
                yield GAP.at(spot.find(["valid_to"]), message)


def _same(one: Dated, other: Dated) -> bool:
    assert isinstance(one, TimeLimit | Fee)
    assert isinstance(other, TimeLimit | Fee)
    per = isinstance(one, Fee) and isinstance(other, Fee) and one.per != other.per
    return (one.way, one.case) == (other.way, other.case) and not per


def _follows(item: Dated, others: list[Dated]) -> date | None:
    """The first day after the gap behind `item`, if there is a gap and something after it."""
    after = item.valid_to
    assert after is not None
    later = [other.valid_from for other in others if other.valid_from and other.valid_from > after]
    whole = any(overlap(Dated(valid_from=after + timedelta(1), valid_to=after + timedelta(1)), o) for o in others)
    return min(later) if later and not whole else None


def _span(item: Dated, spot: Marked, as_of: date | None) -> Iterator[Fault]:
    if item.valid_from and item.valid_to and item.valid_to < item.valid_from:
        message = f"It ends on {item.valid_to}, before it begins on {item.valid_from}."
        yield REVERSED.at(spot.find(["valid_to"]), message)
    for key in ("valid_from", "valid_to"):
        value: date | None = getattr(item, key)
        if value and (value < _EARLIEST or (as_of and value > as_of + _AHEAD)):
            yield IMPLAUSIBLE.at(spot.find([key]), f"`{key}` is {value}.")


def _procedure(
    procedure: Procedure, marked: Marked, scene: Scene, replaced: dict[str, Procedure]
) -> Iterator[Fault]:
    if scene.as_of and procedure.past(scene.as_of) and procedure.code not in replaced:
        spot = marked.find(["valid_to"])
        yield PROCEDURE_ENDED.at(spot, f"The procedure ended on {procedure.valid_to} and nothing takes its place.")
    reviewed = {item.code: item for item, _ in scene.procedures}
    for i, code in enumerate(procedure.replaces):
        spot = marked.find(["replaces", i])
        old = reviewed.get(code)
        if code == procedure.code:
            yield REPLACES.at(spot, "The procedure replaces itself.", "Write the code of the old procedure.")
        elif not re.fullmatch(CODE, code):
            yield REPLACES.at(spot, f"`{code}` is not a procedure's code.", "Write it as 1.001193.")
        elif old is not None and overlap(old, procedure):
            yield REPLACES.at(spot, f"{code} is replaced, but still in force here ({marked.file.name}).")
        elif replaced[code] is not procedure:
            yield REPLACES.at(spot, f"{code} is also replaced by {replaced[code].code}.", "Keep one of the two.")


def _sources(procedure: Procedure, marked: Marked, as_of: date | None) -> Iterator[Fault]:
    yield from _source(procedure.source, marked.find(["source"]), as_of)
    for key in ("time_limits", "fees"):
        for i, item in enumerate(getattr(procedure, key)):
            if item.source is not None:
                at = marked.find([key, i, "source", "date"])
                if as_of and item.source.date > as_of:  # a law may be as old as it likes
                    yield FUTURE.at(at, f"The source is dated {day(item.source.date)}, after {day(as_of)}.")


def _source(source: Source, spot: Marked, as_of: date | None) -> Iterator[Fault]:
    at = spot.find(["date"])
    if source.date < _OLDEST_SOURCE:
        yield OLD_SOURCE.at(at, f"The source is of {day(source.date)}.")
    elif as_of and source.date > as_of:
        yield FUTURE.at(at, f"The source is dated {day(source.date)}, after {day(as_of)}.")
    elif as_of and (age := (as_of - source.date).days) > MAX_AGE_DAYS:
        yield STALE.at(at, f"The source is {age} days old.")
    if "quốc gia" in source.name.lower() and not source.url:
        yield SOURCE_URL.at(spot.find(["name"]), "The national source has no address.")


def _signposts(scene: Scene) -> Iterator[Fault]:
    """Signposts come in lists from one source: one line for the list, at its first signpost."""
    lists: dict[Source, list[Marked]] = {}
    for signpost, marked in scene.signposts:
        lists.setdefault(signpost.source, []).append(marked.find(["source"]))
    for source, spots in lists.items():
        for fault in _source(source, spots[0], scene.as_of):
            more = f" {len(spots)} signposts have this source." if len(spots) > 1 else ""
            yield replace(fault, message=f"{fault.message}{more}")


def _confirmations(procedure: Procedure, marked: Marked, as_of: date | None, offices: set[str]) -> Iterator[Fault]:
    if procedure.confirmed is not None:
        spot = marked.find(["confirmed"])
        yield from _confirmed(procedure.confirmed, procedure.source, spot, as_of, offices)
    for key in ("time_limits", "fees"):
        for i, item in enumerate(getattr(procedure, key)):
            if item.confirmed is None:
                continue
            spot = marked.find([key, i, "confirmed"])
            yield from _confirmed(item.confirmed, item.source or procedure.source, spot, as_of, offices)
            said = item.unit if isinstance(item, TimeLimit) else item.set_by
            if item.amount is None and said.value == "unknown":
                yield CONFIRMED_UNKNOWN.at(spot, "An unknown value is marked as confirmed.")


def _confirmed(
    confirmed: Confirmed, source: Source, spot: Marked, as_of: date | None, offices: set[str]
) -> Iterator[Fault]:
    if confirmed.by_office not in offices:
        yield CONFIRMED_BY.at(spot.find(["by_office"]), f"“{confirmed.by_office}” is no office of this place.")
    if as_of and confirmed.on > as_of:
        yield FUTURE.at(spot.find(["on"]), f"Confirmed on {day(confirmed.on)}, after {day(as_of)}.")
    elif confirmed.on < source.date:
        message = f"Confirmed on {day(confirmed.on)}, before the source of {day(source.date)}."
        yield CONFIRMED_EARLY.at(spot.find(["on"]), message)
