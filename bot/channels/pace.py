"""How fast, and how long to wait after a failure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Messages a second over all chats and in one chat; `burst` of them may go at once."""

    per_second: float
    burst: int
    chat_per_second: float
    chat_burst: int


class Bucket:
    """Tokens that refill steadily, kept as the time at which the next one is due."""

    __slots__ = ("_interval", "_room", "due")

    def __init__(self, per_second: float, burst: int) -> None:
        self._interval = 1 / per_second
        self._room = self._interval * (burst - 1)
        self.due = float("-inf")

    def reserve(self, now: float) -> float:
        """Take a token; the seconds until it may be used."""
        start = max(self.due, now - self._room)
        self.due = start + self._interval
        return max(0.0, start - now)

    def idle(self, now: float) -> bool:
        """Whether it is as good as new."""
        return self.due <= now - self._room


class Backoff:
    """Waits that double up to `most` seconds, until something works again."""

    def __init__(self, *, first: float, most: float) -> None:
        self._first = first
        self._most = most
        self._wait = first

    def next(self) -> float:
        """How long to wait now."""
        wait, self._wait = self._wait, min(self._wait * 2, self._most)
        return wait

    def reset(self) -> None:
        """It worked."""
        self._wait = self._first
