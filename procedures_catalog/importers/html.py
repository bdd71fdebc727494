"""The old portal's page of one procedure (HTML), as its description has it: headings, lists, and tables by title.

Every heading of the second rank opens a part, up to the next one; the cells of tables carry their column's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from . import printed
from .record import Problem, Read, SourceChannel, SourceLaw, SourcePaper, Unreadable

LARGEST_PAGE = 4 * 1024 * 1024
LABELS = {
    "mã thủ tục": "code",
    "số quyết định": "decision",
    "tên thủ tục": "name",
    "cấp thực hiện": "levels",
    "loại thủ tục": "kind",
    "lĩnh vực": "field",
    "trình tự thực hiện": "steps",
    "cách thức thực hiện": "channels",
    "thành phần hồ sơ": "papers",
    "đối tượng thực hiện": "subjects",
    "cơ quan thực hiện": "agency",
    "cơ quan có thẩm quyền": "authority",
    "địa chỉ tiếp nhận hs": "address",
    "cơ quan được ủy quyền": "delegated",
    "cơ quan phối hợp": "coordinating",
    "kết quả thực hiện": "result",
    "căn cứ pháp lý": "laws",
    "yêu cầu, điều kiện thực hiện": "requirements",
    "từ khóa": "keywords",
    "mô tả": "description",
}
EXPORT = re.compile(r"[?&]maTTHC=(\d\.\d{6})")
NEW_LINE = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "td", "table"})
SILENT = frozenset({"script", "style", "template", "noscript"})
MODE, TIME, FEE, NOTE = "hình thức nộp", "thời hạn giải quyết", "phí, lệ phí", "mô tả"
PAPER, FORM, COUNT = "tên giấy tờ", "mẫu đơn, tờ khai", "số lượng"
NUMBER, LAW = "số ký hiệu", "trích yếu"

Row = dict[str, str]


def read(path: Path) -> Iterator[Read]:
    """The one procedure on the page, after every remark about it."""
    data = printed.content(path)
    if len(data) > LARGEST_PAGE:
        raise Unreadable(f"{path.name} is larger than {LARGEST_PAGE // 2**20} MB; save the page's HTML alone.")
    try:
        soup = BeautifulSoup(printed.text(data, path.name), "html.parser")
        yield from page(soup, path)
    except (RecursionError, AssertionError, ValueError) as fault:
        raise Unreadable(f"{path.name} is not a page that can be read ({fault}); save it again.") from fault


def page(soup: BeautifulSoup, path: Path) -> Iterator[Read]:
    """What `read` yields, of a page already parsed."""
    where = path.name
    linked = export_code(soup)
    parts = divided(soup)
    said = {part: printed.said(words(elements)) for part, elements in parts.items()}
    code = said.get("code", "") or linked
    titles = [title for tag in soup.select("h1.main-title") if (title := " ".join(words([tag]).split()))]
    name = said.get("name", "") or (titles[0] if titles else "")
    if not printed.NATIONAL.fullmatch(code) or not name:
        raise Unreadable(f"{where} shows no procedure's code and name; save the procedure's own page.")
    if linked and linked != code:
        message = f"the page is procedure {code}, its Word export is {linked}, so it was left out; save it again"
        yield Problem(where=where, code=code, part="code", message=message, wording=linked, lost=True)
        return
    day, remark = printed.file_date(path)
    yield remark
    channels: list[SourceChannel] = []
    for row in table(parts.get("channels", []), MODE):
        if made := channel(row):
            channels.append(made)
        else:
            message, wording = "this way is not known", " · ".join(row.values())
            yield Problem(where=where, code=code, part="channels", message=message, wording=wording)
    papers = list(papers_of(parts.get("papers", [])))
    basis = table(parts.get("laws", []), LAW)
    for part, found in (("channels", channels), ("papers", papers), ("laws", basis)):
        if said.get(part) and not found:
            message = "no table could be made out here"
            yield Problem(where=where, code=code, part=part, message=message, wording=said[part])
    levels, strange = printed.levels(said.get("levels", ""))
    yield from printed.strange_levels(strange, where, code)
    yield from printed.unplaced([(part, said.get(part, "")) for part in ("delegated", "keywords")], where, code)
    known = set(LABELS.values())
    yield from printed.unplaced([(part, text) for part, text in said.items() if part not in known], where, code)
    yield printed.record(
        said,
        code=code,
        name=name,
        levels=levels,
        channels=channels,
        papers=papers,
        laws=(
            SourceLaw(number=printed.said(row.get(NUMBER)), name=printed.said(row.get(LAW)) or row.get(NUMBER, ""))
            for row in basis
        ),
        day=day,
        where=where,
    )


def export_code(soup: BeautifulSoup) -> str:
    """The code in the link to the Word export, which is taken out of the page: its words are no part's."""
    code = ""
    for link in soup.find_all("a", href=True):
        match = EXPORT.search(str(link["href"]))
        if match:
            code = code or match[1]
            link.decompose()
    return code


def divided(soup: BeautifulSoup) -> dict[str, list[PageElement]]:
    """The texts and tags after each heading, up to the next; a heading not known keeps its own words as key."""
    headings = [tag for tag in soup.select("h2.main-title-sub") if words([tag]).strip()]
    ends = {id(tag) for tag in headings}
    parts: dict[str, list[PageElement]] = {}
    for tag in headings:
        label = " ".join(words([tag]).split()).rstrip(":").strip()
        inside = {id(element) for element in tag.descendants}
        found = parts.setdefault(LABELS.get(label.casefold(), label), [])
        for element in tag.next_elements:
            if id(element) in ends:
                break
            if id(element) not in inside:
                found.append(element)
    return parts


def words(elements: Iterable[PageElement]) -> str:
    """The visible text, with a line for each block. A tag given alone stands for all within it."""
    found: list[str] = []
    listed = list(elements)
    if len(listed) == 1 and isinstance(listed[0], Tag):
        listed = list(listed[0].descendants)
    for element in listed:
        if isinstance(element, Tag):
            if element.name in NEW_LINE:
                found.append("\n")
        elif isinstance(element, NavigableString) and not isinstance(element, PreformattedString):
            parent = element.parent
            if parent is None or parent.name not in SILENT:
                found.append(re.sub(r"\s+", " ", str(element)))
    return "\n".join(line for piece in "".join(found).split("\n") if (line := piece.strip()))


def cell_rows(tag: Tag) -> Iterator[Row]:
    """The rows of one table as column name → text."""
    for row in tag.find_all("tr"):
        titled = row.select("td[data-title]")
        cells = {" ".join(str(cell["data-title"]).casefold().split()): words([cell]) for cell in titled}
        if cells:
            yield cells


def table(elements: list[PageElement], column: str) -> list[Row]:
    """The rows of all tables in a part that have this column."""
    tables = [element for element in elements if isinstance(element, Tag) and element.name == "table"]
    return [row for tag in tables for row in cell_rows(tag) if column in row]


def channel(row: Row) -> SourceChannel | None:
    """One row of the ways, or None where the way is not known."""
    way = printed.way(row.get(MODE, ""))
    if way is None:
        return None
    time, fee, note = (printed.said(row.get(part)) for part in (TIME, FEE, NOTE))
    return SourceChannel(way=way, time_limit=time, fee=fee, note=note)


def papers_of(elements: list[PageElement]) -> Iterator[SourcePaper]:
    """The papers of each table, under the words that stand since the table before."""
    title: list[PageElement] = []
    inside: set[int] = set()
    for element in elements:
        if id(element) in inside:
            continue
        if isinstance(element, Tag) and element.name == "table":
            inside = {id(within) for within in element.descendants}
            case = printed.said(" ".join(words(title).split()))
            title = []
            for row in cell_rows(element):
                if PAPER in row:
                    original, copies = printed.quantities(row.get(COUNT, ""))
                    form = "; ".join(printed.lines(row.get(FORM, "")))
                    yield SourcePaper(
                        name=printed.said(row[PAPER]), case=case, original=original, copies=copies, form=form
                    )
        else:
            title.append(element)
