"""The queue: what waits for my office, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.store.records import OutboxRow
from bot.store.work import Work
from bot.web.desk import telling
from bot.web.desk.door import Visit
from bot.web.desk.telling import Told
from handlers.cases.model import Case, Status
from handlers.cases.reach import dispatches, may_see, oversees
from handlers.talk import Text, t
from handlers.when import moment

SHOWS = ("office", "mine", "answered")
ROWS = 200
PAGE_DIGITS = 6
FAILURES_LOOKED_AT = 100
FIRST_WORDS = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case as a line of the queue. `left` is None once it is answered."""

    case: Case
    kind: Text
    topic: str | None
    office: str
    first_words: str
    left: Told | None
    due: Text
    status: Told
    handler: str | None
    mine: bool


async def show(visit: Visit) -> Response:
    """GET /desk, and its list alone for the page's own refreshing."""
    wanted = visit.request.query_params.get("show", "office")
    wanted = wanted if wanted in SHOWS else "office"
    async with visit.house.store.read() as work:
        open_cases = await visible(visit, work)
        page, answered = await answered_page(visit, work) if wanted == "answered" else (1, [])
        names = {officer.id: officer.name for officer in await work.officers.all()}
        failures = await failures_for(visit, work)
        aside = await set_aside(visit, work)
    if wanted == "answered":
        cases = [case for case in answered[:ROWS] if may_see(case, visit.actor)]
    elif wanted == "mine":
        cases = [case for case in open_cases if case.handler == visit.officer.id]
    else:
        cases = sorted(open_cases, key=lambda case: case.due)
    context = {
        "show": wanted,
        "shows": SHOWS,
        "page": page,
        "older": len(answered) > ROWS,
        "rows": [_row(visit, case, names) for case in cases[:ROWS]],
        "many_offices": len(offices_seen(visit)) > 1,
        "offices": [telling.office(id_, visit.house.catalog) for id_ in visit.officer.offices],
        "new": _sentence(visit, "new_count", sum(case.status is Status.NEW for case in open_cases)),
        "undelivered": _sentence(visit, "not_delivered", len(failures)),
        "set_aside": _sentence(visit, "set_aside", aside),
    }
    return visit.render("queue_list.html" if visit.partial else "queue.html", context)


async def visible(visit: Visit, work: Work) -> list[Case]:
    """The unanswered cases the officer may open."""
    cases = await work.cases.of_office(offices_seen(visit))
    return [case for case in cases if may_see(case, visit.actor)]


async def answered_page(visit: Visit, work: Work) -> tuple[int, list[Case]]:
    """The number of the page asked for, its cases, and one more when there is a further page."""
    asked = visit.request.query_params.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < PAGE_DIGITS and int(asked) else 1
    return page, await work.cases.answered(offices_seen(visit), limit=ROWS + 1, skip=ROWS * (page - 1))


def offices_seen(visit: Visit) -> list[str]:
    """Where the officer may find cases to open: the offices served, or all for who has to look into others."""
    known = visit.house.catalog.offices if oversees(visit.actor) or dispatches(visit.actor) else ()
    return sorted({*visit.officer.offices, *known})


async def failures_for(visit: Visit, work: Work) -> list[OutboxRow]:
    """Messages given up: all of them for those who settle them, else those of the officer's cases."""
    failures = await work.outbox.failures(FAILURES_LOOKED_AT)
    if oversees(visit.actor):
        return failures
    of_cases = {row.case for row in failures if row.case}
    cases = [await work.cases.get(id_) for id_ in of_cases]
    mine = {case.id for case in cases if case is not None and may_see(case, visit.actor)}
    return [row for row in failures if row.case in mine]


async def set_aside(visit: Visit, work: Work) -> int:
    """How many incoming messages could not be handled; a matter of leaders and administrators."""
    return await work.inbox.set_aside_count() if oversees(visit.actor) else 0


def first_words(words: str) -> str:
    """The beginning, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= FIRST_WORDS else line[:FIRST_WORDS].rstrip() + "…"


def _row(visit: Visit, case: Case, names: dict[str, str]) -> Row:
    catalog = visit.house.catalog
    answered = case.status.public == "answered"
    return Row(
        case=case,
        kind=t(f"cases.kind_{case.kind.value}"),
        topic=telling.topic(case, catalog),
        office=telling.office(case.office, catalog),
        first_words=first_words(case.words),
        left=None if answered else telling.time_left(case, visit.house.now(), catalog.calendar),
        due=moment(case.due),
        status=telling.status(case),
        handler=names.get(case.handler) if case.handler else None,
        mine=case.handler == visit.officer.id,
    )


def _sentence(visit: Visit, key: str, n: int) -> str | None:
    return visit.house.words.plain(telling.counted(key, n), visit.lang) if n else None
