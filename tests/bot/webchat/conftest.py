"""Fixtures of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.store.work import Store
from tests.bot.chat_office import ChatOffice
from tests.bot.webchat.common import browsing


@pytest.fixture
async def office(sqlite_store: Store, tmp_path: Path) -> AsyncIterator[ChatOffice]:
    here = ChatOffice(sqlite_store, tmp_path / "files")
    yield here
    await here.channel.close()


@pytest.fixture
async def any_office(store: Store, tmp_path: Path) -> AsyncIterator[ChatOffice]:
    """Once over SQLite and once over PostgreSQL."""
    here = ChatOffice(store, tmp_path / "files")
    yield here
    await here.channel.close()


@pytest.fixture
async def browser(office: ChatOffice) -> AsyncIterator[httpx.AsyncClient]:
    """Has opened the page, so it holds a visitor's cookie."""
    async with browsing(office) as client:
        await client.get("/")
        yield client
