"""A case (phản ánh, kiến nghị, or a question handed to an officer) and the events that are its only history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from handlers.talk import FileRef, Text

Happened: TypeAlias = Literal["opened", "taken", "noted", "answered", "rated", "closed"]


class CaseKind(StrEnum):
    """What the person sends. Khiếu nại and tố cáo are explained, never taken as cases."""

    INCIDENT = "phan_anh"
    PROPOSAL = "kien_nghi"
    PRAISE = "praise"
    IDEA = "idea"
    QUESTION = "question"


class Status(StrEnum):
    """Where a case stands; `public` groups them into three words for citizens."""

    NEW = "new"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def public(self) -> Literal["received", "in_progress", "answered"]:
        """Đã tiếp nhận, đang giải quyết, đã trả lời."""
        if self is Status.NEW:
            return "received"
        return "in_progress" if self is Status.TAKEN else "answered"


class Action(StrEnum):
    """What an actor can do to a case."""

    TAKE = "take"
    NOTE = "note"
    ANSWER = "answer"
    RATE = "rate"
    CLOSE = "close"


class OfficerRole(StrEnum):
    """What an officer may do."""

    RECEPTION = "reception"
    HANDLER = "handler"
    LEADER = "leader"
    ADMIN = "admin"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: the citizen of the case, an officer with the offices served and roles held, or the clock."""

    kind: Literal["citizen", "officer", "clock"]
    id: str
    offices: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """What a citizen confirmed. `person` is always kept for notices; `name`/`phone` only if they gave them."""

    kind: CaseKind
    topic: str | None
    words: str
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    files: tuple[FileRef, ...] = ()
    name: str | None = None
    phone: str | None = None
    anonymous: bool = False
    not_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as it stands. Times are UTC. `due_why` are wording texts that explain `due`.

    `not_to` are the ids of the offices it is about, whose officers must never see it.
    """

    id: str
    code: str
    secret_hash: str
    kind: CaseKind
    topic: str | None
    words: str
    office: str
    status: Status
    opened_at: datetime
    acknowledge_due: datetime
    due: datetime
    due_why: tuple[Text, ...] = ()
    route_why: tuple[Text, ...] = ()
    provisional: bool = False
    hide_sender: bool = False
    not_to: frozenset[str] = frozenset()
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    files: tuple[FileRef, ...] = ()
    person: str | None = None
    name: str | None = None
    phone: str | None = None
    anonymous: bool = False
    lang: str = "vi"
    handler: str | None = None
    answer: str | None = None
    rating: int | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """Something that happened to a case."""

    case: str
    number: int
    what: Happened
    by: Actor
    at: datetime
    words: str | None = None
    data: Mapping[str, str | int] = field(default_factory=dict)
