"""What the words of a record say of the ways to file, against `offered` and `level`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..marked import Fault, Marked
from ..model import OnlineLevel, Procedure, WayName
from .rule import Rule, leaves

SAID = {
    WayName.ONLINE: "filing online (online)",
    WayName.POST: "filing by post (post)",
    WayName.IN_PERSON: "filing at the counter (in_person)",
}
"""The ways in words an editor understands, with their keys."""

_NET = r"(?:trực tuyến|online|qua mạng|trên mạng)"
_MAIL = r"(?:bưu điện|bưu chính)"
_DO = r"(?:nộp|làm|gửi|đăng ký|thực hiện|nhận|tiếp nhận)"
_ONLY = r"(?:chỉ (?:được )?(?:nhận|nộp|làm|tiếp nhận|thực hiện)|phải (?:đến|tới) (?:nộp )?)[^.;,]{0,20}"
_CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d|\.\d)")
_ONLINE = re.compile(rf"(?:nộp|làm|gửi|đăng ký|thực hiện)[^.;,]{{0,25}}{_NET}", re.I)
_NO_ONLINE = re.compile(
    rf"(?:không|chưa)[^.;,]{{0,30}}{_NET}|{_NET}[^.;,]{{0,15}}(?:không|chưa) (?:được|nhận|thực hiện|áp dụng)|"
    rf"{_ONLY}trực tiếp",
    re.I,
)
_NO_POST = re.compile(
    rf"(?:không|chưa)[^.;,]{{0,25}}{_MAIL}|{_MAIL}[^.;,]{{0,15}}không|{_ONLY}(?:trực tiếp|trực tuyến)", re.I
)
_NO_PERSON = re.compile(
    r"không (?:nhận|tiếp nhận|nộp)[^.;,]{0,20}trực tiếp|chỉ (?:nhận|nộp|làm)[^.;,]{0,20}trực tuyến", re.I
)
_AGAINST = {WayName.ONLINE: _NO_ONLINE, WayName.POST: _NO_POST, WayName.IN_PERSON: _NO_PERSON}

_CLAUSE = re.compile(r"[^.;!?]+")
_NOT = r"(?:không|chưa)(?: thể)?(?: được)?"
_DENIED = {
    WayName.ONLINE: re.compile(
        rf"(?<!nếu )(?<!mà )\b{_NOT} {_DO}(?: được)?(?: hồ sơ)?(?: qua| trên| bằng)? {_NET}(?! thì)|"
        rf"\b{_NOT} (?:hỗ trợ|áp dụng) [^,]{{0,15}}{_NET}",
        re.I,
    ),
    WayName.POST: re.compile(
        rf"(?<!nếu )\b{_NOT} {_DO}(?: được)?(?: hồ sơ)?(?: qua| bằng)?(?: dịch vụ)? {_MAIL}(?! thì)", re.I
    ),
}
_ONLY_COUNTER = re.compile(r"\bchỉ (?:được )?(?:nhận|tiếp nhận|nộp|làm)(?: hồ sơ)? trực tiếp\b", re.I)
_ONLY_ONLINE = re.compile(rf"\bchỉ (?:được )?(?:nhận|tiếp nhận|nộp|làm)(?: hồ sơ)?(?: qua)? {_NET}\b", re.I)
_HEDGE = re.compile(r"nguồn|trừ|riêng|có thể chỉ|khi |nếu |trường hợp|người nước ngoài|hộ chiếu", re.I)
_COME = re.compile(
    r"(?:phải|cần) (?:cùng |tự )?(?:đến|tới|có mặt)\b[^.;]{0,40}|(?:phải|cần) (?:đưa|mang) xe|ký trước mặt", re.I
)
_FILED = re.compile(r"^(?:Nộp|Gửi|Khai|Đến|Mang|Đăng nhập)\b(?!.*(?:thủ tục khác|\d\.\d{6}))")
_IF = re.compile(r"\b(?:thì|nếu|khi|trừ|trường hợp|ai)\b", re.I)
_FULL_NAME = re.compile(r"(?:trực tuyến )?toàn trình", re.I)
_PART_NAME = re.compile(r"dịch vụ công (?:trực tuyến )?một phần|trực tuyến một phần", re.I)
_OTHER_WAY = {
    WayName.ONLINE: re.compile(
        rf"^(?:Nộp|Gửi)[^.;,]{{0,30}}(?:qua (?:dịch vụ )?{_MAIL}|trực tiếp (?:tại|ở)|tại quầy)|"
        r"^(?:Nộp|Đến|Mang)[^.;,]{0,20}(?:tại|đến) (?:Trung tâm|Ủy ban|Công an|Bộ phận|Văn phòng|trụ sở)"
    ),
    WayName.POST: re.compile(
        rf"^(?:Nộp|Khai|Làm)[^.;,]{{0,30}}(?:{_NET}|Cổng [Dd]ịch vụ|VNeID)|"
        r"^(?:Nộp|Đến)[^.;,]{0,20}trực tiếp (?:tại|ở)"
    ),
    WayName.IN_PERSON: re.compile(
        rf"^(?:Nộp|Khai|Gửi)[^.;,]{{0,12}}(?:qua (?:dịch vụ )?{_MAIL}|{_NET}|(?:trên|qua) (?:Cổng|VNeID))"
    ),
}


def said(procedure: Procedure, marked: Marked, words: Rule, level: Rule) -> Iterator[Fault]:
    """Faults of rule `words` where texts deny or promise a way, of `level` where they deny how far it goes."""
    yield from _notes_of_ways(procedure, marked, words)
    yield from _texts(procedure, marked, words)
    yield from _level(procedure, marked, level)


def _notes_of_ways(procedure: Procedure, marked: Marked, words: Rule) -> Iterator[Fault]:
    for name in WayName:
        way = procedure.ways[name]
        spot = marked.find(["ways", name.value, "note"])
        if not way.note:
            continue
        if way.offered is False and _FILED.search(way.note) and not _AGAINST[name].search(way.note):
            yield words.at(spot, f"{SAID[name]} is not offered, but this note says how it is done.")
        elif way.offered is True and _AGAINST[name].search(way.note) and "trừ" not in way.note:
            yield words.at(spot, f"{SAID[name]} is offered, but the note says that it is not.")
        elif way.offered is True and (found := _OTHER_WAY[name].search(way.note)):
            yield words.at(spot, f"This note is under {SAID[name]}, but “{found[0]}” is another way.")


def _texts(procedure: Procedure, marked: Marked, words: Rule) -> Iterator[Fault]:
    """Notes, `plain` and the like; the notes of the ways are judged with their own way."""
    ways = procedure.ways
    for path, text, spot in leaves(marked):
        of_way = path[0] == "ways"
        read = path[0] in ("notes", "plain", "who", "result") or path[-1] == "note"
        promised = ways.online.offered is False and (read or path[0] == "everyday")
        if promised and _ONLINE.search(text) and not _NO_ONLINE.search(text) and not _CODE.search(text):
            yield words.at(spot, "Online is not offered, but these words speak of filing online.")
        if of_way or not read:
            continue
        for clause in _CLAUSE.findall(text):
            denied = _denied(clause, procedure)
            if denied is not None:
                message = f"{SAID[denied]} is offered, but these words say that it is not: “{clause.strip()}”."
                yield words.at(spot, message)
                break


def _denied(clause: str, procedure: Procedure) -> WayName | None:
    """The way offered that a clause denies."""
    if _HEDGE.search(clause) or _CODE.search(clause):
        return None
    ways = procedure.ways
    for name, pattern in _DENIED.items():
        if ways[name].offered is True and pattern.search(clause):
            return name
    if _ONLY_COUNTER.search(clause):
        return next((name for name in (WayName.ONLINE, WayName.POST) if ways[name].offered is True), None)
    if _ONLY_ONLINE.search(clause):
        return next((name for name in (WayName.IN_PERSON, WayName.POST) if ways[name].offered is True), None)
    return None


def _level(procedure: Procedure, marked: Marked, level: Rule) -> Iterator[Fault]:
    online = procedure.ways.online
    spot = marked.find(["ways", "online", "level"])
    full, part = _FULL_NAME.search(procedure.name), _PART_NAME.search(procedure.name)
    if online.level is OnlineLevel.FULL and part and not full:
        yield level.at(spot, f"`level` is full, but the name says “{part[0]}”.", "Write partial.")
    elif online.level is OnlineLevel.PARTIAL and full and not part:
        yield level.at(spot, f"`level` is partial, but the name says “{full[0]}”.", "Write full.")
    elif online.level is OnlineLevel.FULL:
        texts = [online.note or "", *procedure.notes]
        clauses = [one for text in texts for one in _CLAUSE.findall(text) if not _IF.search(one)]
        come = next((found for one in clauses if (found := _COME.search(one))), None)
        if come is not None:
            message = f"`level` is full (nobody has to come), but the words say “{come[0].strip()}”."
            yield level.at(spot, message, "Write partial, or correct the words.")
    if online.offered is False and (full or part):
        name = (full or part)[0]  # type: ignore[index]
        yield level.at(marked.find(["ways", "online"]), f"Online is not offered, but the name says “{name}”.")
