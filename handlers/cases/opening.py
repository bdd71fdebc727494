"""From what a citizen confirmed to a case with a code, an office and due times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from handlers.cases.model import Actor, Case, CaseDraft, CaseEvent, Status
from handlers.cases.routing import office_for
from handlers.deadlines import due_on
from handlers.talk import Person, t
from procedures_catalog.catalog import Catalog

CODES = 10**8
"""How many codes there are: eight digits, and one to check them."""
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
SECRET_LENGTH = 8

_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new case and its first event."""

    case: Case
    event: CaseEvent


def open_case(
    draft: CaseDraft, person: Person, now: datetime, catalog: Catalog, *, id_: str, code: str, secret: str
) -> Opened:
    """Route it and date it. Id, code and the secret to tell the citizen once are drawn by the caller."""
    route = office_for(draft.kind, draft.topic, draft.place, draft.not_to, catalog)
    topic = catalog.topics.get(draft.topic) if draft.topic else None
    own_limit = topic.answer_within if topic else None
    due = due_on(now, own_limit or catalog.limits.answer, catalog.calendar)
    acknowledge = due_on(now, catalog.limits.acknowledge, catalog.calendar)
    why_default = () if own_limit else (t("deadlines.default_limit", source=catalog.limits.source),)
    case = Case(
        id=id_,
        code=code,
        secret_hash=secret_hash(secret),
        kind=draft.kind,
        topic=draft.topic,
        words=draft.words,
        office=route.office,
        status=Status.NEW,
        opened_at=now,
        acknowledge_due=acknowledge.due,
        due=due.due,
        due_why=due.why + why_default,
        route_why=route.why,
        provisional=due.provisional,
        hide_sender=route.hide_sender,
        not_to=route.not_to,
        place=draft.place,
        latitude=draft.latitude,
        longitude=draft.longitude,
        files=draft.files,
        person=person.id,
        name=draft.name,
        phone=draft.phone,
        anonymous=draft.anonymous,
        lang=person.lang,
        version=1,
    )
    by = Actor(kind="citizen", id=person.id)
    return Opened(case=case, event=CaseEvent(case=id_, number=1, what="opened", by=by, at=now))


def code_of(number: int) -> str:
    """48271635 → `4827-1635-9`: eight digits and a check digit."""
    digits = f"{number:08d}"
    return f"{digits[:4]}-{digits[4:]}-{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """Luhn's: one wrong digit or two swapped neighbours (but 09/90) never fit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def read_code(text: str) -> str | None:
    """The code in what somebody typed, whatever the spaces and dashes; None when it cannot be one."""
    digits = "".join(character for character in text if character in _DIGITS)
    strange = any(character.isalnum() and character not in _DIGITS for character in text)
    if strange or len(digits) != 9 or check_digit(digits[:8]) != int(digits[8]):
        return None
    return f"{digits[:4]}-{digits[4:8]}-{digits[8]}"


def secret_hash(secret: str) -> str:
    """What is stored of a secret; letter case and spaces do not matter."""
    return sha256("".join(secret.split()).upper().encode()).hexdigest()
