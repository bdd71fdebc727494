"""The third actor: what happens because time passes. Today that is forgetting what need not be kept."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from bot.house import House

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
KEEP_STRAY_FILES = timedelta(hours=1)
"""A file may be on disk a moment before its row is committed."""


class Clock:
    """Sweeps on start and then every hour."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> None:
        """Until cancelled; a failed sweep is tried again an hour later."""
        while True:
            try:
                await self.sweep()
            except Exception as fault:
                log.error("sweep failed", extra={"fault": type(fault).__name__})
            await asyncio.sleep(EVERY_SECONDS)

    async def sweep(self) -> None:
        """Forget what is past its time: messages, sent words, talks left alone, sign-ins, files of no case."""
        now = self._house.now()
        async with self._house.store.begin() as work:
            await work.inbox.sweep(now)
            await work.outbox.sweep(now)
            await work.officers.sweep(now)
            await work.sessions.sweep(now)
            await work.files.sweep(now)
        stray = await asyncio.to_thread(self._house.files.older_than, now - KEEP_STRAY_FILES)
        if not stray:
            return
        async with self._house.store.read() as work:
            used = await work.files.used(stray)
        for digest in stray:
            if digest not in used:
                self._house.files.forget(digest)
