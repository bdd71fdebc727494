"""What a deployment lays over the shipped content: for nothing, or with more lost than meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..marked import Fault, Marked, read
from ..reading import FOLDERS, LISTS, PROCEDURES, is_draft
from .fitting import near
from .rule import Rule, Scene

NOBODY = Rule(
    id="override-unknown",
    what="a few keys for a record that no folder before has",
    why="They were meant to correct a record; its code is wrong, so nothing is corrected.",
    mend="Correct the code, or write the whole record.",
)
SHRINKS = Rule(
    id="override-shrinks",
    what="a list of a deployment that drops half of the shipped one, or all",
    why="A list replaces the whole list before it; words of danger, papers or fees are lost with it.",
    mend="Write the whole list, the shipped entries too, or take the key out.",
)
SAME = Rule(
    id="override-same",
    what="a value of a deployment that is the shipped one",
    why="It has no effect today, and keeps the old value when the shipped one is corrected.",
    mend="Remove the key from the deployment.",
)
RULES = (NOBODY, SHRINKS, SAME)

_KEYS_OF = {PROCEDURES: ("name", "papers"), "topics": ("name", "role"), "roles": ("name", "level")}
_KEYED = ("days", "ambiguous", "not_ours")
"""Lists that are merged entry by entry."""
_LONG = 4


def overrides(scene: Scene) -> Iterator[Fault]:
    """Each later folder against the first. Only the files of what is merged are read again."""
    folders = list(scene.folders)
    if len(folders) < 2:
        return
    yield from _unknown(scene)
    first = folders[0]
    read_once = cache(_records)
    for kind, records in scene.reading.marked.items():
        if kind == "fields":  # an import names the fields it uses, the shipped ones too
            continue
        for key, marked in records.items():
            if is_draft(marked) or not _later(marked, first):
                continue
            file = first / f"{kind}.yaml"
            if kind in FOLDERS:
                file = next((path for path in _files(marked) if path.is_relative_to(first)), file)
            if (base := read_once(file, kind).get(key)) is not None:
                yield from _compare(base, marked, first, LISTS[kind][1])
    for kind, marked in scene.reading.singles_marked.items():
        file = first / f"{kind}.yaml"
        if len({*_files(marked)}) > 1 and file.is_file() and (base := read(file, [])) is not None:
            yield from _compare(base, marked, first, "")


def _records(file: Path, kind: str) -> dict[str, Marked]:
    """The records of a file by their id."""
    content = read(file, []) if file.is_file() else None
    if content is None:
        return {}
    records = content.value if isinstance(content.value, list) else [content]
    return {str(record.find([LISTS[kind][1]]).value): record for record in records}


def _later(marked: Marked, first: Path) -> bool:
    return isinstance(marked.value, dict) and any(
        not child.file.is_relative_to(first) for child in marked.value.values()
    )


def _files(marked: Marked) -> Iterator[Path]:
    if isinstance(marked.value, dict):
        for child in marked.value.values():
            yield child.file


def _unknown(scene: Scene) -> Iterator[Fault]:
    for kind, needed in _KEYS_OF.items():
        known = scene.reading.values[kind]
        id_key = LISTS[kind][1]
        for key, marked in scene.reading.marked[kind].items():
            if key in known or not isinstance(marked.value, dict) or any(name in marked.value for name in needed):
                continue
            alike = [code for code in known if near(code, key)] or difflib.get_close_matches(key, known, n=1)
            mend = f"Did you mean `{alike[0]}`?" if alike else None
            have = ", ".join(f"`{name}`" for name in marked.value if name != id_key) or "nothing"
            message = f"There is no `{key}` to correct; this record holds only {have}."
            yield NOBODY.at(marked.find([id_key]), message, mend)


def _compare(base: Marked, marked: Marked, first: Path, id_key: str) -> Iterator[Fault]:
    if not (isinstance(base.value, dict) and isinstance(marked.value, dict)):
        return
    for key, child in marked.value.items():
        old = base.value.get(key)
        if old is None or key in (id_key, *_KEYED):
            continue
        if isinstance(child.value, dict) and isinstance(old.value, dict):
            yield from _compare(old, child, first, id_key)
        elif child.file.is_relative_to(first):
            continue
        elif isinstance(child.value, list) and isinstance(old.value, list):
            yield from _lists(key, old, child)
        elif child.plain() == old.plain() and child.value is not None:
            yield SAME.at(child, f"`{key}` is the same as in {old.file.name}:{old.line}.")


def _lists(key: str, old: Marked, child: Marked) -> Iterator[Fault]:
    assert isinstance(old.value, list)
    assert isinstance(child.value, list)
    was, now = [str(item.plain()) for item in old.value], {str(item.plain()) for item in child.value}
    if child.value == [] and was:
        yield SHRINKS.at(child, f"`{key}` is emptied; the list before it has {len(was)} entries.")
    elif was == [str(item.plain()) for item in child.value]:
        yield SAME.at(child, f"`{key}` is the same list as in {old.file.name}:{old.line}.")
    elif len(was) >= _LONG and all(isinstance(item.value, str) for item in old.value):
        lost = [item for item in was if item not in now]
        if len(lost) * 2 > len(was):
            message = f"`{key}` drops {len(lost)} of the {len(was)} entries before it, such as “{lost[0]}”."
            yield SHRINKS.at(child, message)
