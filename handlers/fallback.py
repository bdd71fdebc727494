"""What nothing else understands: look it up, offer guesses, hand it to an officer. Never a dead end."""

from __future__ import annotations

from dataclasses import asdict

from handlers.cases.triage import about_officers, names_a_topic, own_law
from handlers.hand_over import carried, hand_over
from handlers.meaning import clear_hit, opening
from handlers.procedures import named_in, procedure_link
from handlers.services import Services
from handlers.talk import JSON, Choice, Link, Question, Talk, Text, t

GUESSES = 3


async def fallback(talk: Talk, services: Services) -> None:
    """Takes `words` as a question to the catalog."""
    words = await talk.ask(Question(key="words", kind="open", text=t("fallback.what")))
    law = own_law(words, services.catalog)
    if law is not None:
        talk.goto("feedback", lane=law)  # nothing of what was written is kept
        return
    found = await talk.note("found", lambda: _look(services, words, talk))
    assert isinstance(found, dict)
    if isinstance(clear := found["clear"], dict):
        _follow(talk, _link(clear))
        return
    pick = await talk.ask(Question(key="pick", kind="open", text=_opening(found, words), choices=_choices(found)))
    if pick == "officer":
        await hand_over(talk, services, words)
    elif pick == "conduct":
        talk.goto("feedback", lane="conduct", **carried(words))
    elif pick == "feedback" and found["complains"]:
        talk.goto("feedback", **carried(words))
    elif pick in ("feedback", "menu"):
        talk.goto(pick)
    else:
        _follow(talk, _meant(pick, found["offered"]))


def _follow(talk: Talk, link: Link) -> None:
    talk.goto(link.conversation, **{link.question: link.value})


def _look(services: Services, words: str, talk: Talk) -> JSON:
    """What the search says, in the form the session keeps."""
    result = services.catalog.search(words, now=talk.now)
    conduct = about_officers(words, services.catalog)
    named = named_in(words, services.catalog)
    hit = None if conduct else clear_hit(result)
    clear = procedure_link(named) if named else opening(hit) if hit else None
    offered: list[JSON]
    if result.ask is not None:
        offered = [
            {"label": choice.label, "code": choice.code, "words": choice.text} for choice in result.ask.choices
        ]
    else:
        offered = [
            {"label": hit.name, "draft": not hit.reviewed, **asdict(opening(hit))} for hit in result.hits[:GUESSES]
        ]
    return {
        "clear": asdict(clear) if clear else None,
        "offered": offered,
        "ours": result.ours,
        "asks": result.ask is not None,
        "where": result.where,
        "complains": not result.ours and names_a_topic(words, services.catalog),
        "conduct": conduct,
    }


def _choices(found: dict[str, JSON]) -> tuple[Choice, ...]:
    """The offers, and the ways on; a complaint's own way comes first."""
    feedback = Choice(value="feedback", label=t("menu.feedback"))
    conduct = Choice(value="conduct", label=t("fallback.to_conduct"))
    officer = Choice(value="officer", label=t("fallback.to_officer"))
    menu = Choice(value="menu", label=t("menu.back_to_menu"))
    is_conduct = found.get("conduct")
    if is_conduct and not found["ours"]:
        return (conduct, menu)
    if found["complains"]:
        return (feedback, officer, menu)
    offered = found["offered"]
    assert isinstance(offered, list)
    offers = (
        Choice(
            value=f"offer-{number}",
            label=t("fallback.draft" if item.get("draft") else "engine.plain", text=str(item["label"])),
        )
        for number, item in enumerate(offered)
        if isinstance(item, dict)
    )
    if is_conduct:  # never to the officer: it may be the one it is about
        return (conduct, *offers, menu)
    return (*offers, officer, feedback, menu)


def _meant(pick: str, offered: JSON) -> Link:
    """Where a picked offer leads."""
    assert isinstance(offered, list)
    item = offered[int(pick.removeprefix("offer-"))]
    assert isinstance(item, dict)
    if "conversation" in item:
        return _link(item)
    if isinstance(code := item["code"], str):
        return procedure_link(code)
    return Link(conversation="fallback", question="words", value=str(item["words"]))


def _link(kept: dict[str, JSON]) -> Link:
    """As `_look` kept it."""
    return Link(conversation=str(kept["conversation"]), question=str(kept["question"]), value=str(kept["value"]))


def _opening(found: dict[str, JSON], words: str) -> Text:
    if found.get("conduct"):
        return t("fallback.conduct" if not found["ours"] else "fallback.conduct_or")
    if found["complains"]:
        return t("fallback.complaint")
    if found["asks"]:
        return t("fallback.which")
    if isinstance(where := found["where"], str):
        return t("fallback.elsewhere", where=where)
    if not found["offered"]:
        return t("fallback.nothing", words=words[:200])
    return t("fallback.guesses" if found["ours"] else "fallback.weak_guesses")
