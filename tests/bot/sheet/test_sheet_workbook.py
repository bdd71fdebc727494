"""The workbook as Excel meets it, and files that are not what they should be."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.catalog.sheet import workbook
from bot.catalog.sheet.filled import SheetFault
from bot.catalog.sheet.rows import Kind, names, rows_of
from bot.catalog.sheet.words import wording

from .conftest import OFFICE, TODAY, Fill, World

ANSWERS = "IJKL"


def rows(file: Path) -> Any:
    return openpyxl.load_workbook(file)["Kiểm tra"]


def test_every_fact_is_a_row_with_its_source(world: World, sheet: Path) -> None:
    told = {(row[1].value, row[12].value): row for row in rows(sheet).iter_rows(min_row=2)}
    paths = [path for code, path in told if code == "9.000010"]
    assert paths == [
        *("time_limits[0]", "fees[0]", "fees[1]", "ways.online", "ways.post", "ways.in_person"),
        *("papers[0]", "papers[1]", "papers[2]", "office", "decided_by", "who", "result[0]", "result[1]"),
        *("link", "legal_basis", "notes"),
    ]
    fee = told["9.000010", "fees[1]"]
    assert [cell.value for cell in fee[:8]] == [
        *("Việc mẫu", "9.000010", "Cấp giấy mẫu", "Phí, lệ phí", "Quá hạn", "8.000 đồng/bản"),
        *("Nguồn mẫu (10/06/2026)", None),
    ]
    assert told["9.000010", "office"][5].value == OFFICE
    assert told["9.000020", "valid"][5].value == "từ 01/07/2026"
    assert told["9.000020", "link"][5].value == "chưa có"


def test_only_the_cells_to_fill_in_are_open(sheet: Path) -> None:
    found = rows(sheet)
    assert found.protection.sheet
    assert not found.protection.autoFilter
    assert not found.protection.password
    for row in found.iter_rows():
        for cell in row:
            assert cell.protection.locked is not (cell.row > 1 and cell.column_letter in ANSWERS), cell.coordinate
    guide = openpyxl.load_workbook(sheet)["Hướng dẫn"]
    assert guide.protection.sheet
    open_cells = [cell.coordinate for row in guide.iter_rows() for cell in row if not cell.protection.locked]
    assert open_cells == ["B3", "B4"]


def test_lists_filter_frozen_head_and_print(sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    found, guide = book["Kiểm tra"], book["Hướng dẫn"]
    last = found.max_row
    assert found.freeze_panes == "D2"
    assert found.auto_filter.ref == f"A1:L{last}"
    assert found.print_title_rows == "$1:$1"
    assert (found.page_setup.paperSize, found.page_setup.orientation) == (9, "landscape")
    fit = found.sheet_properties.pageSetUpPr
    assert fit is not None
    assert fit.fitToPage
    assert [letter for letter, column in found.column_dimensions.items() if column.hidden] == ["M", "N"]
    lists = {str(one.sqref): one.formula1 for one in found.data_validations.dataValidation if one.type == "list"}
    assert lists == {f"I2:I{last}": '"Đúng,Sửa,Chưa rõ"'}
    assert [(str(one.sqref), one.type) for one in guide.data_validations.dataValidation] == [
        ("B3", "list"),
        ("B4", "date"),
    ]
    assert guide.data_validations.dataValidation[0].formula1 == "'motcua'!$A$2:$A$3"
    assert [row[0].value for row in book["motcua"]["A2:A3"]] == [OFFICE, "Phòng Kinh tế xã Mẫu"]
    assert book["motcua"].sheet_state == "veryHidden"


def test_prompts_fit_into_what_excel_allows() -> None:
    for name in (
        "office_prompt",
        "day_prompt",
        "verdict_prompt",
        "verdict_fault",
        "correct_prompt",
        "basis_prompt",
    ):
        assert len(wording()[name]) <= 225, name
    heads = [wording()["office"], wording()["day"], *wording()["columns"].values()]
    assert all(len(head) <= 32 for head in heads)
    assert set(wording()["kinds"]) == set(wording()["examples"]) == set(Kind)


def test_texts_that_look_like_formulas_stay_texts(sheet: Path) -> None:
    found = {row[12].value: row for row in rows(sheet).iter_rows(min_row=2) if row[1].value == "9.000020"}
    risky = [found["who"][5], found["decided_by"][5], found["result[0]"][5], found["who"][2]]
    assert [cell.value for cell in risky] == ["-Mọi người", "@UBND cấp xã", "+Sổ mẫu", "=Ghi sổ mẫu"]
    for cell in risky:
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
    with zipfile.ZipFile(sheet) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/"):
                data = archive.read(part).decode()
                assert not re.search(r"<f[ >]", data), part


def test_control_characters_and_long_texts_do_not_break_the_file(world: World, tmp_path: Path) -> None:
    long = "Câu dài. " * 4000
    world.overlay(f"code: '9.000010'\nnotes: [{json.dumps('chuông ' + chr(7) + long)}]\n")
    file = world.sheet(tmp_path / "dai.xlsx")
    note = next(row[5].value for row in rows(file).iter_rows(min_row=2) if row[12].value == "notes")
    assert note.startswith("chuông Câu dài.")
    assert len(note) == workbook.LONGEST


def test_a_full_sheet_goes_on_in_another(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "FULL", 5)
    file = world.sheet(tmp_path / "hai.xlsx")
    assert openpyxl.load_workbook(file).sheetnames == ["Hướng dẫn", "Kiểm tra", "Kiểm tra 2", "motcua"]
    book = openpyxl.load_workbook(file)
    book["Hướng dẫn"]["B3"], book["Hướng dẫn"]["B4"] = OFFICE, "22/11/2026"
    book["Kiểm tra 2"]["I2"] = "Đúng"
    book.save(file)
    assert [answer.at["verdict"] for answer in world.read(file.read_bytes()).answers] == ["Kiểm tra 2!I2"]


def test_a_failed_write_leaves_nothing(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("procedures_catalog.importers.archive.LARGEST_WHOLE", 1000)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(workbook.TooLarge, match="fewer fields"):
        world.sheet(folder / "phieu.xlsx")
    assert list(folder.iterdir()) == []


def test_fingerprints_change_with_the_value_only(world: World) -> None:
    def marks() -> dict[str, str]:
        procedure = world.reading.values["procedures"]["9.000010"]
        return {row.path: row.fingerprint for row in rows_of(procedure, names(world.reading))}

    before = marks()
    world.overlay(
        """\
        code: '9.000010'
        source: {name: Nguồn khác, date: 2026-09-01}
        confirmed: {by_office: Văn phòng xã Mẫu, on: 2026-09-02}
        time_limits:
          - unit: working_day
            amount: 5
            source: {name: Khác, date: 2026-09-01}
            confirmed: {by_office: Văn phòng xã Mẫu, on: 2026-09-02}
        who: Người khác
        """
    )
    assert {path for path, mark in marks().items() if before[path] != mark} == {"who"}


# files that are not what they should be


def entry(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return target.getvalue()


def with_part(data: bytes, part: str, content: bytes) -> bytes:
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("Mã;Tên\n1;đ\n".encode(), "not an Excel file"),
        ("Mã;Tên\n1;đ\n".encode("utf-16"), "not an Excel file"),
        (b"", "not an Excel file"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
    ],
)
def test_other_files_are_refused(world: World, data: bytes, why: str) -> None:
    with pytest.raises(SheetFault, match=why):
        world.read(data)


def test_damaged_and_dangerous_workbooks_are_refused(world: World, fill: Fill) -> None:
    good = fill({"9.000010": ("Đúng",)}).read_bytes()
    assert world.read(good).answers
    bomb = with_part(good, "xl/media/a.bin", b"\0" * 30_000_000)
    macros = with_part(good, "xl/vbaProject.bin", b"x")
    doctype = entry(good, "xl/worksheets/sheet2.xml", lambda data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data)
    cut = entry(good, "xl/worksheets/sheet2.xml", lambda data: data[: len(data) // 2])
    for data, why in (
        (good[: len(good) // 2], "damaged"),
        (bomb, "bomb"),
        (macros, "macros"),
        (doctype, "document type"),
        (cut, "not the XML"),
    ):
        with pytest.raises(SheetFault, match=why):
            world.read(data)


def test_a_flipped_byte_never_ends_in_a_trace(world: World, fill: Fill) -> None:
    good = fill({"9.000010": ("Đúng",)}).read_bytes()
    for place in range(0, len(good), max(1, len(good) // 40)):
        data = good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :]
        with suppress(SheetFault):
            assert world.read(data).on == date(2026, 11, 21)


def test_other_workbooks_are_refused(world: World, fill: Fill, tmp_path: Path) -> None:
    file = tmp_path / "khac.xlsx"
    openpyxl.Workbook().save(file)
    with pytest.raises(SheetFault, match="not made by"):
        world.read(file.read_bytes())
    for cell, value, why in (("B1", "0", "another version"), ("C1", "xa-khac", "made for the deployment xa-khac")):
        book = openpyxl.load_workbook(fill({}))
        book["motcua"][cell] = value
        book.save(file)
        with pytest.raises(SheetFault, match=why):
            world.read(file.read_bytes())
    book = openpyxl.load_workbook(fill({}))
    book["Kiểm tra"].delete_cols(11)
    book.save(file)
    with pytest.raises(SheetFault, match="Căn cứ"):
        world.read(file.read_bytes())


@pytest.mark.parametrize(
    ("office", "on", "why"),
    [
        (None, date(2026, 11, 21), r"Hướng dẫn!B3: .*empty"),
        ("Văn phòng xã Khác", date(2026, 11, 21), r"Hướng dẫn!B3: .*not an office"),
        ("=A1", date(2026, 11, 21), r"Hướng dẫn!B3: .*formula"),
        (OFFICE, None, r"Hướng dẫn!B4: .*empty"),
        (OFFICE, date(2026, 11, 23), r"Hướng dẫn!B4: .*future"),
        (OFFICE, "tháng 11", r"Hướng dẫn!B4: .*22/11/2026"),
        (OFFICE, "=TODAY()", r"Hướng dẫn!B4: .*formula"),
    ],
)
def test_who_and_when_are_required(world: World, fill: Fill, office: Any, on: Any, why: str) -> None:
    with pytest.raises(SheetFault, match=why):
        world.read(fill({"9.000010": ("Đúng",)}, office, on).read_bytes())


def test_formulas_and_errors_in_answers_are_refused_with_their_address(
    world: World, fill: Fill, cell: Callable[[str, str], str]
) -> None:
    file = fill(
        {
            ("9.000010", "who"): ("=1+1",),
            ("9.000010", "fees[0]"): ("Sửa", '=HYPERLINK("http://x","y")', "85/2019/TT-BTC"),
            ("9.000010", "fees[1]"): ("Sửa", "#N/A", "85/2019/TT-BTC"),
            ("9.000010", "link"): ("đúng rồi",),
        }
    )
    told = {fault.where: fault.message for fault in world.read(file.read_bytes()).faults}
    assert told == {
        cell("9.000010", "who"): "the cell holds a formula; write a plain value.",
        cell("9.000010", "fees[0]").replace("!I", "!J"): "the cell holds a formula; write a plain value.",
        cell("9.000010", "fees[1]").replace("!I", "!J"): "the cell holds an error; write a plain value.",
        cell("9.000010", "link"): "“đúng rồi” is not Đúng, Sửa or Chưa rõ.",
    }
    assert not world.read(file.read_bytes()).answers


def test_rows_copied_below_and_rows_without_their_mark_are_refused(world: World, fill: Fill) -> None:
    file = fill({("9.000010", "who"): ("Đúng",)})
    book = openpyxl.load_workbook(file)
    found = book["Kiểm tra"]
    answered = next(row for row in found.iter_rows(min_row=2) if row[8].value)
    found.append([cell.value for cell in answered])
    found.append([None] * 8 + ["Đúng"])
    book.save(file)
    read = world.read(file.read_bytes())
    assert [answer.path for answer in read.answers] == ["who"]
    assert [fault.message.split(";")[0] for fault in read.faults] == [
        f"the same value is answered at Kiểm tra!I{answered[0].row} already",
        "the row has lost its code or hidden columns",
    ]


def test_thousands_of_procedures_are_written_in_time(world: World, tmp_path: Path) -> None:
    """2,800 of them have 60 s; a tenth of them gets twice its share, for machines that are busy."""
    place = workbook.Place(slug="xa-mau", name="xã Mẫu", offices=world.offices(), names=names(world.reading))
    pairs = [("Việc mẫu", world.reading.values["procedures"]["9.000010"])] * 280
    begun = time.process_time()
    assert workbook.write(tmp_path / "lon.xlsx", pairs, place, TODAY) == 280 * 17
    assert time.process_time() - begun < 12
