"""From everyday words to procedures, with a reason for every hit. Pure, deterministic, in memory."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from .fold import fold, tokens
from .query import Query, Reader
from .ranking import Ranked, Ranking
from .subjects import Subject, SubjectKind
from .vocabulary import Stem, Vocabulary

_LOWEST = 0.15  # worth showing as a guess
_OURS = 0.46  # below: not a question for this catalog
_CERTAIN = 0.7  # above: ours although another office's word is in it
_RIVALS = 0.85  # the second is as likely as the first, which is no name
_NO_NAME = 0.9
_NAMED = 0.95  # above: the question is a name
_EXPLAINED = 0.9  # of a question of several words: ours, though it says too little
_SYLLABLES = 2  # of most words
_FOREIGN = re.compile(r"[aeiouy][^aeiouy]+[aeiouy]")  # “karaoke”: one word, which no Vietnamese syllable is
_FILLER = 2  # unknown words that may stand beside an ambiguous one


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Words of the question and the name they were found in."""

    matched: str
    with_: str

    def __str__(self) -> str:
        return self.matched if fold(self.matched) in fold(self.with_) else f"{self.matched} → {self.with_}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What may be meant; `confidence` from 0 to 1. Not `reviewed`: an importer's draft."""

    kind: SubjectKind
    code: str
    name: str
    confidence: float
    why: tuple[str, ...]
    reviewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskChoice:
    """One answer to a clarifying question: a procedure, or clearer words to search again."""

    code: str | None
    label: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A clarifying question; `question` is the id of a stem of the vocabulary."""

    question: str
    choices: tuple[AskChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found. Not `ours`: nothing fits well (hits are guesses); `where` names the right door if known."""

    hits: tuple[Hit, ...]
    ask: Ask | None
    ours: bool
    where: str | None

    def as_json(self) -> dict[str, Any]:
        """The public form: `hits`, `ask`, `ours`."""
        return {
            "hits": [asdict(hit) for hit in self.hits],
            "ask": asdict(self.ask) if self.ask else None,
            "ours": self.ours,
        }


class Index:
    """A catalog made ready for searching."""

    def __init__(self, reader: Reader, ranking: Ranking) -> None:
        self._reader = reader
        self._ranking = ranking

    @classmethod
    def build(cls, named: Iterable[tuple[Subject, Sequence[tuple[str, float]]]], vocabulary: Vocabulary) -> Index:
        """Prepare the names of all subjects."""
        named = tuple(named)
        reader = Reader(vocabulary, (name for _, names in named for name, _ in names))
        return cls(reader, Ranking(named, reader))

    def search(
        self,
        text: str,
        *,
        place: str | None = None,
        now: datetime | None = None,
        limit: int = 5,
        hidden: Container[str] = (),
    ) -> SearchResult:
        """Find subjects for a question of any length; the first 500 characters count. `hidden` codes are left out.

        `place` and `now` do not change the result while no procedure depends on them.
        """
        query = self._reader.read(text)
        ranked = [item for item in self._ranking.rank(query) if item.subject.code not in hidden]
        if all(word.bare.isdecimal() for word in query.official):
            ranked = []  # no name is a number
        hits = tuple(_hit(item, query) for item in ranked[:limit] if _confidence(item.score) >= _LOWEST)
        best = hits[0].confidence if hits else 0.0
        door = query.elsewhere
        alone = not any(self._reader.knows(word) for word in query.beside_elsewhere)
        if door and (door.firm or alone or best < _CERTAIN):
            return SearchResult(hits=() if door.firm else hits, ask=None, ours=False, where=door.where)
        ask = self._ask(query, ranked, hidden)
        ours = ask is not None or best >= _OURS or _explained(query, ranked)
        return SearchResult(hits=hits, ask=ask, ours=ours and (bool(hits) or ask is not None), where=None)

    def _ask(self, query: Query, ranked: list[Ranked], hidden: Container[str]) -> Ask | None:
        """Ask when the ambiguous words stand alone, or when two of their meanings fit equally well."""
        stem = query.stem
        if stem is None:
            return None
        beside = query.beside_stem
        alone = len(beside) <= _FILLER and not any(self._reader.knows(word) for word in beside)
        if alone and _more_than(query.beyond_stem, ranked):
            return None
        if not alone and not _rivals(stem, ranked):
            return None
        choices = tuple(
            AskChoice(code=item.code, label=item.label, text=item.text)
            for item in stem.choices
            if item.code is None or item.code not in hidden
        )
        return Ask(question=stem.question, choices=choices) if len(choices) > 1 else None


def _rivals(stem: Stem, ranked: list[Ranked]) -> bool:
    codes = {choice.code for choice in stem.choices}
    first, second = (ranked[0], ranked[1]) if len(ranked) > 1 else (None, None)
    return (
        first is not None
        and second is not None
        and {first.subject.code, second.subject.code} <= codes
        and first.score * _RIVALS <= second.score
        and first.score < _NO_NAME
    )


def _more_than(beyond: frozenset[str], ranked: list[Ranked]) -> bool:
    """Whether a name is just the ambiguous words and these small ones: “làm căn cước”, “căn cước cho con”."""
    return bool(beyond) and any(item.score >= _NAMED and beyond <= set(item.words) for item in ranked[:1])


def _explained(query: Query, ranked: list[Ranked]) -> bool:
    typed = {word.bare for word in query.official}
    for item in ranked[:1]:
        # “tặng cho” is one word of two syllables that a name has, though “cho” alone says nothing; “gì cơ” is not.
        whole = len(typed) == _SYLLABLES or (len(typed) == 1 and any(map(_FOREIGN.search, typed)))
        one = whole and typed <= set(tokens(fold(item.name)))
        return item.explained >= _EXPLAINED and (len(query.content) > 1 or one)
    return False


def _confidence(score: float) -> float:
    return round(min(score, 1.0), 3)


def _hit(ranked: Ranked, query: Query) -> Hit:
    said = dict.fromkeys(word.said for word in query.content if word.bare in ranked.words)
    why = Why(matched=" ".join(said) or ranked.name, with_=ranked.name)
    return Hit(
        kind=ranked.subject.kind,
        code=ranked.subject.code,
        name=ranked.subject.name,
        confidence=_confidence(ranked.score),
        why=(str(why),),
        reviewed=ranked.subject.reviewed,
    )
