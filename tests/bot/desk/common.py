"""What the tests of the desk share."""

from __future__ import annotations

from pathlib import Path

LITTER = "Rác đổ đầy đường thôn Nam, ba ngày chưa có ai dọn."


def stored(url: str) -> str:
    """Every byte of the database, its log included."""
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    return "".join(one.read_bytes().decode("latin-1") for one in file.parent.glob(f"{file.name}*"))
