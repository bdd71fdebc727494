"""What operators see: logs as one JSON object a line, never with anybody's words, and metrics."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.house import House
from bot.store.errors import StoreError
from bot.store.work import Work

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
# Their debug lines hold whole addresses, tokens in them, or what citizens are sent.
NOISY = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "asyncio",
    "httpcore",
    "httpx",
    "sse_starlette",
    "telegram",
    "uvicorn.access",
)
STALE_SECONDS = 60.0
"""A message ready for longer than this means that turns or the sender are stuck."""


class _JsonLines(logging.Formatter):
    """Time, level, logger, message and what was given as `extra`. Traces name code only."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            line["trace"] = _frames(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _frames(record: logging.LogRecord) -> list[str]:
    """Files and lines. The exception's own text is left out: it may quote a citizen."""
    frames = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames


def set_up_logging(level: str) -> None:
    """Everything to standard error; libraries that tell too much are kept quiet at every level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def routes(house: House, channels: Sequence[str]) -> list[BaseRoute]:
    """`/healthz` for whoever watches the process, `/metrics` for Prometheus.

    `channels` are the ones this process sends to: what waits for others is not its fault.
    """

    async def healthz(_: Request) -> JSONResponse:
        try:
            async with house.store.read() as work:
                counts = await _counts(work, house, channels)
                stuck = counts["outbox_oldest_seconds"] > STALE_SECONDS and not await work.outbox.moved(channels)
                late = stuck or counts["inbox_oldest_seconds"] > STALE_SECONDS
        except StoreError:
            return JSONResponse({"ok": False, "why": "the database cannot be reached"}, status_code=503)
        why = "messages wait longer than a minute and nothing moves" if late else None
        return JSONResponse({"ok": not late, "why": why}, status_code=503 if late else 200)

    async def metrics(_: Request) -> Response:
        registry = CollectorRegistry()
        async with house.store.read() as work:
            counts = await _counts(work, house, channels)
        for name, value in counts.items():
            Gauge(f"motcua_{name}", name.replace("_", " "), registry=registry).set(value)
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/metrics", metrics)]


async def _counts(work: Work, house: House, channels: Sequence[str]) -> dict[str, float]:
    now = house.now()
    inbox, inbox_since = await work.inbox.waiting()
    outbox, outbox_since = await work.outbox.waiting(channels)
    return {
        "inbox_waiting": inbox,
        "inbox_oldest_seconds": (now - inbox_since).total_seconds() if inbox_since else 0.0,
        "inbox_set_aside": await work.inbox.set_aside_count(),
        "outbox_waiting": outbox,
        "outbox_oldest_seconds": (now - outbox_since).total_seconds() if outbox_since else 0.0,
        "outbox_failed": await work.outbox.failed_count(),
    }
