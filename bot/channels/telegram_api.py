"""Calls to the Bot API: ready JSON out, results or `SendFailed` back. The token never leaves this file."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, TypeAlias

import aiohttp
import telegram
from httpx_aiohttp import AiohttpTransport
from telegram.request import HTTPXRequest

from bot.channels.base import Failure, SendFailed

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
UPLOAD_SECONDS = 30.0
CONNECTIONS = 100

_JSON = {"content-type": "application/json"}
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_BROKEN = (aiohttp.ClientError, OSError, TimeoutError)

Form: TypeAlias = Mapping[str, tuple[str, bytes, str]]
"""Field → (file name, bytes, media type)."""


class BadAnswer(SendFailed):
    """The Bot API said no; `code` and `description` are its own."""

    def __init__(self, reason: Failure, code: int, description: str, retry_after: float | None) -> None:
        super().__init__(reason, f"{code} {description}", retry_after=retry_after)
        self.code = code
        self.description = description


class BotApi:
    """One bot at one Bot API server, over a pool of kept-alive connections."""

    def __init__(self, token: str, url: str) -> None:
        self._token = token
        self._base = f"{url.rstrip('/')}/bot"
        self._files = f"{url.rstrip('/')}/file/bot"
        self._session: aiohttp.ClientSession | None = None
        # They write whole addresses, and the token is part of every address.
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def __repr__(self) -> str:
        return f"BotApi({self._base}…)"

    async def call(self, method: str, body: Mapping[str, object], *, wait: float = 0.0) -> Any:
        """The `result` of one call. `wait` is how many seconds the server may hold the answer back.

        Raises SendFailed; BadAnswer when the server itself refused.
        """
        content = json.dumps(body, ensure_ascii=False).encode()
        return await self._ask(method, ANSWER_SECONDS + wait, data=content, headers=_JSON)

    async def message(
        self, method: str, body: Mapping[str, object], form: Form | None = None
    ) -> Mapping[str, Any]:
        """Send a message, with the files of `form` as multipart. Raises SendFailed."""
        if form is None:
            sent: Mapping[str, Any] = await self.call(method, body)
            return sent
        multipart = aiohttp.FormData()
        for name, value in body.items():
            multipart.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, (file_name, data, media_type) in form.items():
            multipart.add_field(name, data, filename=file_name, content_type=media_type)
        uploaded: Mapping[str, Any] = await self._ask(method, UPLOAD_SECONDS, data=multipart)
        return uploaded

    async def download(self, remote: str, limit: int) -> bytes:
        """The bytes behind a `file_id`, at most `limit`. Raises SendFailed."""
        path = (await self.call("getFile", {"file_id": remote}))["file_path"]
        data = bytearray()
        try:
            address = f"{self._files}{self._token}/{path}"
            async with self._open().get(address, timeout=_timeout(UPLOAD_SECONDS)) as answer:
                if answer.status != HTTPStatus.OK:
                    raise _refusal(answer.status, {"description": "file not to be had"})
                async for piece in answer.content.iter_any():
                    data += piece
                    if len(data) > limit:
                        raise SendFailed(Failure.REFUSED, "file too big")
        except _BROKEN as fault:
            raise SendFailed(Failure.UNREACHABLE, type(fault).__name__) from None
        return bytes(data)

    def bot(self) -> telegram.Bot:
        """The library's own client at the same server, for the rare methods."""
        request = HTTPXRequest(httpx_kwargs={"transport": AiohttpTransport()})
        return telegram.Bot(self._token, base_url=self._base, base_file_url=self._files, request=request)

    async def close(self) -> None:
        """Give back the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        """Made on first use: a session belongs to the loop it is made in."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=15),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def _ask(self, method: str, seconds: float, /, **request: Any) -> Any:
        # `from None` everywhere: the exceptions underneath carry the address, and with it the token.
        address = f"{self._base}{self._token}/{method}"
        try:
            async with self._open().post(address, timeout=_timeout(seconds), **request) as answer:
                status, body = answer.status, await answer.read()
        except _BROKEN as fault:
            reason = Failure.UNREACHABLE if isinstance(fault, _NOT_SENT) else Failure.UNKNOWN
            raise SendFailed(reason, f"{method}: {type(fault).__name__}") from None
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            said = {}
        if status == HTTPStatus.OK:
            if said.get("ok"):
                return said["result"]
            if not said:
                raise SendFailed(Failure.UNKNOWN, f"{method}: answered without JSON")
        raise _refusal(int(said.get("error_code", status)), said)


@cache
def _timeout(answer: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=answer
    )


def _refusal(code: int, said: Mapping[str, Any]) -> BadAnswer:
    description = str(said.get("description", ""))
    retry_after = said.get("parameters", {}).get("retry_after")
    return BadAnswer(
        _reason(code, description), code, description, None if retry_after is None else float(retry_after)
    )


def _reason(code: int, description: str) -> Failure:
    match code:
        case 429:
            return Failure.THROTTLED
        case 403:
            return Failure.LEFT
        case 400 if "chat not found" in description.lower():
            return Failure.LEFT
        case 401 | 404:
            return Failure.CONFIG
        case 409:
            return Failure.UNREACHABLE  # somebody else is polling: later it may be our turn
        case _ if code >= 500:
            return Failure.UNREACHABLE
    return Failure.REFUSED
