"""Fetches what people attached on a platform into our own folder, soon after it came."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from bot.casework import Casework
from bot.channels.base import Channel, Failure, SendFailed
from bot.files import MAX_BYTES, FileRefused
from bot.house import House
from bot.store.files import TRIES
from bot.store.records import OutboxClass, StoredFile
from bot.store.work import Work
from handlers.talk import FileRef, Reply, t

AT_ONCE = 4
MOST = 20
POLL_SECONDS = 1.0
FIRST_WAIT = 5.0
HOLD_SECONDS = 120.0
"""How long another process leaves files alone that this one began to fetch."""
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
        if due:
            async with self._house.store.begin() as work:
                mine = await work.files.hold([one.id for one in due], HOLD_SECONDS)
            due = [one for one in due if one.id in mine]
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(stored: StoredFile) -> StoredFile | None:
            async with gate:
                return await self._fetch(stored)

        done = [result for result in await asyncio.gather(*map(one, due)) if result is not None]
        if due:
            async with self._house.store.begin() as work:
                await work.files.let_go([stored.id for stored in due])
                for stored in done:
                    if stored.refused is None:
                        await work.files.save(stored)
                    else:
                        await self._refuse(work, stored)
        return len(due)

    async def _refuse(self, work: Work, stored: StoredFile) -> None:
        """Save it and tell the sender, there where they sent it. Erased senders are gone, and told nothing."""
        row = await work.files.get(stored.id)
        if row is None:
            self._waits.pop(stored.id, None)
            return
        if row.person is None and stored.tries + 1 < TRIES:
            # The turn that says whose it is has yet to come.
            self._wait(stored.id, None)
            await work.files.save(replace(stored, refused=None, tries=stored.tries + 1))
            return
        self._waits.pop(stored.id, None)
        await work.files.save(stored)
        sender = await work.persons.get(row.person) if row.person else None
        if sender is not None and stored.refused is not None:
            here = tuple(address for address in sender.addresses if address.channel == stored.channel)
            Casework(work, self._house).send(
                replace(sender, addresses=here),
                Reply(text=t(stored.refused)),
                OutboxClass.NOTICE,
                once=f"file:{stored.id}",
            )

    async def _fetch(self, stored: StoredFile) -> StoredFile | None:
        """The row as it is to be saved; None to leave it as it is."""
        if stored.size is not None and stored.size > MAX_BYTES:
            return replace(stored, refused="errors.file_too_big")
        try:
            data = await self._channels[stored.channel].fetch(_ref(stored))
            kept = await self._house.files.keep(data)
        except FileRefused as fault:
            return replace(stored, refused=fault.reason)
        except SendFailed as fault:
            self._wait(stored.id, fault.retry_after)
            log.warning("attachment %s: %s", stored.id, fault)
            return None if fault.reason in OURS_TO_SOLVE else self._tried(stored)
        except Exception as fault:
            self._wait(stored.id, None)
            log.exception("attachment %s could not be kept", stored.id)
            # A full disk says nothing about the file; whatever else goes wrong would go wrong again.
            return None if isinstance(fault, OSError) else self._tried(stored)
        self._waits.pop(stored.id, None)
        return replace(stored, digest=kept.digest, mime=kept.mime, size=kept.size)

    def _tried(self, stored: StoredFile) -> StoredFile:
        tries = stored.tries + 1
        if tries < TRIES:
            return replace(stored, tries=tries)
        return replace(stored, tries=tries, refused="errors.file_broken")

    def _due(self, file_id: str) -> float:
        return self._waits.get(file_id, (0.0, 0.0))[0]

    def _wait(self, file_id: str, seconds: float | None) -> None:
        last = self._waits.get(file_id, (0.0, FIRST_WAIT / 2))[1]
        wait = seconds if seconds is not None else min(last * 2, LONGEST_WAIT)
        self._waits[file_id] = (time.monotonic() + wait, wait)


def _ref(stored: StoredFile) -> FileRef:
    return FileRef(id=stored.id, remote=stored.remote, mime=stored.mime, size=stored.size)
