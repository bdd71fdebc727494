"""One procedure: its card, then the part of it the person wants to see."""

from __future__ import annotations

import re
from itertools import count

from handlers import facts
from handlers.services import Services
from handlers.talk import Choice, Question, Talk, Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import Procedure, WayName

PARTS = ("papers", "cost", "online", "post", "where", "basis")
GUIDED = frozenset({"online", "post"})

_CODE = re.compile(r"([0-9]\.[0-9]{6})(\.[0-9.]+(H[0-9]+)?)?[?!.]*")
_CODE_IN = re.compile(r"(?<!\d)\d\.\d{6}(?!\d)")


def read_procedure_code(text: str) -> str | None:
    """`1.001193` when that is all that was typed, also in its older long form."""
    found = _CODE.fullmatch(text.strip())
    return found[1] if found else None


def named_in(words: str, catalog: Catalog) -> str | None:
    """The code of a procedure we have, wherever it stands in the words."""
    return next((code for code in _CODE_IN.findall(words) if code in catalog.procedures), None)


async def procedures(talk: Talk, services: Services) -> None:
    """Shows the procedure of `code`; without one asks what the person needs."""
    code = await talk.ask(Question(key="code", kind="open", text=t("procedures.what")))
    procedure = services.catalog.procedures.get(code)
    if procedure is None:
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
