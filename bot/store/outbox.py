"""The outbox: what is to be sent, in each address's own order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Float, Text, and_, bindparam, case, func, or_, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import FromClause
from sqlalchemy.sql.elements import ColumnElement

from bot.store.records import OutboxClass, OutboxRow, OutboxState, Outgoing
from bot.store.repository import Repository, chunks
from bot.store.tables import addresses as linked
from bot.store.tables import is_state, outbox
from bot.store.types import UtcDateTime, db_time
from handlers.codec import part_from_json, to_json
from handlers.talk import Address

WEB_CHAT = "webchat"
"""The one channel that is read from the outbox itself, by cursor, instead of being sent to."""

KEEP_SENT = timedelta(days=30)
KEEP_WEB_CHAT = timedelta(days=14)
PROGRESS_WITHIN = timedelta(minutes=1)

RANKS = tuple(OutboxClass)

_LOCK_ADDRESSES = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(address, 2))"
    " FROM (SELECT unnest(CAST(:addresses AS text[])) AS address ORDER BY 1) AS one"
).bindparams(bindparam("addresses", type_=ARRAY(Text)))


def _in_line(row: FromClause) -> ColumnElement[bool]:
    """Waiting or being sent."""
    return is_state(row.c.state, "waiting", "sending")


def _may_go() -> ColumnElement[bool]:
    """First in its address's line, and neither being sent nor waiting for its next try."""
    ahead = outbox.alias("ahead")
    before = tuple_(ahead.c.rank, ahead.c.seq) < tuple_(outbox.c.rank, outbox.c.seq)
    being_sent = and_(ahead.c.state == "sending", ahead.c.held_until > db_time())
    blocked = select(1).where(
        ahead.c.address == outbox.c.address,
        ahead.c.seq != outbox.c.seq,
        _in_line(ahead),
        or_(before, being_sent),
    )
    return and_(
        outbox.c.channel.in_(bindparam("channels", expanding=True)),
        _in_line(outbox),
        or_(outbox.c.held_until.is_(None), outbox.c.held_until <= db_time()),
        ~blocked.correlate(outbox).exists(),
    )


# Built once: putting the longer ones together costs more than running them.
_FIRST_IN_LINE = (
    select(outbox.c.seq)
    .where(_may_go())
    .order_by(outbox.c.rank, outbox.c.seq)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)
_READY_SINCE = select(
    func.min(
        case((outbox.c.held_until > outbox.c.created_at, outbox.c.held_until), else_=outbox.c.created_at),
        type_=UtcDateTime(),
    )
).where(_may_go())
_MARK = (
    update(outbox)
    .where(outbox.c.seq.in_(bindparam("rows", expanding=True)))
    .values(
        state=OutboxState.SENDING.value,
        held_until=db_time(bindparam("seconds", type_=Float())),
        tries=outbox.c.tries + 1,
    )
    .returning(outbox)
)
_UNPARK = (
    update(outbox)
    .where(is_state(outbox.c.state, "parked"), outbox.c.address.in_(bindparam("addresses", expanding=True)))
    .values(state=OutboxState.WAITING.value)
)
_SENT = (
    update(outbox)
    .where(outbox.c.seq == bindparam("row"))
    .values(
        state=OutboxState.SENT.value,
        held_until=None,
        reason=None,
        platform_id=bindparam("platform_id"),
        sent_at=bindparam("sent_at"),
    )
)


class Outbox(Repository):
    """States as in `OutboxState`. `held_until` ends a lease or a pause, by the database's clock."""

    def __init__(self, connection: AsyncConnection, clock: Callable[[], datetime]) -> None:
        super().__init__(connection, clock)
        self._added: list[dict[str, Any]] = []
        self._sent: list[dict[str, Any]] = []
        self._unparked: set[Address] = set()
        self.touched = False

    def add(self, *outgoing: Outgoing) -> None:
        """Written at commit, in this order; a second one with the same `once` is left out."""
        created_at = self._clock()
        self._added += [
            {
                "channel": one.to.channel,
                "address": one.to,
                "rank": RANKS.index(one.klass),
                "body": to_json(one.part),
                "state": OutboxState.WAITING.value,
                "tries": 0,
                "once": one.once,
                "case_id": one.case,
                "created_at": created_at,
            }
            for one in outgoing
        ]

    async def lease(self, channels: Sequence[str], limit: int, seconds: float) -> list[OutboxRow]:
        """Up to `limit` parts to send now, marked as being sent for `seconds`; `tries` counts this one.

        One a person at most: the first in line by class and then `seq`. While it is being sent, or waits
        for its next try, nothing else of that address is given out. What was not reported on comes back
        when its time is over.
        """
        asked = {"channels": list(channels), "most": limit}
        rows = list((await self.run(_FIRST_IN_LINE, asked)).scalars())
        if not rows:
            return []
        marked = await self.run(_MARK, {"rows": rows, "seconds": float(seconds)})
        return sorted((_record(row) for row in marked), key=lambda row: (RANKS.index(row.klass), row.seq))

    async def sent(self, seq: int, platform_id: str) -> None:
        """It arrived; written at commit."""
        self._sent.append({"row": seq, "platform_id": platform_id, "sent_at": self._clock()})

    async def retry(self, seq: int, after_seconds: float, reason: str) -> None:
        """Try again later; it keeps its place in line."""
        await self._move(
            outbox.c.seq == seq, state=OutboxState.WAITING, held_until=db_time(after_seconds), reason=reason
        )

    async def park(self, seq: int, reason: str) -> None:
        """Out of the line until the person writes again."""
        await self._move(outbox.c.seq == seq, state=OutboxState.PARKED, held_until=None, reason=reason)

    async def take_back(self) -> None:
        """Whoever was sending is gone: what it had leased may be leased again at once."""
        sending = is_state(outbox.c.state, "sending")
        await self._move(sending, state=OutboxState.WAITING, held_until=None)

    async def unpark(self, address: Address) -> None:
        """The person wrote: everything parked for this address waits again, from the commit on."""
        self._unparked.add(address)

    async def fail(self, seq: int, reason: str) -> None:
        """Given up; an officer sees it."""
        await self._move(outbox.c.seq == seq, state=OutboxState.FAILED, held_until=None, reason=reason)

    async def fail_all(self, address: Address, reason: str) -> None:
        """Given up, all that still waits for this address."""
        theirs = and_(outbox.c.address == address, is_state(outbox.c.state, "waiting", "parked"))
        await self._move(theirs, state=OutboxState.FAILED, held_until=None, reason=reason)

    async def failures(self, limit: int) -> list[OutboxRow]:
        """What was given up, the newest first."""
        statement = (
            select(outbox)
            .where(is_state(outbox.c.state, "failed"), outbox.c.body.is_not(None))
            .order_by(outbox.c.seq.desc())
            .limit(limit)
        )
        return [_record(row) for row in await self.run(statement)]

    async def retry_failed(self, seq: int) -> None:
        """An officer wants it tried anew, as if it had been written now."""
        anew = {"tries": 0, "reason": None, "created_at": self._clock()}
        await self._move(_failed(seq), state=OutboxState.WAITING, **anew)
        self.touched = True

    async def drop(self, seq: int) -> None:
        """An officer lets it go: the words are erased, the row stays so that `once` still holds."""
        await self._move(_failed(seq), body=None)

    async def after(self, address: Address, seq: int, limit: int) -> list[OutboxRow]:
        """What the web chat has not seen: rows past the cursor `seq`, in that order, failed ones left out."""
        statement = (
            select(outbox)
            .where(
                outbox.c.address == address,
                outbox.c.seq > seq,
                outbox.c.state != OutboxState.FAILED.value,
                outbox.c.body.is_not(None),
            )
            .order_by(outbox.c.seq)
            .limit(limit)
        )
        return [_record(row) for row in await self.run(statement)]

    async def newest(self) -> int:
        """The highest `seq` there is."""
        return int((await self.run(select(func.coalesce(func.max(outbox.c.seq), 0)))).scalar_one())

    async def fresh(self, channel: str, seq: int) -> dict[Address, int]:
        """Who on the channel was written to past `seq`, and the highest `seq` of each."""
        statement = (
            select(outbox.c.address, func.max(outbox.c.seq))
            .where(outbox.c.seq > seq, outbox.c.channel == channel)
            .group_by(outbox.c.address)
        )
        return {address: int(newest) for address, newest in await self.run(statement)}

    async def acknowledge(self, address: Address, up_to_seq: int) -> None:
        """The browser has shown everything up to this row."""
        await self._move(
            and_(
                outbox.c.address == address,
                outbox.c.seq <= up_to_seq,
                is_state(outbox.c.state, "waiting", "sending"),
            ),
            state=OutboxState.SENT,
            held_until=None,
            sent_at=self._clock(),
        )

    async def waiting(self, channels: Sequence[str]) -> tuple[int, datetime | None]:
        """How many are on their way on these channels, and since when the one longest ready could have gone.

        Neither who waits for the next try nor who stands behind one is ready. What a browser must fetch is not
        counted.
        """
        sent_to = [name for name in channels if name != WEB_CHAT]
        count = select(func.count()).where(_in_line(outbox), outbox.c.channel.in_(sent_to))
        number = int((await self.run(count)).scalar_one())
        since = (await self.run(_READY_SINCE, {"channels": sent_to})).scalar() if number else None
        return number, since

    async def moved(self, channels: Sequence[str]) -> bool:
        """Whether anything arrived on these channels within the last minute. Looks at every row that is kept."""
        lately = outbox.c.sent_at > self._clock() - PROGRESS_WITHIN
        found = select(outbox.c.seq).where(lately, outbox.c.channel.in_(list(channels))).limit(1)
        return (await self.run(found)).first() is not None

    async def failed_count(self) -> int:
        """How many were given up and not settled by anybody yet."""
        given_up = (is_state(outbox.c.state, "failed"), outbox.c.body.is_not(None))
        return int((await self.run(select(func.count()).select_from(outbox).where(*given_up))).scalar_one())

    async def sweep(self, now: datetime) -> None:
        """Forget what was sent or given up 30 days ago, and of the web chat after 14 days whatever its state.

        What must go out once only is remembered for 30 days everywhere, without its words.
        """
        done = is_state(outbox.c.state, OutboxState.SENT, OutboxState.FAILED)
        web = outbox.c.channel == WEB_CHAT
        old, old_web = outbox.c.created_at < now - KEEP_SENT, outbox.c.created_at < now - KEEP_WEB_CHAT
        await self.run(outbox.delete().where(old, or_(done, web)))
        known = select(linked.c.address).where(linked.c.address == outbox.c.address).exists()
        await self.run(outbox.delete().where(done, ~known))  # the last word to who was erased
        await self.run(outbox.delete().where(old_web, web, outbox.c.once.is_(None)))
        await self._move(and_(old_web, web, outbox.c.body.is_not(None)), body=None)

    async def forget(self, addresses: Iterable[Address], case_ids: Iterable[str]) -> int:
        """Remove all that was for these addresses, and what others were told about these cases.

        How many of the former there were. What others have yet to be told stays until it is sent.
        """
        gone = 0
        for some in chunks(addresses):
            gone += await self.changed(outbox.delete().where(outbox.c.address.in_(some)))
        done = outbox.c.state.in_([OutboxState.SENT.value, OutboxState.FAILED.value])
        for ids in chunks(case_ids):
            await self._move(and_(outbox.c.case_id.in_(ids), done), body=None)
        return gone

    async def flush(self) -> None:
        """Write what was recorded."""
        for addresses in chunks(self._unparked):
            self.touched |= await self.changed(_UNPARK, {"addresses": addresses}) > 0
        if self._added:
            await self._lock_addresses()
            await self.run(self._insert(outbox).on_conflict_do_nothing(index_elements=["once"]), self._added)
            self.touched = True
        if self._sent:
            await self.run(_SENT, self._sent)
        self._unparked, self._added, self._sent = set(), [], []

    async def _lock_addresses(self) -> None:
        """Make `seq` of one address grow in the order of the commits, or a reader's cursor could step over
        a row that was numbered first and committed last. SQLite has one writer, so that it always does."""
        if self._postgresql:
            addresses = {str(row["address"]) for row in self._added}
            await self.run(_LOCK_ADDRESSES, {"addresses": sorted(addresses)})

    async def _move(self, which: ColumnElement[bool], **values: Any) -> int:
        return await self.changed(update(outbox).where(which).values(values))


def _failed(seq: int) -> ColumnElement[bool]:
    return and_(outbox.c.seq == seq, outbox.c.state == OutboxState.FAILED.value)


def _record(row: Any) -> OutboxRow:
    return OutboxRow(
        seq=row.seq,
        to=row.address,
        klass=RANKS[row.rank],
        part=part_from_json(row.body),
        state=OutboxState(row.state),
        tries=row.tries,
        created_at=row.created_at,
        reason=row.reason,
        case=row.case_id,
    )
