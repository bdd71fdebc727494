"""The old portal's page. No raw page is publicly stored; these are built from the description of its shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from procedures_catalog.importers import html
from procedures_catalog.importers.record import Problem, SourceRecord, Unreadable
from procedures_catalog.model import WayName

PAGE = """<!DOCTYPE html><html><head><title>Cổng</title><script>var a = "Mã thủ tục";</script></head><body>
<h1 class="main-title"></h1><h1 class="main-title">Cấp thẻ
 đọc sách</h1>
<h2 class="main-title-sub">Mã thủ tục:</h2><div class="article"><p>1.999001</p></div>
<h2 class="main-title-sub">Số quyết định</h2><div class="article"><p>12/QĐ-BXYZ</p></div>
<h2 class="main-title-sub">Cấp thực hiện</h2><div class="article"><p>Cấp Xã</p></div>
<h2 class="main-title-sub">Lĩnh vực</h2><div class="article"><p>Thư viện</p></div>
<h2 class="main-title-sub">Trình tự thực hiện</h2>
<div class="list-expand"><div class="item"><div class="content"><p>Bước 1: <b>Nộp</b> tờ khai.<br>Tại quầy.</p>
<p>Bước 2: Nhận thẻ.</p></div></div></div>
<h2 class="main-title-sub">Cách thức thực hiện</h2>
<table class="table-result-tthc"><tr><th>Hình thức nộp</th></tr>
<tr><td data-title="Hình thức nộp">Trực tiếp</td><td data-title="Thời hạn giải quyết">3 Ngày làm việc</td>
<td data-title="Phí, lệ phí">Phí : 0 Đồng</td><td data-title="Mô tả">Không có thông tin</td></tr>
<tr><td data-title="Hình thức nộp">Bồ câu</td><td data-title="Thời hạn giải quyết">1 Ngày</td></tr></table>
<h2 class="main-title-sub">Thành phần hồ sơ</h2>
<div class="list-expand"><div class="item"><div class="title">Phải nộp</div><table class="table-result">
<tr><td data-title="Tên giấy tờ">Tờ khai &amp; ảnh</td><td data-title="Mẫu đơn, tờ khai"><a>mau.docx</a></td>
<td data-title="Số lượng">Bản chính: 1<br>Bản sao: 0</td></tr></table></div>
<div class="item"><table class="table-result"><tr><td data-title="Tên giấy tờ">Thẻ</td>
<td data-title="Số lượng">Bản chính: 0 Bản sao: 1</td></tr></table></div></div>
<h2 class="main-title-sub">Cơ quan thực hiện</h2><div class="article"><p>Thư viện xã</p></div>
<h2 class="main-title-sub">Căn cứ pháp lý</h2><table><tr><td data-title="Số ký hiệu">01/2030/NĐ-CP</td>
<td data-title="Trích yếu">Nghị định về thẻ</td></tr></table>
<h2 class="main-title-sub">Góp ý</h2><p>Viết cho chúng tôi</p>
<h2 class="main-title-sub">Kết quả thực hiện</h2><p>Thẻ đọc sách</p>
<a href="export_word_detail_tthc.jsp?maTTHC=1.999001&amp;idTTHC=7">Word</a></body></html>"""


def saved(folder: Path, page: str | bytes) -> Path:
    """A page's file."""
    path = folder / "a.html"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    return path


def read(folder: Path, page: str = PAGE) -> tuple[SourceRecord, list[Problem]]:
    """The record on the page and the remarks."""
    found = list(html.read(saved(folder, page)))
    (record,) = (item for item in found if isinstance(item, SourceRecord))
    return record, [item for item in found if isinstance(item, Problem)]


def test_every_part_is_read(tmp_path: Path) -> None:
    record, _ = read(tmp_path)
    assert (record.code, record.name, record.decision) == ("1.999001", "Cấp thẻ đọc sách", "12/QĐ-BXYZ")
    assert (record.levels, record.field, record.agency) == (("xã",), "Thư viện", "Thư viện xã")
    assert record.steps == ("Bước 1: Nộp tờ khai.", "Tại quầy.", "Bước 2: Nhận thẻ.")
    (channel,) = record.channels
    assert channel.way is WayName.IN_PERSON
    assert (channel.time_limit, channel.fee, channel.note) == ("3 Ngày làm việc", "Phí : 0 Đồng", "")
    assert [(p.case, p.name, p.form, p.original, p.copies) for p in record.papers] == [
        ("Phải nộp", "Tờ khai & ảnh", "mau.docx", 1, 0),
        ("", "Thẻ", "", 0, 1),
    ]
    assert [(law.number, law.name) for law in record.laws] == [("01/2030/NĐ-CP", "Nghị định về thẻ")]
    assert record.result == ("Thẻ đọc sách",)


def test_what_is_not_understood_is_told_with_its_words(tmp_path: Path) -> None:
    _, problems = read(tmp_path)
    told = {(problem.part, problem.wording) for problem in problems}
    assert ("channels", "Bồ câu · 1 Ngày") in told
    assert ("Góp ý", "Viết cho chúng tôi") in told


def test_the_code_is_taken_from_the_export_link_if_nothing_else_shows_it(tmp_path: Path) -> None:
    page = PAGE.replace(
        '<h2 class="main-title-sub">Mã thủ tục:</h2><div class="article"><p>1.999001</p></div>', ""
    )
    assert read(tmp_path, page)[0].code == "1.999001"


def test_a_page_and_export_of_two_procedures_is_left_out(tmp_path: Path) -> None:
    (problem,) = html.read(saved(tmp_path, PAGE.replace("maTTHC=1.999001", "maTTHC=1.999777")))
    assert isinstance(problem, Problem)
    assert problem.lost
    assert problem.wording == "1.999777"


def test_a_table_without_columns_is_told(tmp_path: Path) -> None:
    record, problems = read(tmp_path, PAGE.replace("data-title", "data-x"))
    assert (record.channels, record.papers) == ((), ())
    assert {"channels", "papers", "laws"} <= {problem.part for problem in problems}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<html><p>Không tìm thấy</p></html>", "shows no procedure"),
        (PAGE.encode("utf-16-le"), "UTF-8|binary"),
        ("<html>Tỉnh đ".encode("cp1258", "replace"), "UTF-8"),
        (PAGE[:180], "shows no procedure"),
        ("<div>" * 50_000, "shows no procedure|cannot|can be read"),
    ],
)
def test_other_pages_are_refused(tmp_path: Path, page: str | bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        list(html.read(saved(tmp_path, page)))


def test_a_huge_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "LARGEST_PAGE", 1000)
    with pytest.raises(Unreadable, match="larger than"):
        list(html.read(saved(tmp_path, PAGE)))
