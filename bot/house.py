"""What the parts of one running process share; `bot.app.build` makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.catalog.shelf import Shelf
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
    """Shared, immutable once built; what changes lives in the store, and on the catalog's shelf."""

    settings: Settings
    store: Store
    shelf: Shelf
    words: Words
    files: Files
    now: Callable[[], datetime] = utc_now

    @property
    def catalog(self) -> Catalog:
        """What people are told today."""
        return self.shelf.on(self.now())
