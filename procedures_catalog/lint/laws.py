"""Legal texts: missing, malformed, doubled, ended or about to end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from ..fold import normal, tokens
from ..marked import Fault, Marked
from ..model import Law, LegalBasis, Procedure
from .fitting import near
from .laws_shape import SHAPE, year
from .laws_table import contradicted
from .rule import Rule, Scene, leaves

NUMBER = Rule(
    id="law-number",
    what="a number that is not one of a Vietnamese legal text",
    why="Nobody can find the text that people may be shown as the ground of a refusal.",
    mend="Write it as printed: 60/2014/QH13, 123/2015/NĐ-CP, 281/2016/TT-BTC, 2228/QĐ-BTP.",
)
KIND = Rule(
    id="law-kind",
    what="the name says another kind of text than the number",
    why="Name and number lead to different texts; one of them is wrong.",
    mend="Look the text up and correct the one that is wrong.",
)
TWICE = Rule(
    id="law-twice",
    what="a text listed twice in one record",
    why="The card grows longer and says nothing more.",
    mend="Remove one of the two.",
)
YEAR = Rule(
    id="law-year",
    what="a text of a year to come, or of before 1990",
    why="Such a text does not exist; a digit is wrong.",
    mend="Look the number up again.",
)
ENDED = Rule(
    id="law-ended",
    what="a text that no longer counts, or not yet",
    why="What is done under a text out of force can be contested; papers and fees have often changed too.",
    mend="Read the new text, correct the record, and cite the new number.",
)
ENDING = Rule(
    id="law-ending",
    what="a text that ends within 120 days, for all records that rest on it",
    why="From that day on the records are wrong unless somebody has prepared the new values.",
    mend="Add the values that count from then on with `valid_from`, and name the new text.",
)
YOUNGER = Rule(
    id="law-younger",
    what="a law of which a younger one of the same name is cited elsewhere in the catalog",
    why="The older law has usually been replaced; the record may tell what no longer counts.",
    mend="Check which one counts and cite it; if both do, say so in the name.",
)
NAME = Rule(
    id="law-name",
    what="a number under a name that all other records give another number, or the other way round",
    why="A digit is wrong; people who look the text up find something else.",
    mend="Correct the number or the name.",
)
RULES = (NUMBER, KIND, TWICE, YEAR, ENDED, ENDING, YOUNGER, NAME)

SOON = timedelta(days=120)
_EACH, _MANY = 5, 3
_IN_TEXT = re.compile(r"(?<![\w./])\d{1,4}(?:\.\d{1,3})?/(?:19|20)\d{2}/[A-ZĐ]{2,}\d{0,2}(?:-[A-ZĐ]+)*")
_KINDS = {
    "Nghị định": re.compile(r"/NĐ-CP$|/NĐ-HĐBT$"),
    "Thông tư liên tịch": re.compile(r"TTLT"),
    "Thông tư": re.compile(r"[/-]TT-|TTLT"),
    "Luật": re.compile(r"/QH\d+$|/VBHN-"),
    "Bộ luật": re.compile(r"/QH\d+$|/VBHN-"),
    "Pháp lệnh": re.compile(r"/UBTVQH\d+$|/PL-"),
    "Nghị quyết": re.compile(r"/NQ|/QH\d+$|/UBTVQH\d+$"),
    "Quyết định": re.compile(r"/QĐ-"),
    "Công văn": re.compile(r"[/-](?!NĐ-|QĐ-|TT-|QH)"),
}


def laws(scene: Scene) -> Iterator[Fault]:
    """The legal basis of reviewed procedures, legal texts named in their words, and the table itself."""
    table: dict[str, Law] = scene.reading.values["laws"]
    youngest = _youngest(scene)
    wrong = contradicted(scene)
    ending: dict[str, list[tuple[str, Marked]]] = {}
    ended: dict[str, list[tuple[str, Marked]]] = {}
    for procedure, marked in scene.procedures:
        named = {number for _, text, _ in leaves(marked) for number in _IN_TEXT.findall(text)}
        seen: dict[str, int] = {}
        for i, basis in enumerate(procedure.legal_basis):
            spot = marked.find(["legal_basis", i, "number"])
            yield from _one(basis, spot, scene.as_of)
            if basis.number in seen:
                yield TWICE.at(spot, f"{basis.number} is already at line {seen[basis.number]}.")
            seen.setdefault(basis.number, spot.line)
            young = youngest.get(_title(basis))
            if young and _younger(young, basis.number) and young not in named and basis.number not in table:
                yield YOUNGER.at(spot, f"{basis.number} is cited; a younger text of this name is {young}.")
        if scene.as_of is None:
            continue
        for number in sorted(named & table.keys() - wrong):
            law, spot = table[number], _place(marked, number)
            in_basis = number in seen
            if _over(law, scene.as_of) and (in_basis or law.replaced_by not in named):
                ended.setdefault(number, []).append((procedure.code, spot))
            elif law.ahead(scene.as_of) and in_basis:
                yield ENDED.at(spot, f"{number} counts only from {law.valid_from}.", "Cite what counts today.")
            elif _ends_soon(law, scene.as_of) and in_basis and not _prepared(procedure, law, named):
                ending.setdefault(number, []).append((procedure.code, spot))
    for number, places in ended.items():
        yield from _all_ended(table[number], places, scene)
    for number, places in ending.items():
        yield _ending(table[number], places, scene.as_of)
    yield from _names(scene)


def _one(basis: LegalBasis, spot: Marked, as_of: date | None) -> Iterator[Fault]:
    if not SHAPE.fullmatch(basis.number):
        yield NUMBER.at(spot, f"“{basis.number}” is not the number of a legal text.")
        return
    of = year(basis.number)
    if of and (of < 1975 or (as_of and of > as_of.year)):
        yield YEAR.at(spot, f"{basis.number} is of the year {of}.")
    for kind, shape in _KINDS.items():
        if basis.name.startswith(kind):
            if not shape.search(basis.number):
                yield KIND.at(spot, f"The name says “{kind}”, the number {basis.number} another kind of text.")
            break


def _title(basis: LegalBasis) -> str:
    """The name of a law without its year; nothing for other texts and for laws that amend."""
    name = normal(basis.name)
    if not name.startswith(("luật", "bộ luật", "pháp lệnh")) or "sửa đổi" in name or "(" in name:
        return ""
    return re.sub(r"\s*(?:năm )?\d{4}$", "", name)


def _youngest(scene: Scene) -> dict[str, str]:
    found: dict[str, str] = {}
    for procedure, _ in scene.procedures:
        for basis in procedure.legal_basis:
            title = _title(basis)
            if title and (title not in found or _younger(basis.number, found[title])):
                found[title] = basis.number
    return found


def _younger(one: str, other: str) -> bool:
    mine, theirs = year(one), year(other)
    return mine is not None and theirs is not None and mine > theirs


def _over(law: Law, as_of: date) -> bool:
    """Past its last day, or replaced on a day the table does not know."""
    return law.past(as_of) or (law.replaced_by is not None and law.valid_to is None)


def _ends_soon(law: Law, as_of: date) -> bool:
    return law.valid_to is not None and law.valid_to <= as_of + SOON


def _prepared(procedure: Procedure, law: Law, named: set[str]) -> bool:
    """Whether the record names the text that follows, or a value of it ends with the law."""
    values = (*procedure.papers, *procedure.time_limits, *procedure.fees)
    return law.replaced_by in named or any(value.valid_to == law.valid_to for value in values)


def _ended(law: Law) -> str:
    when = f" ended on {law.valid_to}" if law.valid_to else " has been replaced"
    return f"{law.number} ({law.name}){when}."


def _all_ended(law: Law, places: list[tuple[str, Marked]], scene: Scene) -> Iterator[Fault]:
    """A line for each record; one line in laws.yaml where there are many, for then the table may be wrong."""
    if len(places) <= _EACH:
        for _, spot in places:
            yield ENDED.at(spot, _ended(law), _follow(law))
        return
    message = f"{_ended(law)} {len(places)} records still cite it: {_codes(places)}."
    yield ENDED.at(scene.reading.marked["laws"][law.number], message, _follow(law))


def _codes(places: list[tuple[str, Marked]]) -> str:
    return ", ".join(code for code, _ in places[:3]) + (", …" if len(places) > 3 else "")


def _follow(law: Law) -> str | None:
    return f"Read {law.replaced_by}, which follows it, and cite that number." if law.replaced_by else None


def _place(marked: Marked, number: str) -> Marked:
    spots = [(path, spot) for path, text, spot in leaves(marked) if number in text]
    return next((spot for path, spot in spots if path[0] == "legal_basis"), spots[0][1])


def _ending(law: Law, places: list[tuple[str, Marked]], as_of: date | None) -> Fault:
    assert law.valid_to is not None
    assert as_of is not None
    days = (law.valid_to - as_of).days
    follows = f"; {law.replaced_by} follows" if law.replaced_by else ""
    message = (
        f"{law.number} ({law.name}) ends on {law.valid_to}, in {days} days{follows}; "
        f"{len(places)} record{'s rest' if len(places) > 1 else ' rests'} on it: {_codes(places)}."
    )
    return ENDING.at(places[0][1], message)


def _names(scene: Scene) -> Iterator[Fault]:
    """One number, one name: judged where at least three records agree and one alone differs."""
    numbers: dict[str, Counter[str]] = {}
    titles: dict[str, Counter[str]] = {}
    for procedure, _ in scene.procedures:
        for basis in procedure.legal_basis:
            numbers.setdefault(basis.number, Counter())[normal(basis.name)] += 1
            titles.setdefault(normal(basis.name), Counter())[basis.number] += 1
    for procedure, marked in scene.procedures:
        for i, basis in enumerate(procedure.legal_basis):
            spot = marked.find(["legal_basis", i, "number"])
            name = normal(basis.name)
            usual, times = numbers[basis.number].most_common(1)[0]
            if times >= _MANY and numbers[basis.number][name] == 1 and _apart(usual, name):
                yield NAME.at(spot, f"{basis.number} is “{basis.name}” here, “{usual}” in {times} other records.")
            number, times = titles[name].most_common(1)[0]
            alone = sum(numbers[basis.number].values()) == 1
            if times >= _MANY and alone and len(tokens(name)) > 1 and near(number, basis.number):
                message = f"“{basis.name}” is {basis.number} here, {number} in {times} other records."
                yield NAME.at(spot, message, f"Did you mean {number}?")


def _apart(one: str, other: str) -> bool:
    """Whether two names share less than half of the shorter one's words."""
    mine, theirs = {*tokens(one)}, {*tokens(other)}
    return len(mine & theirs) * 2 < min(len(mine), len(theirs))
