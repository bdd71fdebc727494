"""What every source says of a procedure, in the source's own words, before anything is understood.

Each format has a reader that yields these; one importer turns them into drafts. Texts are stripped, otherwise
untouched; an empty text or tuple means that the source says “Không có thông tin” or nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model import WayName


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChannel:
    """One row of “Cách thức thực hiện”. Several rows may share a way: different cases."""

    way: WayName
    time_limit: str
    fee: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePaper:
    """One row of “Thành phần hồ sơ”. Quantities are None where the source gives none."""

    name: str
    case: str = ""
    original: int | None = None
    copies: int | None = None
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLaw:
    """One row of “Căn cứ pháp lý”; the number may be missing or glued into the name."""

    number: str
    name: str
    issued: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A whole procedure as a source prints it. `levels`: bộ, tỉnh, xã, khác; `where`: file and line or page.

    `extra`, as JSON, is what a draft has no place for; it is kept with the original.
    """

    code: str
    name: str
    decision: str
    field: str
    levels: tuple[str, ...] = ()
    kind: str = ""
    agency: str = ""
    authority: str = ""
    subjects: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    channels: tuple[SourceChannel, ...] = ()
    papers: tuple[SourcePaper, ...] = ()
    result: tuple[str, ...] = ()
    laws: tuple[SourceLaw, ...] = ()
    requirements: str = ""
    address: str = ""
    coordinating: str = ""
    description: str = ""
    link: str = ""
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    source_name: str = "Cơ sở dữ liệu quốc gia về thủ tục hành chính"
    source_url: str = "https://dichvucong.gov.vn"
    source_date: date
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a portal's list: that the procedure exists and who does it. `code` as printed; `online` too."""

    code: str
    name: str
    field: str
    decision: str = ""
    issuer: str = ""
    agencies: tuple[str, ...] = ()
    online: str = ""
    source_name: str
    source_date: date
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What could not be read or understood: where, of which procedure, which part, and the words met there.

    `lost`: a whole record was left out. Otherwise the draft keeps the words and says `unknown`.
    """

    where: str
    code: str
    part: str
    message: str
    wording: str = ""
    lost: bool = False


class Unreadable(Exception):
    """The file as a whole cannot be imported; the message says why and what to do."""


Read = SourceRecord | ListRow | Problem
