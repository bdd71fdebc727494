"""Parts, files and secrets on their way to the Bot API."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from bot.channels import telegram as telegram_channel
from bot.channels import telegram_api
from bot.channels.base import Failure, SendFailed
from bot.channels.telegram import Telegram
from bot.house import House
from handlers.codec import part_from_json
from handlers.talk import Button, FileRef, Part, Span
from tests.bot.telegram.common import HELLO, HERE, LAN, Taken, a_photo, kept, polling, reason, until
from tests.bot.test_telegram_shape import recorded
from tests.fakes.telegram import FakeTelegram

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
