"""The third actor: what happens because time passes. Today that is forgetting what need not be kept."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta

from uuid_utils import uuid7

from bot.house import House

log = logging.getLogger(__name__)

LEASE = "clock"
EVERY_SECONDS = 3600.0
LOOK_SECONDS = 60.0
"""How soon another process notices that the one that swept is gone."""
KEEP_STRAY_FILES = timedelta(hours=1)
"""A file may be on disk a moment before its row is committed."""


class Clock:
    """Sweeps on start and then every hour; of several processes on one database, one does."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._me = str(uuid7())

    async def run(self) -> None:
        """Until cancelled; a failed sweep is tried again an hour later."""
        try:
            while True:
                seconds = await self._hour()
                await asyncio.sleep(seconds)
        finally:
            with suppress(Exception):
                async with self._house.store.begin() as work:
                    await work.leases.give(LEASE, self._me)

    async def _hour(self) -> float:
        """Sweep, if nobody else is the clock; seconds until there is something to do again."""
        try:
            async with self._house.store.begin() as work:
                mine = await work.leases.take(LEASE, self._me, EVERY_SECONDS + LOOK_SECONDS)
            if not mine:
                return LOOK_SECONDS
            await self.sweep()
        except Exception as fault:
            log.error("sweep failed", extra={"fault": type(fault).__name__})
        return EVERY_SECONDS

    async def sweep(self) -> None:
        """Forget what is past its time: messages, what was sent, talks left alone, sign-ins, codes, files."""
        now = self._house.now()
        async with self._house.store.begin() as work:
            await work.inbox.sweep(now)
            await work.outbox.sweep(now)
            await work.officers.sweep(now)
            await work.links.sweep(now)
            await work.files.sweep(now)
        swept = 1
        while swept:  # in short transactions: nobody's turn waits for long
            async with self._house.store.begin() as work:
                swept = await work.sessions.sweep(now)
        await self._sweep_disk(now)

    async def _sweep_disk(self, now: datetime) -> None:
        old = now - KEEP_STRAY_FILES
        kept = await asyncio.to_thread(self._house.files.older_than, old)
        if not kept:
            return
        async with self._house.store.read() as work:
            used = await work.files.used(kept)
        for digest in kept:
            if digest not in used:
                await self._forget(digest, old)

    async def _forget(self, digest: str, old: datetime) -> None:
        """Looks once more: somebody may have sent the same file again meanwhile."""
        async with self._house.store.read() as work:
            if await work.files.used([digest]):
                return
        self._house.files.forget(digest, old)
