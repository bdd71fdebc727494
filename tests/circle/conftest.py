"""The whole program in a process of its own, with sample officers, for one citizen's whole way."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import chromium, phone  # noqa: F401  # fixtures
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.faults.process import Served

Program = Served
Start = Callable[..., Served]


@pytest.fixture
async def fake_telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def program(tmp_path: Path, fake_telegram: FakeTelegram) -> AsyncIterator[Served]:
    """`motcua serve` with the web chat, Telegram by the fake Bot API, and the demo's officers."""
    served = Served(
        tmp_path,
        f"sqlite+aiosqlite:///{tmp_path / 'motcua.db'}",
        demo=1,
        telegram_token=TOKEN,
        telegram_api_url=fake_telegram.url,
    )
    served.start()
    await served.ready()
    yield served
    served.put_away()


def password_of(program: Served, login: str) -> str:
    """From what the program told the operator when it started."""
    found = re.search(rf"^\s+{login}\s+(\S+)", program.out, re.MULTILINE)
    assert found, program.out
    return found[1]


def photo() -> bytes:
    """A small picture with a place hidden in it."""
    picture = Image.new("RGB", (64, 48), "darkgreen")
    exif = Image.Exif()
    exif[0x010E] = "hidden description"
    out = io.BytesIO()
    picture.save(out, format="JPEG", exif=exif)
    return out.getvalue()
