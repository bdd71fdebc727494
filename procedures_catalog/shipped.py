"""Where the content lies that comes with the program."""

from __future__ import annotations

from pathlib import Path

SHIPPED = Path(__file__).parent / "data"
"""Other folders are laid over it."""
