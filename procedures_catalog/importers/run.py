"""One import from beginning to end: read everything, then write what is new, then say what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model import ProcedureField
from ..reading import PROCEDURES, SIGNPOSTS
from .changes import Change, changes
from .detect import reader as reader_of
from .draft import Counts, draft, signpost
from .folder import REPORT, Folder, Item, as_yaml, whole, with_fields
from .record import ListRow, Problem, SourceRecord


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What an import did and found. Codes are those of the source.

    `changed` holds old and new values; `by_hand` are changed ones whose draft a person has worked on: applied, the
    new draft lies beside it as `….new`. `vanished` codes stand in the folder and no longer in the source.
    """

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    changed: dict[str, list[Change]] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    left: int = 0

    @property
    def lost(self) -> list[Problem]:
        """Records that were left out."""
        return [problem for problem in self.problems if problem.lost]

    def as_json(self) -> dict[str, Any]:
        """The summary for a machine."""
        return {
            "added": self.added,
            "unchanged": len(self.unchanged),
            "changed": {
                code: [{"path": one.path, "old": one.old, "new": one.new} for one in found]
                for code, found in self.changed.items()
            },
            "applied": self.applied,
            "by_hand": self.by_hand,
            "vanished": self.vanished,
            "left_out": len(self.lost),
            "problems": len(self.problems),
            "read": [
                {"part": str(part), "outcome": str(outcome), "values": number}
                for (part, outcome), number in sorted(self.counts.items())
            ],
            "not_reached": self.left,
        }


def read_items(
    source: Path, fields: Mapping[str, ProcedureField], outcome: Outcome, tick: Callable[[], None]
) -> Iterator[Item]:
    """The drafts of a file. What cannot be understood goes to the outcome. Raises Unreadable."""
    for one in reader_of(source)(source):
        tick()
        if isinstance(one, Problem):
            outcome.problems.append(one)
        elif isinstance(one, SourceRecord):
            made = draft(one, fields)
            outcome.problems += made.problems
            outcome.counts.update(made.counts)
            yield Item(
                kind=PROCEDURES,
                code=made.code,
                folder=made.folder,
                field_name=made.field_name,
                file_name=made.file_name,
                content=made.content,
                original=made.original,
            )
        else:
            content, problems = signpost(one, fields)
            outcome.problems += problems
            yield _row_item(one, content)


def _row_item(row: ListRow, content: dict[str, Any]) -> Item:
    return Item(
        kind=SIGNPOSTS,
        code=row.code,
        folder=content["field"],
        field_name=row.field,
        file_name=f"{row.code}.yaml",
        content=[content],
        original={
            "code": row.code,
            "name": row.name,
            "field": row.field,
            "decision": row.decision,
            "issuer": row.issuer,
            "agencies": list(row.agencies),
            "online": row.online,
            "source_name": row.source_name,
            "source_date": row.source_date.isoformat(),
        },
    )


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
    named = set(with_fields(known, folder.path))
    outcome.left = len(items)
    for item in items:
        if item.folder not in named:
            folder.add_field(item.folder, item.field_name or item.folder)
            named.add(item.folder)
        _write(item, folder, outcome, reader, apply)
        outcome.left -= 1
        tick()
    if len(items) > 1:  # one record says nothing of the others
        for kind in {item.kind for item in items}:
            here = {item.code for item in items if item.kind == kind}
            outcome.vanished += sorted(folder.kept_codes(kind, reader) - here)


def _write(item: Item, folder: Folder, outcome: Outcome, reader: str, apply: bool) -> None:
    kept = folder.kept(item.kind, item.code)
    file = folder.file_of(item, kept)
    if kept is None:
        if file.exists():  # written just before an interruption, or put there by hand
            folder.remember(item, file, reader)
        else:
            folder.write(item, file, reader)
        outcome.added.append(item.code)
        return
    found = [*changes(kept.original, _through_json(item.original))]
    if not found:
        outcome.unchanged.append(item.code)
        return
    outcome.changed[item.code] = found
    touched = folder.touched(file, kept)
    if touched:
        outcome.by_hand.append(item.code)
    if apply and touched:
        whole(file.with_name(f"{file.name}.new"), as_yaml(item.content))
        folder.remember(item, file, reader)
    elif apply:
        folder.write(item, file, reader)
    if apply:
        outcome.applied.append(item.code)


def _through_json(value: Any) -> Any:
    """Tuples become lists, as they do in the file."""
    if isinstance(value, dict):
        return {key: _through_json(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_through_json(child) for child in value]
    return value


def write_report(folder: Folder, outcome: Outcome) -> Path:
    """Every change and every problem, a line each."""
    lines = [f"{code}: changed: {change}" for code, found in outcome.changed.items() for change in found]
    lines += [f"{code}: the draft was changed by hand and is left as it is" for code in outcome.by_hand]
    lines += [f"{code}: no longer in the source; its draft is left as it is" for code in outcome.vanished]
    lines += [_told(problem) for problem in outcome.problems]
    file = folder.path / REPORT
    whole(file, "".join(f"{line}\n" for line in lines).encode())
    return file


def _told(problem: Problem) -> str:
    words = " ".join(problem.wording.split())
    said = f": “{words}”" if words else ""
    lost = "LEFT OUT: " if problem.lost else ""
    return f"{problem.where}: {problem.code or 'no code'}: {problem.part}: {lost}{problem.message}{said}"
