"""One ASGI application: pages, chat, desk, API, health, and whatever the channels want served."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount

from bot import observe
from bot.channels.base import Channel
from bot.house import House
from bot.intake import Intake
from bot.web import pages
from bot.web.api import make_api
from bot.web.desk.routes import routes as desk_routes
from bot.web.pages import Pages, chosen_language
from bot.web.security import SecureHeaders

log = logging.getLogger(__name__)


def make_asgi(house: House, intake: Intake, channels: Sequence[Channel]) -> Starlette:
    """Everything the process serves."""
    shown = Pages(house)

    async def not_served(request: Request, fault: Exception) -> Response:
        status = fault.status_code if isinstance(fault, HTTPException) else 500
        if status == 500:
            log.error("request failed", extra={"path": request.url.path, "fault": type(fault).__name__})
        if request.url.path.startswith(("/api/", "/chat/")):
            return JSONResponse({"detail": "not found" if status == 404 else "failed"}, status_code=status)
        context = {"status": status}
        return shown.render("procedure/error.html", chosen_language(request), context, status=status)

    served: list[BaseRoute] = []
    for channel in channels:
        served += channel.routes(intake.receiver(channel.name))
    return Starlette(
        routes=[
            *served,
            *pages.routes(house),
            *desk_routes(house),
            *observe.routes(house, [channel.name for channel in channels]),
            Mount("/api/v1", make_api(house)),
        ],
        middleware=[Middleware(SecureHeaders)],
        exception_handlers={HTTPException: not_served, Exception: not_served},
    )
