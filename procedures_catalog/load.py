"""Folders of YAML → one `Catalog`, or every fault with its file and line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .catalog import Catalog
from .dangling import dangling
from .explained import explained
from .marked import Fault, Marked
from .reading import LISTS, PROCEDURES, SIGNPOSTS, SINGLES, Reading, read_folder
from .search import Index
from .shipped import SHIPPED
from .subjects import named

__all__ = ["SHIPPED", "CatalogFaults", "load", "read_folders"]


class CatalogFaults(Exception):
    """The content has errors; `faults` holds every one of them, ordered by file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def load(folders: Sequence[Path]) -> Catalog:
    """Read the shipped folder and lay the later ones over it, key by key.

    Drafts are left out unless the deployment shows them. Raises CatalogFaults with every error found.
    """
    reading = read_folders(folders)
    if reading.faults:
        raise CatalogFaults(reading.faults)
    lists, singles = reading.values, reading.singles
    drafts = singles["deployment"].drafts == "shown"
    procedures = {code: item for code, item in lists[PROCEDURES].items() if item.reviewed or drafts}
    signposts = {
        code: item
        for code, item in lists[SIGNPOSTS].items()
        if code not in procedures and (item.reviewed or drafts)
    }
    subjects = named(procedures.values(), signposts.values(), lists["life_events"].values())
    return Catalog(
        procedures=procedures,
        signposts=signposts,
        life_events=lists["life_events"],
        laws=lists["laws"],
        fields=lists["fields"],
        roles=lists["roles"],
        topics=lists["topics"],
        emergencies=tuple(lists["emergencies"].values()),
        own_law=tuple(lists["own_law"].values()),
        offices=lists["offices"],
        places=lists["places"],
        calendar=singles["calendar"],
        limits=singles["limits"],
        deployment=singles["deployment"],
        vocabulary=singles["vocabulary"],
        index=Index.build(subjects, singles["vocabulary"]),
        successors={old: code for code, item in procedures.items() for old in item.replaces},
        dated=frozenset(code for code, item in procedures.items() if item.has_dates),
    )


def read_folders(folders: Sequence[Path]) -> Reading:
    """Read, merge and validate; never raises for content."""
    reading = Reading()
    for folder in folders:
        read_folder(folder, reading)
    for name, (adapter, _) in LISTS.items():
        for key, marked in reading.marked[name].items():
            value = _validated(adapter, marked, reading.faults)
            if value is not None:
                reading.values[name][key] = value
    for name, adapter in SINGLES.items():
        if (marked_single := reading.singles_marked.get(name)) is not None:
            reading.singles[name] = _validated(adapter, marked_single, reading.faults)
        elif folders and not any(fault.file.stem == name for fault in reading.faults):
            where = Marked(value=None, file=folders[-1] / f"{name}.yaml", line=1)
            reading.faults.append(where.fault(f"There is no {name}.yaml in any folder.", "Add the file."))
    reading.faults += dangling(reading)
    reading.faults.sort(key=lambda fault: (str(fault.file), fault.line, fault.message))
    return reading


def _validated(adapter: TypeAdapter[Any], marked: Marked, faults: list[Fault]) -> Any | None:
    try:
        return adapter.validate_python(marked.plain())
    except ValidationError as error:
        # A union reports once per member; people need one sentence per place.
        told: set[int] = set()
        details = error.errors(include_url=False, include_context=True)
        for detail in details:
            if detail["type"] == "too_short" and any(_inside(other["loc"], detail["loc"]) for other in details):
                continue  # its items were left out for their own faults
            spot = marked.find(detail["loc"])
            if id(spot) not in told or detail["type"] in ("missing", "unexpected_keyword_argument"):
                told.add(id(spot))
                faults.append(spot.fault(*explained(detail)))
        return None


def _inside(loc: tuple[int | str, ...], of: tuple[int | str, ...]) -> bool:
    return len(loc) > len(of) and loc[: len(of)] == of
