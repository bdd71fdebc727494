"""What a source says differently than last time: old and new values, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_NOT_CONTENT = {"where", "source_date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value of a source's record, e.g. `channels[0].fee`; None where there was, or is, none."""

    path: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        said = ["nothing" if value is None else f"“{value}”" for value in (self.old, self.new)]
        return f"{self.path}: {said[0]} → {said[1]}"


def changes(old: Any, new: Any, path: str = "") -> Iterator[Change]:
    """Every value in which two JSON values differ. Where a record was read from, and when, is no change."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            if key not in _NOT_CONTENT:
                yield from changes(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list):
        for place in range(max(len(old), len(new))):
            before, after = (values[place] if place < len(values) else None for values in (old, new))
            yield from changes(before, after, f"{path}[{place}]")
    elif isinstance(old, dict | list) or isinstance(new, dict | list):
        was, now = dict(_leaves(old)), dict(_leaves(new))
        for leaf in dict.fromkeys((*was, *now)):
            yield Change(path=f"{path}{leaf}", old=was.get(leaf), new=now.get(leaf))
    elif (old or "") != (new or ""):
        yield Change(path=path, old=_said(old), new=_said(new))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}")
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _leaves(child, f"{path}[{place}]")
    elif (said := _said(value)) is not None:
        yield path, said


def _said(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
