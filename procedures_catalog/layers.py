"""Which layer each value of a record comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .marked import Marked
from .shipped import SHIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One value: its path in the record (`fees[0].amount`), and the layer, file and line it was written in."""

    path: str
    value: str
    layer: str
    file: Path
    line: int

    def as_json(self) -> dict[str, Any]:
        """The same with the file as text."""
        return {
            "path": self.path,
            "value": self.value,
            "layer": self.layer,
            "file": str(self.file),
            "line": self.line,
        }


def layer_of(file: Path, folders: Sequence[Path]) -> str:
    """`shipped`, or the name of the folder the file lies in; the deepest wins."""
    inside = [folder for folder in folders if file.is_relative_to(folder)]
    folder = max(inside, key=lambda folder: len(folder.parts))
    return "shipped" if folder == SHIPPED else folder.resolve().name


def leaves(marked: Marked, folders: Sequence[Path], path: str = "") -> Iterator[Leaf]:
    """Every value of a record, in the order written; an empty list is one, it may have emptied a fuller one."""
    if isinstance(marked.value, dict) and marked.value:
        for key, child in marked.value.items():
            yield from leaves(child, folders, f"{path}.{key}" if path else key)
    elif isinstance(marked.value, list) and marked.value:
        for number, child in enumerate(marked.value):
            yield from leaves(child, folders, f"{path}[{number}]")
    else:
        yield Leaf(
            path=path,
            value=marked.value if isinstance(marked.value, str) else str(marked.value or "[]"),
            layer=layer_of(marked.file, folders),
            file=marked.file,
            line=marked.line,
        )
