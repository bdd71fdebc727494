"""The tables, release by release. `upgrade` needs no configuration file and no command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from bot.store.engines import Engines
from bot.store.errors import explaining

if TYPE_CHECKING:
    from alembic.config import Config

ONE_AT_A_TIME = 8247_1635
"""The number of the lock that keeps two processes from migrating PostgreSQL at once."""


def config(connection: Connection) -> Config:
    """Alembic's settings for an open connection."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["connection"] = connection
    return settings


def upgrade_on(connection: Connection) -> None:
    """Bring the tables to this release, inside the transaction of `connection`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    if _is_of_this_release(connection):
        return  # Alembic takes a third of a second to load: not at every start
    from alembic import command

    command.upgrade(config(connection), "head")


def _is_of_this_release(connection: Connection) -> bool:
    newest = max(file.name for file in (Path(__file__).parent / "versions").glob("[0-9]*.py"))
    if not inspect(connection).has_table("alembic_version"):
        return False
    at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return at == newest.partition("_")[0]


def upgrade(url: str) -> None:
    """Bring the tables of the database at `url` to this release. Raises StoreError."""
    asyncio.run(_upgrade(url))


async def _upgrade(url: str) -> None:
    engines = Engines(url)
    try:
        with explaining():
            async with engines.writing() as connection:
                await connection.run_sync(upgrade_on)
    finally:
        await engines.close()
