"""Who asks, who decides, which office has it, and what people get: each in its own place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ..fold import normal
from ..marked import Fault, Marked
from ..model import Procedure, Signpost
from .rule import Rule, Scene

DECIDED_BY = Rule(
    id="decided-by",
    what="`decided_by` names no authority",
    why="People are told that somebody decides who cannot; `who` and `decided_by` are often exchanged.",
    mend="Write the authority from the source: Ủy ban nhân dân cấp xã, Công an cấp xã.",
)
WHO = Rule(
    id="who",
    what="`who` begins with an authority, or says the same as `decided_by`",
    why="People read it to see whether they may ask; an authority there tells them that they may not.",
    mend="Write who may ask: Cha hoặc mẹ của trẻ.",
)
RESULT = Rule(
    id="result-paper",
    what="a result that is a paper to hand in, or one of the papers of the same record",
    why="People come to get what they should have brought.",
    mend="Write what people are given in the end; move the rest to `papers:`.",
)
DECIDES = Rule(
    id="office-decides",
    what="an office that cannot have what `decided_by` decides",
    why="People and their reports are sent to the wrong office.",
    mend="Correct `office`, or `decided_by`.",
)
ODD = Rule(
    id="office-odd",
    what="an office that no other record of the field has, though others are decided by the same authority",
    why="A slip in `office` sends people to the wrong office.",
    mend="Correct `office` if it is a slip.",
)
NAMED = Rule(
    id="office-name",
    what="an office of the place whose name is that of another role, or of another place",
    why="People are sent to the wrong house.",
    mend="Correct `name`, `role` or `id`.",
)
RULES = (DECIDED_BY, WHO, RESULT, DECIDES, ODD, NAMED)

_FEW = 5
_AGAIN = re.compile(
    r"đổi|lại|gia hạn|điều chỉnh|đính chính|bổ sung|thay đổi|thu hồi|biến động|bản sao|khôi phục", re.I
)
_UNIT = re.compile(r"\b(?:xã|phường|đặc khu|tỉnh) ((?:[A-ZĐÀ-Ỹ][\w-]*\s?)+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What offices.yaml says, ready to be searched."""

    authority: re.Pattern[str]
    asking: re.Pattern[str]
    handed_in: re.Pattern[str]
    decides: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    commune: re.Pattern[str]
    commune_only: re.Pattern[str]
    never: frozenset[str]
    anywhere: frozenset[str]


@cache
def _table() -> _Table:
    table = yaml.safe_load(Path(__file__).with_name("offices.yaml").read_bytes())
    return _Table(
        authority=re.compile(rf"(?<!\w)(?:{'|'.join(table['authorities'])})(?!\w)"),
        asking=re.compile(rf"^(?:{'|'.join(table['not_asking'])})(?!\w)"),
        handed_in=re.compile(rf"^(?:{'|'.join(table['handed_in'])})(?!\w)"),
        decides=tuple((re.compile(row["says"]), frozenset(row["roles"])) for row in table["decides"]),
        commune=re.compile(table["commune"]),
        commune_only=re.compile(table["commune_only"]),
        never=frozenset(table["never"]),
        anywhere=frozenset(table["anywhere"]),
    )


def persons(scene: Scene) -> Iterator[Fault]:
    """Persons and offices of reviewed records, and the offices of the place."""
    for item, marked in scene.found:
        yield from _decided(item, marked)
    for procedure, marked in scene.procedures:
        yield from _who(procedure, marked)
        yield from _results(procedure, marked)
    yield from _odd(scene)
    yield from _names(scene)


def _decided(item: Procedure | Signpost, marked: Marked) -> Iterator[Fault]:
    table, says = _table(), item.decided_by
    spot = marked.find(["decided_by"])
    if not table.authority.search(says):
        yield DECIDED_BY.at(spot, f"“{says}” is no authority.")
    if item.office is None:
        return
    fitting = [roles for pattern, roles in table.decides if pattern.search(says)]
    if table.commune_only.search(says):
        if item.office in table.never:
            yield DECIDES.at(marked.find(["office"]), f"“{says}” decides, but the office is `{item.office}`.")
    elif fitting and not table.commune.search(says) and item.office not in frozenset().union(*fitting):
        fits = " or ".join(f"`{role}`" for role in sorted(fitting[0]))
        message = f"“{says}” decides, but the office is `{item.office}`; {fits} would fit."
        yield DECIDES.at(marked.find(["office"]), message)


def _who(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    spot = marked.find(["who"])
    if normal(procedure.who).rstrip(". ") == normal(procedure.decided_by).rstrip(". "):
        yield WHO.at(spot, "`who` says the same as `decided_by`.")
    elif normal(procedure.who).rstrip(". ") in normal(procedure.decided_by) and _table().authority.search(
        procedure.who
    ):
        yield WHO.at(spot, f"“{procedure.who}” decides here and does not ask.")
    elif found := _table().asking.search(procedure.who):
        yield WHO.at(spot, f"`who` begins with “{found[0]}”, which decides and does not ask.")


def _results(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    papers = {normal(paper.name): i for i, paper in enumerate(procedure.papers)}
    seen: set[str] = set()
    for i, result in enumerate(procedure.result):
        spot = marked.find(["result", i])
        if normal(result) in seen:
            yield RESULT.at(spot, f"“{result}” is written twice.", "Remove one of the two.")
        elif found := _table().handed_in.search(result):
            yield RESULT.at(spot, f"“{found[0]}…” is what people hand in, not what they get.")
        elif normal(result) in papers and not _AGAIN.search(procedure.name):
            there = marked.find(["papers", papers[normal(result)], "name"])
            yield RESULT.at(there, f"This paper is the result itself (line {spot.line}).", "Remove the paper.")
        seen.add(normal(result))


def _odd(scene: Scene) -> Iterator[Fault]:
    offices = Counter((item.field, item.office) for item, _ in scene.procedures)
    fields = Counter(item.field for item, _ in scene.procedures)
    deciding = Counter((item.field, item.decided_by) for item, _ in scene.procedures)
    for item, marked in scene.procedures:
        alone = offices[item.field, item.office] == 1 and deciding[item.field, item.decided_by] > 1
        if alone and fields[item.field] >= _FEW and item.office not in _table().anywhere:
            _, usual = max((n, office) for (field, office), n in offices.items() if field == item.field and office)
            records = f"{fields[item.field]} records of `{item.field}`"
            message = f"No other of the {records} has `{item.office}`; most have `{usual}`."
            yield ODD.at(marked.find(["office"]), message)


def _names(scene: Scene) -> Iterator[Fault]:
    units = scene.reading.values["places"]
    for office, marked in scene.each("offices"):
        spot = marked.find(["name"])
        fitting = [roles for pattern, roles in _table().decides if pattern.search(office.name)]
        if fitting and not _table().commune.search(office.name) and office.role not in frozenset().union(*fitting):
            yield NAMED.at(spot, f"“{office.name}” is not the name of `{office.role}`.")
        unit = units.get(office.id.partition(":")[0])
        said = _UNIT.search(office.name)
        if unit is None or said is None:
            continue
        if normal(said[1].strip()) not in normal(f"{unit.name} {' '.join(unit.formerly)}"):
            yield NAMED.at(spot, f"“{office.name}” is not of {unit.name}.")
