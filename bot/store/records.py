"""Rows as values: what the unit of work hands out and takes in, beside the types of `handlers`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handlers.talk import Address, Incoming, Part


class OutboxClass(StrEnum):
    """Order of sending to one address: a reply goes before a notice."""

    REPLY = "reply"
    NOTICE = "notice"


class OutboxState(StrEnum):
    """`waiting` → `sending` → `sent`; or `parked` until the person writes again; or `failed`, for the desk."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A stored message waiting for its turn."""

    seq: int
    incoming: Incoming
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A part to be sent. `once` makes it idempotent: a second row with the same value is not added."""

    to: Address
    klass: OutboxClass
    part: Part
    once: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A part on its way. `seq` also is the web chat's cursor."""

    seq: int
    to: Address
    klass: OutboxClass
    part: Part
    state: OutboxState
    tries: int
    created_at: datetime
    reason: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A desk account: a post, not a person's name. `offices` are office ids; roles as in `OfficerRole`."""

    id: str
    login: str
    name: str
    offices: tuple[str, ...]
    roles: frozenset[str]
    password_hash: str
    active: bool = True
    failed_logins: int = 0
    locked_until: datetime | None = None
    person: str | None = None
    lang: str = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSession:
    """A signed-in browser. Only the hash of the cookie's token is stored."""

    token_hash: str
    officer: str
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An attachment. `digest` None: still to be fetched by `remote` through `channel`, or refused (`refused`)."""

    id: str
    channel: str
    remote: str | None
    kind: str
    name: str | None = None
    mime: str | None = None
    size: int | None = None
    digest: str | None = None
    person: str | None = None
    case: str | None = None
    tries: int = 0
    refused: str | None = None
    created_at: datetime | None = None
