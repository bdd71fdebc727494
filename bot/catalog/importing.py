"""Writing what an import has read: what is new comes in, what differs is told, what a person did stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.catalog.drafts import REPORT, Folder, as_yaml, digest
from bot.whole import write_whole
from procedures_catalog.importers.changes import changes
from procedures_catalog.importers.items import Item, Outcome
from procedures_catalog.importers.record import Problem
from procedures_catalog.model import ProcedureField


def write_items(
    items: Sequence[Item],
    folder: Folder,
    known: Mapping[str, ProcedureField],
    outcome: Outcome,
    *,
    reader: str,
    apply: bool,
    tick: Callable[[], None],
) -> None:
    """Add what is new, compare what was there. Only `apply` changes drafts, never those a person has changed."""
    named: set[str] = set()
    outcome.left = len(items)
    for item in items:
        if item.folder not in named:
            field = known.get(item.folder)
            folder.add_field(item.folder, field.name if field else item.field_name or item.folder)
            named.add(item.folder)
        _write(item, folder, outcome, reader, apply)
        outcome.left -= 1
        tick()
    told = all(problem.code for problem in outcome.lost)
    if len(items) > 1 and told:  # neither one record alone nor a line without a code says what is gone
        for kind in {item.kind for item in items}:
            here = {item.code for item in items if item.kind == kind} | {problem.code for problem in outcome.lost}
            outcome.vanished += sorted(folder.kept_codes(kind, reader) - here)


def _write(item: Item, folder: Folder, outcome: Outcome, reader: str, apply: bool) -> None:
    kept = folder.kept(item.kind, item.code)
    file = folder.file_of(item, kept)
    if beside(file).exists():
        outcome.waiting.append(item.code)
    if kept is None:
        if file.exists():  # written just before an interruption, or put there by hand
            folder.remember(item, file, reader)
        else:
            folder.write(item, file, reader)
        outcome.added.append(item.code)
        return
    found = [*changes(kept.original, _through_json(item.original))]
    if found:
        outcome.changed[item.code] = found
    elif digest(as_yaml(item.content)) != kept.digest:
        outcome.better.append(item.code)
    else:
        outcome.unchanged.append(item.code)
        return
    touched = folder.touched(file, kept)
    if touched:
        outcome.by_hand.append(item.code)
    if apply and touched:
        write_whole(beside(file), as_yaml(item.content))
        folder.remember(item, file, reader)
    elif apply:
        folder.write(item, file, reader)
        outcome.applied.append(item.code)


def _through_json(value: Any) -> Any:
    """Tuples become lists, as they do in the file."""
    if isinstance(value, dict):
        return {key: _through_json(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_through_json(child) for child in value]
    return value


def beside(file: Path) -> Path:
    """Where the new draft lies of one that a person has worked on."""
    return file.with_name(f"{file.name}.new")


def write_report(folder: Folder, outcome: Outcome) -> Path:
    """Every change and every problem, a line each."""
    lines = [f"{code}: changed: {change}" for code, found in outcome.changed.items() for change in found]
    lines += [f"{code}: this release reads the same words better" for code in outcome.better]
    lines += [f"{code}: the draft was changed by hand and is left as it is" for code in outcome.by_hand]
    lines += [f"{code}: a newer draft waits beside it as ….new, to be merged by hand" for code in outcome.waiting]
    lines += [f"{code}: no longer in the source; its draft is left as it is" for code in outcome.vanished]
    lines += [_told(problem) for problem in outcome.problems]
    file = folder.path / REPORT
    write_whole(file, "".join(f"{line}\n" for line in lines).encode())
    return file


def _told(problem: Problem) -> str:
    words = " ".join(problem.wording.split())
    said = f": “{words}”" if words else ""
    lost = "LEFT OUT: " if problem.lost else ""
    return f"{problem.where}: {problem.code or 'no code'}: {problem.part}: {lost}{problem.message}{said}"
