"""Which office a citizen's message goes to, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handlers.talk import Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import Topic
from procedures_catalog.place import Office

CENTRE = "public_service_centre"
_CHAIR = "commune_chair"

_BY_TOPIC = "routing.by_topic"
_TO_THE_CENTRE = frozenset({"question", "praise", "idea"})


class NoOffice(LookupError):
    """Every office that could take the message is one it must not reach, or the place has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The office (its id), whether that office must not see who sent it, and the reasons.

    `not_to` are the ids of the offices it must never reach.
    """

    office: str
    hide_sender: bool
    not_to: frozenset[str]
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
    start = role if own is not None or barred(role, own) else CENTRE
    steps = [start, *_upwards(start, catalog)]
    # The centre works under the chair: it may stand in for an office that does not exist, not for a barred chair.
    if not barred(_CHAIR, there(_CHAIR)):
        steps.append(CENTRE)
    for step in steps:
        office = there(step)
        if office is not None and not barred(step, office):
            if barred(start, there(start)):
                reason = "routing.one_level_up"
            elif step != role:
                reason = "routing.no_such_office"
            return Route(
                office=office.id,
                hide_sender=about is not None and about.sensitive,
                not_to=_offices(not_to, there, catalog),
                why=_because(about, reason, office, centre_barred=barred(CENTRE, there(CENTRE))),
            )
    raise NoOffice(f"no office may take {kind!r} about {topic!r}; barred: {sorted(not_to)}")


def _wanted(kind: str, about: Topic | None, catalog: Catalog) -> tuple[str, str]:
    """The role that should answer, and the wording key that says why."""
    if kind in _TO_THE_CENTRE:
        return CENTRE, f"routing.{kind}"
    if about is None:
        return CENTRE, "routing.no_topic"
    return about.role, _BY_TOPIC


def _upwards(role: str, catalog: Catalog) -> Iterator[str]:
    while (above := catalog.roles[role].above) is not None:
        yield above
        role = above


def _offices(names: frozenset[str], there: Callable[[str], Office | None], catalog: Catalog) -> frozenset[str]:
    """The offices that ids and role ids name; what names none is left out."""
    found = (catalog.offices.get(name) or there(name) for name in names)
    return frozenset(office.id for office in found if office is not None)


def _because(about: Topic | None, reason: str, office: Office, *, centre_barred: bool) -> tuple[Text, ...]:
    topic = {"topic": about.name} if about is not None and reason == _BY_TOPIC else {}
    hidden: tuple[Text, ...] = ()
    if about is not None and about.sensitive:
        nobody = centre_barred or office.role == CENTRE
        hidden = (t("routing.sender_hidden_from_all" if nobody else "routing.sender_hidden"),)
    return (t(reason, office=office.name, **topic), *hidden)
