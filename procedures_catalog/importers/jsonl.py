"""JSON Lines: one whole procedure a line, plain or gzipped. A bad line is told by its number, the rest is read."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any

from ..model import CODE, WayName
from .record import Problem, Read, SourceChannel, SourceLaw, SourcePaper, SourceRecord, Unreadable

LARGEST = 500 * 1024 * 1024
"""Bytes unpacked. The whole national database has about 24 MB."""

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes of one line. The longest procedure seen has 120 kB."""

WAYS = {"direct": WayName.IN_PERSON, "online": WayName.ONLINE, "postal": WayName.POST}

_TEXTS = ("code", "name", "decision", "field", "type", "agency", "authority", "requirements", "address")
_TEXTS_MORE = ("coordinating", "description", "url")
_UNPLACED = ("delegated", "related", "keywords")
_LISTS = ("level", "subjects", "steps", "result")
_TABLES = {
    "channels": {"mode", "time_limit", "fee", "note"},
    "documents": {"case", "name", "original", "copy", "form"},
    "legal_basis": {"code", "name", "issued", "issuer"},
}
_LAW = {"code": "number", "name": "name", "issued": "issued", "issuer": "issuer"}
_EXTRA = {*_UNPLACED, "flags", "ministry", "official_list", "cites_2025_or_later_law"}
_ABOUT = {"source", *_EXTRA}
_KNOWN = {*_TEXTS, *_TEXTS_MORE, *_UNPLACED, *_LISTS, *_TABLES, *_ABOUT}
_PARSED_HERE = {
    "time_limit_unit_missing_in_source",
    "fee_below_1000_vnd_suspect_missing_000",
    "legal_basis_tail_unsplit",
    "no_agency",
    "no_documents",
}
"""Flags whose cause the import finds and tells itself."""


@dataclass(slots=True)
class _Line:
    """One line under work, with the problems met in it."""

    where: str
    data: Mapping[str, Any]
    code: str = ""
    problems: list[Problem] = field(default_factory=list)

    def tell(self, part: str, message: str, wording: object = "", *, lost: bool = False) -> None:
        words = wording if isinstance(wording, str) else json.dumps(wording, ensure_ascii=False)
        self.problems.append(
            Problem(where=self.where, code=self.code, part=part, message=message, wording=words[:2000], lost=lost)
        )

    def text(self, key: str, data: Mapping[str, Any] | None = None, part: str = "") -> str:
        """The stripped text of a key; "" where it is missing, null, or not a text, which is told."""
        value = (self.data if data is None else data).get(key)
        if isinstance(value, str):
            return value.strip()
        if value is not None:
            self.tell(part or key, f"`{key}` is not a text and is left out", value)
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list."""
        value = self.data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.tell(key, f"`{key}` is not a list and is left out", value)
            return ()
        for item in value:
            if not isinstance(item, str):
                self.tell(key, f"`{key}` holds something that is not a text; it is left out", item)
        return tuple(item.strip() for item in value if isinstance(item, str) and item.strip())

    def rows(self, key: str) -> Iterator[Mapping[str, Any]]:
        """The mappings of a list."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, list):
            self.tell(key, f"`{key}` is not a list and is left out", value)
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                for strange in item.keys() - _TABLES[key]:
                    self.tell(key, f"the key `{strange}` is not known and is left out", item[strange])
                yield item
            else:
                self.tell(key, f"`{key}` holds something that is not a row; it is left out", item)

    def number(self, key: str, row: Mapping[str, Any]) -> int | None:
        """A count from 0 to 999."""
        value = row.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000):
            return value
        self.tell("papers", f"`{key}` is not a count and is left out", value)
        return None


def read(path: Path) -> Iterator[Read]:
    """Records and problems in the order of the file; Unreadable, before the first, if it cannot be read at all.

    Where a code comes twice, the record of the newer source date counts, else the first; the other is lost.
    """
    chosen = _choose(path)
    for number, raw in _lines(path):
        where = f"{path.name}, line {number}"
        if isinstance(raw, str):
            yield Problem(where=where, code="", part="line", message=raw, lost=True)
            continue
        data = _parsed(raw)
        if isinstance(data, str):
            yield Problem(where=where, code="", part="line", message=data, wording=_glimpse(raw), lost=True)
            continue
        line = _Line(where=where, data=data)
        line.code = line.text("code")
        best = chosen.get(line.code)
        if _fault(data) is None and best is not None and best.number != number:
            own, kept = line.text("decision") or "(none)", best.decision or "(none)"
            message = (
                f"the code comes twice: here by decision {own}, at line {best.number} by decision {kept}; "
                f"the record at line {best.number} is kept"
            )
            line.tell("code", message, lost=True)
            yield line.problems[-1]
            continue
        record = _record(line)
        yield from line.problems
        if record is not None:
            yield record


@dataclass(frozen=True, slots=True)
class _Best:
    number: int
    day: str
    decision: str


def _choose(path: Path) -> dict[str, _Best]:
    """For each code that could be imported, the line that counts. Reads the whole file once, to its end."""
    best: dict[str, _Best] = {}
    for number, raw in _lines(path):
        data = _parsed(raw) if isinstance(raw, bytes) else raw
        if isinstance(data, str) or _fault(data) is not None:
            continue
        code, day = data["code"].strip(), str(data["source"]["date"])
        if code not in best or day > best[code].day:
            decision = data.get("decision")
            best[code] = _Best(number, day, decision if isinstance(decision, str) else "")
    return best


def _fault(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Why no record can be made of a line: (part, message)."""
    code, name, source = data.get("code"), data.get("name"), data.get("source")
    if not isinstance(code, str) or not code.strip():
        return "code", "the line has no code; nothing is imported from it"
    if not re.fullmatch(CODE, code.strip()):
        return "code", "the code is not one digit, a point and six digits; nothing is imported from the line"
    if not isinstance(name, str) or not name.strip():
        return "name", "the procedure has no name; nothing is imported from the line"
    if not isinstance(source, dict) or _day(source.get("date")) is None:
        return "source", "`source.date` is missing or no date (YYYY-MM-DD); nothing is imported from the line"
    return None


def _record(line: _Line) -> SourceRecord | None:
    data = line.data
    if fault := _fault(data):
        line.tell(*fault, data.get(fault[0], ""), lost=True)
        return None
    for strange in sorted(data.keys() - _KNOWN):
        line.tell(strange, f"the key `{strange}` is not known and is left out", data[strange])
    for flag in line.texts("flags"):
        if flag not in _PARSED_HERE:
            line.tell("flags", f"whoever made the file marks the record: {flag.replace('_', ' ')}")
    source = data["source"]
    day = _day(source["date"])
    assert day is not None
    site = line.text("site", source, "source").split(" ")[0]
    return SourceRecord(
        code=line.code,
        name=line.text("name"),
        decision=line.text("decision"),
        field=line.text("field"),
        levels=line.texts("level"),
        kind=line.text("type"),
        agency=line.text("agency"),
        authority=line.text("authority"),
        subjects=line.texts("subjects"),
        steps=line.texts("steps"),
        channels=tuple(_channels(line)),
        papers=tuple(_papers(line)),
        result=line.texts("result"),
        laws=tuple(_laws(line)),
        requirements=line.text("requirements"),
        address=line.text("address"),
        coordinating=line.text("coordinating"),
        description=line.text("description"),
        link=line.text("url"),
        extra={key: data[key] for key in sorted(_EXTRA) if data.get(key)},
        **({"source_url": f"https://{site}"} if site else {}),
        source_date=day,
        where=line.where,
    )


def _channels(line: _Line) -> Iterator[SourceChannel]:
    for row in line.rows("channels"):
        mode = line.text("mode", row, "channels")
        if (way := WAYS.get(mode)) is None:
            line.tell("channels", f"the way `{mode}` is not known; its row is left out", dict(row))
            continue
        limit, fee, note = (line.text(key, row, "channels") for key in ("time_limit", "fee", "note"))
        yield SourceChannel(way=way, time_limit=limit, fee=fee, note=note)


def _papers(line: _Line) -> Iterator[SourcePaper]:
    for row in line.rows("documents"):
        case = line.text("case", row, "papers")
        yield SourcePaper(
            name=line.text("name", row, "papers"),
            case="" if case.strip("-– ") == "" else case,
            original=line.number("original", row),
            copies=line.number("copy", row),
            form=line.text("form", row, "papers"),
        )


def _laws(line: _Line) -> Iterator[SourceLaw]:
    for row in line.rows("legal_basis"):
        yield SourceLaw(**{to: line.text(key, row, "laws") for key, to in _LAW.items()})


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _parsed(raw: bytes) -> dict[str, Any] | str:
    """The line's mapping, or what is wrong with it."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"the line is not UTF-8 (byte {error.start + 1}); save the file as UTF-8"
    try:
        data = json.loads(text)
        if "\\u" in text:
            # Half of a pair of surrogates is no letter and could not be written.
            json.dumps(data, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        return f"the line is not JSON: {error.msg} at character {error.pos + 1}"
    except UnicodeEncodeError:
        return "the line holds half a character (a lone surrogate); mend it in the source"
    except (RecursionError, ValueError):
        return "the line is nested too deeply or holds a number too long to read"
    return data if isinstance(data, dict) else "the line is not a JSON object with the keys of a procedure"


def _lines(path: Path) -> Iterator[tuple[int, bytes | str]]:
    """Numbered lines that are not empty; a text instead of bytes says why a line cannot be had."""
    number = total = 0
    with _opened(path) as stream:
        while True:
            number += 1
            try:
                raw = stream.readline(LONGEST_LINE + 1)
                total += len(raw)
                too_long = len(raw) > LONGEST_LINE
                while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
                    raw = stream.readline(LONGEST_LINE + 1)
                    total += len(raw)
                    _check_size(path, total)
            except (EOFError, zlib.error, gzip.BadGzipFile):
                yield number, "the packed file is cut off or damaged here; copy it again and import again"
                return
            if not raw and not too_long:
                return
            _check_size(path, total)
            if too_long:
                yield number, f"the line is longer than {LONGEST_LINE // 2**20} MB and is left out"
            elif line := (raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw).strip():
                yield number, line


def _check_size(path: Path, total: int) -> None:
    if total > LARGEST:
        raise Unreadable(
            f"{path.name} holds more than {LARGEST // 2**20} MB unpacked; nothing was imported. "
            "Check that it is the right file, or split it."
        )


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """The file's bytes, unpacked where it begins as gzip does, whatever its name."""
    try:
        with path.open("rb") as stream:
            head = stream.read(2)
            stream.seek(0)
            if head in (b"\xff\xfe", b"\xfe\xff"):
                raise Unreadable(f"{path.name} is UTF-16; save it as UTF-8 and import again.")
            if not head:
                raise Unreadable(f"{path.name} is empty; export it again.")
            if head == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=stream) as unpacked:
                    yield unpacked
            else:
                yield stream
    except OSError as error:
        message = f"{path.name} cannot be read ({error.strerror}); check the path and its rights."
        raise Unreadable(message) from error


def _glimpse(raw: bytes) -> str:
    return raw[:200].decode("utf-8", "replace")
