"""The citizens' chat on our own page. A delivery is its outbox row, which the browser reads and acknowledges."""

from __future__ import annotations

import asyncio
import logging
import math
import mimetypes
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from sse_starlette import EventSourceResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.base import Arrival, Failure, Limits, Receive, SendFailed
from bot.files import MAX_BYTES, PHOTO_TYPES, FileRefused, Kept
from bot.house import House
from bot.store.records import StoredFile
from bot.web.bodies import BodyBroken, BodyTooBig, clean, read_object
from bot.web.pages import LANG_COOKIE, Pages, chosen_language
from bot.web.parts import file_json
from bot.web.security import same_origin
from bot.web.streams import Streams
from bot.web.visitors import CHANNEL, COOKIE_LASTS, Pace, dismiss, visitor, welcome
from handlers.answers import MAX_TEXT
from handlers.talk import LINK_NONCE, Address, FileRef, Incoming, Part, t

LIMITS = Limits(
    text=4000,
    buttons=10,
    buttons_per_row=2,
    label=60,
    payload=64,
    style="rich",
    url_buttons=True,
    checked=date(2026, 11, 22),
)
BODY_BYTES = 64 * 1024
FORM_EXTRA_BYTES = 64 * 1024
"""What a multipart form may hold beside the file itself."""
MESSAGES, IN_SECONDS = 30, 10.0
FILE_BYTES, IN_FILE_SECONDS = 60 * 1024 * 1024, 3600.0
FILES_IN_HAND = 2
"""Uploads held in memory at a time; the others wait on disk."""
PING_SECONDS = 15
STOP_SECONDS = 2.0
"""For streams to end by themselves when the server stops."""

_log = logging.getLogger(__name__)
_Endpoint = Callable[[Request], Awaitable[Response]]


class _Refused(Exception):
    """The request is answered with `status` and a sentence by its wording key."""

    def __init__(self, status: int, key: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.headers = headers


class WebChat:
    """The channel of the chat page."""

    name = CHANNEL
    limits = LIMITS

    def __init__(self, house: House) -> None:
        self._house = house
        self._pages = Pages(house)
        self._pace = Pace(MESSAGES, IN_SECONDS, time.monotonic)
        self._file_pace = Pace(FILE_BYTES, IN_FILE_SECONDS, time.monotonic)
        self._in_hand = asyncio.Semaphore(FILES_IN_HAND)
        self._streams = Streams(house)

    def routes(self, receive: Receive) -> Sequence[BaseRoute]:
        """The page and what its script calls."""

        async def messages(request: Request) -> Response:
            return await self._take_message(request, receive)

        async def files(request: Request) -> Response:
            return await self._take_file(request, receive)

        return [
            Route("/", self._page),
            Route("/chat/messages", self._guarded(messages), methods=["POST"]),
            Route("/chat/files", self._guarded(files), methods=["POST"]),
            Route("/chat/ack", self._guarded(self._acknowledge), methods=["POST"]),
            Route("/chat/leave", self._guarded(self._leave), methods=["POST"]),
            Route("/chat/stream", self._guarded(self._stream)),
            Route("/chat/files/{id}", self._guarded(self._show_file)),
        ]

    async def poll(self, receive: Receive) -> None:
        """Nothing to fetch: browsers come to us."""

    async def send(self, to: Address, part: Part) -> str:
        """Never needed: the outbox row is the delivery."""
        raise SendFailed(Failure.CONFIG, "the web chat reads its outbox itself")

    async def fetch(self, file: FileRef) -> bytes:
        """Never needed: files are kept as they arrive."""
        raise SendFailed(Failure.CONFIG, "the web chat keeps files as they arrive")

    async def close(self) -> None:
        """End the open streams."""
        await self._streams.close()

    async def _page(self, request: Request) -> Response:
        lang = chosen_language(request)
        context = {
            "script_words": self._house.words.area("web", lang),
            "emergencies": self._house.catalog.emergencies,
            "text_limit": MAX_TEXT,
            "file_limit": MAX_BYTES,
            "language_choice": f"language.lang.{LINK_NONCE}.{lang}",
        }
        response = self._pages.render("chat/index.html", lang, context)
        secure = self._house.settings.base_url.startswith("https:")
        welcome(request, response, secure=secure)
        if request.query_params.get("lang") == lang:
            response.set_cookie(
                LANG_COOKIE,
                lang,
                max_age=int(COOKIE_LASTS.total_seconds()),
                httponly=True,
                samesite="lax",
                secure=secure,
            )
        return response

    def _guarded(self, endpoint: _Endpoint) -> _Endpoint:
        """Refusals become a sentence, and a fault of ours a promise to try again; neither shows a trace."""

        async def guarded(request: Request) -> Response:
            try:
                if request.method == "POST" and not same_origin(request, self._house.settings.base_url):
                    raise _Refused(403, "web.refused_origin")
                return await endpoint(request)
            except _Refused as refused:
                return self._say(request, refused.status, refused.key, refused.headers)
            except BodyTooBig:
                return self._say(request, 413, "web.refused_size")
            except BodyBroken:
                return self._say(request, 400, "web.refused_body")
            except Exception as fault:
                # The type alone: a database fault's text quotes the citizen's words.
                _log.error("web chat request failed: %s %s", request.url.path, type(fault).__name__)
                return self._say(request, 503, "web.not_stored", {"retry-after": "3"})

        return guarded

    def _say(self, request: Request, status: int, key: str, headers: dict[str, str] | None = None) -> JSONResponse:
        message = self._house.words.plain(t(key), chosen_language(request))
        return JSONResponse({"message": message}, status_code=status, headers=headers)

    def _visitor(self, request: Request) -> Address:
        address = visitor(request)
        if address is None:
            raise _Refused(401, "web.refused_visitor")
        return address

    def _writer(self, request: Request) -> Address:
        address = self._visitor(request)
        wait = self._pace.wait(address.user)
        if wait:
            raise _Refused(429, "web.refused_pace", {"retry-after": str(math.ceil(wait))})
        return address

    async def _take_message(self, request: Request, receive: Receive) -> Response:
        body = await read_object(request, BODY_BYTES)
        address = self._writer(request)
        text, choice = _text_of(body, "text"), _text_of(body, "choice")
        if (text is None) == (choice is None):
            raise _Refused(400, "web.refused_body")
        if choice is not None and (len(choice) > LIMITS.payload or choice != clean(choice)):
            raise _Refused(400, "web.refused_body")
        # However long: the talk itself refuses what is too long, in the same words on every channel.
        text = None if text is None else clean(text)
        await self._receive(receive, address, body.get("id"), text=text, choice=choice)
        return JSONResponse({}, status_code=202)

    async def _take_file(self, request: Request, receive: Receive) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise _Refused(411, "web.refused_body")
        if int(length) > MAX_BYTES + FORM_EXTRA_BYTES:
            raise _Refused(413, "errors.file_too_big")
        address = self._writer(request)
        if self._file_pace.wait(address.user, int(length)):
            raise _Refused(422, "web.refused_files")
        try:
            async with request.form(max_files=1, max_fields=4) as form:
                upload, message_id = form.get("file"), form.get("id")
                if not isinstance(upload, UploadFile):
                    raise _Refused(400, "web.refused_body")
                own_id = _message_id(address, message_id)
                kept = await self._keep(upload)
        except (MultiPartException, HTTPException) as fault:
            raise _Refused(400, "web.refused_body") from fault
        # Without the name it had: that may be somebody's own, or a number of theirs.
        file = FileRef(
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{address}/{own_id}")),
            kind="photo" if kept.mime in PHOTO_TYPES else "document",
            mime=kept.mime,
            size=kept.size,
        )
        await self._store_file(address, file, kept.digest, chosen_language(request))
        await self._receive(receive, address, message_id, files=(file,))
        return JSONResponse({"file": file_json(file)}, status_code=202)

    async def _keep(self, upload: UploadFile) -> Kept:
        async with self._in_hand:
            try:
                return await self._house.files.keep(await upload.read())
            except FileRefused as refused:
                raise _Refused(422, refused.reason) from refused

    async def _store_file(self, address: Address, file: FileRef, digest: str, lang: str) -> None:
        async with self._house.store.begin() as work:
            if await work.files.get(file.id) is not None:
                return  # the browser sends again what it has no answer for
            person = (await work.persons.load([address], lang))[address]
            await work.files.add(
                StoredFile(
                    id=file.id,
                    channel=self.name,
                    remote=address.user,
                    kind=file.kind,
                    mime=file.mime,
                    size=file.size,
                    digest=digest,
                    person=person.id,
                    created_at=self._house.now(),
                )
            )

    async def _receive(
        self,
        receive: Receive,
        address: Address,
        message_id: object,
        *,
        text: str | None = None,
        choice: str | None = None,
        files: tuple[FileRef, ...] = (),
    ) -> None:
        now = self._house.now()
        incoming = Incoming(
            id=_message_id(address, message_id),
            sender=address,
            at=now,
            text=text,
            choice=choice,
            files=files,
        )
        await receive([Arrival(incoming=incoming, order=int(now.timestamp() * 1_000_000))])

    async def _acknowledge(self, request: Request) -> Response:
        seq = (await read_object(request, BODY_BYTES)).get("seq")
        if type(seq) is not int or not 0 < seq < 2**63:
            raise _Refused(400, "web.refused_body")
        address = self._visitor(request)
        async with self._house.store.begin() as work:
            await work.outbox.acknowledge(address, seq)
        return Response(status_code=204)

    async def _leave(self, request: Request) -> Response:
        """Somebody ends on a computer that others use: whoever comes next is another visitor."""
        address = visitor(request)
        if address is not None:
            self._streams.end(address)
        response = Response(status_code=204)
        dismiss(response)
        return response

    async def _stream(self, request: Request) -> Response:
        address = self._visitor(request)
        cursor = request.headers.get("last-event-id") or request.query_params.get("after", "0")
        if not cursor.isdecimal() or len(cursor) > 18:
            raise _Refused(400, "web.refused_body")
        if self._streams.full:
            raise _Refused(503, "web.refused_crowd", {"retry-after": "30"})
        return EventSourceResponse(
            self._streams.events(address, int(cursor)),
            ping=PING_SECONDS,
            shutdown_event=self._streams.leaving,
            shutdown_grace_period=STOP_SECONDS,
        )

    async def _show_file(self, request: Request) -> Response:
        address = self._visitor(request)
        async with self._house.store.read() as work:
            file = await work.files.get(request.path_params["id"])
        if file is None or file.digest is None or (file.channel, file.remote) != (address.channel, address.user):
            raise _Refused(404, "web.no_file")
        return FileResponse(
            self._house.files.path(file.digest),
            media_type=file.mime,
            filename=f"{file.kind}{mimetypes.guess_extension(file.mime or '') or ''}",
            content_disposition_type="inline" if file.mime in PHOTO_TYPES else "attachment",
            headers={"cache-control": "private, max-age=86400"},
        )


def _text_of(body: Mapping[str, object], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None


def _message_id(address: Address, given: object) -> str:
    """The browser's id within its visitor's own space, so that nobody can use up another's ids."""
    try:
        return f"{address.user}/{uuid.UUID(str(given))}"
    except ValueError as fault:
        raise _Refused(400, "web.refused_body") from fault
