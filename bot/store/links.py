"""Short codes that join an address to a person or to an officer's desk account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy import delete, func, select
from uuid_utils import uuid7

from bot.store.errors import Conflict
from bot.store.repository import Repository
from bot.store.tables import link_tries, links
from handlers.talk import Address

WINDOW = timedelta(minutes=10)
TRIES = 5
"""Wrong ones of one address within the window."""
TRIES_OF_ALL = 100
"""Wrong ones of everybody while a code lives, after which that code is dead.

Addresses cost nothing on the web, so the limit of each keeps nobody from trying a million codes. With this one a
code of six digits is hit by one attack in ten thousand. It stops nobody else: a code drawn after the wrong tries
does not count them.
"""

Invited: TypeAlias = tuple[Literal["person", "officer"], str]


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
            "issued_at": self._clock(),
            "expires_at": expires_at,
        }
        new = self._insert(links).on_conflict_do_nothing(index_elements=["code_hash"])
        if (await self.run(new.returning(links.c.code_hash), [row])).first() is None:
            raise Conflict("Somebody else holds this code; draw another.")

    async def look(self, code_hash: str, address: Address, now: datetime) -> Invited | None:
        """Who issued the code; None when it is not good or the address tried too often. Wrong ones are counted."""
        since = link_tries.c.at > now - WINDOW
        mine = select(func.count()).select_from(link_tries).where(link_tries.c.address == address, since)
        if (await self.run(mine)).scalar_one() >= TRIES:
            return None
        tries = select(func.count()).select_from(link_tries).where(link_tries.c.at >= links.c.issued_at)
        good = select(links.c.person_id, links.c.officer_id).where(
            links.c.code_hash == code_hash,
            links.c.expires_at > now,
            tries.correlate(links).scalar_subquery() < TRIES_OF_ALL,
        )
        row = (await self.run(good)).first()
        if row is None:
            await self.run(link_tries.insert(), [{"id": str(uuid7()), "address": address, "at": now}])
            return None
        return ("person", row.person_id) if row.officer_id is None else ("officer", row.officer_id)

    async def redeem(self, code_hash: str, address: Address, now: datetime) -> Invited | None:
        """As `look`; the code then is spent."""
        found = await self.look(code_hash, address, now)
        if found is not None and not await self.changed(delete(links).where(links.c.code_hash == code_hash)):
            return None  # somebody else was first
        return found

    async def sweep(self, now: datetime) -> None:
        """Forget codes that are over and tries that count no more."""
        await self.run(delete(links).where(links.c.expires_at <= now))
        await self.run(delete(link_tries).where(link_tries.c.at <= now - WINDOW))
