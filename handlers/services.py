"""What a script may ask for. Protocols only; the floor below the windows, `bot`, provides them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.cases.model import Action, Case, CaseDraft, CaseEvent
from procedures_catalog.catalog import Catalog


class NotAllowed(Exception):
    """The action is refused; `reason` is a wording key of `errors`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A new case and the secret that shows its words; the secret is told once and kept only as a hash."""

    case: Case
    secret: str


class Cases(Protocol):
    """Complaints, recommendations and questions handed to officers."""

    async def file(self, draft: CaseDraft) -> Filed:
        """Open a case for the person of this turn; citizen and office are told in the same commit."""

    async def find(self, code: str) -> Case | None:
        """By its public code, spaces and dashes ignored."""

    def opens_with(self, case: Case, secret: str) -> bool:
        """Whether the secret given at filing is this one."""

    async def mine(self) -> list[Case]:
        """Cases of the person of this turn, newest first."""

    async def of_office(self) -> list[Case]:
        """Open cases of the officer's office, soonest due first. Empty for who is no officer."""

    async def may_settle(self, case: Case) -> bool:
        """Whether the person of this turn is an officer who may take, answer or close it."""

    async def history(self, case: Case) -> list[CaseEvent]:
        """What happened, oldest first."""

    async def act(
        self, case: Case, action: Action, *, words: str | None = None, rating: int | None = None
    ) -> Case:
        """Do it as the person of this turn. Raises NotAllowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The numbered steps of one way to file one procedure, and those the citizen has ticked."""

    procedure: str
    way: str
    decision: str
    ticked: frozenset[str]
    updated_at: datetime


class Checklists(Protocol):
    """Kept for weeks, apart from the session."""

    async def mine(self) -> list[Checklist]:
        """Of the person of this turn, the newest first."""

    async def get(self, procedure: str, way: str) -> Checklist | None:
        """One of the person of this turn."""

    async def save(self, checklist: Checklist) -> None:
        """Make or replace it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a code for linking leads to: another person's `channels` (wording keys), or an officer's account.

    "own": this very person's code. "officers_chat": one of the two chats is an officer's, and is joined with none.
    """

    kind: Literal["person", "officer", "own", "officers_chat"]
    channels: tuple[str, ...] = ()


class Links(Protocol):
    """Joining addresses of one person (and an officer's desk account) with a short code."""

    async def issue(self) -> str:
        """Six digits, good once and for ten minutes."""

    async def look(self, code: str) -> Invitation | None:
        """What the code would do, without doing it; None when it is not good. Wrong codes are counted."""

    async def redeem(self, code: str) -> str | None:
        """Join the person of this turn with who issued the code ("person"), or make this chat an officer's own
        ("officer"; "officer_apart" when it was joined with others until now). None when it cannot be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure removed."""

    addresses: int
    checklists: int
    messages: int
    cases_made_nameless: int


class Persons(Protocol):
    """The person of this turn."""

    async def set_language(self, lang: str) -> None:
        """Remember the language for replies and notices."""

    async def kept(self) -> dict[str, int]:
        """How many of each thing is kept: addresses, checklists, cases, files."""

    async def erase(self) -> Erased:
        """Remove the person really; cases stay as records without name, phone or a way back."""

    async def consent(self, what: str) -> None:
        """Record an active consent with its time."""


class Files(Protocol):
    """What somebody sent and what has not become part of a case."""

    async def drop(self, ids: Sequence[str]) -> None:
        """Forget them, fetched or not; those of a case stay."""


class Services(Protocol):
    """Everything at hand in one turn."""

    @property
    def catalog(self) -> Catalog: ...

    @property
    def cases(self) -> Cases: ...

    @property
    def checklists(self) -> Checklists: ...

    @property
    def files(self) -> Files: ...

    @property
    def links(self) -> Links: ...

    @property
    def persons(self) -> Persons: ...
