"""What the office writes to a visitor, as it comes: outbox rows as server-sent events.

One watcher asks for all streams of the process who was written to, and only their streams read.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import anyio
from sse_starlette import ServerSentEvent

from bot.house import House
from bot.store.errors import StoreError
from bot.store.records import OutboxRow
from bot.web.parts import row_json
from bot.web.visitors import CHANNEL
from handlers.talk import Address

POLL_SECONDS = 2.0
"""The watcher looks again after this long even when nothing woke it: another process may have written."""
BETWEEN_LOOKS = 0.05
"""Seconds. The signal stays set until the sender takes it, and many commits may come at once."""
BATCH = 100
LATE_ROWS = 1000
"""On PostgreSQL, rows of different addresses may become visible out of order; the watcher looks back this far.
Rows of one address never do, so that a stream need not."""
EACH = 6
"""Streams of one visitor; the oldest gives way. No browser opens more to one server."""
MOST = 2000

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class _Stream:
    """`known` is the highest `seq` it was woken for."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.known = 0
        self.aside = False
        self.over = False


class Streams:
    """The open streams of one process. `leaving` is set when the server stops."""

    def __init__(self, house: House, *, each: int = EACH, most: int = MOST) -> None:
        self._house = house
        self._each = each
        self._most = most
        self._open: defaultdict[Address, list[_Stream]] = defaultdict(list)
        self._count = 0
        self._watcher: asyncio.Task[None] | None = None
        self._looks: set[asyncio.Task[Any]] = set()
        self.leaving = anyio.Event()

    @property
    def full(self) -> bool:
        """Whether no more are taken."""
        return self._count >= self._most

    def end(self, address: Address) -> None:
        """The visitor has left: what is open of theirs reads no more."""
        for stream in self._open.get(address, ()):
            stream.over = True
            stream.wake.set()

    async def close(self) -> None:
        """End all streams, and let the last looks at the outbox end."""
        self.leaving.set()
        if self._watcher is not None:
            await asyncio.wait({self._watcher})
        if self._looks:
            await asyncio.wait(self._looks)

    async def events(self, address: Address, cursor: int) -> AsyncIterator[ServerSentEvent]:
        """Everything after the cursor, for as long as somebody reads. Ends with `aside` when newer ones of the
        same visitor took its place, so that it is not opened again at once."""
        stream = self._enter(address)
        try:
            yield ServerSentEvent(comment="open", retry=3000)
            while not (stream.over or self.leaving.is_set()):
                if stream.aside:
                    yield ServerSentEvent(event="aside", data="{}")
                    return
                stream.wake.clear()
                rows = await self._to_its_end(self._after(address, cursor))
                for row in rows:
                    cursor = row.seq
                    yield ServerSentEvent(
                        id=str(cursor), event="part", data=json.dumps(row_json(row), ensure_ascii=False)
                    )
                if len(rows) < BATCH:
                    await stream.wake.wait()
        except StoreError as fault:
            _log.error("a chat stream ends, the browser opens it again: %s", type(fault).__name__)
        finally:
            self._leave(address, stream)

    def _enter(self, address: Address) -> _Stream:
        stream = _Stream()
        mine = self._open[address]
        mine.append(stream)
        self._count += 1
        for older in mine[: -self._each]:
            older.aside = True
            older.wake.set()
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch(), name="chat streams")
        return stream

    def _leave(self, address: Address, stream: _Stream) -> None:
        self._count -= 1
        self._open[address].remove(stream)
        if not self._open[address]:
            del self._open[address]

    async def _watch(self) -> None:
        """Wake the streams that have something to read, until there are none or the server stops."""
        leaving = asyncio.ensure_future(self.leaving.wait())
        reached: int | None = None
        try:
            while self._count and not leaving.done():
                looked = time.monotonic()
                # Waited for from before the look on: the sender clears the signal at once.
                written = asyncio.ensure_future(self._house.store.outbox_wake.wait())
                try:
                    reached = await self._to_its_end(self._wake_readers(reached))
                except Exception as fault:
                    _log.error("the chat streams wait for the database: %s", type(fault).__name__)
                try:
                    await asyncio.wait(
                        {written, leaving}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
                    )
                finally:
                    written.cancel()
                pause = looked + BETWEEN_LOOKS - time.monotonic()
                await asyncio.wait({leaving}, timeout=max(0.0, pause))
        finally:
            leaving.cancel()
            self._wake_all()

    async def _wake_readers(self, reached: int | None) -> int:
        """The highest `seq` seen. The first look cannot tell what was written before it, so all are woken."""
        async with self._house.store.read() as work:
            newest = await work.outbox.newest()
            fresh = {} if reached is None else await work.outbox.fresh(CHANNEL, max(0, reached - LATE_ROWS))
        if reached is None:
            self._wake_all()
        for address, seq in fresh.items():
            for stream in self._open.get(address, ()):
                if seq > stream.known:
                    stream.known = seq
                    stream.wake.set()
        return newest

    def _wake_all(self) -> None:
        for mine in self._open.values():
            for stream in mine:
                stream.wake.set()

    async def _after(self, address: Address, cursor: int) -> list[OutboxRow]:
        async with self._house.store.read() as work:
            return await work.outbox.after(address, cursor, BATCH)

    async def _to_its_end(self, look: Coroutine[None, None, _T]) -> _T:
        """Even when the browser leaves meanwhile: a read cut off would cost its connection."""
        task = asyncio.create_task(look)
        self._looks.add(task)
        task.add_done_callback(self._looks.discard)
        return await asyncio.shield(task)
