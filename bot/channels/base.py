"""What a channel is, and every way a send can fail. Policy (retry, park, give up) lives in `bot.sender`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

from starlette.routing import BaseRoute

from handlers.talk import Address, FileRef, Incoming, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one message may hold. Text and labels count UTF-16 units; payloads count UTF-8 bytes.

    `buttons` 0: the channel has none, choices become numbers. `style` is how bold and links are carried.
    """

    text: int
    buttons: int
    buttons_per_row: int
    label: int
    payload: int
    style: Literal["html", "plain", "rich"]
    url_buttons: bool
    checked: date


class Failure(StrEnum):
    """Why a send failed."""

    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    LEFT = "left"
    WINDOW_CLOSED = "window_closed"
    CONFIG = "config"
    UNKNOWN = "unknown"


class SendFailed(Exception):
    """A send that did not end in a platform id. UNKNOWN: timed out after sending, it may have arrived.

    `note` is for the operator and holds no personal data; `retry_after` is in seconds.
    """

    def __init__(self, reason: Failure, note: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}: {note}" if note else str(reason))
        self.reason = reason
        self.note = note
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something that came in, and its place in its lane (the platform's own number or time)."""

    incoming: Incoming
    order: int


Receive: TypeAlias = Callable[[Sequence[Arrival]], Awaitable[None]]
"""Returns once the arrivals are stored durably; raises when they are not. Duplicates are ignored."""


class Channel(Protocol):
    """One way to reach people. `name` is the first half of its addresses."""

    name: str
    limits: Limits

    def routes(self, receive: Receive) -> Sequence[BaseRoute]:
        """What the web server must serve for it (webhooks, chat endpoints)."""

    async def poll(self, receive: Receive) -> None:
        """Fetch messages until cancelled; returns at once for a channel that is only pushed to."""

    async def send(self, to: Address, part: Part) -> str:
        """Send one part; the platform's id of it. Raises SendFailed."""

    async def fetch(self, file: FileRef) -> bytes:
        """The bytes behind `file.remote`. Raises SendFailed."""

    async def close(self) -> None:
        """Give back connections."""
