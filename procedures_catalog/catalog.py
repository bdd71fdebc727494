"""The loaded catalog: one immutable value that every question is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from .model import Emergency, Law, LifeEvent, Limits, OwnLaw, Procedure, ProcedureField, Role, Signpost, Topic
from .place import Calendar, Deployment, Office, Place
from .search import Index, SearchResult
from .vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Shipped content merged with one deployment. Mappings are keyed by id: code, number."""

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

    def on(self, day: date) -> Catalog:
        """What people are told on `day`: without procedures not yet or no longer in force, nor facts past.

        Returns this very catalog, with its index, when the day changes nothing.
        """
        procedures = {
            code: item.on(day)
            for code, item in self.procedures.items()
            if not item.past(day) and not item.ahead(day)
        }
        same = len(procedures) == len(self.procedures) and all(
            item is self.procedures[code] for code, item in procedures.items()
        )
        return self if same else replace(self, procedures=procedures)

    @cached_property
    def index(self) -> Index:
        """The search index, built once on first use (tens of milliseconds)."""
        return Index.build(self.procedures.values(), self.vocabulary)

    def search(self, text: str, place: str | None = None, now: datetime | None = None) -> SearchResult:
        """Find procedures for everyday words; see `procedures_catalog.search`."""
        return self.index.search(text, place=place, now=now)

    def office(self, role: str) -> Office | None:
        """The deployment's own office of a role, or None where it has none."""
        return self.offices.get(f"{self.deployment.unit}:{role}") or next(
            (office for office in self.offices.values() if office.role == role), None
        )
