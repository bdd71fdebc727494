"""The catalog people are served from while the server runs, and how it is replaced when its files change."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from watchfiles import awatch

from bot.catalog.kept import find_kept, fingerprint, load_kept
from bot.config import ROOT
from handlers.when import VIETNAM
from procedures_catalog.catalog import Catalog
from procedures_catalog.load import CatalogFaults
from procedures_catalog.marked import Fault

log = logging.getLogger(__name__)

SETTLE_MS = 1500
"""Files that change together are taken together: an editor or a copy writes many in a row."""
LOOK_MS = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A change that is not served: when it came and what is wrong with it."""

    at: datetime
    faults: tuple[Fault, ...]


class Shelf:
    """Holds one catalog at a time. `refused` tells of a later one that has faults; the earlier stays.

    `mark` is the fingerprint of the content last looked at, served or refused.
    """

    def __init__(self, catalog: Catalog, mark: bytes = b"") -> None:
        self._catalog = catalog
        self._told: tuple[date, Catalog] | None = None
        self.refused: Refused | None = None
        self.mark = mark

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


class Unread(CatalogFaults):
    """The process that reads the content died of it, or of something else: it is tried again."""


class Changing(Exception):
    """The files were changed while they were read; what was read counts no more."""


async def open_shelf(folders: Sequence[Path], cache: Path) -> Shelf:
    """A shelf with the catalog of the folders, as soon as they stand still. Raises CatalogFaults."""
    while True:
        mark = await asyncio.to_thread(fingerprint, folders)
        with suppress(Changing):
            return Shelf(await fetch_catalog(folders, cache, mark), mark)
        await asyncio.sleep(SETTLE_MS / 1000)


async def fetch_catalog(folders: Sequence[Path], cache: Path, mark: bytes) -> Catalog:
    """The catalog from its cache; else a process of its own reads the YAML, so that this one stays small.

    Raises CatalogFaults, and Changing when the files are not those of `mark` any more.
    """
    found = await asyncio.to_thread(find_kept, folders, cache, mark)
    if found is not None:
        return found
    code, told = await _read_apart(folders, cache)
    if code == 1 and told:
        raise CatalogFaults([Fault(**{**one, "file": Path(one["file"])}) for one in json.loads(told)])
    if code != 0:  # reading it here could end the server as well
        message = f"The content could not be read: the reader ended with {code}."
        raise Unread([Fault(file=folders[-1], line=1, message=message, mend="Look at the files changed last.")])
    found = await asyncio.to_thread(find_kept, folders, cache, mark)
    if found is not None:
        return found
    if mark != await asyncio.to_thread(fingerprint, folders):
        raise Changing
    return await asyncio.to_thread(load_kept, folders, cache)  # the cache cannot be written


async def _read_apart(folders: Sequence[Path], cache: Path) -> tuple[int | None, bytes]:
    """Exit code and output of the process that reads the folders into the cache."""
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot.catalog.compile", str(cache), *map(str, folders)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))},
    )
    try:
        told, _ = await reader.communicate()
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()
    return reader.returncode, told


async def keep_fresh(shelf: Shelf, folders: Sequence[Path], cache: Path, now: Callable[[], datetime]) -> None:
    """Watch the folders until cancelled, and put every sound change on the shelf.

    What the system tells of changes only wakes us: a digest says whether anything is different. It is taken now
    and then as well, for links that were turned and folders that were exchanged go untold.
    """
    while True:
        try:
            await renew(shelf, folders, cache, now)
            watched = [folder for folder in folders if folder.is_dir()]
            async for _ in awatch(
                *watched, watch_filter=None, debounce=SETTLE_MS, rust_timeout=LOOK_MS, yield_on_timeout=True
            ):
                await renew(shelf, folders, cache, now)
        except Exception as fault:
            log.error("catalog not watched", extra={"fault": type(fault).__name__})
            await asyncio.sleep(LOOK_MS / 1000)


async def renew(shelf: Shelf, folders: Sequence[Path], cache: Path, now: Callable[[], datetime]) -> None:
    """If the content is another than before: serve it, or refuse it and keep what is served."""
    mark = await asyncio.to_thread(fingerprint, folders)
    if mark == shelf.mark:
        return
    try:
        shelf.put(await fetch_catalog(folders, cache, mark))
    except Changing:
        return  # the next look reads what it has become
    except CatalogFaults as fault:
        shelf.refuse(fault.faults, now())
        log.warning("catalog refused", extra={"faults": len(fault.faults), "first": str(fault.faults[0])})
        if isinstance(fault, Unread):
            return
    else:
        log.info("catalog replaced")
        await asyncio.to_thread(_give_back)
    shelf.mark = mark


def _give_back() -> None:
    """Return the memory of the catalog before, which the allocator would keep for later."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library has no such call
            ctypes.CDLL(None).malloc_trim(0)
