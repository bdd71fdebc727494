"""The place: deployment, units, offices, roles, topics, limits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ..fold import normal
from ..marked import Fault
from ..model import Amount, TimeUnit
from .rule import Rule, Scene

PHONE = Rule(
    id="phone",
    what="a telephone number that cannot be dialled, hours that no clock shows",
    why="People who need help call in vain.",
    mend="Write it as 0228 3 123 456, 1900 1234 or 113.",
)
CONTACT = Rule(
    id="office-contact",
    what="a real place's office without address or telephone number",
    why="People are told which office to go to, but not where it is.",
    mend="Ask the office and add `address:` and `phone:`; for a demonstration set `sample_data: true`.",
)
ROLE = Rule(
    id="office-role",
    what="an office whose id names another role, or two offices of one role in one unit",
    why="Reports and procedures go to the wrong office.",
    mend="Write the id as <unit>:<role> with the role that stands under `role:`, once.",
)
NEEDED = Rule(
    id="office-needed",
    what="procedures of the commune name a role that no office of the place plays",
    why="People are not told where to go, and reports go to the centre instead.",
    mend="Add the office to offices.yaml.",
)
UNIT = Rule(
    id="place-unit",
    what="a unit that does not fit: kind, parent, code or former names",
    why="People who type the name of their village are sent to another place.",
    mend="Correct it from the official list: a province has 2 digits, a commune 5 and a province as parent.",
)
DEPLOYMENT = Rule(
    id="deployment",
    what="the deployment's own data do not fit its offices, units and folder",
    why="Every message names the place and the centre; a wrong name is in all of them.",
    mend="Let slug, unit and centre agree with the folder, places.yaml and offices.yaml.",
)
LIMITS = Rule(
    id="feedback-limits",
    what="limits for feedback that cannot be: acknowledge later than answer, months, no time at all",
    why="Officers are reminded too late, and people are promised an answer that does not come.",
    mend="Write the limits of the place's regulation; the law speaks of days.",
)
TOPIC = Rule(
    id="topic",
    what="a topic nobody can reach: without words, or with a word another topic has too",
    why="Reports about it go to another office.",
    mend="Add the words people use, each under one topic only.",
)
ROLES = Rule(
    id="role",
    what="a role that does not fit its level",
    why="A case that an office must not see goes to the wrong place.",
    mend="Correct `level:`, `above:` or `phone:`.",
)
RULES = (PHONE, CONTACT, ROLE, NEEDED, UNIT, DEPLOYMENT, LIMITS, TOPIC, ROLES)

_CLOCK = re.compile(r"(\d{1,2})\s*(?::|h|g|giờ)")
_DIALLED = re.compile(r"(?:\+84|0)\d{8,10}|1[89]00\d{4,6}|1\d{2}|1022")


def places(scene: Scene) -> Iterator[Fault]:
    """Everything a deployment says of its place, and the roles and topics it builds on."""
    yield from _offices(scene)
    yield from _units(scene)
    yield from _deployment(scene)
    yield from _roles(scene)
    yield from _topics(scene)
    yield from _limits(scene)


def _dialled(phone: str | None) -> bool:
    if phone is None:
        return True
    return all(_DIALLED.fullmatch(re.sub(r"[ .()-]", "", one)) for one in re.split(r"[;,/]| - ", phone))


def _offices(scene: Scene) -> Iterator[Fault]:
    deployment = scene.single("deployment")
    real = deployment is not None and not deployment[0].sample_data
    seen: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    for office, marked in scene.each("offices"):
        unit, _, role = office.id.partition(":")
        if role != office.role:
            yield ROLE.at(marked.find(["role"]), f"The id says {role}, the role is {office.role}.")
        if seen.setdefault((unit, office.role), office.id) != office.id:
            yield ROLE.at(marked.find(["role"]), f"{seen[unit, office.role]} plays this role already.")
        if names.setdefault(normal(office.name), office.id) != office.id:
            yield ROLE.at(marked.find(["name"]), f"{names[normal(office.name)]} has the same name.")
        if not _dialled(office.phone):
            yield PHONE.at(marked.find(["phone"]), f"“{office.phone}” cannot be dialled.")
        if office.hours and any(int(hour) > 24 for hour in _CLOCK.findall(office.hours)):
            yield PHONE.at(
                marked.find(["hours"]), f"“{office.hours}” are no hours of a day.", "Write them as 07:30–11:30."
            )
        if real and deployment and unit == deployment[0].unit:
            missing = [key for key in ("address", "phone") if not getattr(office, key)]
            if missing:
                yield CONTACT.at(marked, f"{office.name} has no {' and no '.join(missing)}.")
    here = {office.role for office, _ in scene.each("offices")}
    roles = scene.reading.values["roles"]
    wanted = Counter(item.office for item, _ in scene.procedures if item.office in roles)
    if deployment is not None and here:
        for role, times in sorted(wanted.items()):
            if role not in here and roles[role].level in ("commune", "beside") and not _small(scene):
                spot = deployment[1]
                yield NEEDED.at(spot, f"{times} procedures belong to `{role}`; no office here plays it.")


def _small(scene: Scene) -> bool:
    """A demonstration need not have every office."""
    deployment = scene.single("deployment")
    return deployment is not None and deployment[0].sample_data and len(scene.reading.values["offices"]) < 8


def _units(scene: Scene) -> Iterator[Fault]:
    units = scene.reading.values["places"]
    former: dict[str, str] = {}
    seen: dict[tuple[str, str, str], str] = {}
    for place, marked in scene.each("places"):
        parent = units.get(place.parent or "")
        if place.kind == "commune" and len(units) > 1 and place.parent is None:
            yield UNIT.at(marked, f"{place.name} belongs to no province.")
        elif parent is not None and (parent.kind != "province" or place.kind != "commune"):
            yield UNIT.at(marked.find(["parent"]), f"A {parent.kind} cannot be above a {place.kind}.")
        digits = 2 if place.kind == "province" else 5
        if place.code is not None and not re.fullmatch(rf"\d{{{digits}}}", place.code):
            yield UNIT.at(
                marked.find(["code"]), f"The code of a {place.kind} has {digits} digits, not “{place.code}”."
            )
        for key in ("name", "code"):
            own = getattr(place, key)
            if own is not None and seen.setdefault((key, place.parent or "", normal(own)), place.id) != place.id:
                other = seen[key, place.parent or "", normal(own)]
                yield UNIT.at(marked.find([key]), f"{other} has the same {key}, “{own}”.")
        said = normal(place.name)
        kinds = ("tỉnh", "thành phố", "tp") if place.kind == "province" else ("xã", "phường", "đặc khu")
        if not said.startswith(kinds):
            yield UNIT.at(marked.find(["name"]), f"“{place.name}” does not say what kind of unit it is.")
        for i, name in enumerate(place.formerly):
            if normal(name) in (said, *map(normal, place.formerly[:i])):
                yield UNIT.at(marked.find(["formerly", i]), f"“{name}” is written twice.")
            if former.setdefault(normal(name), place.id) != place.id:
                yield UNIT.at(marked.find(["formerly", i]), f"“{name}” also became {former[normal(name)]}.")


def _deployment(scene: Scene) -> Iterator[Fault]:
    single = scene.single("deployment")
    if single is None:
        return
    deployment, marked = single
    folder = marked.find(["slug"]).file.parent
    if folder.parent.name == "deployments" and folder.name != deployment.slug:
        yield DEPLOYMENT.at(marked.find(["slug"]), f"The folder is {folder.name}, the slug {deployment.slug}.")
    offices = [office for office, _ in scene.each("offices")]
    centres = [office.name for office in offices if office.role == "public_service_centre"]
    if centres and deployment.centre not in centres:
        yield DEPLOYMENT.at(
            marked.find(["centre"]), f"“{deployment.centre}” is not the name of the centre in offices.yaml."
        )
    unit = scene.reading.values["places"].get(deployment.unit)
    if unit is not None and normal(unit.name) not in normal(deployment.name):
        yield DEPLOYMENT.at(marked.find(["name"]), f"The unit is {unit.name}, the name “{deployment.name}”.")
    if offices and not any(office.id.startswith(f"{deployment.unit}:") for office in offices):
        yield DEPLOYMENT.at(marked.find(["unit"]), f"No office belongs to `{deployment.unit}`.")


def _roles(scene: Scene) -> Iterator[Fault]:
    roles = scene.reading.values["roles"]
    order = {"commune": 0, "beside": 0, "province": 1, "emergency": 2}
    named: dict[str, str] = {}
    for role, marked in scene.each("roles"):
        if named.setdefault(normal(role.name), role.id) != role.id:
            yield ROLES.at(marked.find(["name"]), f"`{named[normal(role.name)]}` has the same name.")
        if not _dialled(role.phone):
            yield PHONE.at(marked.find(["phone"]), f"“{role.phone}” cannot be dialled.")
        if role.level == "emergency" and not role.phone:
            yield ROLES.at(marked, f"The emergency service `{role.id}` has no number.")
        above = roles.get(role.above or "")
        if above and order[above.level] < order[role.level] and above.id != "forward_out":
            yield ROLES.at(marked.find(["above"]), f"`{above.id}` is below `{role.id}`.")
    numbers = {role.phone for role in roles.values() if role.level == "emergency"}
    for item, marked in scene.each("emergencies"):
        if not _dialled(item.number) or (numbers and item.number not in numbers):
            yield PHONE.at(marked.find(["number"]), f"“{item.number}” is the number of no emergency service here.")


def _topics(scene: Scene) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    names: dict[str, str] = {}
    shared_words = len(scene.reading.values["topics"]) > 1
    for topic, marked in scene.each("topics"):
        if not topic.words and shared_words:
            yield TOPIC.at(marked, f"The topic “{topic.name}” has no words.")
        if names.setdefault(normal(topic.name), topic.id) != topic.id:
            yield TOPIC.at(marked.find(["name"]), f"{names[normal(topic.name)]} has the same name.")
        for i, word in enumerate(topic.words):
            if (owner := owners.setdefault(normal(word), topic.id)) != topic.id:
                yield TOPIC.at(marked.find(["words", i]), f"“{word}” is also a word of {owner}.")
            elif normal(word) in map(normal, topic.words[:i]):
                yield TOPIC.at(marked.find(["words", i]), f"“{word}” is written twice.")
        if topic.answer_within is not None and _hours(topic.answer_within) > 60 * 8:
            yield LIMITS.at(marked.find(["answer_within"]), "More than 60 working days for an answer.")
        role = scene.reading.values["roles"].get(topic.role)
        if topic.sensitive and topic.street_level:
            yield TOPIC.at(marked, "A topic that hides the sender cannot be one for the street.")
        if role is not None and role.level == "emergency" and topic.street_level:
            yield TOPIC.at(marked.find(["role"]), "Street matters do not belong to an emergency number.")


def _hours(amount: Amount) -> float:
    """A length in working hours, roughly."""
    per = {
        TimeUnit.WORKING_HOUR: 1,
        TimeUnit.HOUR: 1 / 3,
        TimeUnit.WORKING_DAY: 8,
        TimeUnit.DAY: 6,
        TimeUnit.MONTH: 170,
    }
    return amount.amount * per.get(amount.unit, 2000)


def _limits(scene: Scene) -> Iterator[Fault]:
    single = scene.single("limits")
    if single is None:
        return
    limits, marked = single
    if _hours(limits.acknowledge) >= _hours(limits.answer):
        message = "Receipt would be told no earlier than the answer."
        yield LIMITS.at(marked.find(["acknowledge"]), message)
    elif _hours(limits.acknowledge) > 5 * 8:
        yield LIMITS.at(marked.find(["acknowledge"]), "More than five working days to say that it has come.")
    if _hours(limits.answer) > 60 * 8:
        yield LIMITS.at(marked.find(["answer"]), "More than 60 working days for an answer.")
