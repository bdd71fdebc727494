"""A Bot API that runs on this machine: real HTTP, the limits and refusals of the real one, people to play.

    async with FakeTelegram() as fake:
        fake.say(7, "xin chào")
        await fake.wait(7, 1)
        fake.tap(7, "Thủ tục hành chính")

Run by itself (`python -m tests.fakes.telegram PORT`) it takes messages to anybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import sys
import time
from collections import defaultdict
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram_wire import (
    BOT,
    Message,
    Refused,
    chat_shape,
    command_shape,
    file_shape,
    read_body,
    read_keyboard,
    read_words,
    shown,
    user_shape,
)

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
DOWNLOAD_LIMIT = 20 * 1024 * 1024


class FakeTelegram:
    """The server and everybody who talks to the bot. People are numbers; who has spoken can be written to."""

    def __init__(self, *, port: int = 0, token: str = TOKEN, anybody: bool = False) -> None:
        self.token = token
        self.anybody = anybody
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answered: list[str] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook = ""
        self._port = port
        self._numbers = itertools.count(1)
        self._updates: list[dict[str, Any]] = []
        self._first_update = 873_000_000
        self._next_update = self._first_update
        self._allowed: list[str] | None = None
        self._poller: asyncio.Future[None] | None = None
        self._news = asyncio.Event()
        self._written = asyncio.Event()
        self._chats: dict[int, list[Message]] = defaultdict(list)
        self._blocked: set[int] = set()
        self._files: dict[str, bytes] = {}
        self._faults: list[Refused] = []
        self._poll_faults: list[Refused] = []
        self.conflicts = 0
        self._swallow = 0
        self._hang_up = 0
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        self._news.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """For MOTCUA_TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self._port}"

    # People

    def say(self, user: int, text: str) -> int:
        """Write to the bot; the update's number."""
        return self._message(user, text=text, **command_shape(text))

    def tap(self, user: int, label: str) -> int:
        """Press the newest button of that label."""
        for message in reversed(self.chat(user)):
            for key in itertools.chain.from_iterable(message.rows):
                if key["text"] == label:
                    assert "callback_data" in key, f"{label!r} opens {key.get('url')}"
                    return self.tap_data(user, key["callback_data"], message.id)
        raise AssertionError(f"no button {label!r}; there are {[m.buttons for m in self.chat(user)]}")

    def tap_data(self, user: int, data: str, message_id: int = 1) -> int:
        """Press a button known by its payload."""
        tap = {
            "id": str(next(self._numbers)),
            "from": user_shape(user),
            "chat_instance": "-42",
            "data": data,
            "message": {"message_id": message_id, "date": int(time.time()), "chat": chat_shape(user), "text": "…"},
        }
        return self.update(callback_query=tap)

    def photo(self, user: int, data: bytes, caption: str | None = None, album: str | None = None) -> int:
        """Send a photo; it comes in three sizes, as the real one does."""
        sizes = [
            self._stored(data if side == 1280 else data[:16]) | {"width": side, "height": side * 3 // 4}
            for side in (90, 320, 1280)
        ]
        return self._message(user, photo=sizes, caption=caption, media_group_id=album)

    def document(self, user: int, data: bytes, name: str, mime: str) -> int:
        """Send a file."""
        return self._message(user, document=self._stored(data) | {"file_name": name, "mime_type": mime})

    def stored(self, data: bytes) -> str:
        """Put a file on the server; its `file_id`."""
        return str(self._stored(data)["file_id"])

    def block(self, user: int) -> None:
        """Stop the bot; it may not write any more."""
        self._blocked.add(user)

    def unblock(self, user: int) -> None:
        """Start it again."""
        self._blocked.discard(user)

    def chat(self, user: int) -> list[Message]:
        """What the bot has written to somebody."""
        return self._chats.get(user, [])

    async def wait(self, user: int, count: int, seconds: float = 5) -> list[Message]:
        """The chat once it holds `count` messages. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(self.chat(user)) < count:
                self._written.clear()
                await self._written.wait()
        return self.chat(user)

    def update(self, **content: object) -> int:
        """Queue an update as it stands; its number. Kinds the bot did not ask for are dropped."""
        if self._allowed is None or set(content) & set(self._allowed):
            self._updates.append({"update_id": self._next_update, **content})
            self._next_update += 1
            self._news.set()
        return self._next_update - 1

    @property
    def unconfirmed(self) -> int:
        """Updates the bot has not confirmed yet."""
        return len(self._updates)

    # Trouble

    def refuse(self, times: int, code: int, description: str, **parameters: object) -> None:
        """Turn down the next calls that send something."""
        self._faults += [Refused(code, description, **parameters) for _ in range(times)]

    def refuse_polls(self, times: int, code: int, description: str, **parameters: object) -> None:
        """Turn down the next getUpdates."""
        self._poll_faults += [Refused(code, description, **parameters) for _ in range(times)]

    def renumber(self, number: int) -> None:
        """What happens after a week without updates: the next one has any number."""
        self._next_update = number

    def throttle(self, times: int, retry_after: int) -> None:
        """429 for the next calls that send something."""
        self.refuse(times, 429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)

    def swallow(self, times: int) -> None:
        """Take the next messages, show them, and never answer."""
        self._swallow += times

    def hang_up(self, times: int) -> None:
        """Take the next messages, show them, and close the connection instead of answering."""
        self._hang_up += times

    # The server

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise Refused(401, "Unauthorized")
            handler = getattr(self, f"_do_{method.lower()}", None)
            if handler is None:
                raise Refused(404, "Not Found")
            body = await read_body(request)
            if method != "getUpdates":
                self.calls.append((method, body))
            if method.startswith(("send", "edit")):
                if self._faults:
                    raise self._faults.pop(0)
                result = await handler(body)
                await self._maybe_silent(request)
            else:
                result = await handler(body)
        except Refused as no:
            said = {"ok": False, "error_code": no.code, "description": no.description}
            if no.parameters:
                said["parameters"] = no.parameters
            return web.json_response(said, status=no.code)
        return web.json_response({"ok": True, "result": result})

    async def _maybe_silent(self, request: web.Request) -> None:
        if self._hang_up:
            self._hang_up -= 1
            if request.transport is not None:
                request.transport.close()
        elif self._swallow:
            self._swallow -= 1
            await self._closing.wait()

    async def _download(self, request: web.Request) -> web.Response:
        data = self._files.get(request.match_info["path"].removeprefix("photos/"))
        if request.match_info["token"] != self.token or data is None:
            return web.Response(status=404)
        return web.Response(body=data)

    async def _do_getme(self, body: dict[str, Any]) -> object:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False}

    async def _do_getwebhookinfo(self, body: dict[str, Any]) -> object:
        return {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": self.unconfirmed}

    async def _do_deletewebhook(self, body: dict[str, Any]) -> object:
        self.webhook = ""
        return True

    async def _do_getupdates(self, body: dict[str, Any]) -> object:
        if self._poll_faults:
            raise self._poll_faults.pop(0)
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._poller is not None and not self._poller.done():
            self.conflicts += 1
            self._poller.set_exception(
                Refused(409, "Conflict: terminated by other getUpdates request; one bot instance at a time")
            )
        self._allowed = body.get("allowed_updates", self._allowed)
        offset = int(body.get("offset", 0))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        self._poller = poller = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(float(body.get("timeout", 0))):
                while not self._updates and not self._closing.is_set():
                    self._news.clear()
                    news = asyncio.ensure_future(self._news.wait())
                    await asyncio.wait({news, poller}, return_when=asyncio.FIRST_COMPLETED)
                    news.cancel()
                    if poller.done():
                        break
        if poller.done():
            poller.result()
        poller.cancel()
        return self._updates[: int(body.get("limit", 100))]

    async def _do_sendmessage(self, body: dict[str, Any]) -> object:
        return self._deliver(body, *read_words(body, "text", 4096, "message is too long"))

    async def _do_sendphoto(self, body: dict[str, Any]) -> object:
        if len(body["photo"]) > 10 * 1024 * 1024:
            raise Refused(413, "Request Entity Too Large")
        words = read_words(body, "caption", 1024, "message caption is too long")
        return self._deliver(body, *words, file=body["photo"])

    async def _do_senddocument(self, body: dict[str, Any]) -> object:
        words = read_words(body, "caption", 1024, "message caption is too long")
        return self._deliver(body, *words, file=body["document"])

    async def _do_editmessagetext(self, body: dict[str, Any]) -> object:
        text, entities = read_words(body, "text", 4096, "message is too long")
        for message in self.chat(int(body["chat_id"])):
            if message.id == int(body["message_id"]):
                if (message.text, message.entities) == (text, entities):
                    raise Refused(400, "Bad Request: message is not modified")
                message.text, message.entities = text, entities
                return shown(message)
        raise Refused(400, "Bad Request: message to edit not found")

    async def _do_answercallbackquery(self, body: dict[str, Any]) -> object:
        self.answered.append(str(body["callback_query_id"]))
        return True

    async def _do_setmycommands(self, body: dict[str, Any]) -> object:
        for command in body["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[body.get("language_code", "")] = body["commands"]
        return True

    async def _do_getmycommands(self, body: dict[str, Any]) -> object:
        return self.commands.get(body.get("language_code", ""), [])

    async def _do_getfile(self, body: dict[str, Any]) -> object:
        data = self._files.get(body["file_id"])
        if data is None:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(data) > DOWNLOAD_LIMIT:
            raise Refused(400, "Bad Request: file is too big")
        return file_shape(body["file_id"], data) | {"file_path": f"photos/{body['file_id']}"}

    def _deliver(
        self, body: dict[str, Any], text: str, entities: list[dict[str, object]], file: bytes | None = None
    ) -> object:
        chat = int(body["chat_id"])
        if chat not in self._chats and not self.anybody:
            raise Refused(400, "Bad Request: chat not found")
        if chat in self._blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        rows = read_keyboard(body.get("reply_markup", {}))
        message = Message(id=next(self._numbers), chat=chat, text=text, entities=entities, rows=rows, file=file)
        self._chats[chat].append(message)
        self._written.set()
        return shown(message)

    def _message(self, user: int, **content: object) -> int:
        self._chats[user]  # who writes can be written to
        message = {
            "message_id": next(self._numbers),
            "date": int(time.time()),
            "chat": chat_shape(user),
            "from": user_shape(user),
        }
        return self.update(message=message | {k: v for k, v in content.items() if v is not None})

    def _stored(self, data: bytes) -> dict[str, object]:
        name = f"AgACAgUAAxkBAAI{next(self._numbers)}"
        self._files[name] = data
        return file_shape(name, data)


async def _serve(port: int) -> None:
    async with FakeTelegram(port=port, anybody=True) as fake:
        print(fake.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(int(sys.argv[1])))
