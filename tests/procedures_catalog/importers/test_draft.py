"""From a source record to a draft: its shape, what is merged, and what is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from procedures_catalog.importers.draft import READ, Part, draft, signpost
from procedures_catalog.importers.record import ListRow, SourceChannel, SourceLaw, SourcePaper, SourceRecord
from procedures_catalog.importers.values import Reason
from procedures_catalog.model import Procedure, ProcedureField, Signpost, WayName

FIELDS = {"land": ProcedureField(id="land", name="Đất đai")}
RECORD = SourceRecord(
    code="1.000001",
    name="Cấp giấy ví dụ",
    decision="1/QĐ-VD",
    field="đất  đai",
    levels=("bộ", "xã"),
    agency="Cơ quan thực hiện",
    authority="",
    subjects=("Công dân Việt Nam", "Hợp tác xã"),
    steps=("Bước 1: Nộp.",),
    channels=(SourceChannel(way=WayName.IN_PERSON, time_limit="5 Ngày", fee="Miễn phí"),),
    papers=(SourcePaper(name="Tờ khai", original=1, copies=0, form="Mau-01.docx"),),
    result=("Giấy ví dụ",),
    laws=(SourceLaw(number="1/2020/NĐ-CP", name="Nghị định ví dụ"),),
    requirements="Điều kiện một.\n\nĐiều kiện hai.",
    source_date=date(2026, 6, 10),
    where="vd.jsonl, line 1",
)


def made(**changes: Any) -> Any:
    return draft(replace(RECORD, **changes), FIELDS)


def channel(way: WayName, limit: str = "5 Ngày", fee: str = "Miễn phí", note: str = "") -> SourceChannel:
    return SourceChannel(way=way, time_limit=limit, fee=fee, note=note)


def messages(result: Any, part: str) -> list[str]:
    return [problem.message for problem in result.problems if problem.part == part]


def test_a_draft_says_what_the_source_says_and_no_more() -> None:
    result = made()
    assert result.content == {
        "code": "1.000001",
        "decision": "1/QĐ-VD",
        "name": "Cấp giấy ví dụ",
        "field": "land",
        "level": "commune",
        "decided_by": "Cơ quan thực hiện",
        "who": "Công dân Việt Nam, Hợp tác xã",
        "result": ["Giấy ví dụ"],
        "papers": [{"name": "Tờ khai", "original": 1, "form": "Mau-01.docx"}],
        "ways": {
            "online": {"offered": "unknown"},
            "post": {"offered": "unknown"},
            "in_person": {"offered": True},
        },
        "time_limits": [{"unit": "day", "amount": 5, "wording": "5 Ngày"}],
        "fees": [{"set_by": "law", "amount": 0, "wording": "Miễn phí"}],
        "legal_basis": [{"number": "1/2020/NĐ-CP", "name": "Nghị định ví dụ"}],
        "source": {
            "name": "Cơ sở dữ liệu quốc gia về thủ tục hành chính",
            "date": date(2026, 6, 10),
            "url": "https://dichvucong.gov.vn",
        },
        "notes": ["Điều kiện một.", "Điều kiện hai."],
        "reviewed": False,
    }
    assert (result.folder, result.file_name) == ("land", "1.000001-cap-giay-vi-du.yaml")
    assert result.problems == ()
    keys = list(Procedure.__dataclass_fields__)
    assert sorted(result.content, key=keys.index) == list(result.content)


def test_the_original_holds_the_whole_record() -> None:
    original = json.loads(json.dumps(made().original, ensure_ascii=False))
    assert original["steps"] == ["Bước 1: Nộp."]
    assert original["channels"][0]["way"] == "in_person"
    assert set(original) == set(SourceRecord.__dataclass_fields__)


def test_an_empty_record_still_makes_a_valid_draft_and_tells_what_is_missing() -> None:
    bare = SourceRecord(code="1.000001", name="A", decision="", field="", source_date=date(2026, 1, 1), where="x")
    result = draft(bare, FIELDS)
    procedure = TypeAdapter(Procedure).validate_python(result.content)
    assert not procedure.reviewed
    assert {problem.part for problem in result.problems} == {
        "level", "decided_by", "field", "decision", "papers", "channels", "result",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "level"),
    [(("bộ",), "ministry"), (("bộ", "tỉnh"), "province"), (("khác", "xã"), "commune"), (("khác",), "other")],
)
def test_the_lowest_level_counts(levels: tuple[str, ...], level: str) -> None:
    assert made(levels=levels).content["level"] == level


def test_a_new_field_gets_an_id_of_its_name() -> None:
    result = made(field="Hoạt động xây dựng")
    assert (result.folder, result.field_name) == ("hoat_dong_xay_dung", "Hoạt động xây dựng")


def test_ways_that_agree_share_one_value() -> None:
    result = made(channels=(channel(WayName.ONLINE, "05 Ngày"), channel(WayName.POST, fee="Miễn phí (Không)")))
    assert result.content["time_limits"] == [{"unit": "day", "amount": 5, "wording": "05 Ngày"}]
    assert len(result.content["fees"]) == 1
    assert result.content["ways"]["online"] == {"offered": True, "level": "unknown"}
    assert result.problems == ()


def test_ways_that_differ_keep_their_own_and_are_told() -> None:
    result = made(channels=(channel(WayName.ONLINE, "3 Ngày"), channel(WayName.POST, "5 Ngày")))
    assert [(x["way"], x["amount"]) for x in result.content["time_limits"]] == [("online", 3), ("post", 5)]
    assert messages(result, Part.LIMITS) == ["the ways do not say the same; each is kept with its way"]
    assert result.counts[Part.DIFFER, f"{Part.LIMITS}: the ways differ"] == 1


def test_several_rows_of_one_way_keep_the_remark_that_tells_the_case() -> None:
    rows = (
        channel(WayName.POST, "3 Ngày", note="Cấp lại"),
        channel(WayName.POST, "5 Ngày", note="Cấp mới"),
        channel(WayName.POST, "5 Ngày", note="Cấp mới"),
    )
    result = made(channels=rows)
    assert [(x["amount"], x["note"]) for x in result.content["time_limits"]] == [(3, "Cấp lại"), (5, "Cấp mới")]
    assert result.content["ways"]["post"]["note"] == "Cấp lại\nCấp mới"
    assert result.counts[Part.LIMITS, READ] == 3


def test_what_is_not_understood_is_kept_told_once_and_counted_each_time() -> None:
    rows = tuple(channel(way, "1", "0 VNĐ") for way in WayName)
    result = made(channels=rows)
    assert result.content["time_limits"] == [{"unit": "unknown", "wording": "1"}]
    assert result.content["fees"] == [{"set_by": "unknown", "wording": "0 VNĐ"}]
    assert messages(result, Part.LIMITS) == [Reason.NO_UNIT]
    assert result.counts[Part.LIMITS, Reason.NO_UNIT] == 3
    assert result.problems[0].where == "vd.jsonl, line 1"


@pytest.mark.parametrize(
    ("note", "level"),
    [
        ("Dịch vụ công trực tuyến toàn trình.", "full"),
        ("Nộp trực tuyến một phần.", "partial"),
        ("Trả lại một phần diện tích.", "unknown"),
        ("Trường hợp thực hiện dịch vụ công trực tuyến một phần thì đến trụ sở.", "unknown"),
        ("Trực tuyến toàn trình hoặc trực tuyến một phần.", "unknown"),
    ],
)
def test_the_online_level_is_only_what_is_said_of_the_service(note: str, level: str) -> None:
    assert made(channels=(channel(WayName.ONLINE, note=note),)).content["ways"]["online"]["level"] == level


def test_papers_their_cases_and_the_remarks_among_them() -> None:
    papers = (
        SourcePaper(name="Đơn", case="a) Thành phần hồ sơ:", original=1, copies=1),
        SourcePaper(name="Giấy ủy quyền", case="* Trường hợp ủy quyền:", original=1),
        SourcePaper(name="Căn cước", case="* Giấy tờ phải xuất trình:", original=1),
        SourcePaper(name="Giấy khác", case="Trường hợp khác", original=0, copies=0),
        SourcePaper(name="Giấy phải hợp pháp hóa.", case="* Lưu ý:", original=0, copies=0),
        SourcePaper(name="", original=1),
    )
    result = made(papers=papers, requirements="")
    assert result.content["papers"] == [
        {"name": "Đơn", "original": 1, "copies": 1},
        {"name": "Giấy ủy quyền", "original": 1, "case": "c1"},
        {"name": "Căn cước", "original": 1, "show": True},
        {"name": "Giấy khác", "case": "c2"},
    ]
    assert [case["name"] for case in result.content["cases"]] == ["Trường hợp ủy quyền", "Trường hợp khác"]
    assert result.content["notes"] == ["Giấy phải hợp pháp hóa."]
    assert messages(result, Part.PAPERS) == [Reason.NO_QUANTITY, Reason.NO_NAME]
    TypeAdapter(Procedure).validate_python(result.content)


def test_a_lowered_fee_counts_as_one_and_has_its_dates() -> None:
    fee = "8,000 VNĐ (áp dụng mức phí 4.000 đồng kể từ ngày 01/7/2025 đến hết ngày 31/12/2026)"
    result = made(channels=(channel(WayName.ONLINE, fee=fee),))
    assert [x["amount"] for x in result.content["fees"]] == [4000, 8000]
    assert result.counts[Part.FEES, READ] == 1
    kept = TypeAdapter(Procedure).validate_python(result.content).on(date(2027, 1, 1))
    assert [x.amount for x in kept.fees] == [8000]


def test_a_row_of_a_list_becomes_a_signpost() -> None:
    row = ListRow(
        code="1.003645.000.00.00.H37",
        name="Thủ tục ví dụ",
        field="Đất đai",
        agencies=("Sở A", "Sở B"),
        online="Toàn trình",
        source_name="Danh sách ví dụ",
        source_date=date(2025, 4, 24),
        where="ds.xlsx, row 6",
    )
    content, problems = signpost(row, FIELDS)
    value = TypeAdapter(Signpost).validate_python(content)
    assert (value.field, value.decided_by, value.ask, value.online) == ("land", "Sở A, Sở B", "Sở A, Sở B", "full")
    assert not value.reviewed
    assert problems == ()
    _, problems = signpost(replace(row, agencies=(), online="Mức độ 9"), FIELDS)
    assert [problem.part for problem in problems] == ["decided_by", "online"]
