"""What the tests of the Telegram channel share."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from PIL import Image

from bot.channels.base import Arrival, Failure, SendFailed
from bot.channels.telegram import Telegram
from bot.house import House
from bot.store.records import StoredFile
from handlers.talk import Address, FileRef, Part, Span
from tests.fakes.telegram import FakeTelegram

LAN = 5432109876


HERE = Address(channel="telegram", user=str(LAN))


HELLO = Part(spans=(Span(text="Xin chào"),))


class Taken:
    """A `receive` that keeps what it is given, and can be made to fail."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.failures = 0
        self.news = asyncio.Event()

    async def __call__(self, arrivals: Sequence[Arrival]) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the disk is full")
        self.arrivals += arrivals
        self.news.set()

    async def wait(self, count: int) -> list[Arrival]:
        async with asyncio.timeout(5):
            while len(self.arrivals) < count:
                self.news.clear()
                await self.news.wait()
        return self.arrivals

    @property
    def texts(self) -> list[str | None]:
        return [arrival.incoming.text for arrival in self.arrivals]


@contextlib.asynccontextmanager
async def polling(channel: Telegram, taken: Taken) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.poll(taken))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Any, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 – looks at a fake that has nothing to wait for
            await asyncio.sleep(0.005)


async def taken_set_up(fake: FakeTelegram) -> None:
    await until(lambda: len(fake.commands) == 3)


async def reason(channel: Telegram) -> Failure:
    with pytest.raises(SendFailed) as failed:
        await channel.send(HERE, HELLO)
    return failed.value.reason


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


async def kept(house: House, data: bytes) -> FileRef:
    stored = await house.files.keep(data)
    file = FileRef(id="0199f0c0-0000-7000-8000-000000000001")
    async with house.store.begin() as work:
        await work.files.add(
            StoredFile(
                id=file.id, channel="desk", remote=None, kind="photo", mime=stored.mime, digest=stored.digest
            )
        )
    return file
