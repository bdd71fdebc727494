"""The shape of everything the catalog says.

Each class mirrors one YAML mapping; unknown keys are faults. Money is whole đồng. Dates are ISO 8601.
Every fact comes from the record's `source` unless the value names a `source` of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

EXACT = ConfigDict(extra="forbid", str_strip_whitespace=True)

Known = bool | Literal["unknown"]
"""True, False, or the honest third answer."""


class WayName(StrEnum):
    """How a dossier reaches the office (cách thức nộp)."""

    ONLINE = "online"
    POST = "post"
    IN_PERSON = "in_person"


class OnlineLevel(StrEnum):
    """Trực tuyến toàn trình (old level 4), một phần (old level 3), or not stated by the source."""

    FULL = "full"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


class TimeUnit(StrEnum):
    """The unit of a time limit; `same_day` means before closing, next working day if received after 15:00."""

    SAME_DAY = "same_day"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    DAY = "day"
    AT_ONCE = "at_once"
    UNKNOWN = "unknown"


class FeeSetBy(StrEnum):
    """Who decides an amount: the province's council (HĐND cấp tỉnh), a national text, or not known."""

    LAW = "law"
    PROVINCE = "province"
    UNKNOWN = "unknown"


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact was read and when that text was current."""

    name: str
    date: dt.date
    url: str | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Confirmed:
    """An office of the place has checked the value."""

    by_office: str
    on: date


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class PaperCase:
    """A situation that changes what is needed (trường hợp)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper of the dossier (thành phần hồ sơ). `show` papers are only presented, not handed in."""

    name: str
    original: int = Field(default=0, ge=0)
    copies: int = Field(default=0, ge=0)
    form: str | None = None
    case: str | None = None
    show: bool = False
    note: str | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Way:
    """One way to file. `level` is meaningful for online only."""

    offered: Known
    level: OnlineLevel = OnlineLevel.UNKNOWN
    note: str | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Ways:
    """The three ways to file."""

    online: Way
    post: Way
    in_person: Way

    def __getitem__(self, name: WayName) -> Way:
        way: Way = getattr(self, name.value)
        return way


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """How long the office may take. `amount` is None where the unit says it all or nothing is known."""

    unit: TimeUnit
    amount: int | None = Field(default=None, gt=0)
    way: WayName | None = None
    case: str | None = None
    note: str | None = None
    source: Source | None = None
    confirmed: Confirmed | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Fee:
    """What it costs, in đồng. `amount` None: set by the one named in `set_by`, not known here."""

    set_by: FeeSetBy
    amount: int | None = Field(default=None, ge=0)
    per: str | None = None
    way: WayName | None = None
    case: str | None = None
    note: str | None = None
    source: Source | None = None
    confirmed: Confirmed | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A legal text the procedure rests on (căn cứ pháp lý)."""

    number: str
    name: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Procedure:
    """One administrative procedure (thủ tục hành chính), in words a citizen uses."""

    code: str = Field(pattern=r"^\d\.\d{6}$")
    decision: str
    name: str
    plain: str
    everyday: tuple[str, ...] = Field(min_length=1)
    field: str
    level: Literal["commune", "province", "ministry"]
    office: str
    decided_by: str
    who: str
    result: tuple[str, ...]
    papers: tuple[Paper, ...]
    ways: Ways
    time_limits: tuple[TimeLimit, ...] = Field(min_length=1)
    fees: tuple[Fee, ...] = Field(min_length=1)
    legal_basis: tuple[LegalBasis, ...] = Field(min_length=1)
    source: Source
    cases: tuple[PaperCase, ...] = ()
    notes: tuple[str, ...] = ()
    link: str | None = None
    confirmed: Confirmed | None = None

    @property
    def key(self) -> str:
        """`code@decision`: the same code can stand for two local procedures."""
        return f"{self.code}@{self.decision}"


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class ProcedureField:
    """A field of procedures (lĩnh vực), e.g. hộ tịch."""

    id: str
    name: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Role:
    """What kind of office it is (vai trò của cơ quan), independent of any place.

    `above` is the role that takes what this one must not get; the top has none.
    """

    id: str
    name: str
    level: Literal["commune", "beside", "province", "emergency"]
    above: str | None = None
    phone: str | None = None
    source: str | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Amount:
    """A length of working or calendar time."""

    amount: int = Field(gt=0)
    unit: TimeUnit


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Topic:
    """What a report is about. `street_level` topics may be sent without a name; `sensitive` hides the sender."""

    id: str
    name: str
    role: str
    words: tuple[str, ...] = ()
    street_level: bool = False
    sensitive: bool = False
    answer_within: Amount | None = None
    source: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Signs:
    """Phrases that tell what a text is about, see `procedures_catalog.signs`.

    `words` count with and without accents, `accented` only exactly as written here, `alone` when nothing else
    stands in the text. What is in `unless` is taken out of the text first.
    """

    words: tuple[str, ...]
    accented: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Emergency(Signs):
    """Words of danger and the number to call at once."""

    number: str
    name: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class OwnLaw(Signs):
    """Words of what has a law of its own and is explained here, never taken."""

    lane: Literal["denunciation", "complaint"]


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
class Limits:
    """Default limits for feedback; a place replaces them by its own regulation."""

    acknowledge: Amount
    answer: Amount
    source: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Office:
    """An office of the deployment. `id` is `<unit>:<role>`; what is not known stays None."""

    id: str = Field(pattern=r"^[a-z0-9-]+:[a-z0-9_]+$")
    role: str
    name: str
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    note: str | None = None
    source: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Place:
    """An administrative unit. `formerly` are names people still type."""

    id: str
    name: str
    kind: Literal["province", "commune"]
    code: str | None = None
    parent: str | None = None
    formerly: tuple[str, ...] = ()
    source: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Deployment:
    """The place one database serves."""

    slug: str
    name: str
    unit: str
    centre: str
    sample_data: bool = False
    source: str
