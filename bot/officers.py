"""Desk accounts: posts, not people's names. Passwords, sign-in and lock-out, and the demo's officers."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from uuid_utils import uuid7

from bot.store.records import Officer
from bot.store.work import Store, Work
from handlers.cases.model import Actor, OfficerRole
from handlers.talk import t
from procedures_catalog.catalog import Catalog

if TYPE_CHECKING:
    from bot.house import House

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
PASSWORD_AT_LEAST = 10
PASSWORD_AT_MOST = 200
REFUSAL_TAKES = 0.25
"""Seconds a refused sign-in lasts at least, so that a known login cannot be told from an unknown one."""
STRANGERS_REMEMBERED = 10_000

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper


class OfficerFault(Exception):
    """The account cannot be made or changed as asked; the message says what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Too many wrong passwords; sign-in opens again at `until` (UTC)."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPost:
    """One officer of the demo: its login, the role of the office it serves, what it may do."""

    login: str
    office: str
    roles: frozenset[str]


DEMO = (
    DemoPost(login="tu-phap", office="office_justice", roles=frozenset({OfficerRole.HANDLER})),
    DemoPost(login="kinh-te", office="economic_division", roles=frozenset({OfficerRole.HANDLER})),
    DemoPost(login="van-hoa-xa-hoi", office="culture_social_division", roles=frozenset({OfficerRole.HANDLER})),
    DemoPost(
        login="tiep-nhan",
        office="public_service_centre",
        roles=frozenset({OfficerRole.RECEPTION, OfficerRole.HANDLER}),
    ),
    DemoPost(login="chu-tich", office="commune_chair", roles=frozenset({OfficerRole.LEADER, OfficerRole.HANDLER})),
    DemoPost(login="cong-an", office="commune_police", roles=frozenset({OfficerRole.HANDLER})),
    DemoPost(login="tram-y-te", office="health_station", roles=frozenset({OfficerRole.HANDLER})),
    DemoPost(login="so-noi-vu", office="province_home_affairs", roles=frozenset({OfficerRole.HANDLER})),
)


def as_actor(officer: Officer) -> Actor:
    """The officer as the one who acts on cases, at the desk or from a chat."""
    return Actor(
        kind="officer",
        id=officer.id,
        offices=frozenset(officer.offices),
        roles=officer.roles,
        name=officer.name,
    )


async def add(
    work: Work,
    *,
    login: str,
    name: str,
    offices: Collection[str],
    roles: Collection[str],
    password: str | None = None,
    lang: str = "vi",
) -> str:
    """Make an account and return its password, a random one when none was given. Raises OfficerFault."""
    login = known_as(login)
    if not _LOGIN.fullmatch(login):
        raise OfficerFault("a login is 2 to 40 of a-z, 0-9, dot, dash and underscore")
    unknown = sorted(set(roles) - set(OfficerRole))
    if unknown or not roles:
        raise OfficerFault(f"no such role: {', '.join(unknown) or '(none given)'}; use {', '.join(OfficerRole)}")
    if await work.officers.find(login) is not None:
        raise OfficerFault(f"there is already an officer with the login {login}")
    password = password or new_password()
    officer = Officer(
        id=str(uuid7()),
        login=login,
        name=name,
        offices=tuple(offices),
        roles=frozenset(roles),
        password_hash=await hash_password(password),
        lang=lang,
    )
    await work.officers.add(officer)
    return password


async def reset_password(work: Work, login: str, password: str | None = None) -> str:
    """Give an account a new password, open its lock, sign it out everywhere. Returns it. Raises OfficerFault."""
    officer = await work.officers.find(known_as(login), to_change=True)
    if officer is None:
        raise OfficerFault(f"there is no officer with the login {login}")
    password = password or new_password()
    hashed = await hash_password(password)
    await work.officers.set_password(officer.id, hashed)
    await work.officers.close_sessions(officer.id)
    return password


async def ensure_demo(house: House) -> list[tuple[str, str, str]]:
    """Make the demo's officers that are not there yet: (login, name, password) of the new ones only."""
    if not house.settings.demo:
        return []
    made = []
    async with house.store.begin() as work:
        for post in DEMO:
            office = house.catalog.office(post.office)
            if office is None or await work.officers.find(post.login) is not None:
                continue
            name = house.words.plain(t(f"desk.demo_{post.office}"), "vi")
            offices = (
                (office.id, *_unserved(house.catalog)) if OfficerRole.RECEPTION in post.roles else (office.id,)
            )
            password = await add(work, login=post.login, name=name, offices=offices, roles=post.roles)
            made.append((post.login, name, password))
    return made


def _unserved(catalog: Catalog) -> tuple[str, ...]:
    """Offices in or beside the commune without a post of their own: somebody must see what comes for them."""
    served = {post.office for post in DEMO}
    return tuple(
        office.id
        for office in catalog.offices.values()
        if office.role not in served and catalog.roles[office.role].level in ("commune", "beside")
    )


async def retire(work: Work, login: str) -> None:
    """Close an account and sign it out everywhere; what it did stays in the cases. Raises OfficerFault."""
    officer = await work.officers.find(known_as(login))
    if officer is None:
        raise OfficerFault(f"there is no officer with the login {login}")
    await work.officers.retire(officer.id)


def known_as(login: str) -> str:
    """The login as it is stored: capitals and blanks around it do not matter."""
    return login.strip().lower()


def new_password() -> str:
    """Twelve random letters and digits in groups of four, about 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


async def hash_password(password: str) -> str:
    """An argon2id hash. Raises OfficerFault for a password that is too short or too long."""
    if not PASSWORD_AT_LEAST <= len(password) <= PASSWORD_AT_MOST:
        raise OfficerFault(f"a password has {PASSWORD_AT_LEAST} to {PASSWORD_AT_MOST} characters")
    return await asyncio.to_thread(_hasher().hash, password)


async def check_password(hashed: str, password: str) -> bool:
    """Whether the password is the hashed one."""
    return await asyncio.to_thread(_verify, hashed, password[: PASSWORD_AT_MOST + 1])


class Gate:
    """Lets officers in by login and password, and locks a login after too many wrong ones.

    Tries at logins that do not exist lock in the same way, or the lock would tell which ones do; they are
    counted in memory, because there is no row to count them in.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._strangers: OrderedDict[str, _Tries] = OrderedDict()

    async def sign_in(self, login: str, password: str, now: datetime) -> Officer | Locked | None:
        """Who signs in; None when login and password do not belong together.

        The try is counted before the password is looked at, so guesses sent side by side cannot slip past
        the lock; and the slow hash runs outside any transaction, so it holds up nobody's writing.
        """
        started = time.monotonic()
        answer = await self._answer(known_as(login), password, now)
        if not isinstance(answer, Officer):
            await asyncio.sleep(max(0.0, REFUSAL_TAKES - (time.monotonic() - started)))
        return answer

    async def _answer(self, login: str, password: str, now: datetime) -> Officer | Locked | None:
        async with self._store.begin() as work:
            officer = await work.officers.find(login, to_change=True)
            if officer is not None and officer.active:
                before = _Tries(failed=officer.failed_logins, locked_until=officer.locked_until)
            else:
                officer, before = None, self._strangers.get(login[:40], _Tries())
            if before.locked_until is not None and before.locked_until > now:
                return Locked(until=before.locked_until)
            counted = before.one_more(now)
            if officer is None:
                self._remember(login[:40], counted)
            else:
                await work.officers.count_tries(officer.id, counted.failed, counted.locked_until)
        right = await check_password(officer.password_hash if officer else _dummy_hash(), password)
        if officer is None or not right:
            return Locked(until=counted.locked_until) if counted.locked_until else None
        return await self._welcome(login, password, officer.password_hash)

    async def _welcome(self, login: str, password: str, hashed: str) -> Officer | None:
        """`hashed` is what the password was right for; nobody comes in if it was replaced meanwhile."""
        async with self._store.begin() as work:
            officer = await work.officers.find(login, to_change=True)
            if officer is None or not officer.active or officer.password_hash != hashed:
                return None
            if _hasher().check_needs_rehash(hashed):
                hashed = await hash_password(password)
                await work.officers.set_password(officer.id, hashed)
            else:
                await work.officers.count_tries(officer.id, 0, None)
        return replace(officer, failed_logins=0, locked_until=None, password_hash=hashed)

    def _remember(self, login: str, tries: _Tries) -> None:
        self._strangers[login] = tries
        self._strangers.move_to_end(login)
        if len(self._strangers) > STRANGERS_REMEMBERED:
            self._strangers.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tries:
    failed: int = 0
    locked_until: datetime | None = None

    def one_more(self, now: datetime) -> _Tries:
        failed = self.failed + 1
        if failed < TRIES:
            return _Tries(failed=failed)
        return _Tries(locked_until=now + LOCKED_FOR)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _dummy_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
