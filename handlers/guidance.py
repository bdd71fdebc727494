"""Filing step by step: numbered steps the citizen ticks off, kept for weeks and taken up again anywhere."""

from __future__ import annotations

import re
from functools import partial
from itertools import count

from handlers import facts
from handlers.services import Checklist, Services
from handlers.talk import JSON, Choice, Link, Question, Talk, Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import Procedure, WayName

STEPS = {
    WayName.ONLINE: ("account", "papers", "open", "fill", "upload", "pay", "confirm", "keep"),
    WayName.POST: ("papers", "copies", "envelope", "fee", "send", "keep"),
}


_FILING = re.compile(r"(online|post)[\s-]+([0-9]\.[0-9]{6})")


def read_filing(text: str) -> str | None:
    """`online 1.001193` as `online-1.001193`, the value of `filing`."""
    found = _FILING.fullmatch(text.strip().lower())
    return f"{found[1]}-{found[2]}" if found else None


async def guidance(talk: Talk, services: Services) -> None:
    """Leads through `filing`, `<way>-<code>`, from wherever the person's own checklist stands."""
    filing = await talk.ask(Question(key="filing", kind="open", text=t("guidance.what")))
    way_name, _, code = filing.partition("-")
    procedure = services.catalog.procedures.get(code)
    if procedure is None or way_name not in ("online", "post"):
        talk.say(t("guidance.gone"))
        talk.goto("menu")
        return
    way = WayName(way_name)
    if procedure.ways[way].offered is not True:  # an old button, or a list kept before the catalog changed
        talk.say(facts.way(procedure, way, services.catalog))
        talk.goto("procedures", code=code)
        return
    talk.say(t(f"guidance.intro_{way}", name=procedure.name, way=facts.way(procedure, way, services.catalog)))
    for number in count(1):
        ticked = await talk.note(f"ticked-{number}", partial(_ticked, services, procedure, way))
        assert isinstance(ticked, list)
        pick = await talk.ask(_steps(number, procedure, way, {str(step) for step in ticked}))
        if pick in STEPS[way]:
            toggle = partial(_toggle, talk, services, procedure, way, pick, pick not in ticked)
            await talk.note(f"saved-{number}", toggle)
        elif pick == "card":
            talk.goto("procedures", code=code)
            return
        else:
            talk.say(t("guidance.kept", name=procedure.name))
            return


async def _ticked(services: Services, procedure: Procedure, way: WayName) -> JSON:
    kept = await services.checklists.get(procedure.code, way)
    return [*sorted(kept.ticked)] if kept else []


async def _toggle(
    talk: Talk, services: Services, procedure: Procedure, way: WayName, step: str, done: bool
) -> JSON:
    """Do what the button said, whatever was ticked elsewhere since it was shown."""
    kept = await services.checklists.get(procedure.code, way)
    before = kept.ticked if kept else frozenset()
    ticked = before | {step} if done else before - {step}
    await services.checklists.save(
        Checklist(
            procedure=procedure.code,
            way=way,
            decision=procedure.decision,
            ticked=ticked,
            updated_at=talk.now,
        )
    )
    return [*sorted(ticked)]


def _steps(number: int, procedure: Procedure, way: WayName, ticked: set[str]) -> Question:
    steps = STEPS[way]
    lines = tuple(_line(place, step, procedure, way, ticked) for place, step in enumerate(steps, 1))
    done = ticked >= set(steps)
    return Question(
        key=f"step-{number}",
        kind="open",
        text=t(
            "guidance.all_done" if done else "guidance.steps",
            name=procedure.name,
            lines=lines,
            done=len(ticked & set(steps)),
            total=len(steps),
            source=facts.source_line(procedure),
        ),
        choices=(
            *(
                Choice(
                    value=step,
                    label=t("guidance.untick" if step in ticked else "guidance.tick", number=place),
                )
                for place, step in enumerate(steps, 1)
            ),
            Choice(value="card", label=t("guidance.card")),
            Choice(value="later", label=t("guidance.later")),
        ),
    )


def _line(place: int, step: str, procedure: Procedure, way: WayName, ticked: set[str]) -> Text:
    link = procedure.link or "https://dichvucong.gov.vn"
    if step == "papers":
        text = t("guidance.step_papers", papers=_paper_names(procedure))
    elif step == "open":
        text = t("guidance.step_open", link=link, code=procedure.code)
    else:
        text = t(f"guidance.step_{way}_{step}")
    return t("guidance.line_done" if step in ticked else "guidance.line", number=place, text=text)


def _paper_names(procedure: Procedure) -> tuple[Text, ...]:
    """What everybody needs; that some cases need more is said, not listed again at every tick."""
    lines = [t("guidance.paper", name=paper.name) for paper in procedure.papers if paper.case is None]
    if any(paper.case for paper in procedure.papers):
        lines.append(t("guidance.papers_by_case"))
    return tuple(lines) or (t("facts.papers_unknown"),)


def resume_choice(way: str, code: str, name: str, *, label: str = "guidance.resume") -> Choice:
    """A button that takes a kept checklist up again."""
    filing = f"{way}-{code}"
    return Choice(
        value=f"resume-{filing}",
        label=t(label, way=t(f"facts.way_{way}"), name=name),
        link=Link(conversation="guidance", question="filing", value=filing),
    )


def goes_on(checklist: Checklist, catalog: Catalog) -> bool:
    """Whether steps are left, of a way that the procedure still offers."""
    procedure = catalog.procedures.get(checklist.procedure)
    way = WayName(checklist.way)
    return (
        procedure is not None
        and procedure.ways[way].offered is True
        and not checklist.ticked >= frozenset(STEPS.get(way, ()))
    )
