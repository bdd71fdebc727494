"""Small values to store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.channels.base import Arrival
from bot.store.records import Officer, OutboxClass, Outgoing
from handlers.cases.model import Actor, Case, CaseEvent, CaseKind, Status
from handlers.talk import Address, Asked, Incoming, Part, Session, Span, Thread

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)

_numbers = count(1)


def address(user: str, channel: str = "telegram") -> Address:
    return Address(channel=channel, user=user)


def arrival(user: str = "an", *, order: int = 1, id: str | None = None, text: str = "xin chào") -> Arrival:
    number = id or f"message-{next(_numbers)}"
    return Arrival(incoming=Incoming(id=number, sender=address(user), at=AT, text=text), order=order)


def part(text: str) -> Part:
    return Part(spans=(Span(text=text),))


def outgoing(
    text: str,
    user: str = "an",
    *,
    channel: str = "telegram",
    klass: OutboxClass = OutboxClass.REPLY,
    **more: Any,
) -> Outgoing:
    return Outgoing(to=address(user, channel), klass=klass, part=part(text), **more)


def session(user: str = "an", **answers: str) -> Session:
    thread = Thread(conversation="feedback", answers=dict(answers), asked=Asked(question="words", nonce="a1"))
    return Session(address=address(user), lang="vi", started_at=AT, version=3, thread=thread)


def case(code: str = "4827-1635-9", **more: Any) -> Case:
    given: dict[str, Any] = {
        "id": f"case-{code}",
        "code": code,
        "secret_hash": "hash",
        "kind": CaseKind.INCIDENT,
        "topic": "rubbish",
        "words": "Rác ở đầu ngõ",
        "office": "truc-ninh:economic_division",
        "status": Status.NEW,
        "opened_at": AT,
        "acknowledge_due": AT + timedelta(days=1),
        "due": AT + timedelta(days=15),
    }
    return Case(**(given | more))


def event(of: Case, number: int = 0, what: Any = "opened", **more: Any) -> CaseEvent:
    by = Actor(kind="citizen", id=of.person or "-", name=of.name)
    return CaseEvent(**({"case": of.id, "number": number, "what": what, "by": by, "at": AT} | more))


def officer(login: str = "can-bo", **more: Any) -> Officer:
    given: dict[str, Any] = {
        "id": f"officer-{login}",
        "login": login,
        "name": "Cán bộ tư pháp – mẫu",
        "offices": ("truc-ninh:one_stop", "truc-ninh:economic_division"),
        "roles": frozenset({"handler", "reception"}),
        "password_hash": "argon2",
    }
    return Officer(**(given | more))


def texts(rows: Sequence[Any]) -> list[str]:
    """The plain words of outbox rows."""
    return [row.part.plain for row in rows]
