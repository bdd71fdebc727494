"""A burst of 500 messages while the process is killed, or stopped, and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from itertools import count
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest

from bot.app import build, open_house
from bot.channels.base import Arrival
from bot.config import Settings
from bot.house import utc_now
from bot.store.work import Store, open_store
from handlers.talk import Address, Incoming
from procedures_catalog.load import SHIPPED, load
from tests.contract.things import officer
from tests.faults.crowd import CHANNEL, FILING, SCRIPTS, Crowd, Visitor
from tests.faults.process import STOP_SECONDS, Served

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

KILLS = 10
LAST_KILL = 400
LONGEST_DELAY = 0.03
BELL = Address(channel=CHANNEL, user="0" * 32)
"""Where the one officer, who serves every office, is told of new cases."""
OFFICES = tuple(load([SHIPPED, Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"]).offices)

Script = Sequence[str]
T = TypeVar("T")


@pytest.fixture
def rng() -> random.Random:
    seed = int(os.environ.get("FAULTS_SEED", time.time_ns() % 10**9))
    print(f"FAULTS_SEED={seed}")  # shown when the test fails; set it to see the same again
    return random.Random(seed)


@pytest.fixture
async def served(tmp_path: Path, database_url: str) -> AsyncIterator[Served]:
    await _appoint_officer(database_url)
    served = Served(tmp_path, database_url)
    try:
        yield served
    finally:
        served.put_away()


@pytest.fixture
async def undisturbed(tmp_path: Path) -> dict[Script, list[str]]:
    """What each script is answered when nothing goes wrong, as wording keys."""
    folder = tmp_path / "undisturbed"
    folder.mkdir()
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite+aiosqlite:///{folder / 'motcua.db'}",
        files_dir=folder / "files",
    )
    answers: dict[Script, list[str]] = {}
    async with open_house(settings) as house:
        app = build(house)
        numbers = count()
        for name, script in enumerate(SCRIPTS):
            address = Address(channel=CHANNEL, user=str(name))
            for line in script:
                number = next(numbers)
                incoming = Incoming(id=str(number), sender=address, at=house.now(), text=line)
                await app.intake.receive(CHANNEL, [Arrival(incoming=incoming, order=number)])
                before = len(await _said(house.store, address))
                await app.turns.take_group()
                said = await _said(house.store, address)
                assert len(said) > before, f"{line!r} is not answered"
            answers[script] = said
    return answers


async def test_ten_kills_in_a_burst_lose_nothing_and_double_nothing(
    served: Served, database_url: str, rng: random.Random, undisturbed: dict[Script, list[str]]
) -> None:
    crowd = Crowd(served.url, rng)
    moments = sorted(rng.sample(range(LAST_KILL), KILLS))
    served.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        await served.ready()
        await crowd.arrive(session)
        async with _in_background(crowd.write(session)) as writing:
            for moment in moments:
                await _while_running(served, crowd.reached(max(moment, crowd.acknowledged + 1)))
                await asyncio.sleep(rng.uniform(0, LONGEST_DELAY))
                served.kill()
                assert crowd.left, "the burst was over before the kill"
                served.start()
            await _while_running(served, writing)
        await _all_worked_off(session, served)
    assert await served.stop() == 0
    await _nothing_lost_or_doubled(database_url, crowd, undisturbed)
    assert not served.complaints()


async def test_a_graceful_stop_in_a_burst_is_prompt_and_loses_nothing(
    served: Served, database_url: str, rng: random.Random, undisturbed: dict[Script, list[str]]
) -> None:
    crowd = Crowd(served.url, rng)
    served.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        await served.ready()
        await crowd.arrive(session)
        async with (
            _in_background(_read_stream(session, served, crowd.visitors[0])) as reader,
            _in_background(crowd.write(session)) as writing,
        ):
            await _while_running(served, crowd.reached(rng.randrange(50, LAST_KILL)))
            asked = time.monotonic()
            assert await served.stop() == 0
            assert time.monotonic() - asked < STOP_SECONDS
            assert crowd.left, "the burst was over before the stop"
            assert await reader > 0, "an open page was shown nothing before the stop"
            served.start()
            await _while_running(served, writing)
        await _all_worked_off(session, served)
    assert await served.stop() == 0
    await _nothing_lost_or_doubled(database_url, crowd, undisturbed)
    assert not served.complaints()


async def _nothing_lost_or_doubled(database_url: str, crowd: Crowd, undisturbed: dict[Script, list[str]]) -> None:
    assert crowd.acknowledged == 500
    store = await open_store(database_url, utc_now)
    try:
        cases = set()
        for one in crowd.visitors:
            assert await _said(store, one.address) == undisturbed[tuple(one.script)]
            filed = await _cases_of(store, one.address)
            assert len(filed) == (one.script in FILING)
            cases |= filed
        async with store.read() as work:
            assert await work.inbox.waiting() == (0, None)
            assert await work.inbox.set_aside_count() == 0
            assert {case.id for case in await work.cases.of_office(OFFICES)} == cases
            told = await work.outbox.after(BELL, 0, 1000)
        assert len(cases) == sum(number for script, number in SCRIPTS.items() if script in FILING)
        assert sorted(row.case or "" for row in told) == sorted(cases)
        async with store.begin() as work:
            assert await work.inbox.add(CHANNEL, _again(crowd.visitors)) == 0, "an acknowledged id is unknown"
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def _in_background(what: Coroutine[None, None, T]) -> AsyncIterator[asyncio.Task[T]]:
    """A task that does not outlive the test."""
    task = asyncio.create_task(what)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _while_running(served: Served, what: Awaitable[None]) -> None:
    """Await it, but not for ever on a process that ended by itself."""
    waiting = asyncio.ensure_future(what)
    while not (await asyncio.wait({waiting}, timeout=0.5))[0]:
        assert served.running, served.log
    await waiting


async def _all_worked_off(session: aiohttp.ClientSession, served: Served) -> None:
    async with asyncio.timeout(30):
        while True:
            async with session.get(f"{served.url}/metrics") as answer:
                if "motcua_inbox_waiting 0.0\n" in await answer.text():
                    return
            await asyncio.sleep(0.05)


async def _read_stream(session: aiohttp.ClientSession, served: Served, one: Visitor) -> int:
    """How many parts the open page is shown until the server lets go."""
    shown = 0
    cookie = {"cookie": f"motcua_visitor={one.cookie}"}
    async with session.get(f"{served.url}/chat/stream", headers=cookie) as stream:
        with contextlib.suppress(aiohttp.ClientPayloadError):  # a stream has no end of its own
            async for line in stream.content:
                shown += line.startswith(b"event: part")
    return shown


async def _said(store: Store, address: Address) -> list[str]:
    async with store.read() as work:
        return [row.part.key for row in await work.outbox.after(address, 0, 1000)]


async def _cases_of(store: Store, address: Address) -> set[str]:
    async with store.begin() as work:
        person = (await work.persons.load([address]))[address]
        return {case.id for case in await work.cases.of_person(person.id)}


async def _appoint_officer(database_url: str) -> None:
    store = await open_store(database_url, utc_now)
    try:
        async with store.begin() as work:
            person = (await work.persons.load([BELL]))[BELL]
            await work.officers.add(officer(offices=OFFICES, person=person.id))
    finally:
        await store.close()


def _again(visitors: Sequence[Visitor]) -> list[Arrival]:
    return [
        Arrival(incoming=Incoming(id=id_, sender=one.address, at=utc_now(), text=text), order=0)
        for one in visitors
        for id_, text in zip(one.platform_ids(), one.script, strict=True)
    ]
