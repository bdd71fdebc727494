"""Which lane words belong to: what has a law of its own, what concerns officers, what a topic names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from handlers.talk import Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.fold import Said
from procedures_catalog.model import Topic
from procedures_catalog.signs import tells

Lane: TypeAlias = Literal["denunciation", "complaint"]
CONDUCT = "officer_conduct"
OWN_LAW: tuple[Lane, ...] = ("denunciation", "complaint")


def own_law(words: str, catalog: Catalog) -> Lane | None:
    """Tố cáo or khiếu nại, which are explained and never taken; tố cáo when the words hold both."""
    told = {entry.lane for entry in catalog.own_law if tells(words, entry)}
    return next((lane for lane in OWN_LAW if lane in told), None)


def explained(lane: Lane, catalog: Catalog) -> Text:
    """What the law asks for, and where to go."""
    office = catalog.office("citizen_reception")
    return t(f"feedback.explain_{lane}", office=office.name if office else catalog.deployment.name)


def about_officers(words: str, catalog: Catalog) -> bool:
    """Whether it is about how officers behave: such words must not go to just any office."""
    return Said(words).holds(catalog.topics[CONDUCT].words)


def names_a_topic(words: str, catalog: Catalog) -> bool:
    """Whether words of something broken, dirty or dangerous at a place stand in the text.

    Words of the other topics ("căn cước", "sổ đỏ") are as often a question.
    """
    said = Said(words)
    return any(said.holds(topic.words) for topic in catalog.topics.values() if topic.street_level)


def topic_of(words: str, topics: Iterable[Topic]) -> str | None:
    """The id of the only one of `topics` whose name or words the text names; None for none or several."""
    said = Said(words)
    named = [topic.id for topic in topics if said.holds((topic.name, *topic.words))]
    return named[0] if len(named) == 1 else None
