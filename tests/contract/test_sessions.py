"""Sessions are saved at commit and come back equal."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.store.sessions import SWEPT_AT_ONCE
from bot.store.work import Store, open_store
from tests.conftest import Clock
from tests.contract.things import address, session


async def test_saved_and_loaded_in_bulk(store: Store) -> None:
    async with store.begin() as work:
        work.sessions.save(session("an", words="rác"))
        work.sessions.save(session("binh"))
    async with store.read() as work:
        found = await work.sessions.load([address("an"), address("binh"), address("nobody")])
    assert found == {one.address: one for one in (session("an", words="rác"), session("binh"))}


async def test_the_last_one_saved_stays(store: Store) -> None:
    for version in (4, 5):
        async with store.begin() as work:
            work.sessions.save(session())
            work.sessions.save(replace(session(), version=version))
    async with store.read() as work:
        assert (await work.sessions.load([address("an")]))[address("an")].version == 5


async def test_answers_keep_their_order(store: Store) -> None:
    answered = session("an", z="1", a="2", m="3")
    async with store.begin() as work:
        work.sessions.save(answered)
    async with store.read() as work:
        back = (await work.sessions.load([address("an")]))[address("an")]
    assert back.thread is not None
    assert list(back.thread.answers) == ["z", "a", "m"]


async def test_deleting_wins_over_saving_in_the_same_transaction(store: Store) -> None:
    async with store.begin() as work:
        work.sessions.save(session())
    async with store.begin() as work:
        await work.sessions.delete(address("an"))
        work.sessions.save(session())
    async with store.read() as work:
        assert await work.sessions.load([address("an")]) == {}


async def test_a_talk_left_alone_loses_its_answers_but_not_its_version(store: Store, clock: Clock) -> None:
    async with store.begin() as work:
        work.sessions.save(session("an", words="rác"))
    clock.forward(days=29)
    async with store.begin() as work:
        work.sessions.save(session("binh", words="điện"))
        await work.sessions.sweep(clock.now)
    clock.forward(days=2)
    async with store.begin() as work:
        await work.sessions.sweep(clock.now)
    async with store.read() as work:
        found = await work.sessions.load([address("an"), address("binh")])
    assert found[address("an")] == replace(session("an", words="rác"), thread=None)
    assert found[address("binh")] == session("binh", words="điện")


async def test_sweeping_goes_in_short_steps_and_comes_to_an_end(store: Store, clock: Clock) -> None:
    async with store.begin() as work:
        for number in range(SWEPT_AT_ONCE + 1):
            work.sessions.save(session(str(number), words="rác"))
        work.sessions.save(replace(session("quiet"), thread=None))
    clock.forward(days=31)
    steps = []
    for _ in range(3):
        async with store.begin() as work:
            steps.append(await work.sessions.sweep(clock.now))
    assert steps == [SWEPT_AT_ONCE, 1, 0]


@pytest.mark.postgres
async def test_a_talk_that_goes_on_while_it_is_swept_is_kept(postgres_url: str, clock: Clock) -> None:
    store = await open_store(postgres_url, clock)
    async with store.begin() as work:
        work.sessions.save(session("an", words="rác"))
    then = clock.forward(days=31)
    async with store.begin() as live:
        live.sessions.save(replace(session("an", words="rác", place="xóm 5"), version=4))
        await live.flush()

        async def sweep() -> None:
            async with store.begin() as work:
                await work.sessions.sweep(then)

        sweeping = asyncio.create_task(sweep())
        await asyncio.sleep(0.1)
    await sweeping
    async with store.read() as work:
        found = await work.sessions.load([address("an")])
    assert found[address("an")] == replace(session("an", words="rác", place="xóm 5"), version=4)
    await store.close()


async def test_more_addresses_than_one_statement_takes(store: Store) -> None:
    people = [str(number) for number in range(1500)]
    async with store.begin() as work:
        for user in people:
            work.sessions.save(session(user))
    async with store.read() as work:
        assert len(await work.sessions.load(address(user) for user in people)) == 1500
