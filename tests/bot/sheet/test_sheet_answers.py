"""What people write into a cell, understood or refused with an example."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog.sheet import words
from bot.catalog.sheet.answers import checking_day, correction
from bot.catalog.sheet.parts import Unclear, clean
from bot.catalog.sheet.rows import Kind, Names, names, plain, rows_of
from procedures_catalog.load import read_folders
from procedures_catalog.model import Fee, FeeSetBy, OnlineLevel, Paper, TimeLimit, TimeUnit, Way, WayName
from procedures_catalog.shipped import SHIPPED

DEMO = Path(__file__).parents[3] / "deployments" / "xa-truc-ninh"
PLACES = Names(
    by_role={"office_justice": "Văn phòng xã Mẫu"},
    roles={"Tư pháp": "office_justice", "Văn phòng xã Mẫu": "office_justice"},
)
OLD: dict[Kind, Any] = {
    Kind.FEE: {"set_by": "unknown", "amount": 1, "per": "bản", "note": "Cũ"},
    Kind.TIME_LIMIT: {"unit": "day", "amount": 1},
    Kind.PAPER: {"name": "Tờ khai", "original": 1},
    Kind.VALID: {"valid_from": date(2026, 7, 1)},
}


def read(kind: Kind, said: str, basis: str = "văn bản") -> dict[str, Any]:
    made = correction(kind, said, OLD.get(kind, {}), basis, PLACES)
    assert made.text is None
    return dict(made.values)


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("50.000", 50_000),
        ("50 000 đ", 50_000),
        ("50,000", 50_000),
        ("50000", 50_000),
        ("50.000 đồng", 50_000),
        ("50.000,00 VNĐ", 50_000),
        ("1.350.000đ", 1_350_000),
        ("50 nghìn", 50_000),
        ("50k", 50_000),
        ("2 triệu đồng", 2_000_000),
        ("500 đồng", 500),
        ("không thu", 0),
        ("Miễn phí", 0),
        ("0", 0),
        ("0 đồng", 0),
        ("50.000\u00a0đồng", 50_000),
    ],
)
def test_money(said: str, amount: int) -> None:
    assert read(Kind.FEE, said) == {"set_by": "unknown", "amount": amount, "wording": None}


@pytest.mark.parametrize(
    "said", ["50", "không", "50.00", "50.00 đồng", "50.0000", "5,5 triệu", "50.000 hoặc 60.000", "theo quy định",
             "-5000", "2026-05-03", "2026-05-03 00:00:00", "50 usd", "99999999999 đồng", "=1+1", "@SUM(A1)",
             "1.234,567", "nhiều"]
)  # fmt: skip
def test_money_with_two_readings_is_refused_with_an_example(said: str) -> None:
    with pytest.raises(Unclear, match=r"đồng"):
        read(Kind.FEE, said)


def test_who_sets_a_fee_is_taken_from_the_basis() -> None:
    assert read(Kind.FEE, "5.000 đồng", "Nghị quyết 12/2025/NQ-HĐND")["set_by"] == "province"
    assert read(Kind.FEE, "5.000 đồng", "85/2019/TT-BTC")["set_by"] == "law"
    assert read(Kind.FEE, "do HĐND cấp tỉnh quy định") == {"set_by": "province", "amount": None, "wording": None}


def test_parts_of_a_fee() -> None:
    said = "8.000 đồng/trang; từ 01/07/2026 đến hết 31/12/2026; nguồn ghi: “a; b”; ghi chú: Chỉ khi; xin thêm."
    assert read(Kind.FEE, said) == {
        "set_by": "unknown",
        "amount": 8000,
        "per": "trang",
        "wording": None,
        "valid_from": date(2026, 7, 1),
        "valid_to": date(2026, 12, 31),
        "note": "Chỉ khi; xin thêm.",
    }
    assert read(Kind.FEE, "ghi chú: bỏ") == {"note": None}


@pytest.mark.parametrize(
    ("said", "unit", "amount"),
    [
        ("5 ngày làm việc", "working_day", 5),
        ("05 (năm) ngày làm việc", "working_day", 5),
        ("Không quá 10 ngày", "day", 10),
        ("8 giờ làm việc", "working_hour", 8),
        ("trong ngày làm việc", "same_day", None),
        ("giải quyết ngay", "at_once", None),
        ("3 tháng", "month", 3),
    ],
)
def test_time_limits(said: str, unit: str, amount: int | None) -> None:
    assert read(Kind.TIME_LIMIT, said) == {"unit": unit, "amount": amount, "wording": None}


@pytest.mark.parametrize("said", ["5", "3-5 ngày", "2026-05-03", "nhanh", "5,5 ngày", "0 ngày", "30 phút"])
def test_unclear_time_limits_are_refused_with_an_example(said: str) -> None:
    with pytest.raises(Unclear, match="5 ngày làm việc"):
        read(Kind.TIME_LIMIT, said)


def test_ways() -> None:
    assert read(Kind.ONLINE, "Có, toàn trình") == {"offered": True, "level": "full"}
    assert read(Kind.ONLINE, "mức độ 3") == {"offered": True, "level": "partial"}
    assert read(Kind.ONLINE, "không") == {"offered": False, "level": "unknown", "note": None}
    assert read(Kind.POST, "có; ghi chú: Gửi bảo đảm") == {"offered": True, "note": "Gửi bảo đảm"}
    assert read(Kind.POST, "không; ghi chú: Từ 2027") == {"offered": False, "note": "Từ 2027"}
    for kind, said in ((Kind.POST, "toàn trình"), (Kind.POST, "True"), (Kind.ONLINE, "có thể")):
        with pytest.raises(Unclear, match="không"):
            read(kind, said)


@pytest.mark.parametrize(
    ("kind", "old", "said"),
    [
        (Kind.FEE, {"set_by": "province", "note": "Hỏi nơi nộp."}, "5.000 đồng"),
        (Kind.FEE, {"set_by": "law", "amount": 5, "wording": "5/0", "note": "Nguồn ghi lẫn."}, "5.000 đồng"),
        (Kind.TIME_LIMIT, {"unit": "unknown", "note": "Nguồn không ghi."}, "5 ngày"),
        (Kind.ONLINE, {"offered": "unknown", "note": "Nguồn không ghi."}, "có, toàn trình"),
        (Kind.POST, {"offered": "unknown", "note": "Nguồn không ghi."}, "có"),
    ],
)
def test_the_note_of_an_unknown_value_goes_with_the_doubt(kind: Kind, old: dict[str, Any], said: str) -> None:
    assert correction(kind, said, old, "x", PLACES).values["note"] is None
    assert correction(kind, f"{said}; ghi chú: Mới", old, "x", PLACES).values["note"] == "Mới"
    known = {"set_by": "law", "amount": 1, "unit": "day", "offered": True, "note": "Cũ"}
    assert "note" not in correction(kind, said, known, "x", PLACES).values


def test_papers() -> None:
    assert read(Kind.PAPER, "bản sao: 2") == {"copies": 2}
    assert read(Kind.PAPER, "1 bản chính, 2 bản sao") == {"original": 1, "copies": 2}
    assert read(Kind.PAPER, "TO KHAI; ban chinh: 1; mẫu: Mẫu 2; xuất trình; ghi chú: a; b") == {
        "original": 1,
        "form": "Mẫu 2",
        "show": True,
        "note": "a; b",
    }
    assert read(Kind.PAPER, "mẫu: bỏ") == {"form": None}
    assert correction(Kind.PAPER, " Bỏ ", OLD[Kind.PAPER], "x", PLACES).remove


def test_a_paper_is_renamed_only_in_so_many_words() -> None:
    assert read(Kind.PAPER, "tên: Bản sao giấy khai sinh") == {"name": "Bản sao giấy khai sinh"}
    assert read(Kind.PAPER, "Tên: Tờ khái; bản sao: 2") == {"name": "Tờ khái", "copies": 2}


@pytest.mark.parametrize(
    "said",
    [
        *("bản sao: hai", "ban sao: hai", "Bản chính một", "mẫu:", "mẫu số 1"),
        *("ghi chu: chỉ xem", "xuất trình luôn"),
        *("Tờ khai; bản sao: hai", "bản sao: 1; bản sao: 2", "mẫu: Mẫu 1; bản sao: hai", "hai bản sao"),
        *("Mười hai", "Tờ khai mới; bản chính: 1", "Tờ khai; Mười hai", "mẫu: Mẫu 1; Mười hai", "Tờ khái"),
        *("2", "thêm giấy khai sinh", "không cần nữa", "01/02/2026", "-"),
        *("tên: không có", "tên: -", "tên: Đơn; Mười hai", "Tờ khai; tên: Đơn mới", "tên: ghi chú: a", "tên:"),
        "ghi chú: Chỉ xem; bản sao: 2",
    ],
)
def test_a_slip_does_not_become_a_papers_name_or_note(said: str) -> None:
    with pytest.raises(Unclear, match=r"Examples: .*tên: Tờ khai mới"):
        read(Kind.PAPER, said)


@pytest.mark.parametrize(("kind", "old"), [(kind, "Cha hoặc mẹ của trẻ") for kind in
                                           (Kind.WHO, Kind.RESULT, Kind.DECIDED_BY)])  # fmt: skip
@pytest.mark.parametrize(
    "said",
    [
        *("không", "Không có", "khong co", "-", "---", "như trên", "nhu tren", "giữ nguyên"),
        *(
            "xem ghi chú",
            "chưa có",
            "Cha",
            "hai",
            "bản sao: 2",
            "ghi chú: hỏi lại",
            "ghi chu: hỏi",
            "Cha mẹ; mẫu: Mẫu 1",
        ),
        *("đến hết 31/12/2026", "tên: Cha hoặc mẹ"),
    ],
)
def test_a_stump_or_a_remark_does_not_become_a_sentence(kind: Kind, old: str, said: str) -> None:
    with pytest.raises(Unclear, match=r"Examples: Viết lại"):
        correction(kind, said, old, "x", PLACES)


def test_short_and_unusual_texts_that_are_meant_are_taken() -> None:
    for said in ("Bố mẹ", "Bộ Tư pháp", "Cán bộ", "Không phân biệt nơi cư trú của người nộp"):
        assert correction(Kind.WHO, said, "Cha hoặc mẹ của trẻ", "x", PLACES).values == {"who": said}
    assert correction(Kind.RESULT, "Giấy", "Giấy mẫu", "x", PLACES).text == "Giấy"
    assert correction(Kind.RESULT, "Bản sao trích lục khai sinh", "Giấy", "x", PLACES).text


@pytest.mark.parametrize(
    "said",
    [
        *("8.000đ/lần; trẻ em miễn phí", "8.000đ/lần, trẻ em miễn phí", "8.000đ/lần (trẻ em miễn phí)"),
        *("8.000đ/lần miễn trẻ em", "8.000đ/bản, 5.000đ/trang", "8.000đ/02 bản", "8.000đ/một hai ba bốn năm"),
        *("8.000đ; trẻ em miễn phí", "8.000đ/lần; từ tháng 7", "8.000đ/lần; ghi chu: a", "8.000đ/; trẻ em"),
        *("8.000đ/lần; từ 01/07/2026; từ 01/08/2026", "8.000đ/lần; ghi chú: a; từ 01/08/2026"),
    ],
)
def test_what_is_left_of_a_fee_does_not_become_its_unit(said: str) -> None:
    with pytest.raises(Unclear, match=r"ghi chú: Trẻ em được miễn"):
        read(Kind.FEE, said)


def test_units_of_fees() -> None:
    assert read(Kind.FEE, "8.000 đồng/bản sao xin thêm")["per"] == "bản sao xin thêm"
    parts = read(Kind.FEE, "8.000đ/lần; từ 01/07/2026; đến hết 31/12/2026; ghi chú: Trẻ em được miễn")
    assert (parts["per"], parts["note"]) == ("lần", "Trẻ em được miễn")
    assert (parts["valid_from"], parts["valid_to"]) == (date(2026, 7, 1), date(2026, 12, 31))
    long = {"set_by": "law", "amount": 1, "per": "lần sát hạch (hạng A1, A; ô tô)"}
    assert correction(Kind.FEE, f"9.000 đồng/{long['per']}", long, "x", PLACES).values["per"] == long["per"]


def test_offices_links_periods_and_sentences() -> None:
    assert read(Kind.OFFICE, "văn phòng xã mẫu") == {"office": "office_justice"}
    with pytest.raises(Unclear, match="Did you mean “Văn phòng xã Mẫu”"):
        read(Kind.OFFICE, "Văn phòng xã Mâu")
    assert read(Kind.LINK, "https://dichvucong.gov.vn/x") == {"link": "https://dichvucong.gov.vn/x"}
    assert read(Kind.LINK, "bỏ") == {"link": None}
    for said in ("javascript:alert(1)", "dichvucong.gov.vn", "https://a b.vn", "http://[x", "file:///etc/passwd"):
        with pytest.raises(Unclear):
            read(Kind.LINK, said)
    assert read(Kind.VALID, "đến hết 31/12/2026") == {"valid_to": date(2026, 12, 31)}
    for said in ("31/12/2026", "từ 31/02/2026", "từ 02/01/2026 đến hết 01/01/2026"):
        with pytest.raises(Unclear):
            read(Kind.VALID, said)
    assert read(Kind.WHO, "Cha, mẹ") == {"who": "Cha, mẹ"}
    assert correction(Kind.RESULT, "Giấy mới", "Giấy", "x", PLACES).text == "Giấy mới"


@pytest.mark.parametrize("kind", [Kind.NOTES, Kind.LEGAL_BASIS])
def test_rows_only_to_be_looked_at_say_what_to_do(kind: Kind) -> None:
    with pytest.raises(Unclear, match="Chưa rõ"):
        read(kind, "một câu khác")


@pytest.mark.parametrize("kind", list(Kind))
def test_not_knowing_is_no_value(kind: Kind) -> None:
    with pytest.raises(Unclear, match="Chưa rõ"):
        read(kind, "chưa rõ")


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("22/11/2026", date(2026, 11, 22)),
        ("1-9-2026", date(2026, 9, 1)),
        ("2026-11-21", date(2026, 11, 21)),
        ("2026-11-21 00:00:00", date(2026, 11, 21)),
    ],
)
def test_days_of_checking(said: str, on: date) -> None:
    assert checking_day(said, date(2026, 11, 22)) == on


@pytest.mark.parametrize("said", ["23/11/2026", "11/22/2026", "46348", "hôm nay", "2026-13-01", "01/01/1999", ""])
def test_other_days_are_refused(said: str) -> None:
    with pytest.raises(Unclear, match="22/11/2026"):
        checking_day(said, date(2026, 11, 22))


# whatever is written


@given(kind=st.sampled_from(Kind), said=st.text(max_size=60), basis=st.text(max_size=20))
def test_any_text_is_read_or_refused_in_a_sentence(kind: Kind, said: str, basis: str) -> None:
    try:
        made = correction(kind, said, OLD.get(kind, {}), basis, PLACES)
    except Unclear:
        return
    assert not any(clean(value) != value for value in made.values.values() if isinstance(value, str))


TEXTS = st.text("abcđ ếxy", min_size=4, max_size=20).map(lambda text: "Giấy " + clean(text)).map(str.strip)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2020, 1, 1))


@given(amount=st.integers(1000, 10**9), per=st.none() | TEXTS, first=DAYS, note=st.none() | TEXTS)
def test_a_fee_as_shown_is_read_back(amount: int, per: str | None, first: date | None, note: str | None) -> None:
    item = Fee(set_by=FeeSetBy.LAW, amount=amount, per=per, valid_from=first, note=note, wording="Phí: 1; 2")
    made = correction(Kind.FEE, words.fee(item), plain(item), "x", PLACES).values
    assert {**plain(item), **made} == {**plain(item), "wording": None, "note": note}


@given(unit=st.sampled_from(TimeUnit), amount=st.integers(1, 999), note=st.none() | TEXTS)
def test_a_limit_as_shown_is_read_back(unit: TimeUnit, amount: int, note: str | None) -> None:
    item = TimeLimit(
        unit=unit, amount=None if unit in (TimeUnit.SAME_DAY, TimeUnit.AT_ONCE) else amount, note=note
    )
    if unit is TimeUnit.UNKNOWN:
        return
    made = correction(Kind.TIME_LIMIT, words.time_limit(item), plain(item), "x", PLACES).values
    assert {**plain(item), **made} == {"amount": None, **plain(item), "wording": None}


@given(
    name=TEXTS,
    counts=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    form=st.none() | TEXTS,
    show=st.booleans(),
    last=DAYS,
)
def test_a_paper_as_shown_is_read_back(
    name: str, counts: tuple[int, int], form: str | None, show: bool, last: date | None
) -> None:
    item = Paper(name=name, original=counts[0], copies=counts[1], form=form, show=show, valid_to=last)
    made = dict(correction(Kind.PAPER, words.paper(item), plain(item), "x", PLACES).values)
    assert {"name": name, **made} == plain(item)
    assert "name" not in made


@given(level=st.sampled_from(OnlineLevel), offered=st.booleans())
def test_a_way_as_shown_is_read_back(level: OnlineLevel, offered: bool) -> None:
    item = Way(offered=offered, level=level)
    made = correction(Kind.ONLINE, words.way(item, WayName.ONLINE), plain(item), "x", PLACES).values
    assert made["offered"] is offered
    assert not offered or level is OnlineLevel.UNKNOWN or made["level"] == level


def test_every_known_value_of_the_shipped_catalog_is_read_back() -> None:
    """What a person copies from the value shown changes nothing but the source's own wording."""
    reading = read_folders([SHIPPED, DEMO])
    places = names(reading)
    read_back = 0
    for procedure in reading.values["procedures"].values():
        for row in rows_of(procedure, places):
            try:
                made = correction(row.kind, row.value, row.data, "x", places)
            except Unclear as told:
                unsaid = words.wording()["unknown"] in row.value or row.value == words.wording()["none"]
                if not unsaid and row.kind not in (Kind.NOTES, Kind.LEGAL_BASIS):
                    raise AssertionError((procedure.code, row.path)) from told
                continue
            now = row.data if isinstance(row.data, dict) else {row.path: row.data}
            changed = {key for key, value in made.values.items() if (now.get(key) or None) != (value or None)}
            assert changed <= {"level", "wording"}, (procedure.code, row.path, changed)
            read_back += 1
    assert read_back > 2000
