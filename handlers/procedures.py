"""One procedure: its card, then the part of it the person wants to see. Of a signpost: the way, and an officer."""

from __future__ import annotations

import re
from functools import partial
from itertools import count

from handlers import facts
from handlers.cases.triage import about_officers, own_law
from handlers.hand_over import carried, hand_over
from handlers.services import Services
from handlers.talk import JSON, Choice, Link, Question, Talk, Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import CODE_IN, Procedure, Signpost, WayName

PARTS = ("papers", "cost", "online", "post", "where", "basis")
GUIDED = frozenset({"online", "post"})

_CODE = re.compile(r"([0-9]\.[0-9]{6})(\.[0-9.]+(H[0-9]+)?)?[?!.]*")
_CODE_IN = re.compile(CODE_IN)


def read_procedure_code(text: str) -> str | None:
    """`1.001193` when that is all that was typed, also in its older long form."""
    found = _CODE.fullmatch(text.strip())
    return found[1] if found else None


def procedure_link(code: str) -> Link:
    """Where a procedure or a signpost is opened."""
    return Link(conversation="procedures", question="code", value=code)


def named_in(words: str, catalog: Catalog) -> str | None:
    """The code of a procedure or signpost we have, or had, wherever it stands in the words."""
    for code in _CODE_IN.findall(words):
        if code in catalog.procedures or code in catalog.signposts or catalog.successor(code):
            return str(code)
    return None


async def procedures(talk: Talk, services: Services) -> None:
    """Shows the procedure or signpost of `code`; without one asks what the person needs."""
    code = await talk.ask(Question(key="code", kind="open", text=t("procedures.what")))
    if (successor := services.catalog.successor(code)) is not None:
        talk.say(t("procedures.replaced", old=code, new=successor))
        code = successor
    procedure = services.catalog.procedures.get(code)
    shown = await talk.note("shown", partial(_is_known, services, code))
    if procedure is None and shown and code not in services.catalog.signposts:
        talk.say(t("procedures.gone"))  # while it was looked at
        talk.goto("menu")
        return
    if procedure is None:
        if (signpost := services.catalog.signposts.get(code)) is not None:
            await _signpost(talk, services, signpost)
        else:
            talk.goto("fallback", words=code)
        return
    talk.say(facts.card(procedure, services.catalog))
    for number in count(1):
        pick = await talk.ask(_parts(number, procedure))
        if pick in GUIDED and procedure.ways[WayName(pick)].offered is True:
            talk.goto("guidance", filing=f"{pick}-{code}")
            return
        if pick == "menu":
            talk.goto(pick)
            return
        talk.say(_part(pick, procedure, services.catalog))


def _is_known(services: Services, code: str) -> JSON:
    return code in services.catalog.procedures or code in services.catalog.signposts


async def _signpost(talk: Talk, services: Services, signpost: Signpost) -> None:
    """All there is to tell of it; what more the person wants to know, an officer is asked."""
    talk.say(facts.signpost(signpost, services.catalog))
    pick = await talk.ask(
        Question(
            key="signpost",
            kind="open",
            text=t("procedures.signpost_next"),
            choices=(
                Choice(value="officer", label=t("fallback.to_officer")),
                Choice(value="menu", label=t("menu.back_to_menu")),
            ),
        )
    )
    if pick == "menu":
        talk.goto(pick)
        return
    words = await talk.ask(Question(key="question", text=t("procedures.signpost_question", name=signpost.name)))
    law = own_law(words, services.catalog)
    if law is not None:
        talk.goto("feedback", lane=law)  # nothing of what was written is kept
    elif about_officers(words, services.catalog):
        talk.goto("feedback", lane="conduct", **carried(words))
    else:
        await hand_over(talk, services, f"{signpost.name} ({signpost.code}): {words}")


def _parts(number: int, procedure: Procedure) -> Question:
    return Question(
        key=f"part-{number}",
        kind="open",
        text=t("procedures.which_part" if number == 1 else "procedures.which_part_next"),
        choices=tuple(Choice(value=part, label=t(f"procedures.part_{part}")) for part in (*PARTS, "menu")),
    )


def _part(part: str, procedure: Procedure, catalog: Catalog) -> Text:
    match part:
        case "papers":
            return facts.papers(procedure)
        case "cost":
            return facts.cost_and_time(procedure)
        case "where":
            return facts.where(procedure, catalog)
        case "basis":
            return facts.basis(procedure)
        case _:
            return facts.way(procedure, WayName(part), catalog)
