"""What is kept of a file: its pixels as they were, and nothing that came along with them."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from bot import files as files_module
from bot.clock import Clock
from bot.files import MAX_BYTES, MAX_JPEG_PIXELS, MAX_PIXELS, FileRefused, Files
from bot.store.records import StoredFile
from tests.fakes.house import a_house

RED, BLUE, CLEAR = (200, 30, 30, 255), (30, 30, 200, 255), (0, 0, 0, 0)
ORIENTATION, MAKER = 0x0112, 0x010F
GPS = 0x8825
NEAR = 12
"""JPEG and WebP do not give back every colour exactly."""


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def two_coloured(clear: bool = False) -> Image.Image:
    """Red on the left, blue on the right; with a clear corner when asked."""
    picture = Image.new("RGBA", (64, 32), RED)
    picture.paste(BLUE, (32, 0, 64, 32))
    if clear:
        picture.paste(CLEAR, (48, 0, 64, 16))
    return picture


def in_mode(mode: str) -> Image.Image:
    picture = two_coloured(clear=mode in {"LA", "P with transparency", "RGBA"})
    if mode == "P with transparency":
        indexed = Image.new("P", picture.size, 0)
        indexed.putpalette([*RED[:3], *BLUE[:3], *CLEAR[:3]])
        indexed.paste(1, (32, 0, 64, 32))
        indexed.paste(2, (48, 0, 64, 16))
        indexed.info["transparency"] = 2
        return indexed
    if mode == "I;16":
        return two_coloured().convert("L").convert("I").point(lambda value: value * 256).convert("I;16")
    return picture.convert("RGB").convert(mode) if mode not in {"LA", "RGBA"} else picture.convert(mode)


def written(picture: Image.Image, format_name: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_name, **how)
    return out.getvalue()


def kept_picture(files: Files, data: bytes) -> Image.Image:
    kept = asyncio.run(files.keep(data))
    found = files.path(kept.digest).read_bytes()
    assert (len(found), hashlib.sha256(found).hexdigest()) == (kept.size, kept.digest)
    return Image.open(io.BytesIO(found))


def looks(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    colour = picture.convert("RGBA").getpixel(place)
    assert isinstance(colour, tuple)
    return colour


def near(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= NEAR for one, other in zip(left, right, strict=True))


@pytest.mark.parametrize(
    ("format_name", "mode"),
    [
        *(("PNG", mode) for mode in ("1", "L", "LA", "P", "P with transparency", "RGB", "RGBA")),
        *(("JPEG", mode) for mode in ("L", "RGB", "CMYK", "YCbCr")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
    ],
)
def test_every_kind_of_picture_looks_as_it_did(files: Files, format_name: str, mode: str) -> None:
    before = written(in_mode(mode), format_name, **({"lossless": True} if format_name == "WEBP" else {}))
    after = kept_picture(files, before)
    assert after.format == format_name
    original = Image.open(io.BytesIO(before))
    for place in ((8, 16), (40, 24), (56, 8)):
        assert near(looks(after, place), looks(original, place)), place
    if mode in {"LA", "P with transparency", "RGBA"}:
        assert looks(after, (56, 8))[3] == 0


def test_sixteen_bits_a_pixel_are_scaled_and_not_cut_off(files: Files) -> None:
    after = kept_picture(files, written(in_mode("I;16"), "PNG"))
    grey = two_coloured().convert("L").convert("RGBA")
    for place in ((8, 16), (40, 24)):
        assert near(looks(after, place), looks(grey, place))


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_what_came_along_is_gone_and_the_picture_upright(files: Files, format_name: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKER] = "Máy của Lan".encode().decode("latin-1")
    exif.get_ifd(GPS)[1] = "N"
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Lan")
    more = {"pnginfo": notes} if format_name == "PNG" else {}
    before = written(in_mode("RGB"), format_name, exif=exif, **more)
    assert Image.open(io.BytesIO(before)).getexif()[ORIENTATION] == 6
    after = kept_picture(files, before)
    assert after.size == (32, 64)
    assert near(looks(after, (16, 8)), RED)
    assert near(looks(after, (16, 56)), BLUE)
    after.load()
    assert dict(after.getexif()) == {}
    assert not {"exif", "Author", "comment", "icc_profile", "xmp"} & set(after.info)


def test_a_pdf_is_kept_as_it_is(files: Files) -> None:
    data = b"%PDF-1.7\n" + b"x" * 100
    kept = asyncio.run(files.keep(data))
    assert (kept.mime, files.path(kept.digest).read_bytes()) == ("application/pdf", data)


@pytest.mark.parametrize(
    ("size", "format_name"),
    [
        ((MAX_PIXELS // 5000 + 1, 5000), "PNG"),
        ((20_000, 10_000), "PNG"),  # more than Pillow itself takes
        ((10_000, MAX_JPEG_PIXELS // 10_000 + 1), "JPEG"),
    ],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(
    files: Files, size: tuple[int, int], format_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(Image.new("L" if format_name == "JPEG" else "1", size), format_name)
    monkeypatch.setattr(Image.Image, "load", None)
    with pytest.raises(FileRefused, match=r"errors\.file_too_big"):
        asyncio.run(files.keep(data))


def test_a_large_photo_of_a_phone_is_read_at_half_its_size(files: Files) -> None:
    after = kept_picture(files, written(Image.new("L", (8160, 6120), 128), "JPEG"))
    assert after.size == (4080, 3060)


def test_too_many_bytes_are_refused(files: Files) -> None:
    with pytest.raises(FileRefused, match=r"errors\.file_too_big"):
        asyncio.run(files.keep(b"%PDF" + bytes(MAX_BYTES)))


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_broken_picture_is_refused(files: Files, format_name: str) -> None:
    whole = written(Image.effect_noise((200, 200), 50).convert("RGB"), format_name)
    for data in (whole[: len(whole) // 3], whole[:40] + bytes(60) + whole[100:200]):
        with pytest.raises(FileRefused, match=r"errors\.file_broken"):
            asyncio.run(files.keep(data))


@pytest.mark.parametrize("data", [b"", b"MZ\0\0", b"GIF89a" + bytes(100), b"<svg/>", b"PK\3\4" + bytes(100)])
def test_other_kinds_are_refused(files: Files, data: bytes) -> None:
    with pytest.raises(FileRefused, match=r"errors\.file_type"):
        asyncio.run(files.keep(data))


async def test_photos_are_decoded_one_at_a_time_and_apart_from_other_work(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[int] = []
    most = 0
    lock = threading.Lock()
    clean = files_module._clean_photo

    def counted(data: bytes, format_name: str) -> bytes:
        nonlocal most
        with lock:
            under_way.append(1)
            most = max(most, len(under_way))
        threading.Event().wait(0.02)
        try:
            return clean(data, format_name)
        finally:
            under_way.pop()

    monkeypatch.setattr(files_module, "_clean_photo", counted)
    kept = asyncio.gather(*(files.keep(written(Image.new("L", (9, 9), shade), "PNG")) for shade in range(20)))
    async with asyncio.timeout(0.3):
        await asyncio.to_thread(len, "")  # as a password that is checked meanwhile
    assert not kept.done()
    assert len({one.digest for one in await kept}) == 20
    assert most == files_module.AT_ONCE


# sweeping


async def test_stray_files_go_and_those_in_use_stay(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        stray = await house.files.keep(written(in_mode("RGB"), "PNG"))
        used = await house.files.keep(written(in_mode("L"), "PNG"))
        new = await house.files.keep(written(in_mode("RGBA"), "PNG"))
        for kept in (stray, used):
            make_old(house.files.path(kept.digest))
        async with house.store.begin() as work:
            await work.files.add(row(used.digest))
        await Clock(house).sweep()
        left = [house.files.path(one.digest).exists() for one in (stray, used, new)]
    assert left == [False, True, True]


async def test_a_file_sent_again_while_it_is_swept_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept anew after the sweep had found it unused, with its row still to come."""
    data = written(in_mode("RGB"), "PNG")
    async with a_house(tmp_path) as house:
        kept = await house.files.keep(data)
        make_old(house.files.path(kept.digest))
        forget = Clock._forget

        async def meanwhile(self: Clock, digest: str, old: datetime) -> None:
            await house.files.keep(data)
            await forget(self, digest, old)

        monkeypatch.setattr(Clock, "_forget", meanwhile)
        await Clock(house).sweep()
        assert house.files.path(kept.digest).exists()


async def test_a_row_that_came_while_it_was_swept_keeps_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_house(tmp_path) as house:
        kept = await house.files.keep(written(in_mode("RGB"), "PNG"))
        make_old(house.files.path(kept.digest))
        forget = Clock._forget

        async def meanwhile(self: Clock, digest: str, old: datetime) -> None:
            async with house.store.begin() as work:
                await work.files.add(row(digest))
            await forget(self, digest, old)

        monkeypatch.setattr(Clock, "_forget", meanwhile)
        await Clock(house).sweep()
        assert house.files.path(kept.digest).exists()


def make_old(path: Path) -> None:
    then = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    os.utime(path, (then, then))


def row(digest: str) -> StoredFile:
    return StoredFile(id=digest[:8], channel="telegram", remote="r", kind="photo", digest=digest)


async def test_a_jpeg_of_endless_scans_is_refused_before_it_is_walked_over(files: Files) -> None:
    picture = written(two_coloured().convert("RGB"), "JPEG", progressive=True)
    start = picture.index(files_module.SCAN)
    with pytest.raises(FileRefused) as refused:
        await files.keep(picture[:start] + picture[start:-2] * 100 + picture[-2:])
    assert refused.value.reason == "errors.file_broken"
