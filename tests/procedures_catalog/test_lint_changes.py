"""What becomes different on a day, and the commands that say so."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli_catalog import catalog_cli
from procedures_catalog.lint import changes
from procedures_catalog.load import read_folders

RECORD = """\
code: '9.000001'
decision: 1/QĐ-VIDU
name: Thủ tục ví dụ
plain: Xin giấy ví dụ.
everyday: [xin giấy ví dụ]
field: certification
level: commune
office: office_justice
decided_by: Ủy ban nhân dân cấp xã
who: Người cần giấy ví dụ.
result: [Giấy ví dụ]
valid_from: 2026-07-01
papers:
  - {name: Tờ khai cũ, original: 1, valid_to: 2027-02-27}
ways:
  online: {offered: true}
  post: {offered: unknown}
  in_person: {offered: true}
time_limits:
  - {unit: working_day, amount: 3}
fees:
  - {set_by: law, amount: 25000, valid_to: 2026-12-31}
  - {set_by: law, amount: 50000, valid_from: 2027-01-01}
legal_basis:
  - {number: 1/2026/VIDU, name: Văn bản ví dụ}
source: {name: Ví dụ, date: 2026-11-22}
"""


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    file = tmp_path / "layer" / "procedures" / "9.000001-vi-du.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(RECORD, encoding="utf-8")
    (tmp_path / "layer" / "laws.yaml").write_text(
        "- {number: 1/2026/VIDU, name: Văn bản ví dụ, source: ví dụ, valid_to: 2027-02-28, "
        "replaced_by: 2/2027/VIDU}\n",
        encoding="utf-8",
    )
    return tmp_path / "layer"


def test_changes_come_in_the_order_of_days(layer: Path) -> None:
    found = changes(read_folders([layer]), date(2027, 1, 10))
    assert [(str(turn.on), turn.days, turn.what, turn.turn, turn.said) for turn in found] == [
        ("2026-07-01", -193, "procedure", "starts", "Xin giấy ví dụ."),
        ("2026-12-31", -10, "fee", "ends", "25,000 đ"),
        ("2027-01-01", -9, "fee", "starts", "50,000 đ"),
        ("2027-02-27", 48, "paper", "ends", "Tờ khai cũ"),
        ("2027-02-28", 49, "law", "ends", "Văn bản ví dụ; 2/2027/VIDU follows"),
    ]


def test_the_command_says_what_has_turned_and_what_will(layer: Path) -> None:
    ran = CliRunner().invoke(catalog_cli, ["check", str(layer), "--as-of", "2027-01-10"])
    assert ran.exit_code == 0, ran.output
    assert "What citizens see on 2027-01-10:" in ran.output
    by_then, later = ran.output.partition("What citizens see")[2].split("  Later:")
    assert "2026-12-31 (10 days ago) fee 9.000001 has ended: 25,000 đ" in by_then
    assert "2027-02-28 (in 49 days) law 1/2026/VIDU ends: Văn bản ví dụ; 2/2027/VIDU follows" in later
    assert "Why: " in ran.output
    assert "[law-ending]" in ran.output


def test_json_is_a_list_without_a_day_and_an_object_with_one(layer: Path) -> None:
    plain = json.loads(CliRunner().invoke(catalog_cli, ["check", str(layer), "--json"]).output)
    assert {"file", "line", "severity", "message", "mend", "why", "rule"} == set(plain[0])
    ran = CliRunner().invoke(catalog_cli, ["check", str(layer), "--json", "--as-of", "2027-01-10"])
    dated = json.loads(ran.output)
    assert set(dated) == {"faults", "as_of", "changes"}
    assert dated["as_of"] == "2027-01-10"
    assert {turn["about"] for turn in dated["changes"]} >= {"9.000001", "1/2026/VIDU", "60/2014/QH13"}


def test_show_marks_what_is_gone_and_what_is_to_come(layer: Path) -> None:
    def states(day: str) -> dict[str, str]:
        ran = CliRunner().invoke(
            catalog_cli, ["show", "9.000001", "--catalog", str(layer), "--json", "--as-of", day]
        )
        return {row["path"]: row["state"] for row in json.loads(ran.output)}

    november = states("2026-11-22")
    assert (november["fees[0].amount"], november["fees[1].amount"]) == ("in force", "to come")
    march = states("2027-03-01")
    assert (march["fees[0].amount"], march["fees[1].amount"]) == ("gone", "in force")
    assert (march["papers[0].name"], march["name"]) == ("gone", "in force")
    assert set(states("2026-06-30").values()) == {"to come"}
