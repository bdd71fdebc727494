"""The new API's answer. No raw answer is publicly stored; these are built from the description of its shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from procedures_catalog.importers import rest
from procedures_catalog.importers.record import Problem, SourceRecord, Unreadable
from procedures_catalog.model import WayName

DATA: dict[str, Any] = {
    "id": "0000",
    "code": "1.999001",
    "name": " Cấp thẻ đọc sách ",
    "decisionNo": None,
    "procedureProposal": {"proposalNumber": "9/TTr", "decisionNumber": "12/QĐ-BXYZ"},
    "isMinistry": False,
    "isProvince": True,
    "isWard": True,
    "isVertical": True,
    "formalityType": "Loại khác",
    "category": {"name": "Thư viện"},
    "categoriesDetails": None,
    "subjectTypesDetails": [{"name": "Công dân Việt Nam"}, None],
    "departmentsExecuting": [{"name": "Thư viện tỉnh"}, None, {"name": None}],
    "unitGroupsExecuting": [{"name": "Thư viện xã"}],
    "executingAgencies": None,
    "departmentsAuthority": [{"name": "Thư viện tỉnh"}],
    "dossierReceivingAddresses": "Số 1 phố Sách",
    "executionSteps": [{"name": "Trình tự", "description": "Bước 1: Nộp.\nBước 2: Nhận."}, None],
    "executionMethods": [
        {
            "submissionMethod": "ONLINE",
            "processingTime": 3,
            "processingTimeUnit": "WORKING_DAY",
            "description": "Qua mạng",
            "fees": [{"value": 20000, "description": "mỗi thẻ"}, {"value": "5000", "description": None}, None],
        },
        {"submissionMethod": "DIRECT", "processingTime": 1.5, "processingTimeUnit": "FORTNIGHT", "fees": None},
        {"submissionMethod": "POSTAL", "processingTime": "ngay", "processingTimeUnit": "OTHER", "fees": []},
        {"submissionMethod": "PIGEON", "processingTime": 1, "processingTimeUnit": "DAY"},
        None,
    ],
    "executionCases": [
        {
            "name": "Cấp lần đầu",
            "profileComponents": [
                {
                    "name": "Tờ khai",
                    "originalQty": 1,
                    "copyQty": 0,
                    "attachments": [{"name": "mau.docx", "url": "x"}, {"fileName": "mau2.docx"}, None],
                },
                {"name": None, "originalQty": 1},
                {"name": "Ảnh", "originalQty": None, "copyQty": "2"},
            ],
        },
        None,
    ],
    "profileComponents": [{"name": "Thẻ căn cước", "originalQty": 0, "copyQty": 1}],
    "legalBasisesDetails": [
        {"code": "01/2030/NĐ-CP", "name": "Nghị định về thẻ"},
        {"code": "2/2030/TT-BXYZ", "name": None},
    ],
    "resultsDetails": [{"code": "KQ1", "name": "Thẻ đọc sách"}],
    "requirementsAndConditions": "Không có thông tin",
    "keywords": "thẻ",
    "description": None,
    "note": "Mang theo ảnh.",
}


def saved(folder: Path, answer: object) -> Path:
    """An answer's file."""
    path = folder / "answer.json"
    path.write_text(json.dumps(answer), "utf-8")
    return path


def read(folder: Path, **changes: object) -> tuple[SourceRecord, list[Problem]]:
    """The record in the answer and the remarks."""
    found = list(rest.read(saved(folder, {"code": "OK", "message": "OK", "data": {**DATA, **changes}})))
    (record,) = (item for item in found if isinstance(item, SourceRecord))
    return record, [item for item in found if isinstance(item, Problem)]


def test_every_part_is_read(tmp_path: Path) -> None:
    record, _ = read(tmp_path)
    assert (record.code, record.name, record.decision) == ("1.999001", "Cấp thẻ đọc sách", "12/QĐ-BXYZ")
    assert (record.field, record.levels, record.kind) == ("Thư viện", ("tỉnh", "xã"), "Loại khác")
    assert (record.agency, record.authority) == ("Thư viện tỉnh; Thư viện xã", "Thư viện tỉnh")
    assert record.subjects == ("Công dân Việt Nam",)
    assert record.steps == ("Trình tự", "Bước 1: Nộp.", "Bước 2: Nhận.")
    assert record.result == ("Thẻ đọc sách",)
    assert record.requirements == ""
    assert (record.description, record.address) == ("Mang theo ảnh.", "Số 1 phố Sách")
    assert [(law.number, law.name) for law in record.laws] == [
        ("01/2030/NĐ-CP", "Nghị định về thẻ"),
        ("2/2030/TT-BXYZ", "2/2030/TT-BXYZ"),
    ]


def test_channels_and_papers(tmp_path: Path) -> None:
    record, _ = read(tmp_path)
    fees = "20,000 Việt Nam Đồng (mỗi thẻ); 5,000 Việt Nam Đồng"
    assert [(c.way, c.time_limit, c.fee, c.note) for c in record.channels] == [
        (WayName.ONLINE, "3 Ngày làm việc", fees, "Qua mạng"),
        (WayName.IN_PERSON, "1.5 FORTNIGHT", "", ""),
        (WayName.POST, "ngay", "", ""),
    ]
    assert [(p.case, p.name, p.form, p.original, p.copies) for p in record.papers] == [
        ("Cấp lần đầu", "Tờ khai", "mau.docx; mau2.docx", 1, 0),
        ("Cấp lần đầu", "Ảnh", "", None, 2),
        ("", "Thẻ căn cước", "", 0, 1),
    ]


def test_what_is_not_understood_is_told_with_its_words(tmp_path: Path) -> None:
    _, problems = read(tmp_path)
    told = " | ".join(f"{problem.part}: {problem.wording}" for problem in problems)
    for words in ("PIGEON", "FORTNIGHT", "isVertical", 'papers: {"name": null', "keywords: thẻ"):
        assert words in told


@pytest.mark.parametrize("key", [key for key in DATA if key not in {"code", "name"}])
@pytest.mark.parametrize("value", [None, [], [None], {}, "", 7, True])
def test_null_or_a_strange_value_anywhere_breaks_nothing(tmp_path: Path, key: str, value: object) -> None:
    assert read(tmp_path, **{key: value})[0].code == "1.999001"


@pytest.mark.parametrize("value", [10**400, float("inf"), float("nan"), -1, 0, 1e300])
def test_absurd_numbers_break_nothing(tmp_path: Path, value: float) -> None:
    method = {
        "submissionMethod": "DIRECT",
        "processingTime": value,
        "processingTimeUnit": "DAY",
        "fees": [{"value": value}],
    }
    paper = {"name": "Tờ khai", "originalQty": value}
    record, _ = read(tmp_path, executionMethods=[method], profileComponents=[paper])
    assert record.papers[-1].original in {None, 0}


def test_half_characters_and_control_characters_are_taken_out(tmp_path: Path) -> None:
    assert read(tmp_path, name="Cấp\ud800 thẻ\u0007")[0].name == "Cấp thẻ"


@pytest.mark.parametrize("change", [{"code": "CCCX_01"}, {"code": None}, {"name": ""}])
def test_an_answer_without_a_national_code_or_name_is_left_out(tmp_path: Path, change: dict[str, object]) -> None:
    (problem,) = rest.read(saved(tmp_path, {"code": "OK", "data": {**DATA, **change}}))
    assert isinstance(problem, Problem)
    assert problem.lost


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"code": "OK", "data": None}, "no answer about one procedure"),
        ([1], "no answer about one procedure"),
        ({"code": "NOT_FOUND", "message": "Không thấy", "data": {}}, "NOT_FOUND: Không thấy"),
    ],
)
def test_other_answers_are_refused(tmp_path: Path, answer: object, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        list(rest.read(saved(tmp_path, answer)))
