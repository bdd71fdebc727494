"""`motcua catalog show` and `stats`: every value as it stands, with where it stands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli

CODE = "1.001193"
DEPLOYMENTS = Path(__file__).parents[2] / "deployments"
runner = CliRunner()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_DEPLOYMENTS_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    return shutil.copytree(DEPLOYMENTS / "xa-truc-ninh", tmp_path / "xa-truc-ninh")


def override(place: Path, text: str) -> None:
    (place / "procedures").mkdir()
    (place / "procedures" / f"{CODE}.yaml").write_text(f"code: '{CODE}'\n{text}", encoding="utf-8")


def test_show_names_the_layer_of_each_value(place: Path) -> None:
    override(place, "plain: Câu của xã\nnotes: []\nconfirmed:\n  by_office: Xã\n  on: 2026-11-22\n")
    told = json.loads(runner.invoke(cli, ["catalog", "show", CODE, "--json"]).stdout)
    rows = {row["path"]: row for row in told}
    assert (rows["plain"]["value"], rows["plain"]["layer"], rows["plain"]["line"]) == (
        "Câu của xã",
        "xa-truc-ninh",
        2,
    )
    assert (rows["notes"]["value"], rows["notes"]["layer"]) == ("[]", "xa-truc-ninh")
    assert rows["confirmed.by_office"]["layer"] == "xa-truc-ninh"
    assert rows["name"]["layer"] == "shipped"


def test_show_prints_brackets_as_they_stand(place: Path) -> None:
    override(place, "plain: 'a [/b] c [tên]'\n")
    done = runner.invoke(cli, ["catalog", "show", CODE])
    assert done.exit_code == 0, done.output
    assert "a [/b] c [tên]" in done.stdout


def test_an_unknown_code_is_told(place: Path) -> None:
    done = runner.invoke(cli, ["catalog", "show", "9.999999"])
    assert done.exit_code == 2
    assert "There is no procedure 9.999999" in done.stderr


def test_a_folder_that_is_not_there(place: Path) -> None:
    with pytest.raises(Exception, match="there is no folder") as caught:
        runner.invoke(cli, ["catalog", "check", "/nowhere"], catch_exceptions=False)
    assert "/nowhere" in str(caught.value)


def test_stats_counts_what_an_import_brings(place: Path, tmp_path: Path) -> None:
    line = {"code": "9.000001", "name": "Mẫu", "field": "Mẫu", "level": ["xã"], "source": {"date": "2026-06-10"}}
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps(line), encoding="utf-8")
    runner.invoke(cli, ["catalog", "import", str(source), "--out", str(tmp_path / "out")])
    shipped = json.loads(runner.invoke(cli, ["catalog", "stats", "--json"]).stdout)
    told = json.loads(
        runner.invoke(cli, ["catalog", "stats", "--json", "--catalog", str(tmp_path / "out")]).stdout
    )
    assert told["draft_codes"] == ["9.000001"]
    assert "9.000001" in told["codes"]
    assert told["reviewed"] == shipped["reviewed"] >= 150
