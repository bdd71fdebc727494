"""What is known about attachments; their bytes lie in a folder named by digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.records import StoredFile
from bot.store.repository import Repository, chunks
from bot.store.tables import files
from bot.store.types import db_time

TRIES = 5
KEEP_UNFILED = timedelta(days=30)


class Files(Repository):
    """Rows of attachments."""

    async def add(self, *stored: StoredFile) -> None:
        """New ones; a known id is left as it is."""
        rows = [_columns(one) | {"created_at": one.created_at or self._clock()} for one in stored]
        if rows:
            await self.run(self._insert(files).on_conflict_do_nothing(index_elements=["id"]), rows)

    async def get(self, file_id: str) -> StoredFile | None:
        """By id."""
        row = (await self.run(select(files).where(files.c.id == file_id))).first()
        return None if row is None else _record(row)

    async def of_case(self, case_id: str) -> list[StoredFile]:
        """Attached to a case, in the order they came."""
        statement = select(files).where(files.c.case_id == case_id).order_by(files.c.created_at, files.c.id)
        return [_record(row) for row in await self.run(statement)]

    async def wanted(self, limit: int) -> list[StoredFile]:
        """Still to be fetched, the oldest first; neither refused nor tried too often."""
        statement = (
            select(files)
            .where(
                files.c.digest.is_(None),
                files.c.remote.is_not(None),
                files.c.refused.is_(None),
                files.c.tries < TRIES,
                _free(),
            )
            .order_by(files.c.created_at, files.c.id)
            .limit(limit)
        )
        return [_record(row) for row in await self.run(statement)]

    async def hold(self, ids: Iterable[str], seconds: float) -> set[str]:
        """Those of `ids` that no other process is fetching; they are this one's for so long."""
        mine: set[str] = set()
        for some in chunks(ids):
            rows = select(files.c.id).where(
                files.c.id.in_(some), files.c.digest.is_(None), files.c.refused.is_(None), _free()
            )
            wanted = list((await self.run(rows.with_for_update(skip_locked=True))).scalars())
            await self.run(update(files).where(files.c.id.in_(wanted)).values(held_until=db_time(seconds)))
            mine.update(wanted)
        return mine

    async def let_go(self, ids: Iterable[str]) -> None:
        """Fetched or not, others may have them."""
        for some in chunks(ids):
            await self.run(update(files).where(files.c.id.in_(some)).values(held_until=None))

    async def take_back(self) -> None:
        """Whoever was fetching is gone."""
        await self.run(update(files).where(files.c.digest.is_(None)).values(held_until=None))

    async def save(self, stored: StoredFile) -> None:
        """What fetching it gave. Name, owner and case stay as they are: they may change meanwhile."""
        values = {name: getattr(stored, name) for name in ("mime", "size", "digest", "tries")}
        # Erasing its sender refuses a file for good, unless it has come all the same.
        refused = None if stored.digest else func.coalesce(stored.refused, files.c.refused)
        await self.run(update(files).where(files.c.id == stored.id).values(**values, refused=refused))

    async def attach(self, ids: Iterable[str], case_id: str, person: str | None) -> None:
        """Make them part of a case."""
        for some in chunks(ids):
            values = {"case_id": case_id, "person_id": person}
            await self.run(update(files).where(files.c.id.in_(some)).values(values))

    async def own(self, ids: Iterable[str], person: str) -> None:
        """Whose they are, so that erasing the person erases them."""
        for some in chunks(ids):
            await self.run(update(files).where(files.c.id.in_(some)).values(person_id=person))

    async def drop(self, ids: Iterable[str]) -> None:
        """Forget those of no case; the clock removes their bytes."""
        for some in chunks(ids):
            await self.run(delete(files).where(files.c.id.in_(some), files.c.case_id.is_(None)))

    async def sweep(self, now: datetime) -> None:
        """Forget what never became part of a case within 30 days."""
        stale = files.c.created_at < now - KEEP_UNFILED
        await self.run(delete(files).where(files.c.case_id.is_(None), stale))

    async def used(self, digests: Iterable[str]) -> set[str]:
        """Those of `digests` that some row still needs; the bytes of the others may go."""
        found: set[str] = set()
        for some in chunks(digests):
            found.update((await self.run(select(files.c.digest).where(files.c.digest.in_(some)))).scalars())
        return found


def _free() -> ColumnElement[bool]:
    return or_(files.c.held_until.is_(None), files.c.held_until <= db_time())


def _columns(stored: StoredFile) -> dict[str, object]:
    values = asdict(stored)
    values["person_id"] = values.pop("person")
    values["case_id"] = values.pop("case")
    del values["created_at"]
    return values


def _record(row: Any) -> StoredFile:
    values = dict(row._mapping)
    del values["held_until"]
    values["person"] = values.pop("person_id")
    values["case"] = values.pop("case_id")
    return StoredFile(**values)
