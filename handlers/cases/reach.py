"""Who sees what. A case's `office` decides; whom a complaint is about is never that office, and never sees it."""

from __future__ import annotations

from handlers.cases.model import Actor, Case, OfficerRole
from handlers.cases.routing import CENTRE

OVERSEEING = frozenset({OfficerRole.LEADER, OfficerRole.ADMIN})
ACTING = frozenset({OfficerRole.RECEPTION, OfficerRole.HANDLER, *OVERSEEING})


def oversees(by: Actor) -> bool:
    """Leaders and administrators look over every office."""
    return bool(by.roles & OVERSEEING)


def dispatches(by: Actor) -> bool:
    """Reception at the centre: the only ones who see a hidden sender."""
    return OfficerRole.RECEPTION in by.roles and any(office.endswith(f":{CENTRE}") for office in by.offices)


def may_act(by: Actor) -> bool:
    """Viewers only read."""
    return bool(by.roles & ACTING)


def may_see(case: Case, by: Actor) -> bool:
    """The citizen who sent it, the officers of its office, and who oversees all; nobody of an office it is about.

    A case with a hidden sender is about an officer, who may be a leader: it stays with its own office, and with
    reception, which knows the sender.
    """
    if by.kind == "citizen":
        return case.person is not None and case.person == by.id
    if by.kind == "clock":
        return True
    if by.offices & case.not_to:
        return False
    return case.office in by.offices or (dispatches(by) if case.hide_sender else oversees(by))


def may_settle(case: Case, by: Actor) -> bool:
    """Whether an officer may take, answer or close it: reception only reads what another office has closed off."""
    return may_act(by) and may_see(case, by) and (case.office in by.offices or not case.hide_sender)


def sees_sender(case: Case, by: Actor) -> bool:
    """Whether name and telephone number are shown. A hidden sender is never shown to the handling office."""
    return may_see(case, by) and (not case.hide_sender or (dispatches(by) and case.office not in by.offices))
