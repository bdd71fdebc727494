"""Erasing a person leaves no word of theirs in any table."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.store.records import StoredFile
from bot.store.tables import metadata
from bot.store.work import Store, Work
from handlers.services import Checklist, Erased
from handlers.talk import Address, FileRef
from tests.conftest import Clock
from tests.contract.things import AT, arrival, case, event, officer, outgoing, session

SECRET = "bimat"
"""Stands in every name, number and text of the person, so that a dump can be searched for it."""

TELEGRAM = Address(channel="telegram", user=f"tg-{SECRET}")
ZALO = Address(channel="zalo-oa", user=f"zalo-{SECRET}")


async def test_nothing_of_the_person_is_left(store: Store) -> None:
    person_id = await _live_a_little(store)
    assert SECRET in await _dump(store)
    async with store.read() as work:
        being_fetched = await work.files.get("file-case")
    assert being_fetched is not None
    async with store.begin() as work:
        erased = await work.persons.erase(person_id)
        await work.files.save(replace(being_fetched, tries=1))
    assert erased == Erased(addresses=2, checklists=1, messages=4, cases_made_nameless=1)
    left = await _dump(store)
    assert SECRET not in left
    assert person_id not in left
    async with store.read() as work:
        filed = await work.cases.find("4827-1635-9")
        assert filed is not None
        assert (filed.person, filed.name, filed.phone, filed.anonymous) == (None, None, None, True)
        assert filed.words == "Rác ở đầu ngõ"
        assert [one.by.id for one in await work.cases.history(filed.id)] == ["erased", "officer-can-bo"]
        (kept,) = await work.files.of_case(filed.id)
        assert (kept.id, kept.person, kept.name, kept.remote) == ("file-case", None, None, None)
        assert kept.refused == "errors.file_broken", "it is not said to be coming for ever"
        found = await work.officers.get("officer-can-bo")
        assert found is not None
        assert found.person is None


async def test_others_keep_what_is_theirs(store: Store) -> None:
    async with store.begin() as work:
        await work.inbox.add("telegram", [arrival("binh", text="của Bình")])
        work.outbox.add(outgoing("gửi Bình", "binh"))
        work.sessions.save(session("binh", words="lời Bình"))
        binh = (await work.persons.load([session("binh").address])).popitem()[1]
    before = await _dump(store)
    person_id = await _live_a_little(store)
    async with store.begin() as work:
        await work.persons.erase(person_id)
    after = await _dump(store)
    assert binh.id in after
    assert {word for word in ("của Bình", "gửi Bình", "lời Bình") if word in after and word in before} == {
        "của Bình",
        "gửi Bình",
        "lời Bình",
    }


async def test_erasing_within_the_turn_that_asks_for_it(store: Store) -> None:
    person_id = await _live_a_little(store)
    async with store.begin() as work:
        row, *_ = await work.inbox.take()
        await work.persons.erase(person_id)
        work.outbox.add(outgoing("Đã xóa", TELEGRAM.user))
        work.sessions.save(session(TELEGRAM.user, words=SECRET))
        work.inbox.settle(row.seq)
    async with store.begin() as work:
        assert await work.sessions.load([TELEGRAM]) == {}
        assert await work.inbox.take() == []
        (reply,) = await work.outbox.lease(["telegram"], 10, 60)
    assert reply.part.plain == "Đã xóa"


async def test_not_even_the_farewell_keeps_the_address_for_ever(store: Store, clock: Clock) -> None:
    person_id = await _live_a_little(store)
    async with store.begin() as work:
        await work.persons.erase(person_id)
        work.outbox.add(outgoing("Đã xóa", TELEGRAM.user))
        work.outbox.add(outgoing("Đã xóa", SECRET, channel="webchat"))
    async with store.begin() as work:
        (row,) = await work.outbox.lease(["telegram"], 10, 60)
        await work.outbox.sent(row.seq, "1")
    assert SECRET in await _dump(store)
    clock.forward(days=31)
    async with store.begin() as work:
        await work.outbox.sweep(clock.now)
    assert SECRET not in await _dump(store)


async def test_an_erased_person_who_writes_again_is_somebody_new(store: Store) -> None:
    person_id = await _live_a_little(store)
    async with store.begin() as work:
        await work.persons.erase(person_id)
    async with store.begin() as work:
        again = (await work.persons.load([TELEGRAM]))[TELEGRAM]
        assert again.id != person_id
        assert again.addresses == (TELEGRAM,)
        assert await work.persons.kept(again.id) == {"addresses": 1, "checklists": 0, "cases": 0, "files": 0}


async def test_an_officers_save_after_an_erasure_brings_no_name_back(store: Store) -> None:
    person_id = await _live_a_little(store)
    async with store.read() as work:
        loaded = await work.cases.find("4827-1635-9")
    assert loaded is not None
    assert loaded.name is not None
    async with store.begin() as work:
        await work.persons.erase(person_id)
    async with store.begin() as work:
        await work.cases.save(loaded, [], loaded.version)
    assert SECRET not in await _dump(store)


async def _live_a_little(store: Store) -> str:
    async with store.begin() as work:
        person_id = (await work.persons.load([TELEGRAM]))[TELEGRAM].id
        await work.persons.join(ZALO, person_id)
        await work.inbox.add("telegram", [arrival(TELEGRAM.user, id=f"{SECRET}/1", text=f"tôi là {SECRET}")])
        await work.inbox.add("telegram", [arrival(TELEGRAM.user, id="2", text=f"lại {SECRET}")])
        work.outbox.add(outgoing(f"chào {SECRET}", TELEGRAM.user))
        work.outbox.add(outgoing(f"chào {SECRET}", ZALO.user, channel="zalo-oa", once=f"once-{SECRET}"))
        work.sessions.save(session(TELEGRAM.user, words=SECRET))
        await _file_a_case(work, person_id)
        await work.checklists.save(
            person_id,
            Checklist(procedure="1.1", way="post", decision="d", ticked=frozenset({SECRET}), updated_at=AT),
        )
        await work.persons.consent(person_id, f"contact {SECRET}", AT)
        await work.links.issue(person_id, None, f"hash-{SECRET}", AT.replace(year=2030))
        await work.links.redeem("wrong", TELEGRAM, AT)
    return person_id


async def _file_a_case(work: Work, person_id: str) -> None:
    await work.officers.add(officer(person=person_id))
    photo = FileRef(id="file-case", name=f"{SECRET}.jpg", remote=SECRET)
    filed = case(person=person_id, name=f"Nguyễn {SECRET}", phone=f"09{SECRET}", files=(photo,))
    await work.cases.add(filed, event(filed))
    by = event(filed).by
    answered = event(filed, 1, "answered", by=type(by)(kind="officer", id="officer-can-bo"))
    await work.cases.save(filed, [answered], filed.version)
    await work.files.add(
        StoredFile(
            id="file-case",
            channel="webchat",
            remote=SECRET,
            name=f"{SECRET}.jpg",
            kind="photo",
            person=person_id,
        ),
        StoredFile(id="file-loose", channel="telegram", remote=SECRET, kind="photo", person=person_id),
    )
    await work.files.attach(["file-case"], filed.id, person_id)


async def _dump(store: Store) -> str:
    """Every value of every table."""
    lines = []
    async with store.read() as work:
        for table in metadata.sorted_tables:
            lines += [f"{table.name} {tuple(row)}" for row in await work.inbox.run(select(table))]
    return "\n".join(lines)
