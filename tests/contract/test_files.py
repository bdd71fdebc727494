"""Attachments that never became part of a case do not stay."""

from __future__ import annotations

from bot.store.records import StoredFile
from bot.store.work import Store
from tests.conftest import Clock
from tests.contract.things import address, case, event


async def test_unfiled_files_go_after_a_month_and_filed_ones_stay(store: Store, clock: Clock) -> None:
    async with store.begin() as work:
        await work.cases.add(case(), event(case()))
        await work.files.add(stored("of-case"), stored("of-nobody"))
        await work.files.attach(["of-case"], case().id, None)
    clock.forward(days=31)
    async with store.begin() as work:
        await work.files.add(stored("new"))
        await work.files.sweep(clock.now)
    async with store.read() as work:
        left = [name for name in ("of-case", "of-nobody", "new") if await work.files.get(name)]
    assert left == ["of-case", "new"]


async def test_a_sent_file_is_erased_with_its_sender(store: Store) -> None:
    async with store.begin() as work:
        person = (await work.persons.load([address("an")]))[address("an")]
        await work.files.add(stored("mine"), stored("not-mine"))
        await work.files.own(["mine"], person.id)
        await work.persons.erase(person.id)
    async with store.read() as work:
        assert await work.files.get("mine") is None
        assert await work.files.get("not-mine") is not None


def stored(name: str) -> StoredFile:
    return StoredFile(id=name, channel="telegram", remote=f"remote-{name}", kind="photo")


async def test_dropping_forgets_what_is_of_no_case(store: Store) -> None:
    async with store.begin() as work:
        await work.cases.add(case(), event(case()))
        await work.files.add(stored("of-case"), stored("unsent"))
        await work.files.attach(["of-case"], case().id, None)
        await work.files.drop(["of-case", "unsent"])
    async with store.read() as work:
        assert [one.id for one in await work.files.wanted(9)] == ["of-case"]
