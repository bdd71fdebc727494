"""The legal texts of a source: clean numbers, and rows the portal glued together, cut where that is sure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .record import SourceLaw
from .values import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRead:
    """One legal text; `reason` where its number is missing or odd, `wording` then the source's words."""

    number: str
    name: str
    reason: Reason | None = None
    wording: str = ""


_KIND = (
    r"(?:Bộ luật|Luật|Luất|Pháp lệnh|Nghị quyết(?: liên tịch)?|Nghị định|Thông tư(?: liên tịch)?|Quyết định"
    r"|Chỉ thị|Văn bản hợp nhất)"
)
_ISSUER = r"(?:(?:UBTV)?QH\d{1,2}|[A-ZĐ]{1,6}(?:\s?[-–/]\s?(?:TTg|[A-ZĐ]{2,12}\d{0,2}))+)"
_NUMBER = rf"(?:\d{{1,3}}(?:\.\d{{1,2}}|[a-z])?\s?/\s?\d{{4}}|\d{{1,4}})\s?/\s?{_ISSUER}"
_CELL = re.compile(rf"(?i:{_KIND})?\s*(?i:số)?\s*:?\s*(?P<number>{_NUMBER})[\s.,;]*")
_OWN = re.compile(rf"(?i:{_KIND})\s*(?i:số)?\s*:?\s*(?P<number>{_NUMBER})(?![\w-])")
_TWICE = re.compile(rf"(?P<name>.*?(?P<number>{_NUMBER}))(?P=number)[\s.,;]*", re.DOTALL)
_CUT = re.compile(r"(?P<begin>\d+(?:/\d{4})?)(?:/\w*)?")
_NEXT_ROW = rf"(?i:{_KIND}|quy định|sửa đổi|ban hành|hướng dẫn)"
_GLUED = re.compile(
    rf"(?P<kind>(?:(?i:{_KIND})\s*(?:số)?\s*:?\s*)?)(?<![\d/])(?<!\d\.)(?<!QH)(?P<number>{_NUMBER})"
    rf"(?P<next>(?={_NEXT_ROW})|[\s.,;]*$)"
)
_COUNTING = re.compile(r"(?:thứ|năm|số|khóa|khoá)\s*$", re.IGNORECASE)
_ISSUER_END = re.compile(r"(?:MT|PTNT)(?=\s|[^\W\dA-ZĐ]|[A-ZĐ][^\W\dA-ZĐ])")
_SEAM_LEFT = re.compile(rf"[^\W\d](?<!QH)\d{{1,4}}/(?:\d{{4}}/)?[A-ZĐ]{{2}}|[^\W\dA-ZĐ]{_KIND} (?:số )?\d+/")


def laws(rows: tuple[SourceLaw, ...]) -> tuple[LawRead, ...]:
    """The legal texts in the source's order; rows without any word are left out."""
    return tuple(law for row in _rejoined(rows) if row.number or row.name for law in _row(row))


def _rejoined(rows: tuple[SourceLaw, ...]) -> Iterator[SourceLaw]:
    """Gives an issuer back its end, where that came to stand before the next row's name: “…-BNN”, “MTSửa đổi”."""
    end = None
    for i, row in enumerate(rows):
        name = row.name[end.end() :].strip() if end else row.name
        cut_off = row.number.endswith("-BNN") and i + 1 < len(rows)
        end = _ISSUER_END.match(rows[i + 1].name) if cut_off else None
        yield SourceLaw(number=row.number + (end[0] if end else ""), name=name)


def _row(row: SourceLaw) -> list[LawRead]:
    found: list[LawRead] = []
    rest = row.name
    at = 0
    while match := _GLUED.search(rest, at):
        before = rest[: match.start()]
        if not _is_seam(before, match, row):
            at = match.end()
            continue
        found.append(LawRead(number=_tidy(match["number"]), name=before.strip()))
        rest, at = rest[match.end() :], 0
    if rest.strip() or row.number:
        found.append(_last(row.number, rest.strip()))
    return found


def _is_seam(before: str, match: re.Match[str], row: SourceLaw) -> bool:
    """Whether a row ends here: something follows without a space, or stands before the last number without one."""
    if not before.strip() or _COUNTING.search(before):
        return False
    if match["next"] is not None and match.string[match.end() : match.end() + 1].strip():
        return True
    return not row.number and (before[-1].isalpha() or before[-1] in "\n.)”")


def _last(cell: str, name: str) -> LawRead:
    own = _OWN.match(name) or _TWICE.fullmatch(name) or _CELL.fullmatch(name)
    if match := _CELL.fullmatch(cell):
        glued = _SEAM_LEFT.search(name) is not None and not (own and own.end() == len(name))
        reason = Reason.GLUED if glued else None
        return LawRead(number=_tidy(match["number"]), name=name, reason=reason, wording=name if glued else "")
    if own and _is_part(cell, own["number"]):
        return LawRead(number=_tidy(own["number"]), name=name)
    if cell:
        return LawRead(number=cell, name=name, reason=Reason.ODD_NUMBER, wording=f"{cell}: {name}")
    return LawRead(number="", name=name, reason=Reason.NO_NUMBER, wording=name)


def _is_part(cell: str, own: str) -> bool:
    """Whether the number's column is a piece of the number in the name, or that with something before it."""
    cut = _CUT.fullmatch(cell)
    return not cell or cell.endswith(own) or (cut is not None and own.startswith(cut["begin"] + "/"))


def _tidy(number: str) -> str:
    return re.sub(r"\s", "", number).replace("–", "-")
