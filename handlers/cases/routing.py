"""Which office a citizen's message goes to, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.talk import Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import Office, Topic

_CENTRE = "public_service_centre"
_RECEPTION = "citizen_reception"
_CHAIR = "commune_chair"

# Who is above whom. Every office without a line of its own, beside the commune or in it, answers to the chair.
_ABOVE = {
    _CHAIR: "province_home_affairs",
    "province_home_affairs": "province_procedure_control",
    "province_procedure_control": None,
}

_BY_TOPIC = "routing.by_topic"
_TO_THE_CENTRE = frozenset({"question", "praise", "idea"})


class NoOffice(LookupError):
    """Every office that could take the message is one it must not reach, or the place has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The office (its id), whether that office must not see who sent it, and the reasons."""

    office: str
    hide_sender: bool
    why: tuple[Text, ...]


def office_for(kind: str, topic: str | None, place: str | None, not_to: frozenset[str], catalog: Catalog) -> Route:
    """The office for a message of this kind and topic.

    `place` chooses among units when it is a unit's id; free words choose nothing. `not_to` holds office ids or
    role ids that the message must never reach: it then goes up, and never down again. Raises NoOffice.
    """
    about = catalog.topics.get(topic) if topic else None
    role, reason = _wanted(kind, about, catalog)

    def there(role: str) -> Office | None:
        return (catalog.offices.get(f"{place}:{role}") if place else None) or catalog.office(role)

    def barred(role: str, office: Office | None) -> bool:
        return role in not_to or (office is not None and office.id in not_to)

    own = there(role)
    start = role if own is not None or barred(role, own) else _CENTRE
    steps = [start, *_upwards(start)]
    # The centre works under the chair: it may stand in for an office that does not exist, not for a barred chair.
    if not barred(_CHAIR, there(_CHAIR)):
        steps.append(_CENTRE)
    for step in steps:
        office = there(step)
        if office is not None and not barred(step, office):
            if barred(start, there(start)):
                reason = "routing.one_level_up"
            elif step != role:
                reason = "routing.no_such_office"
            return _route(kind, about, reason, office)
    raise NoOffice(f"no office may take {kind!r} about {topic!r}; barred: {sorted(not_to)}")


def _wanted(kind: str, about: Topic | None, catalog: Catalog) -> tuple[str, str]:
    """The role that should answer, and the wording key that says why."""
    if kind in _TO_THE_CENTRE:
        return _CENTRE, f"routing.{kind}"
    if kind == "khieu_nai" and about is not None and catalog.roles[about.role].level == "beside":
        # A complaint goes first to the office that decided, and these are not the commune's.
        return about.role, _BY_TOPIC
    if kind in ("khieu_nai", "to_cao"):
        return _RECEPTION, f"routing.{kind}"
    if about is None:
        return _CENTRE, "routing.no_topic"
    return about.role, _BY_TOPIC


def _upwards(role: str) -> Iterator[str]:
    above = _ABOVE.get(role, _CHAIR)
    while above is not None:
        yield above
        above = _ABOVE[above]


def _route(kind: str, about: Topic | None, reason: str, office: Office) -> Route:
    topic = {"topic": about.name} if about is not None and reason == _BY_TOPIC else {}
    hide_sender = kind == "to_cao" or (about is not None and about.sensitive)
    hidden = (t("routing.sender_hidden"),) if hide_sender else ()
    return Route(office=office.id, hide_sender=hide_sender, why=(t(reason, office=office.name, **topic), *hidden))
