"""Importing again and again: what is new comes in, what differs is told, what a person did stays."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalog.drafts import Folder, as_yaml, digest
from bot.catalog.importing import write_items, write_report
from bot.whole import PART
from procedures_catalog.importers.changes import Change, changes
from procedures_catalog.importers.draft import signpost
from procedures_catalog.importers.items import Outcome, each_once, read_items, row_item
from procedures_catalog.importers.record import ListRow, Unreadable
from procedures_catalog.load import SHIPPED, load, read_folders
from procedures_catalog.model import ProcedureField

DEMO = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"
FIELDS: Mapping[str, ProcedureField] = {}


def nothing() -> None:
    """Nobody watches the progress."""


def record(code: str = "9.000001", **values: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"Cấp giấy mẫu {code}",
        "field": "Lĩnh vực mẫu",
        "level": ["xã"],
        "agency": "Ủy ban nhân dân cấp xã",
        "decision": "1/QĐ-MAU",
        "channels": [{"mode": "direct", "time_limit": "3 Ngày làm việc", "fee": "Miễn phí", "note": ""}],
        "documents": [{"case": "", "name": "Tờ khai", "original": 1, "copy": 0, "form": ""}],
        "result": ["Giấy mẫu"],
        "legal_basis": [{"code": "1/2026/NĐ-CP", "name": "Nghị định mẫu"}],
        "source": {"site": "mau.gov.vn", "date": "2026-06-10"},
        **values,
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "mau.jsonl"


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "drafts"


def run(
    source: Path, to: Path, *records: dict[str, Any], apply: bool = False, tick: Callable[[], None] = nothing
) -> Outcome:
    source.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    outcome, folder = Outcome(), Folder(to)
    items = each_once(read_items(source, FIELDS, outcome, nothing), outcome)
    with folder.alone():
        write_items(items, folder, FIELDS, outcome, reader="jsonl", apply=apply, tick=tick)
        write_report(folder, outcome)
    return outcome


def yaml_of(to: Path, code: str) -> Path:
    (found,) = to.glob(f"procedures/*/{code}-*.yaml")
    return found


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".txt"}


def test_drafts_load_as_a_layer_marked_as_drafts(source: Path, to: Path) -> None:
    assert run(source, to, record(), record("9.000002")).added == ["9.000001", "9.000002"]
    catalog = load([SHIPPED, to, DEMO])
    draft = catalog.procedures["9.000001"]
    assert not draft.reviewed
    assert draft.time_limits[0].amount == 3
    assert draft.time_limits[0].wording == "3 Ngày làm việc"
    assert catalog.fields[draft.field].name == "Lĩnh vực mẫu"


def test_the_same_again_changes_nothing(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    before = content(to)
    again = run(source, to, record(), record("9.000002"))
    assert again.unchanged == ["9.000001", "9.000002"]
    assert (again.added, again.changed, again.vanished) == ([], {}, [])
    assert content(to) == before


def test_a_change_is_told_value_by_value_and_only_taken_over_when_asked(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    before = content(to)
    newer = record(decision="2/QĐ-MAU", channels=[{**record()["channels"][0], "time_limit": "5 Ngày làm việc"}])
    told = run(source, to, newer, record("9.000002"))
    assert told.changed == {
        "9.000001": [
            Change(path="decision", old="1/QĐ-MAU", new="2/QĐ-MAU"),
            Change(path="channels[0].time_limit", old="3 Ngày làm việc", new="5 Ngày làm việc"),
        ]
    }
    assert content(to) == before
    report = (to / "import-report.txt").read_text(encoding="utf-8")
    assert "9.000001: changed: decision: “1/QĐ-MAU” → “2/QĐ-MAU”\n" in report
    taken = run(source, to, newer, record("9.000002"), apply=True)
    assert taken.applied == ["9.000001"]
    assert yaml.safe_load(yaml_of(to, "9.000001").read_bytes())["time_limits"][0]["amount"] == 5
    assert run(source, to, newer, record("9.000002")).unchanged == ["9.000001", "9.000002"]


def test_what_vanished_is_told_and_stays(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"), record("9.000003"))
    before = content(to)
    assert run(source, to, record(), record("9.000003"), apply=True).vanished == ["9.000002"]
    assert content(to) == before


def test_a_record_that_could_not_be_read_has_not_vanished(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"), record("9.000003"))
    outcome = run(source, to, record(), record("9.000002", name=""), record("9.000003"))
    assert [problem.code for problem in outcome.lost] == ["9.000002"]
    assert outcome.vanished == []


def test_what_a_later_release_reads_better_is_told_and_taken_over(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    for code in ("9.000001", "9.000002"):  # as an earlier release would have left it
        original = to / "originals" / "procedures" / f"{code}.json"
        before = as_yaml({"code": code, "name": "Đọc kém"})
        kept = json.loads(original.read_text(encoding="utf-8")) | {"digest": digest(before)}
        original.write_text(json.dumps(kept), encoding="utf-8")
        yaml_of(to, code).write_bytes(before)
    mine = yaml_of(to, "9.000002")
    mine.write_text("code: '9.000002'\nname: Của tôi\n", encoding="utf-8")
    told = run(source, to, record(), record("9.000002"))
    assert told.better == ["9.000001", "9.000002"]
    assert yaml.safe_load(yaml_of(to, "9.000001").read_bytes())["name"] == "Đọc kém"
    taken = run(source, to, record(), record("9.000002"), apply=True)
    assert (taken.applied, taken.by_hand) == (["9.000001"], ["9.000002"])
    assert yaml.safe_load(yaml_of(to, "9.000001").read_bytes())["name"] == "Cấp giấy mẫu 9.000001"
    assert yaml.safe_load(mine.read_bytes())["name"] == "Của tôi"


def test_what_a_kill_left_half_written_is_cleared_away(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    for left in (to / f".fields.yaml.x{PART}", yaml_of(to, "9.000001").with_name(f".y{PART}")):
        left.write_text("half", encoding="utf-8")
    (to / ".git").mkdir()
    (to / "README.md").write_text("ours", encoding="utf-8")
    assert len(run(source, to, record(), record("9.000002")).unchanged) == 2
    assert not list(to.rglob(f"*{PART}"))


def test_a_draft_stays_where_it_was_first_put(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    file = yaml_of(to, "9.000001")
    moved = record(field="Lĩnh vực khác", name="Tên khác hẳn")
    run(source, to, moved, record("9.000002"), apply=True)
    assert yaml_of(to, "9.000001") == file
    assert load([SHIPPED, to, DEMO]).procedures["9.000001"].name == "Tên khác hẳn"


def test_one_record_alone_says_nothing_of_the_others(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    assert run(source, to, record()).vanished == []


def test_a_draft_somebody_worked_on_is_never_overwritten(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    file = yaml_of(to, "9.000001")
    mine = file.read_text(encoding="utf-8").replace("Cấp giấy mẫu", "Xin giấy mẫu") + "plain: Câu của tôi.\n"
    file.write_text(mine, encoding="utf-8")
    newer = record(decision="2/QĐ-MAU")
    outcome = run(source, to, newer, record("9.000002"), apply=True)
    assert outcome.by_hand == ["9.000001"]
    assert file.read_text(encoding="utf-8") == mine
    beside = file.with_name(f"{file.name}.new")
    assert yaml.safe_load(beside.read_bytes())["decision"] == "2/QĐ-MAU"
    assert load([SHIPPED, to, DEMO]).procedures["9.000001"].plain == "Câu của tôi."
    third = run(source, to, record(decision="3/QĐ-MAU"), record("9.000002"), apply=True)
    assert third.by_hand == ["9.000001"]
    assert file.read_text(encoding="utf-8") == mine


def test_an_interrupted_import_goes_on(source: Path, to: Path) -> None:
    records = [record(f"9.00000{number}") for number in range(1, 7)]
    written = 0

    def stop() -> None:
        nonlocal written
        written += 1
        if written == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(source, to, *records, tick=stop)
    assert len(read_folders([SHIPPED, to, DEMO]).faults) == 0
    rest = run(source, to, *records)
    assert (len(rest.unchanged), len(rest.added)) == (3, 3)
    fresh = to.with_name("fresh")
    run(source, fresh, *records)
    assert list(content(to).values()) == list(content(fresh).values())


def test_a_stop_between_a_draft_and_its_original_is_put_right(source: Path, to: Path) -> None:
    run(source, to, record(), record("9.000002"))
    before = content(to)
    (to / "originals" / "procedures" / "9.000001.json").unlink()
    run(source, to, record(), record("9.000002"))
    assert content(to) == before
    newer = record(decision="2/QĐ-MAU")
    assert run(source, to, newer, record("9.000002"), apply=True).by_hand == []


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"original": {}}'])
def test_a_damaged_original_loses_no_work(source: Path, to: Path, damage: str) -> None:
    run(source, to, record(), record("9.000002"))
    file = yaml_of(to, "9.000001")
    file.write_text(file.read_text(encoding="utf-8") + "plain: Câu của tôi.\n", encoding="utf-8")
    (to / "originals" / "procedures" / "9.000001.json").write_text(damage, encoding="utf-8")
    run(source, to, record(decision="2/QĐ-MAU"), record("9.000002"), apply=True)
    assert "plain: Câu của tôi." in file.read_text(encoding="utf-8")


def test_a_folder_with_other_things_is_left_alone(source: Path, to: Path) -> None:
    to.mkdir()
    (to / "deployment.yaml").write_text("slug: x", encoding="utf-8")
    with pytest.raises(Unreadable, match="holds other things"):
        Folder(to)
    with pytest.raises(Unreadable, match="is a file"):
        Folder(to / "deployment.yaml")


def test_a_code_twice_in_one_list_is_told(to: Path) -> None:
    row = ListRow(
        code="X_01", name="Một", field="Mẫu", source_name="Danh sách", source_date=date(2026, 6, 1), where="row 6"
    )
    outcome = Outcome()
    rows = [row, replace(row, where="row 7"), replace(row, name="Hai", where="row 8")]
    kept = each_once((row_item(one, signpost(one, FIELDS)[0]) for one in rows), outcome)
    assert [item.where for item in kept] == ["row 6"]
    (lost,) = outcome.lost
    assert (lost.where, lost.wording) == ("row 8", "Hai")
    assert "row 6" in lost.message


def test_two_imports_do_not_write_at_once(source: Path, to: Path) -> None:
    run(source, to, record())
    with (to / ".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Unreadable, match="Another import"):
            run(source, to, record())


def test_changes_name_what_came_and_went() -> None:
    old = {"a": ["x", "y"], "b": {"c": 1}, "same": "s", "where": "line 1"}
    new = {"a": ["x"], "b": {"c": 2, "d": {"e": "f"}}, "same": "s", "where": "line 9"}
    assert [*changes(old, new)] == [
        Change(path="a[1]", old="y", new=None),
        Change(path="b.c", old="1", new="2"),
        Change(path="b.d.e", old=None, new="f"),
    ]
