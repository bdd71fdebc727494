"""Who somebody is: one person, any number of addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement
from uuid_utils import uuid7

from bot.store.erasure import erase
from bot.store.errors import Conflict
from bot.store.lanes import Inbox
from bot.store.outbox import Outbox
from bot.store.repository import Repository, chunks
from bot.store.sessions import Sessions
from bot.store.tables import addresses, cases, checklists, consents, files, links, officers, persons
from handlers.services import Erased
from handlers.talk import Address, Person

_WHO = (
    select(persons.c.id, persons.c.lang, addresses.c.address, officers.c.id.label("officer"))
    .select_from(
        persons.outerjoin(addresses, addresses.c.person_id == persons.c.id).outerjoin(
            officers, and_(officers.c.person_id == persons.c.id, officers.c.active)
        )
    )
    .order_by(persons.c.id, addresses.c.created_at, addresses.c.address)
)
_here = addresses.alias("here")
_AT = _WHO.where(
    persons.c.id.in_(select(_here.c.person_id).where(_here.c.address.in_(bindparam("asked", expanding=True))))
)


class Persons(Repository):
    """Persons, their addresses and consents. Erasing reaches into everything else."""

    def __init__(
        self,
        connection: AsyncConnection,
        clock: Callable[[], datetime],
        inbox: Inbox,
        outbox: Outbox,
        sessions: Sessions,
    ) -> None:
        super().__init__(connection, clock)
        self._inbox, self._outbox, self._sessions = inbox, outbox, sessions

    async def load(self, wanted: Iterable[Address], lang: str = "vi") -> dict[Address, Person]:
        """The person at each address; who is new is made, with `lang`."""
        asked = list(dict.fromkeys(wanted))
        found = await self._find(asked)
        unknown = [address for address in asked if address not in found]
        if unknown:
            await self._make(unknown, lang)
            found |= await self._find(unknown)
        return found

    async def get(self, person_id: str) -> Person | None:
        """By id."""
        return await self._one(persons.c.id == person_id)

    async def by_officer(self, officer_id: str) -> Person | None:
        """The person an officer's desk account is linked to."""
        return await self._one(officers.c.id == officer_id)

    async def set_language(self, person_id: str, lang: str) -> None:
        """For replies and notices from now on."""
        await self.run(update(persons).where(persons.c.id == person_id).values(lang=lang))

    async def join(self, address: Address, into_person_id: str) -> None:
        """Make the person at `address` one with `into_person_id`: all addresses, cases, checklists, files and
        consents move over. Of two checklists of the same steps the later one stays.

        An officer's chat is joined with nobody, or somebody else would be that officer: raises Conflict.
        """
        found = await self._find([address])
        if address not in found:
            row = {"address": address, "person_id": into_person_id, "created_at": self._clock()}
            await self.run(addresses.insert(), [row])
            return
        old = found[address].id
        if old == into_person_id:
            return
        either = (
            await self.run(select(officers.c.id).where(officers.c.person_id.in_([old, into_person_id])))
        ).first()
        if either is not None:
            raise Conflict("An officer's chat cannot be joined with another one.")
        await self._keep_later_checklists(old, into_person_id)
        for table in (addresses, cases, checklists, consents, files, links):
            await self.run(update(table).where(table.c.person_id == old).values(person_id=into_person_id))
        await self.run(delete(persons).where(persons.c.id == old))

    async def part(self, address: Address) -> str:
        """The id of a new person, who has this address alone. All else stays with who had it."""
        old = (await self._find([address]))[address]
        person_id = str(uuid7())
        row = {"id": person_id, "lang": old.lang, "created_at": self._clock()}
        await self.run(persons.insert(), [row])
        await self.run(update(addresses).where(addresses.c.address == address).values(person_id=person_id))
        return person_id

    async def consent(self, person_id: str, what: str, at: datetime) -> None:
        """Record that the person agreed, actively, to `what`."""
        row = {"id": str(uuid7()), "person_id": person_id, "what": what, "at": at}
        await self.run(consents.insert(), [row])

    async def kept(self, person_id: str) -> dict[str, int]:
        """How many of each thing there are: addresses, checklists, cases, files."""
        return {
            table.name: int(
                (
                    await self.run(select(func.count()).select_from(table).where(table.c.person_id == person_id))
                ).scalar_one()
            )
            for table in (addresses, checklists, cases, files)
        }

    async def erase(self, person_id: str) -> Erased:
        """Remove the person really; see `bot.store.erasure`."""
        return await erase(self, self._inbox, self._outbox, self._sessions, person_id)

    async def _keep_later_checklists(self, old: str, new: str) -> None:
        """Where both persons have a checklist of the same steps, remove the earlier one."""
        mine, other = checklists.alias("mine"), checklists.alias("other")
        same = and_(mine.c.procedure == other.c.procedure, mine.c.way == other.c.way)
        pairs = (
            select(mine.c.procedure, mine.c.way, mine.c.updated_at, other.c.updated_at.label("other_at"))
            .join_from(mine, other, same)
            .where(mine.c.person_id == old, other.c.person_id == new)
        )
        for row in (await self.run(pairs)).all():
            loser = new if row.updated_at > row.other_at else old
            await self.run(
                delete(checklists).where(
                    checklists.c.person_id == loser,
                    checklists.c.procedure == row.procedure,
                    checklists.c.way == row.way,
                )
            )

    async def _find(self, wanted: Iterable[Address]) -> dict[Address, Person]:
        found: dict[Address, Person] = {}
        for some in chunks(wanted):
            for person in await self._people(_AT, {"asked": some}):
                found |= dict.fromkeys(person.addresses, person)
        return {address: found[address] for address in wanted if address in found}

    async def _one(self, which: ColumnElement[bool]) -> Person | None:
        return next(iter(await self._people(_WHO.where(which))), None)

    async def _people(self, statement: Select[Any], values: Any = None) -> list[Person]:
        rows: defaultdict[str, list[Any]] = defaultdict(list)
        for row in await self.run(statement, values):
            rows[row.id].append(row)
        return [
            Person(
                id=person_id,
                lang=theirs[0].lang,
                officer=theirs[0].officer,
                addresses=tuple(row.address for row in theirs if row.address is not None),
            )
            for person_id, theirs in rows.items()
        ]

    async def _make(self, unknown: Iterable[Address], lang: str) -> None:
        now = self._clock()
        ids = {address: str(uuid7()) for address in sorted(unknown)}
        people = [{"id": person_id, "lang": lang, "created_at": now} for person_id in ids.values()]
        await self.run(persons.insert(), people)
        rows = [{"address": at, "person_id": person_id, "created_at": now} for at, person_id in ids.items()]
        statement = self._insert(addresses).on_conflict_do_nothing(index_elements=["address"])
        made = set((await self.run(statement.returning(addresses.c.address), rows)).scalars())
        late = [person_id for address, person_id in ids.items() if address not in made]
        if late:  # another process met them at the same moment, and was first
            await self.run(delete(persons).where(persons.c.id.in_(late)))
