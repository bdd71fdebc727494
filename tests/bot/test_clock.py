"""The clock sweeps in one process at a time, and the next one takes over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import clock as clock_module
from bot.clock import EVERY_SECONDS, LEASE, Clock
from bot.house import House
from bot.store.work import Store
from tests.fakes.house import a_house


@pytest.fixture
async def house(tmp_path: Path, store: Store) -> AsyncIterator[House]:
    """Over both databases."""
    async with a_house(tmp_path) as made:
        yield replace(made, store=store)


async def test_one_of_two_processes_sweeps(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[Clock] = []

    async def sweep(self: Clock) -> None:
        swept.append(self)

    monkeypatch.setattr(Clock, "sweep", sweep)
    monkeypatch.setattr(clock_module, "LOOK_SECONDS", 0.05)
    one, two = Clock(house), Clock(house)
    first = asyncio.create_task(one.run())
    async with asyncio.timeout(10):
        while not swept:  # noqa: ASYNC110 – looks at a fake that has nothing to wait for
            await asyncio.sleep(0.01)
        second = asyncio.create_task(two.run())
        await asyncio.sleep(0.2)
        assert swept == [one]
        await _stop(first)
        while swept == [one]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert swept == [one, two]
    await _stop(second)
    async with house.store.begin() as work:
        assert await work.leases.take(LEASE, "another", EVERY_SECONDS), "who stops gives the lease back"


async def test_whoever_claims_the_file_may_sweep_at_once(sqlite_store: Store) -> None:
    async with sqlite_store.begin() as work:
        assert await work.leases.take(LEASE, "killed", EVERY_SECONDS)
        assert not await work.leases.take(LEASE, "next", EVERY_SECONDS)
    await sqlite_store.claim()
    async with sqlite_store.begin() as work:
        assert await work.leases.take(LEASE, "next", EVERY_SECONDS)


async def test_a_sweep_looks_at_everything_and_ends(house: House) -> None:
    await Clock(house).sweep()


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
