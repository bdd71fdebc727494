"""Words as sources print them: what they become, and why some become nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures_catalog.importers.legal import laws
from procedures_catalog.importers.money import fees
from procedures_catalog.importers.record import SourceLaw
from procedures_catalog.importers.values import (
    Label,
    Reason,
    field_id,
    is_remark,
    label,
    quantities,
    slug,
    time_limit,
)
from procedures_catalog.model import FeeSetBy, TimeUnit


@pytest.mark.parametrize(
    ("words", "unit", "amount"),
    [
        ("10 Ngày làm việc", TimeUnit.WORKING_DAY, 10),
        ("05 ngày", TimeUnit.DAY, 5),
        ("05 (năm) ngày làm việc", TimeUnit.WORKING_DAY, 5),
        ("Không quá 30 ngày.", TimeUnit.DAY, 30),
        ("1 Tháng", TimeUnit.MONTH, 1),
        ("2 năm", TimeUnit.YEAR, 2),
        ("24 Giờ", TimeUnit.HOUR, 24),
        ("8 giờ làm việc", TimeUnit.WORKING_HOUR, 8),
        ("7\u00a0Nga\u0300y  la\u0300m vi\u1ec7c", TimeUnit.WORKING_DAY, 7),
        ("Trong ngày", TimeUnit.SAME_DAY, None),
        ("Ngay trong ngày làm việc nhận được hồ sơ", TimeUnit.SAME_DAY, None),
        ("Ngay sau khi nhận đủ hồ sơ hợp lệ", TimeUnit.AT_ONCE, None),
    ],
)
def test_a_time_limit_that_is_clear(words: str, unit: TimeUnit, amount: int | None) -> None:
    read = time_limit(words)
    assert (read.unit, read.amount, read.reason) == (unit, amount, None)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", Reason.EMPTY),
        ("Không có thông tin", Reason.EMPTY),
        ("1", Reason.NO_UNIT),
        ("120,00", Reason.NO_UNIT),
        ("0", Reason.ZERO_TIME),
        ("0 Giờ", Reason.ZERO_TIME),
        ("1.5 Ngày làm việc", Reason.FRACTION),
        ("0,5 Giờ", Reason.FRACTION),
        ("10-25", Reason.RANGE),
        ("từ 10 đến 25 ngày", Reason.RANGE),
        ("Không quy định", Reason.NOT_SET),
        ("30 phút", Reason.UNIT),
        ("Giờ", Reason.UNIT),
        ("Ngay sau khi có kết quả họp của Hội đồng", Reason.WORDS),
        ("05 ngày làm việc, trường hợp phức tạp 10 ngày", Reason.WORDS),
        ("Chậm nhất là ngay trước khi tàu rời cảng", Reason.WORDS),
    ],
)
def test_a_time_limit_that_is_not(words: str, reason: Reason) -> None:
    read = time_limit(words)
    assert (read.unit, read.amount, read.reason) == (TimeUnit.UNKNOWN, None, reason)


def test_a_remark_that_is_a_time_limit_must_agree() -> None:
    remark = "Trong thời hạn 10 ngày làm việc, kể từ ngày nhận đủ hồ sơ."
    assert time_limit("10 Ngày làm việc", remark).amount == 10
    assert time_limit("10 Ngày", remark).reason is Reason.REMARK_DIFFERS
    assert time_limit("1", remark).reason is Reason.REMARK_DIFFERS
    alone = time_limit("", remark)
    assert (alone.unit, alone.amount, alone.from_remark) == (TimeUnit.WORKING_DAY, 10, True)


@pytest.mark.parametrize(
    "remark",
    [
        "20 ngày làm việc đối với trường hợp có cây cần bảo tồn",
        "02 ngày kiểm tra hồ sơ; 08 ngày làm việc cấp giấy",
        "Nộp hồ sơ trong 15 ngày kể từ ngày ký hợp đồng",
    ],
)
def test_a_remark_about_cases_steps_or_other_things_decides_nothing(remark: str) -> None:
    assert time_limit("10 Ngày", remark).amount == 10
    assert time_limit("", remark).reason is Reason.EMPTY


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_are_survived(words: str, remark: str) -> None:
    read = time_limit(words, remark)
    assert (read.reason is None) == (read.unit is not TimeUnit.UNKNOWN)
    assert fees(words, remark)
    assert laws((SourceLaw(number=words, name=remark),)) or not (words.strip() or remark.strip())
    quantities(None, None, words)


@pytest.mark.parametrize(
    ("words", "amount", "per"),
    [
        ("Miễn phí", 0, None),
        ("Miễn phí (Không có.)", 0, None),
        ("Miễn phí (- Miễn lệ phí (Thông tư số 47/2019/TT-BTC).)", 0, None),
        ("Miễn phí (a)", 0, None),
        ("Phí : 0 Đồng", 0, None),
        ("Phí : Không Đồng", 0, None),
        ("500,000 Việt Nam Đồng", 500_000, None),
        ("Phí : 2.000.000 Đồng", 2_000_000, None),
        ("10,000 Việt Nam Đồng (10.000 đồng/giấy.)", 10_000, "giấy"),
        ("80,000 Việt Nam Đồng (/hồ sơ (Thông tư số 61/2023/TT-BTC))", 80_000, "hồ sơ"),
        ("10,000,000 Việt Nam Đồng (* Dưới 50 tỷ: 10 triệu đồng/ Giấy chứng nhận)", 10_000_000, None),
        ("135 VNĐ (Lệ phí cấp giấy phép lái xe: 135.000 đồng/lần.)", 135_000, None),
        ("150 VNĐ (150.000 đồng/lần/thẻ.)", 150_000, "lần/thẻ"),
        ("500 VNĐ (500 đồng/trang)", 500, "trang"),
    ],
)
def test_a_fee_that_is_clear(words: str, amount: int, per: str | None) -> None:
    (read,) = fees(words)
    assert (read.amount, read.per, read.set_by, read.reason) == (amount, per, FeeSetBy.LAW, None)
    assert read.wording == words


@pytest.mark.parametrize(
    ("words", "set_by", "reason"),
    [
        ("", FeeSetBy.UNKNOWN, Reason.EMPTY),
        ("Không có thông tin (1)", FeeSetBy.UNKNOWN, Reason.EMPTY),
        ("Miễn phí (do Ủy ban nhân dân cấp tỉnh quy định.)", FeeSetBy.PROVINCE, Reason.FREE_BUT),
        ("Miễn phí (Theo quy định của Hội đồng nhân dân cấp tỉnh)", FeeSetBy.PROVINCE, Reason.FREE_BUT),
        ("Miễn phí (Thông tư số 60/2023/TT-BTC ngày 07/9/2023)", FeeSetBy.UNKNOWN, Reason.FREE_BUT),
        ("Miễn phí (190.000 đồng/sổ)", FeeSetBy.UNKNOWN, Reason.FREE_BUT),
        ("Miễn phí (Chưa quy định.)", FeeSetBy.UNKNOWN, Reason.FREE_BUT),
        ("Miễn phí (Miễn lệ phí cho người thuộc hộ nghèo.)", FeeSetBy.UNKNOWN, Reason.FREE_BUT),
        ("0 VNĐ", FeeSetBy.UNKNOWN, Reason.ZERO_FEE),
        ("0 VNĐ (20.000 đ/tờ khai)", FeeSetBy.UNKNOWN, Reason.FREE_BUT),
        ("50 VNĐ", FeeSetBy.UNKNOWN, Reason.THOUSANDS),
        ("3 VNĐ (in lại giấy: 23.000 đồng)", FeeSetBy.UNKNOWN, Reason.THOUSANDS),
        ("25 VNĐ (25.000.000đ/giấy)", FeeSetBy.UNKNOWN, Reason.THOUSANDS),
        ("145 VNĐ (không quá 02 năm: 145 USD/thẻ.)", FeeSetBy.UNKNOWN, Reason.FOREIGN),
        ("Lệ phí : 1.5 USD", FeeSetBy.UNKNOWN, Reason.FOREIGN),
        ("200,000 VNĐ (200.000 đồng/bản; làm lại: 400.000đ/bản)", FeeSetBy.UNKNOWN, Reason.SEVERAL),
        ("50,000 VNĐ (do Hội đồng nhân dân tỉnh quyết định)", FeeSetBy.PROVINCE, Reason.COUNCIL_BUT),
        ("40,000 VNĐ (áp dụng đến hết ngày 31/12/2024)", FeeSetBy.UNKNOWN, Reason.DATED),
        ("50,000 VNĐ (giảm 50% khi nộp trực tuyến)", FeeSetBy.UNKNOWN, Reason.DATED),
        ("Theo Nghị quyết của Hội đồng nhân dân tỉnh", FeeSetBy.PROVINCE, Reason.NO_AMOUNT),
        ("Phí : Đồng (Thông tư số 249/2016/TT-BTC)", FeeSetBy.LAW, Reason.NO_AMOUNT),
        ("Không quy định", FeeSetBy.UNKNOWN, Reason.NOT_SET),
        ("10000", FeeSetBy.UNKNOWN, Reason.NO_UNIT),
        ("Phí : o Đồng", FeeSetBy.UNKNOWN, Reason.WORDS),
    ],
)
def test_a_fee_that_is_not(words: str, set_by: FeeSetBy, reason: Reason) -> None:
    (read,) = fees(words)
    assert (read.amount, read.set_by, read.reason) == (None, set_by, reason)


def test_the_remark_of_the_row_can_contradict_a_fee() -> None:
    (read,) = fees("Miễn phí", "Nộp tại quầy.\nLệ phí: do Hội đồng nhân dân cấp tỉnh quyết định.")
    assert (read.amount, read.set_by, read.reason) == (None, FeeSetBy.PROVINCE, Reason.FREE_BUT)
    assert "Hội đồng" in read.wording
    assert "Nộp tại quầy" not in read.wording
    assert fees("Miễn phí", "chi trả khi nhận đủ kinh phí theo quy định")[0].amount == 0


def test_a_fee_lowered_for_some_time_is_two() -> None:
    words = (
        "800,000 VNĐ ((áp dụng mức phí 400.000 đồng/hồ sơ kể từ ngày 01/7/2025 đến hết ngày 31/12/2026 "
        "theo Thông tư số 64/2025/TT-BTC))"
    )
    lower, whole = fees(words)
    assert (lower.amount, lower.valid_from, lower.valid_to) == (400_000, date(2025, 7, 1), date(2026, 12, 31))
    assert (whole.amount, whole.valid_from, whole.valid_to) == (800_000, date(2027, 1, 1), None)
    waived, _ = fees("500,000 VNĐ (Phí cấp (Miễn phí từ ngày 07/4/2026 đến 30/6/2026))")
    assert (waived.amount, waived.valid_to) == (0, date(2026, 6, 30))


@pytest.mark.parametrize("number", ["900.000", "25.000.000"])
def test_a_fee_is_never_lowered_to_more(number: str) -> None:
    words = f"800,000 VNĐ (áp dụng mức phí {number} đồng kể từ ngày 01/7/2025 đến hết ngày 31/12/2026)"
    assert fees(words)[0].reason is Reason.DATED


def test_several_fees_of_one_row() -> None:
    printed = "Phí : 2.000.000 Đồng (Thẩm định; lần đầu)\nPhí : 0.5 USD (Cấp lại)\nFile đính kèm: bieu-phi.pdf"
    first, second = fees(printed)
    assert (first.amount, first.note) == (2_000_000, "Thẩm định; lần đầu")
    assert second.reason is Reason.FOREIGN
    assert [fee.amount for fee in fees("Miễn phí; 50,000 Việt Nam Đồng (Đăng ký lại)")] == [0, 50_000]


@pytest.mark.parametrize(
    ("original", "copies", "name", "expected"),
    [
        (1, 0, "Tờ khai", (1, 0)),
        (None, 2, "Ảnh", (0, 2)),
        (0, 0, "Hóa đơn thương mại: 01 bản chụp;", (0, 1)),
        (None, None, "- 02 (hai) bản chính giấy đề nghị", (2, 0)),
        (0, 0, "01 bản chính hoặc 01 bản sao", None),
        (0, 0, "01 bản chính kèm bản sao", None),
        (0, 0, "Tờ khai", None),
    ],
)
def test_quantities(original: int | None, copies: int | None, name: str, expected: object) -> None:
    assert quantities(original, copies, name) == expected


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("* Trường hợp ủy quyền:", Label.CASE, "Trường hợp ủy quyền"),
        ("a) Đối với cấp mới:", Label.CASE, "a) Đối với cấp mới"),
        ("* Giấy tờ phải xuất trình:", Label.SHOWN, "Giấy tờ phải xuất trình"),
        ("a) Thành phần hồ sơ, bao gồm:", Label.HEADING, "a) Thành phần hồ sơ, bao gồm"),
        ("* Giấy tờ phải nộp:", Label.HEADING, "Giấy tờ phải nộp"),
        ("* Lưu ý :", Label.REMARK, "Lưu ý"),
        ("", Label.HEADING, ""),
    ],
)
def test_the_line_above_papers(words: str, kind: Label, name: str) -> None:
    assert label(words) == (kind, name)


def test_a_remark_among_papers() -> None:
    assert is_remark("* Lưu ý: giấy tờ nước ngoài phải được hợp pháp hóa")
    assert not is_remark("Giấy lưu ý")


def test_ids_of_long_names_stay_short_and_apart() -> None:
    start = "Thành lập và hoạt động của tổ hợp tác, hợp tác xã, liên hiệp "
    one, other = field_id(start + "hợp tác xã"), field_id(start + "tổ hợp tác")
    assert one != other
    assert max(len(one), len(other)) <= 60
    assert field_id("Đất đai") == "dat_dai"
    assert field_id("2 cấp")[0].isalpha()
    assert slug("Đăng ký khai tử", "-") == "dang-ky-khai-tu"


def test_numbers_of_laws_are_cleaned() -> None:
    rows = (
        SourceLaw(number="Thông tư số 40/2025/TT-BTC", name="A"),
        SourceLaw(number="", name="Nghị định số 66.7/2025/NĐ-CP ngày 1 tháng 1"),
        SourceLaw(number="12", name="Quyết định số 12/2021/QĐ-TTg về sự cố"),
        SourceLaw(number="", name="Nghị quyết 02/2012/NQ-HĐTP02/2012/NQ-HĐTP"),
        SourceLaw(number="07/2026/TT-BNN", name="B"),
        SourceLaw(number="33/2026/NĐ-CP", name="MTSửa đổi một số nghị định"),
        SourceLaw(number="", name=""),
    )
    read = laws(rows)
    assert [law.number for law in read] == [
        "40/2025/TT-BTC",
        "66.7/2025/NĐ-CP",
        "12/2021/QĐ-TTg",
        "02/2012/NQ-HĐTP",
        "07/2026/TT-BNNMT",
        "33/2026/NĐ-CP",
    ]
    assert read[-1].name == "Sửa đổi một số nghị định"
    assert not any(law.reason for law in read)


def test_laws_glued_into_one_name_are_cut_where_that_is_sure() -> None:
    name = "Quy định phí hàng hải189/2016/TT-BTCQuy định về cảng biển58/2017/NĐ-CP"
    assert [(law.number, law.name) for law in laws((SourceLaw(number="", name=name),))] == [
        ("189/2016/TT-BTC", "Quy định phí hàng hải"),
        ("58/2017/NĐ-CP", "Quy định về cảng biển"),
    ]


@pytest.mark.parametrize(
    ("number", "name", "reason"),
    [
        ("", "Luật Hải quan 201454", Reason.NO_NUMBER),
        ("", "được thông qua tại Kỳ họp thứ 214/2022/QĐ-TTg", Reason.NO_NUMBER),
        ("", "Sửa đổi một số điều của Thông tư số 05/2015/TT-BNNPTNT", Reason.NO_NUMBER),
        ("11/2026/TT-NHNN", "Luật Các tổ chức tín dụngLuật số 32/2024/QH15phân cấp", Reason.GLUED),
        ("54", "Luật Hải quan 2014", Reason.ODD_NUMBER),
    ],
)
def test_a_law_that_is_not_sure_keeps_its_words(number: str, name: str, reason: Reason) -> None:
    (read,) = laws((SourceLaw(number=number, name=name),))
    assert (read.number, read.name, read.reason) == (number, name, reason)
    assert name in read.wording
