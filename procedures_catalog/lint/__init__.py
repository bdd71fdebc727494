"""What an editor should look at: load errors, and content that loads but misleads people.

One module holds one family of rules; docs/catalog-lint.md lists them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ..load import read_folders
from ..marked import Fault
from ..reading import Reading
from . import (
    calendar,
    dates,
    doors,
    drafts,
    events,
    fees,
    fees_words,
    files,
    fitting,
    laws,
    laws_table,
    limits,
    links,
    names,
    overrides,
    papers,
    persons,
    places,
    reach,
    spelling,
    texts,
    ways,
)
from .changes import Change, changes, states
from .rule import Family, Rule, Scene

__all__ = ["FAMILIES", "RULES", "Change", "Rule", "changes", "check", "states"]

FAMILIES: tuple[Family, ...] = (
    limits.limits,
    fees.fees,
    fees_words.fees_words,
    dates.dates,
    laws.laws,
    laws_table.laws_table,
    links.links,
    names.names,
    doors.doors,
    papers.papers,
    ways.ways,
    persons.persons,
    texts.texts,
    spelling.spelling,
    files.files,
    overrides.overrides,
    places.places,
    calendar.calendar,
    events.events,
    reach.reach,
    fitting.fitting,
    drafts.drafts,
)

RULES: tuple[Rule, ...] = tuple(
    rule
    for family in (
        limits,
        fees,
        fees_words,
        dates,
        laws,
        laws_table,
        links,
        names,
        doors,
        papers,
        ways,
        persons,
        texts,
        spelling,
        files,
        overrides,
        places,
        calendar,
        events,
        reach,
        fitting,
        drafts,
    )
    for rule in family.RULES
)


def check(folders: Sequence[Path], as_of: date | None = None, reading: Reading | None = None) -> list[Fault]:
    """Every fault of the content, errors first, each part in the order of files and lines.

    `as_of` is the day the content is judged on; without it the rules that need a day (ended values and laws, age
    of sources, years of the calendar) are silent. `reading` is that of the folders, where they were read before.
    """
    reading = reading or read_folders(folders)
    scene = Scene(reading=reading, folders=folders, as_of=as_of)
    found = {*(fault for family in FAMILIES for fault in family(scene))}
    ours = sorted(
        found, key=lambda fault: (fault.severity == "warning", str(fault.file), fault.line, fault.message)
    )
    errors = [fault for fault in ours if fault.severity == "error"]
    return [*reading.faults, *errors, *ours[len(errors) :]]
