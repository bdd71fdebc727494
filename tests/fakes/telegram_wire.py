"""The Bot API's shapes, limits and refusals, as the fake server speaks them."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from tests.fakes.telegram_html import NotReadable, read_html, units

BOT = {"id": 110201543, "is_bot": True, "first_name": "Một Cửa", "username": "motcua_bot"}


class Refused(Exception):
    """A call that the server turns down."""

    def __init__(self, code: int, description: str, **parameters: object) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass(kw_only=True)
class Message:
    """What somebody finds in the chat with the bot."""

    id: int
    chat: int
    text: str
    entities: list[dict[str, object]] = field(default_factory=list)
    rows: list[list[dict[str, str]]] = field(default_factory=list)
    file: bytes | None = None

    @property
    def buttons(self) -> list[str]:
        """The labels, row by row."""
        return [key["text"] for row in self.rows for key in row]


def file_shape(name: str, data: bytes) -> dict[str, object]:
    return {"file_id": name, "file_unique_id": f"AQAD{name[-6:]}", "file_size": len(data)}


def user_shape(user: int) -> dict[str, object]:
    return {"id": user, "is_bot": False, "first_name": "Nguyễn Văn Mẫu", "language_code": "vi"}


def chat_shape(user: int) -> dict[str, object]:
    return {"id": user, "first_name": "Nguyễn Văn Mẫu", "type": "private"}


def command_shape(text: str) -> dict[str, object]:
    if not text.startswith("/"):
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": units(text.split()[0])}]}


def shown(message: Message) -> dict[str, object]:
    shown: dict[str, object] = {
        "message_id": message.id,
        "from": BOT,
        "chat": chat_shape(message.chat),
        "date": int(time.time()),
        "text": message.text,
    }
    if message.entities:
        shown["entities"] = message.entities
    if message.rows:
        shown["reply_markup"] = {"inline_keyboard": message.rows}
    return shown


def read_words(body: dict[str, Any], name: str, most: int, too_long: str) -> tuple[str, list[dict[str, object]]]:
    text, entities = str(body.get(name, "")), list[dict[str, object]]()
    if body.get("parse_mode") == "HTML":
        try:
            text, entities = read_html(text)
        except NotReadable as fault:
            raise Refused(400, f"Bad Request: can't parse entities: {fault}") from fault
    if name == "text" and not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if units(text) > most:
        raise Refused(400, f"Bad Request: {too_long}")
    return text, entities


def read_keyboard(markup: dict[str, Any]) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = markup.get("inline_keyboard", [])
    keys = list(itertools.chain.from_iterable(rows))
    if len(keys) > 100 or any(len(row) > 8 for row in rows):
        raise Refused(400, "Bad Request: reply markup is too long")
    for key in keys:
        if not key.get("text"):
            raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if "url" in key:
            address = urlsplit(key["url"])
            if address.scheme not in {"http", "https", "tg"} or "." not in address.netloc:
                raise Refused(400, f"Bad Request: inline keyboard button URL '{key['url']}' is invalid")
        elif not 1 <= len(key.get("callback_data", "").encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows


async def read_body(request: web.Request) -> dict[str, Any]:
    """JSON, a form, or a form with files; the forms carry structures as JSON."""
    if request.content_type == "application/json":
        said = await request.json()
        assert isinstance(said, dict)
        return said
    body: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            body[name] = value.file.read()
        elif isinstance(value, str) and value[:1] in "[{":
            body[name] = json.loads(value)
        else:
            body[name] = value
    return body
