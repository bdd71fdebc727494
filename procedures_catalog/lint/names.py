"""Everyday names: shared by two subjects, or such that nobody types them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ..fold import bare, normal, tokens
from ..marked import Fault, Marked
from ..model import Procedure, Signpost
from .rule import Rule, Scene

SHARED = Rule(
    id="everyday-shared",
    what="an everyday name of two procedures, signposts or life events, accents and filler words aside",
    why="Whoever types it gets one of the two by chance.",
    mend="Make one of the two more exact, or ask back: `ambiguous` in vocabulary.yaml.",
)
TWICE = Rule(
    id="everyday-twice",
    what="an everyday name written twice in one record, or equal to the official name",
    why="It adds nothing to what is found already.",
    mend="Remove it, or write what people really type.",
)
EMPTY = Rule(
    id="everyday-general",
    what="an everyday name that is empty, one general word, or nothing but filler words",
    why="It says too little, so the procedure turns up for questions about something else.",
    mend="Write the words people type, two at least: “làm giấy khai sinh”.",
)
LONG = Rule(
    id="everyday-long",
    what="an everyday name longer than 70 characters",
    why="Nobody types so much; a shorter name is found by more questions.",
    mend="Cut it down to the words that matter, or make two names of it.",
)
FORM = Rule(
    id="everyday-form",
    what="an everyday name with signs nobody types",
    why="It is compared word by word; brackets, slashes and code numbers only get in the way.",
    mend="Write it as people type it, one name a line.",
)
NAMESAKE = Rule(
    id="name-shared",
    what="two records with the same official name",
    why="People see two equal lines and cannot choose.",
    mend="Remove one, or let `plain:` and `everyday:` tell them apart.",
)
PLAIN = Rule(
    id="plain-is-name",
    what="`plain` says the same as the official name, or two procedures have the same `plain`",
    why="It is there to say in plain words what the name does not.",
    mend="Say in one sentence what people get and when they need it.",
)
STOPPED = Rule(
    id="vocabulary-stop",
    what="a filler word of the vocabulary that is an everyday name",
    why="Search leaves it out, so whoever types it finds nothing.",
    mend="Take it out of `stop:`.",
)
RULES = (STOPPED, SHARED, TWICE, EMPTY, LONG, FORM, NAMESAKE, PLAIN)

MOST = 70
_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
"""A Vietnamese word without accents; other letters are an abbreviation."""
_FILLERS = frozenset(tokens("tôi em anh chị xin hỏi muốn cần cho với ạ à ơi thì là gì nào như thế sao ở đâu"))
_FILLERS |= frozenset(tokens("thủ tục hồ sơ được không"))
"""Words by which two names do not differ; fewer than search leaves out, which also ranks."""
_GENERAL = frozenset(tokens("làm giấy tờ đơn mẫu nộp phí lệ online mạng xã phường"))


_Owners: TypeAlias = "dict[str, tuple[str, str, Marked]]"
"""What is compared → whose it is, as written, and where."""


def names(scene: Scene) -> Iterator[Fault]:
    """Names and everyday names of all that is searched."""
    single = scene.single("vocabulary")
    known = frozenset(single[0].rewrites) if single else frozenset()
    owners: _Owners = {}
    for item, marked in scene.found:
        yield from _own(item.name, item.everyday, marked, known)
        yield from _shared(item.code, item.everyday, marked, owners, _FILLERS)
    yield from _official(scene)
    exact: _Owners = {_key(said, frozenset()): (code, said, spot) for code, said, spot in owners.values()}
    for event, marked in scene.each("life_events"):
        yield from _own(event.name, event.everyday, marked, known)
        yield from _shared(event.id, event.everyday, marked, exact, frozenset())
    yield from _namesakes(scene)
    if single is not None:
        for i, phrase in enumerate(single[0].stop):
            if (owner := exact.get(_key(phrase, frozenset()))) is not None:
                yield STOPPED.at(single[1].find(["stop", i]), f"“{phrase}” is an everyday name of {owner[0]}.")


def _shared(
    code: str, everyday: Sequence[str], marked: Marked, owners: _Owners, stop: frozenset[str]
) -> Iterator[Fault]:
    """Told at both places, for either may be the one to mend."""
    for i, said in enumerate(everyday):
        spot = marked.find(["everyday", i])
        key = _key(said, stop)
        owner, owned, there = owners.setdefault(key, (code, said, spot)) if key else (code, said, spot)
        if owner != code:
            alike = normal(owned) == normal(said)
            for at, one, other, whose in ((spot, said, owned, owner), (there, owned, said, code)):
                same = "" if alike else f" as “{other}”"
                yield SHARED.at(at, f"The everyday name “{one}” also belongs to {whose}{same}.")


def _official(scene: Scene) -> Iterator[Fault]:
    """An everyday name that is the official name of another."""
    titles = {_title(item.name): item.code for item, _ in scene.found}
    for item, marked in scene.found:
        for i, said in enumerate(item.everyday):
            owner = titles.get(_title(said), item.code)
            if owner != item.code:
                yield SHARED.at(marked.find(["everyday", i]), f"“{said}” is the official name of {owner}.")


def _title(name: str) -> str:
    return _key(normal(name).removeprefix("thủ tục "), frozenset())


def _key(said: str, stop: frozenset[str]) -> str:
    """What search compares: no accents, no filler words; all of them when nothing else is left."""
    words = tokens(said)
    return " ".join(bare(word) for word in [word for word in words if word not in stop] or words)


def _own(name: str, everyday: Sequence[str], marked: Marked, known: frozenset[str]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    official = normal(name).removeprefix("thủ tục ")
    for i, said in enumerate(everyday):
        spot = marked.find(["everyday", i])
        words = tokens(said)
        text = " ".join(words)
        if text in seen:
            yield TWICE.at(spot, f"“{said}” is already at line {seen[text]}.")
        elif text == " ".join(tokens(official)) and len(text) > MOST:
            yield TWICE.at(spot, f"“{said}” is the official name.")
        seen.setdefault(text, spot.line)
        if not words:
            yield EMPTY.at(spot, "An everyday name is empty.")
        elif all(word in _FILLERS or word in _GENERAL for word in words):
            yield EMPTY.at(spot, f"“{said}” holds nothing but filler words.")
        elif len(words) == 1 and text not in known and not _short_form(said):
            yield EMPTY.at(spot, f"“{said}” is one word and may mean many things.")
        if len(said) > MOST:
            yield LONG.at(spot, f"An everyday name has {len(said)} characters.")
        if any(sign in said for sign in '()[]{};:|<>"“”=_') or said.rstrip().endswith((".", ",")):
            yield FORM.at(spot, f"Nobody types “{said}” like this.")


def _short_form(said: str) -> bool:
    """Letters that stand for words: GKS, kt3, idp."""
    return (
        said.isupper() or any(map(str.isdigit, said)) or (said.isascii() and not _SYLLABLE.fullmatch(said.lower()))
    )


def _namesakes(scene: Scene) -> Iterator[Fault]:
    owners: dict[str, Procedure | Signpost] = {}
    plain: dict[str, str] = {}
    for item, marked in scene.found:
        first = owners.setdefault(_title(item.name), item)
        if first is not item:
            same = isinstance(first, Procedure) and isinstance(item, Procedure) and first.decision == item.decision
            more = " and the same decision, so one of the two codes is probably wrong" if same else ""
            yield NAMESAKE.at(marked.find(["name"]), f"{first.code} has the same name{more}.")
    for procedure, marked in scene.procedures:
        said = " ".join(tokens(procedure.plain))
        spot = marked.find(["plain"])
        if _title(procedure.plain) == _title(procedure.name):
            yield PLAIN.at(spot, "`plain` is the official name.")
        elif said and plain.setdefault(said, procedure.code) != procedure.code:
            yield PLAIN.at(spot, f"{plain[said]} has the same `plain`.")
        elif said and said == " ".join(tokens(procedure.who)):
            yield PLAIN.at(spot, "`plain` and `who` say the same.")
