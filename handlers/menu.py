"""The opening: who we are, what can be done here; whatever is typed is taken as a question."""

from __future__ import annotations

from handlers.services import Services
from handlers.talk import Choice, Question, Talk, t

ITEMS = ("procedures", "feedback", "follow_up", "link", "language", "privacy")


async def menu(talk: Talk, services: Services) -> None:
    """Greets, offers the conversations in order, and hands typed words on to the search."""
    pick = await talk.ask(
        Question(
            key="pick",
            kind="open",
            text=t("menu.hello", centre=services.catalog.deployment.centre),
            choices=tuple(Choice(value=item, label=t(f"menu.{item}")) for item in ITEMS),
        )
    )
    talk.goto(pick)


async def thanks(talk: Talk, services: Services) -> None:
    """Takes thanks as thanks, not as a question."""
    talk.say(t("menu.thanks"))
