"""Fixtures of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels import telegram as telegram_channel
from bot.channels.telegram import Telegram
from bot.house import House
from tests.fakes.house import a_house
from tests.fakes.telegram import TOKEN, FakeTelegram


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def house(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path, telegram_token=TOKEN, telegram_api_url=fake.url) as house:
        yield house


@pytest.fixture
async def channel(house: House) -> AsyncIterator[Telegram]:
    channel = Telegram(house, poll_seconds=1)
    yield channel
    await channel.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of the poller that take no time here."""
    monkeypatch.setattr(telegram_channel, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(telegram_channel, "CONFIG_PAUSE", 0.01)
