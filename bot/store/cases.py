"""Cases and the events that are their only history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.errors import Conflict
from bot.store.repository import Repository
from bot.store.tables import case_events, cases
from handlers.cases.model import Case, CaseEvent, Status
from handlers.codec import case_from_json, event_from_json, to_json

STILL_TO_DO = (Status.NEW, Status.TAKEN)
ANSWERED = (Status.ANSWERED, Status.CLOSED)


class Cases(Repository):
    """Who sent a case stands in columns alone, so that erasing it leaves nothing in the JSON beside them.

    What the sender called their files, and where a channel has them, stands with the files.
    """

    async def add(self, case: Case, event: CaseEvent) -> None:
        """A new case and what opened it. Raises Conflict when the code is taken."""
        sender = {
            "person_id": case.person,
            "name": case.name,
            "phone": case.phone,
            "anonymous": case.anonymous,
        }
        row = {"id": case.id, "code": _digits(case.code), "opened_at": case.opened_at, **sender, **_columns(case)}
        new = self._insert(cases).on_conflict_do_nothing(index_elements=["code"]).returning(cases.c.id)
        if (await self.run(new, [row])).first() is None:
            raise Conflict("The code of the new case is taken.")
        await self._tell([event])

    async def find(self, code: str) -> Case | None:
        """By its public code, whatever stands between the digits."""
        return await self._one(cases.c.code == _digits(code))

    async def get(self, case_id: str) -> Case | None:
        """By id."""
        return await self._one(cases.c.id == case_id)

    async def save(self, case: Case, events: Sequence[CaseEvent], expected_version: int) -> None:
        """Replace the case if it still is at `expected_version`, else raise Conflict.

        Its sender (person, name, phone, anonymous) never changes here, only by joining and erasing.
        """
        changed = update(cases).where(cases.c.id == case.id, cases.c.version == expected_version)
        if await self.changed(changed.values(_columns(case))) != 1:
            raise Conflict("The case was changed by somebody else meanwhile.")
        await self._tell(events)

    async def of_person(self, person_id: str) -> list[Case]:
        """What a person sent, the newest first."""
        return await self._all(
            select(cases).where(cases.c.person_id == person_id).order_by(cases.c.opened_at.desc(), cases.c.id)
        )

    async def of_office(self, offices: Iterable[str]) -> list[Case]:
        """What these offices have and nobody has answered yet, soonest due first."""
        mine = select(cases).where(_with(offices, STILL_TO_DO))
        return await self._all(mine.order_by(cases.c.due, cases.c.id))

    async def answered(self, offices: Iterable[str], *, limit: int, skip: int = 0) -> list[Case]:
        """What these offices have answered, the newest first, past the first `skip`."""
        mine = select(cases).where(_with(offices, ANSWERED))
        return await self._all(
            mine.order_by(cases.c.opened_at.desc(), cases.c.id.desc()).limit(limit).offset(skip)
        )

    async def history(self, case_id: str) -> list[CaseEvent]:
        """What happened, oldest first."""
        statement = select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.number)
        return [_event(row) for row in await self.run(statement)]

    async def _one(self, which: ColumnElement[bool]) -> Case | None:
        return next(iter(await self._all(select(cases).where(which))), None)

    async def _all(self, statement: Select[Any]) -> list[Case]:
        return [_case(row) for row in await self.run(statement)]

    async def _tell(self, events: Sequence[CaseEvent]) -> None:
        if events:
            await self.run(case_events.insert(), [_event_columns(event) for event in events])


def _digits(code: str) -> str:
    return "".join(letter for letter in code if letter in "0123456789")


def _with(offices: Iterable[str], statuses: Iterable[Status]) -> ColumnElement[bool]:
    return and_(cases.c.office.in_(list(offices)), cases.c.status.in_([status.value for status in statuses]))


def _columns(case: Case) -> dict[str, object]:
    files = tuple(replace(file, name=None, remote=None) for file in case.files)
    return {
        "kind": case.kind.value,
        "office": case.office,
        "status": case.status.value,
        "due": case.due,
        "version": case.version,
        "body": to_json(replace(case, person=None, name=None, phone=None, anonymous=False, files=files)),
    }


def _case(row: Any) -> Case:
    return replace(
        case_from_json(row.body),
        person=row.person_id,
        name=row.name,
        phone=row.phone,
        anonymous=row.anonymous,
    )


def _event_columns(event: CaseEvent) -> dict[str, object]:
    return {
        "case_id": event.case,
        "number": event.number,
        "by_kind": event.by.kind,
        "by_id": event.by.id,
        "by_name": event.by.name,
        "body": to_json(replace(event, by=replace(event.by, id="", name=None))),
    }


def _event(row: Any) -> CaseEvent:
    event = event_from_json(row.body)
    return replace(event, by=replace(event.by, id=row.by_id, name=row.by_name))
