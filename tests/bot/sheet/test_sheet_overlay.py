"""Answers that come back: what is written into the deployment, and what is not."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalog.sheet import overlay
from bot.catalog.sheet.decide import Plan
from procedures_catalog.model import Confirmed, Source

from .conftest import OFFICE, Fill, World

CODE = "9.000010"
ON = date(2026, 11, 21)
TOLD = Confirmed(by_office=OFFICE, on=ON)
RIGHT = ("Đúng",)
BASIS = "12/2025/NQ-HĐND"


def procedure(world: World, code: str = CODE) -> Any:
    return world.reading.values["procedures"][code]


def written(world: World) -> dict[str, str]:
    return {
        file.name: file.read_text(encoding="utf-8") for file in sorted((world.deployment / "procedures").glob("*"))
    }


def counts(plan: Plan) -> dict[str, int]:
    """How many rows came to what, without those that came to nothing."""
    lists = {name: len(getattr(plan, name)) for name in ("applied", "waiting", "conflicts", "refused", "open")}
    return {name: number for name, number in (lists | {"already": plan.already}).items() if number}


def test_a_record_is_confirmed_when_every_row_is_right(world: World, fill: Fill) -> None:
    world.take(fill({CODE: RIGHT}))
    assert procedure(world).confirmed == TOLD
    assert written(world) == {
        "9.000010-giay-mau.yaml": (f"code: '9.000010'\nconfirmed:\n  by_office: {OFFICE}\n  on: 2026-11-21\n")
    }


def test_one_row_without_an_answer_keeps_the_record_unconfirmed(world: World, fill: Fill) -> None:
    plan = world.take(fill({CODE: RIGHT, (CODE, "who"): ()}))
    assert procedure(world).confirmed is None
    assert procedure(world).time_limits[0].confirmed == TOLD
    assert [fee.confirmed for fee in procedure(world).fees] == [TOLD, TOLD]
    assert "13 rows are right" in plan.waiting[0].message
    assert "the 1 others" in plan.waiting[0].message


def test_not_sure_is_told_and_confirms_nothing(world: World, fill: Fill) -> None:
    plan = world.take(fill({(CODE, "fees[0]"): ("Chưa rõ", None, None, "hỏi Sở")}))
    assert [told.message for told in plan.open] == ["Phí, lệ phí: not sure. hỏi Sở"]
    assert not (world.deployment / "procedures").exists()


def test_a_fee_is_corrected_with_its_basis_and_who_said_so(world: World, fill: Fill) -> None:
    world.take(fill({(CODE, "fees[0]"): ("Sửa", "50.000 đồng; ghi chú: bỏ", BASIS)}))
    first, second = procedure(world).fees
    assert (first.amount, first.set_by, first.note, first.wording) == (50_000, "province", None, None)
    assert (first.source, first.confirmed) == (Source(name=BASIS, date=ON), TOLD)
    assert (second.amount, second.case, second.confirmed) == (8000, "late", None)


def test_a_time_limit_is_corrected_with_its_basis_and_who_said_so(world: World, fill: Fill) -> None:
    world.take(fill({(CODE, "time_limits[0]"): ("Sửa", "3 ngày", BASIS)}))
    (limit,) = procedure(world).time_limits
    assert (limit.unit, limit.amount) == ("day", 3)
    assert (limit.source, limit.confirmed) == (Source(name=BASIS, date=ON), TOLD)


def test_corrected_values_keep_their_basis_when_the_whole_record_is_confirmed(world: World, fill: Fill) -> None:
    wrong = {"time_limits[0]": "3 ngày", "fees[1]": "9.000 đồng"}
    said = {(CODE, path): ("Sửa", value, BASIS) for path, value in wrong.items()}
    world.take(fill({CODE: RIGHT, **said}))
    now = procedure(world)
    assert now.confirmed == TOLD
    assert now.time_limits[0].source == now.fees[1].source == Source(name=BASIS, date=ON)
    assert now.fees[0].source is None


def test_a_slip_leaves_the_papers_name_and_tells_the_cell(
    world: World, fill: Fill, cell: Callable[[str, str], str]
) -> None:
    said = {"papers[0]": "bản sao: hai", "papers[1]": "Mười hai", "result[0]": "như trên"}
    plan = world.take(fill({(CODE, path): ("Sửa", value, BASIS) for path, value in said.items()}))
    assert {told.where for told in plan.refused} == {cell(CODE, path).replace("!I", "!J") for path in said}
    assert counts(plan) == {"refused": 3}
    assert not (world.deployment / "procedures").exists()


def test_a_paper_that_was_renamed_meanwhile_is_a_conflict(world: World, fill: Fill) -> None:
    file = fill({(CODE, "papers[1]"): ("Sửa", "Giấy ủy quyền; bản sao: 2", BASIS)})
    world.overlay("code: '9.000010'\npapers: [{name: Giấy A}, {name: Văn bản khác}, {name: Giấy B}]\n")
    assert counts(world.plan(file)) == {"conflicts": 1}


def test_every_kind_of_row_can_be_corrected(world: World, fill: Fill) -> None:
    right = {
        "time_limits[0]": "trong ngày làm việc",
        "fees[1]": "không thu",
        "ways.online": "có, một phần",
        "ways.in_person": "không",
        "papers[0]": "tên: Tờ khai mới; bản sao: 2",
        "papers[1]": "bỏ",
        "office": "Phòng Kinh tế xã Mẫu",
        "decided_by": "Chủ tịch xã",
        "who": "Công dân",
        "result[1]": "Bản sao mới",
        "link": "bỏ",
    }
    plan = world.take(fill({(CODE, path): ("Sửa", value, BASIS) for path, value in right.items()}))
    assert counts(plan) == {"applied": len(right)}
    now = procedure(world)
    assert (now.time_limits[0].unit, now.time_limits[0].amount) == ("same_day", None)
    assert [fee.amount for fee in now.fees] == [None, 0]
    assert (now.ways.online.offered, now.ways.online.level) == (True, "partial")
    assert (now.ways.in_person.offered, now.ways.in_person.note or None) == (False, None)
    assert [(paper.name, paper.original, paper.copies) for paper in now.papers] == [
        ("Tờ khai mới", 1, 2),
        ("Thẻ căn cước", 1, 0),
    ]
    assert (now.office, now.decided_by, now.who) == ("economic_division", "Chủ tịch xã", "Công dân")
    assert now.result == ("Giấy mẫu", "Bản sao mới")
    assert not now.link
    text = written(world)["9.000010-giay-mau.yaml"]
    assert f"# Giấy tờ: {BASIS} ({OFFICE}, 21/11/2026)\npapers:" in text
    assert f"# Đường dẫn: {BASIS} ({OFFICE}, 21/11/2026)\nlink: ''" in text
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_right_and_corrected_rows_together_confirm_the_record(world: World, fill: Fill) -> None:
    world.take(fill({CODE: RIGHT, (CODE, "papers[1]"): ("Sửa", "bỏ", BASIS)}))
    assert procedure(world).confirmed == TOLD
    assert len(procedure(world).papers) == 2


@pytest.mark.parametrize(
    "answers",
    [
        {CODE: RIGHT},
        {CODE: RIGHT, (CODE, "who"): ()},
        {
            CODE: RIGHT,
            (CODE, "papers[1]"): ("Sửa", "bỏ", BASIS),
            (CODE, "papers[0]"): ("Sửa", "bản sao: 2", BASIS),
        },
        {
            (CODE, path): ("Sửa", "bỏ", BASIS)
            for path in ("papers[0]", "papers[1]", "papers[2]", "fees[1]", "link")
        },
        {
            (CODE, "papers[0]"): ("Sửa", "bỏ", BASIS),
            (CODE, "papers[1]"): ("Sửa", "giay uy quyen; bản sao: 2", BASIS),
            (CODE, "papers[2]"): ("Sửa", "tên: Căn cước mới", BASIS),
            (CODE, "result[0]"): ("Sửa", "bỏ", BASIS),
            (CODE, "result[1]"): ("Sửa", "Bản sao mới", BASIS),
        },
        {(CODE, "ways.in_person"): ("Sửa", "không", BASIS), (CODE, "fees[0]"): ("Sửa", "5.000", BASIS)},
        {("9.000020", "valid"): ("Sửa", "đến hết 31/12/2027", BASIS)},
    ],
)
def test_reading_the_same_workbook_again_changes_nothing(
    world: World, fill: Fill, answers: dict[Any, tuple[Any, ...]]
) -> None:
    file = fill(answers)
    first = world.take(file)
    once = written(world)
    assert first.applied
    assert not first.conflicts
    assert not first.refused
    plan = world.plan(file)
    assert not overlay.changes(plan.edits, world.reading, world.deployment)
    assert set(counts(plan)) <= {"already", "waiting"}
    assert written(world) == once


def test_a_value_that_changed_meanwhile_is_a_conflict(
    world: World, fill: Fill, cell: Callable[[str, str], str]
) -> None:
    file = fill({(CODE, "who"): RIGHT, (CODE, "fees[1]"): ("Sửa", "5.000", BASIS), (CODE, "office"): RIGHT})
    kept = world.overlay(
        """\
        code: '9.000010'
        who: Người khác
        fees:
          - {set_by: province}
          - {set_by: law, amount: 9000, case: late}
        """
    )
    before = kept.read_bytes()
    plan = world.take(file)
    assert {told.where for told in plan.conflicts} == {cell(CODE, "who"), cell(CODE, "fees[1]")}
    assert "9.000 đồng" in " ".join(told.message for told in plan.conflicts)
    assert kept.read_bytes() == before


def test_an_answer_follows_its_item_when_the_list_has_shifted(world: World, fill: Fill) -> None:
    file = fill({(CODE, "fees[1]"): ("Sửa", "5.000", BASIS)})
    world.overlay(
        """\
        code: '9.000010'
        fees:
          - {set_by: law, amount: 8000, per: bản, case: late}
        """
    )
    world.take(file)
    assert [fee.amount for fee in procedure(world).fees] == [5000]


def test_a_removed_item_that_has_become_another_is_a_conflict(world: World, fill: Fill) -> None:
    file = fill({(CODE, "papers[1]"): ("Sửa", "bỏ", BASIS)})
    world.overlay("code: '9.000010'\npapers: [{name: A B C}, {name: D E F}, {name: G H I}]\n")
    assert counts(world.plan(file)) == {"conflicts": 1}


def test_an_older_sheet_does_not_set_back_a_newer_confirmation(world: World, fill: Fill) -> None:
    world.overlay("code: '9.000010'\nconfirmed: {by_office: Phòng Kinh tế xã Mẫu, on: 2026-11-22}\n")
    plan = world.take(fill({CODE: RIGHT}))
    assert counts(plan) == {"already": 1}
    assert procedure(world).confirmed.on == date(2026, 11, 22)


def test_good_rows_count_beside_bad_ones(world: World, fill: Fill, cell: Callable[[str, str], str]) -> None:
    plan = world.take(
        fill(
            {
                (CODE, "who"): ("Sửa", "Công dân", BASIS),
                (CODE, "fees[0]"): ("Sửa", "50", BASIS),
                (CODE, "fees[1]"): ("Sửa", "5.000 đồng", None),
                (CODE, "link"): ("Sửa", None, BASIS),
                (CODE, "office"): ("Đúng", "Phòng Kinh tế xã Mẫu"),
                (CODE, "notes"): (None, "gì đó"),
                (CODE, "decided_by"): (None, None, None, "xem lại"),
            }
        )
    )
    assert procedure(world).who == "Công dân"
    assert procedure(world).fees[1].amount == 8000
    assert {told.where: told.message.split(";")[0].split(",")[0] for told in plan.refused} == {
        cell(CODE, "fees[0]").replace("!I", "!J"): "“50” may be thousands",
        cell(CODE, "fees[1]").replace("!I", "!K"): "Sửa needs the basis",
        cell(CODE, "link").replace("!I", "!J"): "Sửa needs the right value.",
        cell(CODE, "office").replace("!I", "!J"): "Đúng",
        cell(CODE, "notes"): "a value without an assessment",
    }
    assert [told.message for told in plan.open] == ["Nơi quyết định: xem lại"]


def test_the_last_of_a_list_is_not_taken_out(world: World, fill: Fill) -> None:
    plan = world.take(fill({CODE: RIGHT, (CODE, "time_limits[0]"): ("Sửa", "bỏ", BASIS)}))
    assert [told.message for told in plan.refused] == [
        "the last one cannot be taken out; write what holds instead."
    ]
    assert len(procedure(world).time_limits) == 1
    assert procedure(world).confirmed is None


def test_comments_and_other_values_of_an_overlay_are_kept(world: World, fill: Fill) -> None:
    file = world.overlay(
        """\
        # Của xã Mẫu, do cán bộ ghi.
        code: "9.000010"   # mã quốc gia

        # Mức thu của xã
        fees:
          # tại quầy
          - set_by: province
            note: Hỏi mức thu.
            wording: "Miễn phí (theo quy định)"
          - {set_by: law, amount: 8000, per: bản, case: late}   # bản sao
        decision: 0001
        plain: 'Có: dấu hai chấm'
        # hết
        """
    )
    world.take(fill({(CODE, "fees[0]"): ("Sửa", "50.000 đồng", BASIS), (CODE, "fees[1]"): RIGHT}))
    text = file.read_text(encoding="utf-8")
    for kept in (
        '# Của xã Mẫu, do cán bộ ghi.\ncode: "9.000010"   # mã quốc gia\n\n# Mức thu của xã\n',
        "fees:\n  # tại quầy\n",
        "case: late, confirmed: {by_office: ",
        "# bản sao",
        "decision: 0001\nplain: 'Có: dấu hai chấm'\n# hết\n",
    ):
        assert kept in text
    assert procedure(world).fees[0].amount == 50_000
    assert procedure(world).decision == "0001"


def test_windows_line_ends_stay(world: World, fill: Fill) -> None:
    file = world.overlay("code: '9.000010'\n")
    file.write_bytes(b"# x\r\ncode: '9.000010'\r\nwho: Ai\r\n")
    world.look()
    world.take(fill({(CODE, "link"): ("Sửa", "https://a.vn/b", BASIS)}))
    data = file.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") == 5
    assert procedure(world).link == "https://a.vn/b"


def test_a_file_that_would_not_survive_is_left_alone(
    world: World, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = world.overlay("code: '9.000010'\nwho: Ai\n")
    before = file.read_bytes()
    plan = world.plan(fill({(CODE, "link"): ("Sửa", "https://a.vn/b", BASIS)}))
    dumped = overlay._without_blanks
    monkeypatch.setattr(overlay, "_without_blanks", lambda text: dumped(text).replace("who: Ai", "who: Khác"))
    with pytest.raises(overlay.OverlayFault, match="by hand"):
        overlay.changes(plan.edits, world.reading, world.deployment)
    assert file.read_bytes() == before


def test_what_would_break_the_catalog_is_seen_before_anything_is_written(world: World, fill: Fill) -> None:
    plan = world.plan(fill({(CODE, "office"): ("Sửa", "Phòng Kinh tế xã Mẫu", BASIS)}))
    plan.edits[0].values[()]["office"] = "no_such_role"
    changes = overlay.changes(plan.edits, world.reading, world.deployment)
    faults = overlay.faults(changes, world.folders)
    assert [(fault.file, "no_such_role" in fault.message) for fault in faults] == [
        (world.deployment / "procedures" / "9.000010-giay-mau.yaml", True)
    ]
    assert not (world.deployment / "procedures").exists()


def test_a_disk_that_fails_half_way_gets_everything_back(
    world: World, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.overlay("# của xã\ncode: '9.000010'\n")
    before = old.read_bytes()
    changes = overlay.changes(
        world.plan(fill({CODE: RIGHT, "9.000020": RIGHT})).edits, world.reading, world.deployment
    )
    assert len(changes) == 2
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if "9.000020" in target.name:
            raise OSError(28, os.strerror(28))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="space"):
        overlay.write(changes)
    assert [file.name for file in old.parent.iterdir()] == [old.name]
    assert old.read_bytes() == before


def test_texts_of_people_cannot_add_yaml(world: World, fill: Fill) -> None:
    evil = 'Công dân\nconfirmed: {by_office: "X", on: 2026-01-01}'
    basis = "12/2025\nwho: hỏng # '"
    world.take(fill({(CODE, "who"): ("Sửa", evil, basis), (CODE, "fees[1]"): ("Sửa", "5.000", basis)}))
    assert procedure(world).confirmed is None
    assert procedure(world).who == 'Công dân confirmed: {by_office: "X", on: 2026-01-01}'
    assert procedure(world).fees[1].source.name == "12/2025 who: hỏng # '"
    assert set(yaml.safe_load(written(world)["9.000010-giay-mau.yaml"])) == {"code", "who", "fees"}


def test_a_procedure_that_is_gone_is_a_conflict(world: World, fill: Fill) -> None:
    file = fill({CODE: RIGHT})
    (world.folders[0] / "procedures/samples/9.000010-giay-mau.yaml").unlink()
    world.look()
    plan = world.plan(file)
    assert len(plan.conflicts) == 17
    assert not plan.edits


@pytest.mark.parametrize("said", ["bản sao: 2", "bỏ"])
def test_of_two_equal_items_only_the_answered_one_changes(
    world: World, request: pytest.FixtureRequest, said: str
) -> None:
    world.overlay("code: '9.000010'\npapers: [{name: Giấy A}, {name: Giấy A}, {name: Giấy B}]\n")
    fill: Fill = request.getfixturevalue("fill")
    file = fill({(CODE, "papers[0]"): ("Sửa", said, BASIS)})
    world.take(file)
    once = procedure(world).papers
    assert [paper.copies for paper in once] == ([2, 0, 0] if said != "bỏ" else [0, 0])
    assert counts(world.take(file)) == {"already": 1}
    assert procedure(world).papers == once
