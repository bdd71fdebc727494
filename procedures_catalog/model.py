"""The shape of everything the catalog says.

Each class mirrors one YAML mapping; unknown keys are faults. Money is whole đồng. Dates are ISO 8601.
Every fact comes from the record's `source` unless the value names a `source` of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

EXACT = ConfigDict(extra="forbid", str_strip_whitespace=True)

CODE = r"^\d\.\d{6}$"
CODE_IN = r"(?<!\d)\d\.\d{6}(?!\d)"
"""The same within other words, also at the head of its older long form."""
Level = Literal["commune", "province", "ministry", "other"]

Name = Annotated[str, Field(min_length=1)]

Known = bool | Literal["unknown"]
"""True, False, or the honest third answer."""


D = TypeVar("D", bound="Dated")


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
    HOUR = "hour"
    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
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

    name: Name
    date: dt.date
    url: str | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Confirmed:
    """An office of the place has checked the value."""

    by_office: str
    on: date


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Dated:
    """Something that counts from its first to its last day, both included; None: no such end is known."""

    valid_from: date | None = None
    valid_to: date | None = None

    def past(self, day: date) -> bool:
        """Whether its last day lies before `day`."""
        return self.valid_to is not None and self.valid_to < day

    def ahead(self, day: date) -> bool:
        """Whether its first day lies after `day`."""
        return self.valid_from is not None and self.valid_from > day


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class PaperCase:
    """A situation that changes what is needed (trường hợp)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Paper(Dated):
    """One paper of the dossier (thành phần hồ sơ). `show` papers are only presented, not handed in."""

    name: Name
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
class TimeLimit(Dated):
    """How long the office may take. `amount` is None where the unit says it all or nothing is known.

    `wording` are the source's own words, kept where they say less, or other, than a structured value would.
    """

    unit: TimeUnit
    amount: int | None = Field(default=None, gt=0)
    way: WayName | None = None
    case: str | None = None
    note: str | None = None
    wording: str | None = None
    source: Source | None = None
    confirmed: Confirmed | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Fee(Dated):
    """What it costs, in đồng. `amount` None: set by the one named in `set_by`, not known here.

    `wording` as in `TimeLimit`.
    """

    set_by: FeeSetBy
    amount: int | None = Field(default=None, ge=0)
    per: str | None = None
    way: WayName | None = None
    case: str | None = None
    note: str | None = None
    wording: str | None = None
    source: Source | None = None
    confirmed: Confirmed | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A legal text the procedure rests on (căn cứ pháp lý)."""

    number: str
    name: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Procedure(Dated):
    """One administrative procedure (thủ tục hành chính), in words a citizen uses.

    Not `reviewed`: a draft made by an importer, in the source's words, which nobody has read yet. Only drafts
    may lack `plain`, `everyday`, `who`, `office` and `legal_basis`. `replaces` are the codes whose place it has
    taken.
    """

    code: str = Field(pattern=CODE)
    decision: str
    name: Name
    plain: str = ""
    everyday: tuple[str, ...] = ()
    field: str
    level: Level
    office: str | None = None
    decided_by: str
    who: str = ""
    result: tuple[str, ...]
    papers: tuple[Paper, ...]
    ways: Ways
    time_limits: tuple[TimeLimit, ...] = Field(min_length=1)
    fees: tuple[Fee, ...] = Field(min_length=1)
    legal_basis: tuple[LegalBasis, ...] = ()
    source: Source
    cases: tuple[PaperCase, ...] = ()
    notes: tuple[str, ...] = ()
    link: str | None = None
    replaces: tuple[str, ...] = ()
    reviewed: bool = True
    confirmed: Confirmed | None = None

    @property
    def key(self) -> str:
        """`code@decision`: the same code can stand for two local procedures."""
        return f"{self.code}@{self.decision}"

    @property
    def has_dates(self) -> bool:
        """Whether anything of it begins or ends one day."""
        parts = (self, *self.papers, *self.time_limits, *self.fees)
        return any(part.valid_from or part.valid_to for part in parts)

    def on(self, day: date) -> Procedure:
        """Without papers, limits and fees whose last day lies before `day`; coming ones stay and say their date.

        The last limit and the last fee stay: an old value with its date tells more than none.
        """
        papers, limits = _lasting(self.papers, day), _lasting(self.time_limits, day)
        fees = _lasting(self.fees, day)
        if (len(papers), len(limits), len(fees)) == (len(self.papers), len(self.time_limits), len(self.fees)):
            return self
        return replace(
            self, papers=papers, time_limits=limits or self.time_limits[-1:], fees=fees or self.fees[-1:]
        )


def _lasting(items: Iterable[D], day: date) -> tuple[D, ...]:
    return tuple(item for item in items if not item.past(day))


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Signpost:
    """A procedure of which only the way to it is known: its name, who decides, where to ask. Nothing else is said.

    `code` may be a local one. Not `reviewed`: a row of an imported list.
    """

    code: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{1,39}$")
    name: Name
    everyday: tuple[str, ...] = ()
    field: str
    level: Level | None = None
    office: str | None = None
    decided_by: str
    ask: str
    online: OnlineLevel = OnlineLevel.UNKNOWN
    link: str | None = None
    source: Source
    reviewed: bool = True


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class EventStep:
    """One thing to do in a life event: a procedure or signpost, and why or when.

    A bundle (liên thông) `covers` other procedures, done together with it in one dossier.
    """

    code: str
    say: str
    covers: tuple[str, ...] = ()


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class LifeEvent:
    """A situation of life (sự kiện trong đời) and the procedures it brings, in the order people do them."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Name
    everyday: tuple[str, ...] = Field(min_length=1)
    steps: tuple[EventStep, ...] = Field(min_length=1)
    note: str | None = None


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Law(Dated):
    """A legal text and how long it counts. `replaced_by` is the number of the text that follows."""

    number: str
    name: Name
    replaced_by: str | None = None
    note: str | None = None
    source: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class ProcedureField:
    """A field of procedures (lĩnh vực), e.g. hộ tịch."""

    id: str
    name: str


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Role:
    """What kind of office it is (vai trò của cơ quan), independent of any place.

    `own_counter`: dossiers are handed in there and not at the one-stop centre. `above` is the role that takes what
    this one must not get; the top has none.
    """

    id: str
    name: Name
    level: Literal["commune", "beside", "province", "emergency"]
    above: str | None = None
    own_counter: bool = False
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
    name: Name
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


@dataclass(config=EXACT, frozen=True, slots=True, kw_only=True)
class Limits:
    """Default limits for feedback; a place replaces them by its own regulation."""

    acknowledge: Amount
    answer: Amount
    source: str
