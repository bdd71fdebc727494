"""How satisfied the person is with an answer; asked once, on the five-point scale of the national surveys."""

from __future__ import annotations

from functools import partial

from handlers.cases.model import Action, Case
from handlers.cases.opening import read_code
from handlers.services import NotAllowed, Services
from handlers.talk import JSON, Choice, Question, Talk, Text, t

SCALE = ("5", "4", "3", "2", "1")


async def rating(talk: Talk, services: Services) -> None:
    """Rates the answered case of `code`."""
    code = await talk.ask(Question(key="code", text=t("follow_up.code"), check=_read))
    case = await services.cases.find(code)
    if case is None:
        talk.say(t("follow_up.not_found", code=code))
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


async def _rate(services: Services, case: Case, points: int) -> JSON:
    try:
        await services.cases.act(case, Action.RATE, rating=points)
    except NotAllowed as refused:
        return refused.reason
    return "rating.thanks"


def _read(typed: str) -> str | Text:
    return read_code(typed) or t("follow_up.not_a_code")
