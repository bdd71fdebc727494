"""The store, and the unit of work: one transaction with everything that can be done in it.

Writes of the hot path (`inbox.settle`, `sessions.save`, `outbox.add`, `outbox.sent`, `outbox.unpark`) are
recorded and written together at commit, so that a group of turns costs a handful of statements. Reads in
the same transaction do not see them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.cases import Cases
from bot.store.checklists import Checklists
from bot.store.engines import Engines
from bot.store.errors import Conflict, StoreBusy, StoreError, explaining
from bot.store.files import Files
from bot.store.lanes import Inbox
from bot.store.leases import Leases
from bot.store.links import Links
from bot.store.migrations import upgrade_on
from bot.store.officers import Officers
from bot.store.outbox import Outbox
from bot.store.persons import Persons
from bot.store.sessions import Sessions

__all__ = ["Conflict", "Store", "StoreBusy", "StoreError", "Work", "open_store"]

Clock = Callable[[], datetime]


class Work:
    """One transaction."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self.inbox = Inbox(connection, clock)
        self.outbox = Outbox(connection, clock)
        self.sessions = Sessions(connection, clock)
        self.persons = Persons(connection, clock, self.inbox, self.outbox, self.sessions)
        self.cases = Cases(connection, clock)
        self.checklists = Checklists(connection, clock)
        self.links = Links(connection, clock)
        self.officers = Officers(connection, clock)
        self.files = Files(connection, clock)
        self.leases = Leases(connection, clock)

    async def flush(self) -> None:
        """Write what was recorded; the store does it before it commits."""
        await self.sessions.flush()
        await self.outbox.flush()
        await self.inbox.flush()


class Store:
    """A database of one deployment.

    `inbox_wake` and `outbox_wake` are set after a commit of this process that added rows there; whoever waits
    clears them. Other processes on the same PostgreSQL are not told: poll about once a second besides.
    """

    def __init__(self, engines: Engines, clock: Clock) -> None:
        self._engines = engines
        self._clock = clock
        self.inbox_wake = asyncio.Event()
        self.outbox_wake = asyncio.Event()

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        """A transaction that writes; commits on a clean exit. Raises StoreError."""
        with explaining():
            async with self._engines.writing() as connection:
                work = Work(connection, self._clock)
                yield work
                await work.flush()
        if work.inbox.added:
            self.inbox_wake.set()
        if work.outbox.touched:
            self.outbox_wake.set()

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        """A transaction that only reads. What is recorded in it is never written."""
        with explaining():
            async with self._engines.reading() as connection:
                yield Work(connection, self._clock)

    async def claim(self) -> None:
        """Be the one process that serves a SQLite file. Raises StoreBusy; PostgreSQL takes any number.

        The process before may have been killed while it was sending: its leases end here.
        """
        self._engines.claim()
        if self._engines.path is not None:
            async with self.begin() as work:
                await work.outbox.take_back()
                await work.leases.take_back()
                await work.files.take_back()

    async def migrate(self) -> None:
        """Bring the tables to this release, in one transaction. Raises StoreError."""
        with explaining():
            async with self._engines.writing() as connection:
                await connection.run_sync(upgrade_on)

    async def close(self) -> None:
        """Give back connections and the claim."""
        await self._engines.close()


async def open_store(url: str, clock: Clock) -> Store:
    """Open `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`. Raises StoreError when it cannot be reached."""
    engines = Engines(url)
    try:
        with explaining():
            async with engines.reading() as connection:
                await connection.execute(text("SELECT 1"))
    except BaseException:
        await engines.close()
        raise
    return Store(engines, clock)
