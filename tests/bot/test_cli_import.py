"""`motcua catalog import` as an operator meets it: exit codes, messages, nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.catalog import import_command
from bot.cli import cli

runner = CliRunner()


def line(code: str, decision: str = "1/QĐ-MAU") -> str:
    return json.dumps(
        {
            "code": code,
            "name": f"Thủ tục {code}",
            "field": "Mẫu",
            "decision": decision,
            "level": ["xã"],
            "source": {"date": "2026-06-10"},
            "agency": "UBND xã",
        }
    )


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_sound_file(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", line("9.000001"), line("9.000002"))
    done = runner.invoke(cli, ["catalog", "import", str(source), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "remarks on what could not be understood" in done.output
    again = runner.invoke(cli, ["catalog", "import", str(source), "--out", str(tmp_path / "out"), "--json"])
    told = json.loads(again.stdout)
    assert (told["added"], told["unchanged"], told["changed"]) == ([], 2, {})


def test_a_bad_line_is_told_by_number_and_the_rest_comes_in(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", line("9.000001"), '{"code": "9.0000', line("9.000003"))
    done = runner.invoke(cli, ["catalog", "import", str(source), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "line 2" in done.output
    assert len(list((tmp_path / "out").glob("procedures/*/*.yaml"))) == 2


def test_one_code_with_two_decisions_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", line("9.000001"), line("9.000001", "2/QĐ-MAU"))
    done = runner.invoke(cli, ["catalog", "import", str(source), "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 1
    report = (tmp_path / "out" / "import-report.txt").read_text(encoding="utf-8")
    assert "1/QĐ-MAU" in report
    assert "2/QĐ-MAU" in report


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b""),
        ("a.jsonl.gz", b"\x1f\x8b\x08\x00 broken"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook"),
        ("a.xlsx", b"PK\x03\x04 cut"),
        ("a.pdf", b"%PDF-1.7"),
        ("a.json", '{"raw_text": "tiếng'.encode("utf-16")),
        ("a.txt", b"just words"),
    ],
)
def test_an_unreadable_file_leaves_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    done = runner.invoke(cli, ["catalog", "import", str(tmp_path / name), "--out", str(tmp_path / "out")])
    assert done.exit_code in (1, 2), done.output
    assert done.stderr.startswith("Nothing was imported.") or "Nothing was imported." in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = runner.invoke(cli, ["catalog", "import", str(tmp_path / "no"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_an_interrupt_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_command, "write_items", stopped)
    source = write(tmp_path / "a.jsonl", line("9.000001"))
    done = runner.invoke(cli, ["catalog", "import", str(source), "--out", str(tmp_path / "out")])
    assert done.exit_code == 130
    assert "The same command goes on." in done.stderr
