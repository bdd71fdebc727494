"""Fees: unknown, mistyped, or at odds with each other and their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ..marked import Fault, Marked
from ..model import Fee, FeeSetBy, Procedure, WayName
from .fees_words import amounts, elsewhere
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
HIGH = Rule(
    id="fee-high",
    what="a fee above 2 million đồng whose words do not name it, or ten times that of filing online",
    why="No fee of a commune comes near it; a zero too many frightens people away.",
    mend="Read the source again; if it is right, name the amount in `note:`.",
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
    HIGH,
)

_MOST, _HIGH = 20_000_000, 2_000_000
_TIMES = 10
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
    if fee.amount is not None or explained(fee.note, fee.wording) or amounts(f"{fee.note} {fee.wording}"):
        return
    if fee.set_by is FeeSetBy.UNKNOWN:
        yield UNKNOWN.at(spot.find(["set_by"]), "Neither the fee nor who sets it is known.")
    elif fee.set_by is FeeSetBy.LAW:
        yield MISSING.at(spot.find(["set_by"]), "The law sets this fee, but no amount is given.")


def _amount(fee: Fee, spot: Marked) -> Iterator[Fault]:
    if fee.amount is None:
        return
    at = spot.find(["amount"])
    words = " ".join(filter(None, (fee.note, fee.wording)))
    said = amounts(words)
    if 0 < fee.amount < 1000 or fee.amount % 100:
        yield TOO_LITTLE.at(at, f"A fee of {fee.amount} đồng is not believable.{_cause(fee.amount, at)}")
    elif fee.amount > _MOST:
        yield TOO_MUCH.at(at, f"A fee of {fee.amount:,} đồng is not believable.{_zeros(fee.amount, said)}")
    elif fee.amount > _HIGH and fee.amount not in said:
        yield HIGH.at(at, f"A fee of {fee.amount:,} đồng is very high.{_zeros(fee.amount, said)}")
    if fee.amount == 0 and (_COUNCIL.search(words) or (said - {0} and not elsewhere(words))):
        yield FREE.at(at, "The fee is 0 đồng, but the words beside it speak of a fee.")


def _cause(amount: int, at: Marked) -> str:
    """What was probably meant."""
    written = at.value if isinstance(at.value, str) else str(amount)
    if "." in written:
        return f" “{written}” is read as {amount}; write {written.replace('.', '')} without a dot."
    if amount < 1000:
        return f" The source probably means {amount}.000 đồng; write {amount}000."
    return ""


def _zeros(amount: int, said: set[int]) -> str:
    meant = [amount // 10**zeros for zeros in (1, 2, 3) if amount // 10**zeros in said]
    return f" The words say {meant[0]:,}." if meant else ""


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
            elif same and at_counter and overlap(fee, online) and (fee.amount or 0) >= _TIMES * online.amount > 0:
                spot = marked.find(["fees", procedure.fees.index(fee), "amount"])
                message = (
                    f"At the counter it costs {fee.amount:,} đồng, online {online.amount:,}; a zero too many?"
                )
                yield HIGH.at(spot, message)
