"""Zalo Bot Platform: its limits, under which every transcript is played. The adapter is not built yet."""

from __future__ import annotations

from datetime import date

from bot.channels.base import Limits

LIMITS = Limits(
    text=2000,
    buttons=0,
    buttons_per_row=0,
    label=0,
    payload=0,
    style="plain",
    url_buttons=False,
    checked=date(2026, 11, 22),
)
