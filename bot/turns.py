"""Turns: the oldest stored message of each lane becomes replies, in groups that share one commit.

A turn makes no network call, so a crash anywhere repeats it, and nothing is lost or doubled in our own tables.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from bot.channels.fit import fit
from bot.channels.known import LIMITS
from bot.house import House
from bot.services import TurnServices
from bot.store.errors import Conflict, StoreError
from bot.store.records import InboxRow, OutboxClass, Outgoing
from bot.store.work import Work
from handlers.conversation import Book
from handlers.engine import converse
from handlers.talk import Address, Incoming, Person, Reply, Session, t

log = logging.getLogger(__name__)

GROUP = 64
TRIES = 3
POLL_SECONDS = 1.0
"""How long a message of another process may wait before it is noticed."""


class Turns:
    """Works off the inbox until cancelled."""

    def __init__(self, house: House, book: Book) -> None:
        self._house = house
        self._book = book

    async def run(self) -> None:
        """Take turns as messages come; never dies of one."""
        wake = self._house.store.inbox_wake
        while True:
            wake.clear()
            try:
                worked = await self.take_group()
            except Exception as fault:  # the database is away: wait, the messages stay stored
                log.error("turns cannot work", extra={"fault": type(fault).__name__})
                await asyncio.sleep(POLL_SECONDS)
                continue
            if not worked:
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), POLL_SECONDS)

    async def take_group(self) -> int:
        """One group, one commit; how many messages were worked off. A failed group's turns run singly."""
        try:
            async with self._house.store.begin() as work:
                rows = await work.inbox.take(GROUP)
                await self._work(work, rows)
                return len(rows)
        except Exception as fault:
            log.warning("a group of turns failed, taking them singly", extra={"fault": type(fault).__name__})
        return await self._singly()

    async def _singly(self) -> int:
        worked = 0
        seen: set[int] = set()
        while True:
            row: InboxRow | None = None
            try:
                async with self._house.store.begin() as work:
                    waiting = [row for row in await work.inbox.take(GROUP) if row.seq not in seen]
                    if not waiting:
                        return worked
                    row = waiting[0]
                    seen.add(row.seq)
                    await self._work(work, [row])
                    worked += 1
            except Exception as fault:
                if row is None:
                    raise
                await self._failed(row, fault)

    async def _failed(self, row: InboxRow, fault: Exception) -> None:
        """Count it; the third time set the message aside, apologise, and let the desk see it.

        A fault of the database says nothing about the message, which is tried again as long as it takes.
        """
        passing = isinstance(fault, StoreError) and not isinstance(fault, Conflict)
        log.error(
            "a turn failed",
            extra={"seq": row.seq, "fault": type(fault).__name__, "where": _where(fault), "counted": not passing},
        )
        if passing:
            return
        async with self._house.store.begin() as work:
            if await work.inbox.failed(row.seq, type(fault).__name__) < TRIES:
                return
            await work.inbox.set_aside(row.seq, _what(row.incoming))
            persons = await work.persons.load([row.incoming.sender])
            person = persons[row.incoming.sender]
            self._send(work, row.incoming.sender, person.lang, [Reply(text=t("errors.set_aside"))])

    async def _work(self, work: Work, rows: Sequence[InboxRow]) -> None:
        if not rows:
            return
        senders = [row.incoming.sender for row in rows]
        persons = await work.persons.load(senders)
        sessions = await work.sessions.load(senders)
        for row in rows:
            sender = row.incoming.sender
            await self._turn(work, row, persons[sender], sessions.get(sender))

    async def _turn(self, work: Work, row: InboxRow, person: Person, session: Session | None) -> None:
        now = self._house.now()
        sender = row.incoming.sender
        if session is None:
            session = Session(address=sender, lang=person.lang, started_at=now)
        if row.incoming.files:
            await work.files.own([file.id for file in row.incoming.files], person.id)
        services = TurnServices(work, self._house, person, sender)
        session, replies = await converse(session, person, row.incoming, self._book, services, now)
        work.sessions.save(session)
        await work.outbox.unpark(sender)
        self._send(work, sender, session.lang, replies)
        work.inbox.settle(row.seq)

    def _send(self, work: Work, to: Address, lang: str, replies: Sequence[Reply]) -> None:
        limits = LIMITS[to.channel]
        for reply in replies:
            for part in fit(reply, lang, self._house.words, limits):
                work.outbox.add(Outgoing(to=to, klass=OutboxClass.REPLY, part=part))


def _what(incoming: Incoming) -> str:
    """The kind of message and its length: all that is kept of one set aside."""
    if incoming.text is not None:
        return f"text of {len(incoming.text)} characters"
    kinds = {
        "a button": incoming.choice is not None,
        "files": bool(incoming.files),
        "a location": incoming.location is not None,
    }
    return next((kind for kind, fits in kinds.items() if fits), "nothing that is understood")


def _where(fault: BaseException) -> str:
    """File and line, without the message: it may quote the citizen."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
