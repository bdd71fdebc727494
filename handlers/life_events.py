"""Events of life: what there is to do, in the order people do it; each step leads to its procedure."""

from __future__ import annotations

import re
from textwrap import shorten

from handlers import facts
from handlers.services import Services
from handlers.talk import Choice, Link, Question, Talk, Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import EventStep, LifeEvent

LABEL = 48
"""Characters of a procedure's name on a button, at most; some names fill a page."""

_MARK = "e_"
_VALUE = re.compile(r"e_[a-z][a-z0-9_]*")


def read_event(text: str) -> str | None:
    """`e_birth`, the value of `event`: the id behind a mark, so that no word somebody types is one."""
    value = text.strip().lower()
    return value if _VALUE.fullmatch(value) else None


def event_link(event_id: str) -> Link:
    """Where an event is opened."""
    return Link(conversation="life_events", question="event", value=_MARK + event_id)


async def life_events(talk: Talk, services: Services) -> None:
    """Offers the events, then the steps of `event`, then goes on to the procedure of one step."""
    catalog = services.catalog
    said = await talk.ask(_which(catalog))
    if said == "menu":
        talk.goto("menu")
        return
    event = catalog.life_events[said.removeprefix(_MARK)]
    pick = await talk.ask(_steps(event, catalog))
    if pick == "others":
        talk.goto("life_events")
    elif pick == "menu":
        talk.goto("menu")
    else:
        talk.goto("procedures", code=pick)


def _which(catalog: Catalog) -> Question:
    events = (
        Choice(value=_MARK + event.id, label=t("engine.plain", text=event.name))
        for event in catalog.life_events.values()
    )
    return Question(
        key="event",
        kind="open",
        text=t("life_events.which"),
        choices=(*events, Choice(value="menu", label=t("menu.back_to_menu"))),
    )


def _steps(event: LifeEvent, catalog: Catalog) -> Question:
    """The numbers of the lines are those of the choices."""
    steps = [
        Choice(value=step.code, label=t("engine.plain", text=shorten(name, LABEL, placeholder="…")))
        for step, name in facts.steps(event, catalog)
    ]
    return Question(
        key="step",
        kind="open",
        text=t("life_events.steps", event=overview(event, catalog)),
        choices=(
            *steps,
            Choice(value="others", label=t("life_events.others")),
            Choice(value="menu", label=t("menu.back_to_menu")),
        ),
    )


def overview(event: LifeEvent, catalog: Catalog) -> Text:
    """The event with its steps as numbered lines."""
    lines = [_line(place, step, catalog) for place, (step, _) in enumerate(facts.steps(event, catalog), 1)]
    if event.note:
        lines.append(t("life_events.note", text=event.note))
    return t("life_events.event", name=event.name, lines=tuple(lines))


def _line(place: int, step: EventStep, catalog: Catalog) -> Text:
    covered = [name for code in step.covers if (name := facts.name_of(code, catalog)) is not None]
    if not covered:
        return t("life_events.step", number=place, say=step.say)
    return t("life_events.bundle", number=place, say=step.say, covers="; ".join(covered))
