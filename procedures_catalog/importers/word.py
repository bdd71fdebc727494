"""The portal's Word export of one procedure: Office Open XML, though the portal calls the file .doc.

The parts of the export follow each other in one order; a paragraph opens the next part with its label. Tables are
known by their heading, as the export omits the column grid on which other readers depend.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from . import cells, printed
from .archive import Package
from .record import Problem, Read, SourceChannel, SourceLaw, SourcePaper, Unreadable

DOCUMENT = "word/document.xml"
LABELS = (
    ("code", "mã thủ tục"),
    ("decision", "số quyết định"),
    ("name", "tên thủ tục"),
    ("levels", "cấp thực hiện"),
    ("kind", "loại thủ tục"),
    ("field", "lĩnh vực"),
    ("steps", "trình tự thực hiện"),
    ("channels", "cách thức thực hiện"),
    ("papers", "thành phần hồ sơ"),
    ("subjects", "đối tượng thực hiện"),
    ("agency", "cơ quan thực hiện"),
    ("authority", "cơ quan có thẩm quyền"),
    ("address", "địa chỉ tiếp nhận hs"),
    ("delegated", "cơ quan được ủy quyền"),
    ("coordinating", "cơ quan phối hợp"),
    ("result", "kết quả thực hiện"),
    ("laws", "căn cứ pháp lý"),
    ("requirements", "yêu cầu, điều kiện thực hiện"),
    ("keywords", "từ khóa"),
    ("description", "mô tả"),
)
ORDER = {label: number for number, (_, label) in enumerate(LABELS)}
TABLES = {"hình thức nộp": "channels", "tên giấy tờ": "papers", "số ký hiệu": "laws"}
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t"}
UNSEEN = frozenset({"del", "instrText", "delText", "pPr", "rPr", "tblPr", "Fallback"})

Table = list[list[str]]


@dataclass(slots=True)
class Part:
    """What stands under one label: paragraphs, and tables with the paragraphs since the one before."""

    lines: list[str] = field(default_factory=list)
    tables: list[tuple[str, Table]] = field(default_factory=list)

    def text(self) -> str:
        """The paragraphs outside the tables."""
        return printed.said("\n".join(self.lines))


def read(path: Path) -> Iterator[Read]:
    """The one procedure in the export, after every remark about it."""
    package = Package(printed.content(path), path.name)
    if DOCUMENT not in package.parts:
        raise Unreadable(f"{path.name} is not a Word document; export the procedure from the portal again.")
    parts = divided(blocks(package.tree(DOCUMENT)))
    code = parts["code"].text() if "code" in parts else ""
    if not printed.NATIONAL.fullmatch(code):
        raise Unreadable(f"{path.name} has no line “Mã thủ tục: …” with a code; it is not the portal's export.")
    day, remark = printed.file_date(path)
    if made := cells.made(package):
        day = made
    else:
        yield remark
    yield from described(parts, code, day, path.name)


def described(parts: dict[str, Part], code: str, day: date, where: str) -> Iterator[Read]:
    """The record of an export already divided, and the remarks on it."""
    said = {part: found.text() for part, found in parts.items()}
    tables = {part: found.tables for part, found in parts.items()}
    for part, found in parts.items():
        for _, table in found.tables:
            if TABLES.get(heading(table)) != part:
                words = "\n".join(" · ".join(row) for row in table)
                yield Problem(where=where, code=code, part=part, message="this table is not known", wording=words)
    for part, _ in LABELS:
        if part not in parts:
            yield Problem(where=where, code=code, part=part, message="this part is missing in the file")
    channels: list[SourceChannel] = []
    for row in rows(tables.get("channels", []), "channels"):
        name, time, fee, note = (*row[1], "", "", "", "")[:4]
        way = printed.way(name)
        if way is None:
            words = " · ".join(row[1])
            yield Problem(where=where, code=code, part="channels", message="this way is not known", wording=words)
        else:
            time_limit, price = printed.said(time), printed.said(fee)
            channels.append(SourceChannel(way=way, time_limit=time_limit, fee=price, note=printed.said(note)))
    papers: list[SourcePaper] = []
    for case, cell in rows(tables.get("papers", []), "papers"):
        name, form, count = (*cell, "", "", "")[:3]
        original, copies = printed.quantities(count)
        forms, case = "; ".join(printed.lines(form)), printed.said(case)
        papers.append(SourcePaper(name=name, case=case, original=original, copies=copies, form=forms))
        if original is None and count:
            message = "this quantity is not known"
            yield Problem(where=where, code=code, part="papers", message=message, wording=count)
    basis = [(*row, "", "", "", "")[:4] for _, row in rows(tables.get("laws", []), "laws")]
    for part in ("channels", "laws"):
        if said.get(part):
            message = "words beside the table were left out"
            yield Problem(where=where, code=code, part=part, message=message, wording=said[part])
    if said.get("papers") and not tables["papers"]:
        message = "no table of papers could be made out"
        yield Problem(where=where, code=code, part="papers", message=message, wording=said["papers"])
    levels, strange = printed.levels(said.get("levels", ""))
    yield from printed.strange_levels(strange, where, code)
    yield from printed.unplaced([(part, said.get(part, "")) for part in ("delegated", "keywords")], where, code)
    yield printed.record(
        said,
        code=code,
        name=said.get("name", ""),
        levels=levels,
        channels=channels,
        papers=papers,
        laws=(
            SourceLaw(
                number=printed.said(number),
                name=printed.said(name) or number,
                issued=printed.said(issued),
                issuer=printed.said(issuer),
            )
            for number, name, issued, issuer in basis
        ),
        day=day,
        where=where,
    )


def rows(tables: list[tuple[str, Table]], part: str) -> Iterator[tuple[str, list[str]]]:
    """Each row below the heading of the part's tables, with the title before its table."""
    for title, table in tables:
        if TABLES.get(heading(table)) == part:
            for row in table[1:]:
                if any(row):
                    yield title, row


def heading(table: Table) -> str:
    """The first heading of a table."""
    return " ".join(table[0][0].casefold().split()) if table and table[0] else ""


def divided(body: list[str | Table]) -> dict[str, Part]:
    """The blocks under the labels that open them; what stands before the first label is the document's title."""
    opened = [labelled(block) if isinstance(block, str) else None for block in body]
    last = {label[0]: place for place, label in enumerate(opened) if label}
    parts: dict[str, Part] = {}
    current, reached = Part(), -1
    for place, block in enumerate(body):
        label = opened[place]
        number = ORDER[label[0]] if label else -1
        skipped = [name for name, order in ORDER.items() if reached < order < number]
        if label and number > reached and all(last.get(name, -1) < place for name in skipped):
            current, reached = parts.setdefault(LABELS[number][0], Part()), number
            block = label[1]
        if isinstance(block, str):
            if block.strip():
                current.lines.append(block.strip())
        elif LABELS[reached][0] == "papers":
            current.tables.append((" ".join(current.lines), block))
            current.lines = []
        else:
            current.tables.append(("", block))
    return parts


def labelled(paragraph: str) -> tuple[str, str] | None:
    """The label that opens a paragraph and the words after its colon."""
    before, colon, after = paragraph.partition(":")
    label = " ".join(before.casefold().split())
    return (label, after.strip()) if colon and label in ORDER else None


def blocks(document: Element) -> list[str | Table]:
    """The paragraphs and tables in their order."""
    found: list[str | Table] = []
    waiting = [document]
    while waiting:
        element = waiting.pop()
        name = cells.local(element.tag)
        if name == "p":
            found.append(words(element))
        elif name == "tbl":
            found.append([[cell_text(cell) for cell in inside(row, "tc")] for row in inside(element, "tr")])
        elif name not in UNSEEN:
            waiting.extend(reversed(element))
    return found


def inside(element: Element, name: str) -> list[Element]:
    """The rows of a table or the cells of a row, not those of tables within them."""
    return [child for child in element if cells.local(child.tag) == name]


def cell_text(cell: Element) -> str:
    """The paragraphs of a cell, one a line."""
    return "\n".join(line for p in cell.iter() if cells.local(p.tag) == "p" and (line := words(p).strip()))


def words(paragraph: Element) -> str:
    """A paragraph's text: its runs as they follow, without deleted ones and field codes."""
    found: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        name = cells.local(element.tag)
        if name == "t":
            found.append(element.text or "")
        elif name in BREAKS:
            found.append(BREAKS[name])
        elif name not in UNSEEN:
            waiting.extend(reversed(element))
    return printed.clean("".join(found))
