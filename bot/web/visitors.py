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


def dismiss(response: Response) -> None:
    """Take the visitor's cookie away: nobody can come back as them."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


class Pace:
    """At most `most` in `seconds` for each name; remembers the `names` most recent ones."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float], names: int = 10_000) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._names = names
        self._seen: OrderedDict[str, list[tuple[float, int]]] = OrderedDict()

    def wait(self, name: str, count: int = 1) -> float:
        """0 and counted, or the seconds until so many more are welcome. `count` is at most `most`."""
        now = self._clock()
        recent = [one for one in self._seen.pop(name, []) if one[0] > now - self._seconds]
        self._seen[name] = recent
        if len(self._seen) > self._names:
            self._seen.popitem(last=False)
        over = sum(counted for _, counted in recent) + count - self._most
        for at, counted in recent:
            if over <= 0:
                break
            over -= counted
            if over <= 0:
                return at + self._seconds - now
        recent.append((now, count))
        return 0.0
