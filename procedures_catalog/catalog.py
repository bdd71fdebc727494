"""The loaded catalog: one immutable value that every question is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from .model import (
    Calendar,
    Deployment,
    Emergency,
    Limits,
    Office,
    OwnLaw,
    Place,
    Procedure,
    ProcedureField,
    Role,
    Topic,
)
from .search import Index, SearchResult
from .vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Shipped content merged with one deployment. Mappings are keyed by id (procedures by code)."""

    procedures: Mapping[str, Procedure]
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
