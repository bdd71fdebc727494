"""Attachments on disk: type decided by content, photos re-saved without their hidden location, named by digest."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import filetype
from PIL import Image, ImageOps

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 25_000_000
"""Decoded, a photo takes up to four bytes for each."""
MAX_JPEG_PIXELS = 4 * MAX_PIXELS
"""A JPEG is read at half its width and height when it is larger than MAX_PIXELS."""
AT_ONCE = 1
"""Photos decoded at a time: each may take some hundred megabytes."""
DIGEST_LENGTH = 64
PHOTO_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
OTHER_TYPES = {"application/pdf"}
PLAIN_MODES = {"L", "RGB", "RGBA"}

# Pillow only warns of what is not yet twice too large for it.
warnings.simplefilter("error", Image.DecompressionBombWarning)


class FileRefused(Exception):
    """The bytes are not a file we take; `reason` is a wording key of `errors`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was written: digest names the file, size is in bytes."""

    digest: str
    mime: str
    size: int


class Files:
    """A folder of attachments, two letters of the digest deep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Its own threads: passwords are checked on the loop's, and must not stand behind photos.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="files")

    async def keep(self, data: bytes) -> Kept:
        """Check, clean and write durably. Raises FileRefused, OSError."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._keep, data)

    def path(self, digest: str) -> Path:
        """Where a kept file lies."""
        return self.folder / digest[:2] / digest

    def forget(self, digest: str, then: datetime) -> None:
        """Remove a kept file that nothing refers to, unless it was kept anew after `then`."""
        path = self.path(digest)
        if path.exists() and path.stat().st_mtime < then.timestamp():
            path.unlink(missing_ok=True)

    def older_than(self, then: datetime) -> list[str]:
        """Digests of files last kept before `then`."""
        return [
            path.name
            for path in self.folder.glob("??/*")
            if len(path.name) == DIGEST_LENGTH and path.stat().st_mtime < then.timestamp()
        ]

    def _keep(self, data: bytes) -> Kept:
        if len(data) > MAX_BYTES:
            raise FileRefused("errors.file_too_big")
        kind = filetype.guess(data)
        mime = kind.mime if kind else ""
        if mime in PHOTO_TYPES:
            data = _clean_photo(data, PHOTO_TYPES[mime])
        elif mime not in OTHER_TYPES:
            raise FileRefused("errors.file_type")
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        try:
            os.utime(path)  # so that it is not swept before its new row is there
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, data)
        return Kept(digest=digest, mime=mime, size=len(data))


SCAN = b"\xff\xda"
"""What a scan of a JPEG begins with; inside the picture's data these two bytes do not stand together."""
MAX_SCANS = 64
"""A progressive picture has about ten. Each is a walk over all pixels, and a small file can hold thousands."""


def _clean_photo(data: bytes, format_name: str) -> bytes:
    """The picture alone, turned upright: EXIF carries the place and the device.

    Raises FileRefused, before anything is decoded when the picture is too large.
    """
    if format_name == "JPEG" and data.count(SCAN) > MAX_SCANS:
        raise FileRefused("errors.file_broken")
    try:
        with Image.open(io.BytesIO(data), formats=(format_name,)) as photo:
            if photo.width * photo.height > (MAX_JPEG_PIXELS if format_name == "JPEG" else MAX_PIXELS):
                raise FileRefused("errors.file_too_big")
            if photo.width * photo.height > MAX_PIXELS:
                photo.draft(None, (photo.width // 2, photo.height // 2))
            ImageOps.exif_transpose(photo, in_place=True)
            bare = _bare(photo)
        out = io.BytesIO()
        bare.save(out, format=format_name, quality=90)
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as fault:
        raise FileRefused("errors.file_too_big") from fault
    except Exception as fault:  # whatever a decoder stumbles over in a stranger's bytes
        raise FileRefused("errors.file_broken") from fault
    if out.tell() > MAX_BYTES:
        raise FileRefused("errors.file_too_big")
    return out.getvalue()


def _bare(photo: Image.Image) -> Image.Image:
    """Pixels in a mode that every format of ours knows, with none of what came along in `info`."""
    clear = photo.has_transparency_data
    if photo.mode.startswith("I"):  # 16 bits a pixel, which converting would cut off at 8 instead of scaling
        photo = photo.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    mode = photo.mode
    if mode not in PLAIN_MODES or (clear and mode != "RGBA"):
        mode = "RGBA" if clear else "L" if mode == "1" else "RGB"
    bare = photo.convert(mode)
    bare.info.clear()
    return bare


def _write_durably(path: Path, data: bytes) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
