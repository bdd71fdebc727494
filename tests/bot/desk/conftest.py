"""Fixtures of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import officers
from bot.store.work import Store
from tests.bot.desk_office import Browser, DeskOffice
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused sign-in answers at once; that it usually does not is tested with the accounts."""
    monkeypatch.setattr(officers, "REFUSAL_TAKES", 0.0)


@pytest.fixture
async def office(sqlite_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[DeskOffice]:
    made = DeskOffice(sqlite_store, clock, tmp_path / "files")
    await made.usual_officers()
    yield made
    await made.close()


@pytest.fixture
async def economy(office: DeskOffice) -> Browser:
    return await office.signed_in("kinh-te")
