"""Codes that exist and are of another matter: the words beside a code against the names of its record."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

from ..fold import tokens
from ..marked import Fault, Marked
from ..model import Procedure, Signpost
from ..reading import PROCEDURES, SIGNPOSTS
from .rule import Rule, Scene

STEP = Rule(
    id="event-code",
    what="a step whose words do not fit the procedure of its code",
    why="A digit is wrong, and people are led to the papers and fees of another procedure.",
    mend="Correct `code`, or say in `say` what that procedure is about.",
)
CHOICE = Rule(
    id="choice-code",
    what="a choice whose label does not fit the procedure of its code",
    why="People tap one thing and get another.",
    mend="Correct `code`, or the label.",
)
COVERS = Rule(
    id="covers-code",
    what="a bundle that covers a procedure its own words do not speak of, or one named twice",
    why="People are told that they need not do something which they still have to do.",
    mend="Correct the code under `covers:`.",
)
REPLACES = Rule(
    id="replaces-code",
    what="`replaces` names a procedure of another matter",
    why="Whoever asks for the old procedure is led to something else.",
    mend="Correct the code under `replaces:`.",
)
PASTED = Rule(
    id="words-other",
    what="`plain` or an everyday name that fits another record and not its own",
    why="It was pasted into the wrong file; people who type it are led astray.",
    mend="Move it to the record it is about.",
)
RULES = (STEP, CHOICE, COVERS, REPLACES, PASTED)

_CLEARLY, _NEAR = 1.7, 1.4
"""How many times better another record must fit: any other, and one whose code is a slip away."""
_LABEL = 2.2
_PASTED, _PASTED_NAME = (12.0, 6.0), (13.0, 8.0)
"""Least weight shared with another record, and how many times its own, for `plain` and for everyday names."""
_MOSTLY = 0.7
_SHARE = 0.18
"""The part of a covered or replaced name that the other name must share, in weight."""

Grams = frozenset[str]


def grams(*texts: str) -> Grams:
    """Words and pairs of neighbouring words."""
    found: set[str] = set()
    for text in texts:
        words = tokens(text)
        found.update(words)
        found.update(f"{one} {other}" for one, other in pairwise(words))
    return frozenset(found)


class Fitting:
    """How well words fit each record: rare words they share weigh more than common ones."""

    def __init__(self, records: Iterable[Procedure | Signpost]) -> None:
        records = list(records)
        self.names = {item.code: item.name for item in records}
        self.fields = {item.code: item.field for item in records}
        self._grams = {item.code: _said(item) for item in records}
        counted = Counter(gram for held in self._grams.values() for gram in held)
        many = len(self._grams) + 1
        self._weight = {gram: math.log(many / (times + 1)) for gram, times in counted.items()}
        self._holding: dict[str, list[str]] = {}
        for code, held in self._grams.items():
            for gram in held:
                self._holding.setdefault(gram, []).append(code)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes known."""
        return frozenset(self._grams)

    def score(self, words: Grams, code: str) -> float:
        """The weight of what the words share with the record."""
        held = self._grams[code]
        return sum(self._weight[gram] for gram in words if gram in held)

    def best(self, words: Grams, besides: str = "") -> tuple[float, str]:
        """How well the record fits that fits best, and its code; (0, "") when none does."""
        scores: dict[str, float] = {}
        for gram in words:
            for code in self._holding.get(gram, ()):
                scores[code] = scores.get(code, 0.0) + self._weight[gram]
        scores.pop(besides, None)
        return max(((score, code) for code, score in scores.items()), default=(0.0, ""))

    def share(self, words: Grams, code: str) -> float:
        """The part of the words' weight that the record holds, 0 to 1."""
        whole = sum(self._weight.get(gram, 1.0) for gram in words)
        return self.score(words, code) / whole if whole else 1.0


def _said(item: Procedure | Signpost) -> Grams:
    plain = item.plain if isinstance(item, Procedure) else ""
    return grams(item.name, plain, *item.everyday)


def near(one: str, other: str) -> bool:
    """Whether one is the other with a digit wrong or two neighbours swapped."""
    if len(one) != len(other):
        return False
    odd = [i for i, (mine, yours) in enumerate(zip(one, other, strict=True)) if mine != yours]
    swapped = len(odd) == 2 and one[odd[0]] == other[odd[1]] and one[odd[1]] == other[odd[0]]
    return len(odd) == 1 or swapped


def fitting(scene: Scene) -> Iterator[Fault]:
    """Codes in life events, questions, bundles and `replaces`."""
    fit = Fitting([item for item, _ in scene.found])
    for event, marked in scene.each("life_events"):
        for i, step in enumerate(event.steps):
            spot = marked.find(["steps", i])
            yield from _step(fit, STEP, step.code, grams(step.say), step.say, spot.find(["code"]), _CLEARLY)
            for j, code in enumerate(step.covers):
                at = spot.find(["covers", j])
                if code in step.covers[:j]:
                    yield COVERS.at(at, f"{code} is covered already.")
                elif code in fit.codes and step.code in fit.codes:
                    yield from _apart(fit, COVERS, code, step.code, at)
    if (single := scene.single("vocabulary")) is not None:
        for i, stem in enumerate(single[0].ambiguous):
            asked = grams(*stem.phrases)
            for j, choice in enumerate(stem.choices):
                spot = single[1].find(["ambiguous", i, "choices", j, "code"])
                earlier = [one.label for one in stem.choices[:j] if one.code == choice.code]
                if choice.code is not None and earlier:
                    yield CHOICE.at(
                        spot, f"“{earlier[0]}” and “{choice.label}” lead to the same code {choice.code}."
                    )
                    continue
                if choice.code is not None:
                    words = grams(choice.label) | asked
                    yield from _step(fit, CHOICE, choice.code, words, choice.label, spot, _LABEL)
    yield from _replaces(scene, fit)
    yield from _pasted(scene, fit)


def _step(
    fit: Fitting, rule: Rule, code: str, words: Grams, said: str, spot: Marked, clearly: float
) -> Iterator[Fault]:
    if code not in fit.codes:
        return
    own = fit.score(words, code)
    best, other = fit.best(words)
    if best <= own * _NEAR:
        return
    slips = [(fit.score(words, known), known) for known in fit.codes if near(code, known)]
    close, slip = max(slips, default=(0.0, ""))
    if slip and close > own * (_NEAR if clearly == _CLEARLY else clearly) and close > best / 2:
        best, other = close, slip
    elif best <= own * clearly:
        return
    message = f"“{_cut(said)}” does not fit {code} ({_cut(fit.names[code])})."
    yield rule.at(spot, message, f"Did you mean {other} ({_cut(fit.names[other])})?")


def _apart(fit: Fitting, rule: Rule, code: str, whole: str, spot: Marked) -> Iterator[Fault]:
    """Whether the name of a part has nothing to do with the whole."""
    if fit.share(grams(fit.names[code]), whole) < _SHARE:
        slips = [known for known in fit.codes if near(code, known)]
        better = [known for known in slips if fit.share(grams(fit.names[known]), whole) >= _SHARE]
        mend = f"Did you mean {better[0]} ({_cut(fit.names[better[0]])})?" if better else None
        message = f"{code} ({_cut(fit.names[code])}) has nothing to do with {whole} ({_cut(fit.names[whole])})."
        yield rule.at(spot, message, mend)


def _replaces(scene: Scene, fit: Fitting) -> Iterator[Fault]:
    """The old record may be a draft; then only its name is known."""
    known = {**scene.reading.values[SIGNPOSTS], **scene.reading.values[PROCEDURES]}
    for procedure, marked in scene.procedures:
        for i, code in enumerate(procedure.replaces):
            old = known.get(code)
            if old is None or code == procedure.code or fit.share(grams(old.name), procedure.code) >= _SHARE:
                continue
            mine = f"{procedure.code} ({_cut(procedure.name)})"
            message = f"{code} ({_cut(old.name)}) is another matter than {mine}."
            yield REPLACES.at(marked.find(["replaces", i]), message)


def _pasted(scene: Scene, fit: Fitting) -> Iterator[Fault]:
    """What its own record's other words do not share, and another's do."""
    for item, marked in scene.found:
        plain = item.plain if isinstance(item, Procedure) else ""
        said: list[tuple[str, list[str | int]]] = [(item.name, ["name"]), (plain, ["plain"])]
        said += [(name, ["everyday", i]) for i, name in enumerate(item.everyday)]
        held = [grams(text) for text, _ in said]
        counted = Counter(gram for part in held for gram in part)
        for (text, path), words in [*zip(said, held, strict=True)][1:]:
            others = frozenset(gram for gram in words if counted[gram] > 1)
            own = fit.score(others, item.code)
            best, other = fit.best(words, besides=item.code)
            enough, clearly = _PASTED if path == ["plain"] else _PASTED_NAME
            if best < enough or best <= own * clearly or fit.fields[other] == item.field:
                continue
            if path == ["plain"] or fit.share(words, other) > _MOSTLY:
                message = f"“{_cut(text)}” shares nothing with {item.code} ({_cut(item.name)})."
                mend = f"It reads like {other} ({_cut(fit.names[other])}); move it there, or say it otherwise."
                yield PASTED.at(marked.find(path), message, mend)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57].rstrip()}…"
