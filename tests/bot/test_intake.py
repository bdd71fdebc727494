"""Intake against a real store: durable, grouped, and no message twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Arrival
from bot.house import House
from bot.intake import Intake
from bot.store.work import Work
from handlers.talk import Address, FileRef, Incoming
from tests.fakes.house import a_house

AT = datetime(2025, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


def arrival(number: int, *files: FileRef, text: str = "chào", user: str | None = None) -> Arrival:
    sender = Address(channel="telegram", user=user or str(number))
    incoming = Incoming(id=str(number), sender=sender, at=AT, text=text, files=files)
    return Arrival(incoming=incoming, order=number)


async def inbox_ids(house: House) -> list[str]:
    async with house.store.begin() as work:
        return [row.incoming.id for row in await work.inbox.take(1000)]


async def test_what_is_received_is_stored(house: House) -> None:
    await Intake(house).receive("telegram", [arrival(1), arrival(2)])
    assert await inbox_ids(house) == ["1", "2"]
    assert house.store.inbox_wake.is_set()


async def test_many_callers_share_few_commits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = count_commits(house, monkeypatch)
    receive = Intake(house).receiver("telegram")
    await asyncio.gather(*(receive([arrival(number)]) for number in range(300)))
    assert len(await inbox_ids(house)) == 300
    assert commits() <= 4


async def test_two_channels_in_one_group(house: House) -> None:
    intake = Intake(house)
    await asyncio.gather(*(intake.receive(name, [arrival(7)]) for name in ("telegram", "webchat", "telegram")))
    async with house.store.begin() as work:
        assert await work.inbox.add("telegram", [arrival(7)]) == 0
        assert await work.inbox.add("webchat", [arrival(7)]) == 0


async def test_files_come_with_their_message_once(house: House) -> None:
    intake = Intake(house)
    for own_id in ("a", "b"):
        photo = FileRef(id=own_id, remote="AgAC1", kind="photo", size=10)
        uploaded = FileRef(id="up", remote=None)
        await intake.receive("telegram", [arrival(1), arrival(2, photo, uploaded), arrival(3)])
    async with house.store.read() as work:
        (file,) = await work.files.wanted(10)
    assert (file.id, file.channel, file.remote, file.size) == ("a", "telegram", "AgAC1", 10)
    assert await inbox_ids(house) == ["1", "2", "3"]


async def test_every_caller_of_a_failed_commit_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = Intake(house)
    begin = house.store.begin

    @contextlib.asynccontextmanager
    async def failing() -> AsyncIterator[Work]:
        async with begin() as work:
            yield work
            raise OSError("no space left on device")

    monkeypatch.setattr(house.store, "begin", failing)
    told = await asyncio.gather(
        *(intake.receive("telegram", [arrival(number)]) for number in range(3)), return_exceptions=True
    )
    assert all(isinstance(one, Exception) for one in told)
    monkeypatch.undo()
    assert await inbox_ids(house) == []
    await intake.receive("telegram", [arrival(1)])
    assert await inbox_ids(house) == ["1"]


async def test_a_caller_that_goes_away_loses_nothing(house: House) -> None:
    intake = Intake(house)
    gone = asyncio.create_task(intake.receive("telegram", [arrival(1)]))
    stays = asyncio.create_task(intake.receive("telegram", [arrival(2)]))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert await inbox_ids(house) == ["1", "2"]


def count_commits(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    begin, count = house.store.begin, 0

    def counted() -> Any:
        nonlocal count
        count += 1
        return begin()

    monkeypatch.setattr(house.store, "begin", counted)
    return lambda: count
