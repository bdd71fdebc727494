"""What an editor should look at: load errors, and warnings about content that loads but is weak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from .fold import normal
from .load import read_folders
from .marked import Fault, Marked
from .model import FeeSetBy, Procedure, TimeUnit
from .reading import Reading

MAX_AGE_DAYS = 365
MAX_TEXT = 700


def check(folders: Sequence[Path], as_of: date | None = None) -> list[Fault]:
    """Every fault of the content, errors first. Sources are checked for age only when `as_of` is given."""
    reading = read_folders(folders)
    warnings = [*_warnings(reading, as_of)]
    warnings.sort(key=lambda fault: (str(fault.file), fault.line))
    return [*reading.faults, *warnings]


def _warnings(reading: Reading, as_of: date | None) -> Iterator[Fault]:
    owners: dict[str, Procedure] = {}
    for code, procedure in reading.values["procedures"].items():
        marked = reading.marked["procedures"][code]
        yield from _unknowns(procedure, marked)
        yield from _shared_names(procedure, marked, owners)
        yield from _long_texts(marked)
        age = (as_of - procedure.source.date).days if as_of else 0
        if age > MAX_AGE_DAYS:
            message = f"The source is {age} days old."
            yield _warning(marked.find(["source", "date"]), message, "Read it again and write the new date.")


def _unknowns(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    for i, limit in enumerate(procedure.time_limits):
        if limit.unit is TimeUnit.UNKNOWN:
            spot = marked.find(["time_limits", i, "unit"])
            yield _warning(spot, "The time limit has no unit.", "Ask the office in charge.")
    for i, fee in enumerate(procedure.fees):
        if fee.amount is None and fee.set_by is FeeSetBy.UNKNOWN:
            spot = marked.find(["fees", i, "set_by"])
            yield _warning(spot, "Neither the fee nor who sets it is known.", "Ask the office in charge.")


def _shared_names(procedure: Procedure, marked: Marked, owners: dict[str, Procedure]) -> Iterator[Fault]:
    for i, name in enumerate(procedure.everyday):
        owner = owners.setdefault(normal(name), procedure)
        if owner is not procedure:
            message = f"The everyday name “{name}” also belongs to {owner.code}."
            yield _warning(marked.find(["everyday", i]), message, "Make one of the two more exact.")


def _long_texts(marked: Marked) -> Iterator[Fault]:
    if isinstance(marked.value, str) and len(marked.value) > MAX_TEXT:
        message = f"The text has {len(marked.value)} characters."
        yield _warning(marked, message, f"Shorten it below {MAX_TEXT}, or split it.")
    elif isinstance(marked.value, list):
        for child in marked.value:
            yield from _long_texts(child)
    elif isinstance(marked.value, dict):
        for child in marked.value.values():
            yield from _long_texts(child)


def _warning(spot: Marked, message: str, mend: str) -> Fault:
    return spot.fault(message, mend, "warning")
