"""A file of a source → drafts to be kept, and what an import has to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model import ProcedureField
from ..reading import PROCEDURES, SIGNPOSTS
from .changes import Change
from .detect import reader as reader_of
from .draft import Counts, draft, signpost
from .record import ListRow, Problem, SourceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One draft to be kept. `kind` is `procedures` or `signposts`; `original` is the source's record as JSON.

    `where` is the file and line, or row, that it was read from.
    """

    where: str

    kind: str
    code: str
    folder: str
    field_name: str
    file_name: str
    content: Any
    original: dict[str, Any]

    @property
    def path(self) -> str:
        """Where its YAML lies in the folder."""
        return f"{self.kind}/{self.folder}/{self.file_name}"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What an import did and found. Codes are those of the source.

    `changed` holds old and new values, `better` are those whose words this release reads better. `by_hand` are
    such ones whose draft a person has worked on: applied, the new draft lies beside it as `….new`, and the code is
    `waiting` until that is gone. `vanished` codes stand in the folder and no longer in the source. `left` counts
    what was not reached, None while reading.
    """

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    changed: dict[str, list[Change]] = field(default_factory=dict)
    better: list[str] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    left: int | None = None

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
            "better": self.better,
            "applied": self.applied,
            "by_hand": self.by_hand,
            "waiting": self.waiting,
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
                where=one.where,
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
            yield row_item(one, content)


def row_item(row: ListRow, content: dict[str, Any]) -> Item:
    """A signpost draft of a list's row."""
    return Item(
        where=row.where,
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


def each_once(items: Iterable[Item], outcome: Outcome) -> list[Item]:
    """The first of each code; another that says the same is one with it, any other is told and left out."""
    first: dict[tuple[str, str], Item] = {}
    for item in items:
        known = first.setdefault((item.kind, item.code), item)
        if known is not item and known.original != item.original:
            message = f"the code stands twice, first in {known.where} as “{known.original['name']}”, which is kept"
            name = str(item.original["name"])
            problem = Problem(
                where=item.where, code=item.code, part="code", message=message, wording=name, lost=True
            )
            outcome.problems.append(problem)
    return list(first.values())
