"""Recorded bodies → what we read in them; our parts → what goes out. The library checks both."""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import telegram

from bot.channels.telegram import LIMITS
from bot.channels.telegram_shape import keyboard, read_update, rendered
from handlers.codec import incoming_from_json, part_from_json
from handlers.talk import Button, Span

PAYLOADS = Path(__file__).parent.parent / "payloads" / "telegram"
NOW = datetime(2025, 11, 22, 2, 0, 5, tzinfo=UTC)


def recorded(folder: str) -> list[Any]:
    files = sorted((PAYLOADS / folder).glob("*.json"))
    assert files
    return [pytest.param(json.loads(file.read_text(encoding="utf-8")), id=file.stem) for file in files]


@pytest.mark.parametrize("case", recorded("incoming"))
def test_incoming(case: dict[str, Any]) -> None:
    read = read_update(case["update"], NOW)
    if case["incoming"] is None:
        assert read is None
        return
    for file in case["incoming"].get("files", []):
        file["id"] = "ours"
    assert read is not None
    assert all(len(file.id) == 36 for file in read.files)
    nameless = replace(read, files=tuple(replace(file, id="ours") for file in read.files))
    assert nameless == incoming_from_json(json.dumps(case["incoming"]))


@pytest.mark.parametrize("case", recorded("incoming"))
def test_recorded_updates_are_what_telegram_sends(case: dict[str, Any]) -> None:
    update = telegram.Update.de_json(case["update"], None)
    assert update is not None
    assert unexpected(update) == []


@pytest.mark.parametrize("case", recorded("outgoing"))
def test_outgoing(case: dict[str, Any]) -> None:
    part = part_from_json(json.dumps(case["part"]))
    assert rendered(part.spans) == case["body"]["text"]
    if part.buttons:
        assert keyboard(part.buttons, LIMITS.buttons_per_row) == case["body"]["reply_markup"]
        markup = telegram.InlineKeyboardMarkup.de_json(case["body"]["reply_markup"], None)
        assert unexpected(markup) == []
    else:
        assert "reply_markup" not in case["body"]
    assert set(case["body"]) <= set(inspect.signature(telegram.Bot.send_message).parameters)


def test_many_buttons_stay_in_order() -> None:
    buttons = [Button(label=f"Mục {n}" + " dài" * (n % 4) * 3, payload=str(n)) for n in range(20)]
    rows = keyboard(buttons, 2)["inline_keyboard"]
    assert isinstance(rows, list)
    assert [key["callback_data"] for row in rows for key in row] == [str(n) for n in range(20)]
    assert all(len(row) == 1 or all(len(key["text"]) <= 18 for key in row) for row in rows)


def test_what_a_citizen_wrote_is_never_markup() -> None:
    assert rendered([Span(text="<b>to</b> & <a href='x'>")]) == (
        "&lt;b&gt;to&lt;/b&gt; &amp; &lt;a href=&#x27;x&#x27;&gt;"
    )


def test_photo_too_big_to_fetch_is_taken_in_a_smaller_size() -> None:
    sizes = [
        {"file_id": str(side), "width": side, "height": side, "file_size": side * 10_000}
        for side in (100, 1000, 3000)
    ]
    chat = {"id": 1, "type": "private"}
    update = {"update_id": 1, "message": {"chat": chat, "from": {"id": 1}, "date": 0, "photo": sizes}}
    read = read_update(update, NOW)
    assert read is not None
    assert [file.remote for file in read.files] == ["1000"]


def test_malformed_update_is_an_error_of_that_update() -> None:
    with pytest.raises(KeyError):
        read_update({"update_id": 1, "message": {"text": "no chat"}}, NOW)


def unexpected(thing: object, path: str = "") -> list[str]:
    """Where the library found fields it does not know."""
    found: list[str] = []
    if isinstance(thing, telegram.TelegramObject):
        found += [f"{path}.{name}" for name in thing.api_kwargs]
        for name in (slot for kind in type(thing).__mro__ for slot in getattr(kind, "__slots__", ())):
            if not name.startswith("_") and name not in {"api_kwargs"}:
                found += unexpected(getattr(thing, name, None), f"{path}.{name}")
    elif isinstance(thing, tuple | list):
        for one in thing:
            found += unexpected(one, f"{path}[]")
    return found
