"""The talk in progress at each address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.repository import Repository, chunks
from bot.store.tables import sessions
from bot.store.types import UtcDateTime
from handlers.codec import session_from_json, to_json
from handlers.talk import Address, Session

_LOAD = select(sessions.c.address, sessions.c.body).where(
    sessions.c.address.in_(bindparam("addresses", expanding=True))
)


KEEP_TALK = timedelta(days=30)
SWEPT_AT_ONCE = 500

_LEFT_ALONE = (
    select(sessions.c.address, sessions.c.body, sessions.c.answers_at)
    .where(sessions.c.answers_at < bindparam("then", type_=UtcDateTime()))
    .order_by(sessions.c.answers_at)
    .limit(SWEPT_AT_ONCE)
)
_FORGET = (
    update(sessions)
    .where(sessions.c.address == bindparam("at"), sessions.c.answers_at == bindparam("seen"))
    .values(body=bindparam("new_body"), answers_at=None)
)


class Sessions(Repository):
    """One row an address, replaced whole. `answers_at` says since when there are answers in it, if there are."""

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

    async def sweep(self, now: datetime) -> int:
        """Forget what was answered in some of the talks left alone for 30 days; how many were looked at.

        The version stays: old buttons stay old. A talk that goes on meanwhile is left as it is.
        """
        left_alone = (await self.run(_LEFT_ALONE, {"then": now - KEEP_TALK})).all()
        bare = [
            {
                "at": row.address,
                "seen": row.answers_at,
                "new_body": to_json(replace(session_from_json(row.body), thread=None, parked=None)),
            }
            for row in left_alone
        ]
        if bare:
            await self.run(_FORGET, bare)
        return len(bare)

    async def delete(self, *addresses: Address) -> None:
        """Forget the talk. What this transaction saves for the address, before or after, is not kept."""
        self._deleted.update(addresses)
        for some in chunks(addresses):
            await self.run(delete(sessions).where(sessions.c.address.in_(some)))

    async def flush(self) -> None:
        """Write what was recorded."""
        saved_at = self._clock()
        rows = [
            {
                "address": address,
                "version": one.version,
                "body": to_json(one),
                "answers_at": saved_at if one.thread is not None or one.parked is not None else None,
            }
            for address, one in self._saved.items()
            if address not in self._deleted
        ]
        self._saved = {}
        if not rows:
            return
        statement = self._insert(sessions)
        new = statement.excluded
        values = {"version": new.version, "body": new.body, "answers_at": new.answers_at}
        await self.run(statement.on_conflict_do_update(index_elements=["address"], set_=values), rows)
