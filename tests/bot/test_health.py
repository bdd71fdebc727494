"""`/healthz` complains when nothing moves, and not about one message that cannot be delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot import observe
from bot.channels.base import Arrival
from bot.house import House
from bot.store.records import OutboxRow
from bot.store.work import Store
from tests.conftest import Clock
from tests.contract.things import arrival, outgoing
from tests.fakes.house import a_house


@pytest.fixture
async def house(tmp_path: Path, sqlite_store: Store, clock: Clock) -> AsyncIterator[House]:
    async with a_house(tmp_path) as made:
        yield replace(made, store=sqlite_store, now=clock)


async def healthy(house: House) -> bool:
    routes = observe.routes(house, ["webchat", "telegram"])
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.get("/healthz")
    assert answer.json()["ok"] is (answer.status_code == 200)
    return answer.status_code == 200


async def put(house: House, user: str, channel: str = "telegram") -> None:
    async with house.store.begin() as work:
        work.outbox.add(outgoing("chào", user, channel=channel))


async def lease(house: House) -> list[OutboxRow]:
    async with house.store.begin() as work:
        return await work.outbox.lease(["telegram"], 10, 60)


async def test_nobody_sends_and_nothing_moves(house: House, clock: Clock) -> None:
    await put(house, "1")
    clock.forward(seconds=59)
    assert await healthy(house)
    clock.forward(seconds=2)
    assert not await healthy(house)


async def test_one_who_cannot_be_reached_is_not_our_illness(house: House, clock: Clock) -> None:
    await put(house, "1")
    await put(house, "1")
    (row,) = await lease(house)
    async with house.store.begin() as work:
        await work.outbox.retry(row.seq, 600, "unreachable")
    clock.forward(hours=2)
    assert await healthy(house)


async def test_other_channels_are_not_counted(house: House, clock: Clock) -> None:
    await put(house, "me", "terminal")
    await put(house, "z", "zalo-oa")
    await put(house, "w", "webchat")
    clock.forward(hours=2)
    assert await healthy(house)


async def test_a_long_line_that_moves_is_healthy(house: House, clock: Clock) -> None:
    for user in "12":
        await put(house, user)
    clock.forward(minutes=5)
    assert not await healthy(house)
    first, second = await lease(house)
    async with house.store.begin() as work:
        await work.outbox.sent(first.seq, "1")
        await work.outbox.retry(second.seq, 0, "throttled")
    assert await healthy(house)
    clock.forward(minutes=2)
    assert not await healthy(house)


async def test_messages_that_nobody_works_off(house: House, clock: Clock) -> None:
    came: Arrival = arrival()
    async with house.store.begin() as work:
        await work.inbox.add("telegram", [came])
    assert await healthy(house)
    clock.forward(minutes=2)
    assert not await healthy(house)
