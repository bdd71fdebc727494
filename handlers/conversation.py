"""What the engine is given: one thing to talk about, and the book of all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from handlers.services import Services
from handlers.talk import Link, Talk
from handlers.words import Words

RESUME = "resume"
"""Stands in a link for whatever is parked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One thing people can talk about with us.

    `entry` is the one question a link may answer, and `reads` turns what was typed behind the conversation's name,
    or carried by the link, into its value, or None; `bare`: also when typed alone. `parks`: worth offering again
    after an interruption. `screens`: what is typed is looked through for danger and for what has a law of its own.
    """

    name: str
    script: Callable[[Talk, Services], Awaitable[None]]
    entry: str = "-"
    reads: Callable[[str], str | None] = lambda _: None
    bare: bool = False
    parks: bool = False
    screens: bool = True

    def opens_with(self, link: Link) -> bool:
        """Whether a button from outside may start it so: plainly, or with its entry answered by what it reads."""
        return link.question == "-" or (link.question == self.entry and self.reads(link.value) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All conversations, the one that opens a talk, and the one that takes what nothing else understands."""

    conversations: Mapping[str, Conversation]
    opening: str
    fallback: str
    words: Words
