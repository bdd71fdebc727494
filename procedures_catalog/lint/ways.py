"""Ways to file, the office in charge, and codes that other records name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..marked import Fault, Marked
from ..model import OnlineLevel, Procedure, WayName
from .rule import Rule, Scene, leaves

NONE = Rule(
    id="ways-none",
    what="no way to file is offered",
    why="People are told what to bring, but nowhere to bring it.",
    mend="Set `offered: true` for at least one way.",
)
LEVEL = Rule(
    id="way-level",
    what="`level` where nothing is offered online, or on another way",
    why="The level says how far one gets online; here it means nothing, so one of the two is wrong.",
    mend="Set `offered: true` under online, or take `level:` out.",
)
NOT_OFFERED = Rule(
    id="way-not-offered",
    what="a limit or a fee for a way that is not offered",
    why="People are told a price or a time for something they cannot do.",
    mend="Correct `offered:` or `way:`.",
)
WORDS = Rule(
    id="way-words",
    what="the words say otherwise than `offered`",
    why="People are sent online or to the post office in vain, or are kept from it.",
    mend="Make `offered:` and the words say the same.",
)
LEVELS = Rule(
    id="office-level",
    what="`level` or `decided_by` and the role in `office` are of different levels",
    why="People are sent to the commune for what the province decides, or the other way round.",
    mend="Correct `level`, `decided_by` or `office`; roles.yaml says which level a role has.",
)
CODE = Rule(
    id="code-unknown",
    what="a text names the code of a procedure that is not here, or not in force",
    why="People type the code and find nothing.",
    mend="Correct the code, or take the sentence out.",
)
DECISION = Rule(
    id="decision",
    what="`decision` is not the number of a decision",
    why="Nobody can find the decision that published the procedure.",
    mend="Write it as 163/QĐ-BTP; if the source has none: chưa rõ.",
)
RULES = (NONE, LEVEL, NOT_OFFERED, WORDS, LEVELS, CODE, DECISION)

_CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d|\.\d)")
_DECISION = re.compile(r"\d{1,5}(?:/\d{4})?/Q[ĐD]-[A-ZĐ][\w-]*|QĐ/\d+-[A-ZĐ]+|\d{3,5}|chưa rõ")
_ONLINE = re.compile(r"(?:nộp|làm|gửi|đăng ký|thực hiện)[^.;,]{0,25}(?:trực tuyến|online|qua mạng)", re.I)
_NO_ONLINE = re.compile(
    r"(?:không|chưa)[^.;,]{0,30}(?:trực tuyến|online|qua mạng)|(?:trực tuyến|online|qua mạng)[^.;,]{0,15}"
    r"(?:không|chưa) (?:được|nhận|thực hiện|áp dụng)|chỉ (?:nhận|nộp|làm)[^.;,]{0,20}trực tiếp",
    re.I,
)
_NO_POST = re.compile(
    r"(?:không|chưa)[^.;,]{0,25}(?:bưu điện|bưu chính)|(?:bưu điện|bưu chính)[^.;,]{0,15}không|"
    r"chỉ (?:nhận|nộp|làm)[^.;,]{0,20}(?:trực tiếp|trực tuyến)|phải (?:đến|tới) (?:nộp )?trực tiếp",
    re.I,
)
_NO_PERSON = re.compile(
    r"không (?:nhận|tiếp nhận|nộp)[^.;,]{0,20}trực tiếp|chỉ (?:nhận|nộp|làm)[^.;,]{0,20}trực tuyến", re.I
)
_DENIED = re.compile(
    r"^(?:thủ tục này )?(?:không|chưa) (?:nhận|làm|nộp|thực hiện|được nộp)[^.;,]{0,15}"
    r"(?:trực tuyến|online|qua mạng)",
    re.I,
)
_AGAINST = {WayName.ONLINE: _NO_ONLINE, WayName.POST: _NO_POST, WayName.IN_PERSON: _NO_PERSON}
_PROVINCE = re.compile(r"^(?:Sở|(?:Chủ tịch )?(?:Ủy ban nhân dân|UBND) (?:cấp )?tỉnh|Công an (?:cấp )?tỉnh)\b")
_COMMUNE = re.compile(r"^(?:Chủ tịch )?(?:Ủy ban nhân dân|UBND|Công an) (?:cấp )?(?:xã|phường)\b")
_BOTH = re.compile(r",|;|/|\bvà\b|hoặc", re.I)


def ways(scene: Scene) -> Iterator[Fault]:
    """Ways, levels and codes of reviewed records."""
    roles = scene.reading.values["roles"]
    here = {*scene.reading.marked["procedures"], *scene.reading.marked["signposts"]}
    ended = {item.code for item, _ in scene.procedures if scene.as_of and item.past(scene.as_of)}
    for procedure, marked in scene.procedures:
        yield from _offered(procedure, marked)
        yield from _said(procedure, marked)
        if procedure.office in roles:
            yield from _level(procedure, marked, roles[procedure.office].level)
        if not _DECISION.fullmatch(procedure.decision):
            yield DECISION.at(marked.find(["decision"]), f"“{procedure.decision}” is not a decision's number.")
        yield from _codes(marked, procedure.code, here, ended)
    for signpost, marked in scene.signposts:
        yield from _codes(marked, signpost.code, here, ended)
    for event, marked in scene.each("life_events"):
        yield from _codes(marked, event.id, here, ended)


def _offered(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    spot = marked.find(["ways"])
    offered = {name: procedure.ways[name].offered for name in WayName}
    if True not in offered.values():
        yield NONE.at(spot, "None of the ways to file is offered.")
    for name in WayName:
        stated = procedure.ways[name].level is not OnlineLevel.UNKNOWN
        if stated and (name is not WayName.ONLINE or offered[name] is False):
            yield LEVEL.at(spot.find([name.value, "level"]), f"`level` is given, but {name} is not filing online.")
    for key in ("time_limits", "fees"):
        for i, item in enumerate(getattr(procedure, key)):
            if item.way is not None and offered[item.way] is False:
                yield NOT_OFFERED.at(marked.find([key, i, "way"]), f"{item.way} is not offered.")


def _said(procedure: Procedure, marked: Marked) -> Iterator[Fault]:
    for name in WayName:
        way = procedure.ways[name]
        spot = marked.find(["ways", name.value])
        if way.offered is True and way.note and _AGAINST[name].search(way.note) and "trừ" not in way.note:
            yield WORDS.at(spot.find(["note"]), f"{name} is offered, but the note says that it is not.")
    if procedure.ways.online.offered is False:
        for path, text, spot in leaves(marked):
            own = path[0] in ("notes", "plain", "everyday") or path[-1] == "note"
            if own and _ONLINE.search(text) and not _NO_ONLINE.search(text) and not _CODE.search(text):
                yield WORDS.at(spot, "Online is not offered, but these words speak of filing online.")
    for i, note in enumerate(procedure.notes):
        if procedure.ways.online.offered is True and _DENIED.search(note):
            yield WORDS.at(marked.find(["notes", i]), "online is offered, but this note says that it is not.")


def _level(procedure: Procedure, marked: Marked, level: str) -> Iterator[Fault]:
    fits = {"commune": {"commune", "beside"}, "province": {"province", "beside"}}.get(procedure.level)
    if fits is not None and level not in fits:
        message = f"`level` is {procedure.level}, the office `{procedure.office}` is of level {level}."
        yield LEVELS.at(marked.find(["level"]), message)
    says = procedure.decided_by
    if _BOTH.search(says):
        return
    if (procedure.level == "commune" and _PROVINCE.search(says)) or (
        procedure.level == "province" and _COMMUNE.search(says)
    ):
        yield LEVELS.at(marked.find(["decided_by"]), f"`level` is {procedure.level}, but “{says}” decides.")


def _codes(marked: Marked, own: str, here: set[str], ended: set[str]) -> Iterator[Fault]:
    for path, text, spot in leaves(marked):
        if path[0] in ("code", "replaces", "link", "source") or path[-1] in ("code", "wording", "number"):
            continue
        for code in _CODE.findall(text):
            if code not in here:
                yield CODE.at(spot, f"There is no procedure {code} in this catalog.")
            elif code in ended and code != own:
                yield CODE.at(spot, f"{code} is no longer in force.")
