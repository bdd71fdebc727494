"""Codes join addresses once, for ten minutes, and cannot be guessed by trying."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.store.links import TRIES, TRIES_OF_ALL
from bot.store.tables import link_tries, links
from bot.store.work import Conflict, Store, Work
from tests.conftest import Clock
from tests.contract.things import AT, address, officer

AN, BINH = address("an"), address("binh", "zalo-oa")
LATER = AT + timedelta(minutes=10)


@pytest.fixture
async def person(store: Store) -> str:
    async with store.begin() as work:
        await work.officers.add(officer())
        return (await work.persons.load([AN]))[AN].id


async def test_a_code_is_good_once(store: Store, person: str) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "h1", LATER)
        await work.links.issue(None, "officer-can-bo", "h2", LATER)
    async with store.begin() as work:
        assert await work.links.redeem("h1", BINH, AT) == ("person", person)
        assert await work.links.redeem("h1", BINH, AT) is None
        assert await work.links.redeem("h2", BINH, AT) == ("officer", "officer-can-bo")


async def test_a_new_code_replaces_the_old_one(store: Store, person: str) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "h1", LATER)
        await work.links.issue(person, None, "h2", LATER)
        assert await work.links.redeem("h1", BINH, AT) is None
        assert await work.links.redeem("h2", BINH, AT) == ("person", person)


async def test_a_code_ends_and_may_then_be_drawn_again(store: Store, person: str, clock: Clock) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "h1", LATER)
        with pytest.raises(Conflict):
            await work.links.issue(None, "officer-can-bo", "h1", LATER)
        assert await work.links.redeem("h1", BINH, LATER) is None
        now = clock.forward(minutes=11)
        await work.links.issue(None, "officer-can-bo", "h1", now + timedelta(minutes=10))
        assert await work.links.redeem("h1", BINH, now) == ("officer", "officer-can-bo")


async def test_five_wrong_tries_and_even_the_right_code_is_refused(store: Store, person: str) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "right", AT + timedelta(hours=1))
    for _ in range(TRIES):
        async with store.begin() as work:
            assert await work.links.redeem("wrong", BINH, AT) is None
    async with store.begin() as work:
        assert await work.links.redeem("right", BINH, AT) is None
        assert await work.links.redeem("right", BINH, AT + timedelta(minutes=9)) is None
        assert await work.links.redeem("right", BINH, AT + timedelta(minutes=10)) == ("person", person)


async def test_another_address_may_still_try(store: Store, person: str) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "right", LATER)
        for _ in range(TRIES):
            await work.links.redeem("wrong", BINH, AT)
        assert await work.links.redeem("right", address("chi"), AT) == ("person", person)


async def test_many_wrong_tries_kill_the_codes_that_live_and_no_later_one(
    store: Store, person: str, clock: Clock
) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "right", LATER)
        for number in range(TRIES_OF_ALL):
            await work.links.redeem("wrong", address(str(number), "webchat"), AT)
        assert await work.links.redeem("right", address("one-more", "webchat"), AT) is None
        now = clock.forward(seconds=1)
        await work.links.issue(person, None, "new", LATER)
        assert await work.links.redeem("new", address("one-more", "webchat"), now) == ("person", person)


async def test_looking_spends_nothing_but_counts_what_is_wrong(store: Store, person: str) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "right", LATER)
        assert await work.links.look("right", BINH, AT) == ("person", person)
        for _ in range(TRIES):
            assert await work.links.look("wrong", BINH, AT) is None
        assert await work.links.look("right", BINH, AT) is None
        assert await work.links.redeem("right", address("chi"), AT) == ("person", person)
        assert await work.links.look("right", address("chi"), AT) is None


async def test_codes_and_tries_that_are_over_are_swept(store: Store, person: str) -> None:
    async with store.begin() as work:
        await work.links.issue(person, None, "right", LATER)
        await work.links.redeem("wrong", BINH, AT)
        await work.links.sweep(LATER - timedelta(seconds=1))
        assert await _count(work) == (1, 1)
        await work.links.sweep(LATER)
        assert await _count(work) == (0, 0)


async def _count(work: Work) -> tuple[int, int]:
    """How many codes and tries are stored."""
    return tuple([len((await work.links.run(select(table))).all()) for table in (links, link_tries)])  # type: ignore[return-value]
