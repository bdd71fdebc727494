"""A small catalog of two invented procedures with a deployment, and workbooks filled in as a person would."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import openpyxl
import pytest

from bot.catalog.sheet import filled, overlay, workbook
from bot.catalog.sheet.decide import Plan, decide
from bot.catalog.sheet.rows import names
from procedures_catalog.load import read_folders
from procedures_catalog.reading import Reading

TODAY = date(2026, 11, 22)
OFFICE = "Văn phòng xã Mẫu"

BASE = {
    "fields.yaml": "- {id: samples, name: Việc mẫu}\n",
    "roles.yaml": """\
        - {id: office_justice, name: Tư pháp, level: commune}
        - {id: economic_division, name: Kinh tế, level: commune}
        """,
    "topics.yaml": "- {id: land, name: Đất đai, role: office_justice, source: quy chế}\n",
    "emergencies.yaml": '- {number: "113", name: Công an, words: [cướp]}\n',
    "calendar.yaml": """\
        week:
          0: [{opens: 07:30, closes: 11:30}]
        covers: [2026]
        hours_source: mặc định
        days: []
        """,
    "limits.yaml": """\
        acknowledge: {amount: 8, unit: working_hour}
        answer: {amount: 15, unit: working_day}
        source: mặc định
        """,
    "vocabulary.yaml": "{rewrites: {}, stop: [], denials: [], actions: {}, ambiguous: [], not_ours: []}\n",
    "procedures/samples/9.000010-giay-mau.yaml": """\
        code: '9.000010'
        decision: 1/QĐ-VIDU
        name: Cấp giấy mẫu
        plain: Xin một tờ giấy mẫu.
        everyday: [xin giấy mẫu]
        field: samples
        level: commune
        office: office_justice
        decided_by: UBND cấp xã
        who: Mọi người
        result: [Giấy mẫu, Bản sao giấy mẫu]
        cases:
          - {id: late, name: Quá hạn}
        papers:
          - {name: Tờ khai; hoặc đơn, original: 1, form: Mẫu số 1}
          - {name: Giấy ủy quyền, original: 1, case: late}
          - {name: Thẻ căn cước, original: 1, show: true, note: Chỉ xem; không giữ lại.}
        ways:
          online: {offered: true}
          post: {offered: unknown}
          in_person: {offered: true, note: Nộp tại quầy.}
        time_limits:
          - {unit: working_day, amount: 5}
        fees:
          - {set_by: province, note: Hỏi mức thu., wording: "Miễn phí (theo quy định)"}
          - {set_by: law, amount: 8000, per: bản, case: late}
        legal_basis:
          - {number: 60/2014/QH13, name: Luật Hộ tịch}
        notes: [Mang theo bút.]
        link: https://example.gov.vn/a
        source: {name: Nguồn mẫu, date: 2026-06-10}
        """,
    "procedures/samples/9.000020-ghi-so.yaml": """\
        code: '9.000020'
        decision: 1/QĐ-VIDU
        name: "=Ghi sổ mẫu"
        plain: Ghi vào sổ mẫu.
        everyday: [ghi sổ mẫu]
        field: samples
        level: commune
        office: office_justice
        decided_by: "@UBND cấp xã"
        who: "-Mọi người"
        result: ["+Sổ mẫu"]
        papers: []
        ways:
          online: {offered: false}
          post: {offered: false}
          in_person: {offered: true}
        time_limits:
          - {unit: same_day}
        fees:
          - {set_by: law, amount: 0}
        legal_basis:
          - {number: 60/2014/QH13, name: Luật Hộ tịch}
        valid_from: 2026-07-01
        source: {name: Nguồn mẫu, date: 2026-06-10}
        """,
}
PLACE = {
    "deployment.yaml": "{slug: xa-mau, name: xã Mẫu, unit: mau, centre: Trung tâm, source: mẫu}\n",
    "places.yaml": "- {id: mau, name: xã Mẫu, kind: commune, source: mẫu}\n",
    "offices.yaml": """\
        - {id: "mau:office_justice", role: office_justice, name: Văn phòng xã Mẫu, source: mẫu}
        - {id: "mau:economic_division", role: economic_division, name: Phòng Kinh tế xã Mẫu, source: mẫu}
        """,
}


@dataclass(kw_only=True)
class World:
    """The folders, and what the commands do with them, in one process."""

    folders: list[Path]
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        self.look()

    @property
    def deployment(self) -> Path:
        return self.folders[-1]

    def overlay(self, text: str, name: str = "9.000010-giay-mau.yaml") -> Path:
        """Put a file into the deployment's procedures."""
        file = self.deployment / "procedures" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
        self.look()
        return file

    def look(self) -> None:
        """Read the catalog again."""
        self.reading = read_folders(self.folders)
        assert not self.reading.faults

    def offices(self) -> list[str]:
        return [office.name for office in self.reading.values["offices"].values()]

    def sheet(self, file: Path) -> Path:
        """The workbook of both procedures."""
        place = workbook.Place(slug="xa-mau", name="xã Mẫu", offices=self.offices(), names=names(self.reading))
        pairs = [("Việc mẫu", item) for item in self.reading.values["procedures"].values()]
        workbook.write(file, pairs, place, TODAY)
        return file

    def read(self, data: bytes, name: str = "phieu.xlsx") -> filled.Filled:
        return filled.read(data, name, slug="xa-mau", offices=self.offices(), today=TODAY)

    def plan(self, file: Path) -> Plan:
        return decide(self.read(file.read_bytes()), self.reading, names(self.reading))

    def take(self, file: Path) -> Plan:
        """Read a filled workbook into the deployment, as `--read` does."""
        plan = self.plan(file)
        changes = overlay.changes(plan.edits, self.reading, self.deployment)
        assert not overlay.faults(changes, self.folders)
        overlay.write(changes)
        self.look()
        return plan


Fill = Callable[..., Path]


def make(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text), encoding="utf-8")
    return folder


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(folders=[make(tmp_path / "base", BASE), make(tmp_path / "xa-mau", PLACE)])


@pytest.fixture
def sheet(world: World, tmp_path: Path) -> Path:
    return world.sheet(tmp_path / "phieu.xlsx")


@pytest.fixture
def fill(sheet: Path) -> Fill:
    """Answers by (code, path) or code: (verdict, right value, basis, comment)."""

    def filled_in(
        answers: dict[Any, tuple[Any, ...]],
        office: Any = OFFICE,
        on: Any = date(2026, 11, 21),
        name: str = "tra.xlsx",
    ) -> Path:
        book = openpyxl.load_workbook(sheet)
        book["Hướng dẫn"]["B3"], book["Hướng dẫn"]["B4"] = office, on
        rows = book["Kiểm tra"]
        for row in rows.iter_rows(min_row=2):
            code, path = row[1].value, row[12].value
            said = answers.get((code, path), answers.get(code, ()))
            for cell, value in zip(row[8:12], said, strict=False):
                cell.value = value
        file = sheet.parent / name
        book.save(file)
        return file

    return filled_in


@pytest.fixture
def cell(sheet: Path) -> Callable[[str, str], str]:
    """The address of the verdict of a row."""

    def at(code: str, path: str) -> str:
        rows = openpyxl.load_workbook(io.BytesIO(sheet.read_bytes()))["Kiểm tra"]
        number = next(
            row[0].row for row in rows.iter_rows(min_row=2) if (row[1].value, row[12].value) == (code, path)
        )
        return f"Kiểm tra!I{number}"

    return at
