"""Connections: SQLite has one that writes and others that read, PostgreSQL a pool."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.errors import StoreBusy, StoreError

Result = TypeVar("Result")

BUSY_SECONDS = 15.0
"""How long a writer of SQLite waits for another process's commit."""

CONNECT_SECONDS = 10.0
READERS = 4
POOL = 10
CACHE_KIB = 32 * 1024


class Engines:
    """The two ways to a database. `path` is SQLite's file, None for PostgreSQL."""

    def __init__(self, url: str) -> None:
        parsed = _checked(url)
        self.path: Path | None = None
        if parsed.get_backend_name() == "sqlite":
            self.path = Path(parsed.database or "")
            self._turn: contextlib.AbstractAsyncContextManager[Any] = asyncio.Lock()
            self._writer = _sqlite(parsed, "BEGIN IMMEDIATE", 1)
            self._reader = _sqlite(parsed, "BEGIN", READERS)
        else:
            self._turn = contextlib.nullcontext()
            self._writer = create_async_engine(
                parsed,
                hide_parameters=True,
                pool_size=POOL,
                max_overflow=0,
                pool_pre_ping=True,
                connect_args={"timeout": CONNECT_SECONDS},
            )
            self._reader = self._writer.execution_options(postgresql_readonly=True)
        self._claim: int | None = None

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits on a clean exit. On SQLite one at a time."""
        async with self._turn, _connected(self._writer) as connection:
            transaction = connection.begin()
            await to_its_end(transaction.start())
            yield connection
            await to_its_end(transaction.commit())

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may not write."""
        async with _connected(self._reader) as connection:
            yield connection

    def claim(self) -> None:
        """Make this process the owner of the SQLite file until `close`. Raises StoreBusy."""
        if self.path is None or self._claim is not None:
            return
        lock = self.path.with_name(self.path.name + ".lock")
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise StoreError(f"The folder of the database cannot be written: {fault.strerror}.") from fault
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            os.close(handle)
            raise StoreBusy(
                f"Another process already serves the database {self.path.name}; stop it first,"
                " or use PostgreSQL for several processes."
            ) from fault
        self._claim = handle

    async def close(self) -> None:
        """Give everything back."""
        await self._writer.dispose()
        await self._reader.dispose()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None


async def to_its_end(step: Coroutine[Any, Any, Result]) -> Result:
    """Await a step of a driver whole; a cancellation is let through after it.

    A statement cut off half-way keeps the lock of its SQLite connection until somebody collects the garbage.
    """
    task = asyncio.create_task(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            task.exception()
        raise


@contextlib.asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction, if not committed, is rolled back at the end."""
    connection = engine.connect()
    try:
        try:
            await to_its_end(connection.start())
        except OSError as fault:
            raise StoreError("PostgreSQL cannot be reached at the address of the database URL.") from fault
        yield connection
    finally:
        if connection.sync_connection is not None:
            await to_its_end(connection.close())


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as fault:
        raise StoreError("The database URL cannot be read.") from fault
    if parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise StoreError("The database URL must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://.")
    if parsed.drivername == "sqlite+aiosqlite":
        if not parsed.database or ":memory:" in parsed.database:
            raise StoreError("SQLite needs a file: a database in memory would not outlive a crash.")
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(parsed.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as fault:
            raise StoreError(f"The database file cannot be opened for writing: {fault.strerror}.") from fault
    return parsed


def _sqlite(url: URL, begin: str, size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=size,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS},
    )

    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver would begin by itself, and later than needed
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            f"cache_size = -{CACHE_KIB}",
            f"query_only = {'ON' if begin == 'BEGIN' else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
    return engine
