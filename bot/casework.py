"""Filing and acting on cases within one unit of work: the rule decides, the case is stored, everybody is told."""

from __future__ import annotations

import secrets

from uuid_utils import uuid7

from bot.channels.fit import fit
from bot.channels.known import LIMITS
from bot.house import House
from bot.officers import as_actor
from bot.store.errors import Conflict
from bot.store.records import OutboxClass, Outgoing
from bot.store.work import Work
from handlers.cases.model import Action, Actor, Case, CaseDraft, CaseEvent
from handlers.cases.opening import CODES, LETTERS, SECRET_LENGTH, code_of, open_case
from handlers.cases.reach import may_see
from handlers.cases.workflow import act
from handlers.notices import Notice, notices
from handlers.services import Filed
from handlers.talk import Person, Reply

CODE_TRIES = 5


class Casework:
    """Used by a citizen's turn, by the desk and by the clock alike."""

    def __init__(self, work: Work, house: House) -> None:
        self._work = work
        self._house = house

    async def file(self, draft: CaseDraft, person: Person) -> Filed:
        """Open the case; its office hears of it in the same commit."""
        secret = "".join(secrets.choice(LETTERS) for _ in range(SECRET_LENGTH))
        for _ in range(CODE_TRIES):
            opened = open_case(
                draft,
                person,
                self._house.now(),
                self._house.catalog,
                id_=str(uuid7()),
                code=code_of(secrets.randbelow(CODES)),
                secret=secret,
            )
            try:
                await self._work.cases.add(opened.case, opened.event)
            except Conflict:
                continue  # one code in a hundred million was taken: draw another
            await self._work.files.attach([file.id for file in draft.files], opened.case.id, person.id)
            await self._tell(opened.event, opened.case)
            return Filed(case=opened.case, secret=secret)
        raise Conflict("No free case code was found.")

    async def act(
        self,
        case: Case,
        action: Action,
        by: Actor,
        *,
        words: str | None = None,
        rating: int | None = None,
    ) -> Case:
        """Do it, or raise NotAllowed; Conflict when somebody else changed the case meanwhile."""
        after, event = act(case, action, by, self._house.now(), words=words, rating=rating)
        await self._work.cases.save(after, [event], case.version)
        await self._tell(event, after)
        return after

    async def _tell(self, event: CaseEvent, case: Case) -> None:
        for notice in notices(event, case):
            for person in await self._people(notice, case):
                self.send(person, notice.reply, OutboxClass.NOTICE, once=notice.once, case=case.id)

    async def _people(self, notice: Notice, case: Case) -> list[Person]:
        if notice.to == "citizen":
            person = await self._work.persons.get(case.person) if case.person else None
            return [person] if person else []
        officers = await self._work.officers.of_office(case.office)
        told = [officer for officer in officers if may_see(case, as_actor(officer))]
        linked = [await self._work.persons.by_officer(officer.id) for officer in told]
        return [person for person in linked if person is not None and person.id != case.person]

    def send(
        self, person: Person, reply: Reply, klass: OutboxClass, *, once: str | None = None, case: str | None = None
    ) -> None:
        """Queue a message to every address of a person, each in parts its channel can carry."""
        for address in person.addresses:
            parts = fit(reply, person.lang, self._house.words, LIMITS[address.channel])
            self._work.outbox.add(
                *(
                    Outgoing(
                        to=address,
                        klass=klass,
                        part=part,
                        once=f"{once}:{address}:{number}" if once else None,
                        case=case,
                    )
                    for number, part in enumerate(parts)
                )
            )
