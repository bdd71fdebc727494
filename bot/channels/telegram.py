"""Telegram by polling: updates are stored before they are confirmed, one part is one sendMessage."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import telegram
from starlette.routing import BaseRoute
from telegram.constants import MessageLimit
from uuid_utils import uuid7

from bot.channels.base import Arrival, Failure, Limits, Receive, SendFailed
from bot.channels.fit import units
from bot.channels.pace import Backoff, Pace
from bot.channels.telegram_api import BadAnswer, BotApi, Form
from bot.channels.telegram_shape import NAME, UPDATES, keyboard, read_update, rendered
from bot.files import MAX_BYTES
from bot.house import House
from bot.store.errors import StoreError
from handlers.talk import Address, FileRef, Part
from handlers.words import LANGUAGES

LIMITS = Limits(
    text=4096,
    buttons=100,
    buttons_per_row=2,
    label=64,
    payload=64,
    style="html",
    url_buttons=True,
    checked=date(2026, 11, 22),
)
# The platform's advice, not a promise: 30 messages a second in all, one a second to a chat, short bursts pass.
PACE = Pace(per_second=30, burst=5, chat_per_second=1, chat_burst=3)

POLL_SECONDS = 25
BATCH = 100
LEASE_SECONDS = 60.0
LEASE_RENEWED = 5.0
SET_UP_AGAIN = 600.0
CONFIG_PAUSE = 60.0
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0

log = logging.getLogger(__name__)


class Telegram:
    """One bot. Several processes may run it: one polls (a lease decides), all may send."""

    name = NAME
    limits = LIMITS

    def __init__(self, house: House, *, poll_seconds: int = POLL_SECONDS, holder: str | None = None) -> None:
        token = house.settings.telegram_token
        if token is None:
            raise ValueError("MOTCUA_TELEGRAM_TOKEN is not set")
        self._house = house
        self._api = BotApi(token, house.settings.telegram_api_url)
        self._poll_seconds = poll_seconds
        # One process owns a SQLite file: after a crash it need not wait for its own lease to run out.
        alone = house.settings.database_url.startswith("sqlite")
        self._holder = holder or ("owner" if alone else str(uuid7()))
        self._lease_until = 0.0
        self._set_up_due: float | None = 0.0
        self._offset: int | None = None
        self._taps: set[asyncio.Task[None]] = set()

    def routes(self, receive: Receive) -> Sequence[BaseRoute]:
        """None: we ask, nobody calls us."""
        return ()

    async def poll(self, receive: Receive) -> None:
        """Fetch updates until cancelled; whatever goes wrong is logged and tried again."""
        backoff = Backoff(first=FIRST_WAIT, most=LONGEST_WAIT)
        try:
            while True:
                try:
                    if await self._our_turn():
                        await self._set_up()
                        await self._poll_once(receive)
                        backoff.reset()
                    else:
                        await asyncio.sleep(LEASE_RENEWED)
                except SendFailed as fault:
                    pause = _pause(fault, backoff)
                    log.warning("telegram getUpdates failed: %s; again in %.0f s", fault, pause)
                    await asyncio.sleep(pause)
                except Exception:
                    log.exception("telegram updates were not taken; they stay with the platform")
                    await asyncio.sleep(backoff.next())
        finally:
            await self._give_up_turn()

    async def send(self, to: Address, part: Part) -> str:
        """One message; photos and papers go ahead of a text too long for a caption. Raises SendFailed."""
        if not to.user.lstrip("-").isdigit():
            raise SendFailed(Failure.REFUSED, "not a chat number")
        chat = int(to.user)
        sent: Mapping[str, Any] | None = None
        captioned = len(part.files) == 1 and units(part.plain) <= MessageLimit.CAPTION_LENGTH
        for file in part.files:
            if upload := await self._upload(file):
                words = self._words(part, "caption") if captioned else {}
                sent = await self._post(upload[0], {"chat_id": chat, **words}, part, upload[1])
        if sent is None or not captioned:
            sent = await self._post("sendMessage", {"chat_id": chat, **self._words(part, "text")}, part)
        return str(sent["message_id"])

    async def fetch(self, file: FileRef) -> bytes:
        """The bytes behind `file.remote`. Raises SendFailed."""
        if file.remote is None:
            raise SendFailed(Failure.REFUSED, "nothing to fetch it by")
        return await self._api.download(file.remote, MAX_BYTES)

    async def close(self) -> None:
        """Answer the last taps and give back connections."""
        if self._taps:
            await asyncio.wait(self._taps, timeout=2)
        await self._api.close()

    async def _poll_once(self, receive: Receive) -> None:
        asked: dict[str, object] = {"timeout": self._poll_seconds, "limit": BATCH, "allowed_updates": UPDATES}
        if self._offset is not None:
            asked["offset"] = self._offset
        updates = await self._api.call("getUpdates", asked, wait=self._poll_seconds)
        if not updates:
            # All is confirmed. After a quiet week numbers start anew, perhaps lower: wait for any number.
            self._offset = None
            return
        if arrivals := self._read(updates):
            await receive(arrivals)
        self._offset = max(update["update_id"] for update in updates) + 1
        for update in updates:
            if tap := update.get("callback_query"):
                self._in_background(tap["id"])

    def _read(self, updates: Sequence[Mapping[str, Any]]) -> list[Arrival]:
        arrivals = []
        for update in updates:
            try:
                incoming = read_update(update, self._house.now())
            except (KeyError, TypeError, ValueError):
                # Refusing it would hold back everybody behind it for a day.
                log.exception("telegram update %s could not be read", update["update_id"])
                continue
            if incoming is not None:
                arrivals.append(Arrival(incoming=incoming, order=update["update_id"]))
        return arrivals

    def _in_background(self, tap: str) -> None:
        task = asyncio.create_task(self._answer_tap(tap))
        self._taps.add(task)
        task.add_done_callback(self._taps.discard)

    async def _answer_tap(self, tap: str) -> None:
        """Only stops the clock on the button; too late or lost does no harm."""
        with contextlib.suppress(SendFailed):
            await self._api.call("answerCallbackQuery", {"callback_query_id": tap})

    def _words(self, part: Part, field: str) -> dict[str, object]:
        words: dict[str, object] = {field: rendered(part.spans), "parse_mode": "HTML"}
        if field == "text":
            words["link_preview_options"] = {"is_disabled": True}
        if part.buttons:
            words["reply_markup"] = keyboard(part.buttons, LIMITS.buttons_per_row)
        return words

    async def _post(
        self, method: str, body: dict[str, object], part: Part, form: Form | None = None
    ) -> Mapping[str, Any]:
        try:
            return await self._api.message(method, body, form)
        except BadAnswer as fault:
            if fault.code != 400 or "can't parse entities" not in fault.description:
                raise
            log.error("telegram could not read our HTML, sent as plain text: %s", fault.description)
        del body["parse_mode"]
        field = "text" if "text" in body else "caption"
        return await self._api.message(method, body | {field: part.plain}, form)

    async def _upload(self, file: FileRef) -> tuple[str, Form] | None:
        """None when the file is no longer kept: the words still go out."""
        async with self._house.store.read() as work:
            stored = await work.files.get(file.id)
        if stored is None or stored.digest is None:
            return None
        try:
            data = await asyncio.to_thread(self._house.files.path(stored.digest).read_bytes)
        except FileNotFoundError:
            return None
        method, field = ("sendPhoto", "photo") if file.kind == "photo" else ("sendDocument", "document")
        return method, {field: (file.name or field, data, stored.mime or "application/octet-stream")}

    async def _our_turn(self) -> bool:
        """Whether this process polls; the lease is longer than one poll and its renewal."""
        now = time.monotonic()
        if now < self._lease_until - (LEASE_SECONDS - LEASE_RENEWED):
            return True
        async with self._house.store.begin() as work:
            ours = await work.leases.take(f"{NAME}-poll", self._holder, LEASE_SECONDS)
        self._lease_until = now + LEASE_SECONDS if ours else 0.0
        return ours

    async def _give_up_turn(self) -> None:
        if self._lease_until:
            self._lease_until = 0.0
            with contextlib.suppress(StoreError):  # it runs out by itself
                async with self._house.store.begin() as work:
                    await work.leases.give(f"{NAME}-poll", self._holder)

    async def _set_up(self) -> None:
        """Commands in each language, no webhook in the way; a failure only waits for a better time."""
        if self._set_up_due is None or time.monotonic() < self._set_up_due:
            return
        try:
            async with self._api.bot() as bot:
                log.info("telegram bot @%s", bot.username)
                if (await bot.get_webhook_info()).url:
                    await bot.delete_webhook()
                for lang in (None, *LANGUAGES):
                    wanted = self._commands(lang or LANGUAGES[0])
                    # Compared first: setting is counted against the flood limit.
                    if await bot.get_my_commands(language_code=lang) != wanted:
                        await bot.set_my_commands(wanted, language_code=lang)
        except Exception as fault:
            # The library's messages may hold the token: only the kind is logged.
            log.warning("telegram was not set up (%s); polling goes on", type(fault).__name__)
            self._set_up_due = time.monotonic() + SET_UP_AGAIN
        else:
            self._set_up_due = None

    def _commands(self, lang: str) -> tuple[telegram.BotCommand, ...]:
        sentences = self._house.words.area(NAME, lang)
        return tuple(
            telegram.BotCommand(name.removeprefix("command_"), sentence)
            for name, sentence in sentences.items()
            if name.startswith("command_")
        )


def _pause(fault: SendFailed, backoff: Backoff) -> float:
    if fault.retry_after is not None:
        return fault.retry_after
    return CONFIG_PAUSE if fault.reason is Failure.CONFIG else backoff.next()
