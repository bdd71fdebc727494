"""The Telegram channel against a Bot API on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.channels import telegram as telegram_channel
from bot.channels import telegram_api
from bot.channels.base import Arrival, Failure, SendFailed
from bot.channels.telegram import Telegram
from bot.house import House
from bot.intake import Intake
from bot.store.records import StoredFile
from handlers.codec import part_from_json
from handlers.talk import Address, Button, FileRef, Part, Span
from tests.bot.test_telegram_shape import recorded
from tests.fakes.house import a_house
from tests.fakes.telegram import TOKEN, FakeTelegram

LAN = 5432109876
HERE = Address(channel="telegram", user=str(LAN))
HELLO = Part(spans=(Span(text="Xin chào"),))


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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of the poller that take no time here."""
    monkeypatch.setattr(telegram_channel, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(telegram_channel, "CONFIG_PAUSE", 0.01)


# Polling


async def test_what_is_said_arrives_and_is_confirmed(fake: FakeTelegram, channel: Telegram) -> None:
    taken = Taken()
    async with polling(channel, taken):
        first = fake.say(LAN, "/start p_1-001193")
        await taken.wait(1)
        fake.tap_data(LAN, "menu.what.k3.procedures")
        await taken.wait(2)
        await until(lambda: not fake.unconfirmed and len(fake.answered) == 1)
    said, tapped = taken.arrivals
    assert (said.incoming.text, said.incoming.sender, said.order) == ("/start p_1-001193", HERE, first)
    assert tapped.incoming.choice == "menu.what.k3.procedures"


async def test_nothing_is_confirmed_before_it_is_stored(
    fake: FakeTelegram, channel: Telegram, quick: None
) -> None:
    taken = Taken()
    taken.failures = 2
    fake.say(LAN, "một")
    async with polling(channel, taken):
        await until(lambda: taken.failures == 0)
        assert fake.unconfirmed == 1
        await taken.wait(1)
        await until(lambda: not fake.unconfirmed)
    assert taken.texts == ["một"]


async def test_numbers_may_start_anew_after_a_quiet_week(fake: FakeTelegram, house: House) -> None:
    channel = Telegram(house, poll_seconds=0)
    taken = Taken()
    async with polling(channel, taken):
        fake.say(LAN, "trước")
        await taken.wait(1)
        await until(lambda: not fake.unconfirmed)
        await asyncio.sleep(0.05)
        fake.renumber(5)
        fake.say(LAN, "sau")
        await taken.wait(2)
    await channel.close()
    assert taken.arrivals[1].order == 5


async def test_an_update_nobody_can_read_holds_nobody_up(
    fake: FakeTelegram, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    taken = Taken()
    async with polling(channel, taken):
        await taken_set_up(fake)
        fake.update(message={"message_id": 1, "text": "không có chat"})
        fake.say(LAN, "còn tôi")
        await taken.wait(1)
    assert taken.texts == ["còn tôi"]
    assert "could not be read" in caplog.text


@pytest.mark.parametrize(
    ("code", "description"),
    [(502, "Bad Gateway"), (401, "Unauthorized"), (409, "Conflict"), (429, "Too Many Requests")],
)
async def test_the_poller_outlives_trouble(
    fake: FakeTelegram, channel: Telegram, quick: None, code: int, description: str
) -> None:
    taken = Taken()
    fake.refuse_polls(3, code, description, **({"retry_after": 0} if code == 429 else {}))
    fake.say(LAN, "chào")
    async with polling(channel, taken):
        await taken.wait(1)


async def test_the_poller_outlives_a_server_that_is_away(house: House, quick: None) -> None:
    async with FakeTelegram() as away:
        port = int(away.url.rpartition(":")[2])
    settings = house.settings.model_copy(update={"telegram_api_url": f"http://127.0.0.1:{port}"})
    channel = Telegram(replace(house, settings=settings), poll_seconds=1)
    taken = Taken()
    async with polling(channel, taken):
        await asyncio.sleep(0.1)
        async with FakeTelegram(port=port) as back:
            back.say(LAN, "chào")
            await taken.wait(1)
    await channel.close()


async def test_one_process_polls_and_another_takes_over(
    fake: FakeTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_channel, "LEASE_RENEWED", 0.05)
    first = Telegram(house, poll_seconds=1, holder="first")
    second = Telegram(house, poll_seconds=1, holder="second")
    at_first, at_second = Taken(), Taken()
    fake.say(LAN, "một")
    async with polling(first, at_first):
        await at_first.wait(1)
        async with polling(second, at_second):
            fake.say(LAN, "hai")
            await at_first.wait(2)
            await asyncio.sleep(0.1)
            assert (at_second.texts, fake.conflicts) == ([], 0)
    async with polling(second, at_second):
        fake.say(LAN, "ba")
        await at_second.wait(1)
    await first.close()
    await second.close()


async def test_after_a_crash_the_owner_of_a_sqlite_file_polls_at_once(
    fake: FakeTelegram, house: House, channel: Telegram
) -> None:
    async with house.store.begin() as work:
        assert await work.leases.take("telegram-poll", Telegram(house)._holder, 60)
    taken = Taken()
    fake.say(LAN, "chào")
    async with polling(channel, taken):
        await taken.wait(1)


async def test_nobody_else_polls_while_the_lease_is_held(
    fake: FakeTelegram, house: House, channel: Telegram
) -> None:
    async with house.store.begin() as work:
        assert await work.leases.take("telegram-poll", "somebody else", 60)
    fake.say(LAN, "chào")
    taken = Taken()
    async with polling(channel, taken):
        await asyncio.sleep(0.2)
    assert (taken.arrivals, fake.unconfirmed) == ([], 1)


async def test_a_stop_gives_the_lease_back(fake: FakeTelegram, house: House) -> None:
    first = Telegram(house, poll_seconds=1, holder="first")
    second = Telegram(house, poll_seconds=1, holder="second")
    for number, channel in enumerate((first, second)):
        taken = Taken()
        async with polling(channel, taken):
            fake.say(LAN, str(number))
            await taken.wait(1)
        assert taken.texts[-1] == str(number)
    await first.close()
    await second.close()


async def test_a_webhook_left_behind_is_removed_and_commands_are_set(
    fake: FakeTelegram, channel: Telegram
) -> None:
    fake.webhook = "https://old.example/hook"
    taken = Taken()
    async with polling(channel, taken):
        fake.say(LAN, "chào")
        await taken.wait(1)
    assert set(fake.commands) == {"", "vi", "en"}
    assert fake.commands[""] == fake.commands["vi"] != fake.commands["en"]
    sets = [method for method, _ in fake.calls if method == "setMyCommands"]
    again = Telegram(channel._house, poll_seconds=1)
    async with polling(again, taken):
        fake.say(LAN, "nữa")
        await taken.wait(2)
    await again.close()
    assert [method for method, _ in fake.calls if method == "setMyCommands"] == sets


async def test_everything_kept_by_a_real_inbox(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    task = asyncio.create_task(channel.poll(Intake(house).receiver(channel.name)))
    fake.say(LAN, "chào")
    fake.photo(LAN, b"not really a photo", caption="đường hỏng")
    await until(lambda: not fake.unconfirmed)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with house.store.begin() as work:
        (row,) = await work.inbox.take()
        assert row.incoming.text == "chào"
        (file,) = await work.files.wanted(10)
        assert file.channel == "telegram"


# Sending


@pytest.mark.parametrize("case", recorded("outgoing"))
async def test_a_part_is_exactly_this_call(case: dict[str, Any], fake: FakeTelegram, channel: Telegram) -> None:
    fake.say(LAN, "/start")
    number = await channel.send(HERE, part_from_json(json.dumps(case["part"])))
    assert fake.calls == [(case["method"], case["body"])]
    assert number == str(fake.chat(LAN)[-1].id)


async def test_the_longest_message_passes(fake: FakeTelegram, channel: Telegram) -> None:
    fake.say(LAN, "/start")
    longest = ("<" * 100 + "ệ" * 4000)[: channel.limits.text]
    label, payload = "ữ" * channel.limits.label, "x" * channel.limits.payload
    button = Button(label=label, payload=payload)
    await channel.send(HERE, Part(spans=(Span(text=longest),), buttons=(button,) * channel.limits.buttons))
    (message,) = fake.chat(LAN)
    assert message.text == longest
    assert message.buttons == [label] * 100


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        (429, "Too Many Requests: retry after 7", Failure.THROTTLED),
        (403, "Forbidden: bot was blocked by the user", Failure.LEFT),
        (403, "Forbidden: user is deactivated", Failure.LEFT),
        (400, "Bad Request: chat not found", Failure.LEFT),
        (400, "Bad Request: message is too long", Failure.REFUSED),
        (401, "Unauthorized", Failure.CONFIG),
        (404, "Not Found", Failure.CONFIG),
        (500, "Internal Server Error", Failure.UNREACHABLE),
        (502, "Bad Gateway", Failure.UNREACHABLE),
    ],
)
async def test_refusals(
    fake: FakeTelegram, channel: Telegram, code: int, description: str, reason: Failure
) -> None:
    fake.say(LAN, "/start")
    fake.refuse(1, code, description, **({"retry_after": 7} if code == 429 else {}))
    with pytest.raises(SendFailed) as failed:
        await channel.send(HERE, HELLO)
    assert failed.value.reason is reason
    assert failed.value.retry_after == (7 if code == 429 else None)
    assert fake.chat(LAN) == []


async def test_who_never_wrote_and_who_blocked_us(fake: FakeTelegram, channel: Telegram) -> None:
    assert await reason(channel) is Failure.LEFT
    fake.say(LAN, "/start")
    fake.block(LAN)
    assert await reason(channel) is Failure.LEFT


async def test_an_answer_that_never_comes_is_unknown(
    fake: FakeTelegram, channel: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_api, "ANSWER_SECONDS", 0.1)
    fake.say(LAN, "/start")
    fake.swallow(1)
    assert await reason(channel) is Failure.UNKNOWN
    fake.hang_up(1)
    assert await reason(channel) is Failure.UNKNOWN
    assert len(fake.chat(LAN)) == 2


async def test_nobody_there_is_unreachable(house: House) -> None:
    async with FakeTelegram() as gone:
        settings = house.settings.model_copy(update={"telegram_api_url": gone.url})
    channel = Telegram(replace(house, settings=settings))
    assert await reason(channel) is Failure.UNREACHABLE
    await channel.close()


async def test_html_the_server_cannot_read_goes_out_plain(
    fake: FakeTelegram, channel: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_channel, "rendered", lambda spans: "<wrong>Xin chào")
    fake.say(LAN, "/start")
    await channel.send(HERE, HELLO)
    assert [message.text for message in fake.chat(LAN)] == ["Xin chào"]


async def test_a_photo_goes_with_its_caption(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    fake.say(LAN, "/start")
    file = await kept(house, a_photo())
    button = Button(label="Đồng ý", payload="f.q.1.yes")
    await channel.send(HERE, Part(spans=(Span(text="Đã sửa", bold=True),), buttons=(button,), files=(file,)))
    (message,) = fake.chat(LAN)
    assert (message.text, message.buttons) == ("Đã sửa", ["Đồng ý"])
    assert message.file is not None
    assert message.file[:2] == b"\xff\xd8"


async def test_a_long_text_follows_its_photos(fake: FakeTelegram, house: House, channel: Telegram) -> None:
    fake.say(LAN, "/start")
    file = await kept(house, a_photo())
    number = await channel.send(HERE, Part(spans=(Span(text="dài " * 300),), files=(file, file)))
    first, second, words = fake.chat(LAN)
    assert first.file
    assert second.file
    assert (words.text, str(words.id)) == (("dài " * 300).strip(), number)


async def test_words_go_out_without_a_photo_that_was_erased(fake: FakeTelegram, channel: Telegram) -> None:
    fake.say(LAN, "/start")
    await channel.send(HERE, Part(spans=(Span(text="Đã sửa"),), files=(FileRef(id="gone"),)))
    assert [message.text for message in fake.chat(LAN)] == ["Đã sửa"]


# Files and secrets


async def test_fetching_a_photo(fake: FakeTelegram, channel: Telegram) -> None:
    taken = Taken()
    photo = a_photo()
    async with polling(channel, taken):
        fake.photo(LAN, photo)
        (arrival,) = await taken.wait(1)
    assert await channel.fetch(arrival.incoming.files[0]) == photo


@pytest.mark.parametrize("remote", [None, "unknown"])
async def test_a_file_that_is_not_to_be_had(channel: Telegram, fake: FakeTelegram, remote: str | None) -> None:
    with pytest.raises(SendFailed) as failed:
        await channel.fetch(FileRef(id="x", remote=remote))
    assert failed.value.reason is Failure.REFUSED


async def test_a_file_bigger_than_told_is_cut_off(
    fake: FakeTelegram, channel: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_channel, "MAX_BYTES", 1000)
    taken = Taken()
    async with polling(channel, taken):
        fake.photo(LAN, bytes(1001))
        (arrival,) = await taken.wait(1)
    with pytest.raises(SendFailed, match="too big"):
        await channel.fetch(arrival.incoming.files[0])


async def test_the_token_is_told_to_nobody(
    fake: FakeTelegram, house: House, caplog: pytest.LogCaptureFixture, quick: None
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "110201543:AAsecretsecretsecretsecretsecretsecr"
    settings = house.settings.model_copy(update={"telegram_token": secret})
    channel = Telegram(replace(house, settings=settings), poll_seconds=1)
    said = []
    async with polling(channel, Taken()):
        await until(lambda: "getUpdates failed" in caplog.text)
    for action in (channel.send(HERE, HELLO), channel.fetch(FileRef(id="x", remote="y"))):
        try:
            await action
        except SendFailed as fault:
            logging.getLogger("test").exception("failed")
            said.append(f"{fault!r} {fault}")
    await channel.close()
    assert len(said) == 2
    assert "secret" not in caplog.text + "".join(said) + repr(channel) + repr(channel._api)


# Helpers


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
