"""Who may do what to a case, and what follows. Pure: clock and actor come in, a new case and its event go out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.cases.model import Action, Actor, Case, CaseEvent, Happened, Status
from handlers.cases.reach import may_see, may_settle
from handlers.services import NotAllowed

MAX_WORDS = 4000

_PAST: dict[Action, Happened] = {
    Action.TAKE: "taken",
    Action.NOTE: "noted",
    Action.ANSWER: "answered",
    Action.RATE: "rated",
    Action.CLOSE: "closed",
}


def act(
    case: Case,
    action: Action,
    by: Actor,
    now: datetime,
    *,
    words: str | None = None,
    rating: int | None = None,
) -> tuple[Case, CaseEvent]:
    """The case after `action`, and the event that records it, numbered by the case's new version.

    Raises NotAllowed with a key of `errors`: not_yours, already_taken, already_answered, empty_answer,
    too_long, not_answered_yet, already_rated, bad_rating, case_closed.
    """
    words = words.strip() if words else None
    _refuse_strangers(case, action, by)
    if words and len(words) > MAX_WORDS:
        raise NotAllowed("errors.too_long")
    after = _after(case, action, by, words, rating)
    event = CaseEvent(
        case=case.id,
        number=case.version + 1,
        what=_PAST[action],
        by=by,
        at=now,
        words=words,
        data={} if rating is None else {"rating": rating},
    )
    return replace(after, version=case.version + 1), event


def _refuse_strangers(case: Case, action: Action, by: Actor) -> None:
    if not may_see(case, by):
        raise NotAllowed("errors.not_yours")
    if action is Action.RATE:
        if by.kind != "citizen":
            raise NotAllowed("errors.not_yours")
    elif by.kind == "citizen" or (by.kind == "officer" and not may_settle(case, by)):
        raise NotAllowed("errors.not_yours")


def _after(case: Case, action: Action, by: Actor, words: str | None, rating: int | None) -> Case:
    if action is Action.NOTE:
        if not words:
            raise NotAllowed("errors.empty_answer")
        return case
    if action is Action.RATE:
        return _rated(case, rating)
    if case.status is Status.CLOSED:
        raise NotAllowed("errors.case_closed")
    if action is Action.CLOSE:
        if case.status is not Status.ANSWERED:
            raise NotAllowed("errors.not_answered_yet")
        return replace(case, status=Status.CLOSED)
    if case.status is Status.ANSWERED:
        raise NotAllowed("errors.already_answered")
    if action is Action.TAKE:
        if case.status is Status.TAKEN:
            raise NotAllowed("errors.already_taken")
        return replace(case, status=Status.TAKEN, handler=by.id)
    if not words:
        raise NotAllowed("errors.empty_answer")
    return replace(case, status=Status.ANSWERED, handler=case.handler or by.id, answer=words)


def _rated(case: Case, rating: int | None) -> Case:
    if case.status not in (Status.ANSWERED, Status.CLOSED):
        raise NotAllowed("errors.not_answered_yet")
    if case.rating is not None:
        raise NotAllowed("errors.already_rated")
    if rating is None or not 1 <= rating <= 5:
        raise NotAllowed("errors.bad_rating")
    return replace(case, rating=rating)
