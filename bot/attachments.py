"""Fetches what people attached on a platform into our own folder, soon after it came."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from bot.channels.base import Channel, Failure, SendFailed
from bot.files import MAX_BYTES, FileRefused
from bot.house import House
from bot.store.files import TRIES
from bot.store.records import StoredFile
from handlers.talk import FileRef

AT_ONCE = 4
MOST = 20
POLL_SECONDS = 1.0
FIRST_WAIT = 5.0
LONGEST_WAIT = 600.0
OURS_TO_SOLVE = frozenset({Failure.THROTTLED, Failure.UNREACHABLE, Failure.CONFIG})
"""Failures that say nothing about the file: they are waited out and do not count as tries."""

log = logging.getLogger(__name__)


class Attachments:
    """The loop. What is still wanted stands in the table, so a restart goes on where it was."""

    def __init__(self, house: House, channels: Mapping[str, Channel], *, poll: float = POLL_SECONDS) -> None:
        self._house = house
        self._channels = channels
        self._poll = poll
        self._waits: dict[str, tuple[float, float]] = {}

    async def run(self) -> None:
        """Fetch until cancelled."""
        while True:
            try:
                found = await self.fetch_some()
            except Exception:
                log.exception("attachments could not be fetched; they are tried again")
                found = 0
            if not found:
                await asyncio.sleep(self._poll)

    async def fetch_some(self) -> int:
        """One round; how many files were tried."""
        now = time.monotonic()
        async with self._house.store.read() as work:
            # Those that wait their turn must not hide the ones behind them.
            wanted = await work.files.wanted(MOST + len(self._waits))
        due = [one for one in wanted if self._due(one.id) <= now and one.channel in self._channels][:MOST]
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(stored: StoredFile) -> StoredFile | None:
            async with gate:
                return await self._fetch(stored)

        done = [result for result in await asyncio.gather(*map(one, due)) if result is not None]
        if done:
            async with self._house.store.begin() as work:
                for stored in done:
                    await work.files.save(stored)
        return len(due)

    async def _fetch(self, stored: StoredFile) -> StoredFile | None:
        """The row as it is to be saved; None to leave it as it is."""
        if stored.size is not None and stored.size > MAX_BYTES:
            return replace(stored, refused="errors.file_too_big")
        try:
            data = await self._channels[stored.channel].fetch(_ref(stored))
            kept = await self._house.files.keep(data)
        except FileRefused as fault:
            self._waits.pop(stored.id, None)
            return replace(stored, refused=fault.reason)
        except SendFailed as fault:
            self._wait(stored.id, fault.retry_after)
            log.warning("attachment %s: %s", stored.id, fault)
            return None if fault.reason in OURS_TO_SOLVE else self._tried(stored)
        except Exception:
            # A full disk, say: one file's trouble must not stop the others.
            self._wait(stored.id, None)
            log.exception("attachment %s could not be kept", stored.id)
            return None
        self._waits.pop(stored.id, None)
        return replace(stored, digest=kept.digest, mime=kept.mime, size=kept.size)

    def _tried(self, stored: StoredFile) -> StoredFile:
        tries = stored.tries + 1
        if tries < TRIES:
            return replace(stored, tries=tries)
        self._waits.pop(stored.id, None)
        return replace(stored, tries=tries, refused="errors.file_broken")

    def _due(self, file_id: str) -> float:
        return self._waits.get(file_id, (0.0, 0.0))[0]

    def _wait(self, file_id: str, seconds: float | None) -> None:
        last = self._waits.get(file_id, (0.0, FIRST_WAIT / 2))[1]
        wait = seconds if seconds is not None else min(last * 2, LONGEST_WAIT)
        self._waits[file_id] = (time.monotonic() + wait, wait)


def _ref(stored: StoredFile) -> FileRef:
    return FileRef(id=stored.id, remote=stored.remote, name=stored.name, mime=stored.mime, size=stored.size)
