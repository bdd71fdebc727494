"""Who sees what: the handling office, leaders, reception, and those whom a report is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.cases.model import Action, Actor, Case
from handlers.cases.opening import check_digit, code_of, read_code
from handlers.cases.reach import may_see, may_settle, sees_sender
from handlers.cases.workflow import act
from handlers.services import NotAllowed
from tests.contract.things import AT, case

CHAIR, CENTRE, HEALTH = "truc-ninh:commune_chair", "truc-ninh:public_service_centre", "truc-ninh:health_station"
OPEN = case(office=HEALTH)
HIDDEN = case(office=CHAIR, hide_sender=True, not_to=frozenset({HEALTH}))


def officer(*offices: str, role: str = "handler") -> Actor:
    return Actor(kind="officer", id="o", offices=frozenset(offices), roles=frozenset({role}))


@pytest.mark.parametrize(
    ("of", "by", "sees", "knows_sender", "settles"),
    [
        (OPEN, officer(HEALTH), True, True, True),
        (OPEN, officer(CHAIR, role="leader"), True, True, True),
        (OPEN, officer(CENTRE, role="reception"), False, False, False),
        (OPEN, officer(HEALTH, role="viewer"), True, True, False),
        (HIDDEN, officer(CHAIR), True, False, True),
        (HIDDEN, officer(CHAIR, role="leader"), True, False, True),
        (HIDDEN, officer(CHAIR, role="reception"), True, False, True),
        (HIDDEN, officer(CHAIR, CENTRE, role="reception"), True, False, True),
        (HIDDEN, officer(CENTRE, role="reception"), True, True, False),
        (HIDDEN, officer(CENTRE), False, False, False),
        (HIDDEN, officer(CENTRE, role="leader"), False, False, False),
        (HIDDEN, officer(HEALTH), False, False, False),
        (HIDDEN, officer(HEALTH, CHAIR), False, False, False),
        (HIDDEN, officer(HEALTH, CHAIR, role="leader"), False, False, False),
        (HIDDEN, officer(HEALTH, CENTRE, role="reception"), False, False, False),
        (replace(OPEN, not_to=frozenset({CHAIR})), officer(CHAIR, role="admin"), False, False, False),
        (replace(HIDDEN, office=CENTRE), officer(CENTRE, role="reception"), True, False, True),
    ],
)
def test_officers(of: Case, by: Actor, sees: bool, knows_sender: bool, settles: bool) -> None:
    assert (may_see(of, by), sees_sender(of, by), may_settle(of, by)) == (sees, knows_sender, settles)
    if not settles:
        with pytest.raises(NotAllowed):
            act(of, Action.TAKE, by, AT)


def test_the_own_office_never_sees_a_hidden_sender() -> None:
    for role in ("reception", "handler", "leader", "admin", "viewer"):
        assert not sees_sender(HIDDEN, officer(CHAIR, role=role))


def test_codes_are_read_as_they_are_written() -> None:
    code = code_of(48271635)
    assert code == f"4827-1635-{check_digit('48271635')}"
    assert code_of(7)[:9] == "0000-0007"
    assert read_code(f"  {code.replace('-', ' ')} ") == code
    for strange in ("²", "٣", "x"):
        assert read_code(code + strange) is None
        assert read_code(code[:-1] + strange) is None
