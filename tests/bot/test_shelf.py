"""A running server takes a changed catalog, keeps the old one when the new one is wrong, and says why."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.catalog import shelf as shelf_module
from bot.catalog.kept import find_kept, fingerprint
from bot.catalog.shelf import fetch_catalog, keep_fresh, open_shelf, renew
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
    catalog = await fetch_catalog(folders, cache, fingerprint(folders))
    assert CODE in catalog.procedures
    assert find_kept(folders, cache, fingerprint(folders)) is not None


async def test_faults_come_back_from_that_process_with_file_and_line(folders: list[Path], tmp_path: Path) -> None:
    write(folders, "plain: Câu mới\nlevel: làng")
    with pytest.raises(CatalogFaults) as caught:
        await fetch_catalog(folders, tmp_path / "cache", fingerprint(folders))
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (folders[-1] / "procedures" / "override.yaml", 3)


async def test_a_cache_that_cannot_be_written_is_done_without(folders: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    assert CODE in (await fetch_catalog(folders, tmp_path / "file", fingerprint(folders))).procedures


async def test_a_sound_change_is_served_a_faulty_one_is_refused(folders: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shelf = await open_shelf(folders, cache)
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
    shelf = await open_shelf(folders, tmp_path / "cache")
    assert CODE not in shelf.on(datetime(2026, 11, 30, 16, 59, tzinfo=UTC)).procedures
    assert CODE in shelf.on(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)).procedures


def in_a_new_folder(place: Path) -> None:
    (place / "procedures").mkdir()
    (place / "procedures" / "new.yaml").write_text(f"code: '{CODE}'\nplain: Câu mới\n", encoding="utf-8")


def moved_in(place: Path) -> None:
    made = place.with_name("made")
    made.mkdir()
    (made / "new.yaml").write_text(f"code: '{CODE}'\nplain: Câu mới\n", encoding="utf-8")
    made.rename(place / "procedures")


def exchanged(place: Path) -> None:
    other = shutil.copytree(place, place.with_name("other"))
    in_a_new_folder(other)
    place.rename(place.with_name("old"))
    other.rename(place)


@pytest.mark.parametrize("change", [in_a_new_folder, moved_in, exchanged])
async def test_the_watch_sees_every_way_of_changing(
    folders: list[Path], tmp_path: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "LOOK_MS", 500)
    cache = tmp_path / "cache"
    shelf = await open_shelf(folders, cache)
    watch = asyncio.create_task(keep_fresh(shelf, folders, cache, lambda: NOW))
    try:
        change(folders[-1])
        async with asyncio.timeout(60):
            while shelf.on(NOW).procedures[CODE].plain != "Câu mới":  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.05)
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def test_content_that_ends_its_reader_is_refused(folders: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shelf = await open_shelf(folders, cache)
    write(folders, "plain: " + "[" * 100_000)
    await renew(shelf, folders, cache, lambda: NOW)
    assert shelf.refused is not None
    assert "nested" in shelf.refused.faults[0].message
    assert CODE in shelf.on(NOW).procedures


async def test_a_reader_that_dies_is_told_and_tried_again(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    shelf = await open_shelf(folders, cache)
    write(folders, "plain: Câu mới")
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/false")
        await renew(shelf, folders, cache, lambda: NOW)
    assert shelf.refused is not None
    assert "ended with 1" in shelf.refused.faults[0].message
    assert shelf.on(NOW).procedures[CODE].plain != "Câu mới"
    await renew(shelf, folders, cache, lambda: NOW)
    assert shelf.refused is None
    assert shelf.on(NOW).procedures[CODE].plain == "Câu mới"
