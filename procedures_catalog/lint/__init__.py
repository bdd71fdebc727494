"""What an editor should look at: load errors, and content that loads but misleads people.

One module holds one family of rules; docs/catalog-lint.md lists them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ..load import read_folders
from ..marked import Fault
from . import calendar, dates, drafts, events, fees, files, laws, limits, links, names, papers, places, texts, ways
from .changes import Change, changes, states
from .rule import Family, Rule, Scene

__all__ = ["FAMILIES", "RULES", "Change", "Rule", "changes", "check", "states"]

FAMILIES: tuple[Family, ...] = (
    limits.limits,
    fees.fees,
    dates.dates,
    laws.laws,
    links.links,
    names.names,
    papers.papers,
    ways.ways,
    texts.texts,
    files.files,
    places.places,
    calendar.calendar,
    events.events,
    drafts.drafts,
)

RULES: tuple[Rule, ...] = tuple(
    rule
    for family in (
        limits,
        fees,
        dates,
        laws,
        links,
        names,
        papers,
        ways,
        texts,
        files,
        places,
        calendar,
        events,
        drafts,
    )
    for rule in family.RULES
)


def check(folders: Sequence[Path], as_of: date | None = None) -> list[Fault]:
    """Every fault of the content, errors first, each part in the order of files and lines.

    `as_of` is the day the content is judged on; without it the rules that need a day (ended values and laws, age
    of sources, years of the calendar) are silent.
    """
    reading = read_folders(folders)
    scene = Scene(reading=reading, folders=folders, as_of=as_of)
    found = {*(fault for family in FAMILIES for fault in family(scene))}
    ours = sorted(
        found, key=lambda fault: (fault.severity == "warning", str(fault.file), fault.line, fault.message)
    )
    errors = [fault for fault in ours if fault.severity == "error"]
    return [*reading.faults, *errors, *ours[len(errors) :]]
