"""What is kept of a person, and having it erased."""

from __future__ import annotations

from handlers.services import Services
from handlers.talk import JSON, Choice, Question, Talk, t


async def privacy(talk: Talk, services: Services) -> None:
    """Says what is kept and why; erases after a second yes."""
    kept = await services.persons.kept()
    pick = await talk.ask(
        Question(
            key="pick",
            kind="choice",
            text=t(
                "privacy.kept",
                addresses=kept.get("addresses", 0),
                checklists=kept.get("checklists", 0),
                cases=kept.get("cases", 0),
                files=kept.get("files", 0),
            ),
            choices=(
                Choice(value="erase", label=t("privacy.erase")),
                Choice(value="menu", label=t("menu.back_to_menu")),
            ),
        )
    )
    if pick == "menu":
        talk.goto("menu")
        return
    sure = await talk.ask(
        Question(
            key="sure",
            kind="choice",
            text=t("privacy.sure"),
            choices=(
                Choice(value="yes", label=t("privacy.yes")),
                Choice(value="no", label=t("privacy.no")),
            ),
        )
    )
    if sure == "no":
        talk.say(t("privacy.nothing_erased"))
        return
    erased = await talk.note("erased", lambda: _erase(services))
    assert isinstance(erased, dict)
    talk.forget()
    talk.say(
        t(
            "privacy.erased",
            addresses=str(erased["addresses"]),
            checklists=str(erased["checklists"]),
            cases=str(erased["cases"]),
        )
    )


async def _erase(services: Services) -> JSON:
    erased = await services.persons.erase()
    return {
        "addresses": erased.addresses,
        "checklists": erased.checklists,
        "cases": erased.cases_made_nameless,
    }
