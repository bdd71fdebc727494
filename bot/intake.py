"""From a platform to the inbox: durable when `receive` returns, many callers in one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.channels.base import Arrival, Receive
from bot.house import House
from bot.store.records import StoredFile
from bot.store.work import Work

MOST = 256
"""Callers whose arrivals share one commit at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    channel: str
    arrivals: Sequence[Arrival]
    stored: asyncio.Future[None]


class Intake:
    """The only way into the inbox. While one commit is under way, what comes in gathers for the next."""

    def __init__(self, house: House) -> None:
        self._store = house.store
        self._waiting: list[_Delivery] = []
        self._writer: asyncio.Task[None] | None = None

    def receiver(self, channel: str) -> Receive:
        """`receive` for one channel."""

        async def receive(arrivals: Sequence[Arrival]) -> None:
            await self.receive(channel, arrivals)

        return receive

    async def receive(self, channel: str, arrivals: Sequence[Arrival]) -> None:
        """Store what is new; returns once it is committed. Raises what the store raised for this commit."""
        if not arrivals:
            return
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append(_Delivery(channel=channel, arrivals=arrivals, stored=stored))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await stored

    async def _write(self) -> None:
        try:
            while self._waiting:
                # One round of the loop lets callers that are already running join in.
                await asyncio.sleep(0)
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                _tell(group, await self._stored(group))
        finally:
            self._writer = None

    async def _stored(self, group: Sequence[_Delivery]) -> Exception | None:
        try:
            async with self._store.begin() as work:
                for channel, deliveries in groupby(group, key=lambda delivery: delivery.channel):
                    arrivals = [arrival for delivery in deliveries for arrival in delivery.arrivals]
                    await _add(work, channel, arrivals)
        except Exception as fault:
            return fault
        return None


async def _add(work: Work, channel: str, arrivals: Sequence[Arrival]) -> None:
    """Those with files go one by one: only the count tells a new message from a repeated one."""
    for has_files, some in groupby(arrivals, key=lambda arrival: bool(arrival.incoming.files)):
        if not has_files:
            await work.inbox.add(channel, list(some))
            continue
        for arrival in some:
            if await work.inbox.add(channel, [arrival]):
                await work.files.add(*_wanted(channel, arrival))


def _wanted(channel: str, arrival: Arrival) -> list[StoredFile]:
    return [
        StoredFile(
            id=file.id,
            channel=channel,
            remote=file.remote,
            kind=file.kind,
            name=file.name,
            mime=file.mime,
            size=file.size,
        )
        for file in arrival.incoming.files
        if file.remote is not None
    ]


def _tell(group: Sequence[_Delivery], fault: Exception | None) -> None:
    for delivery in group:
        if delivery.stored.done():
            continue  # its caller has gone; the message is kept all the same
        if fault is None:
            delivery.stored.set_result(None)
        else:
            delivery.stored.set_exception(fault)
