"""Joining another address (Telegram, Zalo, the web page, an officer's desk) to this one with a short code."""

from __future__ import annotations

import re
from functools import partial

from handlers.services import Services
from handlers.talk import Choice, Question, Talk, Text, t

_CODE = re.compile(r"\d{6}")


def read_link_code(text: str) -> str | None:
    """Six digits, spaces ignored."""
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
        code = await talk.note("issued", services.links.issue)
        talk.say(t("link.issued", code=str(code)))
        return
    joined = await talk.note("joined", partial(services.links.redeem, typed))
    talk.say(t(f"link.joined_{joined}" if joined else "link.not_good"))


def _read(typed: str) -> str | Text:
    return read_link_code(typed) or t("link.not_a_code")
