"""Fetching what people attached, over a real store and the fake Bot API."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot import attachments as attachments_module
from bot.attachments import Attachments
from bot.channels.base import Failure, SendFailed
from bot.channels.telegram import Telegram
from bot.files import Files, Kept
from bot.house import House
from bot.store.files import TRIES
from bot.store.records import StoredFile
from handlers.talk import Address, FileRef, t
from tests.fakes.house import a_house
from tests.fakes.telegram import TOKEN, FakeTelegram

SENDER = Address(channel="telegram", user="5432109876")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def house(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path, telegram_token=TOKEN, telegram_api_url=fake.url) as house:
        yield house


@pytest.fixture
async def channel(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Telegram]:
    monkeypatch.setattr(attachments_module, "FIRST_WAIT", 0.0)
    channel = Telegram(house)
    yield channel
    await channel.close()


async def want(
    house: House, remote: str, size: int | None = None, file_id: str = "f1", *, owned: bool = True
) -> None:
    """As the intake records it and, when `owned`, the turn."""
    async with house.store.begin() as work:
        await work.files.add(StoredFile(id=file_id, channel="telegram", remote=remote, kind="photo", size=size))
        if owned:
            await work.files.own([file_id], (await work.persons.load([SENDER]))[SENDER].id)


async def told(house: House, to: Address) -> list[str]:
    async with house.store.read() as work:
        return [row.part.plain for row in await work.outbox.after(to, 0, 100)]


async def stored(house: House, file_id: str = "f1") -> StoredFile:
    async with house.store.read() as work:
        found = await work.files.get(file_id)
    assert found is not None
    return found


def a_photo(colour: str = "green") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return out.getvalue()


async def test_a_photo_is_fetched_and_kept(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    await want(house, fake.stored(a_photo()))
    task = asyncio.create_task(Attachments(house, {"telegram": channel}, poll=0.01).run())
    async with asyncio.timeout(5):
        while (await stored(house)).digest is None:  # noqa: ASYNC110 – a row gives no signal
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    file = await stored(house)
    assert file.digest is not None
    assert house.files.path(file.digest).stat().st_size == file.size
    assert (file.mime, file.tries, file.refused) == ("image/jpeg", 0, None)


async def test_what_is_no_photo_is_refused_with_its_reason(
    fake: FakeTelegram, house: House, channel: Telegram
) -> None:
    await want(house, fake.stored(b"MZ this is a program"))
    await want(house, fake.stored(a_photo()), size=21 * 1024 * 1024, file_id="f2")
    attachments = Attachments(house, {"telegram": channel})
    assert await attachments.fetch_some() == 2
    assert (await stored(house)).refused == "errors.file_type"
    assert (await stored(house, "f2")).refused == "errors.file_too_big"
    assert await attachments.fetch_some() == 0
    words = house.words
    assert await told(house, SENDER) == [
        words.plain(t(f"errors.{why}"), "vi") for why in ("file_type", "file_too_big")
    ]


async def test_the_sender_is_told_once_and_there_where_they_sent_it(
    fake: FakeTelegram, house: House, channel: Telegram
) -> None:
    elsewhere = Address(channel="webchat", user="0" * 32)
    await want(house, fake.stored(b"MZ this is a program"))
    async with house.store.begin() as work:
        await work.persons.join(elsewhere, (await work.persons.load([SENDER]))[SENDER].id)
    attachments = Attachments(house, {"telegram": channel})
    for _ in range(2):
        await attachments.fetch_some()
        async with house.store.begin() as work:  # as if the first commit had not been heard of
            await work.files.save(replace(await stored(house), refused=None))
    assert len(await told(house, SENDER)) == 1
    assert await told(house, elsewhere) == []


async def test_whose_file_it_is_may_be_known_later(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    await want(house, fake.stored(b"MZ this is a program"), owned=False)
    attachments = Attachments(house, {"telegram": channel})
    await attachments.fetch_some()
    assert (await stored(house)).refused is None
    async with house.store.begin() as work:
        await work.files.own(["f1"], (await work.persons.load([SENDER]))[SENDER].id)
    await attachments.fetch_some()
    assert (await stored(house)).refused == "errors.file_type"
    assert len(await told(house, SENDER)) == 1


async def test_a_file_of_nobody_is_refused_in_the_end(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    await want(house, fake.stored(b"MZ this is a program"), owned=False)
    attachments = Attachments(house, {"telegram": channel})
    for _ in range(TRIES):
        await attachments.fetch_some()
    assert (await stored(house)).refused == "errors.file_type"


async def test_a_file_the_program_stumbles_over_is_given_up(
    fake: FakeTelegram, house: House, channel: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stumble(self: Files, data: bytes) -> Kept:
        raise ZeroDivisionError

    monkeypatch.setattr(Files, "keep", stumble)
    await want(house, fake.stored(a_photo()))
    attachments = Attachments(house, {"telegram": channel})
    for _ in range(TRIES):
        assert await attachments.fetch_some() == 1
    assert (await stored(house)).refused == "errors.file_broken"
    assert await attachments.fetch_some() == 0


async def test_a_file_that_is_gone_is_given_up(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    await want(house, "unknown")
    attachments = Attachments(house, {"telegram": channel})
    for _ in range(TRIES):
        assert (await stored(house)).refused is None
        assert await attachments.fetch_some() == 1
    assert (await stored(house)).refused == "errors.file_broken"
    assert await attachments.fetch_some() == 0


class Away(Telegram):
    """A platform that cannot be reached for a while."""

    failures = 0

    async def fetch(self, file: FileRef) -> bytes:
        if self.failures:
            self.failures -= 1
            raise SendFailed(Failure.UNREACHABLE)
        return await super().fetch(file)


async def test_an_outage_costs_no_file(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    away = Away(house)
    away.failures = TRIES * 4
    await want(house, fake.stored(a_photo()))
    attachments = Attachments(house, {"telegram": away})
    for _ in range(TRIES * 4 + 1):
        await attachments.fetch_some()
    await away.close()
    assert (await stored(house)).digest is not None


async def test_files_that_wait_do_not_hide_the_ones_behind(
    fake: FakeTelegram, house: House, channel: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments_module, "FIRST_WAIT", 60.0)
    for number in range(25):
        await want(house, "unknown", file_id=f"a{number}")
    await want(house, fake.stored(a_photo()), file_id="z")
    attachments = Attachments(house, {"telegram": channel})
    await attachments.fetch_some()
    await attachments.fetch_some()
    assert (await stored(house, "z")).digest is not None


async def test_an_unwritable_folder_is_waited_out(
    fake: FakeTelegram, house: House, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    await want(house, fake.stored(a_photo()))
    house.files.folder.write_text("in the way")
    attachments = Attachments(house, {"telegram": channel})
    for _ in range(TRIES * 2):
        await attachments.fetch_some()
    assert "could not be kept" in caplog.text
    house.files.folder.unlink()
    await attachments.fetch_some()
    assert (await stored(house)).digest is not None
