"""The language of replies and notices."""

from __future__ import annotations

from functools import partial

from handlers.services import Services
from handlers.talk import JSON, Choice, Question, Talk, t
from handlers.words import LANGUAGES


def read_language(text: str) -> str | None:
    """`vi` or `en`."""
    lang = text.strip().lower()
    return lang if lang in LANGUAGES else None


async def language(talk: Talk, services: Services) -> None:
    """Asks in both languages, remembers the pick."""
    lang = await talk.ask(
        Question(
            key="lang",
            kind="choice",
            text=t("language.which"),
            choices=tuple(Choice(value=lang, label=t(f"language.{lang}")) for lang in LANGUAGES),
        )
    )
    await talk.note("set", partial(_set, services, lang))
    talk.speak(lang)
    talk.say(t("language.done"))
    talk.goto("menu")


async def _set(services: Services, lang: str) -> JSON:
    await services.persons.set_language(lang)
    return lang
