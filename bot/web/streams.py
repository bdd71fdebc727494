"""What the office writes to a visitor, as it comes: outbox rows as server-sent events."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress

from sse_starlette import ServerSentEvent

from bot.house import House
from bot.store.errors import StoreError
from bot.store.records import OutboxRow, OutboxState
from bot.web.parts import row_json
from handlers.talk import Address

POLL_SECONDS = 2.0
"""A stream looks again after this long even when nothing woke it: another process may have written."""
BETWEEN_LOOKS = 0.1
"""Seconds. The signal stays set until the sender takes it, and many commits may come at once."""
BATCH = 100
LATE_ROWS = 500
"""On PostgreSQL a row may become visible after one with a higher number; a stream looks back this far."""

_log = logging.getLogger(__name__)


class Streams:
    """The open streams of one process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._looks: set[asyncio.Task[list[OutboxRow]]] = set()

    async def close(self) -> None:
        """Let the last looks at the outbox end."""
        if self._looks:
            await asyncio.wait(self._looks)

    async def events(self, address: Address, cursor: int) -> AsyncIterator[ServerSentEvent]:
        """Everything after the cursor, for as long as somebody reads."""
        yield ServerSentEvent(comment="open", retry=3000)
        shown: set[int] = set()
        while True:
            looked = time.monotonic()
            try:
                rows = await self._look(self._unshown(address, cursor, shown))
            except StoreError as fault:
                _log.error("a chat stream ends, the browser opens it again: %s", type(fault).__name__)
                return
            for row in rows:
                shown.add(row.seq)
                cursor = max(cursor, row.seq)
                yield ServerSentEvent(
                    id=str(cursor), event="part", data=json.dumps(row_json(row), ensure_ascii=False)
                )
            if rows:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._house.store.outbox_wake.wait()
            await asyncio.sleep(max(0.0, looked + BETWEEN_LOOKS - time.monotonic()))

    async def _look(self, look: Coroutine[None, None, list[OutboxRow]]) -> list[OutboxRow]:
        """To its end even when the browser leaves meanwhile: a read cut off would cost its connection."""
        task = asyncio.create_task(look)
        self._looks.add(task)
        task.add_done_callback(self._looks.discard)
        return await asyncio.shield(task)

    async def _unshown(self, address: Address, cursor: int, shown: set[int]) -> list[OutboxRow]:
        """The next rows after the cursor, with earlier ones that nobody acknowledged."""
        reached = max(0, cursor - LATE_ROWS)
        async with self._house.store.read() as work:
            while rows := await work.outbox.after(address, reached, BATCH):
                fresh = [
                    row
                    for row in rows
                    if row.seq not in shown and (row.seq > cursor or row.state is not OutboxState.SENT)
                ]
                if fresh:
                    return fresh
                reached = rows[-1].seq
        return []
