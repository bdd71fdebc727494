from __future__ import annotations

from datetime import date
from datetime import time as clock_time
from pathlib import Path
from textwrap import dedent

import pytest

from procedures_catalog.lint import check
from procedures_catalog.load import SHIPPED, CatalogFaults, load
from procedures_catalog.model import TimeUnit
from procedures_catalog.place import DayKind

from .folders import write

DEMO = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"

SMALL = {
    "fields.yaml": "- {id: civil_status, name: Hộ tịch}\n",
    "roles.yaml": "- {id: office_justice, name: Tư pháp, level: commune}\n",
    "topics.yaml": "- {id: land, name: Đất đai, role: office_justice, source: quy chế}\n",
    "emergencies.yaml": '- {number: "113", name: Công an, words: [cướp]}\n',
    "offices.yaml": "- {id: xa-mau:office_justice, role: office_justice, name: Văn phòng, source: mẫu}\n",
    "places.yaml": "- {id: xa-mau, name: xã Mẫu, kind: commune, source: mẫu}\n",
    "calendar.yaml": """\
        week:
          0: [{opens: 07:30, closes: 11:30}, {opens: 13:30, closes: 17:00}]
        covers: [2026]
        hours_source: mặc định
        days:
          - {date: 2026-11-24, kind: holiday, name: Ngày Văn hóa Việt Nam, source: NQ 28/2026/QH16}
        """,
    "limits.yaml": """\
        acknowledge: {amount: 8, unit: working_hour}
        answer: {amount: 15, unit: working_day}
        source: mặc định
        """,
    "deployment.yaml": "{slug: mau, name: xã Mẫu, unit: xa-mau, centre: Trung tâm, source: mẫu}\n",
    "vocabulary.yaml": """\
        rewrites: {gks: giấy khai sinh}
        stop: [tôi]
        denials: []
        actions: {}
        ambiguous: []
        not_ours: []
        """,
    "procedures/civil_status/1.001190-khai-sinh.yaml": """\
        code: 1.001190
        decision: 163/QĐ-BTP
        name: Đăng ký khai sinh
        plain: Ghi tên con vào sổ khai sinh.
        everyday:
          - làm khai sinh
        field: civil_status
        level: commune
        office: office_justice
        decided_by: UBND xã
        who: Cha, mẹ
        result: [Giấy khai sinh]
        cases:
          - {id: late, name: Quá hạn}
        papers:
          - name: Giấy chứng sinh
            original: 1
          - {name: Đơn, case: late}
        ways:
          online: {offered: yes}
          post: {offered: unknown}
          in_person: {offered: true}
        time_limits:
          - unit: same_day
        fees:
          - {set_by: law, amount: 8000}
        legal_basis:
          - {number: 60/2014/QH13, name: Luật Hộ tịch}
        source: {name: CSDL quốc gia, date: 2026-06-10}
        """,
}
PROCEDURE = "procedures/civil_status/1.001190-khai-sinh.yaml"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path / "small", SMALL)


def faults_of(*folders: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(CatalogFaults) as caught:
        load(folders)
    assert all(fault.mend and fault.severity == "error" for fault in caught.value.faults)
    return [(fault.file.name, fault.line, fault.message) for fault in caught.value.faults]


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_values_mean_what_is_written(small: Path) -> None:
    catalog = load([small])
    procedure = catalog.procedures["1.001190"]
    assert procedure.key == "1.001190@163/QĐ-BTP"
    assert procedure.ways.online.offered is True
    assert procedure.ways.post.offered == "unknown"
    assert procedure.time_limits[0].unit is TimeUnit.SAME_DAY
    assert procedure.source.date == date(2026, 6, 10)
    assert catalog.calendar.week[0][1].opens == clock_time(13, 30)
    assert catalog.calendar.days[0].kind is DayKind.HOLIDAY
    assert catalog.search("làm gks").hits[0].code == "1.001190"
    office = catalog.office("office_justice")
    assert office is not None
    assert office.id == "xa-mau:office_justice"


def test_a_later_folder_overrides_only_what_it_names(small: Path, tmp_path: Path) -> None:
    place = write(
        tmp_path / "place",
        {
            "roles.yaml": '- {id: office_justice, phone: "0123"}\n- {id: police, name: Công an, level: commune}\n',
            "calendar.yaml": """\
                days:
                  - {date: 2026-11-24, kind: local_closure, source: xã}
                  - {date: 2026-12-01, kind: local_closure, name: Bầu cử, source: xã}
                """,
            "limits.yaml": "answer: {amount: 10}\nsource: xã\n",
            "procedures/x.yaml": """\
                code: 1.001190
                who: Ông, bà
                fees:
                  - {set_by: province, amount: 5000}
                ways:
                  post: {offered: true}
                """,
        },
    )
    catalog = load([small, place])
    assert catalog.roles["office_justice"].name == "Tư pháp"
    assert catalog.roles["office_justice"].phone == "0123"
    assert set(catalog.roles) == {"office_justice", "police"}
    assert [(str(day.date), day.kind.value, day.name) for day in catalog.calendar.days] == [
        ("2026-11-24", "local_closure", "Ngày Văn hóa Việt Nam"),
        ("2026-12-01", "local_closure", "Bầu cử"),
    ]
    assert catalog.calendar.week[0][0].opens == clock_time(7, 30)
    assert (catalog.limits.answer.amount, catalog.limits.answer.unit) == (10, TimeUnit.WORKING_DAY)
    procedure = catalog.procedures["1.001190"]
    assert procedure.name == "Đăng ký khai sinh"
    assert procedure.who == "Ông, bà"
    assert [fee.amount for fee in procedure.fees] == [5000]
    assert procedure.ways.post.offered is True
    assert procedure.ways.in_person.offered is True


def test_a_fault_of_an_override_is_in_the_overriding_file(small: Path, tmp_path: Path) -> None:
    place = write(tmp_path / "place", {"procedures/x.yaml": "code: 1.001190\nlevel: huyện\n"})
    assert faults_of(small, place) == [("x.yaml", 2, "`huyện` is not allowed.")]


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "message"),
    [
        (PROCEDURE, "original: 1\n", "orignal: 1\n", 17, "`orignal` is not a known key."),
        (PROCEDURE, "original: 1\n", "original: một\n", 17, "`một` is not a whole number."),
        (PROCEDURE, "original: 1\n", "original: 1\n    original: 2\n", 18, "(first on line 17)"),
        (PROCEDURE, "who: Cha, mẹ\n", "", 1, "`who` is missing."),
        (PROCEDURE, "code: 1.001190", "code: 1.19", 1, "`1.19` has the wrong form."),
        (PROCEDURE, "unit: same_day", "unit: tuần", 24, "`tuần` is not allowed."),
        (PROCEDURE, "offered: unknown", "offered: có lẽ", 21, "`có lẽ` is not allowed."),
        (PROCEDURE, "date: 2026-06-10", "date: 10/06/2026", 29, "`10/06/2026` is not a date or time."),
        (PROCEDURE, "name: Đăng ký khai sinh", "name: [Đăng ký]", 3, "A text is expected here."),
        (PROCEDURE, "field: civil_status", "field: civil_staus", 7, "not among the fields."),
        (PROCEDURE, "office: office_justice", "office: nobody", 9, "`nobody` is not among the roles."),
        (PROCEDURE, "case: late}", "case: early}", 18, "`early` is not a case of this procedure."),
        (PROCEDURE, "amount: 8000", "amount: 8000, case: x", 26, "`x` is not a case of this procedure."),
        (PROCEDURE, "- unit: same_day", "- unit: day\n    case: x", 25, "`x` is not a case of this procedure."),
        (PROCEDURE, "who: Cha, mẹ", "who: Cha: mẹ", 11, "This is not correct YAML"),
        ("topics.yaml", "role: office_justice", "role: x", 1, "`x` is not among the roles."),
        ("offices.yaml", "role: office_justice", "role: x", 1, "`x` is not among the roles."),
        ("roles.yaml", "level: commune", "level: commune, above: x", 1, "`x` is not among the roles."),
        ("roles.yaml", "level: commune", "level: commune, above: office_justice", 1, "leads back to it."),
        ("places.yaml", "kind: commune", "kind: commune, parent: x", 1, "`x` is not among the places."),
        ("deployment.yaml", "unit: xa-mau", "unit: x", 1, "`x` is not among the places."),
        ("calendar.yaml", "opens: 07:30", "opens: sáng", 2, "`sáng` is not a date or time."),
        ("vocabulary.yaml", "stop: [tôi]", "stop: &a [tôi]\nx: *a", 3, "anchors"),
        ("limits.yaml", "source: mặc định", "", 1, "`source` is missing."),
    ],
)
def test_faults_have_file_and_line(small: Path, name: str, old: str, new: str, line: int, message: str) -> None:
    edit(small, name, old, new)
    found = faults_of(small)
    assert any(f[0] == Path(name).name and f[1] == line and message in f[2] for f in found), found


def test_every_fault_is_told_at_once_in_order(small: Path) -> None:
    edit(small, PROCEDURE, "who: Cha, mẹ\n", "whom: Cha, mẹ\n")
    edit(small, PROCEDURE, "level: commune", "level: huyện")
    edit(small, "places.yaml", "kind: commune", "kind: làng")
    (small / "limits.yaml").unlink()
    (small / "ofices.yaml").write_text("[]", encoding="utf-8")
    assert faults_of(small) == [
        ("limits.yaml", 1, "There is no limits.yaml in any folder."),
        ("ofices.yaml", 1, "Nothing is read from a file of this name."),
        ("places.yaml", 1, "`làng` is not allowed."),
        ("1.001190-khai-sinh.yaml", 1, "`who` is missing."),
        ("1.001190-khai-sinh.yaml", 8, "`huyện` is not allowed."),
        ("1.001190-khai-sinh.yaml", 11, "`whom` is not a known key."),
    ]


def test_the_same_code_twice_in_one_folder(small: Path) -> None:
    write(small, {"procedures/z.yaml": SMALL[PROCEDURE]})
    assert faults_of(small) == [("z.yaml", 1, "`1.001190` is already at 1.001190-khai-sinh.yaml:1.")]


@pytest.mark.parametrize("said", ["false", "no", "False", "off", "0"])
def test_a_draft_never_touches_what_somebody_has_reviewed(small: Path, tmp_path: Path, said: str) -> None:
    draft = dedent(SMALL[PROCEDURE]) + f"reviewed: {said}\n"
    drafts = write(tmp_path / "drafts", {PROCEDURE: draft.replace("Cha, mẹ", "Không ai")})
    assert load([small, drafts]).procedures["1.001190"].who == "Cha, mẹ"
    others = write(tmp_path / "others", {PROCEDURE: draft.replace("1.001190", "1.001191")})
    assert "1.001191" not in load([small, others]).procedures


def test_a_name_is_never_empty(small: Path, tmp_path: Path) -> None:
    place = write(tmp_path / "place", {PROCEDURE: "code: '1.001190'\nname: ''"})
    assert faults_of(small, place) == [("1.001190-khai-sinh.yaml", 2, "`name` is empty.")]


def test_an_empty_value_and_null_say_nothing(small: Path, tmp_path: Path) -> None:
    place = write(tmp_path / "place", {PROCEDURE: "code: '1.001190'\nlink: null\nconfirmed:\n"})
    procedure = load([small, place]).procedures["1.001190"]
    assert (procedure.link, procedure.confirmed) == (None, None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"a: \x00",
        b"- x\n- [",
        b"just words",
        b"&a [*a]",
        b"{}",
        b"- 1\n- [2]",
        b"? [a]\n: b",
        b"a: " + b"[" * 100_000,
        b"- " * 5_000 + b"a",
        b"-  " * 5_000 + b"a",
        b"- \t" * 5_000 + b"a",
        b"\n".join(b" " * i + b"a:" for i in range(300)),
    ],
)
def test_broken_files_are_faults_never_crashes(small: Path, content: bytes) -> None:
    for name in SMALL:
        (small / name).write_bytes(content)
    assert {fault[0] for fault in faults_of(small)} >= {Path(name).name for name in SMALL}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert ("nowhere", 1, "The folder does not exist.") in faults_of(tmp_path / "nowhere")


def test_the_shipped_catalog_is_sound() -> None:
    catalog = load([SHIPPED, DEMO])
    assert len(catalog.procedures) >= 150
    used = {item.field for item in catalog.procedures.values()}
    used |= {item.field for item in catalog.signposts.values()}
    assert used == set(catalog.fields)
    assert not [fault for fault in check([SHIPPED, DEMO]) if fault.severity == "error"]
