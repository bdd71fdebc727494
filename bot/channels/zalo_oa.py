"""Zalo Official Account: its limits, under which every transcript is played. The adapter is not built yet."""

from __future__ import annotations

from datetime import date

from bot.channels.base import Limits

LIMITS = Limits(
    text=2000,
    buttons=5,
    buttons_per_row=1,
    label=100,
    payload=1000,
    style="plain",
    url_buttons=True,
    checked=date(2026, 11, 22),
)
