"""Who is at the web chat: a random cookie, the address made from it, and how fast one visitor may write."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from handlers.talk import Address

CHANNEL = "webchat"
COOKIE = "motcua_visitor"
COOKIE_LASTS = timedelta(days=180)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def visitor(request: Request) -> Address | None:
    """The visitor's address, or None without a good cookie.

    The address is a digest, so that nobody who reads the database can pose as a visitor.
    """
    token = request.cookies.get(COOKIE, "")
    if not _TOKEN.fullmatch(token):
        return None
    return Address(channel=CHANNEL, user=hashlib.sha256(token.encode()).hexdigest()[:32])


def welcome(request: Request, response: Response, *, secure: bool) -> None:
    """Give the visitor a cookie, or prolong the one they have."""
    known = visitor(request) is not None
    response.set_cookie(
        COOKIE,
        request.cookies[COOKIE] if known else secrets.token_urlsafe(16),
        max_age=int(COOKIE_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=secure,
    )


class Pace:
    """At most `times` in `seconds` for each name; remembers the `names` most recent ones."""

    def __init__(self, times: int, seconds: float, clock: Callable[[], float], names: int = 10_000) -> None:
        self._times = times
        self._seconds = seconds
        self._clock = clock
        self._names = names
        self._seen: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, name: str) -> float:
        """0 and counted, or the seconds until the next one is welcome."""
        now = self._clock()
        recent = [at for at in self._seen.pop(name, []) if at > now - self._seconds]
        self._seen[name] = recent
        if len(self._seen) > self._names:
            self._seen.popitem(last=False)
        if len(recent) >= self._times:
            return recent[0] + self._seconds - now
        recent.append(now)
        return 0.0
