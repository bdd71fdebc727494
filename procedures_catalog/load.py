"""Folders of YAML → one `Catalog`, or every fault with its file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from . import model
from .catalog import Catalog
from .marked import Fault, Marked, merge, read
from .vocabulary import Elsewhere, Stem, StemChoice, Vocabulary

SHIPPED = Path(__file__).parent / "data"
"""The content that comes with the program; deployment folders are laid over it."""

_PROCEDURES = "procedures"

_LISTS: dict[str, tuple[TypeAdapter[Any], str]] = {
    "fields": (TypeAdapter(model.ProcedureField), "id"),
    "roles": (TypeAdapter(model.Role), "id"),
    "topics": (TypeAdapter(model.Topic), "id"),
    "emergencies": (TypeAdapter(model.Emergency), "number"),
    "own_law": (TypeAdapter(model.OwnLaw), "lane"),
    "offices": (TypeAdapter(model.Office), "id"),
    "places": (TypeAdapter(model.Place), "id"),
    _PROCEDURES: (TypeAdapter(model.Procedure), "code"),
}
_SINGLES: dict[str, TypeAdapter[Any]] = {
    "calendar": TypeAdapter(model.Calendar),
    "limits": TypeAdapter(model.Limits),
    "deployment": TypeAdapter(model.Deployment),
    "vocabulary": TypeAdapter(Vocabulary),
}
_KEYED = {
    "calendar": {"days": "date"},
    "vocabulary": {"ambiguous": "question", "not_ours": "id"},
}
_KEYS = sorted(
    {
        item.name
        for kind in (*vars(model).values(), Elsewhere, Stem, StemChoice, Vocabulary)
        if hasattr(kind, "__dataclass_fields__")
        for item in fields(kind)
    }
)


class CatalogFaults(Exception):
    """The content has errors; `faults` holds every one of them, ordered by file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclass(slots=True)
class Reading:
    """What was read: validated values by kind and id, the YAML they came from, and the faults met."""

    faults: list[Fault] = field(default_factory=list)
    marked: dict[str, dict[str, Marked]] = field(default_factory=lambda: {name: {} for name in _LISTS})
    values: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in _LISTS})
    singles_marked: dict[str, Marked] = field(default_factory=dict)
    singles: dict[str, Any] = field(default_factory=dict)


def load(folders: Sequence[Path]) -> Catalog:
    """Read the shipped folder and lay the later ones over it, key by key.

    Raises CatalogFaults with every error found.
    """
    reading = read_folders(folders)
    if reading.faults:
        raise CatalogFaults(reading.faults)
    lists, singles = reading.values, reading.singles
    return Catalog(
        procedures=lists[_PROCEDURES],
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
    )


def read_folders(folders: Sequence[Path]) -> Reading:
    """Read, merge and validate; never raises for content."""
    reading = Reading()
    for folder in folders:
        _read_folder(folder, reading)
    for name, (adapter, _) in _LISTS.items():
        for key, marked in reading.marked[name].items():
            value = _validated(adapter, marked, reading.faults)
            if value is not None:
                reading.values[name][key] = value
    for name, adapter in _SINGLES.items():
        if (marked_single := reading.singles_marked.get(name)) is not None:
            reading.singles[name] = _validated(adapter, marked_single, reading.faults)
        elif folders and not any(fault.file.stem == name for fault in reading.faults):
            where = Marked(value=None, file=folders[-1] / f"{name}.yaml", line=1)
            reading.faults.append(where.fault(f"There is no {name}.yaml in any folder.", "Add the file."))
    reading.faults += _dangling(reading)
    reading.faults.sort(key=lambda fault: (str(fault.file), fault.line, fault.message))
    return reading


def _read_folder(folder: Path, reading: Reading) -> None:
    here = Marked(value=None, file=folder, line=1)
    if not folder.is_dir():
        reading.faults.append(here.fault("The folder does not exist.", "Check its name."))
        return
    seen: dict[tuple[str, str], Marked] = {}
    for path in sorted((*folder.glob("*.y*ml"), *folder.glob(f"{_PROCEDURES}/**/*.y*ml"))):
        name = path.stem if path.parent == folder else _PROCEDURES
        known = name in _SINGLES or name in _LISTS
        if path.suffix != ".yaml" or not known or path == folder / f"{_PROCEDURES}.yaml":
            mend = "Names are: " + ", ".join(f"{n}.yaml" for n in sorted((*_SINGLES, *_LISTS)) if n != _PROCEDURES)
            reading.faults.append(
                Marked(value=None, file=path, line=1).fault(
                    "Nothing is read from a file of this name.", f"{mend}."
                )
            )
        elif (content := read(path, reading.faults)) is None:
            continue
        elif name in _SINGLES:
            old = reading.singles_marked.get(name)
            reading.singles_marked[name] = merge(old, content, _KEYED.get(name, {})) if old else content
        else:
            for record in _records(name, content, reading.faults):
                _add(name, record, reading, seen)


def _records(name: str, content: Marked, faults: list[Fault]) -> Iterator[Marked]:
    if name == _PROCEDURES:
        yield content
    elif isinstance(content.value, list):
        yield from content.value
    else:
        faults.append(content.fault("A list of records is expected here.", "Begin each record with `- `."))


def _add(name: str, record: Marked, reading: Reading, seen: dict[tuple[str, str], Marked]) -> None:
    id_key = _LISTS[name][1]
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
    reading.marked[name][key] = merge(old, record, {}) if old else record


def _validated(adapter: TypeAdapter[Any], marked: Marked, faults: list[Fault]) -> Any | None:
    try:
        return adapter.validate_python(marked.plain())
    except ValidationError as error:
        # A union reports once per member; people need one sentence per place.
        told: set[int] = set()
        for detail in error.errors(include_url=False, include_context=True):
            spot = marked.find(detail["loc"])
            if id(spot) not in told or detail["type"] in ("missing", "unexpected_keyword_argument"):
                told.add(id(spot))
                faults.append(spot.fault(*_explained(detail)))
        return None


def _explained(detail: Mapping[str, Any]) -> tuple[str, str]:
    """A pydantic error as (message, mend)."""
    key = str(next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "value"))
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f"`{key}` is missing.", f"Add `{key}:` here."
        case "unexpected_keyword_argument":
            near = difflib.get_close_matches(key, _KEYS, n=1)
            return f"`{key}` is not a known key.", f"Did you mean `{near[0]}`?" if near else "Remove it."
        case "enum" | "literal_error":
            return f"`{detail['input']}` is not allowed.", f"Write one of: {context['expected']}."
        case "bool_parsing" | "bool_type":
            return (
                f"`{detail['input']}` is not allowed.",
                "Write true or false (or unknown where it may be).",
            )
        case "int_parsing" | "int_type" | "int_from_float":
            return f"`{detail['input']}` is not a whole number.", "Write digits only, e.g. 50000."
        case "string_pattern_mismatch":
            return f"`{detail['input']}` has the wrong form.", f"It must match {context['pattern']}."
        case "string_type":
            return "A text is expected here.", "Write it on the same line, in quotes if it holds a colon."
        case "tuple_type" | "list_type":
            return "A list is expected here.", "Begin each item with `- `."
        case "dataclass_type" | "mapping_type" | "dict_type":
            return "A record is expected here.", "Write `key: value` lines."
        case kind if kind.startswith(("date", "time")):
            return f"`{detail['input']}` is not a date or time.", "Write 2026-11-24, or 07:30 for a time."
    return f"`{key}`: {detail['msg']}.", "Correct the value."


def _dangling(reading: Reading) -> Iterator[Fault]:
    """Names that point at nothing. Records that failed validation still count as existing."""
    known = {name: set(records) for name, records in reading.marked.items()}

    def check(marked: Marked, path: Sequence[str | int], value: str | None, kind: str) -> Iterator[Fault]:
        if value is not None and value not in known[kind]:
            near = difflib.get_close_matches(value, known[kind], n=1)
            mend = f"Did you mean `{near[0]}`?" if near else f"Add it to {kind}, or correct it."
            yield marked.find(path).fault(f"`{value}` is not among the {kind}.", mend)

    for code, procedure in reading.values[_PROCEDURES].items():
        marked = reading.marked[_PROCEDURES][code]
        yield from check(marked, ["field"], procedure.field, "fields")
        yield from check(marked, ["office"], procedure.office, "roles")
        yield from _dangling_cases(procedure, marked)
    for key, role in reading.values["roles"].items():
        yield from check(reading.marked["roles"][key], ["above"], role.above, "roles")
        if _goes_in_a_circle(role, reading.values["roles"]):
            spot = reading.marked["roles"][key].find(["above"])
            yield spot.fault(f"The way up from `{key}` leads back to it.", "Let it end at a role without `above`.")
    for key, topic in reading.values["topics"].items():
        yield from check(reading.marked["topics"][key], ["role"], topic.role, "roles")
    for key, office in reading.values["offices"].items():
        yield from check(reading.marked["offices"][key], ["role"], office.role, "roles")
        yield from check(reading.marked["offices"][key], ["id"], office.id.partition(":")[0], "places")
    for key, place in reading.values["places"].items():
        yield from check(reading.marked["places"][key], ["parent"], place.parent, "places")
    if (deployment := reading.singles.get("deployment")) is not None:
        yield from check(reading.singles_marked["deployment"], ["unit"], deployment.unit, "places")
    if (vocabulary := reading.singles.get("vocabulary")) is not None:
        marked = reading.singles_marked["vocabulary"]
        for i, stem in enumerate(vocabulary.ambiguous):
            for j, choice in enumerate(stem.choices):
                yield from check(marked, ["ambiguous", i, "choices", j, "code"], choice.code, _PROCEDURES)


def _goes_in_a_circle(role: model.Role, roles: Mapping[str, model.Role]) -> bool:
    above, passed = role.above, {role.id}
    while above is not None and above not in passed:
        passed.add(above)
        above = roles[above].above if above in roles else None
    return above == role.id


def _dangling_cases(procedure: model.Procedure, marked: Marked) -> Iterator[Fault]:
    cases = {case.id for case in procedure.cases}
    for key in ("papers", "time_limits", "fees"):
        for i, item in enumerate(getattr(procedure, key)):
            if item.case is not None and item.case not in cases:
                mend = "Add it under `cases:` or correct it."
                yield marked.find([key, i, "case"]).fault(f"`{item.case}` is not a case of this procedure.", mend)
