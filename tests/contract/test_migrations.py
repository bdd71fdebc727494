"""The migrations make exactly the tables the code describes, and leave them alone when run again."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from bot.store.engines import Engines
from bot.store.migrations import config, upgrade_on
from bot.store.tables import metadata
from bot.store.work import open_store
from tests.conftest import Clock


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/new/folder/motcua.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


async def test_migrations_make_what_the_tables_say(empty_url: str, clock: Clock) -> None:
    store = await open_store(empty_url, clock)
    await store.migrate()
    await store.migrate()
    await store.close()
    engines = Engines(empty_url)
    async with engines.reading() as connection:
        assert await connection.run_sync(_differences) == []
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await engines.close()
    assert names == {*metadata.tables, "alembic_version"}


async def test_partial_indexes_are_partial(empty_url: str, clock: Clock) -> None:
    store = await open_store(empty_url, clock)
    await store.migrate()
    await store.close()
    engines = Engines(empty_url)
    async with engines.reading() as connection:
        made = await connection.run_sync(_partial_indexes)
    await engines.close()
    option = "sqlite_where" if empty_url.startswith("sqlite") else "postgresql_where"
    meant = {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options[option.split("_")[0]]["where"] is not None
    }
    assert made == meant


async def test_down_and_up_again(empty_url: str) -> None:
    engines = Engines(empty_url)
    async with engines.writing() as connection:
        await connection.run_sync(upgrade_on)
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "base"))
        left = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert left == ["alembic_version"]
        await connection.run_sync(upgrade_on)
        assert await connection.run_sync(_differences) == []
    await engines.close()


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _partial_indexes(connection: Connection) -> set[str | None]:
    found = inspect(connection)
    return {
        index["name"]
        for table in metadata.tables
        for index in found.get_indexes(table)
        if any(option.endswith("_where") for option in index.get("dialect_options", {}))
    }
