"""Moments and days as wording, shown in Vietnam's time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.talk import Text, t

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment(at: datetime) -> Text:
    """`17:00 thứ Hai 30/11/2026`."""
    local = at.astimezone(VIETNAM)
    return t("when.moment", time=f"{local:%H:%M}", day=day(local.date()))


def day(on: date) -> Text:
    """`thứ Hai 30/11/2026`."""
    return t("when.day", weekday=t(f"when.{_DAYS[on.weekday()]}"), date=f"{on:%d/%m/%Y}")


def month(on: date) -> str:
    """`06/2026`, how old a source is."""
    return f"{on:%m/%Y}"
