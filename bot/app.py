"""`build` is the only place that knows every class; `serve` runs what it built until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from bot.attachments import Attachments
from bot.catalog.shelf import keep_fresh, open_shelf
from bot.channels.base import Channel
from bot.channels.telegram import Telegram
from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.config import Settings
from bot.files import Files
from bot.house import House, utc_now
from bot.intake import Intake
from bot.sender import Sender
from bot.store.work import open_store
from bot.turns import Turns
from bot.web.server import make_asgi
from handlers import words as wording
from handlers.book import book
from handlers.words import Words

log = logging.getLogger(__name__)

STOP_SECONDS = 4
"""For requests under way; the sender then takes its own time, and service managers often grant 15 in all."""


class CannotServe(Exception):
    """The machine does not let us: a taken port, a folder that cannot be written. The message says what to do."""


class _Server(uvicorn.Server):
    """Ends for a signal without raising it anew, which would kill the loops before they are put away."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {sign: signal.signal(sign, self.handle_exit) for sign in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A process ready to run."""

    house: House
    intake: Intake
    turns: Turns
    sender: Sender
    attachments: Attachments
    clock: Clock
    channels: tuple[Channel, ...]
    asgi: Starlette


@asynccontextmanager
async def open_house(settings: Settings, now: Callable[[], datetime] = utc_now) -> AsyncIterator[House]:
    """Catalog, words, files and an up-to-date database. Raises StoreError, CatalogFaults or WordingFault."""
    shelf = await open_shelf(settings.folders, settings.cache_dir)
    words = Words.load([wording.SHIPPED, settings.deployment_dir / "wording"])
    _make_database_folder(settings.database_url)
    store = await open_store(settings.database_url, now)
    try:
        await store.migrate()
        yield House(
            settings=settings,
            store=store,
            shelf=shelf,
            words=words,
            files=Files(settings.files_dir),
            now=now,
        )
    finally:
        await store.close()


def build(house: House) -> App:
    """Put the parts together; nothing runs yet."""
    intake = Intake(house)
    channels: list[Channel] = [WebChat(house)]
    if house.settings.telegram_token:
        channels.append(Telegram(house))
    by_name = {channel.name: channel for channel in channels}
    return App(
        house=house,
        intake=intake,
        turns=Turns(house, book(house.words)),
        sender=Sender(house, by_name),
        attachments=Attachments(house, by_name),
        clock=Clock(house),
        channels=tuple(channels),
        asgi=make_asgi(house, intake, channels),
    )


async def serve(app: App, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Run everything on an open socket until SIGINT or SIGTERM: first no more requests, then the loops."""
    app.house.catalog.index.search("khởi động")  # the first citizen should not wait for the index
    server = _Server(
        uvicorn.Config(
            app.asgi,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    loops = [
        asyncio.create_task(app.turns.run(), name="turns"),
        asyncio.create_task(app.sender.run(), name="sender"),
        asyncio.create_task(app.attachments.run(), name="attachments"),
        asyncio.create_task(app.clock.run(), name="clock"),
        asyncio.create_task(
            keep_fresh(app.house.shelf, app.house.settings.folders, app.house.settings.cache_dir, app.house.now),
            name="catalog",
        ),
        *(
            asyncio.create_task(channel.poll(app.intake.receiver(channel.name)), name=f"poll {channel.name}")
            for channel in app.channels
        ),
    ]
    broken: list[str] = []

    def ended(loop: asyncio.Task[None]) -> None:
        """Half a program is worse than none: whoever watches the process starts it anew."""
        if not loop.cancelled() and (fault := loop.exception()) is not None:
            log.critical("a loop ended", extra={"loop": loop.get_name(), "fault": type(fault).__name__})
            broken.append(loop.get_name())
            server.should_exit = True

    for loop in loops:
        loop.add_done_callback(ended)
    ready()
    try:
        await server.serve(sockets=[listening])
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        for channel in app.channels:
            with contextlib.suppress(Exception):
                await channel.close()
    if broken:
        raise CannotServe(f"Stopped because {', '.join(broken)} failed; the log says where. Start it again.")


def need_folder(folder: Path) -> None:
    """Make the folder of attachments and write there once: better now than at the first photo.

    Raises CannotServe.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise CannotServe(
            f"Files cannot be kept in {folder} ({fault.strerror}): make it writable, or set MOTCUA_FILES_DIR."
        ) from fault


def listen(host: str, port: int) -> socket.socket:
    """An open socket, so that a taken port is known before anything else starts. Raises CannotServe."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as fault:
        listening.close()
        raise CannotServe(
            f"Cannot listen on {host}:{port} ({fault.strerror}). Stop the other program, or set MOTCUA_PORT."
        ) from fault
    return listening


def _make_database_folder(url: str) -> None:
    prefix = "sqlite+aiosqlite:///"
    if url.startswith(prefix):
        with contextlib.suppress(OSError):  # opening the file says it in one clear sentence
            Path(url.removeprefix(prefix)).parent.mkdir(parents=True, exist_ok=True)
