"""Fees: unknown, mistyped, or at odds with each other and their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ..marked import Fault, Marked
from ..model import Fee, FeeSetBy, Procedure, WayName
from .rule import Rule, Scene, explained, overlap

UNKNOWN = Rule(
    id="fee-unknown",
    what="neither an amount nor who sets it, and no note that says so",
    why="People come with the wrong money, or are asked for money nobody told them of.",
    mend="Ask the office in charge, or say in `note:` what the source leaves open.",
)
MISSING = Rule(
    id="fee-amount",
    what="a national text sets the fee, but the amount is missing",
    why="What a national text sets is the same everywhere and can be told.",
    mend="Write `amount:` in đồng from the text, or say in `note:` where it stands.",
)
TOO_LITTLE = Rule(
    id="fee-below-1000",
    what="a fee below 1,000 đ, or one that is no round sum",
    why="The national database drops thousands: 50 stands there for 50,000.",
    mend="Read the source again and write whole đồng: 50000.",
)
TOO_MUCH = Rule(
    id="fee-implausible",
    what="a fee above 20 million đồng",
    why="A zero too many frightens people away from what they have a right to.",
    mend="Read the source again; take out the zeros too many.",
)
FREE = Rule(
    id="fee-free-but",
    what="0 đ beside words that name a council, a fee law or an amount",
    why="The national database prints “Miễn phí” before a fee that the province sets; people then have to pay.",
    mend="Write `set_by: province` without an amount, or take the words out if it is free indeed.",
)
PROVINCE = Rule(
    id="fee-province-amount",
    what="an amount for a fee each province sets itself, in a shipped record or without `source` or `confirmed`",
    why="The amount of one province is told to the people of all.",
    mend="Leave `amount:` out; write it in the deployment, with `source:` or `confirmed:`.",
)
WHO_SETS = Rule(
    id="fee-set-by",
    what="`set_by` and the note name different ones",
    why="People are sent to the wrong text and the officer cannot prove the fee.",
    mend="Make `set_by` agree with the words: law for a national text, province for a council.",
)
CONTRADICTION = Rule(
    id="fee-contradiction",
    what="two fees for the same way, case and `per` that count on the same day",
    why="People are told two prices for one thing.",
    mend="Keep one, or tell them apart by `way`, `case`, `per`, `note` or valid_from/valid_to.",
    severity="error",
)
ONLINE_DEARER = Rule(
    id="fee-online-dearer",
    what="filing online costs more than at the counter",
    why="Everywhere the online fee is the same or lower; the two are probably swapped.",
    mend="Read the source again.",
)
WORDING = Rule(
    id="fee-wording",
    what="the words beside a fee name another amount",
    why="The value and the words beside it are both shown; one of them is wrong.",
    mend="Make `amount` and the words say the same.",
)
RULES = (
    UNKNOWN,
    MISSING,
    TOO_LITTLE,
    TOO_MUCH,
    FREE,
    PROVINCE,
    WHO_SETS,
    CONTRADICTION,
    ONLINE_DEARER,
    WORDING,
)

_MOST = 20_000_000
_MONEY = re.compile(r"(?<![\w./])(\d[\d.,]*\d|\d)\s*(nghìn|ngàn|triệu)?\s*(?:đồng|đ\b|VNĐ|VND)", re.IGNORECASE)
_COUNCIL = re.compile(r"hội đồng nhân dân|hđnd|luật phí và lệ phí|85/2019/TT-BTC", re.IGNORECASE)
_PROVINCE_SETS = re.compile(
    r"(?:hội đồng nhân dân|hđnd)[^.;]{0,25}quy(?:ết)? định|do (?:hội đồng nhân dân|hđnd)", re.IGNORECASE
)
_NATIONAL = re.compile(r"\d+/\d{4}/TT-BTC")


def fees(scene: Scene) -> Iterator[Fault]:
    """Everything about the fees of reviewed procedures."""
    shipped = scene.folders[0] if scene.folders else None
    for procedure, marked in scene.procedures:
        for i, fee in enumerate(procedure.fees):
            spot = marked.find(["fees", i])
            yield from _unknown(fee, spot)
            yield from _amount(fee, spot)
            yield from _set_by(procedure, fee, spot, spot.file.is_relative_to(shipped) if shipped else False)
        yield from _contradictions(procedure, marked)
        yield from _dearer(procedure, marked)


def _unknown(fee: Fee, spot: Marked) -> Iterator[Fault]:
    if fee.amount is not None or explained(fee.note, fee.wording) or _amounts(f"{fee.note} {fee.wording}"):
        return
    if fee.set_by is FeeSetBy.UNKNOWN:
        yield UNKNOWN.at(spot.find(["set_by"]), "Neither the fee nor who sets it is known.")
    elif fee.set_by is FeeSetBy.LAW:
        yield MISSING.at(spot.find(["set_by"]), "The law sets this fee, but no amount is given.")


def _amount(fee: Fee, spot: Marked) -> Iterator[Fault]:
    if fee.amount is None:
        return
    at = spot.find(["amount"])
    if 0 < fee.amount < 1000 or fee.amount % 100:
        yield TOO_LITTLE.at(at, f"A fee of {fee.amount} đồng is not believable.")
    elif fee.amount > _MOST:
        yield TOO_MUCH.at(at, f"A fee of {fee.amount:,} đồng is not believable.")
    said = _amounts(f"{fee.note or ''} {fee.wording or ''}")
    if fee.amount == 0:
        words = " ".join(filter(None, (fee.note, fee.wording)))
        if _COUNCIL.search(words) or (said - {0} and not _elsewhere(words)):
            yield FREE.at(at, "The fee is 0 đồng, but the words beside it speak of a fee.")
    elif said and fee.amount not in said and len(said) == 1 and not _elsewhere(fee.note or ""):
        named = f"{min(said):,}"
        yield WORDING.at(
            spot.find(["note" if fee.note else "wording"]), f"The words say {named}, not {fee.amount:,} đồng."
        )
    if re.search(r"miễn phí|không (?:thu|mất) (?:phí|tiền|lệ phí)", fee.wording or "", re.I) and fee.amount:
        yield WORDING.at(
            spot.find(["wording"]), f"The source's words say it is free, the amount is {fee.amount:,}."
        )


def _elsewhere(note: str) -> bool:
    """Whether the note tells of other amounts for others: children, further pages, a later day."""
    return bool(
        re.search(
            r"%|nguồn|trẻ|từ trang|tối đa|thêm|nếu|trường hợp|riêng|đến hết|từ ngày|giảm|còn|khi|mỗi", note, re.I
        )
    )


def _amounts(text: str) -> set[int]:
    factor = {"nghìn": 1000, "ngàn": 1000, "triệu": 1_000_000}
    found = set()
    for number, scale in _MONEY.findall(text):
        if scale.lower() == "triệu" and re.fullmatch(r"\d+[.,]\d{1,2}", number):
            found.add(int(float(number.replace(",", ".")) * 1_000_000))
        else:
            found.add(int(re.sub(r"\D", "", number)) * factor.get(scale.lower(), 1))
    return found


def _set_by(procedure: Procedure, fee: Fee, spot: Marked, shipped: bool) -> Iterator[Fault]:
    if fee.amount and fee.set_by is FeeSetBy.PROVINCE and not (fee.source or fee.confirmed or procedure.confirmed):
        where = "shipped" if shipped else "given without the text or office that says so"
        yield PROVINCE.at(spot.find(["amount"]), f"Each province sets this fee itself, yet an amount is {where}.")
    if fee.set_by is FeeSetBy.LAW and fee.amount and fee.note and _PROVINCE_SETS.search(fee.note):
        yield WHO_SETS.at(
            spot.find(["set_by"]), "`set_by` is law, but the note says that the province's council sets it."
        )
    if fee.set_by is FeeSetBy.UNKNOWN and fee.amount:
        yield WHO_SETS.at(spot.find(["set_by"]), "The amount is given, but not who sets it.")


def _contradictions(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    for (i, one), (j, other) in combinations(enumerate(procedure.fees), 2):
        if (one.way, one.case, one.per) != (other.way, other.case, other.per) or not overlap(one, other):
            continue
        first = marked.find(["fees", i]).line
        spot = marked.find(["fees", j])
        if (one.amount, one.set_by, one.note) == (other.amount, other.set_by, other.note):
            yield CONTRADICTION.at(spot, f"This fee is already at line {first}.", "Remove one of the two.")
        elif one.amount != other.amount and (
            one.note == other.note or not (one.note and other.note) or _follow(one, other)
        ):
            yield CONTRADICTION.at(spot, f"Line {first} gives another fee for the same way and case.")
        elif one.note == other.note and one.set_by != other.set_by:
            yield CONTRADICTION.at(spot, f"Line {first} says that somebody else sets this fee.")


def _follow(one: Fee, other: Fee) -> bool:
    """Whether the two are meant to come one after the other."""
    return bool((one.valid_to and other.valid_from) or (one.valid_from and other.valid_to))


def _dearer(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    for i, online in enumerate(procedure.fees):
        if online.way is not WayName.ONLINE or online.amount is None:
            continue
        for fee in procedure.fees:
            same = (fee.case, fee.per, fee.note) == (online.case, online.per, online.note)
            at_counter = fee.way is WayName.IN_PERSON and fee.amount is not None
            if same and at_counter and overlap(fee, online) and online.amount > (fee.amount or 0):
                message = f"Online costs {online.amount:,} đồng, at the counter {fee.amount:,}."
                yield ONLINE_DEARER.at(marked.find(["fees", i, "amount"]), message)
