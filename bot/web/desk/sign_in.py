"""Signing in and out."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.officers import Locked
from bot.web.bodies import clean
from bot.web.desk.cases import case_after_sign_in
from bot.web.desk.door import (
    SESSION_LASTS,
    SIGN_IN,
    Door,
    Endpoint,
    FormTooBig,
    Visit,
    language,
    read_form,
    safe_return,
)
from bot.web.security import same_origin


def ask(door: Door) -> Endpoint:
    """GET: the form."""

    async def endpoint(request: Request) -> Response:
        back = request.query_params.get("next", "")
        if "out" in request.query_params:
            return door.sign_in_page(request, back, message="signed_out", tone="good")
        ended = "sign_in_needed" if door.cookie in request.cookies else None
        return door.sign_in_page(request, back, message=ended)

    return endpoint


def enter(door: Door) -> Endpoint:
    """POST: check, and open a session."""

    async def endpoint(request: Request) -> Response:
        if not same_origin(request, door.house.settings.base_url):
            return door.refuse(request, "stranger_page", 403)
        try:
            form = await read_form(request)
        except FormTooBig:
            return door.refuse(request, "old_page", 413)
        back = safe_return(form.get("next"))
        kept = {"words": form["kept_words"], "action": form.get("kept_action", "")} if "kept_words" in form else {}
        login = clean(form.get("login", ""))
        token = request.cookies.get(door.form_cookie, "")
        if not token or not secrets.compare_digest(form.get("csrf", "").encode(), token.encode()):
            return door.sign_in_page(request, back, status=403, message="old_page", login=login, kept=kept)
        found = await door.gate.sign_in(login, form.get("password", ""), door.house.now())
        if found is None:
            return door.sign_in_page(
                request, back, status=401, message="wrong_password", tone="bad", login=login, kept=kept
            )
        if isinstance(found, Locked):
            return door.sign_in_page(
                request,
                back,
                status=429,
                message="locked",
                tone="bad",
                until=found.until,
                login=login,
                kept=kept,
            )
        cookie, session = await door.admit(request, found)
        response: Response = RedirectResponse(back, status_code=303)
        if kept:
            visit = Visit(
                door=door, request=request, officer=found, session=session, lang=language(request, found.lang)
            )
            response = await case_after_sign_in(visit, back.rpartition("/")[2], kept["action"], kept["words"])
        door.give_cookie(response, door.cookie, cookie, SESSION_LASTS)
        return response

    return endpoint


async def leave(visit: Visit) -> Response:
    """POST: close the session here and in the store."""
    async with visit.house.store.begin() as work:
        await work.officers.close_session(visit.session.token_hash)
    response = RedirectResponse(f"{SIGN_IN}?out", status_code=303)
    visit.door.take_cookie(response)
    return response
