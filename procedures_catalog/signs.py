"""Whether a text tells of something: danger, a denunciation. Forgiving of accents, never of half a word."""

from __future__ import annotations

from functools import lru_cache

from .fold import Said
from .model import Signs


def tells(text: str, signs: Signs) -> bool:
    """Whether the signs stand in the text."""
    said = _said(text)
    if signs.unless:
        said = said.without(signs.unless)
    return said.holds(signs.words) or said.holds_exactly(signs.accented) or said.is_one_of(signs.alone)


@lru_cache(maxsize=1)
def _said(text: str) -> Said:
    """Read once for all signs looked for in turn."""
    return Said(text)
