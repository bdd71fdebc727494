"""`motcua catalog sheet` as an operator meets it: files, sentences, exit codes."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli_sheet import catalog_sheet
from procedures_catalog.load import read_folders
from procedures_catalog.shipped import SHIPPED

DEMO = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"
CODE = "1.001193"
OFFICE = "Văn phòng HĐND và UBND xã Trực Ninh"

Run = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo deployment that the command works on."""
    copy = tmp_path / "deployments" / DEMO.name
    shutil.copytree(DEMO, copy)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_DEPLOYMENTS_DIR", str(copy.parent))
    monkeypatch.setenv("MOTCUA_DEPLOYMENT", DEMO.name)
    monkeypatch.delenv("MOTCUA_CATALOG", raising=False)
    return copy


@pytest.fixture
def run(place: Path) -> Run:
    command = typer.Typer(pretty_exceptions_enable=False)
    command.command()(catalog_sheet)
    return lambda *words: CliRunner().invoke(command, [str(word) for word in words])


def filled(file: Path, answers: Mapping[str, tuple[str, ...]], to: Path) -> Path:
    """The workbook with the answers of one procedure, by path."""
    book = openpyxl.load_workbook(file)
    book["Hướng dẫn"]["B3"], book["Hướng dẫn"]["B4"] = OFFICE, datetime.now().astimezone().date()
    for row in book["Kiểm tra"].iter_rows(min_row=2):
        for cell, value in zip(row[8:12], answers.get(str(row[12].value), ()), strict=False):
            cell.value = value
    book.save(to)
    return to


def folder(place: Path) -> dict[str, bytes]:
    return {str(file.relative_to(place)): file.read_bytes() for file in place.rglob("*") if file.is_file()}


def test_there_and_back(run: Run, place: Path, tmp_path: Path) -> None:
    wrote = run("--out", "phieu.xlsx", "--code", CODE)
    assert wrote.exit_code == 0, wrote.output
    assert wrote.stdout.startswith("phieu.xlsx: 1 procedures, ")
    back = filled(tmp_path / "phieu.xlsx", {"who": ("Sửa", "Cha hoặc mẹ", "60/2014/QH13")}, tmp_path / "tra.xlsx")
    before = folder(place)

    tried = run("--read", back, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "+who: Cha hoặc mẹ\n" in tried.stdout
    assert "would write: " in tried.stdout
    assert folder(place) == before

    taken = run("--read", back)
    assert taken.exit_code == 0, taken.output
    assert f"checked by {OFFICE} on " in taken.stdout
    assert "1 applied, 0 were so already" in taken.stdout
    once = folder(place)
    assert [name for name in once if name not in before] == [f"procedures/{CODE}-dang-ky-khai-sinh.yaml"]
    reading = read_folders([SHIPPED, place])
    assert not reading.faults
    assert reading.values["procedures"][CODE].who == "Cha hoặc mẹ"

    again = run("--read", back)
    assert again.exit_code == 0, again.output
    assert "0 applied, 1 were so already" in again.stdout
    assert folder(place) == once


def test_bad_rows_are_told_and_the_others_taken(run: Run, place: Path, tmp_path: Path) -> None:
    run("--out", "phieu.xlsx", "--code", CODE)
    answers = {"who": ("Sửa", "Cha hoặc mẹ", "60/2014/QH13"), "fees[0]": ("Sửa", "=1+1", "60/2014/QH13")}
    ended = run("--read", filled(tmp_path / "phieu.xlsx", answers, tmp_path / "tra.xlsx"))
    assert ended.exit_code == 1
    assert f": {CODE}: the cell holds a formula; write a plain value." in ended.stdout
    assert "1 rows could not be used. The other rows were taken." in ended.stderr
    assert (place / "procedures" / f"{CODE}-dang-ky-khai-sinh.yaml").is_file()


def test_files_that_are_none_change_nothing(run: Run, place: Path, tmp_path: Path) -> None:
    run("--out", "phieu.xlsx", "--code", CODE)
    before = folder(place)
    csv = tmp_path / "csv.xlsx"
    csv.write_text("Mã;Tên\n", encoding="utf-8")
    macro = tmp_path / "macro.xlsm"
    shutil.copy(tmp_path / "phieu.xlsx", macro)
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    empty = tmp_path / "phieu.xlsx"
    for file, why in ((csv, "not an Excel file"), (macro, "macros"), (empty, "Cơ quan kiểm tra")):
        ended = run("--read", file)
        assert ended.exit_code == 1
        assert why in ended.stderr
        assert ended.stderr.count("\n") == 1
        assert "Nothing was changed." in ended.stderr
        assert not ended.stdout
    assert folder(place) == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "Give either --out FILE"),
        (["--out", "a.xlsx", "--read", "b.xlsx"], "Give either --out FILE"),
        (["--read", "b.xlsx", "--drafts"], "belong to --out"),
        (["--out", "a.xlsx", "--dry-run"], "belongs to --read"),
        (["--read", "none.xlsx"], "There is no file none.xlsx"),
        (["--out", "a.csv"], "must end in .xlsx"),
        (["--out", "none/a.xlsx"], "There is no folder none"),
        (["--out", "a.xlsx", "--field", "Hộ tich"], "did you mean “Hộ tịch”?"),
        (["--out", "a.xlsx", "--code", "9.999999"], "There is no procedure 9.999999"),
        (["--out", "a.xlsx", "--code", CODE, "--field", "merit"], "The field “merit” has no reviewed procedure"),
        (["--out", "a.xlsx", "--field", "merit", "--drafts"], "The field “merit” has no procedure; leave it out."),
    ],
)
def test_wrong_usage_is_one_sentence(run: Run, tmp_path: Path, words: list[str], why: str) -> None:
    ended = run(*words)
    assert ended.exit_code == 2
    assert why in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not ended.stdout
    assert not list(tmp_path.glob("*.xlsx"))


def test_answers_are_never_written_over(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "phieu.xlsx"
    file.write_bytes(b"answers")
    ended = run("--out", file, "--code", CODE)
    assert ended.exit_code == 2
    assert "exists already" in ended.stderr
    assert file.read_bytes() == b"answers"


def test_fields_are_named_by_id_or_name(run: Run, tmp_path: Path) -> None:
    assert run("--out", "a.xlsx", "--field", "civil_status").exit_code == 0
    assert run("--out", "b.xlsx", "--field", "Hộ tịch").exit_code == 0
    one, other = (openpyxl.load_workbook(tmp_path / name)["Kiểm tra"] for name in ("a.xlsx", "b.xlsx"))
    assert {row[0].value for row in one.iter_rows(min_row=2)} == {"Hộ tịch"}
    assert [row[13].value for row in one.rows] == [row[13].value for row in other.rows]


def test_fields_and_codes_add_up(run: Run, tmp_path: Path) -> None:
    assert run("--out", "field.xlsx", "--field", "adoption").exit_code == 0
    ended = run("--out", "both.xlsx", "--field", "adoption", "--field", "housing", "--code", CODE)
    assert ended.exit_code == 0, ended.output
    field, both = (
        {str(row[1].value): row[0].value for row in openpyxl.load_workbook(tmp_path / name)["Kiểm tra"].rows}
        for name in ("field.xlsx", "both.xlsx")
    )
    assert both.items() > field.items()
    assert {both[code] for code in both.keys() - field.keys()} == {"Hộ tịch", "Nhà ở"}
    assert CODE in both
    shown = " ".join(run("--help").stdout.replace("│", " ").split())
    assert "Only this procedure, and what --field names" in shown


def test_drafts_only_when_asked_for(run: Run, place: Path, tmp_path: Path) -> None:
    shipped = next((SHIPPED / "procedures").glob(f"*/{CODE}-*.yaml")).read_text(encoding="utf-8")
    (place / "procedures").mkdir()
    (place / "procedures" / "9.000009-nhap.yaml").write_text(
        shipped.replace(CODE, "9.000009", 1) + "reviewed: false\n", encoding="utf-8"
    )
    refused = run("--out", "a.xlsx", "--code", "9.000009")
    assert refused.exit_code == 2
    assert "add --drafts" in refused.stderr
    assert run("--out", "b.xlsx", "--code", "9.000009", "--drafts").exit_code == 0
    assert (tmp_path / "b.xlsx").is_file()
