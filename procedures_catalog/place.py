"""What a deployment says of its place: units, offices, working time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from .model import EXACT, Name


class DayKind(StrEnum):
    """Why a date differs from the plain week."""

    HOLIDAY = "holiday"
    IN_LIEU = "in_lieu"
    SWAPPED_OFF = "swapped_off"
    MAKE_UP = "make_up"
    LOCAL_CLOSURE = "local_closure"


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A date of the calendar that is not an ordinary one."""

    date: dt.date
    kind: DayKind
    name: str
    source: str
    provisional: bool = False


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Hours:
    """One stretch of working time in a day."""

    opens: time
    closes: time


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Calendar:
    """Working time. `week` maps Monday=0 … Sunday=6 to stretches; `confirmed_hours` False: a default."""

    week: Mapping[int, tuple[Hours, ...]]
    days: tuple[SpecialDay, ...]
    covers: tuple[int, ...]
    hours_source: str
    confirmed_hours: bool = False


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Office:
    """An office of the deployment. `id` is `<unit>:<role>`; what is not known stays None."""

    id: str = Field(pattern=r"^[a-z0-9-]+:[a-z0-9_]+$")
    role: str
    name: Name
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    note: str | None = None
    source: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Place:
    """An administrative unit. `formerly` are names people still type."""

    id: str
    name: Name
    kind: Literal["province", "commune"]
    code: str | None = None
    parent: str | None = None
    formerly: tuple[str, ...] = ()
    source: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Deployment:
    """The place one database serves; `drafts` says whether records nobody has reviewed are shown, marked."""

    slug: str
    name: Name
    unit: str
    centre: str
    sample_data: bool = False
    drafts: Literal["hidden", "shown"] = "hidden"
    source: str
