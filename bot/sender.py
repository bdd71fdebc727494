"""The outbox to the platforms: one row, one call; what to do about each way a call can fail stands here alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.channels.base import Channel, Failure, SendFailed
from bot.channels.pace import Backoff, Bucket, Pace
from bot.channels.telegram import PACE as TELEGRAM_PACE
from bot.channels.telegram_shape import NAME as TELEGRAM
from bot.house import House
from bot.store.outbox import WEB_CHAT
from bot.store.records import OutboxRow
from bot.store.work import Work
from handlers.talk import Address

PACES: Mapping[str, Pace] = {TELEGRAM: TELEGRAM_PACE}
IN_FLIGHT = 16
AHEAD = 256
"""Rows leased and not yet recorded, at most."""
AHEAD_SECONDS = 2.0
"""How far ahead rows of a paced channel are leased: more would let a notice stand before a later reply."""

LEASE_SECONDS = 60.0
POLL_SECONDS = 1.0
STOP_SECONDS = 10.0
GIVE_UP_AFTER = timedelta(hours=24)
LONGEST_WAIT = 600.0
FIRST_WAIT = 1.0
THROTTLED_WAIT = 5.0
UNKNOWN_WAIT = 5.0
CONFIG_WAIT = 60.0
MANY_CHATS = 10_000

log = logging.getLogger(__name__)


class Step(Enum):
    """What becomes of a row that did not get through."""

    RETRY = auto()
    PARK = auto()
    FAIL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`after` is in seconds, and so is `pause`, for which nothing at all goes out on the channel."""

    step: Step
    after: float = 0.0
    pause: float = 0.0


def verdict(row: OutboxRow, fault: SendFailed, now: datetime) -> Verdict:
    """The policy. `row.tries` counts the try that just failed; `row.reason` is why the one before did."""
    too_old = now - row.created_at > GIVE_UP_AFTER
    match fault.reason:
        case Failure.THROTTLED:
            wait = THROTTLED_WAIT if fault.retry_after is None else fault.retry_after
            return Verdict(step=Step.RETRY, after=wait, pause=wait)
        case Failure.CONFIG:
            return Verdict(step=Step.RETRY, after=CONFIG_WAIT, pause=CONFIG_WAIT)
        case Failure.UNREACHABLE if not too_old:
            return Verdict(step=Step.RETRY, after=min(2.0 ** min(row.tries, 10), LONGEST_WAIT))
        case Failure.UNKNOWN if not (row.reason or "").startswith(Failure.UNKNOWN):
            # It may have arrived: once more risks one duplicate, never more.
            return Verdict(step=Step.RETRY, after=UNKNOWN_WAIT)
        case Failure.WINDOW_CLOSED:
            return Verdict(step=Step.PARK)
    return Verdict(step=Step.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    row: OutboxRow
    result: str | SendFailed


class Sender:
    """Sends to many addresses at once and to each one in order: the lease gives one row an address."""

    def __init__(
        self,
        house: House,
        channels: Mapping[str, Channel],
        *,
        paces: Mapping[str, Pace] = PACES,
        in_flight: int = IN_FLIGHT,
        ahead: int = AHEAD,
        poll: float = POLL_SECONDS,
    ) -> None:
        self._house = house
        self._channels = {name: channel for name, channel in channels.items() if name != WEB_CHAT}
        self._in_flight = in_flight
        self._ahead = ahead
        self._poll = poll
        self._pacers = {name: _Pacer(pace) for name, pace in paces.items()}
        self._paused: dict[str, float] = {}
        self._queue: asyncio.Queue[OutboxRow] = asyncio.Queue()
        self._unstarted: dict[int, OutboxRow] = {}
        self._outcomes: list[_Outcome] = []
        self._holding: set[int] = set()
        self._finished = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Send until cancelled; then calls in flight are waited for and everything is recorded."""
        workers = [asyncio.create_task(self._work()) for _ in range(self._in_flight)]
        trouble = Backoff(first=FIRST_WAIT, most=30.0)
        try:
            while True:
                self._house.store.outbox_wake.clear()
                self._finished.clear()
                try:
                    await _to_its_end(self._record_and_lease(self._ahead - len(self._holding)))
                    trouble.reset()
                except Exception:
                    log.exception("the outbox could not be read or written; sending goes on with what is leased")
                    await asyncio.sleep(trouble.next())
                await self._something_to_do()
        finally:
            await self._stop(workers)

    async def _something_to_do(self) -> None:
        waits = [
            asyncio.ensure_future(self._house.store.outbox_wake.wait()),
            asyncio.ensure_future(self._finished.wait()),
        ]
        try:
            await asyncio.wait(waits, timeout=self._poll, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _record_and_lease(self, room: int) -> None:
        """One commit for all that has finished and for what is next."""
        now = time.monotonic()
        open_channels = [name for name in self._channels if self._paused.get(name, 0.0) <= now]
        if not self._outcomes and (room <= 0 or not open_channels):
            return
        outcomes, self._outcomes = self._outcomes, []
        rows: list[OutboxRow] = []
        try:
            async with self._house.store.begin() as work:
                for outcome in outcomes:
                    await self._record(work, outcome)
                await work.outbox.flush()  # or the next row of the same person would still look taken
                for name in open_channels:
                    limit = min(room - len(rows), self._room(name, now))
                    if limit > 0:
                        rows += await work.outbox.lease([name], limit, LEASE_SECONDS)
        except BaseException:
            self._outcomes[:0] = outcomes
            raise
        self._holding.difference_update(outcome.row.seq for outcome in outcomes)
        for row in rows:
            if row.seq not in self._holding:  # else its call outlasted the lease, which is now renewed
                self._holding.add(row.seq)
                self._line_up(row)

    def _room(self, channel: str, now: float) -> int:
        pacer = self._pacers.get(channel)
        return pacer.room(now) if pacer else self._ahead

    def _line_up(self, row: OutboxRow) -> None:
        self._unstarted[row.seq] = row
        pacer = self._pacers.get(row.to.channel)
        delay = pacer.delay(row.to, time.monotonic()) if pacer else 0.0
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self._queue.put_nowait, row)
        else:
            self._queue.put_nowait(row)

    async def _work(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        while not self._stopping:
            row = await self._queue.get()
            del self._unstarted[row.seq]
            self._busy.add(task)
            result: str | SendFailed = SendFailed(Failure.UNKNOWN, "cut off by the end of the program")
            try:
                result = await self._send(row)
            finally:
                self._busy.discard(task)
                self._outcomes.append(_Outcome(row=row, result=result))
                self._finished.set()

    async def _send(self, row: OutboxRow) -> str | SendFailed:
        pause = self._paused.get(row.to.channel, 0.0) - time.monotonic()
        if pause > 0:
            return SendFailed(Failure.THROTTLED, "the channel is paused", retry_after=pause)
        try:
            return await self._channels[row.to.channel].send(row.to, row.part)
        except SendFailed as fault:
            self._maybe_pause(row, fault)
            return fault
        except Exception as fault:
            log.exception("outbox row %s cannot be sent", row.seq)
            return SendFailed(Failure.REFUSED, type(fault).__name__)

    def _maybe_pause(self, row: OutboxRow, fault: SendFailed) -> None:
        pause = verdict(row, fault, self._house.now()).pause
        now = time.monotonic()
        if not pause or self._paused.get(row.to.channel, 0.0) > now:
            return
        self._paused[row.to.channel] = now + pause
        level = logging.ERROR if fault.reason is Failure.CONFIG else logging.WARNING
        log.log(level, "nothing is sent on %s for %.0f s: %s", row.to.channel, pause, fault)

    async def _record(self, work: Work, outcome: _Outcome) -> None:
        row, result = outcome.row, outcome.result
        if isinstance(result, str):
            await work.outbox.sent(row.seq, result)
            return
        decided = verdict(row, result, self._house.now())
        match decided.step:
            case Step.RETRY:
                await work.outbox.retry(row.seq, decided.after, str(result))
            case Step.PARK:
                await work.outbox.park(row.seq, str(result))
            case Step.FAIL:
                log.warning("outbox row %s given up: %s", row.seq, result)
                await work.outbox.fail(row.seq, str(result))
                if result.reason is Failure.LEFT:
                    await work.outbox.fail_all(row.to, str(result))  # a later message of theirs starts afresh

    async def _stop(self, workers: list[asyncio.Task[None]]) -> None:
        self._stopping = True
        for worker in workers:
            if worker not in self._busy:
                worker.cancel()
        if self._busy:
            await asyncio.wait(self._busy.copy(), timeout=STOP_SECONDS)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        for row in self._unstarted.values():
            put_back = SendFailed(Failure.THROTTLED, "the program ended before it was sent", retry_after=0.0)
            self._outcomes.append(_Outcome(row=row, result=put_back))
        self._unstarted.clear()
        await self._record_and_lease(0)


class _Pacer:
    """The buckets of one channel: one for all, one a chat."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._all = Bucket(pace.per_second, pace.burst)
        self._chats: dict[str, Bucket] = {}

    def room(self, now: float) -> int:
        """How many more may be lined up now."""
        behind = max(0.0, self._all.due - now)
        return int((AHEAD_SECONDS - behind) * self._pace.per_second)

    def delay(self, to: Address, now: float) -> float:
        """Seconds until one more may go to this chat."""
        if len(self._chats) > MANY_CHATS:
            self._chats = {user: chat for user, chat in self._chats.items() if not chat.idle(now)}
        chat = self._chats.get(to.user)
        if chat is None:
            chat = self._chats[to.user] = Bucket(self._pace.chat_per_second, self._pace.chat_burst)
        return max(chat.reserve(now), self._all.reserve(now))


async def _to_its_end(step: Coroutine[None, None, None]) -> None:
    """Await `step` and let no cancelling cut it: a lease that was committed must be known here."""
    task = asyncio.ensure_future(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
