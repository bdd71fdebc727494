"""Who sees what. A case's `office` decides; whom a complaint is about is never that office."""

from __future__ import annotations

from handlers.cases.model import Actor, Case, OfficerRole
from procedures_catalog.catalog import Catalog

CHAIR = "commune_chair"
OVERSEEING = frozenset({OfficerRole.LEADER, OfficerRole.ADMIN})
ACTING = frozenset({OfficerRole.RECEPTION, OfficerRole.HANDLER, *OVERSEEING})


def oversees(by: Actor) -> bool:
    """Leaders and administrators look over every office."""
    return bool(by.roles & OVERSEEING)


def may_act(by: Actor) -> bool:
    """Viewers and editors only read."""
    return bool(by.roles & ACTING)


def may_see(case: Case, by: Actor) -> bool:
    """The citizen who sent it, the officers of its office, and who oversees all.

    A case with a hidden sender is about an officer, who may be a leader: it stays with its own office.
    """
    if by.kind == "citizen":
        return case.person is not None and case.person == by.id
    if by.kind == "clock":
        return True
    return case.office in by.offices or (oversees(by) and not case.hide_sender)


def sees_sender(case: Case, by: Actor, catalog: Catalog) -> bool:
    """Whether name and telephone number are shown."""
    if not case.hide_sender or OfficerRole.RECEPTION in by.roles:
        return True
    served = (catalog.offices.get(office) for office in by.offices)
    return OfficerRole.LEADER in by.roles and any(office and office.role == CHAIR for office in served)
