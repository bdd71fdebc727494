"""What every answer is made of: the value, then parts behind semicolons, and how a cell is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from procedures_catalog.fold import fold, normal

from . import words
from .rows import Kind

REMOVE = {"bỏ", "xóa", "xoá"}
WAYS = (Kind.ONLINE, Kind.POST, Kind.IN_PERSON)


class Unclear(Exception):
    """The cell cannot be understood; the message says why and what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """New values of the fact's keys, None to take one out; `text` for a mere text; `remove`: the item goes."""

    values: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    remove: bool = False


_HIDDEN = {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": " ", "Cf": ""}
_NOTE = re.compile(r"(?:^|;)\s*ghi chú\s*:\s*(.*)$", re.DOTALL | re.IGNORECASE)
_WORDING = re.compile(r"(?:^|;)\s*nguồn ghi\s*:.*$", re.DOTALL | re.IGNORECASE)
_DAY = r"(\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4})"
PERIOD = re.compile(
    rf"(?:^|;)\s*(?:từ (?:ngày )?{_DAY}(?:\s*(?:,|-|đến)\s*(?:đến )?(?:hết )?(?:ngày )?{_DAY})?"
    rf"|đến (?:hết )?(?:ngày )?{_DAY})\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:ban (?:chinh|sao|goc|chup)|so ban|\d+ ban|mau|ghi chu|nguon ghi|xuat trinh|nop|ten|tu ngay"
    r"|(?:tu|den|den het) \d)\b(?P<colon>\s*:)?"
)
"""How a part begins, in letters without accents."""


def clean(text: str) -> str:
    """One spelling of each letter, nothing invisible; lines and blanks inside become single blanks."""
    shown = "".join(_HIDDEN.get(unicodedata.category(letter), letter) for letter in text)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def pieces(text: str) -> list[str]:
    """What stands between semicolons."""
    return [piece for piece in map(str.strip, text.split(";")) if piece]


def labelled(piece: str) -> bool:
    """Whether it begins as a part does, rightly written or not: “bản sao: hai”, “ban sao hai”."""
    return _LABEL.match(fold(piece)) is not None


def marked(piece: str) -> bool:
    """Whether it is a part with its colon; a text of its own may well begin with “bản sao”."""
    match = _LABEL.match(fold(piece))
    return bool(match and match["colon"]) or PERIOD.fullmatch(piece) is not None


def cut(kind: Kind, text: str, old: Any) -> tuple[str, dict[str, Any]]:
    """The value itself, and the note and period that stand behind it. Raises Unclear."""
    values: dict[str, Any] = {}
    if match := _NOTE.search(text):
        values["note"] = _note(kind, match[1].strip(), old)
        text = text[: match.start()]
    text = _WORDING.sub("", text)
    while kind not in WAYS and (match := PERIOD.search(text)):
        found = span(match)
        if found.keys() & values.keys():
            raise Unclear(f"“{text}” says two first or two last days; write one.{example(kind)}")
        values |= found
        text = text[: match.start()]
    return text.strip(" ;"), values


def _note(kind: Kind, note: str, old: Any) -> str | None:
    if not note or normal(note) in map(normal, REMOVE):
        return None
    if note != old.get("note"):
        for piece in pieces(note):
            if marked(piece):
                raise Unclear(f"“{piece}” stands in the note; write “ghi chú: …” as the last part.{example(kind)}")
    return note


def span(match: re.Match[str]) -> dict[str, Any]:
    """First and last day of a `PERIOD`; one that is not said is not changed. Raises Unclear."""
    first, last = match[1], match[2] or match[3]
    found = {key: day(said) for key, said in (("valid_from", first), ("valid_to", last)) if said}
    if len(found) > 1 and found["valid_to"] < found["valid_from"]:
        raise Unclear("The last day lies before the first; correct one of the two.")
    return found


def day(text: str) -> date:
    """“22/11/2026”. Raises Unclear."""
    parts = re.fullmatch(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*", text)
    try:
        if parts is not None:
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
    except ValueError:
        pass
    raise Unclear(f"“{text}” is not a date; write day, month, year, like 22/11/2026.")


def example(kind: Kind) -> str:
    """The end of a refusal: how such a value is written."""
    return f" Examples: {words.wording()['examples'][kind]}."
