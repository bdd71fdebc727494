"""Table cells captured as one run of text, with nothing between them, taken apart again.

A cell ends where the next one begins without a space. Where that leaves two readings, the likelier one is
taken and the doubt is told beside it; where it leaves none, the words stay together and that is told.
"""

from __future__ import annotations

import re
from itertools import pairwise

from .glued_laws import ISSUERS
from .printed import quantities, said, way
from .record import SourceChannel, SourcePaper

Doubt = tuple[str, str]
"""What is doubtful, and the words it was found in."""

MODE = re.compile(r"Trực tuyến|Trực tiếp|Dịch vụ bưu chính(?: công ích)?")
UNIT = r"(?:[Nn]gày làm việc|[Gg]iờ làm việc|[Nn]gày|[Gg]iờ|[Tt]háng|[Nn]ăm|[Tt]uần|[Pp]hút)"
EMPTY = "Không có thông tin"
MONEY = r"\d[\d.,]{0,20} ?(?:Việt Nam Đồng|VNĐ|VND|USD|EUR|[Đđ]ồng)"
FEE = re.compile(rf"(?:Miễn phí|{EMPTY}|{MONEY})(?=$|[^\s,.;:/])")
TIME = re.compile(rf"\d+(?:[.,]\d+)? {UNIT}(?=$|\S)|{EMPTY}|\d+(?:[.,]\d+)?(?=Miễn phí|{EMPTY})")
GLUED_FEE = re.compile(rf"(?<=[^\s\d])(?:Miễn phí|{EMPTY}|{MONEY})(?=$|[^\s,.;:/])")

CASE_HEAD = re.compile(r"Tên giấy tờ\s*Mẫu đơn, tờ khai\s*Số lượng")
COUNT = re.compile(r"(?P<digits>\d{1,4}) (?:bản chính(?:, ?\d+ bản sao)?|bản sao)")
EXTENSION = re.compile(r"\.(?i:docx?|pdf|xlsx?|rtf|odt|zip|rar|jpe?g|png)(?=$|[^\Wa-z]|[(\[])")
LOWER = "".join(letter for letter in map(chr, range(0x61, 0x1F00)) if letter.islower())
AFTER_ISSUER = "|".join(f"(?<=-{name})|(?<=-{name}[.])" for name in sorted(ISSUERS))
SURE_SEAM = re.compile(
    r"(?:(?<=[);:”\"’\]…])|(?<=[LOWER]\.)|(?<=[);.]\.)|(?<=\d{4}\.)|".replace("LOWER", LOWER)
    + AFTER_ISSUER
    + r")(?=[^\W_])"
)
DIGIT_SEAM = re.compile(r"(?:(?<=\d)|(?<=\d\.))(?=[A-ZĐ][^\W\d_A-ZĐ])")
WORD_SEAM = re.compile(r"(?<=[^\W\d_])(?=[^\W_])")
LONGEST_FORM = 130
NEAR = 100


def channels(text: str) -> tuple[list[SourceChannel], list[Doubt]]:
    """Rows of mode, time, fee (with its remark in brackets) and note."""
    starts = [m for m in MODE.finditer(text) if starts_cell(text, m.start(), m.end())]
    rows: list[SourceChannel] = []
    doubts: list[Doubt] = []
    before = text[: starts[0].start()] if starts else text
    if said(before):
        doubts.append(("no way of handing in could be told apart", before.strip()))
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        name = way(start[0])
        cells = channel_cells(text[start.end() : end])
        if name is None:
            continue
        if cells is None and rows and not FEE.match(text, start.end()):
            last = rows[-1]
            note = (last.note + text[start.start() : end]).strip()
            rows[-1] = SourceChannel(way=last.way, time_limit=last.time_limit, fee=last.fee, note=note)
            if start.end() < end:
                doubts.append(
                    ("this may be a row of its own; it was kept in the note above it", text[start.start() : end])
                )
        elif cells is None:
            rows.append(SourceChannel(way=name, time_limit="", fee="", note=text[start.end() : end].strip()))
            doubts.append(("time limit, fee and note could not be told apart", text[start.start() : end]))
        else:
            time, fee, note = cells
            rows.append(SourceChannel(way=name, time_limit=time, fee=fee, note=note))
            if note.startswith("("):
                doubts.append(("a bracket after the fee is never closed; the words were kept in the note", note))
    return rows, doubts


def starts_cell(text: str, start: int, end: int) -> bool:
    """Whether a cell may begin at `start` and be over at `end`: no space on either side."""
    if start and (text[start - 1].isspace() or text[start - 1] in "(/,"):
        return False
    return end == len(text) or not (text[end].isspace() or text[end] in ":,.;)/-")


def channel_cells(row: str) -> tuple[str, str, str] | None:
    """Time, fee and note of a row without its mode, or None where they cannot be told apart."""
    if match := TIME.match(row):
        time, rest = match[0], row[match.end() :]
    elif FEE.match(row) or not (match := GLUED_FEE.search(row)):
        return None
    else:
        time, rest = row[: match.start()], row[match.start() :]
    fees: list[str] = []
    while match := FEE.match(rest):
        fee, rest = match[0], rest[match.end() :]
        if rest.startswith("("):
            end = closing(rest)
            fee, rest = (f"{fee} {rest[:end]}" if end else fee), rest[end:]
        fees.append(fee)
    if not fees:
        return None
    return said(time), "; ".join(fee for fee in fees if said(fee)), rest.strip()


def closing(text: str) -> int:
    """Where the bracket that opens `text` is closed; 0 if it never is."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place + 1
    return 0


def papers(text: str) -> tuple[list[SourcePaper], list[Doubt]]:
    """Rows of name, form files and quantities, under the title of their case (“--” is none)."""
    heads = list(CASE_HEAD.finditer(text))
    found: list[SourcePaper] = []
    doubts: list[Doubt] = []
    if not heads:
        if said(text):
            doubts.append(("no table of papers could be made out", text.strip()))
        return found, doubts
    case = said(text[: heads[0].start()])
    for number, head in enumerate(heads):
        block = text[head.end() : heads[number + 1].start() if number + 1 < len(heads) else len(text)]
        done = 0
        for match, digits in counts(block):
            cell = block[done : match.start("digits") + digits]
            paper, doubt = named(cell, case, block[match.start("digits") + digits : match.end()])
            found.append(paper)
            if doubt:
                doubts.append((doubt, block[done : match.end()]))
            done = match.end()
        rest = said(block[done:])
        if number + 1 < len(heads):
            case = rest
        elif rest:
            doubts.append(("a paper without a quantity", rest))
            found.append(SourcePaper(name=rest, case=case))
    return found, doubts


def counts(block: str) -> list[tuple[re.Match[str], int]]:
    """The quantity cells of a table, each with the number of its leading digits that belong to the name before."""
    found: list[tuple[re.Match[str], int]] = []
    for match in COUNT.finditer(block):
        left = block[match.start() - 1] if match.start() else " "
        after = block[match.end() : match.end() + NEAR]
        if COUNT.match(block, match.end()):
            continue
        glued_left = not left.isspace() and left != "("
        glued_right = not after or not (after[0].isspace() or after[0] in ").,;:/")
        upper = bool(after.strip()) and not after.strip()[0].islower() and after.strip()[0] not in ").,;:/"
        if (glued_right and left != "(") or (glued_left and upper):
            run = len(match["digits"])
            whole = run == 1 or (run == 2 and glued_left and not left.isdigit() and match["digits"][0] in "123")
            found.append((match, 0 if whole and left not in "./" else run - 1))
    return found


def named(cell: str, case: str, count: str) -> tuple[SourcePaper, str]:
    """One paper from the text before its quantity, and a doubt or ""."""
    original, copies = quantities(count)
    name, forms, doubt = form_files(cell)
    if cell[-1:].isdigit():
        doubt = doubt or "the quantity follows a digit directly"
    paper = SourcePaper(name=name.strip(), case=case, original=original, copies=copies, form="; ".join(forms))
    return paper, doubt


def form_files(cell: str) -> tuple[str, list[str], str]:
    """The name, the form files glued to its end, and a doubt or "" about where the first file's name begins."""
    ends = list(EXTENSION.finditer(cell.rstrip()))
    if not ends or ends[-1].end() != len(cell.rstrip()):
        return cell, [], ""
    head = cell[: ends[0].end()]
    bounds = [end.end() for end in ends]
    others = [cell[a:b].strip() for a, b in pairwise(bounds)]
    place, sure = seam(head, ends[0].start())
    if place is None:
        return cell, [], "the form's file name could not be told from the paper's name"
    doubt = "" if sure else "where the form's file name begins is a guess"
    return head[:place], [head[place:].strip(), *others], doubt


def seam(head: str, limit: int) -> tuple[int | None, bool]:
    """Where the file's name most likely begins, and whether nothing else is likely.

    After a stop, a bracket or a law's number; where there is none, inside a word.
    """
    first = max(0, limit - LONGEST_FORM)
    stops = [match.start() for match in SURE_SEAM.finditer(head, first, limit)]
    if stops:
        return stops[-1], len(stops) == 1
    digits = [match.start() for match in DIGIT_SEAM.finditer(head, first, limit)]
    words = [
        place
        for match in WORD_SEAM.finditer(head, first, limit)
        if head[(place := match.start()) - 1].islower() and not head[place].islower()
    ]
    likely = digits or words
    return (likely[0], len({*digits, *words}) == 1) if likely else (None, False)
