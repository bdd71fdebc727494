"""Event → who is told what. `NOTICES` is the whole list; a new notice is one function and one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.cases.model import Case, CaseEvent
from handlers.talk import Choice, Link, Reply, Text, t
from handlers.when import moment

SHORT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message somebody did not just ask for. `once` makes it idempotent per address."""

    to: Literal["citizen", "office"]
    reply: Reply
    once: str


def notices(event: CaseEvent, case: Case) -> list[Notice]:
    """Everybody who must hear of `event`."""
    return [notice for rule in NOTICES for notice in rule(event, case)]


def _office_of_new_case(event: CaseEvent, case: Case) -> Sequence[Notice]:
    if event.what != "opened":
        return ()
    text = t(
        "notices.office_new",
        code=case.code,
        kind=t(f"cases.kind_{case.kind}"),
        words=_short(case.words),
        due=moment(case.due),
    )
    choices = (Choice(value="open", label=t("notices.open_case"), link=_link("officer", case)),)
    return (_notice("office", text, event, case, choices),)


def _citizen_of_taking(event: CaseEvent, case: Case) -> Sequence[Notice]:
    if event.what != "taken":
        return ()
    text = t("notices.citizen_taken", code=case.code, due=moment(case.due))
    return (_notice("citizen", text, event, case, (_follow(case),)),)


def _citizen_of_answer(event: CaseEvent, case: Case) -> Sequence[Notice]:
    if event.what != "answered":
        return ()
    text = t("notices.citizen_answered", code=case.code, answer=case.answer or "")
    rate = Choice(value="rate", label=t("notices.rate"), link=_link("rating", case))
    return (_notice("citizen", text, event, case, (rate, _follow(case)), human=True),)


NOTICES: tuple[Callable[[CaseEvent, Case], Sequence[Notice]], ...] = (
    _office_of_new_case,
    _citizen_of_taking,
    _citizen_of_answer,
)


def _notice(
    to: Literal["citizen", "office"],
    text: Text,
    event: CaseEvent,
    case: Case,
    choices: tuple[Choice, ...],
    *,
    human: bool = False,
) -> Notice:
    return Notice(
        to=to,
        reply=Reply(text=text, choices=choices, human=human),
        once=f"{case.id}:{event.number}:{to}",
    )


def _follow(case: Case) -> Choice:
    return Choice(value="follow", label=t("notices.follow"), link=_link("follow_up", case))


def _link(conversation: str, case: Case) -> Link:
    return Link(conversation=conversation, question="code", value=case.code)


def _short(words: str) -> str:
    return words if len(words) <= SHORT else words[:SHORT].rstrip() + "…"
