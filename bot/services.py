"""What a script may ask for in one turn, provided over a unit of work."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from bot.casework import Casework
from bot.house import House
from bot.officers import as_actor
from bot.store.errors import Conflict
from bot.store.records import OutboxClass
from bot.store.work import Work
from handlers.cases.model import Action, Actor, Case, CaseDraft, CaseEvent
from handlers.cases.opening import secret_hash
from handlers.cases.reach import may_see, may_settle
from handlers.services import Checklist, Erased, Filed, Invitation, NotAllowed
from handlers.talk import Address, Person, Reply, Text
from procedures_catalog.catalog import Catalog

LINK_LASTS = timedelta(minutes=10)
CHANNEL_NAMES = {
    "webchat": "link.channel_web",
    "telegram": "link.channel_telegram",
    "zalo-oa": "link.channel_zalo",
    "zalo-bot": "link.channel_zalo",
}
LINK_DIGITS = 6
OFFICER_LINK_DIGITS = 8
"""An officer's chat sees what others wrote: its code is a hundred times harder to hit."""


class TurnServices:
    """One person's services in one turn."""

    def __init__(self, work: Work, house: House, person: Person, address: Address) -> None:
        self.catalog: Catalog = house.catalog
        self.cases = TurnCases(work, house, person)
        self.checklists = TurnChecklists(work, person)
        self.files = TurnFiles(work)
        self.links = TurnLinks(work, house, person, address)
        self.persons = TurnPersons(work, house, person)


class TurnCases:
    """See `handlers.services.Cases`."""

    def __init__(self, work: Work, house: House, person: Person) -> None:
        self._work = work
        self._house = house
        self._person = person
        self._casework = Casework(work, house)

    async def file(self, draft: CaseDraft) -> Filed:
        return await self._casework.file(draft, self._person)

    async def find(self, code: str) -> Case | None:
        return await self._work.cases.find(code)

    def opens_with(self, case: Case, secret: str) -> bool:
        return secrets.compare_digest(case.secret_hash, secret_hash(secret))

    async def mine(self) -> list[Case]:
        return await self._work.cases.of_person(self._person.id)

    async def of_office(self) -> list[Case]:
        if self._person.officer is None:
            return []
        officer = await self._work.officers.get(self._person.officer)
        if officer is None:
            return []
        by = as_actor(officer)
        return [case for case in await self._work.cases.of_office(officer.offices) if may_see(case, by)]

    async def may_settle(self, case: Case) -> bool:
        officer = await self._work.officers.get(self._person.officer) if self._person.officer else None
        return officer is not None and officer.active and may_settle(case, as_actor(officer))

    async def history(self, case: Case) -> list[CaseEvent]:
        return await self._work.cases.history(case.id)

    async def act(
        self, case: Case, action: Action, *, words: str | None = None, rating: int | None = None
    ) -> Case:
        by = Actor(kind="citizen", id=self._person.id) if action is Action.RATE else await self._officer()
        try:
            return await self._casework.act(case, action, by, words=words, rating=rating)
        except Conflict as conflict:
            raise NotAllowed("errors.changed_meanwhile") from conflict

    async def _officer(self) -> Actor:
        officer = await self._work.officers.get(self._person.officer) if self._person.officer else None
        if officer is None or not officer.active:
            raise NotAllowed("errors.not_yours")
        return as_actor(officer)


class TurnChecklists:
    """See `handlers.services.Checklists`."""

    def __init__(self, work: Work, person: Person) -> None:
        self._work = work
        self._person = person

    async def mine(self) -> list[Checklist]:
        return await self._work.checklists.of_person(self._person.id)

    async def get(self, procedure: str, way: str) -> Checklist | None:
        return await self._work.checklists.get(self._person.id, procedure, way)

    async def save(self, checklist: Checklist) -> None:
        await self._work.checklists.save(self._person.id, checklist)


class TurnFiles:
    """See `handlers.services.Files`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def drop(self, ids: Sequence[str]) -> None:
        await self._work.files.drop(ids)


class TurnLinks:
    """See `handlers.services.Links`."""

    def __init__(self, work: Work, house: House, person: Person, address: Address) -> None:
        self._work = work
        self._house = house
        self._person = person
        self._address = address

    async def issue(self) -> str:
        return await issue_link_code(self._work, self._house, person=self._person.id)

    async def look(self, code: str) -> Invitation | None:
        found = await self._work.links.look(code_hash(code), self._address, self._house.now())
        if found is None:
            return None
        kind, id_ = found
        if kind == "officer":
            return Invitation(kind="officer")
        issuer = await self._work.persons.get(id_)
        if issuer is None:
            return None
        named = (CHANNEL_NAMES.get(address.channel, "link.channel_other") for address in issuer.addresses)
        channels = tuple(dict.fromkeys(named))
        if issuer.id == self._person.id:
            return Invitation(kind="own", channels=channels)
        officers = self._person.officer is not None or issuer.officer is not None
        return Invitation(kind="officers_chat" if officers else "person", channels=channels)

    async def redeem(self, code: str) -> str | None:
        invitation = await self.look(code)
        if invitation is None or invitation.kind not in ("person", "officer"):
            return None
        found = await self._work.links.redeem(code_hash(code), self._address, self._house.now())
        if found is None:
            return None
        kind, id_ = found
        return await self._join(id_) if kind == "person" else await self._link_officer(id_)

    async def _join(self, person: str) -> str:
        """Both sides hear of it: who did not mean it can still have everything erased."""
        await self._work.persons.join(self._address, person)
        joined = await self._work.persons.get(person)
        assert joined is not None
        elsewhere = tuple(address for address in joined.addresses if address != self._address)
        self._tell(replace(joined, addresses=elsewhere), "link.told_joined")
        return "person"

    async def _link_officer(self, officer_id: str) -> str | None:
        """This chat alone becomes the officer's: not what else its person is joined with."""
        officer = await self._work.officers.get(officer_id, to_change=True)
        if officer is None or not officer.active:
            return None
        before = await self._work.persons.by_officer(officer_id)
        apart = len(self._person.addresses) > 1
        person = await self._work.persons.part(self._address) if apart else self._person.id
        await self._work.officers.link(officer_id, person)
        if before is not None and before.id != person:
            elsewhere = tuple(address for address in before.addresses if address != self._address)
            self._tell(replace(before, addresses=elsewhere), "link.told_moved")
        return "officer_apart" if apart else "officer"

    def _tell(self, person: Person, key: str) -> None:
        Casework(self._work, self._house).send(person, Reply(text=Text(key=key)), OutboxClass.NOTICE)


async def issue_link_code(
    work: Work, house: House, *, person: str | None = None, officer: str | None = None
) -> str:
    """A fresh code for a person or an officer's account; only its hash is stored."""
    while True:
        digits = LINK_DIGITS if officer is None else OFFICER_LINK_DIGITS
        code = f"{secrets.randbelow(10**digits):0{digits}d}"
        try:
            await work.links.issue(person, officer, code_hash(code), house.now() + LINK_LASTS)
        except Conflict:
            continue
        return code


def code_hash(code: str) -> str:
    """What is stored of a link code; who reads the table can undo it, but not within its ten minutes."""
    return sha256(code.encode()).hexdigest()


class TurnPersons:
    """See `handlers.services.Persons`."""

    def __init__(self, work: Work, house: House, person: Person) -> None:
        self._work = work
        self._house = house
        self._person = person

    async def set_language(self, lang: str) -> None:
        await self._work.persons.set_language(self._person.id, lang)

    async def kept(self) -> dict[str, int]:
        return await self._work.persons.kept(self._person.id)

    async def erase(self) -> Erased:
        return await self._work.persons.erase(self._person.id)

    async def consent(self, what: str) -> None:
        await self._work.persons.consent(self._person.id, what, self._house.now())
