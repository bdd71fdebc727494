"""The inbox: what came in, one lane a sender, taken one message a lane at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ARRAY, Text, bindparam, delete, func, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Arrival
from bot.store.records import InboxRow
from bot.store.repository import Repository, chunks
from bot.store.tables import inbox, is_state
from handlers.codec import incoming_from_json, to_json
from handlers.talk import Address

KEEP_IDS = timedelta(days=14)

ERROR_LENGTH = 200

_TRY_LANES = text(
    "SELECT lane FROM unnest(CAST(:lanes AS text[])) AS lane"
    " WHERE pg_try_advisory_xact_lock(hashtextextended(lane, 1))"
).bindparams(bindparam("lanes", type_=ARRAY(Text)))

_ahead = inbox.alias("ahead")
_HEADS = (
    select(inbox.c.seq, inbox.c.lane, inbox.c.body, inbox.c.tries)
    .where(
        is_state(inbox.c.state, "waiting"),
        ~select(1)
        .where(
            _ahead.c.lane == inbox.c.lane,
            is_state(_ahead.c.state, "waiting"),
            tuple_(_ahead.c.place, _ahead.c.seq) < tuple_(inbox.c.place, inbox.c.seq),
        )
        .correlate(inbox)
        .exists(),
    )
    .order_by(inbox.c.seq)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=inbox)
)
_SETTLE = update(inbox).where(inbox.c.seq == bindparam("row")).values(state="settled", body=None, error=None)


class Inbox(Repository):
    """Rows go `waiting` → `settled`, or → `aside` after failing too often."""

    def __init__(self, connection: AsyncConnection, clock: Callable[[], datetime]) -> None:
        super().__init__(connection, clock)
        self.added = 0
        self._settled: list[dict[str, int]] = []

    async def add(self, channel: str, arrivals: Sequence[Arrival]) -> int:
        """Store what is new; how many were. The same platform id of the same channel is ignored."""
        received_at = self._clock()
        rows = [
            {
                "channel": channel,
                # A hash is enough to know a repetition by, and names nobody: the web chat's ids hold the visitor.
                "platform_id": sha256(arrival.incoming.id.encode(errors="surrogatepass")).hexdigest(),
                "lane": str(arrival.incoming.sender),
                "place": arrival.order,
                "state": "waiting",
                "body": to_json(arrival.incoming),
                "tries": 0,
                "received_at": received_at,
            }
            for arrival in arrivals
        ]
        if not rows:
            return 0
        statement = self._insert(inbox).on_conflict_do_nothing(index_elements=["channel", "platform_id"])
        new = len((await self.run(statement.returning(inbox.c.seq), rows)).all())
        self.added += new
        return new

    async def take(self, limit: int = 64) -> list[InboxRow]:
        """The first waiting row of up to `limit` lanes nobody else works on, held until the commit."""
        found = (await self.run(_HEADS, {"most": limit})).all()
        mine = await self._lock_lanes([row.lane for row in found])
        return [
            InboxRow(seq=row.seq, incoming=incoming_from_json(row.body), tries=row.tries)
            for row in found
            if row.lane in mine
        ]

    async def _lock_lanes(self, lanes: Sequence[str]) -> set[str]:
        """Those of `lanes` this transaction now works on alone.

        The row lock is not enough on PostgreSQL: a message that sorts before the one being worked on may
        arrive meanwhile, and would be first of its lane and free.
        """
        if not lanes or not self._postgresql:
            return set(lanes)
        return set((await self.run(_TRY_LANES, {"lanes": list(lanes)})).scalars())

    def settle(self, seq: int) -> None:
        """Done: the body goes at commit, the ids stay to know a repetition by."""
        self._settled.append({"row": seq})

    async def failed(self, seq: int, error: str) -> int:
        """Count a failed turn; how many tries there were. `error` is a class name, not what anybody wrote."""
        statement = (
            update(inbox)
            .where(inbox.c.seq == seq)
            .values(tries=inbox.c.tries + 1, error=error[:ERROR_LENGTH])
            .returning(inbox.c.tries)
        )
        return int((await self.run(statement)).scalar_one())

    async def set_aside(self, seq: int, what: str) -> None:
        """Take it out of its lane for good, with its words: they may be anything, and are asked for again.

        `what` stays beside the error: the kind of message and its length.
        """
        told = func.coalesce(inbox.c.error, "") + f": {what}"[:ERROR_LENGTH]
        await self.run(update(inbox).where(inbox.c.seq == seq).values(state="aside", body=None, error=told))

    async def set_aside_count(self) -> int:
        """How many rows were set aside and are still remembered."""
        statement = select(func.count()).select_from(inbox).where(is_state(inbox.c.state, "aside"))
        return int((await self.run(statement)).scalar_one())

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many wait, and since when the oldest does."""
        statement = select(func.count(), func.min(inbox.c.received_at)).where(is_state(inbox.c.state, "waiting"))
        row = (await self.run(statement)).one()
        return int(row[0]), row[1]

    async def sweep(self, now: datetime) -> None:
        """Forget ids after 14 days."""
        done = inbox.c.state != "waiting"
        await self.run(delete(inbox).where(done, inbox.c.received_at < now - KEEP_IDS))

    async def forget(self, addresses: Iterable[Address]) -> int:
        """Remove what these people wrote and who they are; how many bodies went. The hashed ids stay."""
        gone = 0
        for some in chunks(str(address) for address in addresses):
            theirs = inbox.c.lane.in_(some)
            count = select(func.count()).select_from(inbox).where(theirs, inbox.c.body.is_not(None))
            gone += int((await self.run(count)).scalar_one())
            state = {"state": "settled", "body": None, "error": None, "lane": ""}
            await self.run(update(inbox).where(theirs).values(state))
        return gone

    async def flush(self) -> None:
        """Write what was recorded."""
        if self._settled:
            await self.run(_SETTLE, self._settled)
            self._settled = []
