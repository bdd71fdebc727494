"""Who sees what at the desk. A case's `office` decides; whom a complaint is about is never that office."""

from __future__ import annotations

from bot.officers import OfficerRole
from bot.store.records import Officer
from handlers.cases.model import Actor, Case
from handlers.cases.workflow import ACTING_ROLES
from procedures_catalog.catalog import Catalog

_SEES_ALL = frozenset({OfficerRole.LEADER, OfficerRole.ADMIN})
_CHAIR = "commune_chair"


def sees_all(officer: Officer) -> bool:
    """Leaders and administrators look over every office."""
    return bool(officer.roles & _SEES_ALL)


def offices_of(officer: Officer, catalog: Catalog) -> tuple[str, ...]:
    """The offices whose cases the officer may open."""
    return tuple(catalog.offices) if sees_all(officer) else officer.offices


def may_see(officer: Officer, case: Case) -> bool:
    """Cases with a hidden sender are about an officer, who may be a leader: they stay with their own office."""
    return case.office in officer.offices or (sees_all(officer) and not case.hide_sender)


def may_act(officer: Officer) -> bool:
    """Viewers and editors only read."""
    return bool(officer.roles & ACTING_ROLES)


def sees_sender(officer: Officer, case: Case, catalog: Catalog) -> bool:
    """Whether name and telephone number are shown."""
    if not case.hide_sender or OfficerRole.RECEPTION in officer.roles:
        return True
    served = (catalog.offices.get(office) for office in officer.offices)
    return OfficerRole.LEADER in officer.roles and any(office and office.role == _CHAIR for office in served)


def actor(officer: Officer, catalog: Catalog) -> Actor:
    """The officer as the one who acts on a case they may see."""
    return Actor(
        kind="officer",
        id=officer.id,
        offices=frozenset(offices_of(officer, catalog)) | frozenset(officer.offices),
        roles=officer.roles,
        name=officer.name,
    )
