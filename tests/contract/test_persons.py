"""One person, any number of addresses."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.work import Conflict, Store, open_store
from handlers.services import Checklist
from handlers.talk import Address, Person
from tests.conftest import Clock
from tests.contract.things import AT, address, case, event, officer

AN, ZALO = address("an"), address("an-zalo", "zalo-oa")


async def _person(store: Store, at: Address = AN, lang: str = "vi") -> Person:
    async with store.begin() as work:
        return (await work.persons.load([at], lang))[at]


async def test_who_is_new_is_made_once(store: Store) -> None:
    people = [address(str(number)) for number in range(64)]
    async with store.begin() as work:
        first = await work.persons.load([*people, people[0]], "en")
    async with store.begin() as work:
        second = await work.persons.load(people)
    assert first == second
    assert len({person.id for person in first.values()}) == 64
    assert first[people[5]].addresses == (people[5],)
    assert first[people[5]].lang == "en"


async def test_language_is_remembered(store: Store) -> None:
    person = await _person(store)
    async with store.begin() as work:
        await work.persons.set_language(person.id, "en")
    assert await _person(store) == replace(person, lang="en")
    async with store.read() as work:
        assert await work.persons.get("nobody") is None


async def test_joining_moves_everything(store: Store) -> None:
    old, new = await _person(store, ZALO), await _person(store, AN)
    filed = case(person=old.id, name="Nguyễn Văn An")
    early, late = AT, AT + timedelta(hours=1)
    async with store.begin() as work:
        await work.cases.add(filed, event(filed))
        for person, procedure, ticked, at in (
            (old, "1.000001", "old later", late),
            (new, "1.000001", "new earlier", early),
            (old, "1.000002", "old earlier", early),
            (new, "1.000002", "new later", late),
            (old, "1.000003", "only old", early),
        ):
            await work.checklists.save(person.id, _checklist(procedure, ticked, at=at))
        await work.persons.consent(old.id, "contact", AT)
    async with store.begin() as work:
        await work.persons.join(ZALO, new.id)
    async with store.read() as work:
        joined = await work.persons.load([AN, ZALO])
        assert joined[AN] == joined[ZALO]
        assert joined[AN].id == new.id
        assert set(joined[AN].addresses) == {AN, ZALO}
        assert [one.person for one in await work.cases.of_person(new.id)] == [new.id]
        left = {one.procedure: set(one.ticked) for one in await work.checklists.of_person(new.id)}
        assert left == {"1.000001": {"old later"}, "1.000002": {"new later"}, "1.000003": {"only old"}}
        assert await work.persons.get(old.id) is None
        assert await work.persons.kept(new.id) == {"addresses": 2, "checklists": 3, "cases": 1, "files": 0}


async def test_joining_an_unknown_or_own_address(store: Store) -> None:
    person = await _person(store)
    async with store.begin() as work:
        await work.persons.join(ZALO, person.id)
        await work.persons.join(AN, person.id)
        assert (await work.persons.load([AN]))[AN].addresses == (AN, ZALO)


@pytest.mark.parametrize("whose", ["joined", "joining"])
async def test_an_officers_chat_is_joined_with_nobody(store: Store, whose: str) -> None:
    mine, other = await _person(store, AN), await _person(store, ZALO)
    async with store.begin() as work:
        await work.officers.add(officer(person=mine.id if whose == "joined" else other.id))
    with pytest.raises(Conflict):
        async with store.begin() as work:
            await work.persons.join(ZALO, mine.id)
    assert (await _person(store, AN)).id == mine.id
    assert (await _person(store, ZALO)).id == other.id


async def test_an_address_that_parts_takes_nothing_along(store: Store) -> None:
    person = await _person(store, lang="en")
    filed = case(person=person.id)
    async with store.begin() as work:
        await work.persons.join(ZALO, person.id)
        await work.cases.add(filed, event(filed))
        new = await work.persons.part(ZALO)
    assert await _person(store, ZALO) == Person(id=new, lang="en", addresses=(ZALO,))
    assert await _person(store, AN) == person
    async with store.read() as work:
        assert await work.cases.of_person(new) == []


async def test_a_retired_officer_is_only_a_person(store: Store) -> None:
    person = await _person(store)
    async with store.begin() as work:
        await work.officers.add(officer(person=person.id))
        assert (await work.persons.load([AN]))[AN].officer == "officer-can-bo"
        await work.officers.retire("officer-can-bo")
        assert (await work.persons.load([AN]))[AN].officer is None
        await work.persons.join(ZALO, person.id)


async def test_checklists_are_replaced_and_listed_newest_first(store: Store) -> None:
    person = await _person(store)
    async with store.begin() as work:
        await work.checklists.save(person.id, _checklist("1.000001", "a", "b", at=AT))
        await work.checklists.save(person.id, _checklist("1.000002", at=AT + timedelta(days=1)))
        await work.checklists.save(person.id, _checklist("1.000001", "a", at=AT + timedelta(days=2)))
    async with store.read() as work:
        mine = await work.checklists.of_person(person.id)
        assert [one.procedure for one in mine] == ["1.000001", "1.000002"]
        assert await work.checklists.get(person.id, "1.000001", "online") == mine[0]
        assert mine[0] == _checklist("1.000001", "a", at=AT + timedelta(days=2))
        assert await work.checklists.get(person.id, "1.000001", "post") is None


@pytest.mark.postgres
async def test_two_processes_meet_somebody_at_the_same_moment(postgres_url: str, clock: Clock) -> None:
    one, two = await open_store(postgres_url, clock), await open_store(postgres_url, clock)
    async with one.begin() as mine:
        first = (await mine.persons.load([AN]))[AN]
        other = asyncio.create_task(_person(two))
        await asyncio.sleep(0.2)
        assert not other.done()
    assert (await other).id == first.id
    await one.close()
    await two.close()


def _checklist(procedure: str, *ticked: str, at: object = AT) -> Checklist:
    return Checklist(
        procedure=procedure,
        way="online",
        decision="QĐ 1",
        ticked=frozenset(ticked),
        updated_at=at,  # type: ignore[arg-type]
    )
