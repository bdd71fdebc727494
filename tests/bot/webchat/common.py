"""What the tests of the web chat share."""

from __future__ import annotations

import asyncio
import io
import json
import uuid
from typing import Any

import httpx
from PIL import Image

from bot.web.visitors import COOKIE
from handlers.talk import Address
from tests.bot.chat_office import ChatOffice

TIMEOUT = 10


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
