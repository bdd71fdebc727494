"""Messages that did not arrive: send again or drop. Neither words nor addresses are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from bot.store.records import OutboxRow
from bot.web.desk import telling
from bot.web.desk.door import QUEUE, Visit
from bot.web.desk.queue import FAILURES_LOOKED_AT, set_aside
from handlers.cases.model import Case
from handlers.cases.reach import may_see, oversees
from handlers.talk import Text

PAGE = f"{QUEUE}/delivery"
DONE = ("retry", "drop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """One message, without what it says. `code` only where the officer may open the case."""

    seq: int
    channel: str
    reason: Text
    tries: Text
    written: datetime
    code: str | None


async def show(visit: Visit) -> Response:
    """GET /desk/delivery"""
    if not oversees(visit.actor):
        return _forbidden(visit)
    async with visit.house.store.read() as work:
        failures = await work.outbox.failures(FAILURES_LOOKED_AT)
        rows = [_shown(visit, row, await work.cases.get(row.case) if row.case else None) for row in failures]
        aside = await set_aside(visit, work)
    done = visit.request.query_params.get("done")
    context = {
        "rows": rows,
        "set_aside": telling.counted("set_aside", aside) if aside else None,
        "done": f"desk.done_{done}" if done in DONE else None,
    }
    return visit.render("delivery.html", context)


async def settle(visit: Visit) -> Response:
    """POST /desk/delivery/<seq>/retry|drop"""
    if not oversees(visit.actor):
        return _forbidden(visit)
    seq = int(visit.request.path_params["seq"])
    action = str(visit.request.path_params["action"])
    async with visit.house.store.begin() as work:
        if action == "retry":
            await work.outbox.retry_failed(seq)
        else:
            await work.outbox.drop(seq)
    return RedirectResponse(f"{PAGE}?done={action}", status_code=303)


def _shown(visit: Visit, row: OutboxRow, case: Case | None) -> Undelivered:
    return Undelivered(
        seq=row.seq,
        channel=row.to.channel,
        reason=telling.failure(row.reason),
        tries=telling.counted("delivery_tries", row.tries),
        written=row.created_at,
        code=case.code if case is not None and may_see(case, visit.actor) else None,
    )


def _forbidden(visit: Visit) -> Response:
    return visit.render("refused.html", {"why": "desk.forbidden"}, status=403)
