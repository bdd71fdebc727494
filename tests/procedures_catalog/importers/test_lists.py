"""Lists of procedures, in the shapes of the national portal and of two provinces' portals."""

from __future__ import annotations

import os
import struct
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from procedures_catalog.importers import lists
from procedures_catalog.importers.record import ListRow, Problem, Read, Unreadable

from . import office

PORTAL: list[list[str | None]] = [
    ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nDANH SÁCH THỦ TỤC HÀNH CHÍNH", None, None, None, None],
    ["Mã số", "Tên", "Cơ quan ban hành", "Cơ quan thực hiện", "Lĩnh vực"],
    ["1.999001", "Cấp thẻ  đọc\nsách", "Bộ Sách (Bộ Giấy cũ)", "Thư viện tỉnh\nThư viện xã\n", "Thư viện"],
    ["1.999002", "Trả sách", "Bộ Sách", None, "Thư viện"],
]
PROVINCE: list[list[str | float | None]] = [
    ["UBND TỈNH MÂY TRẮNG", None, None, "CỘNG HÒA"],
    [None, None, None, "Độc lập"],
    [],
    ["DANH SÁCH THỦ TỤC HÀNH CHÍNH"],
    ["STT", "Mã TTHC", "MỨC ĐỘ DVC", "TÊN TTHC", "LĨNH VỰC", "QUYẾT ĐỊNH", "MÃ QR CODE"],
    [1.0, 1.99919, "Toàn trình", "Cấp thẻ", " Thư viện", "12/QĐ-UBND", None],
    [2.0, "1.999002.000.00.00.H99", "Một phần", "Trả sách", "Thư viện"],
    [3.0, "CCCX_01", "Mức độ 2", "Việc riêng của tỉnh", "Nội vụ"],
    [4.0, "1999003.000.00.00.H99", "Mức độ 2", "Mã hỏng", "Nội vụ"],
    [5.0, "1.99904.000.00.00.H99", "Mức độ 2", "Mã thiếu một số", "Nội vụ"],
    [6.0, "TEST_MOT_CAP", "Mức độ 2", "Thử", "Nội vụ"],
    [7.0, "1.999005", "Mức độ 2", "Thủ tục test", "Nội vụ"],
    [8.0, None, "Mức độ 2", "Không mã", "Nội vụ"],
    [9.0, "1.999006", "Mức độ 2", None, "Nội vụ"],
    [None, None, None, None, "Người lập báo cáo"],
]
PAGE = """op
HỆ THỐNG THÔNG TIN
tỉnh mây trắng

Tìm thấy {found} kết quả
STT
Mã chuẩn
Tên thủ tục
1
1.999001
Cấp thẻ
Thư viện
Sở, ban ngành; UBND Xã/Phường/Thị Trấn
Một phần

2
1.999002.000.00.00.H99
Trả sách
Thư viện
Sở, ban ngành
Toàn trình
keyboard_arrow_right
"""


def saved(folder: Path, name: str, data: bytes) -> Path:
    """The path of a new file, last changed on 2 January 2030."""
    path = folder / name
    path.write_bytes(data)
    moment = datetime(2030, 1, 2, 12, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    return path


def rows(found: list[Read]) -> list[ListRow]:
    """The rows alone."""
    return [item for item in found if isinstance(item, ListRow)]


def problems(found: list[Read]) -> list[Problem]:
    """The remarks alone."""
    return [item for item in found if isinstance(item, Problem)]


def test_the_portals_list(tmp_path: Path) -> None:
    found = list(lists.read_book(saved(tmp_path, "danh-sach.xlsx", office.sheet(PORTAL))))
    first, second = rows(found)
    assert (first.code, first.name, first.field) == ("1.999001", "Cấp thẻ đọc sách", "Thư viện")
    assert first.issuer == "Bộ Sách (Bộ Giấy cũ)"
    assert first.agencies == ("Thư viện tỉnh", "Thư viện xã")
    assert second.agencies == ()
    assert first.source_name == "Cổng Dịch vụ công quốc gia"
    assert first.where == "danh-sach.xlsx, sheet Danh sách TTHC, row 3"
    assert first.source_date == datetime.now(UTC).date()
    assert problems(found) == []


@pytest.mark.parametrize("claim", [b'<dimension ref="A1:A1"/>', b'<dimension ref="A1:XFD1048576"/>'])
def test_a_wrong_claim_of_size_changes_nothing(tmp_path: Path, claim: bytes) -> None:
    part = "xl/worksheets/sheet1.xml"
    data = office.replaced(office.sheet(PORTAL), part, b'<dimension ref="A1:E4" />', claim)
    assert len(rows(list(lists.read_book(saved(tmp_path, "a.xlsx", data))))) == 2


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx"])
def test_a_provinces_list_below_its_banner(tmp_path: Path, name: str) -> None:
    data = office.old_sheet(PROVINCE) if name == "a.xls" else office.sheet(PROVINCE)
    found = list(lists.read_book(saved(tmp_path, name, data)))
    assert [(row.code, row.online) for row in rows(found)] == [
        ("1.999190", "Toàn trình"),
        ("1.999002", "Một phần"),
        ("CCCX_01", "Mức độ 2"),
    ]
    assert rows(found)[0].decision == "12/QĐ-UBND"
    assert {row.source_name for row in rows(found)} == {"UBND TỈNH MÂY TRẮNG"}
    lost = {(problem.where.rsplit(" ", 1)[1], problem.code) for problem in problems(found) if problem.lost}
    assert lost == {
        ("9", "1999003.000.00.00.H99"),
        ("10", "1.99904.000.00.00.H99"),
        ("11", "TEST_MOT_CAP"),
        ("12", "1.999005"),
        ("13", ""),
        ("14", "1.999006"),
    }
    assert "Người lập báo cáo" in {problem.wording for problem in problems(found)}


def test_a_file_without_a_date_takes_the_day_it_was_changed_and_says_so(tmp_path: Path) -> None:
    found = list(lists.read_book(saved(tmp_path, "a.xls", office.old_sheet(PROVINCE))))
    assert {row.source_date for row in rows(found)} == {date(2030, 1, 2)}
    assert any(problem.part == "source_date" and "2030-01-02" in problem.message for problem in problems(found))


def test_formulas_and_errors_in_a_new_list(tmp_path: Path) -> None:
    data = office.sheet(
        [
            PORTAL[1],
            ['=HYPERLINK("http://a","1.999001")', "Cấp thẻ", None, None, "Thư viện"],
            ["1.999002", "Trả sách", None, '="Thư viện"&" tỉnh"', "Thư viện"],
            ["1.999003", "Mượn sách", None, None, "#DIV/0!"],
        ]
    )
    found = list(lists.read_book(saved(tmp_path, "a.xlsx", data)))
    assert [(row.code, row.agencies, row.field) for row in rows(found)] == [
        ("1.999002", (), "Thư viện"),
        ("1.999003", (), ""),
    ]
    told = [(problem.part, "formula" in problem.message, problem.lost) for problem in problems(found)]
    assert told == [("code", True, True), ("agencies", True, False), ("field", False, False)]


def test_formulas_and_errors_in_an_old_list(tmp_path: Path) -> None:
    formula = struct.pack("<HHH", 2, 1, 0) + struct.pack("<d", 7.0) + bytes(6) + struct.pack("<HBH", 3, 0x1E, 7)
    error = struct.pack("<HHHBB", 1, 2, 0, 0x07, 1)
    more = office.record(0x0006, formula) + office.record(0x0205, error)
    data = office.old_sheet([["Mã số", "Tên", "Lĩnh vực"], ["1.999001", "Cấp thẻ"], ["1.999002"]], more)
    found = list(lists.read_book(saved(tmp_path, "a.xls", data)))
    assert [(row.code, row.field) for row in rows(found)] == [("1.999001", "")]
    told = {(p.part, p.lost, "formula" in p.message) for p in problems(found) if p.part != "source_date"}
    assert told == {("field", False, False), ("name", True, True)}


def test_text_that_only_looks_like_a_formula_is_kept_as_text(tmp_path: Path) -> None:
    data = office.old_sheet([["Mã số", "Tên"], ["1.999001", "=1+1"]])
    assert rows(list(lists.read_book(saved(tmp_path, "a.xls", data))))[0].name == "=1+1"


def test_a_sheet_without_a_heading_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="headings"):
        list(lists.read_book(saved(tmp_path, "a.xlsx", office.sheet([["Xin", "chào"]]))))


def test_copied_text(tmp_path: Path) -> None:
    found = list(lists.read_text(saved(tmp_path, "a.txt", PAGE.format(found=2).encode())))
    first, second = rows(found)
    assert (first.code, first.name, first.field, first.online) == ("1.999001", "Cấp thẻ", "Thư viện", "Một phần")
    assert first.agencies == ("Sở, ban ngành", "UBND Xã/Phường/Thị Trấn")
    assert second.code == "1.999002"
    assert second.where == "a.txt, line 16"
    assert first.source_name.endswith("tỉnh mây trắng")
    assert first.source_date == date(2030, 1, 2)
    assert {problem.part for problem in problems(found)} == {"source_date", "page"}
    assert "keyboard_arrow_right" in problems(found)[-1].wording


def test_copied_text_that_says_more_results_than_it_holds(tmp_path: Path) -> None:
    found = list(lists.read_text(saved(tmp_path, "a.txt", PAGE.format(found=7).encode())))
    assert any("7 results, but 2 rows" in problem.message for problem in problems(found))


def test_copied_text_with_a_broken_row(tmp_path: Path) -> None:
    page = PAGE.format(found=2).replace("Thư viện\nSở, ban ngành\n", "Thư viện\n")
    found = list(lists.read_text(saved(tmp_path, "a.txt", page.encode())))
    assert [row.code for row in rows(found)] == ["1.999001"]
    (lost,) = (problem for problem in problems(found) if problem.lost)
    assert (lost.where, lost.code) == ("a.txt, line 16", "1.999002.000.00.00.H99")


def test_copied_text_in_other_encodings(tmp_path: Path) -> None:
    page = PAGE.format(found=2)
    assert len(rows(list(lists.read_text(saved(tmp_path, "a.txt", page.encode("utf-16")))))) == 2
    with pytest.raises(Unreadable, match="UTF-8"):
        list(lists.read_text(saved(tmp_path, "a.txt", "Cấp thẻ".encode("utf-16-le"))))
    with pytest.raises(Unreadable, match="UTF-8"):
        list(lists.read_text(saved(tmp_path, "a.txt", "Tỉnh đ".replace("ỉ", "i\u0309").encode("cp1258"))))


@pytest.mark.parametrize(
    ("code", "own"),
    [
        ("1.003645.000.00.00.H37", "1.003645"),
        ("1.013206.H36", "1.013206"),
        (" 2.000908.000.00.00.H37.X ", "2.000908"),
        ("2.000815", "2.000815"),
        ("DLLS_DV_06", "DLLS_DV_06"),
        ("1.010804000.00.00.H37", None),
        ("2000027.000.00.00.H37", None),
        ("1.01299.000.00.00.H37", None),
        ("abc", None),
        ("", None),
    ],
)
def test_the_national_part_of_a_code(code: str, own: str | None) -> None:
    assert lists.own_code(code) == own


def test_two_sheets_that_are_one_part_are_refused(tmp_path: Path) -> None:
    """A small file could make the parser lay the same large sheet out again and again."""
    data = office.sheet(PORTAL)
    twice = b'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    twice += b'name="Hai" sheetId="2" r:id="rId1"/></sheets>'
    (tmp_path / "a.xlsx").write_bytes(office.replaced(data, "xl/workbook.xml", b"</sheets>", twice))
    with pytest.raises(Unreadable, match="two sheets are one part"):
        list(lists.read_book(tmp_path / "a.xlsx"))
