"""What lies in the folders, merged record by record but not yet understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from . import model, place
from .marked import Fault, Marked, merge, read
from .vocabulary import Vocabulary

PROCEDURES = "procedures"
SIGNPOSTS = "signposts"

FOLDERS = {PROCEDURES, SIGNPOSTS}
"""Kinds of record that are spread over many files: one procedure a file, signposts in lists."""

LISTS: dict[str, tuple[TypeAdapter[Any], str]] = {
    "fields": (TypeAdapter(model.ProcedureField), "id"),
    "roles": (TypeAdapter(model.Role), "id"),
    "topics": (TypeAdapter(model.Topic), "id"),
    "emergencies": (TypeAdapter(model.Emergency), "number"),
    "own_law": (TypeAdapter(model.OwnLaw), "lane"),
    "offices": (TypeAdapter(place.Office), "id"),
    "places": (TypeAdapter(place.Place), "id"),
    "laws": (TypeAdapter(model.Law), "number"),
    "life_events": (TypeAdapter(model.LifeEvent), "id"),
    SIGNPOSTS: (TypeAdapter(model.Signpost), "code"),
    PROCEDURES: (TypeAdapter(model.Procedure), "code"),
}
SINGLES: dict[str, TypeAdapter[Any]] = {
    "calendar": TypeAdapter(place.Calendar),
    "limits": TypeAdapter(model.Limits),
    "deployment": TypeAdapter(place.Deployment),
    "vocabulary": TypeAdapter(Vocabulary),
}
_FALSE = {"false", "no", "off", "n", "f", "0"}
"""What the model takes for false."""

_KEYED = {
    "calendar": {"days": "date"},
    "vocabulary": {"ambiguous": "question", "not_ours": "id"},
}


@dataclass(slots=True)
class Reading:
    """What was read: validated values by kind and id, the YAML they came from, and the faults met."""

    faults: list[Fault] = field(default_factory=list)
    marked: dict[str, dict[str, Marked]] = field(default_factory=lambda: {name: {} for name in LISTS})
    values: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in LISTS})
    singles_marked: dict[str, Marked] = field(default_factory=dict)
    singles: dict[str, Any] = field(default_factory=dict)


def is_draft(record: Marked) -> bool:
    """Whether an importer made it and nobody has reviewed it."""
    said = record.find(["reviewed"]).value if isinstance(record.value, dict) else None
    return isinstance(said, str) and said.lower() in _FALSE


def content_files(folder: Path) -> list[Path]:
    """Every file of a folder that loading looks at, sorted."""
    inside = (path for name in FOLDERS for path in folder.glob(f"{name}/**/*.y*ml"))
    return sorted((*folder.glob("*.y*ml"), *inside))


def read_folder(folder: Path, reading: Reading) -> None:
    """Add one folder's records to what the folders before it gave."""
    here = Marked(value=None, file=folder, line=1)
    if not folder.is_dir():
        reading.faults.append(here.fault("The folder does not exist.", "Check its name."))
        return
    seen: dict[tuple[str, str], Marked] = {}
    for path in content_files(folder):
        name = path.stem if path.parent == folder else path.relative_to(folder).parts[0]
        known = name in SINGLES or name in LISTS
        if path.suffix != ".yaml" or not known or (path.parent == folder and name in FOLDERS):
            names = sorted({*SINGLES, *LISTS} - FOLDERS)
            mend = f"Names are: {', '.join(f'{n}.yaml' for n in names)}; folders: {', '.join(sorted(FOLDERS))}"
            reading.faults.append(
                Marked(value=None, file=path, line=1).fault(
                    "Nothing is read from a file of this name.", f"{mend}."
                )
            )
        elif (content := read(path, reading.faults)) is None:
            continue
        elif name in SINGLES:
            old = reading.singles_marked.get(name)
            reading.singles_marked[name] = merge(old, content, _KEYED.get(name, {})) if old else content
        else:
            for record in _records(name, content, reading.faults):
                _add(name, record, reading, seen)


def _records(name: str, content: Marked, faults: list[Fault]) -> Iterator[Marked]:
    if name == PROCEDURES:
        yield content
    elif isinstance(content.value, list):
        yield from content.value
    else:
        faults.append(content.fault("A list of records is expected here.", "Begin each record with `- `."))


def _add(name: str, record: Marked, reading: Reading, seen: dict[tuple[str, str], Marked]) -> None:
    id_key = LISTS[name][1]
    mark = record.value.get(id_key) if isinstance(record.value, dict) else None
    if mark is None or not isinstance(mark.value, str):
        reading.faults.append(record.fault(f"The record has no `{id_key}`.", f"Add `{id_key}:` to it."))
        return
    key = mark.value
    if (first := seen.get((name, key))) is not None:
        message = f"`{key}` is already at {first.file.name}:{first.line}."
        reading.faults.append(mark.fault(message, f"Give one of them another `{id_key}`, or remove it."))
        return
    seen[name, key] = mark
    old = reading.marked[name].get(key)
    if old is None:
        reading.marked[name][key] = record
    elif not is_draft(record):
        reading.marked[name][key] = merge(old, record, {})
    elif is_draft(old):
        reading.marked[name][key] = record
    # A draft never touches what somebody has reviewed.
