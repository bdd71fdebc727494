"""Values of the talk to JSON text and back.

What equals its default and is empty is left out; fields this release does not know are ignored and missing
ones take their default, so that text written by another release still reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from handlers.cases.model import Actor, Case, CaseEvent, CaseKind, Status
from handlers.talk import (
    Address,
    Asked,
    Button,
    FileRef,
    Incoming,
    Location,
    Noted,
    Part,
    Session,
    Span,
    Text,
    Thread,
)

Made = TypeVar("Made")
Reader = Callable[[Any], Any]

_MISSING = object()


@cache
def _empties(cls: Any) -> tuple[tuple[str, object], ...]:
    """Each field with the empty default that need not be written, or a value nothing equals."""
    rows: list[tuple[str, object]] = []
    for field in fields(cls):
        default: object = field.default
        if field.default_factory is not MISSING:
            default = field.default_factory()
        rows.append((field.name, default if default is not MISSING and not default else _MISSING))
    return tuple(rows)


def _plain(value: object) -> object:
    """One step towards JSON, for what `json` does not know itself."""
    if isinstance(value, Address):
        return str(value)
    if is_dataclass(value):
        return {
            name: given
            for name, empty in _empties(value.__class__)
            if (given := getattr(value, name)) != empty or type(given) is not type(empty)
        }
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"not JSON: {type(value).__name__}")


_encode = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(default=_plain, separators=(",", ":")).encode


def to_json(value: object) -> str:
    """Any value of the talk or of a case, in their own key order."""
    text = _encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only the escaped form can carry
        return _encode_ascii(value)
    return text


def _maker(cls: Callable[..., Made], **convert: Reader) -> Callable[[Mapping[str, Any]], Made]:
    known = frozenset(field.name for field in fields(cls))  # type: ignore[arg-type]  # only ever a dataclass

    def make(raw: Mapping[str, Any]) -> Made:
        given = {}
        for name, value in raw.items():
            if name in known:
                reader = convert.get(name)
                given[name] = value if reader is None or value is None else reader(value)
        return cls(**given)

    return make


def _all(reader: Reader) -> Reader:
    return lambda raw: tuple([reader(value) for value in raw])


def _each(reader: Reader) -> Reader:
    return lambda raw: {key: reader(value) for key, value in raw.items()}


def _param(raw: Any) -> Any:
    if isinstance(raw, dict):
        return _text(raw)
    if isinstance(raw, list):
        return tuple([_text(value) for value in raw])
    return raw


_time = datetime.fromisoformat
_file = _maker(FileRef)
_text = _maker(Text, params=_each(_param))
_incoming = _maker(Incoming, sender=Address.parse, at=_time, files=_all(_file), location=_maker(Location))
_part = _maker(Part, spans=_all(_maker(Span)), buttons=_all(_maker(Button)), files=_all(_file))
_thread = _maker(Thread, noted=_each(_maker(Noted)), asked=_maker(Asked))
_session = _maker(
    Session, address=Address.parse, started_at=_time, last_tap_at=_time, thread=_thread, parked=_thread
)
_case = _maker(
    Case,
    kind=CaseKind,
    status=Status,
    opened_at=_time,
    acknowledge_due=_time,
    due=_time,
    due_why=_all(_text),
    route_why=_all(_text),
    not_to=frozenset,
    files=_all(_file),
)
_event = _maker(CaseEvent, by=_maker(Actor, roles=frozenset, offices=frozenset), at=_time)


def session_from_json(text: str) -> Session:
    """What `to_json` made of a session."""
    return _session(json.loads(text))


def incoming_from_json(text: str) -> Incoming:
    """What `to_json` made of something that came in."""
    return _incoming(json.loads(text))


def part_from_json(text: str) -> Part:
    """What `to_json` made of a part."""
    return _part(json.loads(text))


def case_from_json(text: str) -> Case:
    """What `to_json` made of a case."""
    return _case(json.loads(text))


def event_from_json(text: str) -> CaseEvent:
    """What `to_json` made of an event of a case."""
    return _event(json.loads(text))
