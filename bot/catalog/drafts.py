"""The folder drafts are imported into: every file whole or not at all, nothing a person has changed overwritten.

`originals/<kind>/<code>.json` keeps the source's record as it was read and the digest of the YAML made from it: so
the next import knows what the source says differently, and which drafts have been worked on since.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.whole import PART, write_whole
from procedures_catalog.importers.items import Item
from procedures_catalog.importers.record import Unreadable
from procedures_catalog.marked import Fault, read
from procedures_catalog.model import ProcedureField

ORIGINALS = "originals"
REPORT = "import-report.txt"
_WIDTH = 115


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the last import left of a record: its original, its YAML file, that file's digest, and its reader."""

    original: dict[str, Any]
    path: str
    digest: str
    reader: str


class Folder:
    """A folder of drafts. Raises Unreadable when it holds other things, or another import is at work in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_dir():
            raise Unreadable(f"{path} is a file; name a folder for the drafts.")
        if path.is_dir() and not (path / ORIGINALS).is_dir():
            others = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
            if others and others != [REPORT]:
                raise Unreadable(
                    f"{path} holds other things ({', '.join(others[:3])}); name a new folder for the drafts."
                )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder against another import."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as busy:
                raise Unreadable(f"Another import is writing to {self.path}; wait until it has ended.") from busy
            (self.path / ORIGINALS).mkdir(exist_ok=True)
            for left in self.path.rglob(f".*{PART}"):  # by a run that was killed
                left.unlink()
            yield

    def kept(self, kind: str, code: str) -> Kept | None:
        """What is known of a record from before."""
        try:
            found = json.loads(self._original(kind, code).read_text(encoding="utf-8"))
            return Kept(**found)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            return None  # cut short by hand: as if it had never been imported, the YAML still counts

    def kept_codes(self, kind: str, reader: str) -> set[str]:
        """The records of a kind that this reader has imported."""
        codes = (path.stem for path in (self.path / ORIGINALS / kind).glob("*.json"))
        return {code for code in codes if (found := self.kept(kind, code)) and found.reader == reader}

    def file_of(self, item: Item, kept: Kept | None) -> Path:
        """Its YAML file: where it was put at first, whatever it is called now."""
        return self.path / (kept.path if kept else item.path)

    def touched(self, file: Path, kept: Kept) -> bool:
        """Whether a person has changed, or removed, the YAML since the import."""
        try:
            return digest(file.read_bytes()) != kept.digest
        except FileNotFoundError:
            return True

    def write(self, item: Item, file: Path, reader: str) -> None:
        """Keep the draft, then its original: whatever stops in between is put right by the next run."""
        _write(file, as_yaml(item.content))
        self.remember(item, file, reader)

    def remember(self, item: Item, file: Path, reader: str) -> None:
        """Keep the original alone: the YAML stays as it is, a person's if it is not what the original gives."""
        path, made = str(file.relative_to(self.path)), digest(as_yaml(item.content))
        record = {"original": item.original, "path": path, "digest": made, "reader": reader}
        _write(self._original(item.kind, item.code), json.dumps(record, ensure_ascii=False, indent=1).encode())

    def add_field(self, id_: str, name: str) -> None:
        """Name a field, also one the shipped catalog has: a later release may not. Those named before stay."""
        file = self.path / "fields.yaml"
        known: list[dict[str, str]] = []
        if file.exists():
            faults: list[Fault] = []
            marked = read(file, faults)
            if faults or marked is None or not isinstance(marked.value, list):
                raise Unreadable(f"{file} cannot be read; mend it or remove it, then import again.")
            known = marked.plain()
        if id_ not in [one.get("id") for one in known]:
            _write(file, as_yaml([*known, {"id": id_, "name": name}]))

    def _original(self, kind: str, code: str) -> Path:
        return self.path / ORIGINALS / kind / f"{code}.json"


def _write(file: Path, content: bytes) -> None:
    write_whole(file, content, sync=False)  # thousands; after a power cut the same command goes on


def as_yaml(content: Any) -> bytes:
    """YAML in the order given, as a person would keep it."""
    written: bytes = yaml.dump(
        content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=_WIDTH, encoding="utf-8"
    )
    return written


def digest(content: bytes) -> str:
    """Tells two contents apart."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def with_fields(fields: Mapping[str, ProcedureField], folder: Path) -> dict[str, ProcedureField]:
    """The catalog's fields and those the folder already names."""
    file = folder / "fields.yaml"
    marked = read(file, []) if file.exists() else None
    named = marked.plain() if marked is not None and isinstance(marked.value, list) else []
    own = {
        one["id"]: ProcedureField(**one) for one in named if isinstance(one, dict) and {"id", "name"} <= set(one)
    }
    return {**own, **fields}
