"""Updates are stored before they are confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.channels import telegram as telegram_channel
from bot.channels.telegram import Telegram
from bot.house import House
from bot.intake import Intake
from tests.bot.telegram.common import HERE, LAN, Taken, polling, taken_set_up, until
from tests.fakes.telegram import FakeTelegram

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
