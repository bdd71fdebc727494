"""What nothing else understands: look it up, offer guesses, hand it to an officer. Never a dead end."""

from __future__ import annotations

from handlers.cases.model import CaseDraft, CaseKind
from handlers.feedback import MIN_WORDS
from handlers.procedures import named_in
from handlers.receipt import receipt
from handlers.services import Services
from handlers.talk import JSON, Choice, Link, Question, Talk, Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.fold import Said
from procedures_catalog.search import SearchResult

CLEAR = ((0.9, 0.05), (0.62, 0.12))
"""Confidence from which a first hit is opened at once, and the lead over the second that it needs for that."""
GUESSES = 3


async def fallback(talk: Talk, services: Services) -> None:
    """Takes `words` as a question to the catalog."""
    words = await talk.ask(Question(key="words", kind="open", text=t("fallback.what")))
    lane = _own_law(words)
    if lane is not None:
        talk.goto("feedback", lane=lane)  # nothing of what was written is kept
        return
    found = await talk.note("found", lambda: _look(services, words, talk))
    assert isinstance(found, dict)
    if isinstance(clear := found["clear"], str):
        talk.goto("procedures", code=clear)
        return
    pick = await talk.ask(Question(key="pick", kind="open", text=_opening(found, words), choices=_choices(found)))
    if pick == "officer":
        await _hand_over(talk, services, words)
    elif pick == "feedback" and found["complains"] and len(words) >= MIN_WORDS:
        talk.goto("feedback", words=words)
    elif pick in ("feedback", "menu"):
        talk.goto(pick)
    else:
        meant = _meant(pick, found["offered"])
        talk.goto(meant.conversation, **{meant.question: meant.value})


def _own_law(words: str) -> str | None:
    """Khiếu nại and tố cáo are explained, and never searched, quoted or handed on from here."""
    said = Said(words)
    for lane, phrase in (("denunciation", "tố cáo"), ("complaint", "khiếu nại")):
        if said.holds((phrase,)):
            return lane
    return None


def _look(services: Services, words: str, talk: Talk) -> JSON:
    """What the search says, in the form the session keeps."""
    result = services.catalog.search(words, now=talk.now)
    clear = named_in(words, services.catalog) or _clear(result)
    offered: list[JSON]
    if result.ask is not None:
        offered = [
            {"label": choice.label, "code": choice.code, "words": choice.text} for choice in result.ask.choices
        ]
    else:
        offered = [{"label": hit.name, "code": hit.code} for hit in result.hits[:GUESSES]]
    return {
        "clear": clear,
        "offered": offered,
        "ours": result.ours,
        "asks": result.ask is not None,
        "where": result.where,
        "complains": not result.ours and _names_a_topic(words, services.catalog),
    }


def _clear(result: SearchResult) -> str | None:
    if result.ask is not None or not result.ours or not result.hits:
        return None
    first = result.hits[0]
    second = result.hits[1].confidence if len(result.hits) > 1 else 0.0
    clear = any(first.confidence >= least and first.confidence - second >= lead for least, lead in CLEAR)
    return first.code if clear else None


def _choices(found: dict[str, JSON]) -> tuple[Choice, ...]:
    """The offers, and the ways on; a complaint's own way comes first."""
    feedback = Choice(value="feedback", label=t("menu.feedback"))
    officer = Choice(value="officer", label=t("fallback.to_officer"))
    menu = Choice(value="menu", label=t("menu.back_to_menu"))
    if found["complains"]:
        return (feedback, officer, menu)
    offered = found["offered"]
    assert isinstance(offered, list)
    offers = (
        Choice(value=f"offer-{number}", label=t("engine.plain", text=str(item["label"])))
        for number, item in enumerate(offered)
        if isinstance(item, dict)
    )
    return (*offers, officer, feedback, menu)


def _names_a_topic(words: str, catalog: Catalog) -> bool:
    """Whether a feedback topic's words stand in the text, compared without accents where it has none."""
    said = Said(words)
    return any(said.holds(topic.words) for topic in catalog.topics.values())


def _meant(pick: str, offered: JSON) -> Link:
    """Where a picked offer leads."""
    assert isinstance(offered, list)
    item = offered[int(pick.removeprefix("offer-"))]
    assert isinstance(item, dict)
    if isinstance(code := item["code"], str):
        return Link(conversation="procedures", question="code", value=code)
    return Link(conversation="fallback", question="words", value=str(item["words"]))


def _opening(found: dict[str, JSON], words: str) -> Text:
    if found["complains"]:
        return t("fallback.complaint")
    if found["asks"]:
        return t("fallback.which")
    if isinstance(where := found["where"], str):
        return t("fallback.elsewhere", where=where)
    if not found["offered"]:
        return t("fallback.nothing", words=words[:200])
    return t("fallback.guesses" if found["ours"] else "fallback.weak_guesses")


async def _hand_over(talk: Talk, services: Services, words: str) -> None:
    """Send the question on, once the person has seen what is sent and agreed."""
    sure = await talk.ask(
        Question(
            key="sure",
            kind="choice",
            text=t("fallback.confirm", words=words),
            choices=(
                Choice(value="send", label=t("fallback.send")),
                Choice(value="no", label=t("fallback.do_not_send")),
            ),
        )
    )
    if sure == "no":
        talk.goto("menu")
        return
    filed = await talk.note(
        "filed", lambda: receipt(services, CaseDraft(kind=CaseKind.QUESTION, topic=None, words=words))
    )
    assert isinstance(filed, dict)
    talk.say(t("fallback.handed_over", code=str(filed["code"])))
