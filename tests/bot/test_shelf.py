"""A running server takes a changed catalog, keeps the old one when the new one is wrong, and says why."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.catalog.kept import find_kept
from bot.catalog.shelf import Shelf, fetch_catalog, keep_fresh, renew
from procedures_catalog.load import SHIPPED, CatalogFaults

CODE = "1.001193"
DEMO = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [SHIPPED, shutil.copytree(DEMO, tmp_path / "place")]


def write(folders: list[Path], text: str) -> None:
    file = folders[-1] / "procedures" / "override.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"code: '{CODE}'\n{text}\n", encoding="utf-8")


async def test_a_process_of_its_own_reads_what_no_cache_has(folders: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    catalog = await fetch_catalog(folders, cache)
    assert CODE in catalog.procedures
    assert find_kept(folders, cache) is not None


async def test_faults_come_back_from_that_process_with_file_and_line(folders: list[Path], tmp_path: Path) -> None:
    write(folders, "plain: Câu mới\nlevel: làng")
    with pytest.raises(CatalogFaults) as caught:
        await fetch_catalog(folders, tmp_path / "cache")
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (folders[-1] / "procedures" / "override.yaml", 3)


async def test_a_cache_that_cannot_be_written_is_done_without(folders: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    assert CODE in (await fetch_catalog(folders, tmp_path / "file")).procedures


async def test_a_sound_change_is_served_a_faulty_one_is_refused(folders: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shelf = Shelf(await fetch_catalog(folders, cache))
    write(folders, "plain: Câu mới")
    await renew(shelf, folders, cache, lambda: NOW)
    assert shelf.on(NOW).procedures[CODE].plain == "Câu mới"
    assert shelf.refused is None
    write(folders, "plain: [")
    await renew(shelf, folders, cache, lambda: NOW)
    assert shelf.on(NOW).procedures[CODE].plain == "Câu mới"
    assert shelf.refused is not None
    assert shelf.refused.at == NOW
    write(folders, "plain: Câu sau cùng")
    await renew(shelf, folders, cache, lambda: NOW)
    assert shelf.on(NOW).procedures[CODE].plain == "Câu sau cùng"
    assert shelf.refused is None


async def test_the_day_is_vietnams(folders: list[Path], tmp_path: Path) -> None:
    write(folders, "valid_from: 2026-12-01")
    shelf = Shelf(await fetch_catalog(folders, tmp_path / "cache"))
    assert CODE not in shelf.on(datetime(2026, 11, 30, 16, 59, tzinfo=UTC)).procedures
    assert CODE in shelf.on(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)).procedures


async def test_the_watch_sees_changes_by_itself(folders: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shelf = Shelf(await fetch_catalog(folders, cache))
    watch = asyncio.create_task(keep_fresh(shelf, folders, cache, lambda: NOW))
    try:
        for attempt in range(100):  # the watch may not have begun when the first change comes
            write(folders, f"plain: Lần {attempt}")
            for _ in range(50):
                await asyncio.sleep(0.1)
                if shelf.on(NOW).procedures[CODE].plain.startswith("Lần"):
                    return
        raise AssertionError("the change was never taken up")
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
