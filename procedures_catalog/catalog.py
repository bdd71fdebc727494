"""The loaded catalog: one immutable value that every question is asked of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from .model import (
    CODE_IN,
    Emergency,
    Law,
    LifeEvent,
    Limits,
    OwnLaw,
    Procedure,
    ProcedureField,
    Role,
    Signpost,
    Topic,
)
from .packed import Overlaid
from .place import Calendar, Deployment, Office, Place
from .search import Hit, Index, SearchResult
from .subjects import SubjectKind
from .vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Shipped content merged with one deployment. Mappings are keyed by id: code, number.

    `successors` leads from a code that is no more to the one that took its place.
    `dated` procedures say something that begins or ends one day; `hidden` ones are not in force on the day asked
    for.
    """

    procedures: Mapping[str, Procedure]
    signposts: Mapping[str, Signpost]
    life_events: Mapping[str, LifeEvent]
    laws: Mapping[str, Law]
    fields: Mapping[str, ProcedureField]
    roles: Mapping[str, Role]
    topics: Mapping[str, Topic]
    emergencies: tuple[Emergency, ...]
    own_law: tuple[OwnLaw, ...]
    offices: Mapping[str, Office]
    places: Mapping[str, Place]
    calendar: Calendar
    limits: Limits
    deployment: Deployment
    vocabulary: Vocabulary = field(repr=False)
    index: Index = field(repr=False)
    dated: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    successors: Mapping[str, str] = field(default_factory=dict)

    def on(self, day: date) -> Catalog:
        """What people are told on `day`: without procedures not yet or no longer in force, nor facts past.

        Returns this very catalog when the day changes nothing.
        """
        items = {code: self.procedures[code] for code in self.dated}
        hidden = frozenset(code for code, item in items.items() if item.past(day) or item.ahead(day))
        told = {code: item.on(day) for code, item in items.items()}
        changed = {code: item for code, item in told.items() if item is not items[code]}
        if not hidden and not changed:
            return self
        return replace(self, procedures=Overlaid(self.procedures, changed, hidden), hidden=hidden)

    def successor(self, code: str) -> str | None:
        """The code that has taken the place of one we do not have, if it is in force."""
        found = self.successors.get(code)
        known = code in self.procedures or code in self.signposts
        return found if not known and found in self.procedures else None

    def search(self, text: str, place: str | None = None, now: datetime | None = None) -> SearchResult:
        """Find procedures for everyday words, or by a code among them; see `procedures_catalog.search`."""
        for code in re.findall(CODE_IN, text):
            known = self.successor(code) or code
            item = self.procedures.get(known) or self.signposts.get(known)
            if item is not None:
                kind = SubjectKind.PROCEDURE if known in self.procedures else SubjectKind.SIGNPOST
                hit = Hit(
                    kind=kind, code=known, name=item.name, confidence=1.0, why=(code,), reviewed=item.reviewed
                )
                return SearchResult(hits=(hit,), ask=None, ours=True, where=None)
        return self.index.search(text, place=place, now=now, hidden=self.hidden)

    def office(self, role: str) -> Office | None:
        """The deployment's own office of a role, or None where it has none."""
        return self.offices.get(f"{self.deployment.unit}:{role}") or next(
            (office for office in self.offices.values() if office.role == role), None
        )
