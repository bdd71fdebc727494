"""Words people use and what they mean: the shape of `data/vocabulary.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    """Matters of another door; `where` is the sentence that names it.

    A `firm` one is meant even where a procedure fits: the progress of a dossier, whatever the dossier is for.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    phrases: tuple[str, ...] = Field(min_length=1)
    where: str
    firm: bool = False


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What search knows besides the names of procedures.

    `rewrites` maps typed words to official ones, `{name}` on both sides standing for each of `lists[name]`;
    `stop` are words that say nothing; `denials` begin a phrase that is *not* asked for; `actions` maps an action
    to the words for it (đổi, cấp lại, gia hạn …); `ways` in the same form say how or where it is done (online, at
    home …), which only decides between what fits alike; `persons` beside an ambiguous word make it no clearer.
    """

    rewrites: Mapping[str, str]
    stop: tuple[str, ...]
    denials: tuple[str, ...]
    actions: Mapping[str, tuple[str, ...]]
    ambiguous: tuple[Stem, ...]
    not_ours: tuple[Elsewhere, ...]
    persons: tuple[str, ...] = ()
    ways: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def all_rewrites(self) -> Iterator[tuple[str, str]]:
        """Every rewrite, those with a `{name}` once for each word of the list."""
        for typed, official in self.rewrites.items():
            name = next((name for name in self.lists if f"{{{name}}}" in typed), None)
            for word in self.lists[name] if name else ("",):
                yield typed.replace(f"{{{name}}}", word), official.replace(f"{{{name}}}", word)
