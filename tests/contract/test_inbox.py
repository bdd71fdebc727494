"""What came in is kept once, given out in order, and lost by nobody."""

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import select

from bot.store.tables import inbox
from bot.store.work import Store, open_store
from tests.conftest import Clock
from tests.contract.things import AT, arrival, session


async def _add(store: Store, *arrivals: object, channel: str = "telegram") -> int:
    async with store.begin() as work:
        return await work.inbox.add(channel, arrivals)  # type: ignore[arg-type]


async def _take(store: Store) -> list[str | None]:
    async with store.begin() as work:
        rows = await work.inbox.take()
        for row in rows:
            work.inbox.settle(row.seq)
    return [row.incoming.text for row in rows]


async def test_a_message_comes_back_as_it_came(store: Store) -> None:
    came = arrival("an", text="Làm giấy khai sinh 'cho' con \u0000 \ud83d 👶")
    assert await _add(store, came) == 1
    async with store.begin() as work:
        (row,) = await work.inbox.take()
    assert row.incoming == came.incoming
    assert row.tries == 0


async def test_a_repetition_is_ignored_even_after_it_was_settled(store: Store) -> None:
    assert await _add(store, arrival(id="7"), arrival(id="7"), arrival(id="8")) == 2
    assert len(await _take(store)) == 1
    assert await _add(store, arrival(id="7")) == 0
    assert await _add(store, arrival(id="7"), channel="zalo-oa") == 1


async def test_adding_nothing_adds_nothing(store: Store) -> None:
    assert await _add(store) == 0
    assert not store.inbox_wake.is_set()


async def test_new_rows_wake_and_known_ones_do_not(store: Store) -> None:
    await _add(store, arrival(id="7"))
    assert store.inbox_wake.is_set()
    store.inbox_wake.clear()
    await _add(store, arrival(id="7"))
    assert not store.inbox_wake.is_set()


async def test_a_lane_is_taken_in_its_own_order_then_by_arrival(store: Store) -> None:
    await _add(store, arrival(order=30, text="3"), arrival(order=10, text="1"), arrival(order=20, text="2a"))
    await _add(store, arrival(order=20, text="2b"))
    assert [await _take(store) for _ in range(5)] == [["1"], ["2a"], ["2b"], ["3"], []]


async def test_one_row_of_each_lane_the_oldest_lane_first(store: Store) -> None:
    await _add(store, arrival("binh", text="b1"), arrival("an", text="a1"), arrival("an", text="a2"))
    async with store.begin() as work:
        assert [row.incoming.text for row in await work.inbox.take()] == ["b1", "a1"]
        assert [row.incoming.text for row in await work.inbox.take(limit=1)] == ["b1"]


async def test_a_rollback_loses_nothing(store: Store) -> None:
    await _add(store, arrival(text="một"))

    async def turn() -> None:
        async with store.begin() as work:
            (row,) = await work.inbox.take()
            work.inbox.settle(row.seq)
            work.sessions.save(session())
            await work.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await turn()
    async with store.read() as work:
        assert await work.sessions.load([session().address]) == {}
    assert await _take(store) == ["một"]


async def test_three_failures_are_counted_and_then_it_is_set_aside(store: Store) -> None:
    await _add(store, arrival(text="xấu"), arrival(text="sau"))
    for expected in (1, 2, 3):
        async with store.begin() as work:
            (row,) = await work.inbox.take()
            assert await work.inbox.failed(row.seq, "ValueError") == expected
    async with store.begin() as work:
        assert await work.inbox.set_aside_count() == 0
        await work.inbox.set_aside(row.seq, "text")
        assert await work.inbox.set_aside_count() == 1
    assert await _take(store) == ["sau"]


async def test_waiting_counts_and_tells_since_when(store: Store, clock: Clock) -> None:
    async with store.read() as work:
        assert await work.inbox.waiting() == (0, None)
    await _add(store, arrival())
    clock.forward(minutes=5)
    await _add(store, arrival("binh"))
    async with store.read() as work:
        assert await work.inbox.waiting() == (2, AT)


async def test_words_go_when_settled_or_set_aside_and_ids_two_weeks_later(store: Store, clock: Clock) -> None:
    await _add(store, arrival(id="1"), arrival("binh", id="2"))
    async with store.begin() as work:
        first, second = await work.inbox.take()
        work.inbox.settle(first.seq)
        await work.inbox.failed(second.seq, "ValueError")
        await work.inbox.set_aside(second.seq, "text of 8 characters")
    assert await _rows(store) == [(None, None), (None, "ValueError: text of 8 characters")]
    await _sweep(store, clock, days=13)
    assert await _add(store, arrival(id="1"), arrival(id="2")) == 0
    await _sweep(store, clock, days=1.1)
    assert await _rows(store) == []


async def test_the_platforms_id_is_not_kept(store: Store) -> None:
    await _add(store, arrival(id="visitor/0192"))
    async with store.read() as work:
        kept = (await work.inbox.run(select(inbox.c.platform_id))).scalar_one()
    assert kept == sha256(b"visitor/0192").hexdigest()


async def test_a_waiting_message_is_never_swept(store: Store, clock: Clock) -> None:
    await _add(store, arrival(text="lâu"))
    await _sweep(store, clock, days=100)
    assert await _take(store) == ["lâu"]


@pytest.mark.postgres
async def test_two_processes_never_work_on_one_lane(postgres_url: str, clock: Clock) -> None:
    one, two = await open_store(postgres_url, clock), await open_store(postgres_url, clock)
    await _add(
        one, arrival("an", order=5, text="a5"), arrival("binh", text="b"), arrival("an", order=6, text="a6")
    )
    async with one.begin() as mine:
        (taken,) = await mine.inbox.take(limit=1)
        assert taken.incoming.text == "a5"
        await _add(two, arrival("an", order=1, text="a1 came late but sorts first"))
        async with two.begin() as theirs:
            assert [row.incoming.text for row in await theirs.inbox.take()] == ["b"]
        mine.inbox.settle(taken.seq)
    async with two.begin() as theirs:
        assert [row.incoming.text for row in await theirs.inbox.take()] == ["b", "a1 came late but sorts first"]
    await one.close()
    await two.close()


async def _sweep(store: Store, clock: Clock, **later: float) -> None:
    now = clock.forward(**later)
    async with store.begin() as work:
        await work.inbox.sweep(now)


async def _rows(store: Store) -> list[tuple[str | None, str | None]]:
    async with store.read() as work:
        rows = await work.inbox.run(select(inbox.c.body, inbox.c.error).order_by(inbox.c.seq))
        return [(row.body, row.error) for row in rows]
