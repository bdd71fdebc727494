"""Single words of a source → values, and why a value could not be had. Nothing is guessed.

A value is structured only where the words allow one reading. Otherwise it stays unknown, with a `Reason`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from ..fold import fold
from ..model import TimeUnit

SLUG = 60
"""The longest id or file name made from a Vietnamese name, in characters."""


class Reason(StrEnum):
    """Why a value stayed unknown, or is doubtful, as told to whoever reads the report."""

    EMPTY = "the source gives none"
    NO_UNIT = "the number has no unit"
    ZERO_TIME = "the source says zero"
    FRACTION = "not a whole number"
    RANGE = "a range, not one value"
    NOT_SET = "the source says that none is set"
    WORDS = "the words are not understood"
    UNIT = "the catalog has no such unit"
    REMARK_DIFFERS = "contradiction: the remark beside it says another time"
    FREE_BUT = "contradiction: free of charge, but the remark says that it is not, or who decides"
    COUNCIL_BUT = "contradiction: an amount, but the remark says that the province decides"
    THOUSANDS = "below 1,000 đồng: the portal drops the thousands and the remark does not settle it"
    ZERO_FEE = "“0 VNĐ”: the portal prints this also where it lost the amount"
    SEVERAL = "several amounts and no sure reading"
    DATED = "the amount depends on dates or percentages that are not understood"
    FOREIGN = "not in đồng"
    NO_AMOUNT = "who decides is said, the amount is not"
    NO_QUANTITY = "no quantity"
    NO_NAME = "no name"
    NO_NUMBER = "no number of its own, or not safely told from the name"
    GLUED = "several legal texts seem to be glued into one name"
    ODD_NUMBER = "not a full number of a legal text"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRead:
    """A time limit as far as it was understood; `amount` is None where the unit says it all."""

    unit: TimeUnit
    amount: int | None = None
    from_remark: bool = False
    reason: Reason | None = None


_UNITS = {
    "ngày làm việc": TimeUnit.WORKING_DAY,
    "giờ làm việc": TimeUnit.WORKING_HOUR,
    "ngày": TimeUnit.DAY,
    "giờ": TimeUnit.HOUR,
    "tháng": TimeUnit.MONTH,
    "năm": TimeUnit.YEAR,
}
_UNIT = "|".join(_UNITS)
_SPELT = r"(?:\([^()]{1,25}\)\s*)?"
_AMOUNT = re.compile(rf"(?P<number>\d{{1,4}})\s*{_SPELT}(?P<unit>{_UNIT})")
_FRACTION = re.compile(r"\d+[.,]\d+(?:\s+\w+)*")
_BARE_NUMBER = re.compile(r"\d+(?:,00)?")
_RANGE = re.compile(r"(?:từ\s*)?\d+\s*(?:-|–|đến|hoặc)\s*\d+.*")
_RECEIVED = r"(?:tiếp )?nhận\b.*"
_SAME_DAY = re.compile(rf"(?:giải quyết )?(?:ngay )?trong (?:ngày|ngày làm việc)(?: {_RECEIVED})?")
_AT_ONCE = re.compile(rf"(?:giải quyết )?ngay(?: lập tức)?(?:,? (?:sau )?(?:khi|tại thời điểm) {_RECEIVED})?")
_NOT_SET = re.compile(r"không(?: (?:có )?quy định(?: (?:về )?thời (?:hạn|gian).*)?)?")
_BOUND = r"(?:tối đa\s*)?(?:là\s*)?(?:không quá\s*)?"
_BEFORE_AMOUNT = re.compile(
    r"[-+*•]?\s*(?:(?:thời (?:hạn|gian) (?:giải quyết|thực hiện)(?: thủ tục hành chính)?)\s*:?\s*[-+]?\s*)?"
    rf"(?:(?:chậm nhất\s*)?(?:trong|sau)?\s*(?:thời (?:hạn|gian)|vòng)?\s*){_BOUND}"
)
_CASE = re.compile(r"trường hợp|đối với")
_ANY_AMOUNT = re.compile(rf"\d+\s*{_SPELT}(?:{_UNIT}|phút|tuần|quý)\b")


def plain(words: str) -> str:
    """For comparing: lower case, composed, single spaces."""
    return " ".join(unicodedata.normalize("NFC", words).lower().split())


def time_limit(words: str, remark: str = "") -> LimitRead:
    """“05 (năm) ngày làm việc” → five working days.

    `remark` is what stands beside it. When that is nothing but a time limit, it must say the same; it counts
    alone where `words` are empty.
    """
    said = plain(words).strip(" .;:")
    beside = _in_remark(plain(remark))
    read = _limit(said)
    if beside is None:
        return read
    if not said:
        return LimitRead(unit=beside.unit, amount=beside.amount, from_remark=True)
    if (read.unit, read.amount) == (beside.unit, beside.amount):
        return read
    return LimitRead(unit=TimeUnit.UNKNOWN, reason=Reason.REMARK_DIFFERS)


def _limit(said: str) -> LimitRead:
    if not said or said == "không có thông tin":
        return _unknown(Reason.EMPTY)
    said = said.removeprefix("không quá ").removeprefix("tối đa ")
    if match := _AMOUNT.fullmatch(said):
        number = int(match["number"])
        return LimitRead(unit=_UNITS[match["unit"]], amount=number) if number else _unknown(Reason.ZERO_TIME)
    if _BARE_NUMBER.fullmatch(said):
        return _unknown(Reason.NO_UNIT if said.strip("0,") else Reason.ZERO_TIME)
    if _SAME_DAY.fullmatch(said):
        return LimitRead(unit=TimeUnit.SAME_DAY)
    if _AT_ONCE.fullmatch(said):
        return LimitRead(unit=TimeUnit.AT_ONCE)
    for shape, reason in ((_NOT_SET, Reason.NOT_SET), (_FRACTION, Reason.FRACTION), (_RANGE, Reason.RANGE)):
        if shape.fullmatch(said):
            return _unknown(reason)
    if re.fullmatch(r"\d+\s*\w+", said) or said in _UNITS:
        return _unknown(Reason.UNIT)
    return _unknown(Reason.WORDS)


def _in_remark(remark: str) -> LimitRead | None:
    """The limit a remark begins with, if it names this one time only and no case."""
    if not remark or _CASE.search(remark) or len(_ANY_AMOUNT.findall(remark)) != 1:
        return None
    before = _BEFORE_AMOUNT.match(remark)
    match = _AMOUNT.match(remark, before.end() if before else 0)
    if match is None or not int(match["number"]) or remark[match.end() : match.end() + 1].isalnum():
        return None
    return LimitRead(unit=_UNITS[match["unit"]], amount=int(match["number"]))


def _unknown(reason: Reason) -> LimitRead:
    return LimitRead(unit=TimeUnit.UNKNOWN, reason=reason)


_COUNTED = re.compile(r"(?<![\d/.])(\d{1,2})\s*(?:\([^()]{1,15}\)\s*)?(bản chính|bản gốc|bản sao|bản chụp)\b")
_COUNT_WORD = re.compile(r"\bbản (?:chính|gốc|sao|chụp)\b|\bhoặc\b")


def quantities(original: int | None, copies: int | None, name: str) -> tuple[int, int] | None:
    """How many originals and copies; from the name (“…: 01 bản chụp”) where the columns give none.

    None: not said.
    """
    if original or copies:
        return original or 0, copies or 0
    said = plain(name)
    found = _COUNTED.findall(said)
    if len(found) != 1 or len(_COUNT_WORD.findall(said)) != 1 or not int(found[0][0]):
        return None
    count = int(found[0][0])
    return (count, 0) if found[0][1] in ("bản chính", "bản gốc") else (0, count)


_BULLET = re.compile(r"^(?:[-–—*+•.\s]+)(?=\S)")
_ORDINAL = r"(?:(?:\d{1,2}|[a-zđ])\s*[.)/]\s*)?"
_HEADING = re.compile(
    rf"{_ORDINAL}(?:thành phần(?:, số lượng)? hồ sơ|hồ sơ|(?:các )?giấy tờ phải nộp)?"
    r",?\s*(?:(?:bao )?gồm(?: có)?)?"
)
_SHOWN = re.compile(rf"{_ORDINAL}(?:các )?giấy tờ phải xuất trình(?:,? (?:bao )?gồm)?")
_REMARK = re.compile(r"(?:\*\s*)?lưu ý\b")


class Label(StrEnum):
    """What the line above a group of papers is: a case, or a mere heading."""

    CASE = "case"
    HEADING = "heading"
    SHOWN = "shown"
    REMARK = "remark"


def label(words: str) -> tuple[Label, str]:
    """Its kind and its words without bullet and colon."""
    name = " ".join(_BULLET.sub("", words.strip()).split()).rstrip(" :;-–")
    said = plain(name)
    if _REMARK.fullmatch(said):
        return Label.REMARK, name
    if _SHOWN.fullmatch(said):
        return Label.SHOWN, name
    if _HEADING.fullmatch(said):
        return Label.HEADING, name
    return Label.CASE, name


def is_remark(name: str) -> bool:
    """Whether a row among the papers is a remark (“Lưu ý: …”)."""
    return _REMARK.match(plain(_BULLET.sub("", name.strip()))) is not None


def slug(name: str, joint: str) -> str:
    """Unaccented words joined by `joint`, at most 60 characters; a cut name ends in six digits of its own."""
    whole = joint.join(re.findall(r"[a-z0-9]+", fold(name)))
    if len(whole) <= SLUG:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:6]
    return whole[: SLUG - len(mark) - 1].rsplit(joint, 1)[0] + joint + mark


def field_id(name: str) -> str:
    """An id for a field that the catalog does not know yet."""
    made = slug(name, "_")
    return made if made[:1].isalpha() else f"f_{made}".rstrip("_")
