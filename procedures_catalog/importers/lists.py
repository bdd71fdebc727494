"""Lists of procedures: the portal's and the provinces' workbooks, and the text of a list page that was copied.

A list says only that a procedure exists and who does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from . import cells, printed
from .record import ListRow, Problem, Read, Unreadable

HEADINGS = {
    "code": {"mã số", "mã tthc", "mã thủ tục", "mã chuẩn", "mã thủ tục hành chính"},
    "name": {"tên", "tên tthc", "tên thủ tục", "tên thủ tục hành chính"},
    "field": {"lĩnh vực"},
    "decision": {"quyết định", "số quyết định", "quyết định công bố"},
    "issuer": {"cơ quan ban hành", "cơ quan công bố"},
    "agencies": {"cơ quan thực hiện", "cấp thực hiện"},
    "online": {"mức độ dvc", "mức độ", "mức độ dịch vụ công"},
}
BANNER_ROWS = 50
PORTAL = "Cổng Dịch vụ công quốc gia"
AUTHORITY = re.compile(r"(?:UBND|Ủy ban nhân dân)\s+(?:tỉnh|thành phố)\s.+", re.IGNORECASE)
PLACE_LINE = re.compile(r"(?:tỉnh|thành phố)\s\S.{0,40}", re.IGNORECASE)

NATIONAL_PART = re.compile(r"(\d\.\d{6})(?!\d)[\s.,\w]*", re.ASCII)
LOCAL = re.compile(r"[A-ZĐ]{2}[A-ZĐ0-9_.\-]*")
TEST = re.compile(r"(?:^|_)TEST(?:_|$)|^(?:thủ tục |tthc )?test\b", re.IGNORECASE)
CODE_LINE = re.compile(r"[\w.\-]+")
LEVEL = re.compile(r"toàn trình|một phần|còn lại|mức độ \d|cung cấp thông tin(?: trực tuyến)?", re.IGNORECASE)
FOUND = re.compile(r"Tìm thấy (\d+) kết quả")
LEFT_OUT_SHOWN = 2000


def read_book(path: Path) -> Iterator[Read]:
    """The rows of every sheet that has a heading with a code and a name."""
    book = cells.book(printed.content(path), path.name)
    day, remark = printed.file_date(path)
    if book.made:
        day = book.made
    else:
        yield remark
    headed = [(sheet, *place) for sheet in book.sheets if (place := heading(sheet))]
    if not headed:
        raise Unreadable(f"{path.name} has no row with the headings “Mã số” and “Tên”; export the list again.")
    for sheet in book.sheets:
        if not heading(sheet) and any(cells.filled(sheet)):
            where = f"{path.name}, sheet {sheet.name}"
            message = "this sheet has no heading with a code and a name, so it was left out"
            yield Problem(where=where, code="", part="sheet", message=message, lost=True)
    for sheet, top, columns in headed:
        yield from sheet_rows(sheet, top, columns, path.name, day)


def heading(sheet: cells.Sheet) -> tuple[int, dict[str, int]] | None:
    """The heading's row and each part's column, found by the words."""
    for number, row in cells.filled(sheet):
        if number > BANNER_ROWS:
            return None
        words = [" ".join(cell.casefold().split()) for cell in row]
        columns = {part: words.index(name) for part, names in HEADINGS.items() for name in names if name in words}
        if {"code", "name"} <= columns.keys():
            return number, columns
    return None


def sheet_rows(sheet: cells.Sheet, top: int, columns: dict[str, int], name: str, day: date) -> Iterator[Read]:
    """What stands below the heading."""
    banner = (cell.strip() for number, row in cells.filled(sheet) if number < top for cell in row)
    source = next((cell for cell in banner if AUTHORITY.fullmatch(cell)), PORTAL)
    for number, row in cells.filled(sheet):
        if number <= top:
            continue
        where = f"{name}, sheet {sheet.name}, row {number + 1}"
        values = {part: row[place].strip() if place < len(row) else "" for part, place in columns.items()}
        odd = {part: kind for part, place in columns.items() if (kind := sheet.special.get((number, place)))}
        for part, kind in odd.items():
            lost = part in {"code", "name"}
            message = f"the cell holds {'a formula' if kind == 'formula' else 'an error'}, not a text"
            message += ", so the row was left out" if lost else "; its shown value was left out"
            shown = values[part]
            yield Problem(where=where, code=values["code"], part=part, message=message, wording=shown, lost=lost)
            values[part] = shown if lost else ""
        if {"code", "name"} & odd.keys():
            continue
        if not values["code"] and not values["name"]:
            words = " · ".join(cell.strip() for cell in row if cell.strip())
            message = "this row names no procedure and was left out"
            yield Problem(where=where, code="", part="row", message=message, wording=words)
            continue
        agencies = printed.lines(values.get("agencies", ""))
        yield list_row(values, agencies, source, day, where)


def list_row(values: dict[str, str], agencies: tuple[str, ...], source: str, day: date, where: str) -> Read:
    """One row, or why it was left out."""
    code, name = values["code"], one_line(values["name"])
    wording = f"{code} · {name}"
    if not name:
        message = "the row has no name, so it was left out"
        return Problem(where=where, code=code, part="name", message=message, wording=wording, lost=True)
    if TEST.search(code) or TEST.search(name):
        message = "this is a row for testing, so it was left out"
        return Problem(where=where, code=code, part="row", message=message, wording=wording, lost=True)
    known = own_code(code)
    if known is None:
        message = (
            "the code is malformed, so the row was left out" if code else "the row has no code, so it was left out"
        )
        return Problem(where=where, code=code, part="code", message=message, wording=wording, lost=True)
    return ListRow(
        code=known,
        name=name,
        field=printed.said(one_line(values.get("field", ""))),
        decision=printed.said(values.get("decision")),
        issuer=printed.said(values.get("issuer")),
        agencies=agencies,
        online=printed.said(values.get("online")),
        source_name=source,
        source_date=day,
        where=where,
    )


def one_line(words: str) -> str:
    """The words with composed letters and single spaces: a cell's line breaks are there for its width only."""
    return " ".join(printed.clean(words).split())


def own_code(printed_code: str) -> str | None:
    """1.003645.000.00.00.H37 → 1.003645; a province's own code (CCCX_01) as it stands; None for anything else."""
    code = printed_code.strip()
    if match := NATIONAL_PART.fullmatch(code):
        return match[1]
    return code if LOCAL.fullmatch(code) else None


def read_text(path: Path) -> Iterator[Read]:
    """The rows of a list page copied as text: number, code, name, field, agencies, level, each on its own line."""
    yield from text_rows(printed.text(printed.content(path), path.name), path)


def text_rows(text: str, path: Path) -> Iterator[Read]:
    """What `read_text` yields, of a text already loaded."""
    numbered = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    lines = [line for _, line in numbered]
    day, remark = printed.file_date(path)
    place_line = next((line for line in lines[:20] if PLACE_LINE.fullmatch(line)), "")
    source = f"Cổng dịch vụ công {place_line}".strip()
    rows = 0
    left_out: dict[str, int] = {}
    yield remark
    place = 0
    while place < len(lines):
        if not starts_row(lines, place):
            left_out[lines[place]] = left_out.get(lines[place], 0) + 1
            place += 1
            continue
        where = f"{path.name}, line {numbered[place][0]}"
        row = lines[place : place + 6]
        rows += 1
        if len(row) == 6 and LEVEL.fullmatch(row[5]):
            values = dict(zip(("code", "name", "field", "agencies", "online"), row[1:], strict=True))
            yield list_row(values, tuple(part.strip() for part in row[4].split(";")), source, day, where)
            place += 6
        else:
            message = "the row has not its six lines (number, code, name, field, agency, level): left out"
            words = " · ".join(row)
            yield Problem(where=where, code=row[1], part="row", message=message, wording=words, lost=True)
            place += 2
    if not rows:
        raise Unreadable(f"{path.name} holds no list row (number, code, name, field, agency, level on six lines).")
    yield from about_rest(left_out, rows, path.name)


def starts_row(lines: list[str], place: int) -> bool:
    """Whether a running number and a code stand here."""
    if not lines[place].isdecimal() or place + 1 >= len(lines):
        return False
    code = lines[place + 1]
    return bool(CODE_LINE.fullmatch(code)) and not code.isdecimal() and any(letter.isdigit() for letter in code)


def about_rest(left_out: dict[str, int], rows: int, name: str) -> Iterator[Problem]:
    """Remarks on the page's other lines, and on a number of results that was not reached."""
    said = max((int(match[1]) for line in left_out if (match := FOUND.fullmatch(line))), default=rows)
    if said != rows:
        message = f"the page says {said:,} results, but {rows:,} rows were found"
        yield Problem(where=name, code="", part="row", message=message)
    if left_out:
        words = "\n".join(left_out)
        message = f"{sum(left_out.values()):,} lines outside rows ({len(left_out):,} different ones) were left out"
        yield Problem(where=name, code="", part="page", message=message, wording=words[:LEFT_OUT_SHOWN])
