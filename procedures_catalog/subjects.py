"""What can be found: procedures, signposts and life events, each under all its names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .model import LifeEvent, Procedure, Signpost

PLAIN = 0.8
"""What the plain sentence is worth, beside 1 for a name."""
_DRAFT = 0.9


class SubjectKind(StrEnum):
    """What a search can lead to."""

    PROCEDURE = "procedure"
    SIGNPOST = "signpost"
    LIFE_EVENT = "life_event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something to find; `code` is a life event's id. Not `reviewed`: an importer's draft."""

    kind: SubjectKind
    code: str
    name: str
    reviewed: bool


def named(
    procedures: Iterable[Procedure], signposts: Iterable[Signpost] = (), life_events: Iterable[LifeEvent] = ()
) -> Iterator[tuple[Subject, tuple[tuple[str, float], ...]]]:
    """Every subject with its names and what each is worth; a draft's weigh less than what somebody has read."""
    for item in procedures:
        worth = 1.0 if item.reviewed else _DRAFT
        names = [(name, worth) for name in (item.name, *item.everyday)]
        if item.plain:
            names.append((item.plain, PLAIN))
        yield _subject(SubjectKind.PROCEDURE, item), tuple(names)
    for post in signposts:
        worth = 1.0 if post.reviewed else _DRAFT
        yield _subject(SubjectKind.SIGNPOST, post), tuple((name, worth) for name in (post.name, *post.everyday))
    for event in life_events:
        subject = Subject(kind=SubjectKind.LIFE_EVENT, code=event.id, name=event.name, reviewed=True)
        yield subject, tuple((name, 1.0) for name in (event.name, *event.everyday))


def _subject(kind: SubjectKind, item: Procedure | Signpost) -> Subject:
    return Subject(kind=kind, code=item.code, name=item.name, reviewed=item.reviewed)
