"""How the national portal prints things, whatever the file: empty values, levels, ways, quantities, dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from ..model import WayName
from .record import Problem, SourceChannel, SourceLaw, SourcePaper, SourceRecord, Unreadable

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes. The largest real file seen (a province's list with 1,800 pictures) has 2.4 MB."""

NOTHING = frozenset({"", "không có thông tin", "--", "-", "null", "none"})
BRACKETS = re.compile(r"([(),])")
NATIONAL = re.compile(r"\d\.\d{6}")

INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")

LEVELS = {"bộ": "bộ", "trung ương": "bộ", "tỉnh": "tỉnh", "xã": "xã", "cơ quan khác": "khác", "khác": "khác"}
WAYS = {
    "trực tuyến": WayName.ONLINE,
    "trực tiếp": WayName.IN_PERSON,
    "dịch vụ bưu chính": WayName.POST,
    "bưu chính công ích": WayName.POST,
    "dịch vụ bưu chính công ích": WayName.POST,
}
QUANTITY = re.compile(
    r"(?P<n1>\d+)\s*(?P<w1>bản chính|bản sao)|(?P<w2>bản chính|bản sao)\s*:\s*(?P<n2>\d+)", re.IGNORECASE
)


def content(path: Path) -> bytes:
    """The whole file, or Unreadable if it is missing, empty or larger than 32 MB."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable(f"{path.name} is larger than {LARGEST_FILE // 2**20} MB; export it again in parts.")
        data = path.read_bytes()
    except OSError as fault:
        raise unopened(path, fault) from fault
    if not data.strip():
        raise Unreadable(f"{path.name} is empty; export it again.")
    return data


def unopened(path: Path, fault: OSError) -> Unreadable:
    """The refusal of a file that the system does not open."""
    return Unreadable(f"{path.name} cannot be opened ({fault.strerror}); check the path and its rights.")


def text(data: bytes, name: str) -> str:
    """The file's text: UTF-8, or UTF-16 with its mark; composed letters, no invisible marks, line ends as \\n."""
    coding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        words = data.decode(coding)
    except UnicodeDecodeError as fault:
        raise Unreadable(
            f"{name} is not UTF-8 (byte {fault.start}); open it in an editor and save it as UTF-8."
        ) from fault
    if "\x00" in words:
        raise Unreadable(f"{name} holds binary data where text was expected; export it again.")
    return clean(words.replace("\r\n", "\n").replace("\r", "\n"))


def clean(words: str) -> str:
    """The words with composed letters, without control characters, invisible marks and halves of characters."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", words))


def said(value: object) -> str:
    """The stripped text, or "" where the portal says that it has nothing to say."""
    words = clean(value).strip() if isinstance(value, str) else ""
    return "" if words.casefold() in NOTHING else words


def parts(value: str) -> tuple[str, ...]:
    """Texts that the portal lists with commas; a comma in brackets belongs to the text."""
    pieces = [""]
    depth = 0
    for piece in BRACKETS.split(value):
        depth += (piece == "(") - (piece == ")" and depth > 0)
        if piece == "," and not depth:
            pieces.append("")
        else:
            pieces[-1] += piece
    return tuple(part for piece in pieces if (part := said(piece)))


def lines(value: str) -> tuple[str, ...]:
    """The lines of a longer text, without empty ones."""
    return tuple(part for piece in value.split("\n") if (part := said(piece)))


def levels(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """“Cấp bộ, Cấp xã, Cơ quan khác” → (bộ, xã, khác), and the names not known."""
    known: list[str] = []
    strange: list[str] = []
    for part in parts(value):
        name = LEVELS.get(re.sub(r"^cấp\s+", "", part.casefold()))
        if name is None:
            strange.append(part)
        elif name not in known:
            known.append(name)
    return tuple(known), tuple(strange)


def way(value: str) -> WayName | None:
    """The way a dossier is handed in, by its printed name or the new API's."""
    return WAYS.get(" ".join(value.casefold().split()))


def quantities(value: str) -> tuple[int | None, int | None]:
    """Originals and copies in “1 bản chính,1 bản sao” or “Bản chính: 1 Bản sao: 0”; what is not named is 0.

    Both None where the text names neither.
    """
    found: dict[str, int] = {}
    for match in QUANTITY.finditer(value):
        word = (match["w1"] or match["w2"]).casefold()
        found.setdefault(word, int(match["n1"] or match["n2"]))
    if not found:
        return None, None
    return found.get("bản chính", 0), found.get("bản sao", 0)


def file_date(path: Path) -> tuple[date, Problem]:
    """The day the file was last changed, and the remark that it stands for the day of the source."""
    day = datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()
    remark = f"the file does not say its date; {day.isoformat()}, when it was last changed, is assumed"
    return day, Problem(where=path.name, code="", part="source_date", message=remark)


def strange_levels(names: Iterable[str], where: str, code: str) -> list[Problem]:
    """One remark for each level that no draft can hold."""
    return [
        Problem(where=where, code=code, part="levels", message="this level is not known", wording=name)
        for name in names
    ]


def unplaced(values: Iterable[tuple[str, str]], where: str, code: str) -> list[Problem]:
    """One remark for each (part, text) that the source fills and a draft has no place for."""
    return [
        Problem(where=where, code=code, part=part, message="a draft has no place for this part", wording=words)
        for part, words in values
        if said(words)
    ]


def record(
    said: Mapping[str, str],
    *,
    code: str,
    name: str,
    levels: tuple[str, ...],
    channels: Iterable[SourceChannel],
    papers: Iterable[SourcePaper],
    laws: Iterable[SourceLaw],
    day: date,
    where: str,
) -> SourceRecord:
    """The record of a document cut at its labels; `said` holds the words of each part that is no table."""
    return SourceRecord(
        code=code,
        name=name,
        decision=said.get("decision", ""),
        field=said.get("field", ""),
        levels=levels,
        kind=said.get("kind", ""),
        agency=said.get("agency", ""),
        authority=said.get("authority", ""),
        subjects=parts(said.get("subjects", "")),
        steps=lines(said.get("steps", "")),
        channels=tuple(channels),
        papers=tuple(papers),
        result=lines(said.get("result", "")),
        laws=tuple(laws),
        requirements=said.get("requirements", ""),
        address=said.get("address", ""),
        coordinating=said.get("coordinating", ""),
        description=said.get("description", ""),
        source_date=day,
        where=where,
    )
