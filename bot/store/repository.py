"""What every repository has: the connection of its transaction, and the store's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, Result
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engines import to_its_end

Item = TypeVar("Item")

MANY = 1000
"""How many bound values one statement takes at most; both databases allow more."""


def chunks(values: Iterable[Item], size: int = MANY) -> list[Sequence[Item]]:
    """`values` in order, at most `size` at a time."""
    rows = list(values)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


class Repository:
    """A part of a unit of work."""

    def __init__(self, connection: AsyncConnection, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._clock = clock

    @property
    def _postgresql(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    def _insert(self, table: Table) -> postgresql.Insert:
        """INSERT that knows ON CONFLICT; both dialects spell it alike."""
        if self._postgresql:
            return postgresql.insert(table)
        return sqlite.insert(table)  # type: ignore[return-value]  # the same methods, no common class

    async def run(self, statement: Executable, rows: Any = None) -> Result[*tuple[Any, ...]]:
        return await to_its_end(self._connection.execute(statement, rows))

    async def changed(self, statement: Executable, values: Any = None) -> int:
        """How many rows one UPDATE or DELETE touched."""
        result = await self.run(statement, values)
        assert isinstance(result, CursorResult)
        return result.rowcount
