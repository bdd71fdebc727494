"""The opening: who we are, what can be done here; whatever is typed is taken as a question."""

from __future__ import annotations

from functools import partial

from handlers.guidance import goes_on, resume_choice
from handlers.services import Checklist, Services
from handlers.talk import JSON, Choice, Question, Talk, t

ITEMS = ("procedures", "feedback", "follow_up", "link", "language", "privacy", "life_events")
RESUMED = 2


async def menu(talk: Talk, services: Services) -> None:
    """Greets, offers the conversations in order, and hands typed words on to the search."""
    resume = await _resume(talk, services)
    pick = await talk.ask(
        Question(
            key="pick",
            kind="open",
            text=t("menu.hello", centre=services.catalog.deployment.centre),
            choices=(*resume, *(Choice(value=item, label=t(f"menu.{item}")) for item in ITEMS)),
        )
    )
    talk.goto(pick)


async def thanks(talk: Talk, services: Services) -> None:
    """Takes thanks as thanks, not as a question."""
    talk.say(t("menu.thanks"))


async def _resume(talk: Talk, services: Services) -> list[Choice]:
    """The filings the person has begun, the newest first."""
    noted = await talk.note("begun", partial(_begun, services))
    assert isinstance(noted, list)
    known = services.catalog.procedures
    choices = []
    for filing in noted:
        way, _, code = str(filing).partition("-")
        if code in known:
            choices.append(resume_choice(way, code, known[code].name, label="guidance.resume_menu"))
    return choices


async def _begun(services: Services) -> JSON:
    kept: list[Checklist] = await services.checklists.mine()
    begun = [item for item in kept if goes_on(item, services.catalog)]
    return [f"{item.way}-{item.procedure}" for item in begun[:RESUMED]]
