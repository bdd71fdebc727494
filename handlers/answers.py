"""What a message means as an answer: one forgiving place for every question of every conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from handlers.talk import Choice, FileRef, Incoming, Location, Question, Text, t
from handlers.words import LANGUAGES, Words
from procedures_catalog.fold import fold, tokens

MAX_TEXT = 4000
"""Characters. A longer message is refused with its length named, so that nothing is cut silently."""

PICKED = frozenset({"choice", "open"})
"""Kinds of question whose answer is one of the choices."""

_PHONE = re.compile(r"(?:\+?84|0)(?:[0-9]{9}|2[0-9]{9})")
"""Ten digits, or the eleven of a landline (02…)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A message as a possible answer. `value` is a tapped choice's."""

    text: str | None = None
    value: str | None = None
    files: tuple[FileRef, ...] = ()
    location: Location | None = None

    @classmethod
    def of(cls, incoming: Incoming) -> Answer:
        """Everything in the message but a button, whose value the engine has checked."""
        return cls(text=incoming.text, files=incoming.files, location=incoming.location)


def read_answer(answer: Answer, question: Question, words: Words) -> str | Text | None:
    """The value to store, or a Text that says what is wrong, or None: it is no answer to this question."""
    if answer.value is not None:
        return answer.value if any(answer.value == choice.value for choice in question.choices) else None
    if answer.text is not None and answer.text.strip():
        picked = pick(answer.text, question.choices, words)
        if picked is not None:
            return picked
        return _typed(answer.text.strip(), question)
    if question.kind in PICKED or answer == Answer():
        return None
    if question.kind == "files":
        return t("engine.photo_or_button")
    if answer.files:
        return t("engine.photo_instead")
    return t("engine.empty" if answer.location is None else "engine.location_instead")


def pick(text: str, choices: tuple[Choice, ...], words: Words) -> str | None:
    """The choice meant by a number, a label, or a label without accents, in any language."""
    said = " ".join(tokens(fold(text)))
    answers = [choice for choice in choices if choice.link is None and choice.url is None]
    if said.isdecimal() and len(said) <= 3 and 1 <= int(said) <= len(answers):
        return answers[int(said) - 1].value
    for choice in answers:
        for lang in LANGUAGES:
            if said and said == " ".join(tokens(fold(words.plain(choice.label, lang)))):
                return choice.value
    return None


def _typed(text: str, question: Question) -> str | Text | None:
    if question.kind in PICKED:
        meant = question.check(text) if question.check else None
        return meant if isinstance(meant, str) else None
    if question.kind == "files":
        return t("engine.photo_or_button")
    if not tokens(text):
        return t("engine.words_please")
    if question.kind == "phone":
        digits = re.sub(r"[\s.()-]", "", text)
        return digits if _PHONE.fullmatch(digits) else t("engine.phone_please")
    return question.check(text) if question.check else text


def matched(text: str, key: str, words: Words) -> str | None:
    """What follows a command word of `key` in the text ("" for the bare word), or None.

    A sentence under `commands` lists its spellings with `|` between; accents and case do not matter.
    """
    said = _said(text)
    commands = _commands(key, words)
    if said in commands:
        return ""
    for command in commands:
        if said.startswith(command + " "):
            return text.strip()[-(len(said) - len(command)) :].strip()
    return None


@lru_cache(maxsize=1)
def _said(text: str) -> str:
    """Folded once for all commands it is compared with in turn."""
    return fold(text).strip()


@lru_cache(maxsize=256)
def _commands(key: str, words: Words) -> tuple[str, ...]:
    """The folded spellings, the longest first. Asked many times for every message, so remembered."""
    spellings = "|".join(words.area("commands", lang).get(key, "") for lang in LANGUAGES)
    folded = {fold(spelling).strip() for spelling in spellings.split("|")} - {""}
    return tuple(sorted(folded, key=len, reverse=True))


def is_command(text: str, key: str, words: Words) -> bool:
    """Whether the text is that command and nothing else."""
    return matched(text, key, words) == ""
