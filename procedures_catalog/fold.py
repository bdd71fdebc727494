"""Vietnamese letters made comparable: one spelling for each syllable, and the same without accents."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = range(0x0300, 0x0370)
_LATIN = (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00))

_BARE: dict[int, str | None] = dict.fromkeys(_MARKS)
_BARE |= {point: unicodedata.normalize("NFD", chr(point))[0] for point in _LATIN}
_BARE |= {ord("đ"): "d", ord("Đ"): "d"}

# Half the country says hỏi and ngã alike, and writes them so.
_HOI_NGA = str.maketrans("ãẵẫẽễĩõỗỡũữỹ", "ảẳẩẻểỉỏổởủửỷ")

_WORD = re.compile(r"[^\W_]+")

# "hoà" and "hòa" are the same syllable; the tone is moved to the first vowel, except after "qu".
_TONES = {
    rounded + vowel: rounded_toned + plain
    for rounded, plain, vowels, rounded_tones in (
        ("o", "a", "àáảãạ", "òóỏõọ"),
        ("o", "e", "èéẻẽẹ", "òóỏõọ"),
        ("u", "y", "ỳýỷỹỵ", "ùúủũụ"),
    )
    for vowel, rounded_toned in zip(vowels, rounded_tones, strict=True)
}
_LATE_TONE = re.compile(rf"(?<!q)(?:{'|'.join(_TONES)})(?!\w)")


def normal(text: str) -> str:
    """Lower case, composed (NFC), tone marks in one place; accents are kept."""
    return _LATE_TONE.sub(lambda match: _TONES[match[0]], unicodedata.normalize("NFC", text.lower()))


def bare(text: str) -> str:
    """A text already `normal`, without accents and with đ as d."""
    return text.translate(_BARE)


def fold(text: str) -> str:
    """Any text in lower case, without accents and with đ as d."""
    return bare(normal(text))


def sounds_alike(one: str, other: str) -> bool:
    """Whether two `normal` texts differ in nothing but hỏi and ngã."""
    return one.translate(_HOI_NGA) == other.translate(_HOI_NGA)


def tokens(text: str) -> list[str]:
    """The words of a text in order, `normal`, accents kept; punctuation and emoji are dropped."""
    return _WORD.findall(normal(text))


class Said:
    """A text to find phrases in, whole words only.

    One with accents must hold a phrase with its accents ("chạy" is not "cháy"); one without is compared without.
    """

    __slots__ = ("_accented", "_text")

    def __init__(self, text: str) -> None:
        self._text = f" {' '.join(tokens(text))} "
        self._accented = bare(self._text) != self._text

    def holds(self, phrases: tuple[str, ...]) -> bool:
        """Whether one of them stands in the text."""
        return any(phrase in self._text for phrase in self._forms(phrases))

    def holds_exactly(self, phrases: tuple[str, ...]) -> bool:
        """Whether one of them stands in the text, with just the accents it has."""
        return any(phrase in self._text for phrase in _comparable(phrases)[0])

    def is_one_of(self, phrases: tuple[str, ...]) -> bool:
        """Whether the text is one of them and nothing else."""
        return self._text in self._forms(phrases)

    def without(self, phrases: tuple[str, ...]) -> Said:
        """The rest of the text; what stood around a phrase does not come together."""
        rest = Said("")
        rest._text, rest._accented = self._text, self._accented
        for phrase in self._forms(phrases):
            rest._text = rest._text.replace(phrase, " | ")
        return rest

    def _forms(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        accented, plain = _comparable(phrases)
        return accented if self._accented else plain


@lru_cache(maxsize=1024)
def _comparable(phrases: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """With accents and without. Remembered: the same few lists are looked for in every message."""
    accented = tuple(f" {' '.join(tokens(phrase))} " for phrase in phrases)
    return accented, tuple(bare(phrase) for phrase in accented)
