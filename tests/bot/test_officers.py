"""Desk accounts over both databases: passwords, lock-out, demo posts."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot import officers
from bot.catalog.shelf import Shelf
from bot.config import Settings
from bot.files import Files
from bot.house import House
from bot.officers import LOCKED_FOR, TRIES, Gate, Locked, OfficerFault
from bot.store.records import DeskSession, Officer
from bot.store.work import Store
from handlers.cases.model import OfficerRole
from handlers.words import Words
from procedures_catalog.load import SHIPPED, load
from tests.conftest import Clock

OFFICE = "truc-ninh:economic_division"
DEPLOYMENT = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"


@pytest.fixture(autouse=True)
def _no_waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "answered_like_a_known_one" not in request.node.name:
        monkeypatch.setattr(officers, "REFUSAL_TAKES", 0.0)


@pytest.fixture
def gate(store: Store) -> Gate:
    return Gate(store)


async def add(store: Store, login: str, password: str = "dung-mat-khau") -> None:
    async with store.begin() as work:
        await officers.add(
            work,
            login=login,
            name="Cán bộ kinh tế – mẫu",
            offices=[OFFICE],
            roles=[OfficerRole.HANDLER],
            password=password,
        )


async def known(store: Store, login: str) -> Officer:
    async with store.read() as work:
        officer = await work.officers.find(login)
    assert officer is not None
    return officer


async def test_the_right_password_opens_and_only_a_hash_is_stored(store: Store, gate: Gate, clock: Clock) -> None:
    await add(store, "kinh-te")
    officer = await gate.sign_in("  Kinh-Te ", "dung-mat-khau", clock())
    assert isinstance(officer, Officer)
    assert officer.offices == (OFFICE,)
    assert officer.password_hash.startswith("$argon2id$")
    assert "dung-mat-khau" not in officer.password_hash


async def test_a_random_password_is_made_and_works(store: Store, gate: Gate, clock: Clock) -> None:
    async with store.begin() as work:
        password = await officers.add(work, login="moi", name="Mới", offices=[OFFICE], roles=["viewer"])
    assert len(password) == 14
    assert isinstance(await gate.sign_in("moi", password, clock()), Officer)


@pytest.mark.parametrize("wrong", ["", "sai-mat-khau", "x" * 5000, "dung-mat-khau\0"])
async def test_a_wrong_password_is_refused(store: Store, gate: Gate, clock: Clock, wrong: str) -> None:
    await add(store, "kinh-te")
    assert await gate.sign_in("kinh-te", wrong, clock()) is None


async def test_five_wrong_passwords_lock_for_fifteen_minutes(store: Store, gate: Gate, clock: Clock) -> None:
    await add(store, "kinh-te")
    for _ in range(TRIES - 1):
        assert await gate.sign_in("kinh-te", "sai-mat-khau", clock()) is None
    locked = await gate.sign_in("kinh-te", "sai-mat-khau", clock())
    assert locked == Locked(until=clock() + LOCKED_FOR)
    assert await gate.sign_in("kinh-te", "dung-mat-khau", clock()) == locked
    clock.forward(minutes=15, seconds=1)
    assert isinstance(await gate.sign_in("kinh-te", "dung-mat-khau", clock()), Officer)
    assert (await known(store, "kinh-te")).failed_logins == 0


async def test_the_fifth_try_still_opens_with_the_right_password(store: Store, gate: Gate, clock: Clock) -> None:
    await add(store, "kinh-te")
    for _ in range(TRIES - 1):
        await gate.sign_in("kinh-te", "sai-mat-khau", clock())
    assert isinstance(await gate.sign_in("kinh-te", "dung-mat-khau", clock()), Officer)
    assert (await known(store, "kinh-te")).locked_until is None


async def test_guesses_side_by_side_do_not_slip_past_the_lock(
    store: Store, gate: Gate, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(store, "kinh-te")
    looked_at = 0

    async def counting(hashed: str, password: str) -> bool:
        nonlocal looked_at
        looked_at += 1
        await asyncio.sleep(0.01)
        return False

    monkeypatch.setattr(officers, "check_password", counting)
    guesses = [gate.sign_in("kinh-te", f"doan-thu-{n}", clock()) for n in range(20)]
    answers = await asyncio.gather(*guesses)
    assert looked_at == TRIES
    assert sum(isinstance(answer, Locked) for answer in answers) == 20 - TRIES + 1


async def test_an_unknown_login_is_answered_like_a_known_one(store: Store, gate: Gate, clock: Clock) -> None:
    await add(store, "kinh-te")
    answers: dict[str, list[object]] = {"kinh-te": [], "khong-co-ai": []}
    took = {"kinh-te": 0.0, "khong-co-ai": 0.0}
    for login, given in answers.items():
        for _ in range(TRIES + 1):
            started = time.monotonic()
            given.append(await gate.sign_in(login, "sai-mat-khau", clock()))
            took[login] += time.monotonic() - started
    assert answers["kinh-te"] == answers["khong-co-ai"]
    assert min(took.values()) >= (TRIES + 1) * officers.REFUSAL_TAKES * 0.95


async def test_an_inactive_account_does_not_open(store: Store, gate: Gate, clock: Clock) -> None:
    await add(store, "kinh-te")
    async with store.begin() as work:
        await officers.retire(work, "kinh-te")
    assert await gate.sign_in("kinh-te", "dung-mat-khau", clock()) is None


async def test_a_new_password_opens_the_lock_and_signs_out_everywhere(
    store: Store, gate: Gate, clock: Clock
) -> None:
    await add(store, "kinh-te")
    for _ in range(TRIES):
        await gate.sign_in("kinh-te", "sai-mat-khau", clock())
    officer = await known(store, "kinh-te")
    session = DeskSession(
        token_hash="t" * 64, officer=officer.id, csrf="c", expires_at=clock() + timedelta(hours=1)
    )
    async with store.begin() as work:
        await work.officers.open(session)
        password = await officers.reset_password(work, "kinh-te")
    async with store.read() as work:
        assert await work.officers.session(session.token_hash) is None
    assert isinstance(await gate.sign_in("kinh-te", password, clock()), Officer)
    assert await gate.sign_in("kinh-te", "dung-mat-khau", clock()) is None


async def test_a_password_replaced_while_it_is_checked_opens_nothing(
    store: Store, gate: Gate, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(store, "kinh-te")
    check = officers.check_password

    async def slow(hashed: str, password: str) -> bool:
        right = await check(hashed, password)
        async with store.begin() as work:
            await officers.reset_password(work, "kinh-te")
        return right

    monkeypatch.setattr(officers, "check_password", slow)
    assert await gate.sign_in("kinh-te", "dung-mat-khau", clock()) is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"login": "có dấu"}, "a login is"),
        ({"login": "a"}, "a login is"),
        ({"roles": ["king"]}, "no such role: king"),
        ({"roles": []}, "no such role"),
        ({"password": "ngan"}, "a password has"),
        ({"login": "KINH-TE"}, "already an officer"),
    ],
)
async def test_a_bad_account_is_refused_with_the_reason(
    sqlite_store: Store, changed: dict[str, object], told: str
) -> None:
    await add(sqlite_store, "kinh-te")
    wanted: dict[str, object] = {
        "login": "moi",
        "name": "Mới",
        "offices": [OFFICE],
        "roles": ["handler"],
        "password": None,
        **changed,
    }
    with pytest.raises(OfficerFault, match=told):
        async with sqlite_store.begin() as work:
            await officers.add(work, **wanted)  # type: ignore[arg-type]


def house_of(store: Store, clock: Clock, folder: Path, *, demo: bool) -> House:
    return House(
        settings=Settings(_env_file=None, demo=demo),  # type: ignore[call-arg]
        store=store,
        shelf=Shelf(load([SHIPPED, DEPLOYMENT])),
        words=Words.load(),
        files=Files(folder),
        now=clock,
    )


async def test_the_demo_makes_posts_once_and_only_when_asked(
    sqlite_store: Store, clock: Clock, tmp_path: Path
) -> None:
    assert await officers.ensure_demo(house_of(sqlite_store, clock, tmp_path, demo=False)) == []
    house = house_of(sqlite_store, clock, tmp_path, demo=True)
    made = await officers.ensure_demo(house)
    assert len(made) == len(officers.DEMO)
    assert all(name.endswith("– mẫu") for _, name, _ in made)
    assert len({password for _, _, password in made}) == len(made)
    assert await officers.ensure_demo(house) == []
    login, _, password = next(one for one in made if one[0] == "chu-tich")
    chair = await Gate(sqlite_store).sign_in(login, password, clock())
    assert isinstance(chair, Officer)
    assert OfficerRole.LEADER in chair.roles
    assert chair.offices == ("truc-ninh:commune_chair",)


async def test_the_demo_leaves_no_office_in_or_beside_the_commune_unseen(
    sqlite_store: Store, clock: Clock, tmp_path: Path
) -> None:
    house = house_of(sqlite_store, clock, tmp_path, demo=True)
    await officers.ensure_demo(house)
    async with sqlite_store.read() as work:
        served = {office for officer in await work.officers.all() for office in officer.offices}
    roles = house.catalog.roles
    near = {one.id for one in house.catalog.offices.values() if roles[one.role].level in ("commune", "beside")}
    assert near <= served
    assert "ninh-binh:province_home_affairs" in served
