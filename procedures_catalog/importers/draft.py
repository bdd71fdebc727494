"""One record of a source → a draft in the catalog's shape, with what could not be understood.

Words stay the source's own. A draft is never `reviewed`, and has nothing that only a person can write: everyday
names, a plain sentence, the office.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from ..model import FeeSetBy, Level, OnlineLevel, ProcedureField, TimeUnit, WayName
from .legal import laws
from .money import FeeRead, fees
from .record import ListRow, Problem, SourceChannel, SourceRecord
from .values import Label, LimitRead, Reason, field_id, is_remark, label, plain, quantities, slug, time_limit

READ = "read"
"""The outcome of a value that became structured; every other outcome is a `Reason`."""


class Part(StrEnum):
    """What is counted."""

    CHANNELS = "channels"
    LIMITS = "time limits"
    FEES = "fees"
    PAPERS = "papers"
    REMARKS = "remarks among the papers"
    LAWS = "legal texts"
    DIFFER = "records whose ways or cases differ"


Counts = Counter[tuple[Part, str]]
"""How many values of each part had which outcome; add them up with `update`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is written of one record. `folder` is the field's id, `field_name` its name for a new `fields.yaml`.

    `content` is one procedure in the model's key order, `original` the whole source record for JSON.
    """

    code: str
    folder: str
    field_name: str
    file_name: str
    content: dict[str, Any]
    original: dict[str, Any]
    problems: tuple[Problem, ...]
    counts: Counts


class _Notes:
    """Gathers what is to be told about one record."""

    def __init__(self, where: str, code: str) -> None:
        self.where, self.code = where, code
        self.problems: dict[tuple[str, str, str], Problem] = {}
        self.counts: Counts = Counter()

    def tell(self, part: str, message: str, wording: str = "") -> None:
        """Once, however many rows say the same."""
        problem = Problem(where=self.where, code=self.code, part=part, message=message, wording=wording)
        self.problems.setdefault((part, message, wording), problem)

    def count(self, part: Part, reason: Reason | None, wording: str = "") -> None:
        """One value and its outcome; whatever stayed unknown is told too."""
        self.counts[part, reason or READ] += 1
        if reason is not None:
            self.tell(part, reason, wording)


def draft(record: SourceRecord, fields: Mapping[str, ProcedureField]) -> Draft:
    """The draft of one record. `fields` are the catalog's, by id; one is reused when its name is the same."""
    notes = _Notes(record.where, record.code)
    folder = _field(record.field, fields)
    papers, cases, remarks = _papers(record, notes)
    content: dict[str, Any] = {
        "code": record.code,
        "decision": record.decision,
        "name": record.name,
        "field": folder,
        "level": _level(record.levels, notes),
        "decided_by": record.authority or record.agency,
        "who": ", ".join(record.subjects),
        "result": list(record.result),
        "papers": papers,
        "ways": _ways(record.channels, notes),
        "time_limits": _limits(record.channels, notes),
        "fees": _fees(record.channels, notes),
        "legal_basis": _laws(record, notes),
        "source": _kept(name=record.source_name, date=record.source_date, url=record.source_url),
        "cases": cases,
        "notes": [*_lines(record.requirements), *remarks],
        "link": record.link,
        "reviewed": False,
    }
    for part, said in (
        ("decided_by", content["decided_by"]),
        ("field", record.field),
        ("decision", record.decision),
        ("papers", record.papers),
        ("channels", record.channels),
        ("result", record.result),
    ):
        if not said:
            notes.tell(part, "the source says nothing here")
    needed = {"decision", "decided_by", "result", "papers", "reviewed"}
    return Draft(
        code=record.code,
        folder=folder,
        field_name=record.field,
        file_name=f"{record.code}-{slug(record.name, '-')}.yaml",
        content={key: value for key, value in content.items() if value or key in needed},
        original=_original(record),
        problems=tuple(notes.problems.values()),
        counts=notes.counts,
    )


def signpost(row: ListRow, fields: Mapping[str, ProcedureField]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """A row of a list as a signpost: that the procedure exists, who decides it, where to ask."""
    notes = _Notes(row.where, row.code)
    decided_by = ", ".join(row.agencies) or row.issuer
    if not decided_by:
        notes.tell("decided_by", "the list names neither who decides nor who issued it")
    if not row.field:
        notes.tell("field", "the source says nothing here")
    online = _online_level(plain(row.online))
    if row.online and online is OnlineLevel.UNKNOWN:
        notes.tell("online", "this level of service is not known", row.online)
    content = _kept(
        code=row.code,
        name=row.name,
        field=_field(row.field, fields),
        decided_by=decided_by,
        ask=decided_by,
        online=online.value,
        source=_kept(name=row.source_name, date=row.source_date),
    )
    content |= {"decided_by": decided_by, "ask": decided_by, "reviewed": False}
    return content, tuple(notes.problems.values())


def _field(name: str, fields: Mapping[str, ProcedureField]) -> str:
    wanted = plain(name)
    return next((field.id for field in fields.values() if plain(field.name) == wanted), "") or field_id(name)


_LEVELS: tuple[tuple[str, Level], ...] = (("xã", "commune"), ("tỉnh", "province"), ("bộ", "ministry"))


def _level(levels: tuple[str, ...], notes: _Notes) -> Level:
    """The lowest that does it."""
    for name, level in _LEVELS:
        if name in levels:
            return level
    if "khác" not in levels:
        notes.tell("level", "the source does not say which level does it", ", ".join(levels))
    return "other"


def _online_level(said: str) -> OnlineLevel:
    full = "toàn trình" in said or "mức độ 4" in said
    part = "một phần" in said or "mức độ 3" in said
    if full == part:
        return OnlineLevel.UNKNOWN
    return OnlineLevel.FULL if full else OnlineLevel.PARTIAL


def _ways(channels: tuple[SourceChannel, ...], notes: _Notes) -> dict[str, Any]:
    """A way the source lists is offered; of the others nothing is known."""
    ways: dict[str, Any] = {}
    for name in (WayName.ONLINE, WayName.POST, WayName.IN_PERSON):
        rows = [channel for channel in channels if channel.way is name]
        notes.counts[Part.CHANNELS, READ] += len(rows)
        said = list(dict.fromkeys(row.note for row in rows if row.note))
        level = _told_level(" ".join(plain(note) for note in said))
        ways[name.value] = _kept(
            offered=True if rows else "unknown",
            level=level.value if rows and name is WayName.ONLINE else None,
            note="\n".join(said),
        )
    return ways


_SERVICE_LEVEL = re.compile(r"(?<!trường hợp thực hiện dịch vụ công )trực tuyến (?:toàn trình|một phần)")


def _told_level(remarks: str) -> OnlineLevel:
    """Only what is said of the service itself: “một phần” is also a part of a mine or of a plot."""
    told = set(_SERVICE_LEVEL.findall(remarks))
    return _online_level(told.pop()) if len(told) == 1 else OnlineLevel.UNKNOWN


def _limits(channels: tuple[SourceChannel, ...], notes: _Notes) -> list[dict[str, Any]]:
    by_way: dict[WayName, list[dict[str, Any]]] = {}
    for channel in channels:
        read = time_limit(channel.time_limit, channel.note)
        notes.count(Part.LIMITS, read.reason, _limit_words(channel, read))
        by_way.setdefault(channel.way, []).append(_limit(channel, read))
    for limits in by_way.values():
        # The remark tells the case only where one way has several limits; else it stands with the way.
        if len({_identity(limit, "note") for limit in limits}) == 1:
            for limit in limits:
                limit.pop("note", None)
    merged = _merged(by_way, Part.LIMITS, notes)
    return merged or [{"unit": TimeUnit.UNKNOWN.value}]


def _limit(channel: SourceChannel, read: LimitRead) -> dict[str, Any]:
    wording = _limit_words(channel, read)
    note = None if channel.note in wording else channel.note
    return _kept(unit=read.unit.value, amount=read.amount, note=note, wording=wording)


def _limit_words(channel: SourceChannel, read: LimitRead) -> str:
    if read.from_remark or read.reason is Reason.REMARK_DIFFERS:
        return "\n".join(part for part in (channel.time_limit, channel.note) if part)
    return channel.time_limit


def _fees(channels: tuple[SourceChannel, ...], notes: _Notes) -> list[dict[str, Any]]:
    by_way: dict[WayName, list[dict[str, Any]]] = {}
    for channel in channels:
        read = fees(channel.fee, channel.note)
        by_way.setdefault(channel.way, []).extend(_fee(fee) for fee in read)
        # A fee lowered for some time is two, of one wording.
        for fee in _once(read, lambda fee: fee.wording):
            notes.count(Part.FEES, fee.reason, fee.wording)
    return _merged(by_way, Part.FEES, notes) or [{"set_by": FeeSetBy.UNKNOWN.value}]


def _fee(fee: FeeRead) -> dict[str, Any]:
    return _kept(
        valid_from=fee.valid_from,
        valid_to=fee.valid_to,
        set_by=fee.set_by.value,
        amount=fee.amount,
        per=fee.per,
        note=fee.note,
        wording=fee.wording,
    )


T = TypeVar("T")


def _merged(by_way: Mapping[WayName, list[dict[str, Any]]], part: Part, notes: _Notes) -> list[dict[str, Any]]:
    """Each value once; with its way only where the ways do not all say the same."""
    each = {way: _once(values, _same) for way, values in by_way.items()}
    seen = {frozenset(_same(value) for value in values) for values in each.values()}
    if any(len({_identity(value, "note", "wording") for value in values}) > 1 for values in each.values()):
        notes.counts[Part.DIFFER, f"{part}: several for one way"] += 1
        notes.tell(part, "one way has several values; the source does not say in one word which case is which")
    if len(seen) <= 1:
        return next(iter(each.values()), [])
    if len({frozenset(_identity(value, "note", "wording") for value in values) for values in each.values()}) > 1:
        notes.counts[Part.DIFFER, f"{part}: the ways differ"] += 1
        notes.tell(part, "the ways do not say the same; each is kept with its way")
    return [
        {**{k: v for k, v in value.items() if k not in ("note", "wording")}, "way": way.value}
        | {k: v for k, v in value.items() if k in ("note", "wording")}
        for way, values in each.items()
        for value in values
    ]


def _identity(value: Mapping[str, Any], *without: str) -> tuple[tuple[str, Any], ...]:
    return tuple((key, said) for key, said in sorted(value.items()) if key not in without)


def _same(value: Mapping[str, Any]) -> object:
    """What makes two values one: “5 Ngày” and “05 Ngày” are, two unknown ones of other words are not."""
    understood = "amount" in value or value.get("unit", TimeUnit.UNKNOWN) != TimeUnit.UNKNOWN
    return _identity(value, "wording") if understood else _identity(value)


def _once(values: Iterable[T], key: Callable[[T], object]) -> list[T]:
    return list({key(value): value for value in reversed(list(values))}.values())[::-1]


def _papers(record: SourceRecord, notes: _Notes) -> tuple[list[dict[str, Any]], list[dict[str, str]], list[str]]:
    """The papers, the cases they belong to, and the remarks that stood among them."""
    papers: list[dict[str, Any]] = []
    cases: dict[str, str] = {}
    remarks: list[str] = []
    for paper in record.papers:
        kind, words = label(paper.case)
        counted = quantities(paper.original, paper.copies, paper.name)
        if not paper.name:
            notes.count(Part.PAPERS, Reason.NO_NAME, paper.form)
            continue
        if counted is None and not paper.form and (kind is Label.REMARK or is_remark(paper.name)):
            notes.counts[Part.REMARKS, READ] += 1
            remarks.append(paper.name)
            continue
        notes.count(Part.PAPERS, None if counted else Reason.NO_QUANTITY, "" if counted else paper.name)
        case = cases.setdefault(words, f"c{len(cases) + 1}") if kind is Label.CASE and words else None
        original, copies = counted or (0, 0)
        show = True if kind is Label.SHOWN else None
        papers.append(
            _kept(name=paper.name, original=original, copies=copies, form=paper.form, case=case, show=show)
        )
    return papers, [{"id": mark, "name": name} for name, mark in cases.items()], remarks


def _laws(record: SourceRecord, notes: _Notes) -> list[dict[str, str]]:
    found = []
    for law in laws(record.laws):
        notes.count(Part.LAWS, law.reason, law.wording)
        found.append({"number": law.number, "name": law.name})
    return found


def _lines(words: str) -> Iterator[str]:
    return (line.strip() for line in words.split("\n") if line.strip())


def _kept(**values: Any) -> dict[str, Any]:
    """Without what says nothing; a zero amount says something, no copies do not."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and value != "" and (value != 0 or key == "amount")
    }


def _original(record: SourceRecord) -> dict[str, Any]:
    return asdict(record) | {"source_date": record.source_date.isoformat()}
