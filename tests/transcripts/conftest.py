"""The database every play starts from, and the option that writes what is said now into the files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.store.migrations import upgrade


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh", action="store_true", help="write what the bot says now into the transcripts")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("transcripts") / "motcua.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def fresh(tmp_path: Path, empty_database: Path) -> Path:
    """A folder with a fresh database in it."""
    shutil.copyfile(empty_database, tmp_path / "motcua.db")
    return tmp_path
