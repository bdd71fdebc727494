"""The page, and what a visitor sends."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import uuid

import httpx
import pytest
from PIL import Image

from bot.channels import webchat as webchat_module
from bot.channels.base import SendFailed
from bot.channels.webchat import MESSAGES, WebChat
from bot.files import MAX_BYTES
from bot.web.bodies import clean
from bot.web.visitors import COOKIE, Pace
from handlers.answers import MAX_TEXT
from handlers.talk import Address, FileRef
from tests.bot.chat_office import ChatOffice, plain
from tests.bot.webchat.common import browsing, photo, post

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
