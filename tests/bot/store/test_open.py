"""Opening, owning and losing a database; every fault in one sentence."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.store import engines
from bot.store.work import Store, StoreBusy, StoreError, open_store
from tests.conftest import Clock
from tests.contract.things import address, arrival, session


async def test_a_second_claim_is_refused_until_the_first_is_closed(sqlite_url: str, clock: Clock) -> None:
    first, second = await open_store(sqlite_url, clock), await open_store(sqlite_url, clock)
    await first.claim()
    await first.claim()
    with pytest.raises(StoreBusy, match="already serves"):
        await second.claim()
    async with second.begin() as work:
        await work.inbox.add("telegram", [arrival()])
    await first.close()
    await second.claim()
    await second.close()


async def test_a_claim_ends_with_its_process(sqlite_url: str, clock: Clock) -> None:
    program = (
        "import asyncio, os, signal, sys; from datetime import datetime, UTC;"
        "from bot.store.work import open_store\n"
        "async def main():\n"
        "    store = await open_store(sys.argv[1], lambda: datetime.now(UTC)); await store.claim()\n"
        "    print('claimed', flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())"
    )
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, sqlite_url], capture_output=True, text=True, check=False
    )
    assert ran.stdout == "claimed\n"
    store = await open_store(sqlite_url, clock)
    await store.claim()
    await store.close()


@pytest.mark.postgres
async def test_postgresql_takes_any_number_of_claims(postgres_url: str, clock: Clock) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(2):
            store = await open_store(postgres_url, clock)
            stack.push_async_callback(store.close)
            await store.claim()


async def test_a_writer_waits_for_another_process(sqlite_url: str, clock: Clock) -> None:
    one, two = await open_store(sqlite_url, clock), await open_store(sqlite_url, clock)
    async with one.begin() as work:
        await work.inbox.add("telegram", [arrival("an")])
        waiting = asyncio.create_task(_add(two))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    await waiting
    async with one.read() as work:
        assert (await work.inbox.waiting())[0] == 2
    await one.close()
    await two.close()


async def test_waiting_too_long_is_told(sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.1)
    one, two = await open_store(sqlite_url, clock), await open_store(sqlite_url, clock)
    async with one.begin():
        with pytest.raises(StoreBusy, match="busy"):
            await _add(two)
    await _add(two)
    await one.close()
    await two.close()


async def test_readers_do_not_wait_for_the_writer(store: Store) -> None:
    async with store.begin() as work:
        await work.inbox.add("telegram", [arrival()])
        async with store.read() as other:
            assert (await other.inbox.waiting())[0] == 0


async def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError):
        async with store.read() as work:
            await work.persons.load([address("new")])


async def test_a_cancelled_transaction_leaves_nothing_behind(store: Store) -> None:
    for pause in (0.0, 0.001, 0.002, 0.004, 0.008, 0.016):
        task = asyncio.create_task(_write_for_ever(store))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with store.read() as work:
        assert await work.inbox.waiting() == (0, None)
    await _add(store)


async def test_an_error_of_the_caller_passes_through(store: Store) -> None:
    for error in (OSError("theirs"), TimeoutError("theirs"), KeyError("theirs")):
        with pytest.raises(type(error), match="theirs"):
            await _fail(store, error)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://localhost/x", "must begin with"),
        ("sqlite+aiosqlite://", "needs a file"),
        ("sqlite+aiosqlite:////proc/motcua/x.db", "cannot be opened for writing"),
        ("postgresql+asyncpg://nobody@127.0.0.1:1/x", "cannot be reached"),
        ("postgresql+asyncpg://nobody@/x?host=/nowhere", "cannot be reached"),
    ],
)
async def test_what_cannot_be_opened_is_said_in_one_sentence(url: str, sentence: str, clock: Clock) -> None:
    with pytest.raises(StoreError, match=sentence):
        await open_store(url, clock)


async def test_a_file_that_is_no_database(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes " * 1000)
    with pytest.raises(StoreError, match="not a SQLite database"):
        await open_store(f"sqlite+aiosqlite:///{path}", clock)
    assert path.read_text().startswith("these are my notes")


async def test_an_empty_database_asks_for_migrations(tmp_path: Path, clock: Clock) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/new.db", clock)
    with pytest.raises(StoreError, match="migrations"):
        await _add(store)
    await store.close()


@pytest.mark.postgres
async def test_postgresql_without_that_database_or_tables(empty_postgres_url: str, clock: Clock) -> None:
    with pytest.raises(StoreError, match="no database of the name"):
        await open_store(empty_postgres_url.replace("/motcua_empty", "/nothing"), clock)
    store = await open_store(empty_postgres_url, clock)
    with pytest.raises(StoreError, match="migrations"):
        await _add(store)
    await store.close()


async def test_the_file_is_private_and_durable(sqlite_url: str, clock: Clock, tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/new.db", clock)
    await store.migrate()
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0
    async with store.begin() as work:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            result = await work.inbox._connection.exec_driver_sql(f"PRAGMA {pragma}")
            assert result.scalar() == value
    await store.close()


async def test_erased_words_leave_the_file_itself(sqlite_url: str, clock: Clock) -> None:
    file = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    store = await open_store(sqlite_url, clock)
    async with store.begin() as work:
        for number in range(50):
            work.sessions.save(session(f"user-{number}", words="bimat " * 500))
        person = (await work.persons.load([address("user-7")])).popitem()[1]
    async with store.begin() as work:
        await work.persons.erase(person.id)
        await work.sessions.delete(*(address(f"user-{number}") for number in range(50)))
    await store.close()
    assert b"bimat" not in await asyncio.to_thread(file.read_bytes)


async def _add(store: Store) -> None:
    async with store.begin() as work:
        await work.inbox.add("telegram", [arrival("binh")])


async def _write_for_ever(store: Store) -> None:
    async with store.begin() as work:
        while True:
            await work.inbox.add("telegram", [arrival("binh")])


async def _fail(store: Store, error: Exception) -> None:
    async with store.begin():
        raise error
