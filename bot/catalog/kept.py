"""A loaded catalog kept in one file, so that starting and changing content take a moment and little memory.

The file counts only while every byte of every YAML file, and of this program, is what it was when it was made.
Like Python's own compiled modules it is trusted as the program is: only its owner may be able to write it.
"""

from __future__ import annotations

import gc
import hashlib
import mmap
import os
import pickle
import platform
import stat
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pydantic
import yaml

import procedures_catalog
from bot.whole import PART, write_whole
from procedures_catalog.catalog import Catalog
from procedures_catalog.load import load
from procedures_catalog.packed import Packed, pack
from procedures_catalog.reading import content_files

_MAGIC = b"motcua catalog 2\n"
_DIGEST = 32
_SIZE = struct.Struct(">Q")


def load_kept(folders: Sequence[Path], cache: Path) -> Catalog:
    """The catalog of the folders, from the folder `cache` if nothing has changed since; else read and kept there.

    A cache that cannot be written costs time, nothing else. Raises CatalogFaults.
    """
    mark = fingerprint(folders)
    file = cache_file(folders, cache)
    return _unpacked(file, mark) or _read(folders, mark, file)


def find_kept(folders: Sequence[Path], cache: Path, mark: bytes) -> Catalog | None:
    """The catalog of just this fingerprint out of the cache, or None when it has to be read anew."""
    return _unpacked(cache_file(folders, cache), mark)


def cache_file(folders: Sequence[Path], cache: Path) -> Path:
    """One file for one list of folders."""
    named = "\n".join(str(folder.resolve()) for folder in folders)
    return cache / f"catalog-{hashlib.blake2b(named.encode(), digest_size=8).hexdigest()}.bin"


def fingerprint(folders: Sequence[Path]) -> bytes:
    """What the content depends on, byte for byte: this program, its libraries, every file that is read."""
    digest = _hash()
    digest.update(_PROGRAM)
    for folder in folders:
        digest.update(str(folder.resolve()).encode())
        for path in content_files(folder):
            _take(digest, str(path.relative_to(folder)), path)
    return digest.digest()


def _program() -> bytes:
    digest = _hash()
    digest.update(f"{platform.python_version()} {pydantic.VERSION} {yaml.__version__}".encode())
    for module in sorted(Path(procedures_catalog.__file__).parent.glob("*.py")):
        _take(digest, module.name, module)
    return digest.digest()


def _take(digest: hashlib.blake2b, name: str, path: Path) -> None:
    try:
        content = path.read_bytes()
    except OSError as fault:
        content = f"unreadable: {fault.errno}".encode()
    digest.update(f"{len(name)} {name} {len(content)} ".encode())
    digest.update(content)


def _unpacked(file: Path, mark: bytes) -> Catalog | None:
    """The file is a head, the catalog without its procedures, and the packed procedures, which stay on disk."""
    try:
        with file.open("rb") as opened:
            if not _ours(os.fstat(opened.fileno())):
                return None
            head = opened.read(len(_MAGIC) + 2 * _DIGEST + _SIZE.size)
            if len(head) < len(_MAGIC) + 2 * _DIGEST + _SIZE.size or not head.startswith(_MAGIC + mark):
                return None
            wanted = head[len(_MAGIC) + _DIGEST : -_SIZE.size]
            if hashlib.file_digest(opened, _hash).digest() != wanted:
                return None
            (size,) = _SIZE.unpack(head[-_SIZE.size :])
            opened.seek(len(head))
            with _no_collector():
                found, spans = pickle.loads(opened.read(size))  # noqa: S301 - our own file, see `_ours`
            data = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))[len(head) + size :]
    except OSError:
        return None
    catalog: Catalog = replace(found, procedures=Packed(data, spans))
    return catalog


def _ours(status: os.stat_result) -> bool:
    """Whether nobody else can have written the file."""
    others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return not others and status.st_uid in (os.geteuid(), 0)


def _read(folders: Sequence[Path], mark: bytes, file: Path) -> Catalog:
    with _no_collector():
        loaded = load(folders)
    data, spans = pack(loaded.procedures)
    small = replace(loaded, procedures={})
    if fingerprint(folders) == mark:  # else somebody wrote while we read: right now, but not worth keeping
        _keep(pickle.dumps((small, spans), pickle.HIGHEST_PROTOCOL), data, mark, file)
    return replace(small, procedures=Packed(memoryview(data), spans))


def _keep(body: bytes, data: bytes, mark: bytes, file: Path) -> None:
    digest = _hash()
    digest.update(body)
    digest.update(data)
    head = _MAGIC + mark + digest.digest() + _SIZE.pack(len(body))
    with suppress(OSError):
        write_whole(file, head + body + data)
        file.chmod(0o600)
        for left in file.parent.glob(f".{file.name}.*{PART}"):  # by a reader that was killed
            left.unlink(missing_ok=True)


def _hash() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=_DIGEST)


_PROGRAM = _program()
"""The code that runs, not what lies on disk by now: a server that was upgraded under its feet keeps its own."""


@contextmanager
def _no_collector() -> Iterator[None]:
    """Making many lasting objects at once: looking for garbage among them takes as long again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
