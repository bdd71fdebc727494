"""What a source says of fees → amounts with who set them, or the reason why not.

The portal's own words are not reliable: it prints “Miễn phí” where an amount was lost and drops the thousands of
others. So each amount is held against the remark in brackets and the remark of its row; only what agrees counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from ..model import FeeSetBy
from .values import Reason, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRead:
    """One fee as far as it was understood; `wording` is what the source says of it."""

    set_by: FeeSetBy
    wording: str
    amount: int | None = None
    per: str | None = None
    note: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    reason: Reason | None = None


_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?![\d])|\d+(?:[.,]\d+)?"
_DONG = r"việt nam đồng|vnđ|vnd|đồng|đ(?!\w)"
_HEAD = re.compile(
    rf"(?:(?:lệ phí|phí|khác)\s*:\s*)?(?:(?P<free>miễn phí|không(?: có thông tin)?)|(?P<number>{_NUMBER}))?"
    rf"\s*(?P<currency>{_DONG}|usd|eur)?\s*(?:\((?P<remark>.*)\)?)?",
    re.DOTALL,
)
_NEXT_FEE = re.compile(r"\s*(?:miễn phí|(?:lệ phí|phí|khác)\s*:|\d[\d.,]*\s*(?:việt nam đồng|vnđ|vnd|đồng|usd))")
_MONEY = re.compile(
    rf"(?<![\d/.,])(?:(?P<plain>{_NUMBER})\s*(?P<scale>triệu|nghìn|ngàn|tỷ)?\s*(?:{_DONG})"
    r"|(?P<per>\d{1,3}(?:[.,]\d{3})+|\d{5,})(?=\s*/\s*[^\W\d]))"
)
_SCALES = {"nghìn": 1000, "ngàn": 1000, "triệu": 10**6, "tỷ": 10**9}
_FOREIGN = re.compile(r"\b(?:usd|eur|euro|đô la)\b|\d(?:usd|eur)\b|\$")
_PEOPLE = r"(?:ủy|uỷ) ban nhân dân (?:cấp )?(?:tỉnh|thành phố)"
_PROVINCE = re.compile(
    rf"hội đồng nhân dân|hđnd|chính quyền địa phương|{_PEOPLE}[^.;]*?(?:quy định|quyết định|ban hành)"
    rf"|(?:quy định|quyết định) của {_PEOPLE}|địa phương (?:quy định|quyết định)"
)
_NATIONAL_TEXT = re.compile(r"(?:thông tư|nghị định|luật|nghị quyết)\s*(?:số\s*)?:?\s*\d+/\d{4}|bộ tài chính")
_DECIDED_ELSEWHERE = re.compile(
    r"thông tư|nghị định|nghị quyết|luật|bộ trưởng|bộ tài chính|theo quy định|biểu (?:mức|phí|thu)|văn bản"
    r"|chưa quy định"
)
_DATED = re.compile(r"(?:từ|đến|hết|tới|trước|sau)\s+(?:hết\s+)?(?:ngày\s+)?\d{1,2}/|áp dụng đến|giai đoạn")
_REDUCED = re.compile(r"%|\bgiảm\b")
_CITED = re.compile(r"\(?(?:theo )?(?:quy định tại )?thông tư (?:số )?\d+/\d{4}/[\w-]+\)?")
_FREE_REMARK = re.compile(
    r"(?:không(?: có| quy định| thu| mất)?|miễn)?\s*(?:phí,? (?:và )?lệ phí|lệ phí|phí)?"
    r"|[a-zđ]|[ivx]{1,4}|\d{1,2}"
)
_MARKS = " .;:,-–+*()\t\n"
_DAY = r"\d{1,2}/\d{1,2}/\d{4}"
_SPAN = rf"(?:kể )?từ (?:ngày )?(?P<start>{_DAY})\s*đến (?:hết )?(?:ngày )?(?P<end>{_DAY})"
_BY = r"(?:,? theo (?:quy định tại )?thông tư (?:số )?\d+/\d{4}/[\w-]+)?"
_LOWERED = re.compile(
    rf"áp dụng mức (?:thu )?(?:lệ )?phí:?\s*(?P<number>{_NUMBER})\s*(?:{_DONG})\s*(?:/\s*[\w ]{{1,30}}?\s*)?"
    rf"(?:\([^()]*\)\s*)?{_SPAN}{_BY}"
)
_WAIVED = re.compile(rf"miễn (?:lệ phí |phí )?{_SPAN}{_BY}")
_PER = re.compile(
    rf"(?:(?:{_NUMBER})\s*(?:{_DONG})?|{_DONG})?\s*/\s*(?P<per>(?:0?1\s+)?[^\W\d][^\d.;:()]{{0,50}})"
)
_FILE = re.compile(r"\n\s*File đính kèm:[^\n]*", re.IGNORECASE)
_FEE_LINE = re.compile(r"(?<!kinh )(?<!chi )\bphí\b")


def fees(words: str, remark: str = "") -> tuple[FeeRead, ...]:
    """Every fee of one row: one a line, or joined by “; ”, each with its remark in brackets behind it.

    `remark` is the row's own; only its lines that speak of fees count. At least one fee is returned.
    """
    beside = "\n".join(line.strip() for line in remark.split("\n") if _FEE_LINE.search(plain(line)))
    pieces = list(_pieces(words)) or [""]
    return tuple(read for piece in pieces for read in _fee(piece, beside))


def _pieces(words: str) -> Iterator[str]:
    begin = depth = 0
    for i, letter in enumerate(words):
        depth = max(0, depth + (letter == "(") - (letter == ")"))
        if (letter == "\n" or (letter == ";" and not depth)) and _NEXT_FEE.match(words[i + 1 :].lower()):
            yield words[begin:i].strip()
            begin, depth = i + 1, 0
    if words[begin:].strip():
        yield words[begin:].strip()


def _fee(piece: str, beside: str) -> Iterator[FeeRead]:
    bare = _FILE.sub("", piece)
    said, spaced = plain(bare), " ".join(bare.split())
    wording = "\n".join(part for part in (piece, beside) if part)
    match = _HEAD.fullmatch(said)
    remark = (match["remark"] or "") if match else ""
    # `said` has the same letters in the same places, unless composing them changed their number.
    own_words = spaced[slice(*match.span("remark"))] if match and remark and len(spaced) == len(said) else remark
    context = plain(f"{remark}\n{beside}")
    if match is None:
        unset = said.startswith("không quy định")
        yield _open(wording, f"{said}\n{context}", Reason.NOT_SET if unset else Reason.WORDS)
    elif match["currency"] in ("usd", "eur"):
        yield _open(wording, context, Reason.FOREIGN)
    elif match["number"] is None and (match["free"] in (None, "không có thông tin")):
        nothing = Reason.EMPTY if not remark.strip(_MARKS) or match["free"] else Reason.NO_AMOUNT
        yield _open(wording, context, nothing)
    elif match["free"] or (match["number"] == "0" and match["currency"] == "đồng"):
        yield _free(remark, beside, wording)
    elif (amount := _dong(match["number"])) is None:
        yield _open(wording, context, Reason.FRACTION)
    elif match["currency"] is None:
        yield _open(wording, context, Reason.NO_UNIT)
    elif amount == 0:
        yield _open(wording, context, Reason.FREE_BUT if _says_more(context) else Reason.ZERO_FEE)
    else:
        yield from _amount(amount, remark, own_words, beside, wording)


def _open(wording: str, context: str, reason: Reason) -> FeeRead:
    """No amount; who decides it, where the words say that."""
    told = reason in (Reason.EMPTY, Reason.WORDS, Reason.NO_AMOUNT)
    if _PROVINCE.search(context):
        return FeeRead(set_by=FeeSetBy.PROVINCE, wording=wording, reason=Reason.NO_AMOUNT if told else reason)
    if told and _NATIONAL_TEXT.search(context):
        return FeeRead(set_by=FeeSetBy.LAW, wording=wording, reason=Reason.NO_AMOUNT)
    unsaid = Reason.WORDS if reason is Reason.NO_AMOUNT else reason
    return FeeRead(set_by=FeeSetBy.UNKNOWN, wording=wording, reason=unsaid)


def _free(remark: str, beside: str, wording: str) -> FeeRead:
    bare = _CITED.sub("", remark).strip(_MARKS)
    context = plain(f"{remark}\n{beside}")
    if _FREE_REMARK.fullmatch(bare) and not (beside and _says_more(plain(beside))):
        return FeeRead(set_by=FeeSetBy.LAW, amount=0, wording=wording)
    return _open(wording, context, Reason.FREE_BUT)


def _says_more(context: str) -> bool:
    shapes = (_PROVINCE, _MONEY, _FOREIGN, _DATED, _REDUCED, _DECIDED_ELSEWHERE)
    return any(shape.search(context) for shape in shapes)


def _amount(amount: int, remark: str, own_words: str, beside: str, wording: str) -> Iterator[FeeRead]:
    """A positive amount, perhaps lowered or waived for some time, which gives two fees with their dates."""
    window, rest = _window(remark, amount)
    settled = _settled(amount, rest, plain(beside))
    if isinstance(settled, Reason):
        yield _open(wording, plain(f"{remark}\n{beside}"), settled)
        return
    per = _PER.fullmatch(_CITED.sub("", rest).strip(_MARKS.replace("/", "")))
    own = own_words.strip()
    whole = FeeRead(
        set_by=FeeSetBy.LAW,
        amount=settled,
        per=per["per"].strip(_MARKS) if per else None,
        note=_unwrapped(own) if rest.strip(_MARKS) and not per else None,
        wording=wording,
    )
    if window is None:
        yield whole
        return
    start, end, lowered = window
    yield replace(whole, amount=lowered, valid_from=start, valid_to=end)
    yield replace(whole, valid_from=end + timedelta(days=1))


def _settled(amount: int, remark: str, beside: str) -> int | Reason:
    """The amount, mended where the remark proves that the thousands were dropped, or why it is not sure."""
    context = f"{remark}\n{beside}"
    named = {*_amounts(remark), *_amounts(beside)}
    if _PROVINCE.search(context):
        return Reason.COUNCIL_BUT
    if _FOREIGN.search(remark):
        return Reason.FOREIGN
    if _DATED.search(context) or _REDUCED.search(context):
        return Reason.DATED
    if named == {amount * 1000}:
        return amount * 1000
    if named - {amount}:
        return Reason.THOUSANDS if amount < 1000 else Reason.SEVERAL
    if amount < 1000 and not named:
        return Reason.THOUSANDS
    return amount


def _window(remark: str, amount: int) -> tuple[tuple[date, date, int] | None, str]:
    """The time in which less, or nothing, is taken, and the remark without it."""
    found = [*_LOWERED.finditer(remark), *_WAIVED.finditer(remark)]
    if len(found) != 1:
        return None, remark
    match = found[0]
    lowered = _dong(match["number"]) if match.re is _LOWERED else 0
    start, end = _day(match["start"]), _day(match["end"])
    if lowered is None or lowered >= amount or start is None or end is None or end < start:
        return None, remark
    return (start, end, lowered), remark[: match.start()] + " " + remark[match.end() :]


def _amounts(words: str) -> Iterator[int]:
    for match in _MONEY.finditer(words):
        number, scale = match["plain"] or match["per"], match["scale"]
        value = Decimal(number.replace(",", ".")) * _SCALES[scale] if scale and number.count(".") < 2 else None
        whole = int(value) if value is not None and value == int(value) else _dong(number)
        yield -1 if whole is None else whole


def _dong(number: str) -> int | None:
    """“1.350.000”, “1,350,000”, “20000”; None for a fraction."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+|\d+", number) and not ("." in number and "," in number):
        return int(re.sub(r"[.,]", "", number))
    return None


def _day(words: str) -> date | None:
    day, month, year = (int(part) for part in words.split("/"))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _unwrapped(remark: str) -> str:
    """Without the bracket that closes the whole remark and the bullet before it."""
    if remark.endswith(")") and remark.count(")") > remark.count("("):
        remark = remark[:-1]
    return remark.strip().lstrip("-+* ").strip()
