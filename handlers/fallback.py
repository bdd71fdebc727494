"""What nothing else understands: look it up, offer guesses, hand it to an officer. Never a dead end."""

from __future__ import annotations

from handlers.cases.model import CaseDraft, CaseKind
from handlers.receipt import receipt
from handlers.services import Services
from handlers.talk import JSON, Choice, Link, Question, Talk, Text, t
from procedures_catalog.search import SearchResult

CLEAR = 0.62
"""Confidence from which a first hit is opened at once, if it also leads the second by `LEAD`."""
LEAD = 0.12
GUESSES = 3


async def fallback(talk: Talk, services: Services) -> None:
    """Takes `words` as a question to the catalog."""
    words = await talk.ask(Question(key="words", text=t("fallback.what")))
    found = await talk.note("found", lambda: _look(services, words, talk))
    assert isinstance(found, dict)
    if isinstance(clear := found["clear"], str):
        talk.goto("procedures", code=clear)
        return
    offered = _offered(found["offered"])
    pick = await talk.ask(
        Question(
            key="pick",
            text=_opening(found, words),
            choices=(
                *offered,
                Choice(value="officer", label=t("fallback.to_officer")),
                Choice(value="feedback", label=t("menu.feedback")),
                Choice(value="menu", label=t("menu.back_to_menu")),
            ),
        )
    )
    if pick == "officer":
        await _hand_over(talk, services, words)
    elif pick in ("feedback", "menu"):
        talk.goto(pick)
    else:
        meant = _meant(pick, found["offered"])
        talk.goto(meant.conversation, **{meant.question: meant.value})


def _look(services: Services, words: str, talk: Talk) -> JSON:
    """What the search says, in the form the session keeps."""
    result = services.catalog.search(words, now=talk.now)
    clear = _clear(result)
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
    }


def _clear(result: SearchResult) -> str | None:
    if result.ask is not None or not result.ours or not result.hits:
        return None
    first = result.hits[0]
    second = result.hits[1].confidence if len(result.hits) > 1 else 0.0
    return first.code if first.confidence >= CLEAR and first.confidence - second >= LEAD else None


def _offered(kept: JSON) -> tuple[Choice, ...]:
    assert isinstance(kept, list)
    return tuple(
        Choice(value=f"offer-{number}", label=t("engine.plain", text=str(item["label"])))
        for number, item in enumerate(kept)
        if isinstance(item, dict)
    )


def _meant(pick: str, offered: JSON) -> Link:
    """Where a picked offer leads; anything else typed is a new question."""
    assert isinstance(offered, list)
    for number, item in enumerate(offered):
        if pick == f"offer-{number}" and isinstance(item, dict):
            if isinstance(code := item["code"], str):
                return Link(conversation="procedures", question="code", value=code)
            return Link(conversation="fallback", question="words", value=str(item["words"]))
    return Link(conversation="fallback", question="words", value=pick)


def _opening(found: dict[str, JSON], words: str) -> Text:
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
