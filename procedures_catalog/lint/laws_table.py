"""laws.yaml itself: numbers, days and followers that contradict each other."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator

from ..fold import tokens
from ..marked import Fault, Marked
from ..model import Law
from .laws_shape import SHAPE, year
from .rule import Rule, Scene, day

TABLE = Rule(
    id="law-table",
    what="laws.yaml contradicts itself: days, follower, number",
    why="The lint then warns of the wrong texts, or of none.",
    mend="Correct the number or the dates in laws.yaml.",
)
RULES = (TABLE,)

_KINDS = frozenset(tokens("luật nghị định thông tư quyết pháp lệnh về của và"))
_LATEST = 6
"""Years a text may wait for its first day."""


def laws_table(scene: Scene) -> Iterator[Fault]:
    """Every fault of the table; a law named here is not told of again at each record."""
    table: dict[str, Law] = scene.reading.values["laws"]
    cited = _cited(scene)
    seen: dict[str, str] = {}
    for law, marked in scene.each("laws"):
        number = marked.find(["number"])
        if not SHAPE.fullmatch(law.number):
            yield TABLE.at(number, f"“{law.number}” is not the number of a legal text.")
        plain = _plain(law.number)
        if seen.setdefault(plain, law.number) != law.number:
            yield TABLE.at(number, f"{law.number} is {seen[plain]} written another way.", "Keep one of the two.")
        names = cited.get(law.number)
        if names and not any(_shared(law.name, name) for name in names):
            usual = names.most_common(1)[0][0]
            yield TABLE.at(number, f"{law.number} is “{law.name}” here, “{usual}” in the records that cite it.")
        yield from _days(law, marked)
        yield from _follower(law, marked, table)
        yield from _between(law, marked, table)


def contradicted(scene: Scene) -> frozenset[str]:
    """The numbers whose days cannot be relied on."""
    table: dict[str, Law] = scene.reading.values["laws"]
    return frozenset(
        law.number
        for law, marked in scene.each("laws")
        if any(_days(law, marked)) or any(_between(law, marked, table))
    )


def _cited(scene: Scene) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for procedure, _ in scene.procedures:
        for basis in procedure.legal_basis:
            found.setdefault(basis.number, Counter())[basis.name] += 1
    return found


def _shared(one: str, other: str) -> bool:
    """Whether the names have a word in common that says something; true where one says nothing."""
    mine, theirs = {*tokens(one)} - _KINDS, {*tokens(other)} - _KINDS
    return not mine or not theirs or bool(mine & theirs)


def _plain(number: str) -> str:
    return re.sub(r"\b0+(?=\d)|\s", "", number).upper().replace("Đ", "D")


def _days(law: Law, marked: Marked) -> Iterator[Fault]:
    if law.replaced_by == law.number:
        yield TABLE.at(marked.find(["replaced_by"]), f"{law.number} is replaced by itself.")
    of = year(law.number)
    if of is None:
        return
    if law.valid_from and not of <= law.valid_from.year <= of + _LATEST:
        message = f"{law.number} is of {of}, but counts from {day(law.valid_from)}."
        yield TABLE.at(marked.find(["valid_from"]), message)
    if law.valid_to and law.valid_to.year < of:
        yield TABLE.at(marked.find(["valid_to"]), f"{law.number} is of {of}, but ended on {day(law.valid_to)}.")


def _follower(law: Law, marked: Marked, table: dict[str, Law]) -> Iterator[Fault]:
    follower = law.replaced_by
    if follower is None or follower == law.number:
        return
    at = marked.find(["replaced_by"])
    mine, theirs = year(law.number), year(follower)
    if mine and theirs and theirs < mine:
        yield TABLE.at(at, f"{law.number} is replaced by {follower}, which is older.")
    following = table.get(follower)
    if following is None:
        near = difflib.get_close_matches(follower, table, n=1, cutoff=0.9)
        if near and near[0] != law.number:
            yield TABLE.at(at, f"{follower}, which follows, is not in this table.", f"Did you mean {near[0]}?")
        elif law.valid_to is not None:
            message = f"{follower}, which follows, is not in this table."
            yield TABLE.at(at, message, "Add it with its `valid_from`.")
        return
    if following.replaced_by == law.number:
        yield TABLE.at(at, f"{law.number} and {follower} replace each other.")


def _between(law: Law, marked: Marked, table: dict[str, Law]) -> Iterator[Fault]:
    """The next text begins the day after this one ends."""
    following = table.get(law.replaced_by or "")
    if following is None or following is law or law.valid_to is None or following.valid_from is None:
        return
    days = (following.valid_from - law.valid_to).days
    spot = marked.find(["valid_to"])
    mend = "Let it end the day before the next begins."
    if days < 1:
        begun = f"after {following.number} has begun on {day(following.valid_from)}"
        yield TABLE.at(spot, f"{law.number} ends on {day(law.valid_to)}, {begun}.", mend)
    elif days > 1:
        begins = f"{following.number} begins only on {day(following.valid_from)}"
        yield TABLE.at(spot, f"{law.number} ends on {day(law.valid_to)}, {begins}.", mend)
