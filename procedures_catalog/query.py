"""A question in everyday words, read as the official words it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from unicodedata import normalize

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .fold import bare
from .phrases import Phrases, Word, words
from .vocabulary import Elsewhere, Stem, Vocabulary

MAX_CHARACTERS = 500
_MISSPELT_LENGTH = 4
_SURE_LENGTH = 7
_DENIED_WORDS = 4
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_VOWELS = frozenset("\u0302\u0306\u031b")
_TONED = 4  # of so many words one has a tone where tones are typed at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was understood: `official` words, and of them the `content`, without those that say nothing.

    `beside_stem` is the content outside the ambiguous words and persons, `beyond_stem` all that stands outside
    the ambiguous words.
    """

    official: tuple[Word, ...]
    content: tuple[Word, ...]
    actions: frozenset[str]
    ways: frozenset[str]
    stem: Stem | None
    beside_stem: tuple[Word, ...]
    beyond_stem: frozenset[str]
    elsewhere: Elsewhere | None
    beside_elsewhere: tuple[Word, ...]
    accented: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name of a procedure."""

    official: tuple[Word, ...]
    content: tuple[Word, ...]
    actions: frozenset[str]
    ways: frozenset[str]


class Reader:
    """Applies a vocabulary to texts; names of procedures and questions go through the same steps."""

    def __init__(self, vocabulary: Vocabulary, names: Iterable[str]) -> None:
        self._rewrites = Phrases(vocabulary.all_rewrites(), strict=True)
        stop = [words(phrase) for phrase in vocabulary.stop]
        self._stop = {parts[0].text for parts in stop if len(parts) == 1}
        self._stop_phrases = Phrases((phrase, True) for phrase in vocabulary.stop if " " in phrase)
        self._bare_stop = {bare(word) for word in self._stop}
        self._denials = Phrases((phrase, True) for phrase in vocabulary.denials)
        self._actions = Phrases(
            (phrase, action) for action, phrases in vocabulary.actions.items() for phrase in phrases
        )
        self._ways = Phrases((phrase, way) for way, phrases in vocabulary.ways.items() for phrase in phrases)
        self._stems = Phrases((phrase, stem) for stem in vocabulary.ambiguous for phrase in stem.phrases)
        self._persons = Phrases((person, True) for person in vocabulary.persons)
        self._elsewhere = Phrases((phrase, door) for door in vocabulary.not_ours for phrase in door.phrases)
        self._known: set[str] = set()
        self._unmarked: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()
        for name in names:
            named = self.name(name).content
            content = [word.bare for word in named]
            self._known.update(content)
            self._unmarked.update(word.text for word in named if not word.accented and word.text not in self._stop)
            self._pairs.update(pairwise(content))
        self._correct = self._known | self._bare_stop | {word.bare for word in _vocabulary_words(vocabulary)}
        self._spellings = sorted(self._known)
        self._joined = {first + second: (first, second) for first, second in self._pairs}

    def name(self, text: str) -> Name:
        """A procedure's name, read as its words and actions."""
        official = self._rewritten(words(text))
        content = [word for word in self._unphrased(official) if word.text not in self._stop]
        return Name(
            official=tuple(official),
            content=tuple(content or official),
            actions=self._acts(official),
            ways=self._how(official),
        )

    def read(self, text: str) -> Query:
        """Understand a question. Only its first characters count, so that any text is quick."""
        typed = _toneless(words(text[:MAX_CHARACTERS]))
        official = self._spelt(self._rewritten(self._affirmed(typed)))
        phrased = self._unphrased(official)
        stems = list(self._stems.find(phrased))
        stem = max(stems, key=lambda found: len(found[0]))[1] if stems else None
        covered = {i for span, found in stems if found is stem for i in span}
        beyond = frozenset(word.bare for i, word in enumerate(phrased) if i not in covered)
        covered |= {i for span, _ in self._persons.find(phrased) for i in span}
        doors = list(self._elsewhere.find(official))
        behind = {i for span, _ in doors for i in span}
        return Query(
            official=tuple(official),
            content=tuple(self._content(official)),
            actions=self._acts(official),
            ways=self._how(official),
            stem=stem,
            beside_stem=tuple(self._content([w for i, w in enumerate(phrased) if i not in covered])),
            beyond_stem=beyond,
            elsewhere=next((door for _, door in doors if door.firm), doors[0][1] if doors else None),
            beside_elsewhere=tuple(self._content([w for i, w in enumerate(official) if i not in behind])),
            accented=any(word.accented for word in typed),
        )

    def knows(self, word: Word) -> bool:
        """Whether any procedure's name has the word."""
        return word.bare in self._known

    def _acts(self, text: Sequence[Word]) -> frozenset[str]:
        return frozenset(action for _, action in self._actions.find(text))

    def _how(self, text: Sequence[Word]) -> frozenset[str]:
        return frozenset(way for _, way in self._ways.find(text))

    def _rewritten(self, text: Sequence[Word]) -> list[Word]:
        result: list[Word] = []
        start = 0
        while start < len(text):
            if hit := self._rewrites.at(text, start):
                typed = text[start : start + hit[0]]
                said = " ".join(word.said for word in typed)
                result += [replace(w, said=said, clause=typed[0].clause) for w in words(hit[1])]
                start += hit[0]
            else:
                result.append(text[start])
                start += 1
        return result

    def _affirmed(self, text: Sequence[Word]) -> list[Word]:
        """Without what is said not to be meant: “tạm trú, không phải gia hạn”. A denial ends with its clause."""
        denied: set[int] = set()
        for span, _ in self._denials.find(text):
            denied.update(span)
            after = range(span.stop, min(span.stop + _DENIED_WORDS, len(text)))
            denied.update(i for i in after if text[i].clause == text[span.start].clause)
        return [word for i, word in enumerate(text) if i not in denied]

    def _content(self, text: Sequence[Word]) -> list[Word]:
        """Drop words that say nothing.

        “can” typed without accents stays where it may be “căn (cước)”; beside accents “con” is not “còn”.
        """
        kept = []
        text = self._unphrased(text)
        marked = any(word.accented for word in text)
        for i, word in enumerate(text):
            if word.text in self._stop and word.accented:
                continue
            literal = marked and word.text in self._unmarked
            if not word.accented and word.bare in self._bare_stop and not literal:
                before = (text[i - 1].bare, word.bare) in self._pairs if i else False
                after = (word.bare, text[i + 1].bare) in self._pairs if i + 1 < len(text) else False
                if not (before or after):
                    continue
            kept.append(word)
        return kept

    def _unphrased(self, text: Sequence[Word]) -> list[Word]:
        dropped = {i for span, _ in self._stop_phrases.find(text) for i in span}
        return [word for i, word in enumerate(text) if i not in dropped]

    def _spelt(self, text: list[Word]) -> list[Word]:
        result: list[Word] = []
        for i, word in enumerate(text):
            if word.bare in self._correct or len(word.bare) < _MISSPELT_LENGTH:
                result.append(word)
            elif pair := self._joined.get(word.bare):
                result += [Word(part, part, word.said, word.clause) for part in pair]
            else:
                beside = (text[i - 1].bare if i else "", text[i + 1].bare if i + 1 < len(text) else "")
                result.append(self._corrected(word, beside))
        return result

    def _corrected(self, word: Word, beside: tuple[str, str]) -> Word:
        """One slip of the finger, accepted when it makes a pair of words that names have.

        Most Vietnamese syllables are one letter away from another one; without the neighbour a correction
        would be a guess, except for long words.
        """
        near = process.extract(word.bare, self._spellings, scorer=OSA.distance, score_cutoff=1, limit=None)
        for known, _, _ in near:
            pairs = {(beside[0], known), (known, beside[1])}
            if len(word.bare) >= _SURE_LENGTH or pairs & self._pairs:
                return Word(known, known, word.said, word.clause)
        return word


def _toneless(typed: list[Word]) -> list[Word]:
    """Where all tones were left out, “khuyêt tât” is no more exact than “khuyet tat”, and is read so."""
    marks = [_VOWELS.intersection(normalize("NFD", word.text)) for word in typed]
    if len(typed) < _TONED or any(_TONES.intersection(normalize("NFD", word.text)) for word in typed):
        return typed
    return [replace(word, text=word.bare) if marked else word for word, marked in zip(typed, marks, strict=True)]


def _vocabulary_words(vocabulary: Vocabulary) -> Iterator[Word]:
    for phrases in (
        [official for _, official in vocabulary.all_rewrites()],
        *vocabulary.actions.values(),
        *(stem.phrases for stem in vocabulary.ambiguous),
        *(door.phrases for door in vocabulary.not_ours),
    ):
        for phrase in phrases:
            yield from words(phrase)
