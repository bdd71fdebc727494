"""Syllables that no Vietnamese word has: slips of the keyboard that look almost right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from ..marked import Fault, Marked
from .rule import Rule, Scene, leaves

SYLLABLE = Rule(
    id="text-syllable",
    what="a syllable that Vietnamese does not have: “đuợc”, “giâý”, “nghĩệp”",
    why="It looks careless, and search does not find the word.",
    mend="Type the word again.",
)
RULES = (SYLLABLE,)

_KEYS = {
    *("name", "plain", "everyday", "decided_by", "who", "result", "note", "notes", "per", "ask", "say"),
    *("centre", "address", "where", "label", "formerly"),
}
_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx]"
_RHYMES = (
    "iêng|oach|oang|oanh|oăng|oong|uâng|uêch|uênh|uông|uych|uyên|uyêt|uynh|ương|yêng|ach|"
    "ang|anh|ăng|âng|eng|êch|ênh|ich|iêc|iêm|iên|iêp|iêt|iêu|inh|oac|oai|oam|oan|oao|"
    "oap|oat|oay|oăc|oăm|oăn|oăt|oen|oeo|oet|ong|ooc|ông|uân|uât|uây|uêu|ung|uôc|uôi|"
    "uôm|uôn|uôt|uya|uyn|uyp|uyt|uyu|ưng|ươc|ươi|ươm|ươn|ươp|ươt|ươu|yêm|yên|yêt|yêu|"
    "ac|ai|am|an|ao|ap|at|au|ay|ăc|ăm|ăn|ăp|ăt|âc|âm|ân|âp|ât|âu|ây|ec|em|en|eo|"
    "ep|et|êm|ên|êp|êt|êu|ia|im|in|ip|it|iu|oa|oc|oe|oi|om|on|op|ot|ôc|ôi|ôm|ôn|"
    "ôp|ôt|ơi|ơm|ơn|ơp|ơt|ua|uc|uê|ui|um|un|uơ|up|ut|uy|ưa|ưc|ưi|ưm|ưn|ưt|ưu|a|"
    "ă|â|e|ê|i|o|ô|ơ|u|ư|y"
)
_LETTER = "a-zß-öø-ÿăđĩũơưạ-ỹ"
_WORD = re.compile(rf"(?<![\w.@/&])[^\W\d_][{_LETTER}]+(?![\w@])")
_SHAPE = re.compile(rf"(?:{_ONSETS})?(?:{_RHYMES})")
_TONES = dict.fromkeys((0x300, 0x301, 0x303, 0x309, 0x323))
_STOPPED = re.compile(r"(?:c|ch|p|t)$")
_MISPLACED = re.compile("[íìỉĩị]ê|[úùủũụ]ô|[ứừửữự]ơ|[ýỳỷỹỵ]ê|[âăêôơư][íìỉĩịúùủũụýỳỷỹỵ]")


def spelling(scene: Scene) -> Iterator[Fault]:
    """Every text of everything somebody has reviewed, everyday names too."""
    records = [marked for _, marked in scene.found]
    records += [marked for kind in ("life_events", "offices", "topics", "roles") for _, marked in scene.each(kind)]
    for kind in ("deployment", "vocabulary"):
        if (single := scene.single(kind)) is not None:
            records.append(single[1])
    for marked in records:
        yield from _record(marked)


def _record(marked: Marked) -> Iterator[Fault]:
    for path, text, spot in leaves(marked):
        if not _KEYS.intersection(path[-2:]):
            continue
        wrong = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not possible(word.lower())]
        if wrong:
            yield SYLLABLE.at(spot, f"“{wrong[0]}” is no Vietnamese syllable.")


@lru_cache(maxsize=8192)
def possible(word: str) -> bool:
    """Whether a word in small letters can be a Vietnamese syllable.

    Words of plain letters are let pass, and those without a vowel, which are abbreviations.
    """
    parts = unicodedata.normalize("NFD", word)
    if word.isascii() or not re.search("[aeiouy]", parts):
        return True
    tones = [sign for sign in parts if ord(sign) in _TONES]
    plain = unicodedata.normalize("NFC", parts.translate(_TONES))
    shaped = _SHAPE.fullmatch(plain) or (plain.startswith("gi") and _SHAPE.fullmatch(f"g{plain[1:]}"))
    if not shaped or len(tones) > 1 or _MISPLACED.search(word):
        return False
    return not _STOPPED.search(plain) or (len(tones) == 1 and tones[0] in "\u0301\u0323")
