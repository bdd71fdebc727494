"""Cases are saved only on top of what was read, and found by whoever may ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.work import Conflict, Store
from handlers.cases.model import Actor, Case, CaseEvent, Status
from handlers.talk import FileRef, t
from tests.contract.things import AT, address, case, event

OFFICE = "truc-ninh:economic_division"


async def _add(store: Store, *filed: Case) -> None:
    async with store.begin() as work:
        for one in filed:
            await work.cases.add(one, event(one))


async def test_a_case_comes_back_whole(store: Store) -> None:
    async with store.begin() as work:
        person = (await work.persons.load([address("an")])).popitem()[1]
    full = case(
        person=person.id,
        name="Nguyễn Văn An",
        phone="0912000000",
        due_why=(t("due.working_days", count=15, why=t("due.default")),),
        route_why=(t("route.role"), t("route.lines", lines=(t("a"), t("b")))),
        files=(FileRef(id="f1", size=12),),
        latitude=20.25,
        longitude=106.1,
        hide_sender=True,
        not_to=frozenset({"truc-ninh:police"}),
        handler="officer-1",
        rating=5,
        version=4,
    )
    await _add(store, full)
    async with store.read() as work:
        assert await work.cases.find("48271635 9") == full
        assert await work.cases.get(full.id) == full
        assert await work.cases.find("") is None
        assert await work.cases.find("4827-1635-8") is None


async def test_what_postgresql_cannot_hold_is_left_out_of_a_name(store: Store) -> None:
    await _add(store, case(name="An\0 \ud83dNguyễn 👶", words="\0 giữ \ud83d"))
    async with store.read() as work:
        found = await work.cases.find("4827-1635-9")
    assert found is not None
    assert (found.name, found.words) == ("An Nguyễn 👶", "\0 giữ \ud83d")


async def test_what_a_sender_called_a_file_is_not_kept_with_the_case(store: Store) -> None:
    await _add(store, case(files=(FileRef(id="f1", name="Nguyễn Văn An.jpg", remote="r1", size=12),)))
    async with store.read() as work:
        found = await work.cases.find("4827-1635-9")
    assert found is not None
    assert found.files == (FileRef(id="f1", size=12),)


async def test_a_code_is_given_once(store: Store) -> None:
    await _add(store, case())
    with pytest.raises(Conflict):
        await _add(store, case("48271635-9", id="another"))


async def test_saving_on_top_of_an_older_version_changes_nothing(store: Store) -> None:
    filed = case()
    await _add(store, filed)
    officer = Actor(kind="officer", id="o1", offices=frozenset({OFFICE}), roles=frozenset({"handler"}))
    taken = replace(filed, status=Status.TAKEN, handler="o1", version=1)
    happened = CaseEvent(
        case=filed.id, number=1, what="taken", by=officer, at=AT, words="nhận", data={"rating": 5, "x": "y"}
    )
    async with store.begin() as work:
        await work.cases.save(taken, [happened], 0)
    with pytest.raises(Conflict):
        async with store.begin() as work:
            await work.cases.save(replace(filed, answer="khác", version=1), [], 0)
    with pytest.raises(Conflict):
        async with store.begin() as work:
            await work.cases.save(replace(filed, id="nothing"), [], 0)
    async with store.read() as work:
        assert await work.cases.get(filed.id) == taken
        assert await work.cases.history(filed.id) == [event(filed), happened]


async def test_lists_of_persons_and_offices(store: Store) -> None:
    async with store.begin() as work:
        person = (await work.persons.load([address("an")])).popitem()[1]
    early = case("1", due=AT + timedelta(days=1), person=person.id)
    late = case("2", due=AT + timedelta(days=9), person=person.id, opened_at=AT + timedelta(hours=1))
    answered = case("3", due=AT, status=Status.ANSWERED)
    closed = case("4", due=AT, status=Status.CLOSED)
    other = case("5", due=AT, office="truc-ninh:police", status=Status.TAKEN)
    await _add(store, late, early, answered, closed, other)
    async with store.read() as work:
        assert await work.cases.of_person(person.id) == [late, early]
        assert await work.cases.of_office([OFFICE]) == [early, late]
        assert await work.cases.of_office([OFFICE, other.office]) == [other, early, late]
        assert await work.cases.of_office([]) == []


async def test_answered_cases_come_page_by_page_the_newest_first(store: Store) -> None:
    done = [case(str(n), opened_at=AT + timedelta(hours=n), status=Status.ANSWERED) for n in range(1, 6)]
    closed = case("6", opened_at=AT + timedelta(hours=6), status=Status.CLOSED)
    await _add(store, case("7"), closed, *done, case("8", office="truc-ninh:police", status=Status.ANSWERED))
    async with store.read() as work:
        assert await work.cases.answered([OFFICE], limit=3) == [closed, done[4], done[3]]
        assert await work.cases.answered([OFFICE], limit=3, skip=3) == [done[2], done[1], done[0]]
        assert await work.cases.answered([OFFICE], limit=3, skip=6) == []
