"""The catalog people are served from while the server runs, and how it is replaced when its files change."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from watchfiles import Change, awatch

from bot.catalog.kept import find_kept, load_kept
from handlers.when import VIETNAM
from procedures_catalog.catalog import Catalog
from procedures_catalog.load import CatalogFaults
from procedures_catalog.marked import Fault

log = logging.getLogger(__name__)

SETTLE_MS = 1500
"""Files that change together are taken together: an editor or a copy writes many in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A change that is not served: when it came and what is wrong with it."""

    at: datetime
    faults: tuple[Fault, ...]


class Shelf:
    """Holds one catalog at a time. `refused` tells of a later one that has faults; the earlier stays."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._told: tuple[date, Catalog] | None = None
        self.refused: Refused | None = None

    def on(self, moment: datetime) -> Catalog:
        """What people are told at an aware moment, by the date it has in Vietnam."""
        day = moment.astimezone(VIETNAM).date()
        if self._told is None or self._told[0] != day:
            self._told = (day, self._catalog.on(day))
        return self._told[1]

    def put(self, catalog: Catalog) -> None:
        """Serve this one from the next turn on."""
        self._catalog, self._told, self.refused = catalog, None, None

    def refuse(self, faults: Sequence[Fault], at: datetime) -> None:
        """Keep what is served, and the reason where people see it."""
        self.refused = Refused(at=at, faults=tuple(faults))


async def fetch_catalog(folders: Sequence[Path], cache: Path) -> Catalog:
    """The catalog from its cache; else a process of its own reads the YAML, so that this one stays small.

    Raises CatalogFaults.
    """
    found = await asyncio.to_thread(find_kept, folders, cache)
    if found is not None:
        return found
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.catalog.compile", str(cache), *map(str, folders)),
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await reader.communicate()
    if reader.returncode == 1 and told:
        raise CatalogFaults([Fault(**{**one, "file": Path(one["file"])}) for one in json.loads(told)])
    found = await asyncio.to_thread(find_kept, folders, cache)
    # Nothing was kept: the cache cannot be written, or the files are changing this very moment.
    return found if found is not None else await asyncio.to_thread(load_kept, folders, cache)


async def keep_fresh(shelf: Shelf, folders: Sequence[Path], cache: Path, now: Callable[[], datetime]) -> None:
    """Watch the folders until cancelled, and put every sound change on the shelf."""
    async for _ in awatch(*folders, watch_filter=_is_content, debounce=SETTLE_MS):
        await renew(shelf, folders, cache, now)


async def renew(shelf: Shelf, folders: Sequence[Path], cache: Path, now: Callable[[], datetime]) -> None:
    """Read the folders again: serve them, or refuse them and keep what is served."""
    try:
        shelf.put(await fetch_catalog(folders, cache))
    except CatalogFaults as fault:
        shelf.refuse(fault.faults, now())
        log.warning("catalog refused", extra={"faults": len(fault.faults), "first": str(fault.faults[0])})
    except OSError as fault:
        log.error("catalog not read", extra={"fault": type(fault).__name__})
    else:
        log.info("catalog replaced")


def _is_content(_: Change, path: str) -> bool:
    return path.endswith((".yaml", ".yml"))
