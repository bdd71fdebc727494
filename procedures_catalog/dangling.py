"""Names that point at nothing, and what a reviewed record must not lack."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from . import model
from .marked import Fault, Marked
from .reading import PROCEDURES, SIGNPOSTS, Reading, is_draft


def dangling(reading: Reading) -> Iterator[Fault]:
    """Names that point at nothing. Records that failed validation still count as existing."""
    known = {name: set(records) for name, records in reading.marked.items()}

    def check(marked: Marked, path: Sequence[str | int], value: str | None, *kinds: str) -> Iterator[Fault]:
        if value is not None and not any(value in known[kind] for kind in kinds):
            near = difflib.get_close_matches(value, [name for kind in kinds for name in known[kind]], n=1)
            named = " or ".join(kinds)
            mend = f"Did you mean `{near[0]}`?" if near else f"Add it to {named}, or correct it."
            yield marked.find(path).fault(f"`{value}` is not among the {named}.", mend)

    for marked in reading.marked[PROCEDURES].values():
        yield from _unfinished(marked)
    for code, procedure in reading.values[PROCEDURES].items():
        marked = reading.marked[PROCEDURES][code]
        yield from check(marked, ["field"], procedure.field, "fields")
        yield from check(marked, ["office"], procedure.office, "roles")
        yield from _dangling_cases(procedure, marked)
    for code, signpost in reading.values[SIGNPOSTS].items():
        marked = reading.marked[SIGNPOSTS][code]
        yield from check(marked, ["field"], signpost.field, "fields")
        yield from check(marked, ["office"], signpost.office, "roles")
    for key, event in reading.values["life_events"].items():
        for i, step in enumerate(event.steps):
            path: list[str | int] = ["steps", i]
            yield from check(reading.marked["life_events"][key], [*path, "code"], step.code, PROCEDURES, SIGNPOSTS)
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
                yield from check(
                    marked, ["ambiguous", i, "choices", j, "code"], choice.code, PROCEDURES, SIGNPOSTS
                )


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


def _unfinished(marked: Marked) -> Iterator[Fault]:
    """What only a draft may lack."""
    if isinstance(marked.value, dict) and not is_draft(marked):
        for key in ("plain", "everyday", "who", "office", "legal_basis"):
            if key not in marked.value or marked.value[key].value in ("", []):
                mend = f"Add `{key}:`, or mark the record `reviewed: false`."
                yield marked.find([key]).fault(f"`{key}` is missing.", mend)
