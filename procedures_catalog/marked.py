"""YAML with a line for every value, and the merging of one folder over another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import yaml

MOST_DEEP = 40
_DEEP = re.compile(rf"^ {{{MOST_DEEP},}}|(?:[-?][ \t]+){{{MOST_DEEP // 2},}}", re.MULTILINE)
_NULLS = {"", "~", "null", "Null", "NULL"}

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong in the content: where, what, why it matters and how to mend it. `rule` is a stable id."""

    file: Path
    line: int
    message: str
    mend: str
    severity: Severity = "error"
    why: str = "The program cannot start with it, and goes on with the content it had."
    rule: str = "content"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message} {self.mend}"


@dataclass(slots=True, kw_only=True)
class Marked:
    """A YAML value and the place it was written.

    Scalars stay text (or None): the model decides what is a number or a date, so that a code such as
    1.001190 keeps its last zero and 13:30 stays a time. The line of a mapping's value is that of its key.
    """

    value: str | None | list[Marked] | dict[str, Marked]
    file: Path
    line: int

    def plain(self) -> Any:
        """The value without its marks."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def find(self, path: Iterable[str | int]) -> Marked:
        """The deepest value that exists along the path."""
        here = self
        for step in path:
            if isinstance(here.value, dict) and str(step) in here.value:
                here = here.value[str(step)]
            elif isinstance(here.value, list) and isinstance(step, int) and step < len(here.value):
                here = here.value[step]
            else:
                break
        return here

    def fault(self, message: str, mend: str, severity: Severity = "error") -> Fault:
        """A fault at this place."""
        return Fault(file=self.file, line=self.line, message=message, mend=mend, severity=severity)


def read(path: Path, faults: list[Fault]) -> Marked | None:
    """Read one YAML file; None when it is empty or broken. Faults are added to the list."""
    try:
        text = path.read_bytes().decode()
        if _too_deep(text):
            message = f"The values are nested more than {MOST_DEEP} deep."
            faults.append(_fault(path, 1, message, "Look for a bracket that was never closed."))
            return None
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        faults.append(_fault(path, line, "The file is not UTF-8 text.", "Save it again as UTF-8."))
        return None
    except (yaml.MarkedYAMLError, yaml.reader.ReaderError) as error:
        faults.append(_syntax(path, error))
        return None
    except OSError as error:
        faults.append(_fault(path, 1, f"The file cannot be read: {error.strerror}.", "Check its permissions."))
        return None
    if node is None:
        faults.append(_fault(path, 1, "The file is empty.", "Fill it in or remove it."))
        return None
    return _Reader(path, faults).marked(node)


def _too_deep(text: str) -> bool:
    """Whether building the values would go too deep, for us and for libyaml; its events come one by one."""
    if text.count("[") + text.count("{") <= MOST_DEEP and not _DEEP.search(text):
        return False
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEEP:
            return True
    return False


def merge(base: Marked, over: Marked, keyed: Mapping[str, str]) -> Marked:
    """Lay one value over another: mappings key by key, lists whole.

    `keyed` names lists of records (by their key in the mapping) that are merged by the given id instead.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    value = dict(base.value)
    for key, child in over.value.items():
        if key not in value:
            value[key] = child
        elif key in keyed:
            value[key] = _merge_records(value[key], child, keyed[key])
        else:
            value[key] = merge(value[key], child, {})
    return Marked(value=value, file=over.file, line=over.line)


def _merge_records(base: Marked, over: Marked, id_key: str) -> Marked:
    if not (isinstance(base.value, list) and isinstance(over.value, list)):
        return over
    records: dict[object, Marked] = {}
    for record in (*base.value, *over.value):
        name = record.value.get(id_key) if isinstance(record.value, dict) else None
        key = name.value if name is not None and isinstance(name.value, str) else id(record)
        records[key] = merge(records[key], record, {}) if key in records else record
    return Marked(value=list(records.values()), file=over.file, line=over.line)


class _Reader:
    """Turns nodes into marked values, reporting what YAML would silently accept."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.seen: set[int] = set()

    def marked(self, node: yaml.Node, line: int | None = None) -> Marked:
        line = line or node.start_mark.line + 1
        return Marked(value=self._value(node, line), file=self.path, line=line)

    def _value(self, node: yaml.Node, line: int) -> str | None | list[Marked] | dict[str, Marked]:
        if id(node) in self.seen:
            message = "YAML anchors (&, *) are not used here."
            self.faults.append(_fault(self.path, line, message, "Write the value out."))
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            text = cast(str, node.value)
            return None if not node.style and text in _NULLS else text
        if isinstance(node, yaml.SequenceNode):
            return [self.marked(child) for child in node.value]
        mapping: dict[str, Marked] = {}
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 1
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if not key:
                message = "A key must be a word."
                self.faults.append(_fault(self.path, key_line, message, "Check the indentation and the colons."))
            elif key in mapping:
                message = f"The key `{key}` is written twice (first on line {mapping[key].line})."
                self.faults.append(_fault(self.path, key_line, message, "Keep one of the two."))
            else:
                mapping[key] = self.marked(value_node, key_line)
        return mapping


def _syntax(path: Path, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable text"
    mend = "Check indentation, quotes and colons here and on the line above."
    return _fault(path, mark.line + 1 if mark else 1, f"This is not correct YAML: {what}.", mend)


def _fault(path: Path, line: int, message: str, mend: str) -> Fault:
    return Fault(file=path, line=line, message=message, mend=mend)
