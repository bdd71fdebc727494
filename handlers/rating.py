"""How satisfied the person is with an answer; asked once, on the five-point scale of the national surveys."""

from __future__ import annotations

from functools import partial

from handlers.cases.model import Action, Case, Status
from handlers.cases.words import asked_code
from handlers.services import NotAllowed, Services
from handlers.talk import JSON, Choice, Question, Talk, t

SCALE = ("5", "4", "3", "2", "1")


async def rating(talk: Talk, services: Services) -> None:
    """Rates the answered case of `code`."""
    code = await talk.ask(Question(key="code", text=t("follow_up.code"), check=asked_code))
    case = await services.cases.find(code)
    if case is None:
        talk.say(t("follow_up.not_found", code=code))
        return
    refusal = await talk.note("refusal", lambda: _refusal(talk, case))
    if refusal is not None:
        talk.say(t(str(refusal)))
        return
    points = await talk.ask(
        Question(
            key="points",
            kind="choice",
            text=t("rating.how", code=case.code),
            choices=tuple(Choice(value=point, label=t(f"rating.point_{point}")) for point in SCALE),
        )
    )
    outcome = await talk.note("rated", partial(_rate, services, case, int(points)))
    talk.say(t(str(outcome)))


def _refusal(talk: Talk, case: Case) -> str | None:
    """Why nobody should be asked; who acts on it in the end decides the same again."""
    if case.person != talk.person.id:
        return "errors.not_yours"
    if case.status not in (Status.ANSWERED, Status.CLOSED):
        return "errors.not_answered_yet"
    return "errors.already_rated" if case.rating is not None else None


async def _rate(services: Services, case: Case, points: int) -> JSON:
    try:
        await services.cases.act(case, Action.RATE, rating=points)
    except NotAllowed as refused:
        return refused.reason
    return "rating.thanks"
