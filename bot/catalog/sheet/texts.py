"""Values that are words: who, the result, who decides, and what a paper is called.

Any slip of the pen is a text too. So a text must be one: not a remark, not a part of another value, and not a
stump of what stood there.
"""

from __future__ import annotations

import re
from typing import Any

from procedures_catalog.fold import bare, fold, normal, tokens

from .parts import Correction, Unclear, example, marked, pieces
from .rows import Kind, Names

LEAST_LETTERS = 3
LONGEST_REMARK = 5
"""Words; a longer text is a sentence, also when it begins with “không” or the like."""

MANY_WORDS = 3
"""A value of as many is not replaced by a single word."""

_REMARKS = "không|bỏ|thêm|bổ sung|thiếu|thừa|sai|xem|như|giống|giữ|cần|chưa|đúng|ok"
_REMARK = re.compile(rf"(?:{_REMARKS})\b")
_BARE_REMARK = re.compile(rf"(?:{bare(normal(_REMARKS))})\b")


def same(one: str, other: str) -> bool:
    """Whether two texts are the same words, whatever their accents, case and punctuation."""
    return tokens(fold(one)) == tokens(fold(other))


def remark(text: str) -> bool:
    """Whether it begins like a remark: “không có”, “như trên”, “thêm …”. Without accents it may be any of them."""
    said = normal(text)
    return (_BARE_REMARK if said == bare(said) else _REMARK).match(said) is not None


def worded(kind: Kind, text: str, old: str | None) -> str:
    """The text, if it can stand in the place of `old`. Raises Unclear."""
    stump = len(tokens(text)) < 2 and len(tokens(old or "")) >= MANY_WORDS
    if stump or sum(map(str.isalpha, text)) < LEAST_LETTERS:
        raise Unclear(f"“{text}” is too short to stand for the value; write it in full.{example(kind)}")
    for piece in pieces(text):
        if marked(piece):
            raise Unclear(f"“{piece}” is a part of another kind of value, not this text.{example(kind)}")
    return text


def sentence(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    """Who can file, or who decides: the whole sentence anew."""
    return Correction(values={kind.value: _said(kind, text, old)})


def result(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    """What comes out, by its name."""
    return Correction(text=_said(kind, text, old))


def _said(kind: Kind, text: str, old: Any) -> str:
    before = old if isinstance(old, str) else None
    if text == before:
        return text
    if remark(text) and len(tokens(text)) <= LONGEST_REMARK:
        raise Unclear(f"“{text}” reads like a remark, not like the value.{example(kind)}")
    return worded(kind, text, before)
