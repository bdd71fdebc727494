"""Ticked steps, kept for weeks."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from bot.store.repository import Repository
from bot.store.tables import checklists
from handlers.codec import to_json
from handlers.services import Checklist


class Checklists(Repository):
    """One a person, procedure and way."""

    async def of_person(self, person_id: str) -> list[Checklist]:
        """The newest first."""
        newest = checklists.c.updated_at.desc()
        statement = select(checklists).where(checklists.c.person_id == person_id).order_by(newest)
        return [_record(row) for row in await self.run(statement)]

    async def get(self, person_id: str, procedure: str, way: str) -> Checklist | None:
        """One of them."""
        statement = select(checklists).where(
            checklists.c.person_id == person_id,
            checklists.c.procedure == procedure,
            checklists.c.way == way,
        )
        row = (await self.run(statement)).first()
        return None if row is None else _record(row)

    async def save(self, person_id: str, checklist: Checklist) -> None:
        """Make or replace it."""
        row = {
            "person_id": person_id,
            "procedure": checklist.procedure,
            "way": checklist.way,
            "decision": checklist.decision,
            "ticked": to_json(checklist.ticked),
            "updated_at": checklist.updated_at,
        }
        statement = self._insert(checklists)
        new = statement.excluded
        values = {"decision": new.decision, "ticked": new.ticked, "updated_at": new.updated_at}
        key = ["person_id", "procedure", "way"]
        await self.run(statement.on_conflict_do_update(index_elements=key, set_=values), [row])


def _record(row: Any) -> Checklist:
    return Checklist(
        procedure=row.procedure,
        way=row.way,
        decision=row.decision,
        ticked=frozenset(json.loads(row.ticked)),
        updated_at=row.updated_at,
    )
