"""The web chat's routes over a real store."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from bot.channels import webchat as webchat_module
from bot.channels.base import SendFailed
from bot.channels.webchat import MESSAGES, WebChat
from bot.files import MAX_BYTES
from bot.house import utc_now
from bot.store.outbox import Outbox
from bot.store.records import OutboxClass, OutboxRow, OutboxState, Outgoing
from bot.store.work import Store, open_store
from bot.web import streams as streams_module
from bot.web.bodies import clean
from bot.web.streams import Streams
from bot.web.visitors import COOKIE, Pace
from handlers.answers import MAX_TEXT
from handlers.talk import Address, Button, FileRef, Part, Span
from tests.bot.chat_office import ChatOffice, plain
from tests.conftest import Clock

TIMEOUT = 10


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


def browsing(office: ChatOffice) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=office.app), base_url="http://chat.test")


async def post(browser: httpx.AsyncClient, **body: object) -> httpx.Response:
    return await browser.post("/chat/messages", json={"id": str(uuid.uuid4()), **body})


async def address_of(browser: httpx.AsyncClient, office: ChatOffice) -> Address:
    await post(browser, text="xin chào")
    (incoming,) = await office.arrived()
    return incoming.sender


async def listen(
    office: ChatOffice, browser: httpx.AsyncClient, count: int, after: int = 0, last_event_id: int | None = None
) -> list[dict[str, Any]]:
    """The first `count` events of a stream. By hand, because httpx waits for a response to end."""
    events: list[dict[str, Any]] = []
    text = ""
    enough = asyncio.Event()
    headers = [(b"cookie", f"{COOKIE}={browser.cookies[COOKIE]}".encode()), (b"host", b"chat.test")]
    if last_event_id is not None:
        headers.append((b"last-event-id", str(last_event_id).encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/chat/stream",
        "raw_path": b"/chat/stream",
        "query_string": f"after={after}".encode(),
        "headers": headers,
        "root_path": "",
        "scheme": "http",
    }

    async def receive() -> dict[str, Any]:
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal text
        text += message.get("body", b"").decode()
        while "\r\n\r\n" in text:
            block, _, text = text.partition("\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in block.split("\r\n") if not line.startswith(":"))
            if "data" in fields:
                event = json.loads(fields["data"])
                assert event["seq"] <= int(fields["id"])
                events.append(event)
        if len(events) >= count:
            enough.set()

    await asyncio.wait_for(office.app(scope, receive, send), TIMEOUT)
    return events[:count]


def photo(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (120, 20, 20)).save(out, "JPEG")
    return out.getvalue()


# the page


async def test_the_page_gives_a_cookie_that_scripts_cannot_read(office: ChatOffice) -> None:
    async with browsing(office) as client:
        response = await client.get("/")
        cookie = response.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        first = client.cookies[COOKIE]
        await client.get("/")
        assert client.cookies[COOKIE] == first


async def test_the_page_says_what_it_is_and_runs_no_inline_script(office: ChatOffice) -> None:
    async with browsing(office) as client:
        response = await client.get("/")
    assert "DỮ LIỆU MẪU" in response.text
    assert office.house.catalog.deployment.centre in response.text
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    for number in ("113", "114", "115"):
        assert f'href="tel:{number}"' in response.text
    assert "<script>" not in response.text
    assert " style=" not in response.text


async def test_the_language_of_the_page_is_remembered(office: ChatOffice) -> None:
    async with browsing(office) as client:
        assert '<html lang="en">' in (await client.get("/?lang=en")).text
        assert '<html lang="en">' in (await client.get("/")).text
        assert '<html lang="vi">' in (await client.get("/?lang=vi")).text
        assert '<html lang="vi">' in (await client.get("/?lang=xx")).text


@pytest.mark.parametrize(
    "path", ["/static/base.css", "/chat/assets/chat.js", "/static/fonts/be-vietnam-pro-latin-400-normal.woff2"]
)
async def test_files_of_the_page_are_served(office: ChatOffice, path: str) -> None:
    async with browsing(office) as client:
        response = await client.get(path)
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_templates_are_not_served(office: ChatOffice) -> None:
    async with browsing(office) as client:
        assert (await client.get("/chat/assets/../index.html")).status_code == 404
        assert (await client.get("/chat/index.html")).status_code == 404


async def test_a_procedure_has_a_page_with_its_source(office: ChatOffice) -> None:
    async with browsing(office) as client:
        response = await client.get("/p/1.001193")
        assert response.status_code == 200
        assert "Thủ tục đăng ký khai sinh" in response.text
        assert "Cơ sở dữ liệu quốc gia về thủ tục hành chính" in response.text
        missing = await client.get("/p/9.999999")
        assert missing.status_code == 404
        assert "Không có thủ tục này" in missing.text


# messages


async def test_a_message_is_in_the_inbox_when_the_answer_comes(
    office: ChatOffice, browser: httpx.AsyncClient
) -> None:
    response = await post(browser, text="làm khai sinh\r\ncho con")
    assert (response.status_code, response.json()) == (202, {})
    (incoming,) = await office.arrived()
    assert incoming.text == "làm khai sinh\ncho con"
    assert incoming.sender.channel == "webchat"
    assert browser.cookies[COOKIE] not in str(incoming)


async def test_a_tap_arrives_as_a_choice(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    assert (await post(browser, choice="menu.pick.n1.procedures")).status_code == 202
    (incoming,) = await office.arrived()
    assert (incoming.choice, incoming.text) == ("menu.pick.n1.procedures", None)


async def test_the_same_id_is_taken_once(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    again = str(uuid.uuid4())
    for _ in range(3):
        assert (await post(browser, id=again, text="một lần")).status_code == 202
    assert [one.text for one in await office.arrived()] == ["một lần"]


async def test_nobody_can_use_up_another_visitors_id(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    shared = str(uuid.uuid4())
    await post(browser, id=shared, text="của tôi")
    async with browsing(office) as other:
        await other.get("/")
        await post(other, id=shared, text="của người khác")
    assert [one.text for one in await office.arrived()] == ["của tôi", "của người khác"]


async def test_messages_keep_their_order(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    for number in range(10):
        await post(browser, text=str(number))
    told = []
    while some := await office.arrived():
        told += [one.text for one in some]
    assert told == [str(number) for number in range(10)]


NASTY = ["\x00", "trước\x00sau", "\ud800", "\ud83d", "😀", "\x1b[2J", "<script>alert(1)</script>", "", " \n "]


@pytest.mark.parametrize("text", NASTY, ids=ascii)
async def test_any_text_is_stored(any_office: ChatOffice, text: str) -> None:
    async with browsing(any_office) as browser:
        await browser.get("/")
        body = json.dumps({"id": str(uuid.uuid4()), "text": text}).encode()
        response = await browser.post("/chat/messages", content=body)
    assert response.status_code == 202
    (incoming,) = await any_office.arrived()
    assert incoming.text == clean(text)


async def test_a_long_text_arrives_whole_so_that_the_talk_can_refuse_it(
    office: ChatOffice, browser: httpx.AsyncClient
) -> None:
    text = "a" * (MAX_TEXT - 1) + "😀 và còn nữa"
    response = await post(browser, text=text)
    assert (response.status_code, response.json()) == (202, {})
    (incoming,) = await office.arrived()
    assert incoming.text == text


async def test_a_body_over_64_kb_is_refused_in_words(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    response = await post(browser, text="a" * 100_000)
    assert response.status_code == 413
    assert "quá lớn" in response.json()["message"]
    assert await office.arrived() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{",
        b"[" * 30_000,
        b'{"id": 1, "text": "a"}',
        b'{"text": "a"}',
        b'{"id": "0b0e7a52-0000-4000-8000-000000000001"}',
        b'{"id": "0b0e7a52-0000-4000-8000-000000000001", "text": 5}',
        b'{"id": "0b0e7a52-0000-4000-8000-000000000001", "text": "a", "choice": "b"}',
        b'{"id": "0b0e7a52-0000-4000-8000-000000000001", "choice": "a\\u0000b"}',
        b'{"id": "0b0e7a52-0000-4000-8000-000000000001", "choice": "' + b"x" * 65 + b'"}',
    ],
)
async def test_a_broken_body_is_refused_in_words(
    office: ChatOffice, browser: httpx.AsyncClient, body: bytes
) -> None:
    response = await browser.post("/chat/messages", content=body)
    assert response.status_code == 400
    assert response.json()["message"]
    assert await office.arrived() == []


async def test_who_has_no_cookie_is_told_to_reload(office: ChatOffice) -> None:
    async with browsing(office) as stranger:
        assert (await post(stranger, text="a")).status_code == 401
        assert (await stranger.get("/chat/stream")).status_code == 401
        stranger.cookies.set(COOKIE, "x" * 500)
        assert (await post(stranger, text="a")).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://chat.test"}, 202),
        ({"sec-fetch-site": "same-origin"}, 202),
    ],
)
async def test_another_site_cannot_write(browser: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    body = {"id": str(uuid.uuid4()), "text": "a"}
    assert (await browser.post("/chat/messages", json=body, headers=headers)).status_code == status


async def test_who_writes_too_fast_is_asked_to_wait(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    for number in range(MESSAGES):
        assert (await post(browser, text=str(number))).status_code == 202
    refused = await post(browser, text="một tin nữa")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert "tự gửi lại" in refused.json()["message"]
    async with browsing(office) as other:
        await other.get("/")
        assert (await post(other, text="người khác")).status_code == 202


async def test_what_could_not_be_stored_is_not_confirmed(
    office: ChatOffice, browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    office.down = True
    with caplog.at_level(logging.DEBUG, "bot"):
        response = await post(browser, text="lời riêng của tôi")
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert "disk" not in response.text
    assert "lời riêng" not in caplog.text


def test_pace_forgets_old_names() -> None:
    now = 0.0
    pace = Pace(2, 10, lambda: now, names=2)
    assert [pace.wait("a") for _ in range(3)] == [0, 0, 10]
    now = 4
    assert pace.wait("a") == 6
    pace.wait("b")
    pace.wait("c")
    assert pace.wait("a") == 0, "the oldest name was let go"
    now = 15
    assert pace.wait("b") == 0


def test_pace_counts_how_much() -> None:
    now = 0.0
    pace = Pace(10, 60, lambda: now)
    assert pace.wait("a", 6) == 0
    now = 20
    assert pace.wait("a", 4) == 0
    assert pace.wait("a", 1) == 40
    assert pace.wait("a", 10) == 60
    now = 61
    assert pace.wait("a", 6) == 0


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


# files


async def test_a_photo_is_kept_and_arrives(any_office: ChatOffice) -> None:
    office = any_office
    async with browsing(office) as browser:
        await browser.get("/")
        again = str(uuid.uuid4())
        for _ in range(2):
            response = await browser.post(
                "/chat/files", data={"id": again}, files={"file": ("../rác.jpg", photo(), "image/jpeg")}
            )
            assert response.status_code == 202, response.text
        (incoming,) = await office.arrived()
        (file,) = incoming.files
        assert (file.kind, file.name, file.mime) == ("photo", None, "image/jpeg")
        shown = await browser.get(response.json()["file"]["url"])
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
        async with browsing(office) as other:
            await other.get("/")
            assert (await other.get(response.json()["file"]["url"])).status_code == 404
        async with office.house.store.read() as work:
            stored = await work.files.get(file.id)
    assert stored is not None
    assert stored.person is not None
    assert stored.name is None, "the name a file had may be a person's"


async def test_a_file_of_another_kind_is_refused_in_words(office: ChatOffice, browser: httpx.AsyncClient) -> None:
    response = await browser.post(
        "/chat/files", data={"id": str(uuid.uuid4())}, files={"file": ("a.exe", b"MZ" + b"\0" * 200, "image/jpeg")}
    )
    assert response.status_code == 422
    assert response.json()["message"]
    assert await office.arrived() == []


async def test_a_picture_too_large_to_decode_is_refused_for_good(
    office: ChatOffice, browser: httpx.AsyncClient
) -> None:
    """503 would have the page send it again and again, and nothing behind it."""
    out = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(out, "PNG")
    response = await browser.post(
        "/chat/files", data={"id": str(uuid.uuid4())}, files={"file": ("a.png", out.getvalue(), "image/png")}
    )
    assert response.status_code == 422
    assert "lớn quá" in response.json()["message"]


async def test_a_visitor_may_send_so_many_bytes_an_hour(
    office: ChatOffice, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.channel, "_file_pace", Pace(len(photo()) * 3, 3600, lambda: 0.0))

    async def send(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(
            "/chat/files", data={"id": str(uuid.uuid4())}, files={"file": ("a.jpg", photo(), "image/jpeg")}
        )

    statuses = [(await send(browser)).status_code for _ in range(3)]
    assert statuses == [202, 202, 422]
    assert "một giờ" in (await send(browser)).json()["message"]
    async with browsing(office) as other:
        await other.get("/")
        assert (await send(other)).status_code == 202
    assert webchat_module.FILE_BYTES >= MAX_BYTES + webchat_module.FORM_EXTRA_BYTES


async def test_a_file_too_big_is_refused_before_it_is_read(browser: httpx.AsyncClient) -> None:
    response = await browser.post(
        "/chat/files", content=b"x", headers={"content-length": str(MAX_BYTES * 2), "content-type": "text/plain"}
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"", "multipart/form-data"), (b"junk", "multipart/form-data; boundary=x"), (b"{}", "application/json")],
)
async def test_a_broken_form_is_refused(browser: httpx.AsyncClient, content: bytes, kind: str) -> None:
    response = await browser.post("/chat/files", content=content, headers={"content-type": kind})
    assert response.status_code == 400


async def test_an_unknown_file_is_not_found(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/chat/files/nothing")).status_code == 404


# the channel


async def test_the_outbox_row_is_the_delivery(office: ChatOffice) -> None:
    channel: WebChat = office.channel
    with pytest.raises(SendFailed):
        await channel.send(Address(channel="webchat", user="a"), plain("a"))
    with pytest.raises(SendFailed):
        await channel.fetch(FileRef(id="a"))
    await asyncio.wait_for(channel.poll(office.receive), 1)
    await channel.close()
