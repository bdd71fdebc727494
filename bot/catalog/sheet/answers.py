"""What a person wrote as the right value → changes of the record, or why it cannot be understood.

The form is that of the value shown (`words`): a value, then parts behind semicolons. Parts that are not written
again stay as they were. Nothing is guessed: what has two readings is refused with an example.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from procedures_catalog.fold import normal
from procedures_catalog.importers.values import time_limit
from procedures_catalog.model import FeeSetBy, OnlineLevel

from . import words
from .papers import paper
from .parts import PERIOD, REMOVE, Correction, Unclear, clean, cut, day, example, span
from .rows import Kind, Names
from .texts import result, sentence

LONGEST = 2_000
SMALLEST_FEE = 1_000
"""A bare number below may be thousands that Excel has swallowed: 50.000 typed on an English one is 50."""

LARGEST_FEE = 10_000_000_000
LEAST_YEAR = 2020

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?")
_MONEY = re.compile(
    r"(?P<number>\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+|(?: \d{3})+)|\d+)(?P<cents>[.,]0{1,2}(?!\d))?\s*"
    r"(?P<scale>nghìn|ngàn|k|triệu)?\s*(?P<unit>đồng|đ|vnđ|vnd|₫)?"
)
_SCALES = {"nghìn": 1_000, "ngàn": 1_000, "k": 1_000, "triệu": 1_000_000}
_FREE = {"không thu", "không thu phí", "không thu phí, lệ phí", "không thu lệ phí", "không mất phí", "miễn phí"}
_FREE |= {"miễn lệ phí", "miễn phí, lệ phí", "0", "0 đồng", "0 đ", "0đ"}
_UNIT = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+){0,3}")
_EXEMPT = re.compile(r"\b(?:miễn|giảm)\b")
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
_UNSAFE = ("=", "+", "@")


def correction(kind: Kind, said: str, old: Any, basis: str, places: Names) -> Correction:
    """The change that a cell asks for. `old` is the row's `data`. Raises Unclear."""
    text = clean(said)
    if len(text) > LONGEST:
        raise Unclear(f"The text is longer than {LONGEST} characters; shorten it.")
    if text.startswith(_UNSAFE):
        raise Unclear(f"A value does not begin with {text[0]}; write it as plain text.{example(kind)}")
    if normal(text) == normal(words.wording()["unknown"]):
        raise Unclear("If the right value is not known, choose “Chưa rõ” and leave this cell empty.")
    if _ISO.fullmatch(text) and kind is not Kind.VALID:
        raise Unclear(f"Excel has made a date of it; write it with its unit.{example(kind)}")
    if kind in (Kind.LEGAL_BASIS, Kind.NOTES):
        raise Unclear("This row is not corrected in the sheet; choose “Chưa rõ” and write a comment.")
    if normal(text) in map(normal, REMOVE):
        return _removed(kind)
    return _READERS[kind](kind, text, old, basis, places)


def checking_day(text: str, today: date) -> date:
    """The day of checking: “22/11/2026”, or what Excel stores for a date. Raises Unclear."""
    how = "write it like 22/11/2026"
    iso = _ISO.fullmatch(text.strip())
    try:
        on = date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else day(text)
    except (Unclear, ValueError) as fault:
        raise Unclear(f"“{clean(text)}” is not a date; {how}.") from fault
    if on > today:
        raise Unclear(f"The day of checking, {words.day(on)}, lies in the future; {how}.")
    if on.year < LEAST_YEAR:
        raise Unclear(f"The day of checking, {words.day(on)}, lies too far back; {how}.")
    return on


def _removed(kind: Kind) -> Correction:
    if kind is Kind.LINK:
        return Correction(values={"link": None})
    if kind in (Kind.PAPER, Kind.FEE, Kind.TIME_LIMIT, Kind.RESULT):
        return Correction(remove=True)
    raise Unclear(f"This value cannot be taken out.{example(kind)}")


def _without_doubt(old: Any) -> dict[str, Any]:
    """The note of a value that was not known explains that; it goes with the doubt, unless written again."""
    open_fee = "set_by" in old and "amount" not in old
    if open_fee or "wording" in old or "unknown" in (old.get("unit"), old.get("offered")):
        return {"note": None}
    return {}


def _time_limit(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    main, values = cut(kind, text, old)
    if main:
        read = time_limit(main.lower().removesuffix("(tính cả ngày nghỉ)"))
        if read.reason is not None:
            raise Unclear(f"“{main}”: {read.reason}.{example(kind)}")
        values = _without_doubt(old) | values
        values |= {"unit": read.unit.value, "amount": read.amount, "wording": None}
    return Correction(values=values)


def _fee(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    main, values = cut(kind, text, old)
    if not main:
        return Correction(values=values)
    value, _, per = main.partition("/")
    said = normal(value).strip()
    values = _without_doubt(old) | values | {"wording": None}
    if unit := per.strip():
        values["per"] = _unit(kind, unit, old)
    if _BY_PROVINCE.fullmatch(said):
        return Correction(values=values | {"set_by": FeeSetBy.PROVINCE.value, "amount": None})
    amount = 0 if said in map(normal, _FREE) else _amount(kind, value, said)
    return Correction(values=values | {"set_by": _decided_by(basis, old), "amount": amount})


def _unit(kind: Kind, unit: str, old: Any) -> str:
    """What a fee is for each of: the unit it has, or a few words. Anything else would be told as one."""
    if normal(unit) == normal(old.get("per") or ""):
        return str(old["per"])
    short, _, rest = map(str.strip, unit.partition(";"))
    if _UNIT.fullmatch(short) is None or _EXEMPT.search(normal(short)):
        raise Unclear(f"“{short}” is not a unit of at most four words, such as “bản”.{example(kind)}")
    if rest:
        raise Unclear(f"“{rest}” is not understood; a remark stands behind “ghi chú:”.{example(kind)}")
    return short


def _amount(kind: Kind, shown: str, said: str) -> int:
    match = _MONEY.fullmatch(said)
    if match is None:
        raise Unclear(f"“{shown.strip()}” is not an amount of money.{example(kind)}")
    amount = int(re.sub(r"\D", "", match["number"])) * _SCALES.get(match["scale"] or "", 1)
    if amount < SMALLEST_FEE and (match["cents"] or not match["unit"]):
        thousands = f"{amount or 50}.000 đồng"
        raise Unclear(f"“{said}” may be thousands; write “{thousands}” or “{amount} đồng”.")
    if amount > LARGEST_FEE:
        raise Unclear(f"“{shown.strip()}” is more than any fee.{example(kind)}")
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
    main, values = cut(kind, text, old)
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
        raise Unclear(f"“{main}” is not understood.{example(kind)}")
    values = _without_doubt(old) | values | {"offered": offered}
    if not offered:
        values = {"note": None, **values}
        if kind is Kind.ONLINE:
            values["level"] = OnlineLevel.UNKNOWN.value
    return Correction(values=values)


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
        raise Unclear(f"“{text}” is not an address of a page.{example(kind)}")
    return Correction(values={"link": text})


def _valid(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    if (match := PERIOD.fullmatch(text)) is None:
        raise Unclear(f"“{text}” does not say from when or until when.{example(kind)}")
    return Correction(values=span(match))


_READERS: dict[Kind, Callable[[Kind, str, Any, str, Names], Correction]] = {
    Kind.TIME_LIMIT: _time_limit,
    Kind.FEE: _fee,
    Kind.ONLINE: _way,
    Kind.POST: _way,
    Kind.IN_PERSON: _way,
    Kind.PAPER: paper,
    Kind.OFFICE: _office,
    Kind.LINK: _link,
    Kind.VALID: _valid,
    Kind.WHO: sentence,
    Kind.RESULT: result,
    Kind.DECIDED_BY: sentence,
}
