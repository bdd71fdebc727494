"""An officer's own chat: the queue of the office, a case, and acting on it."""

from __future__ import annotations

from functools import partial

from handlers.cases.model import Action, Case, Status
from handlers.cases.words import about_offices, asked_code, choices, due, listed
from handlers.services import NotAllowed, Services
from handlers.talk import JSON, Choice, Question, Talk, Text, t
from procedures_catalog.catalog import Catalog

SHOWN = 8


async def officer(talk: Talk, services: Services) -> None:
    """Opens the case of `code`, or lists what waits; everything done goes through the same rules as the desk."""
    if talk.person.officer is None:
        talk.say(t("officer.not_linked"))
        return
    waiting = choices(await talk.note("waiting", lambda: _waiting(services)))
    code = await talk.ask(
        Question(
            key="code",
            text=t("officer.queue", n=len(waiting)) if waiting else t("officer.nothing"),
            choices=waiting[:SHOWN],
            check=asked_code,
        )
    )
    ours = await talk.note("ours", lambda: _is_ours(services, code))
    case = await services.cases.find(code)
    if case is None or not ours:
        talk.say(t("officer.not_here", code=code))
        return
    if not await talk.note("acts", partial(services.cases.may_settle, case)):
        talk.say(_shown(case, services.catalog))
        talk.say(t("officer.only_read"))
        return
    action = await talk.ask(_actions(case, services.catalog))
    if action == "later":
        talk.say(t("officer.left"))
        return
    words = None
    if action != Action.TAKE:
        words = await talk.ask(Question(key="words", text=t(f"officer.words_{action}")))
        sure = await talk.ask(_sure(action, words))
        if sure == "no":
            talk.say(t("officer.left"))
            return
    outcome = await talk.note("done", partial(_act, services, case, Action(action), words))
    talk.say(t(str(outcome), code=case.code))


async def _waiting(services: Services) -> JSON:
    return listed(await services.cases.of_office())


async def _is_ours(services: Services, code: str) -> JSON:
    return code in [case.code for case in await services.cases.of_office()]


def _actions(case: Case, catalog: Catalog) -> Question:
    actions = [Action.ANSWER, Action.NOTE]
    if case.status is Status.NEW:
        actions.insert(0, Action.TAKE)
    return Question(
        key="action",
        kind="choice",
        text=_shown(case, catalog),
        choices=(
            *(Choice(value=action, label=t(f"officer.{action}")) for action in actions),
            Choice(value="later", label=t("officer.later")),
        ),
    )


def _shown(case: Case, catalog: Catalog) -> Text:
    place = case.place or "–"
    if not case.not_to:
        return t("officer.case", code=case.code, words=case.words, place=place, due=due(case))
    about = about_offices(case, catalog)
    return t("officer.case_about", code=case.code, about=about, words=case.words, place=place, due=due(case))


def _sure(action: str, words: str) -> Question:
    return Question(
        key="sure",
        kind="choice",
        text=t(f"officer.sure_{action}", words=words),
        choices=(Choice(value="yes", label=t("officer.yes")), Choice(value="no", label=t("officer.no"))),
    )


async def _act(services: Services, case: Case, action: Action, words: str | None) -> JSON:
    try:
        await services.cases.act(case, action, words=words)
    except NotAllowed as refused:
        return refused.reason
    return f"officer.done_{action}"
