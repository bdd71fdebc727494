"""What the parts of one running process share; `bot.app.build` makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.config import Settings
from bot.files import Files
from bot.store.work import Store
from handlers.words import Words
from procedures_catalog.catalog import Catalog


def utc_now() -> datetime:
    """The wall clock; tests pass their own."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Shared, immutable once built; everything that changes lives in the store."""

    settings: Settings
    store: Store
    catalog: Catalog
    words: Words
    files: Files
    now: Callable[[], datetime] = utc_now
