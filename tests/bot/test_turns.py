"""Turns that fail: what is counted, what is kept of the message, what the citizen hears."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError

from bot import turns as turns_module
from bot.channels.base import Arrival
from bot.house import House
from bot.store.errors import Conflict, StoreBusy
from bot.turns import TRIES, Turns
from handlers.talk import Address, Incoming
from tests.fakes.house import a_house

AN = Address(channel="telegram", user="1")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
def turns(house: House) -> Turns:
    return Turns(house, cast(Any, None))  # `converse` is replaced: no book is opened


def failing(monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Exception]) -> None:
    async def converse(*_: object) -> None:
        raise fault()

    monkeypatch.setattr(turns_module, "converse", converse)


async def come(house: House, text: str) -> None:
    incoming = Incoming(id="1", sender=AN, at=house.now(), text=text)
    async with house.store.begin() as work:
        await work.inbox.add("telegram", [Arrival(incoming=incoming, order=1)])


def stored(house: House) -> list[tuple[str, str | None, int, str | None]]:
    path = house.settings.database_url.removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT state, body, tries, error FROM inbox").fetchall()


@pytest.mark.parametrize("fault", [lambda: ValueError("bí mật"), lambda: Conflict("taken")])
async def test_the_third_failure_sets_aside_and_keeps_no_word(
    house: House, turns: Turns, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Exception]
) -> None:
    failing(monkeypatch, fault)
    await come(house, "tôi tố cáo ông A")
    for _ in range(TRIES):
        assert await turns.take_group() == 0
    error = f"{type(fault()).__name__}: text of 16 characters"
    assert stored(house) == [("aside", None, TRIES, error)]
    async with house.store.read() as work:
        (told,) = await work.outbox.after(AN, 0, 10)
    assert told.part.key == "errors.set_aside"


@pytest.mark.parametrize(
    "fault", [lambda: StoreBusy("busy"), lambda: OperationalError("SELECT", {}, Exception("connection lost"))]
)
async def test_a_fault_of_the_database_counts_for_nothing(
    house: House, turns: Turns, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Exception]
) -> None:
    failing(monkeypatch, fault)
    await come(house, "rác ở đầu ngõ")
    for _ in range(TRIES + 2):
        assert await turns.take_group() == 0
    ((state, body, tries, _),) = stored(house)
    assert (state, tries) == ("waiting", 0)
    assert body is not None
