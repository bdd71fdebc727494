"""Which facts of a procedure a person can check: one row each, with what is said now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from typing import Any

from procedures_catalog.model import Confirmed, Procedure, Source, WayName
from procedures_catalog.reading import Reading

from . import words

UNHASHED = frozenset({"source", "confirmed"})
"""They say where a value comes from, not what it is."""


class Kind(StrEnum):
    """What a row is about."""

    TIME_LIMIT = "time_limit"
    FEE = "fee"
    ONLINE = "online"
    POST = "post"
    IN_PERSON = "in_person"
    PAPER = "paper"
    OFFICE = "office"
    LINK = "link"
    VALID = "valid"
    WHO = "who"
    RESULT = "result"
    DECIDED_BY = "decided_by"
    LEGAL_BASIS = "legal_basis"
    NOTES = "notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fact. `path` names it within the record (`fees[1]`); `data` is its value as YAML would hold it."""

    kind: Kind
    path: str
    value: str
    data: Any
    subject: str = ""
    source: Source
    confirmed: Confirmed | None = None

    @property
    def fingerprint(self) -> str:
        """Twelve digits that change with the value, but not with its source or who confirmed it."""
        text = json.dumps([self.kind, _hashed(self.data)], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def list_key(self) -> str | None:
        """The list that holds it: `fees` for `fees[1]`."""
        return self.path.partition("[")[0] if self.path.endswith("]") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the place calls its offices, by role; and every name of an office or role, to find the role by."""

    by_role: Mapping[str, str]
    roles: Mapping[str, str]


def names(reading: Reading) -> Names:
    """The offices of the deployment's own unit first, then others, then the bare roles."""
    roles = {key: role.name for key, role in reading.values["roles"].items()}
    unit = reading.singles["deployment"].unit
    offices = sorted(reading.values["offices"].values(), key=lambda office: not office.id.startswith(f"{unit}:"))
    by_role = dict(roles)
    for office in reversed(offices):
        by_role[office.role] = office.name
    found = {name: role for role, name in roles.items()}
    return Names(by_role=by_role, roles=found | {office.name: office.role for office in reversed(offices)})


def rows_of(procedure: Procedure, places: Names) -> Iterator[Row]:
    """Every row of one procedure, in the order in which people read a card."""
    none = words.wording()["none"]
    cases = {case.id: case.name for case in procedure.cases}

    def item_rows(kind: Kind, key: str, told: Any) -> Iterator[Row]:
        for number, item in enumerate(getattr(procedure, key)):
            way = getattr(item, "way", None)
            about = [words.wording()["ways"][way]] if way else []
            about += [cases.get(item.case, item.case)] if item.case else []
            yield Row(
                kind=kind,
                path=f"{key}[{number}]",
                value=told(item),
                data=plain(item),
                subject="; ".join(about),
                source=getattr(item, "source", None) or procedure.source,
                confirmed=getattr(item, "confirmed", None) or procedure.confirmed,
            )

    def one(kind: Kind, value: str, data: Any, path: str = "") -> Row:
        return Row(
            kind=kind,
            path=path or kind.value,
            value=value or none,
            data=data,
            source=procedure.source,
            confirmed=procedure.confirmed,
        )

    yield from item_rows(Kind.TIME_LIMIT, "time_limits", words.time_limit)
    yield from item_rows(Kind.FEE, "fees", words.fee)
    for way in WayName:
        offer = procedure.ways[way]
        yield one(Kind(way.value), words.way(offer, way), plain(offer), f"ways.{way}")
    yield from item_rows(Kind.PAPER, "papers", words.paper)
    office = places.by_role.get(procedure.office, procedure.office) if procedure.office else ""
    yield one(Kind.OFFICE, office, procedure.office)
    yield one(Kind.DECIDED_BY, procedure.decided_by, procedure.decided_by)
    yield one(Kind.WHO, procedure.who, procedure.who)
    for number, result in enumerate(procedure.result):
        yield one(Kind.RESULT, result, result, f"result[{number}]")
    yield one(Kind.LINK, procedure.link or "", procedure.link)
    if period := words.period(procedure):
        span = {"valid_from": procedure.valid_from, "valid_to": procedure.valid_to}
        yield one(Kind.VALID, period, {key: on for key, on in span.items() if on})
    if procedure.legal_basis:
        laws = [f"{law.number} {law.name}" for law in procedure.legal_basis]
        yield one(Kind.LEGAL_BASIS, "\n".join(laws), laws)
    if procedure.notes:
        yield one(Kind.NOTES, "\n".join(procedure.notes), list(procedure.notes))


def plain(value: Any) -> Any:
    """A value of the model as YAML holds it; what is left at its default is left out."""
    if is_dataclass(value):
        found = {}
        for item in fields(value):
            inner = getattr(value, item.name)
            if item.default is MISSING or inner != _default(item.default):
                found[item.name] = plain(inner)
        return found
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    return value


def _default(default: Any) -> Any:
    """What pydantic's `Field(default=…)` stands for."""
    return default.default if hasattr(default, "is_required") else default


def _hashed(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: inner for key, inner in data.items() if key not in UNHASHED}
    return data
