"""Named leases: which process does what only one may do."""

from __future__ import annotations

from sqlalchemy import delete, or_

from bot.store.repository import Repository
from bot.store.tables import leases
from bot.store.types import db_time


class Leases(Repository):
    """Held by the database's clock, so that processes need not agree on theirs."""

    async def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take or renew `name`; False while somebody else holds it."""
        new = self._insert(leases).values(name=name, holder=holder, held_until=db_time(seconds))
        free = or_(leases.c.holder == holder, leases.c.held_until <= db_time())
        values = {"holder": new.excluded.holder, "held_until": new.excluded.held_until}
        taken = new.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
        return (await self.run(taken.returning(leases.c.name))).first() is not None

    async def take_back(self) -> None:
        """Whoever held any is gone."""
        await self.run(delete(leases))

    async def give(self, name: str, holder: str) -> None:
        """Give it back, if it is still held."""
        await self.run(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
