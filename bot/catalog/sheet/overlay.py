"""Edits → the deployment's files, with their comments, all of them or none."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import unified_diff
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from bot.whole import beside, write_whole
from procedures_catalog.importers.values import slug
from procedures_catalog.load import read_folders
from procedures_catalog.marked import Fault, read
from procedures_catalog.reading import PROCEDURES, Reading

from .decide import Edit
from .parts import Correction
from .rows import plain

WIDTH = 115


class OverlayFault(Exception):
    """A file of the deployment cannot be changed by the program; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file: what it holds now (None: it is new) and what it is to hold."""

    file: Path
    old: str | None
    new: str

    def diff(self) -> str:
        """The difference as a patch."""
        lines = unified_diff(
            (self.old or "").splitlines(keepends=True),
            self.new.splitlines(keepends=True),
            str(self.file) if self.old is not None else "/dev/null",
            str(self.file),
        )
        return "".join(lines)


def changes(edits: Sequence[Edit], reading: Reading, deployment: Path) -> list[Change]:
    """The files that the edits change or make, in memory only. Raises OverlayFault."""
    made = (_change(edit, reading, deployment) for edit in edits)
    return [change for change in made if change.new != change.old]


def faults(found: Sequence[Change], folders: Sequence[Path]) -> list[Fault]:
    """What would be wrong in the catalog after the changes, tried on a copy of the last of its folders."""
    deployment = folders[-1]
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made) / deployment.resolve().name
        shutil.copytree(deployment, copy)
        for change in found:
            target = copy / change.file.relative_to(deployment)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(change.new, encoding="utf-8", newline="")
        told = read_folders([*folders[:-1], copy]).faults
        return [_in_place(fault, copy, deployment) for fault in told]


def _in_place(fault: Fault, copy: Path, deployment: Path) -> Fault:
    if not fault.file.is_relative_to(copy):
        return fault
    return replace(fault, file=deployment / fault.file.relative_to(copy))


def write(found: Sequence[Change]) -> None:
    """Replace the files, each at once; if one cannot be written, those before it get their old content back."""
    ready: list[tuple[Change, Path]] = []
    done: list[Change] = []
    try:
        for change in found:
            ready.append((change, beside(change.file, change.new.encode())))
        for change, made in ready:
            if _content(change.file) != change.old:
                raise OverlayFault(f"{change.file} was changed meanwhile; read the workbook again.")
            made.replace(change.file)
            done.append(change)
    except (OSError, OverlayFault):
        for change in done:
            if change.old is None:
                change.file.unlink(missing_ok=True)
            else:
                write_whole(change.file, change.old.encode())
        raise
    finally:
        for _, made in ready:
            made.unlink(missing_ok=True)


def _content(file: Path) -> str | None:
    return file.read_bytes().decode() if file.exists() else None


def _change(edit: Edit, reading: Reading, deployment: Path) -> Change:
    procedure = reading.values[PROCEDURES][edit.code]
    marked = reading.marked[PROCEDURES][edit.code]
    old: str | None = None
    if marked.file.is_relative_to(deployment):
        file = marked.file
        old = file.read_bytes().decode()
    else:
        stem = marked.file.stem
        if not stem.startswith(f"{edit.code}-"):
            stem = f"{edit.code}-{slug(procedure.name, '-')}"
        file = deployment / PROCEDURES / f"{stem}.yaml"
        if file.exists():
            raise OverlayFault(f"{file} exists, but does not hold {edit.code}; rename it.")
    yaml = _yaml()
    try:
        record = yaml.load(old) if old is not None else CommentedMap(code=edit.code)
    except YAMLError as fault:
        raise OverlayFault(f"{file} cannot be changed by the program ({fault}); change it by hand.") from fault
    for key, made in edit.items.items():
        _change_list(record, key, made, getattr(procedure, key), file)
    for steps, values in edit.values.items():
        _change_mapping(record, steps, values)
    for key, remarks in edit.remarks.items():
        record.yaml_set_comment_before_after_key(key, before="\n".join(remarks))
    stream = io.StringIO()
    yaml.dump(record, stream)
    new = _without_blanks(stream.getvalue())
    if old is not None and "\r\n" in old:
        new = new.replace("\n", "\r\n")
    touched = {*edit.items, *(steps[0] for steps in edit.values if steps), *edit.values.get((), {})}
    _check_untouched(file, old, new, touched)
    return Change(file=file, old=old, new=new)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.ignore_aliases = lambda *_: True  # one date in two places must not become an anchor
    return yaml


def _change_list(record: Any, key: str, made: Mapping[int, Correction], now: Sequence[Any], file: Path) -> None:
    """A list in an overlay is whole: the file's own is changed, or that of the catalog is copied and changed."""
    items = record.get(key)
    if items is None:
        items = record[key] = _written(plain(tuple(now)))
    elif len(items) != len(now):
        raise OverlayFault(f"{file}: `{key}` is not what the catalog holds; change it by hand.")
    for index, one in sorted(made.items(), reverse=True):
        if one.remove:
            del items[index]
        elif one.text is not None:
            items[index] = one.text
        else:
            _set(items[index], one.values, [field.name for field in fields(now[index])])


def _change_mapping(record: Any, steps: Sequence[str], values: Mapping[str, Any]) -> None:
    """What is taken out becomes an empty text: leaving it out would let the layer below show through."""
    for step in steps:
        if record.get(step) is None:
            record[step] = CommentedMap()
        record = record[step]
    for key, value in values.items():
        record[key] = "" if value is None else _written(value)


def _set(item: Any, values: Mapping[str, Any], order: Sequence[str]) -> None:
    """Change an item's keys; new ones come where the model has them."""
    for key, value in values.items():
        if value is None:
            item.pop(key, None)
        elif key in item:
            item[key] = _written(value)
        else:
            before = order[: order.index(key)]
            item.insert(sum(one in before for one in item), key, _written(value))


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return CommentedMap((key, _written(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return CommentedSeq([_written(inner) for inner in value])
    assert isinstance(value, (str, int, date))
    return value


def _without_blanks(text: str) -> str:
    """Without blanks at the ends of lines, which folding leaves, unless they mean something."""
    bare = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return bare if bare == text or _texts(bare) == _texts(text) else text


def _check_untouched(file: Path, old: str | None, new: str, touched: set[str]) -> None:
    """Read both as the catalog does: what nobody asked to change must say the same, digit by digit."""
    before = _texts(old) if old is not None else {}
    after = _texts(new)
    kept = (before.keys() | after.keys()) - touched - ({"code"} if old is None else set())
    if any(key not in before or key not in after or before[key] != after[key] for key in kept):
        raise OverlayFault(f"{file} is written in a way that the program cannot keep; change it by hand.")


def _texts(text: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "record.yaml"
        file.write_text(text, encoding="utf-8", newline="")
        told: list[Fault] = []
        marked = read(file, told)
    found = marked.plain() if marked is not None and not told else {}
    return found if isinstance(found, dict) else {}
