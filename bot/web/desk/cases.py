"""A case: the page of it, what an officer does to it, and the files that came with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.responses import FileResponse, RedirectResponse, Response

from bot.casework import Casework
from bot.files import PHOTO_TYPES
from bot.store.errors import Conflict
from bot.store.records import Officer, StoredFile
from bot.store.work import Work
from bot.web.bodies import clean
from bot.web.desk import telling
from bot.web.desk.door import QUEUE, Visit
from bot.web.desk.queue import FAILURES_LOOKED_AT
from handlers.cases.model import Action, Case, CaseEvent, Status
from handlers.cases.opening import read_code
from handlers.cases.reach import may_act, may_see, may_settle, sees_sender
from handlers.cases.words import about_offices
from handlers.cases.workflow import MAX_WORDS
from handlers.services import NotAllowed
from handlers.talk import Text, t
from handlers.when import moment

ACTIONS: Mapping[str, tuple[Action, str]] = {
    "take": (Action.TAKE, "taken"),
    "answer": (Action.ANSWER, "answered"),
    "note": (Action.NOTE, "noted"),
    "close": (Action.CLOSE, "closed"),
}
NEEDS_WORDS = frozenset({"answer", "note"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why nothing was done, and what had been typed."""

    title: str
    text: Text
    status: int
    action: str
    words: str = ""
    reload: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShown:
    """A file on the page."""

    id: str
    photo: bool
    state: Literal["here", "coming", "refused"]


async def show(visit: Visit) -> Response:
    """GET /desk/cases/<code>"""
    return await _page(visit)


async def act(visit: Visit) -> Response:
    """POST /desk/cases/<code>/<action>: do it once, or say why not and keep what was typed."""
    name = str(visit.request.path_params["action"])
    if name not in ACTIONS:
        return _not_found(visit)
    action, _ = ACTIONS[name]
    words = clean(visit.form.get("words", ""))
    try:
        async with visit.house.store.begin() as work:
            case = await _find(visit, work)
            if case is None:
                return _not_found(visit)
            if not may_act(visit.actor):
                raise NotAllowed("desk.viewer_only")
            if name in NEEDS_WORDS and not words:
                raise NotAllowed(f"desk.{name}_missing")
            if visit.form.get("version") != str(case.version):
                raise Conflict
            await Casework(work, visit.house).act(case, action, visit.actor, words=words or None)
    except Conflict:
        return await _after_conflict(visit, name, words)
    except NotAllowed as refusal:
        problem = Problem(
            title="desk.not_done_title", text=t(refusal.reason), status=422, action=name, words=words
        )
        return await _page(visit, problem)
    return _done(visit, name)


async def stale(visit: Visit) -> Response:
    """A form of an earlier session: nothing was done, what was typed stays."""
    name = str(visit.request.path_params["action"])
    words = clean(visit.form.get("words", ""))
    problem = Problem(title="desk.old_page_title", text=t("desk.old_page"), status=403, action=name, words=words)
    return await _page(visit, problem)


async def case_after_sign_in(visit: Visit, code: str, action: str, words: str) -> Response:
    """The case with what was typed before the session ended; it is sent only when the officer sends it."""
    problem = Problem(
        title="desk.old_page_title",
        text=t("desk.old_page"),
        status=200,
        action=action if action in NEEDS_WORDS else "answer",
        words=clean(words),
    )
    return await _page(visit, problem, code=code)


async def file(visit: Visit) -> Response:
    """GET /desk/files/<id>, for who may see its case."""
    async with visit.house.store.read() as work:
        stored = await work.files.get(str(visit.request.path_params["id"]))
        case = await work.cases.get(stored.case) if stored is not None and stored.case else None
    if stored is None or stored.digest is None or case is None or not may_see(case, visit.actor):
        return _not_found(visit)
    path = visit.house.files.path(stored.digest)
    if not path.is_file():
        return _not_found(visit)
    return FileResponse(
        path,
        media_type=stored.mime,
        filename=f"{case.code}-{stored.id[-6:]}{_SUFFIX.get(stored.mime or '', '')}",
        content_disposition_type="inline" if stored.mime in PHOTO_TYPES else "attachment",
        headers={
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )


_SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}


async def _find(visit: Visit, work: Work, code: str | None = None) -> Case | None:
    """The case of the address, when the officer may see it."""
    known = read_code(code if code is not None else str(visit.request.path_params["code"]))
    case = await work.cases.find(known) if known else None
    return case if case is not None and may_see(case, visit.actor) else None


async def _page(visit: Visit, problem: Problem | None = None, *, code: str | None = None) -> Response:
    catalog = visit.house.catalog
    async with visit.house.store.read() as work:
        case = await _find(visit, work, code)
        if case is None:
            return _not_found(visit)
        history = await work.cases.history(case.id)
        officers = {officer.id: officer for officer in await work.officers.all()}
        files = await work.files.of_case(case.id)
        failures = await work.outbox.failures(FAILURES_LOOKED_AT)
    undelivered = any(row.case == case.id for row in failures)
    closed_shape = problem is not None and problem.words and not _open_for(case, problem.action)
    context = {
        "case": case,
        "kind": t(f"cases.kind_{case.kind.value}"),
        "topic": telling.topic(case, catalog),
        "office": telling.office(case.office, catalog),
        "status": telling.status(case),
        "left": telling.kept_time(case, history) or telling.time_left(case, visit.house.now(), catalog.calendar),
        "due": moment(case.due),
        "acknowledge_due": moment(case.acknowledge_due) if case.status is Status.NEW else None,
        "opened": moment(case.opened_at),
        "handler": _name(case.handler, officers),
        "mine": case.handler == visit.officer.id,
        "about": about_offices(case, catalog),
        "sender_shown": sees_sender(case, visit.actor),
        "files": [_file(stored) for stored in files],
        "history": telling.history_told(history, officers),
        "acts": may_settle(case, visit.actor),
        "reads_only": not may_act(visit.actor),
        "open": _open_for,
        "max_words": MAX_WORDS,
        "problem": problem,
        "kept_unusable": closed_shape,
        "done": _done_sentence(visit, case, undelivered),
        "undelivered": undelivered,
    }
    return visit.render("case.html", context, status=problem.status if problem else 200)


def _open_for(case: Case, action: str) -> bool:
    """Whether the page offers this action; `act` has the last word."""
    match action:
        case "take":
            return case.status is Status.NEW
        case "answer":
            return case.status in (Status.NEW, Status.TAKEN)
        case "close":
            return case.status is Status.ANSWERED
        case _:
            return action == "note"


async def _after_conflict(visit: Visit, name: str, words: str) -> Response:
    """Somebody was first. When that was this very form, sent twice, it is done."""
    async with visit.house.store.read() as work:
        case = await _find(visit, work)
        if case is None:
            return _not_found(visit)
        history = await work.cases.history(case.id)
        officers = {officer.id: officer for officer in await work.officers.all()}
    if any(_same(event, visit, name, words) for event in history):
        return _done(visit, name)
    text = t("desk.conflict_unknown")
    if history:
        last = history[-1]
        text = t("desk.conflict", who=telling.who(last, officers), time=moment(last.at))
    problem = Problem(title="desk.conflict_title", text=text, status=409, action=name, words=words, reload=True)
    return await _page(visit, problem)


def _same(event: CaseEvent, visit: Visit, name: str, words: str) -> bool:
    version = visit.form.get("version", "")
    return (
        version.isdecimal()
        and event.number == int(version) + 1
        and event.by.id == visit.officer.id
        and event.what == ACTIONS[name][1]
        and (event.words or "") == words
    )


def _done(visit: Visit, name: str) -> Response:
    return RedirectResponse(f"{QUEUE}/cases/{visit.request.path_params['code']}?done={name}", status_code=303)


def _done_sentence(visit: Visit, case: Case, undelivered: bool) -> str | None:
    name = visit.request.query_params.get("done", "")
    if name not in ACTIONS:
        return None
    if name == "answer" and case.answer is None:
        return None
    if name == "answer" and case.person is None:
        return "desk.done_answer_nobody"
    if name == "answer" and undelivered:
        return "desk.done_answer_failed"
    return f"desk.done_{name}"


def _file(stored: StoredFile) -> FileShown:
    state: Literal["here", "coming", "refused"] = "here" if stored.digest else "coming"
    photo = stored.mime in PHOTO_TYPES if stored.mime else stored.kind == "photo"
    return FileShown(id=stored.id, photo=photo, state="refused" if stored.refused else state)


def _name(officer: str | None, officers: Mapping[str, Officer]) -> str | None:
    known = officers.get(officer) if officer else None
    return known.name if known else None


def _not_found(visit: Visit) -> Response:
    return visit.render("refused.html", {"why": "desk.not_found"}, status=404)
