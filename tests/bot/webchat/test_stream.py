"""What the browser is given."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from bot.house import utc_now
from bot.store.outbox import Outbox
from bot.store.records import OutboxClass, OutboxRow, OutboxState, Outgoing
from bot.store.work import Store, open_store
from bot.web import streams as streams_module
from bot.web.streams import Streams
from bot.web.visitors import COOKIE
from handlers.talk import Address, Button, Part, Span
from tests.bot.chat_office import ChatOffice, plain
from tests.bot.webchat.common import TIMEOUT, address_of, browsing, listen
from tests.conftest import Clock

# the stream


async def test_the_stream_gives_what_waits_and_what_comes(any_office: ChatOffice) -> None:
    office = any_office
    async with browsing(office) as browser:
        await browser.get("/")
        me = await address_of(browser, office)
        await office.write(me, Part(spans=(Span(text="Chào "), Span(text="bạn", bold=True)), human=True))
        listening = asyncio.create_task(listen(office, browser, 2))
        await asyncio.sleep(0.3)
        await office.write(
            me,
            plain(
                "Chọn", Button(label="Có", payload="menu.pick.n1.yes"), Button(label="Về", payload="menu.-.go.-")
            ),
        )
        first, second = await listening
    assert first["spans"] == [
        {"text": "Chào ", "bold": False, "url": None},
        {"text": "bạn", "bold": True, "url": None},
    ]
    assert first["human"] is True
    assert [button["question"] for button in second["buttons"]] == ["menu.pick.n1", None]
    assert second["seq"] > first["seq"]


async def test_the_stream_goes_on_where_the_browser_was(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    me = await address_of(browser, office)
    await office.write(me, *(plain(str(number)) for number in range(5)))
    events = await listen(office, browser, 5)
    cursor = events[2]["seq"]
    await browser.post("/chat/ack", json={"seq": cursor})
    assert [one["spans"][0]["text"] for one in await listen(office, browser, 2, after=cursor)] == ["3", "4"]
    assert [one["spans"][0]["text"] for one in await listen(office, browser, 2, last_event_id=cursor)] == [
        "3",
        "4",
    ]


async def test_what_is_written_while_a_stream_is_open_comes_at_once(any_office: ChatOffice) -> None:
    """Also when the sender takes the signal away at once, as it does."""
    office = any_office
    async with browsing(office) as browser:
        await browser.get("/")
        me = await address_of(browser, office)
        listening = asyncio.create_task(listen(office, browser, 20))
        taking = asyncio.create_task(take_signals(office.house.store))
        await asyncio.sleep(0.3)
        before = asyncio.get_running_loop().time()
        for number in range(20):
            await office.write(me, plain(str(number)))
            await asyncio.sleep(0.02)
        events = await listening
        taking.cancel()
    assert asyncio.get_running_loop().time() - before < streams_module.POLL_SECONDS
    assert [one["spans"][0]["text"] for one in events] == [str(number) for number in range(20)]


async def take_signals(store: Store) -> None:
    while True:
        await store.outbox_wake.wait()
        store.outbox_wake.clear()


async def test_what_another_process_writes_comes_too(
    sqlite_store: Store, office: ChatOffice, browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    me = await address_of(browser, office)
    other = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'motcua.db'}", utc_now)
    listening = asyncio.create_task(listen(office, browser, 1))
    await asyncio.sleep(0.3)
    async with other.begin() as work:
        work.outbox.add(Outgoing(to=me, klass=OutboxClass.REPLY, part=plain("từ nơi khác")))
    (event,) = await listening
    await other.close()
    assert event["spans"][0]["text"] == "từ nơi khác"


async def test_what_is_written_to_one_wakes_nobody_else(
    office: ChatOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    after = Outbox.after

    async def counted(self: Outbox, address: Address, seq: int, limit: int) -> list[OutboxRow]:
        reads.append(address.user)
        return await after(self, address, seq, limit)

    monkeypatch.setattr(Outbox, "after", counted)
    streams = Streams(office.house)
    readers = [asyncio.create_task(drain(streams, user(number))) for number in range(10)]
    await asyncio.sleep(0.3)
    reads.clear()
    await office.write(user(3), plain("một"))
    await asyncio.sleep(0.3)
    assert reads == [user(3).user]
    await streams.close()
    assert [len(await reader) for reader in readers] == [int(number == 3) for number in range(10)]


def user(number: int) -> Address:
    return Address(channel="webchat", user=f"{number:032}")


async def drain(streams: Streams, address: Address, cursor: int = 0) -> list[str | None]:
    """The kinds of event until the stream ends by itself."""
    return [one.event async for one in streams.events(address, cursor) if one.event]


@pytest.mark.postgres
async def test_a_row_that_becomes_visible_late_still_comes(
    postgres_url: str, clock: Clock, tmp_path: Path
) -> None:
    """Of two addresses, the one written to first may be committed last."""
    store = await open_store(postgres_url, clock)
    office = ChatOffice(store, tmp_path)
    streams = Streams(office.house)
    slow, quick = user(1), user(2)
    reading = [asyncio.create_task(drain(streams, one)) for one in (slow, quick)]
    await asyncio.sleep(0.2)
    async with store.begin() as work:
        work.outbox.add(Outgoing(to=slow, klass=OutboxClass.REPLY, part=plain("chậm")))
        await work.outbox.flush()
        await office.write(quick, plain("nhanh"))
        await asyncio.sleep(0.2)
    await asyncio.sleep(0.3)
    await streams.close()
    assert [await one for one in reading] == [["part"], ["part"]]
    await store.close()


async def test_too_many_streams_of_one_visitor_put_the_oldest_aside(office: ChatOffice) -> None:
    streams = Streams(office.house, each=2)
    readers = []
    for _ in range(3):
        readers.append(asyncio.create_task(drain(streams, user(1))))
        await asyncio.sleep(0.1)
    other = asyncio.create_task(drain(streams, user(2)))
    assert await asyncio.wait_for(readers[0], TIMEOUT) == ["aside"]
    await office.write(user(1), plain("một"))
    await asyncio.sleep(0.3)
    await streams.close()
    assert [await one for one in (*readers[1:], other)] == [["part"], ["part"], []]


async def test_too_many_streams_in_all_are_refused_in_words(
    office: ChatOffice, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Streams, "full", True)
    response = await browser.get("/chat/stream")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "30"
    assert response.json()["message"]


async def test_closed_streams_are_forgotten(office: ChatOffice) -> None:
    streams = Streams(office.house, most=1)
    reading = asyncio.create_task(drain(streams, user(1)))
    await asyncio.sleep(0.1)
    assert streams.full
    reading.cancel()
    await asyncio.wait({reading})
    assert not streams.full
    await streams.close()


async def test_leaving_takes_the_cookie_and_ends_the_streams(
    office: ChatOffice, browser: httpx.AsyncClient
) -> None:
    me = await address_of(browser, office)
    cookie = browser.cookies[COOKIE]
    listening = asyncio.create_task(listen(office, browser, 1))
    await asyncio.sleep(0.2)
    assert (await browser.post("/chat/leave")).status_code == 204
    assert COOKIE not in browser.cookies
    assert await listening == []
    await office.write(me, plain("riêng"))
    assert (await browser.get("/chat/stream")).status_code == 401
    await browser.get("/")
    assert browser.cookies[COOKIE] != cookie
    assert (await browser.post("/chat/leave", headers={"origin": "https://evil.example"})).status_code == 403


async def test_a_part_says_what_it_is_about(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    """So that the page can clear its own log when all else was erased."""
    me = await address_of(browser, office)
    await office.write(me, Part(spans=(Span(text="Đã xóa"),), key="privacy.erased"))
    (event,) = await listen(office, browser, 1)
    assert event["about"] == "privacy.erased"


async def test_a_long_history_comes_whole(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    me = await address_of(browser, office)
    await office.write(me, *(plain(str(number)) for number in range(250)))
    events = await listen(office, browser, 250)
    assert [one["spans"][0]["text"] for one in events] == [str(number) for number in range(250)]
    await browser.post("/chat/ack", json={"seq": events[-1]["seq"]})
    await office.write(me, plain("mới"))
    (newest,) = await listen(office, browser, 1, after=events[-1]["seq"])
    assert newest["spans"][0]["text"] == "mới"


async def test_an_acknowledged_part_is_sent(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    me = await address_of(browser, office)
    await office.write(me, plain("một"), plain("hai"))
    first, _ = await listen(office, browser, 2)
    assert (await browser.post("/chat/ack", json={"seq": first["seq"]})).status_code == 204
    async with office.house.store.read() as work:
        states = [row.state for row in await work.outbox.after(me, 0, 10)]
    assert states == [OutboxState.SENT, OutboxState.WAITING]


@pytest.mark.parametrize("seq", [0, -1, 2**63, 1.5, "1", None, True])
async def test_a_senseless_acknowledgement_is_refused(browser: httpx.AsyncClient, seq: object) -> None:
    assert (await browser.post("/chat/ack", json={"seq": seq})).status_code == 400


@pytest.mark.parametrize("after", ["-1", "x", str(2**63), "1" * 5000])
async def test_a_senseless_cursor_is_refused(browser: httpx.AsyncClient, after: str) -> None:
    assert (await browser.get("/chat/stream", params={"after": after})).status_code == 400


async def test_nobody_reads_another_visitors_answers(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    me = await address_of(browser, office)
    await office.write(me, plain("riêng"))
    async with browsing(office) as other:
        await other.get("/")
        its = await address_of(other, office)
        await office.write(its, plain("của người khác"))
        (event,) = await listen(office, other, 1)
    assert event["spans"][0]["text"] == "của người khác"
