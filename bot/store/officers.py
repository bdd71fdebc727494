"""Desk accounts and who is signed in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.errors import Conflict
from bot.store.records import DeskSession, Officer
from bot.store.repository import Repository
from bot.store.tables import desk_sessions, links, officers
from handlers.codec import to_json


class Officers(Repository):
    """Officers are never deleted, only made inactive: events name them."""

    async def find(self, login: str, *, to_change: bool = False) -> Officer | None:
        """By login; `to_change` holds the row until the commit, so that counted tries are not lost."""
        return await self._one(officers.c.login == login, to_change=to_change)

    async def get(self, officer_id: str, *, to_change: bool = False) -> Officer | None:
        """By id; `to_change` as in `find`."""
        return await self._one(officers.c.id == officer_id, to_change=to_change)

    async def all(self) -> list[Officer]:
        """Everybody, by login, inactive ones too."""
        return [_record(row) for row in await self.run(select(officers).order_by(officers.c.login))]

    async def of_office(self, office_id: str) -> list[Officer]:
        """Active officers who serve this office, by login."""
        return [one for one in await self.all() if one.active and office_id in one.offices]

    async def add(self, officer: Officer) -> None:
        """Raises Conflict when the login is taken."""
        new = self._insert(officers).on_conflict_do_nothing(index_elements=["login"])
        row = {"id": officer.id, **_columns(officer)}
        if (await self.run(new.returning(officers.c.id), [row])).first() is None:
            raise Conflict("The login is taken.")

    async def count_tries(self, officer_id: str, failed: int, locked_until: datetime | None) -> None:
        """Wrong passwords since the last right one, and until when the login is locked."""
        await self._change(officer_id, failed_logins=failed, locked_until=locked_until)

    async def set_password(self, officer_id: str, password_hash: str) -> None:
        """A new hash; wrong tries are forgotten."""
        await self._change(officer_id, password_hash=password_hash, failed_logins=0, locked_until=None)

    async def link(self, officer_id: str, person_id: str) -> None:
        """The account speaks through this person's chat, and the chat for this account alone."""
        await self.run(update(officers).where(officers.c.person_id == person_id).values(person_id=None))
        await self._change(officer_id, person_id=person_id)

    async def retire(self, officer_id: str) -> None:
        """Inactive, signed out everywhere, without a chat or a code to link one."""
        await self._change(officer_id, active=False, person_id=None)
        await self.run(delete(links).where(links.c.officer_id == officer_id))
        await self.close_sessions(officer_id)

    async def open(self, session: DeskSession) -> None:
        """Sign in."""
        row = {
            "token_hash": session.token_hash,
            "officer_id": session.officer,
            "csrf": session.csrf,
            "expires_at": session.expires_at,
        }
        await self.run(desk_sessions.insert(), [row])

    async def session(self, token_hash: str) -> DeskSession | None:
        """The signed-in browser, if it is not over by the store's clock."""
        statement = select(desk_sessions).where(
            desk_sessions.c.token_hash == token_hash, desk_sessions.c.expires_at > self._clock()
        )
        row = (await self.run(statement)).first()
        if row is None:
            return None
        return DeskSession(
            token_hash=row.token_hash, officer=row.officer_id, csrf=row.csrf, expires_at=row.expires_at
        )

    async def prolong(self, token_hash: str, expires_at: datetime) -> None:
        """Keep a session that is still open until a later time."""
        later = update(desk_sessions).where(desk_sessions.c.token_hash == token_hash)
        await self.run(later.values(expires_at=expires_at))

    async def close_session(self, token_hash: str) -> None:
        """Sign out."""
        await self.run(delete(desk_sessions).where(desk_sessions.c.token_hash == token_hash))

    async def close_sessions(self, officer_id: str) -> None:
        """Sign out everywhere, after a new password or when the account is made inactive."""
        await self.run(delete(desk_sessions).where(desk_sessions.c.officer_id == officer_id))

    async def sweep(self, now: datetime) -> None:
        """Forget sessions that are over."""
        await self.run(delete(desk_sessions).where(desk_sessions.c.expires_at <= now))

    async def _change(self, officer_id: str, **values: object) -> None:
        """These columns only: others may be changed by somebody else at the same time."""
        await self.run(update(officers).where(officers.c.id == officer_id).values(values))

    async def _one(self, which: ColumnElement[bool], *, to_change: bool = False) -> Officer | None:
        statement = select(officers).where(which)
        if to_change:
            statement = statement.with_for_update()
        row = (await self.run(statement)).first()
        return None if row is None else _record(row)


def _columns(officer: Officer) -> dict[str, object]:
    return {
        "login": officer.login,
        "name": officer.name,
        "offices": to_json(officer.offices),
        "roles": to_json(officer.roles),
        "password_hash": officer.password_hash,
        "active": officer.active,
        "failed_logins": officer.failed_logins,
        "locked_until": officer.locked_until,
        "person_id": officer.person,
        "lang": officer.lang,
    }


def _record(row: Any) -> Officer:
    return Officer(
        id=row.id,
        login=row.login,
        name=row.name,
        offices=tuple(json.loads(row.offices)),
        roles=frozenset(json.loads(row.roles)),
        password_hash=row.password_hash,
        active=row.active,
        failed_logins=row.failed_logins,
        locked_until=row.locked_until,
        person=row.person_id,
        lang=row.lang,
    )
