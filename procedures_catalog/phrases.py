"""Words of a text, and finding known phrases among them whether or not accents were typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .fold import bare, normal

T = TypeVar("T")

GAP = "…"
_GAP_WORDS = 4
_PIECE = re.compile(r"[^\W_]+|[.,;:?!()\n]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `text` keeps its accents, `bare` has none, `said` is what was typed for it."""

    text: str
    bare: str
    said: str
    clause: int = 0

    @property
    def accented(self) -> bool:
        return self.text != self.bare


def words(text: str) -> list[Word]:
    """The words of a text; a new clause begins at every punctuation mark."""
    found = []
    clause = 0
    for piece in _PIECE.findall(normal(text)):
        if piece[0].isalnum():
            found.append(Word(piece, bare(piece), piece, clause))
        else:
            clause += 1
    return found


class Phrases(Generic[T]):
    """Phrases with a value each; finds the longest one that starts at a word.

    A typed accent must be the phrase's accent; a word typed without accents agrees with any. With `strict`
    a phrase of one word must be typed exactly, for short words that mean something else without accents.
    In “mất … khai sinh” a few words of the same clause may stand for the dots.
    """

    def __init__(self, pairs: Iterable[tuple[str, T]], *, strict: bool = False) -> None:
        self._by_first: defaultdict[str, list[tuple[list[list[Word]], T]]] = defaultdict(list)
        self._strict = strict
        for phrase, value in pairs:
            if parts := [part for piece in phrase.split(GAP) if (part := words(piece))]:
                self._by_first[parts[0][0].bare].append((parts, value))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -sum(map(len, entry[0])))

    def at(self, text: Sequence[Word], start: int) -> tuple[int, T] | None:
        """(number of words, value) of the longest phrase beginning at `start`."""
        for parts, value in self._by_first.get(text[start].bare, ()):
            if (stop := self._stop(parts, text, start)) is not None:
                return stop - start, value
        return None

    def find(self, text: Sequence[Word]) -> Iterator[tuple[range, T]]:
        """Every phrase of the text from left to right, the longest first, none overlapping."""
        start = 0
        while start < len(text):
            if hit := self.at(text, start):
                yield range(start, start + hit[0]), hit[1]
                start += hit[0]
            else:
                start += 1

    def _stop(self, parts: Sequence[Sequence[Word]], text: Sequence[Word], start: int) -> int | None:
        """Where the phrase ends that begins at `start`."""
        stop, reach = start, start
        for part in parts:
            begin = next((i for i in range(stop, reach + 1) if self._agree(part, text[i : i + len(part)])), None)
            if begin is None or text[begin].clause != text[start].clause:
                return None
            stop = begin + len(part)
            reach = stop + _GAP_WORDS
        return stop

    def _agree(self, part: Sequence[Word], typed: Sequence[Word]) -> bool:
        exact = self._strict and len(part) == 1
        return len(part) == len(typed) and all(
            word.text == wanted.text or (not exact and not word.accented and word.bare == wanted.bare)
            for wanted, word in zip(part, typed, strict=True)
        )
