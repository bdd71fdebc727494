"""Words of search and feedback that reach nobody, or somebody who is not here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..fold import bare, normal, tokens
from ..marked import Fault, Marked
from ..vocabulary import Vocabulary
from .rule import Rule, Scene

REWRITE = Rule(
    id="rewrite-lost",
    what="a rewrite to words that no name, question or other list has",
    why="What people typed is turned into words that find nothing.",
    mend="Write the words of an everyday or official name.",
)
TOPIC_ROLE = Rule(
    id="topic-office",
    what="a topic whose role no office of the place plays",
    why="Reports about it go to the centre, which has to pass them on.",
    mend="Add the office to offices.yaml, or give the topic another role in the deployment's topics.yaml.",
)
PHRASE_NAME = Rule(
    id="phrase-firm",
    what="a phrase of a firm door that is an everyday name of a procedure",
    why="Whoever types that name is sent elsewhere and never sees the procedure.",
    mend="Make the phrase longer, or take `firm:` out.",
)
DATE = Rule(
    id="source-date",
    what="a source whose day and month are exchanged against other records of the same source",
    why="The age of the source is counted from a wrong day.",
    mend="Write the date as year-month-day.",
)
DECISION = Rule(
    id="decision-odd",
    what="a decision of another ministry than those of all other records of the field",
    why="Nobody finds the decision that published the procedure.",
    mend="Read the source again and correct `decision`.",
)
RULES = (REWRITE, TOPIC_ROLE, PHRASE_NAME, DATE, DECISION)

_ORGAN = re.compile(r"Q[ĐD](?:/\d+)?-([A-ZĐ]+)")
_FEW = 5


def reach(scene: Scene) -> Iterator[Fault]:
    """Vocabulary against names, topics against offices, records against those beside them."""
    if (single := scene.single("vocabulary")) is not None:
        yield from _rewrites(scene, *single)
        yield from _firm(scene, *single)
    yield from _topics(scene)
    yield from _dates(scene)
    yield from _decisions(scene)


def _rewrites(scene: Scene, vocabulary: Vocabulary, marked: Marked) -> Iterator[Fault]:
    known = {bare(word) for text in _texts(scene, vocabulary) for word in tokens(text)}
    for typed, official in vocabulary.rewrites.items():
        lost = [word for word in tokens(re.sub(r"\{\w*\}", " ", official)) if bare(word) not in known]
        if lost and normal(typed) != normal(official):
            spot = marked.find(["rewrites", typed])
            message = f"“{typed}” is rewritten to “{official}”; nothing here has the word “{lost[0]}”."
            yield REWRITE.at(spot, message)


def _texts(scene: Scene, vocabulary: Vocabulary) -> Iterator[str]:
    for item, _ in scene.found:
        yield item.name
        yield from item.everyday
        yield getattr(item, "plain", "")
    for event, _ in scene.each("life_events"):
        yield from event.everyday
    yield from vocabulary.rewrites
    yield from vocabulary.stop
    yield from vocabulary.denials
    yield from vocabulary.persons
    for words in (*vocabulary.lists.values(), *vocabulary.actions.values(), *vocabulary.ways.values()):
        yield from words
    for stem in vocabulary.ambiguous:
        yield from stem.phrases
    for door in vocabulary.not_ours:
        yield from door.phrases


def _firm(scene: Scene, vocabulary: Vocabulary, marked: Marked) -> Iterator[Fault]:
    names = {normal(said): item.code for item, _ in scene.found for said in item.everyday}
    for i, door in enumerate(vocabulary.not_ours):
        for j, phrase in enumerate(door.phrases):
            if door.firm and (code := names.get(normal(phrase))) is not None:
                spot = marked.find(["not_ours", i, "phrases", j])
                yield PHRASE_NAME.at(spot, f"“{phrase}” is an everyday name of {code}.")


def _topics(scene: Scene) -> Iterator[Fault]:
    here = {office.role for office, _ in scene.each("offices")}
    roles = scene.reading.values["roles"]
    for topic, marked in scene.each("topics"):
        role = roles.get(topic.role)
        if len(here) > 2 and role is not None and role.level == "commune" and topic.role not in here:
            yield TOPIC_ROLE.at(marked.find(["role"]), f"No office here plays `{topic.role}`.")


def _dates(scene: Scene) -> Iterator[Fault]:
    dates: dict[str, dict[str, int]] = {}
    for item, _ in scene.found:
        counted = dates.setdefault(item.source.name, {})
        counted[str(item.source.date)] = counted.get(str(item.source.date), 0) + 1
    for item, marked in scene.found:
        year, month, day = str(item.source.date).split("-")
        swapped = f"{year}-{day}-{month}"
        counted = dates[item.source.name]
        mine = counted[str(item.source.date)]
        if day != month and mine < _FEW <= counted.get(swapped, 0):
            others = f"{counted[swapped]} records of this source"
            message = f"The source is dated {item.source.date}; {others} say {swapped}."
            yield DATE.at(marked.find(["source", "date"]), message)


def _decisions(scene: Scene) -> Iterator[Fault]:
    organs: dict[str, dict[str, int]] = {}
    for item, _ in scene.procedures:
        if found := _ORGAN.search(item.decision):
            counted = organs.setdefault(item.field, {})
            counted[found[1]] = counted.get(found[1], 0) + 1
    for item, marked in scene.procedures:
        counted = organs.get(item.field, {})
        found = _ORGAN.search(item.decision)
        local = found is not None and found[1] == "UBND"  # a province's own procedure stands alone by right
        if found and not local and len(counted) == 2 and counted[found[1]] == 1 and sum(counted.values()) > _FEW:
            usual = max(counted, key=lambda organ: counted[organ])
            message = f"{item.decision} is of {found[1]}; all other records of `{item.field}` are of {usual}."
            yield DECISION.at(marked.find(["decision"]), message)
