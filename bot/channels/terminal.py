"""A talk in the terminal, for trying things out and for recording transcripts."""

from __future__ import annotations

from datetime import date

from bot.channels.base import Limits

NAME = "terminal"
LIMITS = Limits(
    text=4000,
    buttons=0,
    buttons_per_row=0,
    label=0,
    payload=0,
    style="plain",
    url_buttons=False,
    checked=date(2026, 11, 22),
)
