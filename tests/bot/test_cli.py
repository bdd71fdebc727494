"""`motcua` as an operator meets it: what goes wrong is one sentence and an exit code, never a trace."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli import main
from tests.faults.process import Served, command, environment, free_port

DEPLOYMENT = "xa-truc-ninh"
DEPLOYMENTS = Path(__file__).parents[2] / "deployments"


def run(folder: Path, *words: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    given = {"database_url": f"sqlite+aiosqlite:///{folder / 'motcua.db'}", "files_dir": folder / "files"}
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=environment(**given | settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def sentence(ran: subprocess.CompletedProcess[str], code: int) -> str:
    """The one line on standard error of a command that failed with `code`."""
    assert ran.returncode == code, ran.stderr
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1, ran.stderr
    return ran.stderr.strip()


@pytest.fixture
async def served(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Served]:
    served = Served(tmp_path, sqlite_url)
    served.start()
    try:
        await served.ready()
        yield served
    finally:
        served.put_away()


async def test_a_second_serve_on_the_same_file_refuses_and_the_first_goes_on(
    served: Served, tmp_path: Path, sqlite_url: str
) -> None:
    ran = run(tmp_path, "serve", database_url=sqlite_url, port=free_port())
    assert "already serves the database motcua.db" in sentence(ran, 3)
    await served.ready()
    assert await served.stop() == 0
    assert not served.complaints()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = sentence(run(tmp_path, "serve", port=port), 3)
    assert f"127.0.0.1:{port}" in told
    assert "MOTCUA_PORT" in told


def test_a_folder_for_attachments_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("not a folder", encoding="utf-8")
    told = sentence(run(tmp_path, "serve", files_dir=tmp_path / "paper" / "files", port=free_port()), 3)
    assert "MOTCUA_FILES_DIR" in told


def test_an_env_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("MOTCUA_DEPLOYMENT=xã".encode("utf-16"))
    assert ".env is not UTF-8" in sentence(run(tmp_path, "search", "khai sinh"), 2)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("not a folder", encoding="utf-8")
    url = f"sqlite+aiosqlite:///{tmp_path / 'paper' / 'motcua.db'}"
    told = sentence(run(tmp_path, "serve", database_url=url, port=free_port()), 3)
    assert "cannot be opened for writing" in told


def test_postgresql_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://motcua:geheim@127.0.0.1:{free_port()}/motcua"
    told = sentence(run(tmp_path, "serve", database_url=url, port=free_port()), 3)
    assert "PostgreSQL cannot be reached" in told
    assert "geheim" not in told


@pytest.mark.parametrize("words", [("serve",), ("catalog", "check")], ids=" ".join)
def test_broken_yaml_of_a_deployment_is_told_with_file_and_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = tmp_path / "deployments" / DEPLOYMENT
    shutil.copytree(DEPLOYMENTS / DEPLOYMENT, folder)
    offices = folder / "offices.yaml"
    lines = offices.read_text(encoding="utf-8").count("\n")
    with offices.open("a", encoding="utf-8") as file:
        file.write('  broken: "no end\n')
    ran = run(tmp_path, *words, deployments_dir=folder.parent, port=free_port())
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    told = next(line for line in (ran.stdout + ran.stderr).splitlines() if line.startswith(f"{offices}:"))
    assert lines <= int(told.split(":")[1]) <= lines + 2


def test_broken_wording_of_a_deployment_is_told_with_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "deployments" / DEPLOYMENT
    shutil.copytree(DEPLOYMENTS / DEPLOYMENT, folder)
    broken = folder / "wording" / "vi" / "menu.yaml"
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_text('hello: "no end\n', encoding="utf-8")
    ran = run(tmp_path, "serve", deployments_dir=folder.parent, port=free_port())
    assert ran.returncode == 1
    assert str(broken) in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"port": "door"}, "MOTCUA_PORT"),
        ({"port": 0}, "MOTCUA_PORT"),
        ({"database_url": "mysql://127.0.0.1/motcua"}, "MOTCUA_DATABASE_URL"),
        ({"deployment": "xa-khong-co"}, "xa-khong-co"),
        ({"demo": 1, "host": "0.0.0.0"}, "MOTCUA_DEMO"),
        ({"demo": 1, "public_url": "https://motcua.example.gov.vn"}, "MOTCUA_DEMO"),
        ({"database_url": "postgresql+asyncpg://a:b@h:bad/x"}, "MOTCUA_DATABASE_URL"),
        ({"log_level": "LOUD"}, "MOTCUA_LOG_LEVEL"),
    ],
    ids=str,
)
def test_a_bad_setting_is_told_by_its_name(
    settings: dict[str, object],
    names: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["motcua", "serve"])
    for name, value in environment(**settings).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    told = capsys.readouterr()
    assert names in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_an_unknown_command_is_a_usage_fault(tmp_path: Path) -> None:
    assert run(tmp_path, "dance").returncode == 2
