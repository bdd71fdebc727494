"""Removing a person really."""

from __future__ import annotations

from sqlalchemy import and_, case, delete, select, update

from bot.store.lanes import Inbox
from bot.store.outbox import Outbox
from bot.store.repository import Repository, chunks
from bot.store.sessions import Sessions
from bot.store.tables import (
    addresses,
    case_events,
    cases,
    checklists,
    consents,
    files,
    link_tries,
    links,
    officers,
    persons,
)
from handlers.services import Erased

ERASED = "erased"
"""What stands for the citizen in the events of a case whose sender was erased."""


async def erase(here: Repository, inbox: Inbox, outbox: Outbox, sessions: Sessions, person_id: str) -> Erased:
    """All that is about the person. Cases stay as records without name, phone or a way back; the files of
    a case stay with it, but for their names and for where they came from, so that one not fetched yet never
    will be. A reply recorded in the same transaction is still sent."""
    run, changed = here.run, here.changed
    at = list((await run(select(addresses.c.address).where(addresses.c.person_id == person_id))).scalars())
    own = list((await run(select(cases.c.id).where(cases.c.person_id == person_id))).scalars())
    messages = await inbox.forget(at) + await outbox.forget(at, own)
    await sessions.delete(*at)
    for some in chunks(own):
        by_citizen = (case_events.c.case_id.in_(some), case_events.c.by_kind == "citizen")
        await run(update(case_events).where(*by_citizen).values(by_id=ERASED, by_name=None))
    nameless = {"person_id": None, "name": None, "phone": None, "anonymous": True}
    await run(update(cases).where(cases.c.person_id == person_id).values(nameless))
    await run(update(officers).where(officers.c.person_id == person_id).values(person_id=None))
    await run(delete(files).where(files.c.person_id == person_id, files.c.case_id.is_(None)))
    never = and_(files.c.digest.is_(None), files.c.refused.is_(None))
    refused = case((never, "errors.file_broken"), else_=files.c.refused)
    filed = {"person_id": None, "remote": None, "name": None, "refused": refused}
    await run(update(files).where(files.c.person_id == person_id).values(filed))
    for some_at in chunks(at):
        await run(delete(link_tries).where(link_tries.c.address.in_(some_at)))
    ticked = await changed(delete(checklists).where(checklists.c.person_id == person_id))
    for table in (consents, links, addresses):
        await run(delete(table).where(table.c.person_id == person_id))
    await run(delete(persons).where(persons.c.id == person_id))
    return Erased(addresses=len(at), checklists=ticked, messages=messages, cases_made_nameless=len(own))
