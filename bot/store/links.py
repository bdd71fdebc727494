"""Short codes that join an address to a person or to an officer's desk account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import case, delete, func, select
from uuid_utils import uuid7

from bot.store.errors import Conflict
from bot.store.repository import Repository
from bot.store.tables import link_tries, links
from handlers.talk import Address

WINDOW = timedelta(minutes=10)
TRIES = 5
TRIES_OF_ALL = 100
"""Addresses cost nothing on the web: without a limit over all of them a million codes could be tried."""


class Links(Repository):
    """Only hashes of codes are stored; a code is good once."""

    async def issue(
        self, person_id: str | None, officer_id: str | None, code_hash: str, expires_at: datetime
    ) -> None:
        """Replace whatever code the same issuer had. Raises Conflict when somebody else holds this code."""
        own = links.c.officer_id == officer_id if person_id is None else links.c.person_id == person_id
        await self.run(delete(links).where(own | (links.c.expires_at <= self._clock())))
        row = {
            "code_hash": code_hash,
            "person_id": person_id,
            "officer_id": officer_id,
            "expires_at": expires_at,
        }
        new = self._insert(links).on_conflict_do_nothing(index_elements=["code_hash"])
        if (await self.run(new.returning(links.c.code_hash), [row])).first() is None:
            raise Conflict("Somebody else holds this code; draw another.")

    async def redeem(
        self, code_hash: str, address: Address, now: datetime
    ) -> tuple[Literal["person", "officer"], str] | None:
        """Who issued the code, which then is spent; None when it is not good or this address tried too often."""
        await self.run(delete(link_tries).where(link_tries.c.at <= now - WINDOW))
        mine = func.coalesce(func.sum(case((link_tries.c.address == address, 1), else_=0)), 0)
        tries = (await self.run(select(mine, func.count()).select_from(link_tries))).one()
        if tries[0] >= TRIES or tries[1] >= TRIES_OF_ALL:
            return None
        spent = delete(links).where(links.c.code_hash == code_hash, links.c.expires_at > now)
        row = (await self.run(spent.returning(links.c.person_id, links.c.officer_id))).first()
        if row is None:
            await self.run(link_tries.insert(), [{"id": str(uuid7()), "address": address, "at": now}])
            return None
        return ("person", row.person_id) if row.officer_id is None else ("officer", row.officer_id)
