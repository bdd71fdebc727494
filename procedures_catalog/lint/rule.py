"""What one rule of the lint is, and what every rule is given to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from ..marked import Fault, Marked, Severity
from ..model import Dated, Procedure, Signpost
from ..reading import PROCEDURES, SIGNPOSTS, Reading

Spot: TypeAlias = "tuple[str | int, ...]"
"""The way to a value inside its record: ("fees", 0, "amount")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing an editor can get wrong. `id` never changes; docs/catalog-lint.md says the same in a table."""

    id: str
    what: str
    why: str
    mend: str
    severity: Severity = "warning"

    def at(self, spot: Marked, message: str, mend: str | None = None) -> Fault:
        """A fault of this rule at a place; `mend` where the rule's own is too general."""
        return Fault(
            file=spot.file,
            line=spot.line,
            message=message,
            mend=mend or self.mend,
            severity=self.severity,
            why=self.why,
            rule=self.id,
        )


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The content, the folders it came from and the day it is judged on (None: rules about time are silent)."""

    reading: Reading
    folders: Sequence[Path]
    as_of: date | None

    @cached_property
    def procedures(self) -> list[tuple[Procedure, Marked]]:
        """Those somebody has reviewed."""
        marked = self.reading.marked[PROCEDURES]
        return [(item, marked[code]) for code, item in self.reading.values[PROCEDURES].items() if item.reviewed]

    @cached_property
    def drafts(self) -> list[tuple[Procedure, Marked]]:
        """Those an importer made."""
        marked = self.reading.marked[PROCEDURES]
        return [
            (item, marked[code]) for code, item in self.reading.values[PROCEDURES].items() if not item.reviewed
        ]

    @cached_property
    def found(self) -> list[tuple[Procedure | Signpost, Marked]]:
        """Reviewed procedures and signposts: what people find."""
        return [*self.procedures, *self.signposts]

    @cached_property
    def signposts(self) -> list[tuple[Signpost, Marked]]:
        """Those somebody has reviewed."""
        return [(item, marked) for item, marked in self.each(SIGNPOSTS) if item.reviewed]

    def each(self, kind: str) -> Iterator[tuple[Any, Marked]]:
        """Every valid record of a kind with the YAML it came from."""
        marked = self.reading.marked[kind]
        return ((item, marked[key]) for key, item in self.reading.values[kind].items())

    def single(self, kind: str) -> tuple[Any, Marked] | None:
        """The one record of a kind such as `calendar`, when there is a valid one."""
        value = self.reading.singles.get(kind)
        return None if value is None else (value, self.reading.singles_marked[kind])


Family: TypeAlias = Callable[[Scene], Iterator[Fault]]

Leaf: TypeAlias = "tuple[Spot, str, Marked]"


def leaves(marked: Marked, path: Spot = ()) -> Iterator[Leaf]:
    """Every text of a record with the way to it."""
    if isinstance(marked.value, dict):
        for key, child in marked.value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(marked.value, list):
        for number, child in enumerate(marked.value):
            yield from leaves(child, (*path, number))
    elif marked.value is not None:
        yield path, marked.value, marked


def overlap(one: Dated, other: Dated) -> bool:
    """Whether there is a day on which both count."""
    return not (_before(one, other) or _before(other, one))


def _before(one: Dated, other: Dated) -> bool:
    return one.valid_to is not None and other.valid_from is not None and one.valid_to < other.valid_from


_HONEST = re.compile(
    r"nguồn|không (?:ghi|nêu|rõ)|chưa (?:rõ|ghi|nêu|công bố|biết)|hỏi|tùy|theo (?:quy định|mức|kế hoạch)|"
    r"chỉ ghi|lịch|phụ thuộc|khác nhau|kể từ|từng bước",
    re.IGNORECASE,
)


def explained(*texts: str | None) -> bool:
    """Whether one of the texts tells the reader why a value is not known, or what to do about it."""
    return any(text and _HONEST.search(text) for text in texts)


def day(value: date) -> str:
    """A date the way the content is written."""
    return value.isoformat()
