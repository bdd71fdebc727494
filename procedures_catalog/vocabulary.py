"""Words people use and what they mean: the shape of `data/vocabulary.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field
from pydantic.dataclasses import dataclass

from .model import EXACT


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class StemChoice:
    """One way to understand an ambiguous word: a procedure's code, or clearer words to search again."""

    label: str
    code: str | None = None
    text: str | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Stem:
    """Words that mean several procedures; `question` is the id of what is asked."""

    question: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    phrases: tuple[str, ...] = Field(min_length=1)
    choices: tuple[StemChoice, ...] = Field(min_length=2, max_length=4)


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Matters of another door; `where` is the sentence that names it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    phrases: tuple[str, ...] = Field(min_length=1)
    where: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What search knows besides the names of procedures.

    `rewrites` maps typed words to official ones; `stop` are words that say nothing; `denials` begin a phrase
    that is *not* asked for; `actions` maps an action to the words for it (đổi, cấp lại, gia hạn …).
    """

    rewrites: Mapping[str, str]
    stop: tuple[str, ...]
    denials: tuple[str, ...]
    actions: Mapping[str, tuple[str, ...]]
    ambiguous: tuple[Stem, ...]
    not_ours: tuple[Elsewhere, ...]
