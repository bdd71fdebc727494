"""What the pages say of cases: time left, who did what, why a message did not arrive. Keys only, no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from bot.channels.base import Failure
from bot.store.records import Officer
from handlers.cases.model import Case, CaseEvent, Status
from handlers.deadlines import working_time_between
from handlers.talk import Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.place import Calendar

Tone: TypeAlias = Literal["bad", "warn", "good", "calm"]

HOUR = timedelta(hours=1)
WORKING_DAY = 8 * HOUR
SOON = 2 * WORKING_DAY
"""Less working time than this is shown as urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sentence and how it is coloured; the colour never says more than the words."""

    text: Text
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTold:
    """One line of a case's history. `sort` marks words as internal or as sent to the citizen."""

    at: datetime
    text: Text
    words: str | None
    sort: Literal["internal", "sent", "plain"]


def time_left(case: Case, now: datetime, calendar: Calendar) -> Told:
    """How much working time is left until the answer is due, or has passed since."""
    if now <= case.due:
        left = working_time_between(now, case.due, calendar)
        return Told(text=_amount("due_left", left), tone="warn" if left < SOON else "calm")
    return Told(text=_amount("due_late", working_time_between(case.due, now, calendar)), tone="bad")


def kept_time(case: Case, history: list[CaseEvent]) -> Told | None:
    """Whether the answer came in time; None before there is one."""
    answered = next((event.at for event in history if event.what == "answered"), None)
    if answered is None:
        return None
    if answered <= case.due:
        return Told(text=t("desk.due_met"), tone="good")
    return Told(text=t("desk.due_missed"), tone="bad")


def status(case: Case) -> Told:
    """Where the case stands."""
    tones: dict[Status, Tone] = {Status.NEW: "bad", Status.TAKEN: "warn", Status.ANSWERED: "good"}
    return Told(text=t(f"desk.status_{case.status.value}"), tone=tones.get(case.status, "calm"))


def history_told(history: list[CaseEvent], officers: Mapping[str, Officer]) -> list[EventTold]:
    """The history in plain words, the newest first."""
    return [_event(event, officers) for event in reversed(history)]


def who(event: CaseEvent, officers: Mapping[str, Officer]) -> Text | str:
    """The one who did it; a citizen is never named in the history."""
    if event.by.kind != "officer":
        return t(f"desk.who_{event.by.kind}")
    known = officers.get(event.by.id)
    return event.by.name or (known.name if known else t("desk.who_officer"))


def counted(key: str, n: int) -> Text:
    """`desk.<key>` for many, `desk.<key>_one` for one."""
    return t(f"desk.{key}_one" if n == 1 else f"desk.{key}", n=n)


def topic(case: Case, catalog: Catalog) -> str | None:
    """The topic's name, when there is one."""
    known = catalog.topics.get(case.topic) if case.topic else None
    return known.name if known else None


def office(id_: str, catalog: Catalog) -> str:
    """The office's name; its id when the deployment no longer has it."""
    known = catalog.offices.get(id_)
    return known.name if known else id_


def failure(reason: str | None) -> Text:
    """Why a message did not arrive, from what the sender stored (`refused`, `refused: …`)."""
    word = (reason or "").partition(":")[0].strip()
    return t(f"desk.reason_{word if word in set(Failure) else Failure.UNKNOWN.value}")


def _event(event: CaseEvent, officers: Mapping[str, Officer]) -> EventTold:
    text = t(f"desk.event_{event.what}", who=who(event, officers), rating=event.data.get("rating", 0))
    sort: Literal["internal", "sent", "plain"] = "plain"
    if event.what == "answered":
        sort = "sent"
    elif event.what in ("noted", "closed") and event.words:
        sort = "internal"
    return EventTold(at=event.at, text=text, words=event.words, sort=sort)


def _amount(key: str, time: timedelta) -> Text:
    if time >= WORKING_DAY:
        return counted(f"{key}_days", time // WORKING_DAY)
    if time >= HOUR:
        return counted(f"{key}_hours", time // HOUR)
    return t(f"desk.{key}_little")
