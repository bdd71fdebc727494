"""Reports, recommendations, praise: one question at a time, a last look, then to the office responsible.

Khiếu nại and tố cáo have their own law and never become cases here: they are explained, and nothing is collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from handlers.cases.model import CaseDraft, CaseKind
from handlers.cases.triage import CONDUCT, OWN_LAW, explained, own_law, topic_of
from handlers.cases.words import due
from handlers.receipt import receipt
from handlers.services import Services
from handlers.talk import Choice, FileRef, Link, Location, Question, Talk, Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.fold import Said
from procedures_catalog.model import Topic
from procedures_catalog.place import Office

KINDS = {
    "incident": CaseKind.INCIDENT,
    "conduct": CaseKind.INCIDENT,
    "proposal": CaseKind.PROPOSAL,
    "praise": CaseKind.PRAISE,
}
LANES = (*KINDS, "complaint", "denunciation")
MAX_PHOTOS = 5
MIN_WORDS = 10
MIN_PLACE = 3
PLACE_AFTER_ALL = "place-after-all"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contact:
    """Who sends it; `anonymous` only where the law lets a report come without a name."""

    anonymous: bool
    name: str | None = None
    phone: str | None = None


def read_lane(text: str) -> str | None:
    """The name of a lane, as a link carries it."""
    return text if text in LANES else None


async def feedback(talk: Talk, services: Services) -> None:
    """Kind, topic, place, details, photos, contact, consent, review, send."""
    lane = await talk.ask(_choice("lane", "feedback.lane", LANES))
    for law in OWN_LAW:
        if lane == law:
            talk.say(explained(law, services.catalog), _to_menu())
            return
    topic = await _topic(talk, services.catalog, lane)
    about = await _about(talk, services.catalog) if lane == "conduct" else None
    place = await _place(talk, services.catalog, topic)
    words = await talk.ask(Question(key="words", text=t(f"feedback.words_{lane}"), check=_enough_words))
    if not await _is_report(talk, words, services.catalog):
        return
    photos = await _photos(talk)
    contact = await _contact(talk, services.catalog, topic)
    if not contact.anonymous:
        bare = topic.street_level and not topic.sensitive
        ways_on = ("agree", "anonymous", "refuse") if bare else ("agree", "refuse")
        agreed = await talk.ask(
            _choice("consent", "feedback.consent_hidden", ways_on)
            if topic.sensitive
            else _choice("consent", "feedback.consent", ways_on, centre=services.catalog.deployment.centre)
        )
        if agreed == "refuse":
            await _drop(talk, services, photos)
            talk.say(t("feedback.not_without_consent"), _to_menu())
            return
        if agreed == "anonymous":
            contact = _Contact(anonymous=True)
    draft = _draft(lane, topic, about, place, words, photos, contact)
    done = await talk.ask(_review(draft, topic, about, services.catalog))
    if done == "cancel":
        await _drop(talk, services, photos)
        talk.say(t("feedback.cancelled"))
    elif done == "send":
        await _send(talk, services, draft)
    elif done == "edit-photo":
        talk.edit(*map(_photo, range(1, MAX_PHOTOS + 1)), wish="review")
    elif done == "edit-place":
        talk.edit("place", PLACE_AFTER_ALL, wish="review")
    else:
        talk.edit(done.removeprefix("edit-"), wish="review")


async def _send(talk: Talk, services: Services, draft: CaseDraft) -> None:
    if not draft.anonymous:
        await talk.note("consented", lambda: _consented(services))
    filed = await talk.note("filed", lambda: receipt(services, draft))
    assert isinstance(filed, dict)
    case = await services.cases.find(str(filed["code"]))
    assert case is not None
    office = services.catalog.offices.get(case.office)
    talk.say(
        t(
            "feedback.sent",
            code=case.code,
            secret=str(filed["secret"]),
            office=office.name if office else case.office,
            why=case.route_why,
            due=due(case),
        )
    )


async def _drop(talk: Talk, services: Services, photos: tuple[FileRef, ...]) -> None:
    """What is not sent is not kept."""
    await talk.note("dropped", partial(services.files.drop, [photo.id for photo in photos]))


async def _consented(services: Services) -> None:
    await services.persons.consent("feedback_contact")


async def _topic(talk: Talk, catalog: Catalog, lane: str) -> Topic:
    if lane == "conduct":
        return catalog.topics[CONDUCT]
    topics = [
        topic
        for topic in catalog.topics.values()
        if topic.id != CONDUCT and (lane != "incident" or topic.street_level)
    ]
    pick = await talk.ask(
        Question(
            key="topic",
            kind="choice",
            text=t(f"feedback.topic_{lane}"),
            choices=tuple(Choice(value=topic.id, label=t("engine.plain", text=topic.name)) for topic in topics),
            check=lambda typed: topic_of(typed, topics) or t("engine.please_choose"),
        )
    )
    return catalog.topics[pick]


async def _about(talk: Talk, catalog: Catalog) -> str | None:
    """The office the behaviour was in: it must not be the one that handles the report."""
    unit = catalog.deployment.unit
    offices = [office for office in catalog.offices.values() if office.id.startswith(f"{unit}:")]
    pick = await talk.ask(
        Question(
            key="about",
            kind="choice",
            text=t("feedback.about"),
            choices=(
                *(
                    Choice(value=office.role, label=t("engine.plain", text=office.name))
                    for office in offices
                    if office.role != "citizen_reception"
                ),
                Choice(value="unknown", label=t("feedback.about_unknown")),
            ),
            check=lambda typed: _office_named(typed, offices, catalog) or t("engine.please_choose"),
        )
    )
    return None if pick == "unknown" else pick


def _office_named(words: str, offices: Sequence[Office], catalog: Catalog) -> str | None:
    """The role of the only office whose name, without that of the place, stands in the words."""
    place = catalog.places[catalog.deployment.unit].name
    said = Said(words)
    named = [one.role for one in offices if said.holds((one.name.replace(place, "").strip(), one.name))]
    return named[0] if len(named) == 1 else None


async def _place(talk: Talk, catalog: Catalog, topic: Topic) -> str | Location | None:
    """Where; only what lies in the street must have a place."""
    check = partial(_enough_place, catalog)
    must = Question(key=PLACE_AFTER_ALL, kind="location", text=t("feedback.place"), check=check)
    if topic.street_level:
        place = await talk.ask_place(replace(must, key="place"))
        return place if place != "skip" else await talk.ask_place(must)  # left out while the topic was another
    skip = (Choice(value="skip", label=t("feedback.skip")),)
    text = t("feedback.place_if_any")
    place = await talk.ask_place(Question(key="place", kind="location", text=text, choices=skip, check=check))
    return None if place == "skip" else place


async def _is_report(talk: Talk, words: str, catalog: Catalog) -> bool:
    """Whether to go on: who writes of khiếu nại says which is meant, of tố cáo nothing is taken."""
    law = own_law(words, catalog)
    if law is None:
        return True
    if law == "complaint":
        meant = await talk.ask(_choice("meant", "feedback.meant", ("report", "complaint")))
        if meant == "report":
            return True
    talk.say(explained(law, catalog), _to_menu())
    return False


async def _photos(talk: Talk) -> tuple[FileRef, ...]:
    """Up to five, one message or several; each is a question of its own so that none is lost."""
    photos: list[FileRef] = []
    while len(photos) < MAX_PHOTOS:
        number = len(photos) + 1
        sent = await talk.ask_files(
            Question(
                key=_photo(number),
                kind="files",
                text=t("feedback.photo" if number == 1 else "feedback.photo_more", n=len(photos), most=MAX_PHOTOS),
                choices=(
                    Choice(value="done", label=t("feedback.photo_none" if number == 1 else "feedback.photo_done")),
                ),
            )
        )
        if not sent:
            break
        photos += sent
    return tuple(photos[:MAX_PHOTOS])


def _photo(number: int) -> str:
    return f"photo-{number}"


async def _contact(talk: Talk, catalog: Catalog, topic: Topic) -> _Contact:
    if topic.street_level:
        who = await talk.ask(_choice("contact", "feedback.contact", ("named", "anonymous")))
        if who == "anonymous":
            return _Contact(anonymous=True)
    name = await talk.ask(
        Question(
            key="name",
            text=t("feedback.name" if topic.street_level else "feedback.name_needed"),
            check=partial(_a_name, catalog),
        )
    )
    phone = await talk.ask(
        Question(
            key="phone",
            kind="phone",
            text=t("feedback.phone"),
            choices=(Choice(value="none", label=t("feedback.no_phone")),),
        )
    )
    return _Contact(anonymous=False, name=name, phone=None if phone == "none" else phone)


def _draft(
    lane: str,
    topic: Topic,
    about: str | None,
    place: str | Location | None,
    words: str,
    photos: tuple[FileRef, ...],
    contact: _Contact,
) -> CaseDraft:
    point = place if isinstance(place, Location) else None
    return CaseDraft(
        kind=KINDS[lane],
        topic=topic.id,
        words=words,
        place=place if isinstance(place, str) else None,
        latitude=point.latitude if point else None,
        longitude=point.longitude if point else None,
        files=photos,
        name=contact.name,
        phone=contact.phone,
        anonymous=contact.anonymous,
        not_to=frozenset({about}) if about else frozenset(),
    )


def _review(draft: CaseDraft, topic: Topic, about: str | None, catalog: Catalog) -> Question:
    lines = [t("feedback.review_topic", topic=topic.name)]
    office = catalog.office(about) if about else None
    if office is not None:
        lines.append(t("feedback.review_about", office=office.name))
    if draft.place:
        lines.append(t("feedback.review_place", place=draft.place))
    elif draft.latitude is not None:
        lines.append(t("feedback.review_point"))
    lines.append(t("feedback.review_words", words=draft.words))
    lines.append(t("feedback.review_photos", n=len(draft.files)))
    if draft.anonymous:
        lines.append(t("feedback.review_anonymous"))
    else:
        phone = t("engine.plain", text=draft.phone) if draft.phone else t("feedback.no_phone")
        lines.append(t("feedback.review_contact", name=draft.name or "", phone=phone))
    editable = ["words", "place", "photo"]
    if topic.id != CONDUCT:
        editable.insert(0, "topic")
    if topic.street_level:
        editable.append("contact")
    if not draft.anonymous:
        editable += ["name", "phone"]
    return Question(
        key="review",
        kind="choice",
        text=t("feedback.review", lines=tuple(lines)),
        choices=(
            Choice(value="send", label=t("feedback.send")),
            *(Choice(value=f"edit-{question}", label=t(f"feedback.edit_{question}")) for question in editable),
            Choice(value="cancel", label=t("feedback.cancel")),
        ),
    )


def _to_menu() -> Choice:
    return Choice(value="menu", label=t("menu.back_to_menu"), link=Link(conversation="menu"))


def _choice(key: str, text: str, values: tuple[str, ...], **params: str) -> Question:
    return Question(
        key=key,
        kind="choice",
        text=t(text, **params),
        choices=tuple(Choice(value=value, label=t(f"{text}_{value}")) for value in values),
    )


def _a_name(catalog: Catalog, typed: str) -> str | Text:
    law = own_law(typed, catalog)
    return typed if law is None else explained(law, catalog)


def _enough_words(typed: str) -> str | Text:
    return typed if len(typed) >= MIN_WORDS else t("feedback.too_short")


def _enough_place(catalog: Catalog, typed: str) -> str | Text:
    law = own_law(typed, catalog)
    if law is not None:
        return explained(law, catalog)
    return typed if len(typed) >= MIN_PLACE else t("feedback.place_too_short")
