"""The talk in progress at each address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.repository import Repository, chunks
from bot.store.tables import sessions
from handlers.codec import session_from_json, to_json
from handlers.talk import Address, Session

_LOAD = select(sessions.c.address, sessions.c.body).where(
    sessions.c.address.in_(bindparam("addresses", expanding=True))
)


KEEP_TALK = timedelta(days=30)


class Sessions(Repository):
    """One row an address, replaced whole."""

    def __init__(self, connection: AsyncConnection, clock: Callable[[], datetime]) -> None:
        super().__init__(connection, clock)
        self._saved: dict[Address, Session] = {}
        self._deleted: set[Address] = set()

    async def load(self, addresses: Iterable[Address]) -> dict[Address, Session]:
        """The sessions there are; an address without one is left out."""
        found: dict[Address, Session] = {}
        for some in chunks(addresses):
            for row in await self.run(_LOAD, {"addresses": some}):
                found[row.address] = session_from_json(row.body)
        return found

    def save(self, session: Session) -> None:
        """Written at commit, unless the address is deleted in the same transaction."""
        self._saved[session.address] = session

    async def sweep(self, now: datetime) -> None:
        """Forget what was answered in talks left alone for 30 days. The version stays: old buttons stay old."""
        left_alone = select(sessions.c.address, sessions.c.body).where(sessions.c.saved_at < now - KEEP_TALK)
        for row in (await self.run(left_alone)).all():
            session = session_from_json(row.body)
            if session.thread is not None or session.parked is not None:
                self.save(replace(session, thread=None, parked=None))

    async def delete(self, *addresses: Address) -> None:
        """Forget the talk. What this transaction saves for the address, before or after, is not kept."""
        self._deleted.update(addresses)
        for some in chunks(addresses):
            await self.run(delete(sessions).where(sessions.c.address.in_(some)))

    async def flush(self) -> None:
        """Write what was recorded."""
        saved_at = self._clock()
        rows = [
            {"address": address, "version": one.version, "body": to_json(one), "saved_at": saved_at}
            for address, one in self._saved.items()
            if address not in self._deleted
        ]
        self._saved = {}
        if not rows:
            return
        statement = self._insert(sessions)
        new = statement.excluded
        values = {"version": new.version, "body": new.body, "saved_at": new.saved_at}
        await self.run(statement.on_conflict_do_update(index_elements=["address"], set_=values), rows)
