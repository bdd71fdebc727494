"""Life events, signposts and the words search knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..fold import normal
from ..marked import Fault, Marked
from ..reading import PROCEDURES, SIGNPOSTS
from ..vocabulary import Vocabulary
from .rule import Rule, Scene

STEP = Rule(
    id="event-step",
    what="a step of a life event that leads nowhere: unreviewed and hidden, ended, doubled, or covered by another",
    why="People who follow the steps miss what they are owed, or do a thing twice.",
    mend="Name a procedure or signpost that people can see, once.",
)
SIGNPOST = Rule(
    id="signpost-double",
    what="a signpost beside a full record of the same code",
    why="Nobody sees the signpost; it goes stale unnoticed.",
    mend="Remove the signpost.",
)
ASK = Rule(
    id="signpost-ask",
    what="a signpost that does not say where to ask",
    why="Asking is all a signpost is for.",
    mend="Write in `ask:` which office people turn to.",
)
REWRITE = Rule(
    id="vocabulary-rewrite",
    what="a rewrite with a {name} that is no list, that leads in a circle, or is empty",
    why="The typed word stays as it is and nothing is found.",
    mend="Add the list under `lists:`, or write the words out.",
)
PHRASE = Rule(
    id="vocabulary-phrase",
    what="one phrase in two questions or doors, or two equal choices",
    why="Which of the two is asked depends on their order in the file.",
    mend="Keep the phrase in one place.",
)
CHOICE = Rule(
    id="vocabulary-choice",
    what="a choice without `code` or `text`, with both, or leading to what people cannot see",
    why="Whoever taps it gets no answer.",
    mend="Give it a code that people can see, or words to search again.",
)
EMERGENCY = Rule(
    id="emergency-words",
    what="a phrase of two emergency numbers",
    why="People in danger are given the wrong number, or two.",
    mend="Keep the phrase under one number.",
)
FIELD = Rule(
    id="field",
    what="two fields with one name, or one that nothing belongs to",
    why="People open an empty list, or one of two equal ones.",
    mend="Rename it, or remove it.",
)
RULES = (STEP, SIGNPOST, ASK, REWRITE, PHRASE, CHOICE, EMERGENCY, FIELD)


def events(scene: Scene) -> Iterator[Fault]:
    """Life events, signposts, vocabulary, emergency words, fields."""
    yield from _events(scene)
    yield from _signposts(scene)
    if (single := scene.single("vocabulary")) is not None:
        yield from _rewrites(*single)
        yield from _phrases(scene, *single)
    yield from _emergencies(scene)
    yield from _fields(scene)


def _unseen(scene: Scene, code: str) -> str | None:
    """Why people cannot see the record of this code; None when they can."""
    shown = (single := scene.single("deployment")) is not None and single[0].drafts == "shown"
    procedure = scene.reading.values[PROCEDURES].get(code)
    if procedure is not None and scene.as_of and procedure.past(scene.as_of):
        return f"{code} ended on {procedure.valid_to}."
    if procedure is not None and scene.as_of and procedure.ahead(scene.as_of):
        return f"{code} counts only from {procedure.valid_from}."
    record = procedure or scene.reading.values[SIGNPOSTS].get(code)
    if record is not None and not record.reviewed and not shown:
        return f"{code} is a draft, which this place does not show."
    return None


def _events(scene: Scene) -> Iterator[Fault]:
    here = {*scene.reading.marked[PROCEDURES], *scene.reading.marked[SIGNPOSTS]}
    for event, marked in scene.each("life_events"):
        covered = {code for step in event.steps for code in step.covers}
        seen: set[str] = set()
        for i, step in enumerate(event.steps):
            spot = marked.find(["steps", i])
            if (why := _unseen(scene, step.code)) is not None:
                yield STEP.at(spot.find(["code"]), why)
            if step.code in seen:
                yield STEP.at(spot.find(["code"]), f"{step.code} is a step already.")
            elif step.code in covered and step.code not in step.covers:
                continue
            if step.code in step.covers:
                yield STEP.at(spot.find(["covers"]), f"{step.code} cannot cover itself.")
            seen.add(step.code)
            for j, code in enumerate(step.covers):
                if code not in here:
                    yield STEP.at(spot.find(["covers", j]), f"There is no procedure {code} in this catalog.")


def _signposts(scene: Scene) -> Iterator[Fault]:
    procedures = scene.reading.values[PROCEDURES]
    for signpost, marked in scene.signposts:
        if signpost.code in procedures and procedures[signpost.code].reviewed:
            yield SIGNPOST.at(marked.find(["code"]), f"{signpost.code} has a full record.")
        if len(signpost.ask.split()) < 3:
            yield ASK.at(marked.find(["ask"]), "`ask` names no office.")


def _rewrites(vocabulary: Vocabulary, marked: Marked) -> Iterator[Fault]:
    rewrites: Mapping[str, str] = vocabulary.rewrites
    for typed, official in rewrites.items():
        spot = marked.find(["rewrites", typed])
        names = set(re.findall(r"\{(\w*)\}", f"{typed} {official}"))
        unknown = sorted(names - vocabulary.lists.keys())
        if unknown:
            yield REWRITE.at(spot, f"There is no list `{unknown[0]}`.")
        elif set(re.findall(r"\{(\w*)\}", official)) - set(re.findall(r"\{(\w*)\}", typed)):
            yield REWRITE.at(spot, "The official side has a {name} that the typed side lacks.")
        elif not official.strip() or not typed.strip():
            yield REWRITE.at(spot, f"“{typed}” is rewritten to nothing.")
        elif rewrites.get(official, official) == typed and official != typed:
            yield REWRITE.at(spot, f"“{typed}” leads to “{official}”, and that back to it.")
    for name, words in vocabulary.lists.items():
        if not words or len({normal(word) for word in words}) < len(words):
            yield REWRITE.at(marked.find(["lists", name]), f"The list `{name}` is empty or holds a word twice.")


def _phrases(scene: Scene, vocabulary: Vocabulary, marked: Marked) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    groups = [("ambiguous", i, stem.question, stem.phrases) for i, stem in enumerate(vocabulary.ambiguous)]
    groups += [("not_ours", i, door.id, door.phrases) for i, door in enumerate(vocabulary.not_ours)]
    for key, i, name, phrases in groups:
        for j, phrase in enumerate(phrases):
            spot = marked.find([key, i, "phrases", j])
            if not phrase.strip():
                yield PHRASE.at(spot, "A phrase is empty.")
            elif normal(phrase) in owners:
                yield PHRASE.at(spot, f"“{phrase}” is also a phrase of `{owners[normal(phrase)]}`.")
            owners.setdefault(normal(phrase), name)
    for i, stem in enumerate(vocabulary.ambiguous):
        labels: set[str] = set()
        for j, choice in enumerate(stem.choices):
            spot = marked.find(["ambiguous", i, "choices", j])
            if (choice.code is None) == (choice.text is None):
                yield CHOICE.at(spot, f"“{choice.label}” needs a code or a text, one of the two.")
            elif choice.code is not None and (why := _unseen(scene, choice.code)) is not None:
                yield CHOICE.at(spot, why)
            if normal(choice.label) in labels:
                yield PHRASE.at(spot, f"Two choices are named “{choice.label}”.")
            labels.add(normal(choice.label))


def _emergencies(scene: Scene) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for emergency, marked in scene.each("emergencies"):
        for i, word in enumerate(emergency.words):
            if (owner := owners.setdefault(normal(word), emergency.number)) != emergency.number:
                yield EMERGENCY.at(marked.find(["words", i]), f"“{word}” also calls {owner}.")


def _fields(scene: Scene) -> Iterator[Fault]:
    used = {item.field for kind in (PROCEDURES, SIGNPOSTS) for item in scene.reading.values[kind].values()}
    names: dict[str, str] = {}
    for field, marked in scene.each("fields"):
        if names.setdefault(normal(field.name), field.id) != field.id:
            yield FIELD.at(marked.find(["name"]), f"{names[normal(field.name)]} has the same name.")
        imported = (marked.file.parent / "originals").is_dir()  # an import names all fields it has seen
        if field.id not in used and not imported:
            yield FIELD.at(marked, f"Nothing belongs to the field `{field.id}`.")
