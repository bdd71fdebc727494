"""Ways to file, the office in charge, and codes that other records name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..marked import Fault, Marked
from ..model import OnlineLevel, Procedure, WayName
from .rule import Rule, Scene, leaves
from .ways_words import SAID, said

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
UNTOLD = Rule(
    id="way-untold",
    what="every fee, or every limit, is for one way, and a way that is offered has none",
    why="Whoever goes that way is told no price, or no day.",
    mend="Add the fee or limit of that way, or take `way:` out where it counts for all.",
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
RULES = (NONE, LEVEL, NOT_OFFERED, UNTOLD, WORDS, LEVELS, CODE, DECISION)

_CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d|\.\d)")
_DECISION = re.compile(r"\d{1,5}(?:/\d{4})?/Q[ĐD]-[A-ZĐ][\w-]*|QĐ/\d+-[A-ZĐ]+|\d{3,5}|chưa rõ")
_VALUE = {"time_limits": "time limit", "fees": "fee"}
_AT = re.compile(r"thực hiện tại cấp (xã|tỉnh)\b(?!,)")
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
        yield from said(procedure, marked, WORDS, LEVEL)
        if procedure.office in roles:
            yield from _level(procedure, marked, roles[procedure.office].level)
        if not _DECISION.fullmatch(procedure.decision):
            yield DECISION.at(marked.find(["decision"]), f"“{procedure.decision}” is not a decision's number.")
        yield from _codes(marked, procedure.code, here, ended)
    for signpost, marked in scene.signposts:
        says = signpost.decided_by
        wrong = {"commune": _PROVINCE, "province": _COMMUNE}.get(signpost.level or "")
        if wrong is not None and wrong.search(says) and not _BOTH.search(says):
            message = f"`level` is {signpost.level}, but “{says}” decides."
            yield LEVELS.at(marked.find(["level"]), message)
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
                message = f"A {_VALUE[key]} is given for {SAID[item.way]}, but {SAID[item.way]} is not offered."
                mend = f"Set `offered: true` under {item.way}, or correct `way:` here."
                yield NOT_OFFERED.at(marked.find([key, i, "way"]), message, mend)
        yield from _untold(procedure, marked, key)


def _untold(procedure: Procedure, marked: Marked, key: str) -> Iterator[Fault]:
    items = getattr(procedure, key)
    told = {item.way for item in items}
    if not items or None in told:
        return
    for name in WayName:
        if procedure.ways[name].offered is True and name not in told:
            have = " and ".join(SAID[way] for way in WayName if way in told)
            message = f"A {_VALUE[key]} is given for {have}; none for {SAID[name]}, which is offered."
            yield UNTOLD.at(marked.find([key]), message)


def _level(procedure: Procedure, marked: Marked, level: str) -> Iterator[Fault]:
    fits = {"commune": {"commune", "beside"}, "province": {"province", "beside"}}.get(procedure.level)
    if fits is not None and level not in fits:
        message = f"`level` is {procedure.level}, the office `{procedure.office}` is of level {level}."
        yield LEVELS.at(marked.find(["level"]), message)
    at = _AT.search(procedure.name)
    if at and procedure.level in ("commune", "province") and (at[1] == "xã") != (procedure.level == "commune"):
        message = f"The name says “{at[0]}”, `level` is {procedure.level}."
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
