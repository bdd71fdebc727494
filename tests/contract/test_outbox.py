"""What is to be sent goes once, in each person's order, and comes back when nobody reported on it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.store.records import OutboxClass, OutboxRow, OutboxState, Outgoing
from bot.store.tables import outbox
from bot.store.work import Store, open_store
from tests.conftest import Clock
from tests.contract.things import AT, address, outgoing, texts

SHORT = 0.3
"""A lease long enough to be looked at and short enough to wait for, in seconds."""


async def _add(store: Store, *rows: Outgoing) -> None:
    async with store.begin() as work:
        work.outbox.add(*rows)


async def _lease(store: Store, seconds: float = 60, channels: tuple[str, ...] = ("telegram",)) -> list[OutboxRow]:
    async with store.begin() as work:
        return await work.outbox.lease(channels, 10, seconds)


async def _send(store: Store) -> list[str]:
    rows = await _lease(store)
    async with store.begin() as work:
        for row in rows:
            await work.outbox.sent(row.seq, f"platform-{row.seq}")
    return texts(rows)


async def test_once_means_once(store: Store) -> None:
    await _add(store, outgoing("một", once="case:1:opened"), outgoing("hai"), outgoing("hai"))
    await _add(store, outgoing("một nữa", once="case:1:opened"))
    assert [await _send(store) for _ in range(4)] == [["một"], ["hai"], ["hai"], []]
    await _add(store, outgoing("một nữa", once="case:1:opened"))
    assert await _send(store) == []


async def test_reply_before_notice_then_by_age(store: Store) -> None:
    await _add(
        store,
        outgoing("notice 1", klass=OutboxClass.NOTICE),
        outgoing("notice 2", klass=OutboxClass.NOTICE),
        outgoing("reply"),
    )
    assert [await _send(store) for _ in range(4)] == [["reply"], ["notice 1"], ["notice 2"], []]


async def test_one_part_a_person_at_a_time(store: Store) -> None:
    await _add(store, outgoing("a1"), outgoing("a2"), outgoing("b1", "binh"))
    assert texts(await _lease(store)) == ["a1", "b1"]
    await _add(store, outgoing("c1", "chi"))
    assert texts(await _lease(store)) == ["c1"]
    assert await _lease(store) == []


async def test_nothing_overtakes_a_part_that_is_being_sent(store: Store) -> None:
    await _add(store, outgoing("notice", klass=OutboxClass.NOTICE))
    (row,) = await _lease(store)
    assert row.state is OutboxState.SENDING
    assert row.tries == 1
    await _add(store, outgoing("reply"))
    assert await _lease(store) == []
    async with store.begin() as work:
        await work.outbox.sent(row.seq, "7")
    assert await _send(store) == ["reply"]


async def test_only_the_channels_asked_for(store: Store) -> None:
    await _add(store, outgoing("t"), outgoing("z", channel="zalo-oa"), outgoing("w", channel="webchat"))
    assert texts(await _lease(store, channels=("zalo-oa", "telegram"))) == ["t", "z"]
    assert await _lease(store, channels=()) == []


async def test_an_expired_lease_comes_back(store: Store) -> None:
    await _add(store, outgoing("một"), outgoing("hai"))
    assert texts(await _lease(store, SHORT)) == ["một"]
    assert await _lease(store, SHORT) == []
    await asyncio.sleep(SHORT + 0.1)
    (row,) = await _lease(store, SHORT)
    assert (row.part.plain, row.tries) == ("một", 2)


async def test_a_new_owner_of_the_file_takes_leases_back(sqlite_url: str, clock: Clock) -> None:
    dead = await open_store(sqlite_url, clock)
    await _add(dead, outgoing("một"))
    assert texts(await _lease(dead)) == ["một"]
    await dead.close()
    store = await open_store(sqlite_url, clock)
    assert await _lease(store) == []
    await store.claim()
    assert texts(await _lease(store)) == ["một"]
    await store.close()


async def test_a_retry_keeps_its_place_in_line(store: Store) -> None:
    await _add(store, outgoing("một"), outgoing("hai"))
    (row,) = await _lease(store)
    async with store.begin() as work:
        await work.outbox.retry(row.seq, SHORT, "throttled")
    assert await _lease(store) == []
    await asyncio.sleep(SHORT + 0.1)
    (again,) = await _lease(store)
    assert (again.part.plain, again.reason) == ("một", "throttled")


async def test_parked_leaves_the_line_until_the_person_writes(store: Store) -> None:
    await _add(store, outgoing("một"), outgoing("hai"), outgoing("b", "binh"))
    for row in await _lease(store):
        async with store.begin() as work:
            await work.outbox.park(row.seq, "window_closed")
    assert await _send(store) == ["hai"]
    assert await _send(store) == []
    store.outbox_wake.clear()
    async with store.begin() as work:
        await work.outbox.unpark(address("an"))
    assert store.outbox_wake.is_set()
    assert await _send(store) == ["một"]
    assert await _send(store) == []


async def test_failures_are_seen_retried_and_dropped(store: Store) -> None:
    await _add(store, outgoing("một", once="x"), outgoing("hai"))
    for _ in range(2):
        (row,) = await _lease(store)
        async with store.begin() as work:
            await work.outbox.fail(row.seq, "left")
    async with store.begin() as work:
        hai, mot = await work.outbox.failures(10)
        assert (hai.part.plain, hai.reason, hai.state) == ("hai", "left", OutboxState.FAILED)
        await work.outbox.retry_failed(hai.seq)
        await work.outbox.drop(mot.seq)
        assert await work.outbox.failures(10) == []
    await _add(store, outgoing("một nữa", once="x"))
    (row,) = await _lease(store)
    assert (row.part.plain, row.tries) == ("hai", 1)


async def test_only_failed_rows_can_be_dropped_or_retried(store: Store) -> None:
    await _add(store, outgoing("một"))
    (row,) = await _lease(store)
    async with store.begin() as work:
        await work.outbox.retry_failed(row.seq)
        await work.outbox.drop(row.seq)
        await work.outbox.retry(row.seq, 0, "")
    assert await _send(store) == ["một"]


async def test_the_web_chat_reads_by_cursor_and_acknowledges(store: Store) -> None:
    me = address("browser", "webchat")
    await _add(store, *(outgoing(text, "browser", channel="webchat") for text in ("một", "hai", "ba")))
    async with store.read() as work:
        rows = await work.outbox.after(me, 0, 10)
        assert texts(rows) == ["một", "hai", "ba"]
        assert texts(await work.outbox.after(me, rows[0].seq, 1)) == ["hai"]
        assert await work.outbox.after(address("other", "webchat"), 0, 10) == []
        assert await work.outbox.waiting(["webchat", "telegram"]) == (0, None)
    async with store.begin() as work:
        await work.outbox.acknowledge(me, rows[1].seq)
    async with store.read() as work:
        states = [row.state for row in await work.outbox.after(me, 0, 10)]
    assert states == [OutboxState.SENT, OutboxState.SENT, OutboxState.WAITING]


async def test_a_part_survives_as_it_was(store: Store) -> None:
    row = outgoing("Kính gửi ông/bà 🙏", case="case-1", klass=OutboxClass.NOTICE)
    await _add(store, row)
    (leased,) = await _lease(store)
    assert (leased.to, leased.part, leased.case, leased.klass) == (row.to, row.part, row.case, row.klass)
    assert leased.created_at == AT


async def test_waiting_tells_since_when_something_could_have_gone(store: Store, clock: Clock) -> None:
    async def waiting(*channels: str) -> object:
        async with store.read() as work:
            return await work.outbox.waiting(channels)

    await _add(store, outgoing("một"), outgoing("z", channel="zalo-oa"))
    clock.forward(minutes=1)
    await _add(store, outgoing("hai"), outgoing("b", "binh"))
    assert await waiting("telegram") == (3, AT)
    assert await waiting("terminal") == (0, None)
    (first, second) = await _lease(store)
    assert await waiting("telegram") == (3, None), "what is being sent is not late, nor what stands behind it"
    async with store.begin() as work:
        await work.outbox.retry(first.seq, 3600, "unreachable")
        await work.outbox.retry(second.seq, 0, "unreachable")
    assert await waiting("telegram") == (3, clock.now), "nor what waits for its next try"
    assert await waiting("telegram", "zalo-oa") == (4, AT)


async def test_what_moves_is_seen(store: Store, clock: Clock) -> None:
    await _add(store, outgoing("một"))
    async with store.read() as work:
        assert not await work.outbox.moved(["telegram"])
    await _send(store)
    async with store.read() as work:
        assert await work.outbox.moved(["telegram"])
        assert not await work.outbox.moved(["zalo-oa"])
        clock.forward(minutes=2)
        assert not await work.outbox.moved(["telegram"])


async def test_what_is_settled_goes_after_its_time(store: Store, clock: Clock) -> None:
    me = address("browser", "webchat")
    async with store.begin() as work:
        await work.persons.load([me, address("an"), address("binh")])
    await _add(
        store,
        outgoing("gửi", once="x"),
        outgoing("web", "browser", channel="webchat"),
        outgoing("web 1", "browser", channel="webchat", once="y"),
    )
    await _send(store)
    await _add(store, outgoing("chưa gửi", "binh"))
    for days, web, rows in ((13, ["web", "web 1"], 4), (2, [], 3), (16, [], 1)):
        now = clock.forward(days=days)
        async with store.begin() as work:
            await work.outbox.sweep(now)
            assert texts(await work.outbox.after(me, 0, 10)) == web
            assert len((await work.outbox.run(select(outbox))).all()) == rows
        if days == 2:
            await _add(
                store, outgoing("gửi nữa", once="x"), outgoing("web", "browser", channel="webchat", once="y")
            )
    assert await _send(store) == ["chưa gửi"]


async def test_the_last_word_to_who_was_erased_goes_with_the_next_sweep(store: Store, clock: Clock) -> None:
    await _add(store, outgoing("đã xóa"))
    await _send(store)
    async with store.begin() as work:
        await work.outbox.sweep(clock.now)
        assert (await work.outbox.run(select(outbox))).all() == []


async def test_a_message_sent_again_is_as_new(store: Store, clock: Clock) -> None:
    await _add(store, outgoing("một"))
    (row,) = await _lease(store)
    async with store.begin() as work:
        await work.outbox.fail(row.seq, "unreachable")
        assert await work.outbox.failed_count() == 1
    now = clock.forward(days=3)
    async with store.begin() as work:
        await work.outbox.retry_failed(row.seq)
        assert await work.outbox.failed_count() == 0
    (again,) = await _lease(store)
    assert (again.created_at, again.tries) == (now, 1)


async def test_all_that_waits_for_an_address_can_be_given_up(store: Store) -> None:
    await _add(store, outgoing("notice", klass=OutboxClass.NOTICE), outgoing("reply"), outgoing("b", "binh"))
    mine, _ = await _lease(store)
    assert mine.part.plain == "reply"
    async with store.begin() as work:
        await work.outbox.fail_all(mine.to, "left")
        assert texts(await work.outbox.failures(10)) == ["notice"]


async def test_a_rollback_sends_nothing(store: Store) -> None:
    async def turn() -> None:
        async with store.begin() as work:
            work.outbox.add(outgoing("một"))
            await work.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await turn()
    assert not store.outbox_wake.is_set()
    assert await _send(store) == []


@pytest.mark.postgres
async def test_two_senders_never_lease_one_row(postgres_url: str, clock: Clock) -> None:
    one, two = await open_store(postgres_url, clock), await open_store(postgres_url, clock)
    await _add(one, outgoing("a1"), outgoing("a2"), outgoing("b1", "binh"))
    async with one.begin() as mine:
        assert texts(await mine.outbox.lease(["telegram"], 1, 60)) == ["a1"]
        assert texts(await _lease(two)) == ["b1"]
    assert await _lease(two) == []
    await one.close()
    await two.close()


@pytest.mark.postgres
async def test_a_cursor_never_steps_over_a_row_of_a_slow_commit(postgres_url: str, clock: Clock) -> None:
    store = await open_store(postgres_url, clock)
    me = address("browser", "webchat")
    async with store.begin() as slow:
        slow.outbox.add(outgoing("một", "browser", channel="webchat"))
        await slow.flush()
        quick = asyncio.create_task(_add(store, outgoing("hai", "browser", channel="webchat")))
        await asyncio.sleep(0.1)
        async with store.read() as work:
            assert await work.outbox.after(me, 0, 10) == []
    await quick
    async with store.read() as work:
        assert texts(await work.outbox.after(me, 0, 10)) == ["một", "hai"]
    await store.close()
