"""Joining another address (Telegram, Zalo, the web page, an officer's desk) to this one with a short code."""

from __future__ import annotations

import re
from functools import partial

from handlers.services import Services
from handlers.talk import JSON, Choice, Question, Talk, Text, t

_CODE = re.compile(r"[0-9]{6}(?:[0-9]{2})?")


def read_link_code(text: str) -> str | None:
    """Six digits of a person's code or eight of an officer's, spaces ignored."""
    digits = "".join(text.split())
    return digits if _CODE.fullmatch(digits) else None


async def link(talk: Talk, services: Services) -> None:
    """Gives a code to type elsewhere, or takes the one typed here as `code`."""
    typed = await talk.ask(
        Question(
            key="code",
            text=t("link.which"),
            choices=(Choice(value="issue", label=t("link.issue")),),
            check=_read,
        )
    )
    if typed == "issue":
        await _issue(talk, services)
        return
    found = await talk.note("found", partial(_look, services, typed))
    if not isinstance(found, dict):
        talk.say(t("link.not_good"))
        return
    if found["kind"] in ("own", "officers_chat"):
        talk.say(t(f"link.{found['kind']}"))
        return
    if found["kind"] == "person" and await talk.ask(_sure(found["channels"])) == "no":
        talk.say(t("link.left"))
        return
    joined = await talk.note("joined", partial(services.links.redeem, typed))
    talk.say(t(f"link.joined_{joined}" if joined else "link.not_good"))


async def _issue(talk: Talk, services: Services) -> None:
    if talk.person.officer is not None:
        talk.say(t("link.officers_chat"))
        return
    code = await talk.note("issued", services.links.issue)
    talk.say(t("link.issued", code=str(code)))


async def _look(services: Services, code: str) -> JSON:
    found = await services.links.look(code)
    return None if found is None else {"kind": found.kind, "channels": list(found.channels)}


def _sure(channels: JSON) -> Question:
    """Says with whom, and what follows from it."""
    assert isinstance(channels, list)
    return Question(
        key="sure",
        kind="choice",
        text=t("link.sure", channels=tuple(Text(key=str(name)) for name in channels)),
        choices=(Choice(value="yes", label=t("link.yes")), Choice(value="no", label=t("link.no"))),
    )


def _read(typed: str) -> str | Text:
    return read_link_code(typed) or t("link.not_a_code")
