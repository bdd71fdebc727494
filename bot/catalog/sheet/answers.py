"""What a person wrote as the right value → changes of the record, or why it cannot be understood.

The form is that of the value shown (`words`): a value, then parts behind semicolons. Parts that are not written
again stay as they were. Nothing is guessed: what has two readings is refused with an example.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from procedures_catalog.fold import normal
from procedures_catalog.importers.values import time_limit
from procedures_catalog.model import FeeSetBy, OnlineLevel

from . import words
from .rows import Kind, Names

LONGEST = 2_000
LEAST_WORDED = 3
SMALLEST_FEE = 1_000
"""A bare number below may be thousands that Excel has swallowed: 50.000 typed on an English one is 50."""

LARGEST_FEE = 10_000_000_000


class Unclear(Exception):
    """The cell cannot be understood; the message says why and what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """New values of the fact's keys, None to take one out; `text` for a mere text; `remove`: the item goes."""

    values: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    remove: bool = False


_NOTE = re.compile(r"(?:^|;)\s*ghi chú\s*:\s*(.*)$", re.DOTALL | re.IGNORECASE)
_WORDING = re.compile(r"(?:^|;)\s*nguồn ghi\s*:.*$", re.DOTALL | re.IGNORECASE)
_DAY = r"(\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4})"
_PERIOD = re.compile(
    rf"(?:^|;)\s*(?:từ (?:ngày )?{_DAY}(?:\s*(?:,|-|đến)\s*(?:đến )?(?:hết )?(?:ngày )?{_DAY})?"
    rf"|đến (?:hết )?(?:ngày )?{_DAY})\s*$",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?")
_MONEY = re.compile(
    r"(?P<number>\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+|(?: \d{3})+)|\d+)(?P<cents>[.,]0{1,2}(?!\d))?\s*"
    r"(?P<scale>nghìn|ngàn|k|triệu)?\s*(?P<unit>đồng|đ|vnđ|vnd|₫)?"
)
_SCALES = {"nghìn": 1_000, "ngàn": 1_000, "k": 1_000, "triệu": 1_000_000}
_FREE = {"không thu", "không thu phí", "không thu phí, lệ phí", "không thu lệ phí", "không mất phí", "miễn phí"}
_FREE |= {"miễn lệ phí", "miễn phí, lệ phí", "0", "0 đồng", "0 đ", "0đ"}
_COUNCIL = r"(?:hđnd|hội đồng nhân dân)"
_BY_PROVINCE = re.compile(
    rf"(?:do |theo )?(?:nghị quyết (?:của )?)?{_COUNCIL}(?: (?:cấp )?tỉnh)?(?: quy định| quyết định)?"
)
_PROVINCE_TEXT = re.compile(rf"{_COUNCIL}")
_NATIONAL_TEXT = re.compile(r"\d/(?:nđ-cp|tt-|ttlt-|qh\d|ubtvqh)|nghị định|thông tư|luật")
_OFFERED = {"có": True, "có nhận": True, "không": False, "không có": False, "không nhận": False}
_LEVELS = {
    "toàn trình": OnlineLevel.FULL,
    "mức 4": OnlineLevel.FULL,
    "mức độ 4": OnlineLevel.FULL,
    "một phần": OnlineLevel.PARTIAL,
    "mức 3": OnlineLevel.PARTIAL,
    "mức độ 3": OnlineLevel.PARTIAL,
}
_COUNT = re.compile(r"bản (chính|sao)\s*:?\s*(\d{1,2})|(\d{1,2}) bản (chính|sao)")
_REMARK = re.compile(r"(?:không|bỏ|thêm|bổ sung|thiếu|thừa|sai|xem|như|giống|cần|chưa|đúng|ok)\b")
_UNSAFE = ("=", "+", "@")
REMOVE = {"bỏ", "xóa", "xoá"}


def correction(kind: Kind, said: str, old: Any, basis: str, places: Names) -> Correction:
    """The change that a cell asks for. `old` is the row's `data`. Raises Unclear."""
    text = clean(said)
    if len(text) > LONGEST:
        raise Unclear(f"The text is longer than {LONGEST} characters; shorten it.")
    if text.startswith(_UNSAFE):
        raise Unclear(f"A value does not begin with {text[0]}; write it as plain text.{_example(kind)}")
    if normal(text) == normal(words.wording()["unknown"]):
        raise Unclear("If the right value is not known, choose “Chưa rõ” and leave this cell empty.")
    if _ISO.fullmatch(text) and kind is not Kind.VALID:
        raise Unclear(f"Excel has made a date of it; write it with its unit.{_example(kind)}")
    if kind in (Kind.LEGAL_BASIS, Kind.NOTES):
        raise Unclear("This row is not corrected in the sheet; choose “Chưa rõ” and write a comment.")
    if normal(text) in map(normal, REMOVE):
        return _removed(kind)
    return _READERS[kind](kind, text, old, basis, places)


def clean(text: str) -> str:
    """One spelling of each letter, nothing invisible; lines and blanks inside become single blanks."""
    shown = "".join(_HIDDEN.get(unicodedata.category(letter), letter) for letter in text)
    return " ".join(unicodedata.normalize("NFC", shown).split())


_HIDDEN = {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": " ", "Cf": ""}


def checking_day(text: str, today: date) -> date:
    """The day of checking: “22/11/2026”, or what Excel stores for a date. Raises Unclear."""
    example = "write it like 22/11/2026"
    iso = _ISO.fullmatch(text.strip())
    try:
        on = date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else _date(text)
    except (Unclear, ValueError) as fault:
        raise Unclear(f"“{clean(text)}” is not a date; {example}.") from fault
    if on > today:
        raise Unclear(f"The day of checking, {words.day(on)}, lies in the future; {example}.")
    if on.year < LEAST_YEAR:
        raise Unclear(f"The day of checking, {words.day(on)}, lies too far back; {example}.")
    return on


LEAST_YEAR = 2020


def _removed(kind: Kind) -> Correction:
    if kind is Kind.LINK:
        return Correction(values={"link": None})
    if kind in (Kind.PAPER, Kind.FEE, Kind.TIME_LIMIT, Kind.RESULT):
        return Correction(remove=True)
    raise Unclear(f"This value cannot be taken out.{_example(kind)}")


def _cut(kind: Kind, text: str) -> tuple[str, dict[str, Any]]:
    """The value itself, and the note and period that stand behind it."""
    values: dict[str, Any] = {}
    if match := _NOTE.search(text):
        note = match[1].strip()
        values["note"] = None if not note or normal(note) in map(normal, REMOVE) else note
        text = text[: match.start()]
    text = _WORDING.sub("", text)
    if kind not in (Kind.ONLINE, Kind.POST, Kind.IN_PERSON) and (match := _PERIOD.search(text)):
        values |= _span(match)
        text = text[: match.start()]
    return text.strip(" ;"), values


def _without_doubt(old: Any) -> dict[str, Any]:
    """The note of a value that was not known explains that; it goes with the doubt, unless written again."""
    open_fee = "set_by" in old and "amount" not in old
    if open_fee or "wording" in old or "unknown" in (old.get("unit"), old.get("offered")):
        return {"note": None}
    return {}


def _span(match: re.Match[str]) -> dict[str, Any]:
    """First and last day; one that is not said is not changed."""
    first, last = match[1], match[2] or match[3]
    found = {key: _date(day) for key, day in (("valid_from", first), ("valid_to", last)) if day}
    if len(found) > 1 and found["valid_to"] < found["valid_from"]:
        raise Unclear("The last day lies before the first; correct one of the two.")
    return found


def _date(text: str) -> date:
    parts = re.fullmatch(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*", text)
    try:
        if parts is not None:
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
    except ValueError:
        pass
    raise Unclear(f"“{text}” is not a date; write day, month, year, like 22/11/2026.")


def _time_limit(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    main, values = _cut(kind, text)
    if main:
        read = time_limit(main.lower().removesuffix("(tính cả ngày nghỉ)"))
        if read.reason is not None:
            raise Unclear(f"“{main}”: {read.reason}.{_example(kind)}")
        values = _without_doubt(old) | values
        values |= {"unit": read.unit.value, "amount": read.amount, "wording": None}
    return Correction(values=values)


def _fee(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    main, values = _cut(kind, text)
    if not main:
        return Correction(values=values)
    value, _, per = main.partition("/")
    said = normal(value).strip()
    values = _without_doubt(old) | values | {"wording": None}
    if per.strip():
        values["per"] = per.strip()
    if _BY_PROVINCE.fullmatch(said):
        return Correction(values=values | {"set_by": FeeSetBy.PROVINCE.value, "amount": None})
    amount = 0 if said in map(normal, _FREE) else _amount(kind, value, said)
    return Correction(values=values | {"set_by": _decided_by(basis, old), "amount": amount})


def _amount(kind: Kind, shown: str, said: str) -> int:
    match = _MONEY.fullmatch(said)
    if match is None:
        raise Unclear(f"“{shown.strip()}” is not an amount of money.{_example(kind)}")
    amount = int(re.sub(r"\D", "", match["number"])) * _SCALES.get(match["scale"] or "", 1)
    if amount < SMALLEST_FEE and (match["cents"] or not match["unit"]):
        thousands = f"{amount or 50}.000 đồng"
        raise Unclear(f"“{said}” may be thousands; write “{thousands}” or “{amount} đồng”.")
    if amount > LARGEST_FEE:
        raise Unclear(f"“{shown.strip()}” is more than any fee.{_example(kind)}")
    return amount


def _decided_by(basis: str, old: Any) -> str:
    """Who sets the amount, as far as the stated basis tells; otherwise what was known before."""
    said = normal(basis)
    if _PROVINCE_TEXT.search(said):
        return FeeSetBy.PROVINCE.value
    if _NATIONAL_TEXT.search(said):
        return FeeSetBy.LAW.value
    return str(old.get("set_by", FeeSetBy.UNKNOWN.value))


def _way(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    main, values = _cut(kind, text)
    if not main:
        return Correction(values=values)
    said = normal(main)
    rest = re.sub(r"^có\b[ ,]*", "", said)
    levels = {normal(name): level for name, level in _LEVELS.items()}
    if kind is Kind.ONLINE and rest in levels:
        values = _without_doubt(old) | values
        return Correction(values=values | {"offered": True, "level": levels[rest].value})
    offered = {normal(name): known for name, known in _OFFERED.items()}.get(said)
    if offered is None:
        raise Unclear(f"“{main}” is not understood.{_example(kind)}")
    values = _without_doubt(old) | values | {"offered": offered}
    if not offered:
        values = {"note": None, **values}
        if kind is Kind.ONLINE:
            values["level"] = OnlineLevel.UNKNOWN.value
    return Correction(values=values)


def _paper(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    main, values = _cut(kind, text)
    named: list[str] = []
    for piece in filter(None, map(str.strip, main.split(";"))):
        said = piece.lower()
        counts = [_COUNT.fullmatch(part.strip()) for part in said.split(",")]
        if all(counts):
            for count in filter(None, counts):
                what, number = count[1] or count[4], count[2] or count[3]
                values["original" if what == "chính" else "copies"] = int(number)
        elif said.startswith("mẫu:"):
            values["form"] = piece[len("mẫu:") :].strip()
        elif said in ("xuất trình", "nộp"):
            values["show"] = said == "xuất trình"
        elif "form" in values:  # a form's name may hold semicolons too
            values["form"] += f"; {piece}"
        else:
            named.append(piece)
    if normal(values.get("form", "")) in map(normal, REMOVE):
        values["form"] = None
    if named:
        name = _worded(kind, "; ".join(named))
        if _REMARK.match(name.lower()):
            raise Unclear(f"“{name}” reads like a remark, not like a paper's name.{_example(kind)}")
        values["name"] = name
    return Correction(values=values)


def _worded(kind: Kind, text: str) -> str:
    """A text that has words in it and is not a mere number."""
    if sum(map(str.isalpha, text)) < LEAST_WORDED:
        raise Unclear(f"“{text}” is too short to stand for the value.{_example(kind)}")
    return text


def _sentence(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    return Correction(values={kind.value: _worded(kind, text)})


def _result(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    return Correction(text=_worded(kind, text))


def _office(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    by_name = {normal(name): role for name, role in places.roles.items()}
    if (role := by_name.get(normal(text))) is not None:
        return Correction(values={"office": role})
    near = difflib.get_close_matches(text, list(places.roles), n=1)
    mend = f"Did you mean “{near[0]}”?" if near else "Take one from the list on the first sheet."
    raise Unclear(f"“{text}” is not an office of this place. {mend}")


def _link(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in text
    except ValueError:
        fine = False
    if not fine:
        raise Unclear(f"“{text}” is not an address of a page.{_example(kind)}")
    return Correction(values={"link": text})


def _valid(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    if (match := _PERIOD.fullmatch(text)) is None:
        raise Unclear(f"“{text}” does not say from when or until when.{_example(kind)}")
    return Correction(values=_span(match))


def _example(kind: Kind) -> str:
    return f" Examples: {words.wording()['examples'][kind]}."


_READERS: dict[Kind, Callable[[Kind, str, Any, str, Names], Correction]] = {
    Kind.TIME_LIMIT: _time_limit,
    Kind.FEE: _fee,
    Kind.ONLINE: _way,
    Kind.POST: _way,
    Kind.IN_PERSON: _way,
    Kind.PAPER: _paper,
    Kind.OFFICE: _office,
    Kind.LINK: _link,
    Kind.VALID: _valid,
    Kind.WHO: _sentence,
    Kind.RESULT: _result,
    Kind.DECIDED_BY: _sentence,
}
