"""Attachments on disk: type decided by content, photos re-saved without their hidden location, named by digest."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
DIGEST_LENGTH = 64
PHOTO_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
OTHER_TYPES = {"application/pdf"}


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

    async def keep(self, data: bytes) -> Kept:
        """Check, clean and write durably. Raises FileRefused."""
        return await asyncio.to_thread(self._keep, data)

    def path(self, digest: str) -> Path:
        """Where a kept file lies."""
        return self.folder / digest[:2] / digest

    def forget(self, digest: str) -> None:
        """Remove a kept file that nothing refers to any more."""
        self.path(digest).unlink(missing_ok=True)

    def older_than(self, then: datetime) -> list[str]:
        """Digests of files written before `then`."""
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
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, data)
        return Kept(digest=digest, mime=mime, size=len(data))


def _clean_photo(data: bytes, format_name: str) -> bytes:
    """The picture alone, turned upright: EXIF carries the place and the device."""
    try:
        with Image.open(io.BytesIO(data)) as photo:
            if photo.width * photo.height > MAX_PIXELS:
                raise FileRefused("errors.file_too_big")
            upright = ImageOps.exif_transpose(photo)
            bare = Image.new(upright.mode, upright.size)
            bare.paste(upright)
            out = io.BytesIO()
            bare.save(out, format=format_name, quality=90)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as fault:
        raise FileRefused("errors.file_broken") from fault


def _write_durably(path: Path, data: bytes) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
