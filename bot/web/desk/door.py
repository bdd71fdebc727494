"""The door of the desk: who is signed in, and whether a form comes from our own page."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.house import House
from bot.officers import Gate, as_actor
from bot.store.records import DeskSession, Officer
from bot.web.pages import LANG_COOKIE, Pages
from bot.web.security import same_origin
from handlers.cases.model import Actor
from handlers.cases.reach import oversees
from handlers.talk import Text
from handlers.when import moment
from handlers.words import LANGUAGES

SIGN_IN = "/desk/sign-in"
SIGN_OUT = "/desk/sign-out"
QUEUE = "/desk"
SESSION_LASTS = timedelta(hours=12)
SLIDES_AFTER = timedelta(minutes=5)
"""A session is prolonged at most this often, so that reading pages does not mean writing all the time."""
FORM_BYTES = 256 * 1024

_RETURN = re.compile(r"/desk(?:/[A-Za-z0-9-]+){0,3}(?:\?[a-z]+=[a-z]+)?")
_PAGE_OF_ACTION = re.compile(r"(/desk/cases/[^/]+|/desk/delivery|/desk/link).*")


class FormTooBig(Exception):
    """More was posted than any form of the desk can hold."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request of a signed-in officer. `form` is empty unless something was posted."""

    door: Door
    request: Request
    officer: Officer
    session: DeskSession
    lang: str
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.door.house

    @property
    def actor(self) -> Actor:
        """The officer as the rules for cases know one."""
        return as_actor(self.officer)

    @property
    def partial(self) -> bool:
        """The page's own script asks for a part of it, not a person for a page."""
        return self.request.headers.get("hx-request") == "true"

    def render(self, template: str, context: Mapping[str, object], *, status: int = 200) -> Response:
        """A page of the desk with what every one of them needs."""
        return self.door.render(
            template,
            self.lang,
            {
                "officer": self.officer,
                "csrf": self.session.csrf,
                "settles": oversees(self.actor),
                "refused": self.house.shelf.refused if oversees(self.actor) else None,
                **context,
            },
            self.request,
            status=status,
        )


Handler: TypeAlias = Callable[[Visit], Awaitable[Response]]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class Door:
    """Opens for officers with a session; everybody else is shown to the sign-in page."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.gate = Gate(house.store)
        self.pages = Pages(house)
        self.secure = house.settings.base_url.startswith("https://")
        self.cookie = "__Host-motcua_desk" if self.secure else "motcua_desk"
        self.form_cookie = f"{self.cookie}_form"

    def guarded(self, handler: Handler, *, stale: Handler | None = None) -> Endpoint:
        """An endpoint for signed-in officers only.

        `stale` answers a form whose token does not fit, where something typed must not be lost.
        """

        async def endpoint(request: Request) -> Response:
            posted = request.method == "POST"
            if posted and not same_origin(request, self.house.settings.base_url):
                return self.refuse(request, "stranger_page", 403)
            try:
                form = await read_form(request) if posted else {}
            except FormTooBig:
                return self.refuse(request, "old_page", 413)
            found = await self._signed_in(request)
            if found is None:
                return self._to_sign_in(request, form)
            visit = Visit(
                door=self,
                request=request,
                officer=found[0],
                session=found[1],
                lang=language(request, found[0].lang),
                form=form,
            )
            if posted and not secrets.compare_digest(form.get("csrf", "").encode(), visit.session.csrf.encode()):
                response = await stale(visit) if stale else self.refuse(request, "old_page", 403)
            else:
                response = await handler(visit)
            return await self._slide(visit, response)

        return endpoint

    async def admit(self, request: Request, officer: Officer) -> tuple[str, DeskSession]:
        """A new session for this officer; the token goes to the browser, its digest into the store."""
        token = secrets.token_urlsafe(32)
        session = DeskSession(
            token_hash=digest(token),
            officer=officer.id,
            csrf=secrets.token_urlsafe(24),
            expires_at=self.house.now() + SESSION_LASTS,
        )
        async with self.house.store.begin() as work:
            if old := request.cookies.get(self.cookie):
                await work.officers.close_session(digest(old))
            await work.officers.open(session)
        return token, session

    def give_cookie(self, response: Response, name: str, value: str, lasts: timedelta) -> None:
        """A cookie no script reads and no other site sends along."""
        response.set_cookie(
            name,
            value,
            max_age=int(lasts.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.secure,
        )

    def take_cookie(self, response: Response) -> None:
        """Forget the session in the browser."""
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="lax", secure=self.secure)

    def render(
        self,
        template: str,
        lang: str,
        context: Mapping[str, object],
        request: Request,
        *,
        status: int = 200,
    ) -> Response:
        """A page; the language chosen by `?lang=` is remembered."""
        here = _PAGE_OF_ACTION.sub(r"\1", request.url.path) if request.method == "POST" else request.url.path

        def told(text: Text) -> str:
            return self.house.words.plain(text, lang)

        shown = {"officer": None, "settles": False, "here": here, "told": told, **context}
        response = self.pages.render(f"desk/templates/{template}", lang, shown, status=status)
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(
                LANG_COOKIE, lang, max_age=365 * 24 * 3600, path="/", samesite="lax", secure=self.secure
            )
        return response

    def refuse(self, request: Request, why: str, status: int) -> Response:
        """A page that says in one sentence why nothing was done."""
        return self.render("refused.html", language(request), {"why": f"desk.{why}"}, request, status=status)

    async def _signed_in(self, request: Request) -> tuple[Officer, DeskSession] | None:
        token = request.cookies.get(self.cookie)
        if not token:
            return None
        async with self.house.store.read() as work:
            session = await work.officers.session(digest(token))
            if session is None or session.expires_at <= self.house.now():
                return None
            officer = await work.officers.get(session.officer)
        return (officer, session) if officer is not None and officer.active else None

    async def _slide(self, visit: Visit, response: Response) -> Response:
        """Twelve hours from the last thing a person did; a page that refreshes by itself does not count."""
        until: datetime = self.house.now() + SESSION_LASTS
        signed_out = visit.request.url.path == SIGN_OUT
        if signed_out or visit.partial or until - visit.session.expires_at < SLIDES_AFTER:
            return response
        async with self.house.store.begin() as work:
            await work.officers.prolong(visit.session.token_hash, until)
        self.give_cookie(response, self.cookie, visit.request.cookies[self.cookie], SESSION_LASTS)
        return response

    def _to_sign_in(self, request: Request, form: Mapping[str, str]) -> Response:
        if request.method == "POST":
            back = _PAGE_OF_ACTION.sub(r"\1", request.url.path)
            if form.get("words", "").strip():
                kept = {"words": form["words"], "action": request.url.path.rpartition("/")[2]}
                return self.sign_in_page(request, back, status=401, message="sign_in_keeps", kept=kept)
        else:
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        where = f"{SIGN_IN}?{urlencode({'next': safe_return(back)})}"
        if request.headers.get("hx-request") == "true":
            return Response(status_code=401, headers={"hx-redirect": where})
        return RedirectResponse(where, status_code=303)

    def sign_in_page(
        self,
        request: Request,
        back: str,
        *,
        status: int = 200,
        message: str | None = None,
        tone: str = "warn",
        until: datetime | None = None,
        login: str = "",
        kept: Mapping[str, str] | None = None,
    ) -> Response:
        """The form; its token also lies in a cookie, so that nobody is signed in by another site."""
        token = request.cookies.get(self.form_cookie) or secrets.token_urlsafe(24)
        context = {
            "token": token,
            "back": safe_return(back),
            "message": message,
            "tone": tone,
            "until": until and moment(until),
            "login": login[:40],
            "kept": dict(kept or {}),
        }
        response = self.render("sign_in.html", language(request), context, request, status=status)
        self.give_cookie(response, self.form_cookie, token, SESSION_LASTS)
        return response


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def safe_return(path: str | None) -> str:
    """A page of the desk to go to after sign-in; anything else becomes the queue."""
    if not path or not _RETURN.fullmatch(path) or path.startswith((SIGN_IN, SIGN_OUT)):
        return QUEUE
    return path


def language(request: Request, default: str = LANGUAGES[0]) -> str:
    """`?lang=`, else the cookie, else the officer's own."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE), default):
        if wish in LANGUAGES:
            return str(wish)
    return LANGUAGES[0]


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a plain form, the first of each name. Raises FormTooBig before reading past the limit."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > FORM_BYTES:
            raise FormTooBig
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return dict(reversed(pairs))
