"""Desk accounts, sign-ins, attachments and leases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.files import TRIES
from bot.store.records import DeskSession, StoredFile
from bot.store.work import Conflict, Store, open_store
from tests.conftest import Clock
from tests.contract.things import AT, address, case, event, officer


async def test_an_officer_comes_back_whole(store: Store) -> None:
    one = officer(failed_logins=3, locked_until=AT, lang="en")
    async with store.begin() as work:
        await work.officers.add(one)
        with pytest.raises(Conflict):
            await work.officers.add(officer(id="another"))
        assert await work.officers.find("can-bo") == one
        assert await work.officers.get(one.id) == one
        assert await work.officers.find("nobody") is None


async def test_a_change_of_an_officer_leaves_the_other_columns_alone(store: Store) -> None:
    one = officer(failed_logins=3, locked_until=AT)
    async with store.begin() as work:
        person = (await work.persons.load([address("an")])).popitem()[1].id
        await work.officers.add(one)
        await work.officers.link(one.id, person)
        await work.officers.set_password(one.id, "new")
        await work.officers.count_tries(one.id, 2, None)
        expected = replace(one, person=person, password_hash="new", failed_logins=2, locked_until=None)
        assert await work.officers.get(one.id) == expected
        await work.links.issue(None, one.id, "code", AT + timedelta(minutes=10))
        await work.officers.retire(one.id)
        assert await work.officers.get(one.id) == replace(expected, person=None, active=False)
        assert await work.links.look("code", address("binh"), AT) is None


async def test_a_chat_belongs_to_the_account_linked_last(store: Store) -> None:
    async with store.begin() as work:
        person = (await work.persons.load([address("an")])).popitem()[1].id
        for login in ("a", "b"):
            await work.officers.add(officer(login))
            await work.officers.link(f"officer-{login}", person)
        assert [one.person for one in await work.officers.all()] == [None, person]


@pytest.mark.postgres
async def test_a_link_made_while_a_password_is_set_is_not_lost(postgres_url: str, clock: Clock) -> None:
    one, two = await open_store(postgres_url, clock), await open_store(postgres_url, clock)
    async with one.begin() as work:
        person = (await work.persons.load([address("an")])).popitem()[1].id
        await work.officers.add(officer())
    async with one.begin() as slow:
        await slow.officers.find("can-bo", to_change=True)

        async def link() -> None:
            async with two.begin() as work:
                await work.officers.get("officer-can-bo", to_change=True)
                await work.officers.link("officer-can-bo", person)

        linking = asyncio.create_task(link())
        await asyncio.sleep(0.1)
        await slow.officers.set_password("officer-can-bo", "new")
    await linking
    async with one.read() as work:
        found = await work.officers.get("officer-can-bo")
    assert found == officer(password_hash="new", person=person)
    await one.close()
    await two.close()


async def test_officers_of_an_office(store: Store) -> None:
    async with store.begin() as work:
        await work.officers.add(officer("b"))
        await work.officers.add(officer("a", offices=("truc-ninh:economic_division",)))
        await work.officers.add(officer("c", offices=("truc-ninh:one_stop_2",)))
        await work.officers.add(officer("d", active=False))
        assert [one.login for one in await work.officers.of_office("truc-ninh:economic_division")] == ["a", "b"]
        assert [one.login for one in await work.officers.of_office("truc-ninh:one_stop")] == ["b"]
        assert [one.login for one in await work.officers.all()] == ["a", "b", "c", "d"]


async def test_a_desk_session_ends(store: Store, clock: Clock) -> None:
    session = DeskSession(token_hash="h", officer="officer-can-bo", csrf="c", expires_at=AT + timedelta(hours=8))
    async with store.begin() as work:
        await work.officers.add(officer())
        for token in ("h", "other", "third"):
            await work.officers.open(replace(session, token_hash=token))
        assert await work.officers.session("h") == session
        await work.officers.prolong("third", session.expires_at + timedelta(hours=1))
        assert await work.officers.session("third") == replace(
            session, token_hash="third", expires_at=session.expires_at + timedelta(hours=1)
        )
        await work.officers.close_session("other")
        assert await work.officers.session("other") is None
        clock.forward(hours=8)
        assert await work.officers.session("h") is None
        await work.officers.sweep(AT)
        clock.now = AT
        assert await work.officers.session("h") == session
        await work.officers.sweep(session.expires_at)
        assert await work.officers.session("h") is None


async def test_signing_out_everywhere(store: Store) -> None:
    async with store.begin() as work:
        await work.officers.add(officer())
        for token in ("one", "two"):
            await work.officers.open(
                DeskSession(
                    token_hash=token, officer="officer-can-bo", csrf="c", expires_at=AT + timedelta(days=1)
                )
            )
        await work.officers.close_sessions("officer-can-bo")
        assert await work.officers.session("one") is None
        assert await work.officers.session("two") is None


async def test_files_are_fetched_attached_and_counted(store: Store, clock: Clock) -> None:
    stored = StoredFile(id="f1", channel="telegram", remote="r1", kind="photo", name="rác.jpg", size=2**40)
    filed = case()
    async with store.begin() as work:
        person = (await work.persons.load([address("an")])).popitem()[1].id
        await work.cases.add(filed, event(filed))
        await work.files.add(stored, replace(stored, id="f2"), replace(stored, id="web", remote=None))
        await work.files.add(replace(stored, name="again"))
        assert await work.files.get("f1") == replace(stored, created_at=AT)
        assert [one.id for one in await work.files.wanted(10)] == ["f1", "f2"]
        assert len(await work.files.wanted(1)) == 1
        await work.files.attach(["f2", "f1"], filed.id, person)
        await work.files.save(replace(stored, digest="d1", mime="image/jpeg", tries=1))
        await work.files.save(replace(stored, id="f2", refused="errors.file_type"))
        assert await work.files.wanted(10) == []
        kept, refused = await work.files.of_case(filed.id)
        assert (kept.digest, kept.person, kept.case) == ("d1", person, filed.id)
        assert refused.refused == "errors.file_type"
        assert await work.files.used(["d1", "d2"]) == {"d1"}


async def test_a_file_is_fetched_by_one_process_at_a_time(store: Store) -> None:
    async with store.begin() as work:
        await work.files.add(*(StoredFile(id=id_, channel="telegram", remote="r", kind="photo") for id_ in "ab"))
        assert await work.files.hold(["a"], 60) == {"a"}
        assert await work.files.hold(["a", "b"], 0.1) == {"b"}
        assert await work.files.wanted(10) == []
        await work.files.let_go(["a"])
        assert [one.id for one in await work.files.wanted(10)] == ["a"]
        await work.files.save(StoredFile(id="a", channel="telegram", remote=None, kind="photo", digest="d"))
        assert await work.files.hold(["a"], 60) == set()
    await asyncio.sleep(0.2)
    async with store.begin() as work:
        assert await work.files.hold(["b"], 60) == {"b"}


async def test_a_file_is_not_tried_for_ever(store: Store) -> None:
    stored = StoredFile(id="f1", channel="telegram", remote="r1", kind="photo")
    async with store.begin() as work:
        await work.files.add(stored)
        await work.files.save(replace(stored, tries=TRIES - 1))
        assert len(await work.files.wanted(10)) == 1
        await work.files.save(replace(stored, tries=TRIES))
        assert await work.files.wanted(10) == []


async def test_a_lease_has_one_holder_and_ends(store: Store) -> None:
    async def take(holder: str, seconds: float = 60) -> bool:
        async with store.begin() as work:
            return await work.leases.take("clock", holder, seconds)

    assert await take("one", 0.2)
    assert not await take("two")
    assert await take("one", 0.2)
    await asyncio.sleep(0.3)
    assert await take("two")
    async with store.begin() as work:
        await work.leases.give("clock", "one")
    assert not await take("one")
    async with store.begin() as work:
        await work.leases.give("clock", "two")
    assert await take("one")
