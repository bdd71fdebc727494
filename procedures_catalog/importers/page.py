"""The portal's detail page, captured as one run of text: a JSON object with `raw_text` and pre-cut fields.

Only the whole text is trusted. The pre-cut fields are sometimes cut inside a sentence; they serve to know which
procedure was asked for and where the page was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import glued, printed
from .glued_laws import laws
from .record import Problem, Read, SourceRecord, Unreadable

HEAD = (
    ("code", "Mã thủ tục"),
    ("decision", "Số quyết định"),
    ("levels", "Cấp thực hiện"),
    ("kind", "Loại thủ tục"),
    ("field", "Lĩnh vực"),
    ("subjects", "Đối tượng thực hiện"),
    ("authority", "Cơ quan có thẩm quyền"),
    ("address", "Địa chỉ tiếp nhận HS"),
    ("delegated", "Cơ quan được ủy quyền"),
    ("coordinating", "Cơ quan phối hợp"),
    ("related", "Thủ tục hành chính liên quan"),
)
BODY = (
    ("steps", r"Trình Tự Thực Hiện"),
    ("channels", r"Cách Thức Thực Hiện(?:Hình thức nộp\s*Thời gian\s*Phí, lệ phí\s*Mô tả)?"),
    ("papers", r"Thành phần hồ sơ(?=.{0,2000}?Tên giấy tờ\s*Mẫu đơn|Không có thông tin|\s*Căn cứ pháp lý)"),
    ("laws", r"Căn cứ pháp lý(?:Tên văn bản pháp lý\s*Mã văn bản|(?=Không có thông tin|Cơ quan thực hiện))"),
    ("agency", r"Cơ quan thực hiện"),
    ("requirements", r"Yêu cầu, điều kiện thực hiện"),
    ("result", r"Kết quả xử lý"),
    ("keywords", r"Từ khóa"),
    ("description", r"Mô tả"),
)
WIDGET = re.compile(r"Chọn cơ quan thực hiện(?:Tỉnh/ Thành phố|Bộ ngành).*\Z", re.DOTALL)
TITLE = "Tên thủ tục"
LONGEST_PAGE = 150_000
"""Letters. The longest page seen has 19,000."""

RESULT_CODE = re.compile(r"Mã: ?(?:[A-Z]+\.[A-Z]?\d+\.\d{6}|[A-Z0-9.\-]*\d)")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read(path: Path) -> Iterator[Read]:
    """The one procedure on the captured page, after every remark about what could not be separated."""
    data = printed.content(path)
    try:
        capture = json.loads(printed.text(data, path.name))
    except (ValueError, RecursionError) as fault:
        raise Unreadable(f"{path.name} is not valid JSON ({fault}); capture the page again.") from fault
    if not isinstance(capture, dict) or not isinstance(capture.get("raw_text"), str):
        raise Unreadable(f"{path.name} has no raw_text; capture the page again with its whole text.")
    if len(capture["raw_text"]) > LONGEST_PAGE:
        raise Unreadable(f"{path.name} is far longer than a page of one procedure; capture the page again.")
    yield from page(capture, path)


def page(capture: dict[str, Any], path: Path) -> Iterator[Read]:
    """What `read` yields, of a capture already loaded."""
    raw = WIDGET.sub("", printed.clean(capture["raw_text"]))
    asked = printed.said(capture.get("ma_thu_tuc"))
    said = sections(raw)
    code = said.get("code", "").strip()
    if not printed.NATIONAL.fullmatch(code):
        message = "no procedure's code stands on this page, so it was left out; capture it again"
        yield Problem(where=path.name, code=asked, part="code", message=message, wording=code[:200], lost=True)
        return
    if asked != code:
        inside = f"the page inside is procedure {code} ({said['name']}), not {asked or 'the one asked for'}"
        message = f"{inside}, so it was left out; capture it again"
        yield Problem(where=path.name, code=asked, part="code", message=message, wording=code, lost=True)
        return
    day, remark = printed.file_date(path)
    yield remark
    yield from doubts(said, path.name, code)
    channels, about_channels = glued.channels(printed.said(said.get("channels")))
    papers, about_papers = glued.papers(printed.said(said.get("papers")))
    basis, about_laws = laws(printed.said(said.get("laws")))
    for part, about in (("channels", about_channels), ("papers", about_papers), ("laws", about_laws)):
        for message, wording in about:
            yield Problem(where=path.name, code=code, part=part, message=message, wording=wording)
    levels, strange = printed.levels(said.get("levels", ""))
    yield from printed.strange_levels(strange, path.name, code)
    unplaced = [(part, said.get(part, "")) for part in ("delegated", "related", "keywords")]
    yield from printed.unplaced(unplaced, path.name, code)
    yield SourceRecord(
        code=code,
        name=said["name"],
        decision=printed.said(said.get("decision")),
        field=printed.said(said.get("field")),
        levels=levels,
        kind=printed.said(said.get("kind")),
        agency=printed.said(said.get("agency")),
        authority=printed.said(said.get("authority")),
        subjects=printed.parts(said.get("subjects", "")),
        steps=printed.lines(said.get("steps", "")),
        channels=tuple(channels),
        papers=tuple(papers),
        result=tuple(part for piece in RESULT_CODE.split(said.get("result", "")) if (part := printed.said(piece))),
        laws=tuple(basis),
        requirements=printed.said(said.get("requirements")),
        address=printed.said(said.get("address")),
        coordinating=printed.said(said.get("coordinating")),
        description=printed.said(said.get("description")),
        link=printed.said(capture.get("detail_url")),
        source_date=day,
        where=path.name,
    )


def sections(raw: str) -> dict[str, str]:
    """The page cut at its labels, each looked for after the one before it; a label not found cuts nothing."""
    said: dict[str, str] = {}
    body = raw.find(BODY[0][1])
    head, rest = (raw, "") if body < 0 else (raw[:body], raw[body:])
    last, place = "name", 0
    for part, label in HEAD:
        found = head.find(label, place)
        if found >= 0:
            said[last] = head[place:found]
            last, place = part, found + len(label)
    said[last] = head[place:]
    said["name"] = title(said.get("name", ""))
    last, place = "", 0
    for part, label in BODY:
        match = label_in(rest, part, label, place)
        if match:
            if last:
                said[last] = rest[place : match.start()]
            last, place = part, match.end()
    if last:
        said[last] = rest[place:]
    return said


def label_in(rest: str, part: str, label: str, place: int) -> re.Match[str] | None:
    """The label's place: the first after `place`; the last for keywords and description, which close the page."""
    pattern = re.compile(label, re.DOTALL)
    matches = list(pattern.finditer(rest, place))
    if not matches:
        return None
    return matches[-1] if part == "description" else matches[0]


def title(head: str) -> str:
    """The name, which the page prints before and after its label."""
    before, label, after = head.rpartition(TITLE)
    return (after if label else before or head).strip()


def doubts(said: dict[str, str], where: str, code: str) -> Iterator[Problem]:
    """Remarks on labels that are missing or occur again inside the part they open."""
    for part, _ in (*HEAD, *BODY):
        if part not in said:
            yield Problem(where=where, code=code, part=part, message="this part is missing on the page")
    for part, label in (("agency", "Cơ quan thực hiện"), ("requirements", "Kết quả xử lý"), ("result", "Từ khóa")):
        if label in said.get(part, ""):
            message = f"“{label}” stands here more than once, so the part may be cut at the wrong place"
            yield Problem(where=where, code=code, part=part, message=message, wording=said[part])
