"""Files that are there whole or as they were before, whatever happens while they are written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PART = ".part"
"""The end of the name of a file that is being written. One that a kill has left may be deleted."""


def write_whole(file: Path, content: bytes, *, sync: bool = True) -> None:
    """Put `content` in the place of `file`. Without `sync` a power cut may undo it: for what is remade easily."""
    made = beside(file, content, sync=sync)
    try:
        made.replace(file)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def beside(file: Path, content: bytes, *, sync: bool = True) -> Path:
    """A finished file with the content in the folder of `file`, to be put in its place by `replace`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=PART)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        made.chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made
