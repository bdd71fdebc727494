"""Lists of legal documents captured as one run of text: name and number, with nothing before the next name."""

from __future__ import annotations

import re

from .printed import said
from .record import SourceLaw

Doubt = tuple[str, str]

ISSUERS = (
    *("CP", "TTg", "CTN", "HĐND", "UBND", "BCA", "BTP", "BTC", "BXD", "BGTVT", "BNV", "BYT", "BQP", "BTNMT"),
    *(
        "BNNMT",
        "BNN",
        "BNNPTNT",
        "BKHĐT",
        "BKH",
        "BKHCN",
        "BCT",
        "BVHTTDL",
        "BTTTT",
        "BLĐTBXH",
        "BGDĐT",
        "BNG",
        "BDTTG",
    ),
    *("UBDT", "NHNN", "TTCP", "UBTƯMTTQVN", "VPCP", "VPQH", "TANDTC", "VKSNDTC", "KTNN", "BHXH", "TCT", "TCHQ"),
)
"""Abbreviations of those whose documents are numbered; they end a number."""

ISSUER_END = "|".join(sorted(ISSUERS, key=len, reverse=True))
HOUSE = r"(?:UBTVQH|QH)\d{1,2}"
TAIL = rf"{HOUSE}|(?:[A-ZĐƯ]{{1,9}}[-/])+(?:{HOUSE}|TTg|[A-ZĐƯ]+)|CP"
NUMBER = re.compile(rf"(?P<digits>\d{{1,9}})(?:\.\d{{1,3}})?[a-z]?/(?:\d{{4}}/)?(?:{TAIL})")
KIND = re.compile(
    r"(?:(?:Bộ luật|Luật|Nghị định|Nghị quyết|Thông tư liên tịch|Thông tư|Quyết định|Pháp lệnh)\s*)?"
    r"(?:[Ss]ố:?\s*)?$"
)
LONGEST_KIND = 30
NEAR = 100
SHORT_TAIL = re.compile(r"(?P<number>\d+/\d{4})$")
CLOSE = ",.;:)/-"


def laws(text: str) -> tuple[list[SourceLaw], list[Doubt]]:
    """Rows of name and number, and the words in which no number ends a row."""
    found: list[SourceLaw] = []
    doubts: list[Doubt] = []
    done = 0
    for match in NUMBER.finditer(text):
        start, end = after_year(match, done), shortened(text, match)
        if match.start() < done:
            continue
        place = row_end(text, done, start, end)
        if place is not None:
            name, number = said(text[done:place]), text[place:end].strip()
            found.append(SourceLaw(number=number, name=name or number))
            done = end
    rest = said(text[done:])
    if rest:
        tail = SHORT_TAIL.search(rest)
        number, name = (tail["number"], rest[: tail.start()].strip()) if tail else ("", rest)
        found.append(SourceLaw(number=number, name=name or number))
        doubts.append(("the number of this legal document could not be told from its name", rest))
    return found, doubts


def row_end(text: str, done: int, start: int, end: int) -> int | None:
    """Where the number cell begins if the number at `start` ends a row, else None: it is part of a name."""
    after = text[end : end + NEAR]
    kind = KIND.search(text, max(done, start - LONGEST_KIND), start)
    place = kind.start() if kind else start
    if glued(text, place, done):
        start = place
    elif not glued(text, start, done):
        return start if not after.strip() and start > done else None
    if not after.strip() or not (after[0].isspace() or after[0] in CLOSE):
        return start
    return start if after[0].isspace() and after.strip()[0].isupper() else None


def glued(text: str, place: int, done: int) -> bool:
    """Whether something other than a space or an opening bracket stands right before."""
    return place > done and not (text[place - 1].isspace() or text[place - 1] in '(/“"')


def after_year(match: re.Match[str], done: int) -> int:
    """The number's first digit; a year glued before it (“Luật Cư trú 202068/2020/QH14”) is left to the name."""
    digits = match["digits"]
    if len(digits) > 4 and digits[:2] in {"19", "20"} and match.start() > done:
        return match.start() + 4
    return match.start()


def shortened(text: str, match: re.Match[str]) -> int:
    """The number's end, without capitals that already belong to the next name (“NĐ-CPNghị định”)."""
    last = re.split(r"[-/]", match[0])[-1]
    if last in ISSUERS or last[-1:].isdigit():
        return match.end()
    known = re.match(ISSUER_END, last)
    if known:
        return match.end() - len(last) + known.end()
    return match.end() - 1 if text[match.end() : match.end() + 1].islower() and len(last) > 1 else match.end()
