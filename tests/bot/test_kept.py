"""The kept catalog is never stale: whatever changes, the content is read anew."""

from __future__ import annotations

import os
import pickle
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.catalog import kept as module
from bot.catalog.kept import cache_file, find_kept, fingerprint, load_kept
from bot.whole import PART
from procedures_catalog.load import SHIPPED, CatalogFaults, load
from procedures_catalog.packed import Packed

CODE = "1.001193"
DEMO = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return shutil.copytree(DEMO, tmp_path / "place")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def override(place: Path, text: str) -> Path:
    file = place / "procedures" / f"{CODE}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"code: '{CODE}'\n{text}\n", encoding="utf-8")
    return file


def test_the_kept_catalog_is_the_loaded_one(place: Path, cache: Path) -> None:
    folders = [SHIPPED, place]
    assert find_kept(folders, cache, fingerprint(folders)) is None
    load_kept(folders, cache)
    kept, loaded = find_kept(folders, cache, fingerprint(folders)), load(folders)
    assert kept is not None
    assert dict(kept.procedures) == dict(loaded.procedures)
    assert isinstance(kept.procedures, Packed)
    assert (kept.signposts, kept.offices, kept.calendar) == (loaded.signposts, loaded.offices, loaded.calendar)
    words = "xin giay doc than"
    assert kept.search(words) == loaded.search(words)
    with pytest.raises(KeyError):
        kept.procedures["9.999999"]


def test_one_changed_byte_with_the_old_time_and_size_is_seen(place: Path, cache: Path) -> None:
    folders = [SHIPPED, place]
    file = override(place, "plain: Câu mot")
    before = file.stat()
    load_kept(folders, cache)
    override(place, "plain: Câu hai")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert find_kept(folders, cache, fingerprint(folders)) is None
    assert load_kept(folders, cache).procedures[CODE].plain == "Câu hai"


def test_added_renamed_and_removed_files_are_seen(place: Path, cache: Path) -> None:
    folders = [SHIPPED, place]
    load_kept(folders, cache)
    file = override(place, "plain: Câu mới")
    assert load_kept(folders, cache).procedures[CODE].plain == "Câu mới"
    file.rename(file.with_name("khac.yaml"))
    assert find_kept(folders, cache, fingerprint(folders)) is None
    load_kept(folders, cache)
    file.with_name("khac.yaml").unlink()
    assert load_kept(folders, cache).procedures[CODE].plain != "Câu mới"


def test_another_program_reads_anew(place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [SHIPPED, place]
    load_kept(folders, cache)
    monkeypatch.setattr(module, "_PROGRAM", b"another")
    assert find_kept(folders, cache, fingerprint(folders)) is None


def test_what_a_killed_reader_left_is_cleared_away(place: Path, cache: Path) -> None:
    folders = [SHIPPED, place]
    load_kept(folders, cache)
    file = cache_file(folders, cache)
    left = file.with_name(f".{file.name}.abc{PART}")
    left.write_bytes(b"half")
    override(place, "plain: Câu mới")
    load_kept(folders, cache)
    assert not left.exists()


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other", "writable"])
def test_a_damaged_or_foreign_cache_is_not_used(place: Path, cache: Path, damage: str) -> None:
    folders = [SHIPPED, place]
    load_kept(folders, cache)
    file = cache_file(folders, cache)
    content = bytearray(file.read_bytes())
    match damage:
        case "cut":
            file.write_bytes(content[:-10])
        case "flip":
            content[-100] ^= 1
            file.write_bytes(content)
        case "empty":
            file.write_bytes(b"")
        case "other":
            file.write_bytes(pickle.dumps("not a catalog"))
        case "writable":
            file.chmod(0o666)
    assert find_kept(folders, cache, fingerprint(folders)) is None
    assert load_kept(folders, cache).procedures[CODE]


def test_a_cache_that_cannot_be_written_costs_only_time(place: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    assert load_kept([SHIPPED, place], tmp_path / "file").procedures[CODE]


def test_files_that_change_while_they_are_read_are_not_kept(
    place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [SHIPPED, place]

    def load_and_write(folders: list[Path]) -> object:
        found = load(folders)
        override(place, "plain: Viết trong lúc đọc")
        return found

    monkeypatch.setattr(module, "load", load_and_write)
    load_kept(folders, cache)
    assert find_kept(folders, cache, fingerprint(folders)) is None


def test_faults_are_raised_and_never_kept(place: Path, cache: Path) -> None:
    override(place, "level: làng")
    with pytest.raises(CatalogFaults):
        load_kept([SHIPPED, place], cache)
    assert not cache.exists()


def test_a_day_hides_what_is_over_and_what_is_to_come(place: Path) -> None:
    override(
        place,
        "valid_to: 2027-02-28\n"
        "fees:\n"
        "  - {set_by: law, amount: 5000, valid_to: 2026-12-31}\n"
        "  - {set_by: law, amount: 9000, valid_from: 2027-01-01}",
    )
    catalog = load([SHIPPED, place])
    now, january, march = (catalog.on(day) for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 1)))
    assert [fee.amount for fee in now.procedures[CODE].fees] == [5000, 9000]
    assert [fee.amount for fee in january.procedures[CODE].fees] == [9000]
    assert CODE not in march.procedures
    assert CODE not in list(march.procedures)
    assert len(march.procedures) == len(catalog.procedures) - 1
    assert CODE in [hit.code for hit in now.search("làm giấy khai sinh").hits]
    assert CODE not in [hit.code for hit in march.search("làm giấy khai sinh").hits]
