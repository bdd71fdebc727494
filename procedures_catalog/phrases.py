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


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    """A phrase in its parts between gaps; of lower rank is what is meant sooner: longer ones, then earlier."""

    rank: tuple[int, int]
    parts: list[list[Word]]
    value: T


class Phrases(Generic[T]):
    """Phrases with a value each; finds the longest one that starts at a word.

    A typed accent must be the phrase's accent; a word typed without accents agrees with any. With `strict`
    a phrase of one word must be typed exactly, for short words that mean something else without accents.
    In “mất … khai sinh” a few words of the same clause may stand for the dots.
    """

    def __init__(self, pairs: Iterable[tuple[str, T]], *, strict: bool = False) -> None:
        # By how they begin: two words where there are two, for many phrases share their first.
        self._by_start: defaultdict[tuple[str, ...], list[_Entry[T]]] = defaultdict(list)
        self._strict = strict
        for number, (phrase, value) in enumerate(pairs):
            if parts := [part for piece in phrase.split(GAP) if (part := words(piece))]:
                start = tuple(word.bare for word in parts[0][:2])
                self._by_start[start].append(_Entry((-sum(map(len, parts)), number), parts, value))
        self._firsts = {start[0] for start in self._by_start}
        for entries in self._by_start.values():
            entries.sort(key=lambda entry: entry.rank)

    def at(self, text: Sequence[Word], start: int) -> tuple[int, T] | None:
        """(number of words, value) of the longest phrase beginning at `start`."""
        if text[start].bare not in self._firsts:
            return None
        begins = tuple(word.bare for word in text[start : start + 2])
        found: tuple[_Entry[T], int] | None = None
        for key in {begins, begins[:1]}:
            for entry in self._by_start.get(key, ()):
                if found is not None and found[0].rank < entry.rank:
                    break
                if (stop := self._stop(entry.parts, text, start)) is not None:
                    found = (entry, stop)
                    break
        return (found[1] - start, found[0].value) if found is not None else None

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
