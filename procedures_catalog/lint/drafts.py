"""Drafts: made by a machine and read by nobody yet, so at most one line each."""

from __future__ import annotations

from collections.abc import Iterator

from ..marked import Fault
from .rule import Rule, Scene
from .texts import broken

DRAFT = Rule(
    id="draft",
    what="a draft with values that are surely wrong: broken text, a fee below 1,000 đ, dates turned round",
    why="Where drafts are shown, people read it as it is.",
    mend="Import it again, or review it: correct the values and take `reviewed: false` out.",
)
RULES = (DRAFT,)


def drafts(scene: Scene) -> Iterator[Fault]:
    """One line for a draft that shows what cannot be."""
    for draft, marked in scene.drafts:
        found = []
        if any(broken(text) for text in (draft.name, draft.decided_by, *(paper.name for paper in draft.papers))):
            found.append("a broken text")
        if any(fee.amount is not None and 0 < fee.amount < 1000 for fee in draft.fees):
            found.append("a fee below 1,000 đồng")
        spans = (draft, *draft.papers, *draft.time_limits, *draft.fees)
        if any(span.valid_from and span.valid_to and span.valid_to < span.valid_from for span in spans):
            found.append("dates turned round")
        if not draft.name.strip():
            found.append("no name")
        if found:
            yield DRAFT.at(marked, f"The draft {draft.code} has {', '.join(found)}.")
