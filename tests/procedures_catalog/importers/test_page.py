"""The captured detail page: table cells glued together, taken apart again."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from procedures_catalog.importers import glued, glued_laws, page
from procedures_catalog.importers.record import Problem, Read, SourceRecord, Unreadable
from procedures_catalog.model import WayName

RAW = (
    "Cấp thẻ đọc sáchTên thủ tụcCấp thẻ đọc sáchMã thủ tục1.999001Số quyết định12/QĐ-BXYZ"
    "Cấp thực hiệnCấp tỉnh, Cấp xã"
    "Loại thủ tụcLoại khácLĩnh vựcThư việnĐối tượng thực hiệnCông dân Việt Nam, Tổ chức (trừ hội, đoàn)"
    "Cơ quan có thẩm quyềnThư viện tỉnhĐịa chỉ tiếp nhận HSSố 1 phố Sách\nCơ quan được ủy quyềnCơ quan phối hợp"
    "Thủ tục hành chính liên quanKhông có thông tin"
    "Trình Tự Thực Hiện Bước 1: Nộp hồ sơ cho Cơ quan thực hiện.\n\nBước 2: Nhận thẻ.\n"
    "Cách Thức Thực HiệnHình thức nộpThời gianPhí, lệ phíMô tả"
    "Trực tuyến1Miễn phíTrực tiếp3 Ngày làm việc20,000 Việt Nam Đồng(Mức (thấp) nhất)Trực tiếp tại quầy số 1."
    "Thành phần hồ sơ--Tên giấy tờMẫu đơn, tờ khaiSố lượng"
    "Tờ khai theo mẫu;Mau01.docxMau02.pdf1 bản chính,2 bản sao"
    "Căn cứ pháp lýTên văn bản pháp lýMã văn bảnLuật Sách 203068/2030/QH19Nghị định về thẻ01/2030/NĐ-CP"
    "Cơ quan thực hiệnThư viện xãYêu cầu, điều kiện thực hiệnKhông có thông tin"
    "Kết quả xử lýThẻ đọc sáchMã: KQ.G01.000105Giấy hẹnMã: 12231Từ khóathẻMô tảKhông có thông tin"
)
WIDGET = "Chọn cơ quan thực hiệnTỉnh/ Thành phốBộ ngành-- Chọn Tỉnh/ Thành phố --Nộp hồ sơ"


def capture(folder: Path, raw: str = RAW + WIDGET, code: str = "1.999001") -> Path:
    """A captured page's file. The pre-cut field is cut wrongly, as it happens."""
    path = folder / "a.json"
    fields = {"ma_thu_tuc": code, "detail_url": "https://example.vn/1", "ket_qua_xu_ly": "Thẻ", "raw_text": raw}
    path.write_text(json.dumps(fields), "utf-8")
    return path


def parted(found: Iterator[Read]) -> tuple[list[SourceRecord], list[Problem]]:
    """Records and remarks."""
    items = list(found)
    return [i for i in items if isinstance(i, SourceRecord)], [i for i in items if isinstance(i, Problem)]


def test_every_part_is_read(tmp_path: Path) -> None:
    (record,), problems = parted(page.read(capture(tmp_path)))
    assert (record.code, record.name, record.decision) == ("1.999001", "Cấp thẻ đọc sách", "12/QĐ-BXYZ")
    assert (record.levels, record.kind, record.field) == (("tỉnh", "xã"), "Loại khác", "Thư viện")
    assert record.subjects == ("Công dân Việt Nam", "Tổ chức (trừ hội, đoàn)")
    assert (record.authority, record.agency, record.address) == ("Thư viện tỉnh", "Thư viện xã", "Số 1 phố Sách")
    assert record.steps == ("Bước 1: Nộp hồ sơ cho Cơ quan thực hiện.", "Bước 2: Nhận thẻ.")
    assert [(c.way, c.time_limit, c.fee, c.note) for c in record.channels] == [
        (WayName.ONLINE, "1", "Miễn phí", ""),
        (
            WayName.IN_PERSON,
            "3 Ngày làm việc",
            "20,000 Việt Nam Đồng (Mức (thấp) nhất)",
            "Trực tiếp tại quầy số 1.",
        ),
    ]
    assert [(p.name, p.form, p.original, p.copies) for p in record.papers] == [
        ("Tờ khai theo mẫu;", "Mau01.docx; Mau02.pdf", 1, 2)
    ]
    assert [(law.number, law.name) for law in record.laws] == [
        ("68/2030/QH19", "Luật Sách 2030"),
        ("01/2030/NĐ-CP", "Nghị định về thẻ"),
    ]
    assert record.result == ("Thẻ đọc sách", "Giấy hẹn")
    assert record.requirements == record.description == record.coordinating == ""
    assert record.link == "https://example.vn/1"
    assert {problem.part for problem in problems} == {"source_date", "keywords"}


def test_letters_in_two_pieces_and_control_characters_are_read(tmp_path: Path) -> None:
    raw = unicodedata.normalize("NFD", RAW.replace("Nhận thẻ.", "Nhận\u200b \u0007thẻ."))
    (record,), _ = parted(page.read(capture(tmp_path, raw=raw)))
    assert record.name == "Cấp thẻ đọc sách"
    assert record.steps == ("Bước 1: Nộp hồ sơ cho Cơ quan thực hiện.", "Bước 2: Nhận thẻ.")


def test_another_procedures_page_is_left_out_and_named(tmp_path: Path) -> None:
    records, (problem,) = parted(page.read(capture(tmp_path, code="1.999777")))
    assert records == []
    assert problem.lost
    assert problem.code == "1.999777"
    assert "1.999001 (Cấp thẻ đọc sách)" in problem.message


def test_a_page_without_a_code_is_left_out(tmp_path: Path) -> None:
    records, (problem,) = parted(page.read(capture(tmp_path, raw="Không tìm thấy trang")))
    assert records == []
    assert problem.lost


def test_missing_and_doubled_parts_are_told(tmp_path: Path) -> None:
    raw = RAW.replace("Lĩnh vựcThư viện", "").replace("Kết quả xử lýThẻ", "Kết quả xử lýTừ khóa và thẻ")
    (record,), problems = parted(page.read(capture(tmp_path, raw=raw)))
    assert record.field == ""
    assert {"field", "keywords"} <= {problem.part for problem in problems}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "Trực tuyếnKhông phải trả kết quảMiễn phíQua mạng.Dịch vụ bưu chính2 GiờKhông có thông tin",
            [(WayName.ONLINE, "Không phải trả kết quả", "Miễn phí", "Qua mạng."), (WayName.POST, "2 Giờ", "", "")],
        ),
        (
            "Trực tiếp5 Ngày135 VNĐ(Lệ phí: 135.000 đồng)20,000 VNĐ(Phí)",
            [(WayName.IN_PERSON, "5 Ngày", "135 VNĐ (Lệ phí: 135.000 đồng); 20,000 VNĐ (Phí)", "")],
        ),
        ("Trực tiếpKhông có thông tinKhông có thông tin", [(WayName.IN_PERSON, "", "", "")]),
        (
            "Trực tiếp10 NgàyKhông có thông tinTrực tiếp tại huyện.Trực tiếp10 NgàyKhông có thông tin- Tỉnh",
            [
                (WayName.IN_PERSON, "10 Ngày", "", "Trực tiếp tại huyện."),
                (WayName.IN_PERSON, "10 Ngày", "", "- Tỉnh"),
            ],
        ),
        ("Trực tiếp1.5 ThángMiễn phí", [(WayName.IN_PERSON, "1.5 Tháng", "Miễn phí", "")]),
    ],
)
def test_channels(text: str, rows: list[tuple[WayName, str, str, str]]) -> None:
    found, doubts = glued.channels(text)
    assert [(c.way, c.time_limit, c.fee, c.note) for c in found] == rows
    assert doubts == []


def test_a_time_glued_to_an_amount_is_not_guessed() -> None:
    found, doubts = glued.channels("Trực tuyến120,000 VNĐ(Lệ phí)Trực tiếp120,000 VNĐ")
    assert [(c.way, c.time_limit, c.fee) for c in found] == [(WayName.ONLINE, "", ""), (WayName.IN_PERSON, "", "")]
    assert [c.note for c in found] == ["120,000 VNĐ(Lệ phí)", "120,000 VNĐ"]
    assert [words for _, words in doubts] == ["Trực tuyến120,000 VNĐ(Lệ phí)", "Trực tiếp120,000 VNĐ"]


def test_a_bracket_never_closed_stays_in_the_note() -> None:
    (row,), doubts = glued.channels("Trực tiếp5 Ngày20,000 VNĐ(Phí (thấp) Nộp tại quầy")
    assert (row.fee, row.note) == ("20,000 VNĐ", "(Phí (thấp) Nộp tại quầy")
    assert len(doubts) == 1


HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            f"Phải nộp:{HEAD}Tờ khai (01 bản chính)1 bản chính"
            f"Ảnh 3x4;0 bản chính,2 bản saoXuất trình{HEAD}Thẻ1 bản sao",
            [
                ("Phải nộp:", "Tờ khai (01 bản chính)", 1, 0),
                ("Phải nộp:", "Ảnh 3x4;", 0, 2),
                ("Xuất trình", "Thẻ", 0, 1),
            ],
        ),
        (f"--{HEAD}Hồ sơ gồm:0 bản chínhhoặc đơn1 bản chính", [("", "Hồ sơ gồm:", 0, 0), ("", "hoặc đơn", 1, 0)]),
        (f"--{HEAD}Nộp 01 bản chính1 bản chính", [("", "Nộp 01 bản chính", 1, 0)]),
        (f"--{HEAD}Đơn tại cơ sở10 bản sao", [("", "Đơn tại cơ sở", 0, 10)]),
    ],
)
def test_papers(text: str, rows: list[tuple[str, str, int, int]]) -> None:
    found, doubts = glued.papers(text)
    assert [(p.case, p.name, p.original, p.copies) for p in found] == rows
    assert doubts == []


def test_a_quantity_after_a_number_is_doubted() -> None:
    (paper,), doubts = glued.papers(f"--{HEAD}Tờ khai mẫu số 011 bản chính")
    assert (paper.name, paper.original) == ("Tờ khai mẫu số 01", 1)
    assert len(doubts) == 1


def test_a_paper_without_a_quantity_is_kept_and_told() -> None:
    found, doubts = glued.papers(f"--{HEAD}Tờ khai1 bản chínhẢnh")
    assert [(p.name, p.original) for p in found] == [("Tờ khai", 1), ("Ảnh", None)]
    assert [words for _, words in doubts] == ["Ảnh"]


@pytest.mark.parametrize(
    ("cell", "name", "forms"),
    [
        ("Bản khai (Mẫu số 03).Mẫu 03.TT41.doc", "Bản khai (Mẫu số 03).", ["Mẫu 03.TT41.doc"]),
        ("Đơn theo Nghị định số 23/2026/NĐ-CPMau04.docx", "Đơn theo Nghị định số 23/2026/NĐ-CP", ["Mau04.docx"]),
        ("Đơn theo mẫuMauDon (1).docMau_2.docx", "Đơn theo mẫu", ["MauDon (1).doc", "Mau_2.docx"]),
        ("Thẻ căn cước", "Thẻ căn cước", []),
    ],
)
def test_form_files(cell: str, name: str, forms: list[str]) -> None:
    assert glued.form_files(cell)[:2] == (name, forms)


def test_a_form_that_cannot_be_told_from_the_name_is_doubted() -> None:
    name, forms, doubt = glued.form_files("tờ khai.docx")
    assert (name, forms) == ("tờ khai.docx", [])
    assert doubt


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Luật 60/2014/QH1360/2014/QH13", [("60/2014/QH13", "Luật 60/2014/QH13")]),
        ("Về hộ tịch 18/2026/NĐ-CP", [("18/2026/NĐ-CP", "Về hộ tịch")]),
        (
            "Sửa Thông tư số 02/2020/TT-BTP ngày 1/1 về sổ04/2024/TT-BTP"
            "Quyết định về hộ07/2025/QĐ-TTgvề phí66.7/2025/NQ-CP",
            [
                ("04/2024/TT-BTP", "Sửa Thông tư số 02/2020/TT-BTP ngày 1/1 về sổ"),
                ("07/2025/QĐ-TTg", "Quyết định về hộ"),
                ("66.7/2025/NQ-CP", "về phí"),
            ],
        ),
        (
            "Thông tư của BộThông tư số 03/2023/TT-BTPNghị định",
            [("Thông tư số 03/2023/TT-BTP", "Thông tư của Bộ")],
        ),
        (
            "Về phí37/2023/TT-BTChông tư số 06/2025/TT-BTC về giá06/2025/TT-BTC",
            [("37/2023/TT-BTC", "Về phí"), ("06/2025/TT-BTC", "hông tư số 06/2025/TT-BTC về giá")],
        ),
    ],
)
def test_laws(text: str, rows: list[tuple[str, str]]) -> None:
    found, _ = glued_laws.laws(text)
    assert [(law.number, law.name) for law in found if law.number] == rows


def test_a_law_without_a_number_is_kept_and_told() -> None:
    (law,), doubts = glued_laws.laws("Luật Sách")
    assert (law.number, law.name) == ("", "Luật Sách")
    assert [words for _, words in doubts] == ["Luật Sách"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "no raw_text"),
        (b'{"raw_text": 7}', "no raw_text"),
        (json.dumps({"raw_text": "a" * 150_001}).encode(), "far longer"),
        (b"[" * 100_000, "not valid JSON"),
        ('{"ma": "Tỉnh"}'.encode("utf-16-le"), "UTF-8|binary"),
        (b"", "empty"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=words):
        list(page.read(path))
