"""A house over a fresh SQLite file, for tests of the parts that are given one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import create_autospec

import yaml

from bot.catalog.shelf import Shelf
from bot.config import Settings
from bot.files import Files
from bot.house import House, utc_now
from bot.store.work import open_store
from handlers.words import LANGUAGES, SHIPPED, Words
from procedures_catalog.catalog import Catalog


def delivery_words() -> Words:
    """The areas of words that delivery reads."""
    sentences: dict[str, dict[str, str]] = {}
    for lang in LANGUAGES:
        sentences[lang] = {}
        for area in ("telegram", "errors"):
            words = yaml.safe_load((SHIPPED / lang / f"{area}.yaml").read_text(encoding="utf-8"))
            sentences[lang] |= {f"{area}.{name}": sentence for name, sentence in words.items()}
    return Words(sentences)


@contextlib.asynccontextmanager
async def a_house(folder: Path, **settings: object) -> AsyncIterator[House]:
    """Store, files and the words of delivery are real; delivery has no business with the catalog."""
    url = f"sqlite+aiosqlite:///{folder / 'test.db'}"
    store = await open_store(url, utc_now)
    house = House(
        settings=Settings(_env_file=None, database_url=url, files_dir=folder / "files", **settings),  # type: ignore[call-arg,arg-type]
        store=store,
        shelf=Shelf(create_autospec(Catalog, instance=True)),
        words=delivery_words(),
        files=Files(folder / "files"),
    )
    try:
        await store.migrate()
        yield house
    finally:
        await store.close()
