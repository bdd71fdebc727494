"""What became of it: one's own cases and checklists, or any case by its code."""

from __future__ import annotations

from handlers.cases.model import Case, CaseEvent, Status
from handlers.cases.words import asked_code, choices, due, listed, state
from handlers.guidance import resume_choice
from handlers.services import Services
from handlers.talk import JSON, Choice, Link, Question, Talk, Text, t
from handlers.when import moment

SHOWN = 5
SECRET_TRIES = 3


async def follow_up(talk: Talk, services: Services) -> None:
    """Shows the case of `code`; words only to its sender or with the secret given at filing."""
    await _checklists(talk, services)
    mine = choices(await talk.note("mine", lambda: _mine(services)))
    typed = await talk.ask(
        Question(
            key="code",
            text=t("follow_up.which" if mine else "follow_up.code"),
            choices=mine,
            check=asked_code,
        )
    )
    case = await services.cases.find(typed)
    if case is None:
        talk.say(t("follow_up.not_found", code=typed), _again())
        return
    if case.person == talk.person.id or await _knows_secret(talk, services, case):
        talk.say(await _whole(services, case), *_rating(talk, case))
    else:
        talk.say(state(case))


async def _mine(services: Services) -> JSON:
    return listed((await services.cases.mine())[:SHOWN])


async def _checklists(talk: Talk, services: Services) -> None:
    kept = (await services.checklists.mine())[:SHOWN]
    known = services.catalog.procedures
    resume = [
        resume_choice(item.way, item.procedure, known[item.procedure].name)
        for item in kept
        if item.procedure in known
    ]
    if resume:
        talk.say(t("follow_up.checklists"), *resume)


async def _knows_secret(talk: Talk, services: Services, case: Case) -> bool:
    for number in range(1, SECRET_TRIES + 1):
        secret = await talk.ask(
            Question(
                key=f"secret-{number}",
                text=t("follow_up.secret" if number == 1 else "follow_up.secret_again"),
                choices=(Choice(value="skip", label=t("follow_up.without_secret")),),
            )
        )
        if secret == "skip":  # noqa: S105  # a button, not a password
            return False
        if services.cases.opens_with(case, secret):
            return True
    talk.say(t("follow_up.wrong_secret"))
    return False


async def _whole(services: Services, case: Case) -> Text:
    office = services.catalog.offices.get(case.office)
    history = tuple(
        line for event in await services.cases.history(case) if (line := _line(event, case)) is not None
    )
    return t(
        "follow_up.case",
        code=case.code,
        words=case.words,
        office=office.name if office else case.office,
        status=t(f"cases.public_{case.status.public}"),
        due=t("follow_up.done") if case.status in (Status.ANSWERED, Status.CLOSED) else due(case),
        history=history,
    )


def _line(event: CaseEvent, case: Case) -> Text | None:
    """One event as the citizen may read it; internal notes stay internal."""
    if event.what == "noted":
        return None
    line = t(f"follow_up.event_{event.what}", at=moment(event.at))
    if event.what == "answered":
        return t("follow_up.with_answer", line=line, answer=case.answer or "")
    return line


def _rating(talk: Talk, case: Case) -> tuple[Choice, ...]:
    answered = case.status in (Status.ANSWERED, Status.CLOSED)
    if not answered or case.rating is not None or case.person != talk.person.id:
        return ()
    link = Link(conversation="rating", question="code", value=case.code)
    return (Choice(value="rate", label=t("notices.rate"), link=link),)


def _again() -> Choice:
    return Choice(value="again", label=t("follow_up.again"), link=Link(conversation="follow_up"))
