"""Telegram's JSON and our values, one turned into the other. Pure: no socket, no clock, no table."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from uuid_utils import uuid7

from bot.files import MAX_BYTES
from handlers.talk import Address, Button, FileRef, Incoming, Location, Span

NAME = "telegram"
UPDATES = ("message", "callback_query")
SHORT_LABEL = 18  # two labels of this length still fit beside each other on a narrow phone

Json = Mapping[str, Any]

# What the app itself writes into a private chat: nobody said anything, so there is nothing to answer.
_SERVICE = frozenset(
    {
        "boost_added",
        "chat_background_set",
        "chat_shared",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "gift",
        "message_auto_delete_timer_changed",
        "passport_data",
        "pinned_message",
        "proximity_alert_triggered",
        "refunded_payment",
        "successful_payment",
        "unique_gift",
        "users_shared",
        "video_chat_ended",
        "video_chat_scheduled",
        "video_chat_started",
        "write_access_allowed",
    }
)


def read_update(update: Json, now: datetime) -> Incoming | None:
    """What a person did; None for what we do not answer (edits, groups, channels, service messages).

    Raises KeyError, TypeError or ValueError when the update is not shaped as documented.
    """
    if tap := update.get("callback_query"):
        return _read_tap(update, tap, now)
    if message := update.get("message"):
        return _read_message(update, message)
    return None


def rendered(spans: Sequence[Span]) -> str:
    """The text as Telegram's HTML; everything that is not our own mark is escaped."""
    return "".join(_rendered_span(span) for span in spans)


def keyboard(buttons: Sequence[Button], per_row: int) -> dict[str, object]:
    """An inline keyboard; only short labels stand side by side."""
    rows: list[list[dict[str, str]]] = []
    room = 0
    for button in buttons:
        short = len(button.label) <= SHORT_LABEL
        if not (short and room):
            rows.append([])
            room = per_row if short else 1
        rows[-1].append(_key(button))
        room -= 1
    return {"inline_keyboard": rows}


def _read_tap(update: Json, tap: Json, now: datetime) -> Incoming | None:
    message = tap.get("message")
    if message is None or message["chat"]["type"] != "private" or "data" not in tap:
        return None
    return Incoming(
        id=str(update["update_id"]),
        sender=Address(channel=NAME, user=str(tap["from"]["id"])),
        at=now,  # the message under the button may be weeks old
        choice=str(tap["data"]),
    )


def _read_message(update: Json, message: Json) -> Incoming | None:
    if message["chat"]["type"] != "private" or not _SERVICE.isdisjoint(message):
        return None
    text, files, place = _words(message), _files(message), _place(message)
    return Incoming(
        id=str(update["update_id"]),
        sender=Address(channel=NAME, user=str(message["chat"]["id"])),
        at=datetime.fromtimestamp(message["date"], UTC),
        text=text,
        files=files,
        location=place,
        unsupported=not (files or place or "text" in message or _own_phone(message)),
    )


def _words(message: Json) -> str | None:
    words = message.get("text") or message.get("caption") or _own_phone(message)
    return unicodedata.normalize("NFC", words) if words else None


def _own_phone(message: Json) -> str | None:
    """Anybody can forward somebody else's card: only the sender's own number counts."""
    contact = message.get("contact")
    if contact is None or contact.get("user_id") != message["from"]["id"]:
        return None
    number = str(contact["phone_number"])
    return number if number.startswith("+") or not number.startswith("84") else f"+{number}"


def _place(message: Json) -> Location | None:
    place = message.get("location")
    if place is None:
        return None
    return Location(latitude=place["latitude"], longitude=place["longitude"])


def _files(message: Json) -> tuple[FileRef, ...]:
    if sizes := message.get("photo"):
        fitting = [size for size in sizes if size.get("file_size", 0) <= MAX_BYTES]
        if not fitting:
            return ()
        best = max(fitting, key=lambda size: size["width"] * size["height"])
        return (_file(best, "photo"),)
    document = message.get("document")
    if document is None or "animation" in message or document.get("file_size", 0) > MAX_BYTES:
        return ()
    mime = document.get("mime_type", "")
    if mime.startswith("image/"):
        return (_file(document, "photo"),)
    return (_file(document, "document"),) if mime == "application/pdf" else ()


def _file(found: Json, kind: str) -> FileRef:
    # Without its name: that may be somebody's own, or a number of theirs.
    return FileRef(
        id=str(uuid7()),
        remote=found["file_id"],
        kind="photo" if kind == "photo" else "document",
        mime=found.get("mime_type"),
        size=found.get("file_size"),
    )


def _rendered_span(span: Span) -> str:
    text = html.escape(span.text)
    if span.url:
        text = f'<a href="{html.escape(span.url)}">{text}</a>'
    return f"<b>{text}</b>" if span.bold else text


def _key(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.payload or ""}
