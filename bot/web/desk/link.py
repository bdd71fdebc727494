"""Linking the officer's own chat: a six-digit code to type there."""

from __future__ import annotations

from starlette.responses import Response

from bot.services import LINK_LASTS, issue_link_code
from bot.web.desk.door import Visit
from handlers.when import moment


async def show(visit: Visit) -> Response:
    """GET /desk/link"""
    return visit.render("link.html", {"code": None})


async def make(visit: Visit) -> Response:
    """POST /desk/link: a fresh code; the one before it is no longer good."""
    async with visit.house.store.begin() as work:
        code = await issue_link_code(work, visit.house, officer=visit.officer.id)
    command = visit.house.words.area("commands", visit.lang)["link"].split("|")[0]
    until = moment(visit.house.now() + LINK_LASTS)
    return visit.render("link.html", {"code": code, "typed": f"{command} {code}", "good_until": until})
