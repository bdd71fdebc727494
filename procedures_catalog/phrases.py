"""Words of a text, and finding known phrases among them whether or not accents were typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .fold import bare, normal

T = TypeVar("T")

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
    """

    def __init__(self, pairs: Iterable[tuple[str, T]], *, strict: bool = False) -> None:
        self._by_first: defaultdict[str, list[tuple[list[Word], T]]] = defaultdict(list)
        self._strict = strict
        for phrase, value in pairs:
            if parts := words(phrase):
                self._by_first[parts[0].bare].append((parts, value))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def at(self, text: Sequence[Word], start: int) -> tuple[int, T] | None:
        """(number of words, value) of the longest phrase beginning at `start`."""
        for parts, value in self._by_first.get(text[start].bare, ()):
            length = len(parts)
            if start + length <= len(text) and self._agree(parts, text[start : start + length]):
                return length, value
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

    def _agree(self, parts: Sequence[Word], typed: Sequence[Word]) -> bool:
        exact = self._strict and len(parts) == 1
        return all(
            word.text == part.text or (not exact and not word.accented and word.bare == part.bare)
            for part, word in zip(parts, typed, strict=True)
        )
