"""Reading what a browser posts: bounded, and clean enough for every database."""

from __future__ import annotations

import json
import re

from starlette.requests import Request

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class BodyTooBig(Exception):
    """More bytes came than are taken."""


class BodyBroken(Exception):
    """The bytes are not the JSON object they should be."""


async def read_object(request: Request, limit: int) -> dict[str, object]:
    """The JSON object of the body. Raises BodyTooBig before reading past `limit` bytes, BodyBroken."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            raise BodyTooBig
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise BodyBroken from fault
    if not isinstance(body, dict):
        raise BodyBroken
    return body


def clean(text: str) -> str:
    """Without control characters and halves of characters, which PostgreSQL and UTF-8 refuse."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
