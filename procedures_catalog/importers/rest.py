"""The new portal's answer for one procedure: JSON in an envelope of code, data and message.

Arrays may hold null, texts may be null, and the procedure's papers stand under its cases.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..model import WayName
from . import printed
from .record import Problem, Read, SourceChannel, SourceLaw, SourcePaper, SourceRecord, Unreadable

WAYS = {"ONLINE": WayName.ONLINE, "DIRECT": WayName.IN_PERSON, "POSTAL": WayName.POST}
UNITS = {
    "WORKING_DAY": "Ngày làm việc",
    "DAY": "Ngày",
    "WORKING_HOUR": "Giờ làm việc",
    "HOUR": "Giờ",
    "MONTH": "Tháng",
    "YEAR": "Năm",
    "OTHER": "",
    "": "",
}
LEVELS = (("isMinistry", "bộ"), ("isProvince", "tỉnh"), ("isWard", "xã"), ("isOtherAgency", "khác"))
OTHER_LEVELS = ("isVertical", "isUndetermined", "isNonTerritorial")

Object = dict[str, Any]


def read(path: Path) -> Iterator[Read]:
    """The one procedure in the answer, after every remark about it."""
    try:
        answer = json.loads(printed.text(printed.content(path), path.name))
    except (ValueError, RecursionError) as fault:
        raise Unreadable(f"{path.name} is not valid JSON ({fault}); fetch the answer again.") from fault
    yield from answered(answer, path)


def answered(answer: object, path: Path) -> Iterator[Read]:
    """What `read` yields, of an answer already loaded."""
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
        raise Unreadable(f"{path.name} holds no answer about one procedure (code, data, message); fetch it again.")
    if answer.get("code") != "OK":
        said = f"{answer.get('code')}: {answer.get('message')}"
        raise Unreadable(f"{path.name} is the portal's refusal ({said}), not a procedure; fetch it again.")
    data: Object = answer["data"]
    code = text(data, "code")
    if not printed.NATIONAL.fullmatch(code) or not text(data, "name"):
        message = "the answer has no national code or no name, so it was left out"
        yield Problem(where=path.name, code=code, part="code", message=message, wording=code, lost=True)
        return
    day, remark = printed.file_date(path)
    yield remark
    proposal = data.get("procedureProposal")
    decided = proposal if isinstance(proposal, dict) else {}
    decision = text(data, "decisionNo") or text(decided, "decisionNumber") or text(decided, "proposalNumber")
    channels = list(channels_of(data, path.name, code))
    papers = list(papers_of(data, path.name, code))
    for odd in (*channels, *papers):
        if isinstance(odd, Problem):
            yield odd
    for name in OTHER_LEVELS:
        if data.get(name) is True:
            yield from printed.strange_levels([name], path.name, code)
    yield from printed.unplaced([("keywords", text(data, "keywords"))], path.name, code)
    yield SourceRecord(
        code=code,
        name=text(data, "name"),
        decision=decision,
        field="; ".join(names(data, "categoriesDetails")) or text(inner(data, "category"), "name"),
        levels=tuple(level for flag, level in LEVELS if data.get(flag) is True),
        kind=text(data, "formalityType"),
        agency=text(data, "executingAgencies") or joined(data, "departmentsExecuting", "unitGroupsExecuting"),
        authority=joined(data, "departmentsAuthority", "unitGroupsAuthority"),
        subjects=names(data, "subjectTypesDetails"),
        steps=tuple(steps_of(data)),
        channels=tuple(odd for odd in channels if isinstance(odd, SourceChannel)),
        papers=tuple(odd for odd in papers if isinstance(odd, SourcePaper)),
        result=names(data, "resultsDetails"),
        laws=tuple(
            SourceLaw(number=text(law, "code"), name=text(law, "name") or text(law, "code"))
            for law in objects(data, "legalBasisesDetails")
        ),
        requirements=text(data, "requirementsAndConditions"),
        address=text(data, "dossierReceivingAddresses") or "; ".join(names(data, "dossierReceivingAddresses")),
        description=text(data, "description") or text(data, "note"),
        source_date=day,
        where=path.name,
    )


def text(data: Object, key: str) -> str:
    """A text, or a number as text; "" for null and anything else."""
    value = data.get(key)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return printed.said(value)


def inner(data: Object, key: str) -> Object:
    """An object inside, or an empty one."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def objects(data: Object, key: str) -> list[Object]:
    """The objects of an array that may be null or hold null."""
    value = data.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def names(data: Object, key: str) -> tuple[str, ...]:
    """The names in an array of objects or of texts."""
    value = data.get(key)
    items = value if isinstance(value, list) else []
    said = (text(item, "name") if isinstance(item, dict) else printed.said(item) for item in items)
    return tuple(name for name in said if name)


def joined(data: Object, *keys: str) -> str:
    """All names of several arrays, each once."""
    return "; ".join(dict.fromkeys(name for key in keys for name in names(data, key)))


def steps_of(data: Object) -> Iterator[str]:
    """The lines of every step, under its name where it has one of its own."""
    for step in objects(data, "executionSteps"):
        lines = printed.lines(text(step, "description"))
        name = text(step, "name")
        if name and not any(line.startswith(name) for line in lines):
            yield name
        yield from lines


def channels_of(data: Object, where: str, code: str) -> Iterator[SourceChannel | Problem]:
    """One channel for each way, its fees side by side."""
    for method in objects(data, "executionMethods"):
        way, unit = WAYS.get(text(method, "submissionMethod")), UNITS.get(text(method, "processingTimeUnit"))
        words = json.dumps(method, ensure_ascii=False)
        if way is None:
            yield Problem(where=where, code=code, part="channels", message="this way is not known", wording=words)
            continue
        if unit is None:
            message = "this unit of time is not known"
            yield Problem(where=where, code=code, part="time_limit", message=message, wording=words)
            unit = text(method, "processingTimeUnit")
        time = f"{text(method, 'processingTime')} {unit}".strip()
        fees = [price(fee) for fee in objects(method, "fees")]
        note = text(method, "description")
        yield SourceChannel(way=way, time_limit=time, fee="; ".join(fee for fee in fees if fee), note=note)


def price(fee: Object) -> str:
    """The amount in đồng and the remark to it: 20000 → “20,000 Việt Nam Đồng (…)”."""
    amount, remark = text(fee, "value"), text(fee, "description")
    if amount.isdecimal():
        amount = f"{int(amount):,} Việt Nam Đồng"
    return f"{amount} ({remark})" if amount and remark else amount or remark


def papers_of(data: Object, where: str, code: str) -> Iterator[SourcePaper | Problem]:
    """The papers of every case; those beside the cases have no case."""
    for case in [*objects(data, "executionCases"), {"profileComponents": data.get("profileComponents")}]:
        for paper in objects(case, "profileComponents"):
            name = text(paper, "name")
            if not name:
                message, words = "a paper without a name", json.dumps(paper, ensure_ascii=False)
                yield Problem(where=where, code=code, part="papers", message=message, wording=words)
                continue
            files = [text(file, "name") or text(file, "fileName") for file in objects(paper, "attachments")]
            yield SourcePaper(
                name=name,
                case=text(case, "name"),
                original=count(paper, "originalQty"),
                copies=count(paper, "copyQty"),
                form="; ".join(file for file in files if file),
            )


def count(paper: Object, key: str) -> int | None:
    """A quantity, or None where the answer has none."""
    value = text(paper, key)
    return int(value) if value.isdecimal() and len(value) < 6 else None
