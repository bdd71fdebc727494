"""Passwords hashed quickly: what argon2 costs is its own business, and the tests hash many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from bot import officers


@pytest.fixture(autouse=True, scope="session")
def _quick_hasher() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(officers, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        officers._dummy_hash.cache_clear()
        yield
    officers._dummy_hash.cache_clear()
