"""Papers, cases and what comes of it all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from ..fold import normal
from ..marked import Fault, Marked
from ..model import Fee, Paper, Procedure, TimeLimit
from .rule import Rule, Scene, overlap

NONE = Rule(
    id="papers-none",
    what="a procedure without any paper, and no note that none is needed",
    why="People come with empty hands and are sent home.",
    mend="List the papers; if none is needed, say so in `notes:`.",
)
TWICE = Rule(
    id="paper-twice",
    what="the same paper twice in one case",
    why="People bring it twice, or wonder what the difference is.",
    mend="Remove one, or say in `note:` what differs.",
)
COUNT = Rule(
    id="paper-count",
    what="more than 20 copies of a paper",
    why="A slip of the keyboard makes people copy a stack of paper.",
    mend="Read the source again and correct the number.",
)
SHOWN = Rule(
    id="paper-shown",
    what="a paper to be only shown, with copies to hand in",
    why="People cannot tell whether they keep the paper.",
    mend="Take `show:` out, or the copies.",
)
CASE_UNUSED = Rule(
    id="case-unused",
    what="a case that no paper, limit or fee is for, and no note speaks of",
    why="People who choose it are told nothing that is theirs.",
    mend="Use it under `case:`, or remove it.",
)
CASE_NAME = Rule(
    id="case-name",
    what="two cases with one name, or one case only that covers everything",
    why="People have to choose between things they cannot tell apart.",
    mend="Give each case the words by which people know that it is theirs.",
)
EMPTY = Rule(
    id="value-empty",
    what="a value that is there but empty, or a list without its entries",
    why="People see a heading with nothing under it.",
    mend="Fill it in, or remove the key.",
)
COPY_WORDS = Rule(
    id="paper-words",
    what="the words of a paper give another number than its value",
    why="People see two numbers for one paper.",
    mend="Make `original`, `copies` and the words say the same.",
)
NOTE_TWICE = Rule(
    id="note-twice",
    what="the same note twice in one record",
    why="The card grows longer and says nothing more.",
    mend="Remove one of the two.",
)
RULES = (NONE, TWICE, COUNT, SHOWN, CASE_UNUSED, CASE_NAME, EMPTY, COPY_WORDS, NOTE_TWICE)

_MOST = 20
_NO_PAPERS = re.compile(r"không (?:cần|phải|có|yêu cầu)[^.]{0,25}(?:giấy tờ|hồ sơ|nộp gì)", re.I)
_NUMBERED = re.compile(r"\b0?(\d{1,2}) (bản chính|bản sao|bản)\b", re.I)


def papers(scene: Scene) -> Iterator[Fault]:
    """Papers, cases and empty values of reviewed records."""
    for procedure, marked in scene.procedures:
        if not procedure.papers and not any(map(_NO_PAPERS.search, procedure.notes)):
            yield NONE.at(marked.find(["papers"]), "No paper is listed.")
        for key in ("result",):
            if not getattr(procedure, key):
                yield EMPTY.at(marked.find([key]), f"`{key}` is empty.")
        yield from _papers(procedure, marked)
        yield from _cases(procedure, marked, scene.as_of)
        yield from _twice(procedure, marked)
        yield from _empty(marked)
    for kind in (
        "signposts",
        "life_events",
        "offices",
        "places",
        "roles",
        "topics",
        "fields",
        "laws",
        "emergencies",
    ):
        for item, marked in scene.each(kind):
            if getattr(item, "reviewed", True):
                yield from _empty(marked)
    for kind in ("deployment", "limits"):
        if (single := scene.single(kind)) is not None:
            yield from _empty(single[1])


def _papers(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    seen: dict[tuple[str, str | None], tuple[Paper, int]] = {}
    for i, paper in enumerate(procedure.papers):
        spot = marked.find(["papers", i])
        key = (normal(paper.name), paper.case)
        twin = seen.setdefault(key, (paper, spot.line))
        if twin[0] is not paper and overlap(twin[0], paper) and not _told_apart(twin[0], paper):
            yield TWICE.at(spot.find(["name"]), f"This paper is already at line {twin[1]}.")
        for key_name in ("original", "copies"):
            if (number := getattr(paper, key_name)) > _MOST:
                yield COUNT.at(spot.find([key_name]), f"{number} of one paper is not believable.")
        if paper.show and paper.copies:
            yield SHOWN.at(spot.find(["show"]), "It is only shown, yet copies are asked for.")
        yield from _words(paper, spot)


def _told_apart(one: Paper, other: Paper) -> bool:
    return bool(one.note and other.note and one.note != other.note)


def _words(paper: Paper, spot: Marked) -> Iterator[Fault]:
    if "nguồn" in (paper.note or "").lower():
        return
    for key in ("name", "note"):
        said = _NUMBERED.findall(getattr(paper, key) or "")
        if len(said) != 1:
            continue
        number, kind = int(said[0][0]), said[0][1].lower()
        have = {"bản chính": paper.original, "bản sao": paper.copies}.get(kind, paper.original + paper.copies)
        if number != have and number not in (paper.original, paper.copies):
            yield COPY_WORDS.at(spot.find([key]), f"The words say {number} {kind}, the values say {have}.")


def _twice(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for i, note in enumerate(procedure.notes):
        spot = marked.find(["notes", i])
        if (first := seen.setdefault(normal(note), spot.line)) != spot.line:
            yield NOTE_TWICE.at(spot, f"This note is already at line {first}.")


def _cases(procedure: Procedure, marked: Marked, as_of: date | None) -> Iterator[Fault]:
    items: tuple[Paper | TimeLimit | Fee, ...] = (*procedure.papers, *procedure.time_limits, *procedure.fees)
    used = {item.case for item in items}
    lasting = {item.case for item in items if as_of is None or not item.past(as_of)}
    counted = Counter(normal(case.name) for case in procedure.cases)
    ids = Counter(case.id for case in procedure.cases)
    everything = normal(" ".join((procedure.plain, procedure.who, *procedure.notes)))
    for i, case in enumerate(procedure.cases):
        spot = marked.find(["cases", i])
        if case.id not in used and normal(case.name) not in everything:
            yield CASE_UNUSED.at(spot, f"Nothing is said for the case “{case.name}”.")
        elif case.id in used - lasting:
            message = f"All that was said for the case “{case.name}” has ended; people who choose it see nothing."
            yield CASE_UNUSED.at(spot, message, "Add what counts now under `case:`, or remove the case.")
        if counted[normal(case.name)] > 1:
            yield CASE_NAME.at(spot.find(["name"]), f"Two cases are named “{case.name}”.")
        if ids[case.id] > 1:
            yield CASE_NAME.at(spot.find(["id"]), f"Two cases have the id `{case.id}`.")


def _empty(marked: Marked) -> Iterator[Fault]:
    if isinstance(marked.value, dict):
        for key, child in marked.value.items():
            if isinstance(child.value, str) and not child.value.strip():
                yield EMPTY.at(child, f"`{key}` is empty.")
            yield from _empty(child)
    elif isinstance(marked.value, list):
        for child in marked.value:
            if isinstance(child.value, str) and not child.value.strip():
                yield EMPTY.at(child, "A line of the list is empty.")
            yield from _empty(child)
