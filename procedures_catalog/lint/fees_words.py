"""Fees against what is written beside them, and against the same fee in other records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ..marked import Fault, Marked
from ..model import Fee, Law, Procedure
from .rule import Rule, Scene, day

WORDING = Rule(
    id="fee-wording",
    what="the words beside a fee name another amount",
    why="The value and the words beside it are both shown; one of them is wrong.",
    mend="Make `amount` and the words say the same.",
)
LAW = Rule(
    id="fee-law",
    what="a fee that goes on after the text it rests on has ended",
    why="From that day on people are asked for money on the ground of a text out of force.",
    mend="Let `valid_to` be the last day of that text, and add what counts then with `valid_from`.",
)
ODD = Rule(
    id="fee-odd",
    what="an amount that differs from that of the same text and unit in all other records",
    why="One text sets one amount; a digit is wrong.",
    mend="Read the text again and correct the amount, or say in `per:` what is different.",
)
RULES = (WORDING, LAW, ODD)

_MONEY = re.compile(r"(?<![\w./])(\d[\d.,]*\d|\d)\s*(nghìn|ngàn|triệu)?\s*(?:đồng|đ\b|VNĐ|VND)", re.IGNORECASE)
_PART = re.compile(
    r"(giảm|bớt)?[^.;%]{0,25}?(\d{1,3})\s*%\s*(?:của )?(?:so với )?(?:mức )?(?:phí |lệ phí |thu )?", re.I
)
_ELSEWHERE = re.compile(
    r"nguồn|trẻ|từ trang|tối đa|thêm|nếu|trường hợp|riêng|đến hết|từ ngày|giảm|còn|khi|mỗi|trở lên|trở đi|"
    r"cấp lại|khác|ở nước ngoài|người|trước|sau",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.;])\s+")
_NUMBER = re.compile(r"\d{1,4}/\d{4}/[A-ZĐ]{2,}\d{0,2}(?:-[A-ZĐ]+)*")
_MANY = 4


def fees_words(scene: Scene) -> Iterator[Fault]:
    """The notes and wordings of fees of reviewed procedures."""
    laws: dict[str, Law] = scene.reading.values["laws"]
    alike: dict[tuple[str, str], list[tuple[Fee, Marked]]] = {}
    for procedure, marked in scene.procedures:
        for i, fee in enumerate(procedure.fees):
            spot = marked.find(["fees", i])
            yield from _words(fee, spot)
            yield from _law(fee, spot, laws)
            yield from _whole(fee, procedure, marked)
            for number in set(_NUMBER.findall(fee.note or "")):
                if fee.amount and fee.per and fee.valid_to is None:
                    alike.setdefault((number, fee.per), []).append((fee, spot))
    for (number, per), same in alike.items():
        yield from _odd(number, per, same)


def amounts(text: str) -> set[int]:
    """Every sum of money a text names, in đồng."""
    factor = {"nghìn": 1000, "ngàn": 1000, "triệu": 1_000_000}
    found = set()
    for number, scale in _MONEY.findall(text):
        if scale.lower() == "triệu" and re.fullmatch(r"\d+[.,]\d{1,2}", number):
            found.add(int(float(number.replace(",", ".")) * 1_000_000))
        else:
            found.add(int(re.sub(r"\D", "", number)) * factor.get(scale.lower(), 1))
    return found


def elsewhere(text: str) -> bool:
    """Whether a sentence tells of other amounts for others: children, further pages, a later day."""
    return "%" in text or bool(_ELSEWHERE.search(text))


def _words(fee: Fee, spot: Marked) -> Iterator[Fault]:
    if fee.amount is None:
        return
    for key in ("note", "wording"):
        text = getattr(fee, key)
        if not text:
            continue
        at = spot.find([key])
        part = _part(text)
        if part is not None:
            share, whole, wanted = part
            if fee.amount not in wanted:
                said = " or ".join(f"{sum_:,}" for sum_ in sorted(wanted))
                message = f"{share}% of {whole:,} đồng is {said} đồng, the amount is {fee.amount:,}."
                yield WORDING.at(spot.find(["amount"]), message)
            continue
        said_here = amounts(text)
        if fee.amount == 0 or not said_here or fee.amount in amounts(f"{fee.note} {fee.wording}"):
            continue
        named = set().union(*(amounts(one) for one in _SENTENCE.split(text) if not elsewhere(one)))
        if len(named) == 1:
            meant = min(named)
            slip = _slip(fee.amount, meant)
            yield WORDING.at(at, f"The words say {meant:,}, not {fee.amount:,} đồng.{slip}")
    if fee.amount and re.search(r"miễn phí|không (?:thu|mất) (?:phí|tiền|lệ phí)", fee.wording or "", re.I):
        yield WORDING.at(
            spot.find(["wording"]), f"The source's words say it is free, the amount is {fee.amount:,}."
        )


def _part(text: str) -> tuple[int, int, set[int]] | None:
    """“50% mức 50.000 đồng”: the part, the whole, and what it comes to; both readings of “giảm”."""
    for found in _PART.finditer(text):
        money = _MONEY.match(text, found.end())
        if money is None:
            continue
        whole = min(amounts(money[0]))
        share = int(found[2])
        wanted = {whole * (100 - share) // 100} if found[1] else {whole * share // 100}
        return share, whole, wanted
    return None


def _whole(fee: Fee, procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    """After a fee that is part of a whole comes the whole."""
    part = _part(fee.note or "")
    if part is None or fee.valid_to is None:
        return
    for i, later in enumerate(procedure.fees):
        follows = later.valid_from is not None and (later.valid_from - fee.valid_to).days == 1
        same = (later.way, later.case, later.per) == (fee.way, fee.case, fee.per)
        if follows and same and later.amount is not None and later.amount != part[1]:
            slip = _slip(later.amount, part[1])
            message = f"The fee before it says {part[0]}% of {part[1]:,} đồng; now it is {later.amount:,}.{slip}"
            yield WORDING.at(marked.find(["fees", i, "amount"]), message)


def _slip(amount: int, meant: int) -> str:
    """How one came to be written for the other."""
    for zeros in (1, 2, 3):
        if amount == meant * 10**zeros:
            return f" There {'is' if zeros == 1 else 'are'} {zeros} zero{'s' if zeros > 1 else ''} too many."
        if meant == amount * 10**zeros:
            return f" There {'is' if zeros == 1 else 'are'} {zeros} zero{'s' if zeros > 1 else ''} too few."
    if sorted(str(amount)) == sorted(str(meant)):
        return " Two digits are swapped."
    return ""


def _law(fee: Fee, spot: Marked, laws: dict[str, Law]) -> Iterator[Fault]:
    for key in ("note", "wording"):
        for number in sorted(set(_NUMBER.findall(getattr(fee, key) or ""))):
            law = laws.get(number)
            if law is None or law.valid_to is None:
                continue
            if fee.valid_to is not None and fee.valid_to > law.valid_to:
                message = f"The fee counts until {day(fee.valid_to)}, but {number} ends on {day(law.valid_to)}."
                yield LAW.at(spot.find(["valid_to"]), message)
            elif fee.valid_from is not None and fee.valid_from > law.valid_to and fee.valid_to is None:
                message = f"The fee counts from {day(fee.valid_from)}, but {number} ended on {day(law.valid_to)}."
                yield LAW.at(spot.find([key]), message)
            elif fee.amount is not None and fee.valid_to is None and "từ " not in getattr(fee, key).lower():
                message = f"The fee has no last day, but {number}, named beside it, ends on {day(law.valid_to)}."
                yield LAW.at(spot.find([key]), message)


def _odd(number: str, per: str, same: list[tuple[Fee, Marked]]) -> Iterator[Fault]:
    counted = Counter(fee.amount for fee, _ in same)
    (usual, times), *others = counted.most_common()
    if times < _MANY or len(others) != 1 or others[0][1] > 1:
        return
    for fee, spot in same:
        if fee.amount != usual:
            message = f"{fee.amount:,} đồng/{per} after {number}; {times} other records say {usual:,}."
            yield ODD.at(spot.find(["amount"]), message + _slip(fee.amount or 0, usual or 0))
