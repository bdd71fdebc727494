"""The Word export. No raw file of the format is publicly stored; these are built from its description."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from procedures_catalog.importers import word
from procedures_catalog.importers.record import Problem, Read, SourceRecord, Unreadable
from procedures_catalog.model import WayName

from . import office
from .office import paragraph, table

Save = Callable[[str, bytes], Path]

HEAD = (
    paragraph("Chi tiết thủ tục hành chính"),
    paragraph("Mã thủ tục:", " 1.999", "001"),
    paragraph("Số quyết định: 12/QĐ-BXYZ"),
    paragraph("Tên thủ tục: Cấp thẻ đọc sách"),
    paragraph("Cấp thực hiện: Cấp Tỉnh, Cấp Xã, Cấp Thôn"),
    paragraph("Loại thủ tục: Loại khác"),
    paragraph("Lĩnh vực: Thư viện"),
    paragraph("Trình tự thực hiện:"),
    paragraph("Bước 1: Nộp tờ khai."),
    paragraph("Cơ quan thực hiện: xem xét rồi trả lời."),
)
CHANNELS = table(
    [
        ["Hình thức nộp", "Thời hạn giải quyết", "Phí, lệ phí", "Mô tả"],
        ["Trực tiếp", "03 Ngày làm việc", "Phí : 0 Đồng", ""],
        ["Dịch vụ bưu chính", "05 Ngày", "Lệ phí : 20000 Đồng\nPhí : 5000 Đồng", "Gửi bảo đảm"],
        ["Bồ câu", "1 Ngày", "", ""],
    ]
)
PAPERS = (
    paragraph("Thành phần hồ sơ:"),
    paragraph("* Giấy tờ phải nộp:"),
    table(
        [
            ["Tên giấy tờ", "Mẫu đơn, tờ khai", "Số lượng"],
            ["Tờ khai", "mau 1.docx\nmau 2.docx", "Bản chính: 1\nBản sao: 0"],
            ["Ảnh 3x4", "", "hai tấm"],
        ]
    ),
    paragraph("Giấy tờ phải xuất trình"),
    table([["Tên giấy tờ", "Mẫu đơn, tờ khai", "Số lượng"], ["Thẻ căn cước", "", "Bản chính: 0 Bản sao: 2"]]),
)
TAIL = (
    paragraph("Đối tượng thực hiện: Công dân Việt Nam, Người nước ngoài"),
    paragraph("Cơ quan thực hiện: Thư viện tỉnh"),
    paragraph("Cơ quan có thẩm quyền: Không có thông tin"),
    paragraph("Địa chỉ tiếp nhận HS: Số 1 phố Sách"),
    paragraph("Cơ quan được ủy quyền: Thư viện xã"),
    paragraph("Cơ quan phối hợp: Không có thông tin"),
    paragraph("Kết quả thực hiện: Thẻ đọc sách"),
    paragraph("Căn cứ pháp lý:"),
    table(
        [
            ["Số ký hiệu", "Trích yếu", "Ngày ban hành", "Cơ quan ban hành"],
            ["01/2030/NĐ-CP", "Nghị định về thẻ đọc sách", "05-01-2030", "Chính phủ"],
            ["02/2030/TT-BXYZ", "", ""],
        ]
    ),
    paragraph("Yêu cầu, điều kiện thực hiện: Không có thông tin"),
    paragraph("Từ khóa: Không có thông tin"),
    paragraph("Mô tả: Không có thông tin"),
)
WHOLE = (*HEAD, paragraph("Cách thức thực hiện:"), CHANNELS, *PAPERS, *TAIL)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Writes a file and gives its path."""

    def write(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def parted(found: list[Read]) -> tuple[SourceRecord, list[Problem]]:
    """The one record and the remarks."""
    (record,) = (item for item in found if isinstance(item, SourceRecord))
    return record, [item for item in found if isinstance(item, Problem)]


def test_every_part_is_read(save: Save) -> None:
    record, _ = parted(list(word.read(save("ChiTietTTHC_1.999001.doc", office.word(*WHOLE)))))
    assert (record.code, record.name, record.decision) == ("1.999001", "Cấp thẻ đọc sách", "12/QĐ-BXYZ")
    assert (record.field, record.kind, record.levels) == ("Thư viện", "Loại khác", ("tỉnh", "xã"))
    assert record.steps == ("Bước 1: Nộp tờ khai.", "Cơ quan thực hiện: xem xét rồi trả lời.")
    assert record.agency == "Thư viện tỉnh"
    assert record.authority == record.coordinating == record.requirements == record.description == ""
    assert record.address == "Số 1 phố Sách"
    assert record.subjects == ("Công dân Việt Nam", "Người nước ngoài")
    assert record.result == ("Thẻ đọc sách",)
    assert record.source_date == date(2025, 10, 2)


def test_tables_become_rows(save: Save) -> None:
    record, _ = parted(list(word.read(save("a.doc", office.word(*WHOLE)))))
    rows = [(c.way, c.time_limit, c.fee, c.note) for c in record.channels]
    assert rows == [
        (WayName.IN_PERSON, "03 Ngày làm việc", "Phí : 0 Đồng", ""),
        (WayName.POST, "05 Ngày", "Lệ phí : 20000 Đồng\nPhí : 5000 Đồng", "Gửi bảo đảm"),
    ]
    assert [(p.case, p.name, p.form, p.original, p.copies) for p in record.papers] == [
        ("* Giấy tờ phải nộp:", "Tờ khai", "mau 1.docx; mau 2.docx", 1, 0),
        ("* Giấy tờ phải nộp:", "Ảnh 3x4", "", None, None),
        ("Giấy tờ phải xuất trình", "Thẻ căn cước", "", 0, 2),
    ]
    assert [(law.number, law.name) for law in record.laws] == [
        ("01/2030/NĐ-CP", "Nghị định về thẻ đọc sách"),
        ("02/2030/TT-BXYZ", "02/2030/TT-BXYZ"),
    ]


def test_what_is_not_understood_is_told_with_its_words(save: Save) -> None:
    record, problems = parted(list(word.read(save("a.doc", office.word(*WHOLE)))))
    told = {(problem.part, problem.wording) for problem in problems}
    assert ("channels", "Bồ câu · 1 Ngày ·  · ") in told
    assert ("papers", "hai tấm") in told
    assert ("levels", "Cấp Thôn") in told
    assert ("delegated", "Thư viện xã") in told
    assert ("05-01-2030", "Chính phủ") in {(law.issued, law.issuer) for law in record.laws}
    assert not any(problem.lost for problem in problems)


def test_a_missing_part_and_a_strange_table_are_told(save: Save) -> None:
    body = [*HEAD[:-1], paragraph("Cách thức thực hiện:"), table([["Chào", "bạn"]])]
    record, problems = parted(list(word.read(save("a.doc", office.word(*body)))))
    assert record.channels == ()
    assert ("channels", "Chào · bạn") in {(problem.part, problem.wording) for problem in problems}
    assert {"papers", "laws", "agency"} <= {p.part for p in problems if "missing" in p.message}


def test_deleted_text_is_not_read(save: Save) -> None:
    head = [*HEAD]
    head[3] = (
        "<w:p><w:r><w:t>Tên thủ tục: Mới</w:t></w:r><w:del><w:r><w:delText>Cũ</w:delText></w:r></w:del></w:p>"
    )
    record, _ = parted(list(word.read(save("a.doc", office.word(*head)))))
    assert record.name == "Mới"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (office.word(paragraph("Mã thủ tục: sắp có")), "Mã thủ tục"),
        (office.package({"word/other.xml": "<a/>"}), "not a Word document"),
        (office.word(*WHOLE)[:900], "damaged"),
        (office.package({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "document type"),
        (office.package({"word/document.xml": "<a>" * 500 + "</a>" * 500}), "nests"),
        (office.package({"word/document.xml": "<a>"}), "not the XML"),
    ],
)
def test_other_files_are_refused_in_one_sentence(save: Save, data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refusal:
        list(word.read(save("a.doc", data)))
    assert "\n" not in str(refusal.value)
