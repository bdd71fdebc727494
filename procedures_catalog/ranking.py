"""How well a question fits the names of a procedure.

A name is a set of features: its words and, weighing more because most Vietnamese words have two syllables,
its pairs of neighbouring words. Rare features weigh more. A procedure is as good as its best name, with a
share for what its other names explain of the question.
"""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from sys import intern

from .fold import sounds_alike
from .phrases import Word
from .query import Name, Query, Reader
from .subjects import PLAIN, Subject

_SINGLE, _PAIR = 0.4, 1.0
_UNKNOWN = 0.6  # of the rarest feature, for words no name has
_MISSING, _EXTRA = 1.0, 0.35  # price of what the name has and the question lacks, and the other way round
_EXTRA_CAP = 3.0  # a long story costs no more than this many times the name
_BEST_NAME, _ALL_NAMES = 0.8, 0.2
_NO_ACCENTS, _HALF_ACCENTS, _ALIKE, _OTHER_ACCENTS = 0.97, 0.85, 0.9, 0.4
_OTHER_ACTION = 0.5  # the question names an action that the procedure never names
_MORE_ACTION = 0.7  # the name has an action that the question lacks
_OTHER_WAY = 0.9  # one of them says how or where it is done, the other does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A subject with its score from 0 to 1 and the name that fitted best.

    `explained` is the share of the question, and of its pairs of words, that its names have, from 0 to 1.
    """

    subject: Subject
    score: float
    explained: float
    name: str
    words: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Entry:
    owner: int
    text: str
    worth: float
    actions: frozenset[str]
    ways: frozenset[str]
    words: tuple[str, ...]  # each once; thousands of sets would be ten times as large
    total: float


class Ranking:
    """Every name of every subject, by feature."""

    def __init__(self, named: Iterable[tuple[Subject, Sequence[tuple[str, float]]]], reader: Reader) -> None:
        self._subjects: list[Subject] = []
        self._actions: defaultdict[int, set[str]] = defaultdict(set)
        owners: defaultdict[str, set[int]] = defaultdict(set)
        read: list[tuple[_Entry, dict[str, str]]] = []
        for owner, (subject, names) in enumerate(named):
            self._subjects.append(subject)
            for text, worth in names:
                name = reader.name(text)
                features = _name_features(name)
                words = tuple(dict.fromkeys(intern(word.bare) for word in name.official))
                entry = _Entry(
                    owner=owner,
                    text=text,
                    worth=worth,
                    actions=name.actions,
                    ways=name.ways,
                    words=words,
                    total=0.0,
                )
                read.append((entry, features))
                if worth > PLAIN:
                    self._actions[owner] |= name.actions
                for feature in features:
                    owners[feature].add(owner)
        count = max(len(self._subjects), 1)
        self._unknown = math.log1p(count) * _UNKNOWN * _SINGLE
        self._weights = {
            feature: math.log1p(count / len(who)) * (_PAIR if " " in feature else _SINGLE)
            for feature, who in owners.items()
        }
        self._entries: list[_Entry] = []
        postings: defaultdict[str, defaultdict[str, array[int]]] = defaultdict(lambda: defaultdict(_numbers))
        for number, (entry, features) in enumerate(read):
            entry.total = sum(self._weights[feature] for feature in features)
            self._entries.append(entry)
            for feature, text in features.items():
                postings[feature][text].append(number)
        # By feature, each way it is written and the names that have it so; small, thousands of procedures long.
        self._postings = {feature: tuple(written.items()) for feature, written in postings.items()}

    def rank(self, query: Query) -> list[Ranked]:
        """Subjects that share anything with the question, best first; ties go to the plainer name."""
        gains: defaultdict[int, float] = defaultdict(float)
        explained: defaultdict[int, float] = defaultdict(float)
        total = strange = 0.0
        for feature, text in self._asked(query).items():
            weight = self._weights.get(feature)
            if weight is None:
                if " " in feature:
                    strange += self._unknown
                else:
                    total += self._unknown
                continue
            total += weight
            best: dict[int, float] = {}
            for written, numbers in self._postings[feature]:
                gain = weight * _agreement(text, written, feature, query.accented)
                for number in numbers:
                    gains[number] += gain
                    owner = self._entries[number].owner
                    best[owner] = max(gain, best.get(owner, 0.0))
            for owner, gain in best.items():
                explained[owner] += gain
        tops: dict[int, tuple[float, list[int]]] = {}
        for number, gain in gains.items():
            entry = self._entries[number]
            fit = round(self._fit(entry, gain, total, query), 6)
            best_fit, alike = tops.get(entry.owner, (-1.0, []))
            if fit > best_fit:
                tops[entry.owner] = (fit, [number])
            elif fit == best_fit:
                alike.append(number)
        said = {word.bare for word in query.official}
        ranked = [
            self._ranked(query, self._likest(alike, said), fit, explained[owner], total, strange)
            for owner, (fit, alike) in tops.items()
        ]
        ranked.sort(key=lambda hit: (-round(hit.score, 3), len(hit.subject.name), hit.subject.code))
        return ranked

    def _likest(self, alike: list[int], said: set[str]) -> _Entry:
        """Of names that fit alike, the one of the fewest other words, and of these the first."""
        if len(alike) == 1:
            return self._entries[alike[0]]
        return self._entries[min(alike, key=lambda number: (len(said ^ set(self._entries[number].words)), number))]

    def _asked(self, query: Query) -> dict[str, str]:
        asked = _features(query.content)
        # Short names also live by their small words: “giấy xin việc”.
        asked |= {pair: text for pair, text in _pairs(query.official) if pair in self._weights}
        return asked

    def _fit(self, entry: _Entry, gain: float, total: float, query: Query) -> float:
        extra = max(0.0, min(total, entry.total * _EXTRA_CAP) - gain)
        fit = entry.worth * gain / (gain + _MISSING * (entry.total - gain) + _EXTRA * extra)
        fit = fit if entry.actions <= query.actions else fit * _MORE_ACTION
        return fit if entry.ways == query.ways else fit * _OTHER_WAY

    def _ranked(
        self, query: Query, entry: _Entry, fit: float, gain: float, total: float, strange: float
    ) -> Ranked:
        score = _BEST_NAME * fit + _ALL_NAMES * gain / total
        if query.actions and not query.actions & self._actions[entry.owner]:
            score *= _OTHER_ACTION
        explained = gain / (total + strange)
        subject = self._subjects[entry.owner]
        return Ranked(subject=subject, score=score, explained=explained, name=entry.text, words=entry.words)


def _numbers() -> array[int]:
    return array("I")


def _pairs(content: Sequence[Word]) -> Iterator[tuple[str, str]]:
    for first, second in pairwise(content):
        yield f"{first.bare} {second.bare}", f"{first.text} {second.text}"


def _features(content: Sequence[Word]) -> dict[str, str]:
    """Feature without accents → the same as written."""
    found = {word.bare: word.text for word in content}
    found.update(_pairs(content))
    return found


def _name_features(name: Name) -> dict[str, str]:
    found = _features(name.content)
    if len({word.said for word in name.content}) == 1:
        lone = {word.bare for word in name.content}
        found.update((pair, text) for pair, text in _pairs(name.official) if lone & set(pair.split()))
    return found


def _agreement(asked: str, written: str, feature: str, accented: bool) -> float:
    """How well the accents fit, as the worst word of the feature."""
    if asked == written:
        return 1.0
    if asked == feature:
        return _HALF_ACCENTS if accented else _NO_ACCENTS
    if " " in feature:
        parts = zip(asked.split(), written.split(), feature.split(), strict=True)
        return min(_agreement(*part, accented) for part in parts)
    return _ALIKE if sounds_alike(asked, written) else _OTHER_ACCENTS
