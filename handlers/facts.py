"""Procedures, signposts and life events as wording: the same facts for the chat and the public pages.

Each fact comes with its source and its date.
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.talk import Text, t
from handlers.when import month
from procedures_catalog.catalog import Catalog
from procedures_catalog.model import (
    Confirmed,
    Dated,
    EventStep,
    Fee,
    LifeEvent,
    OnlineLevel,
    Paper,
    Procedure,
    Signpost,
    Source,
    TimeLimit,
    TimeUnit,
    WayName,
)

AMOUNTLESS = frozenset({TimeUnit.SAME_DAY, TimeUnit.AT_ONCE, TimeUnit.UNKNOWN})


def card(procedure: Procedure, catalog: Catalog) -> Text:
    """The first look: what it is, who may ask, time, fee, result, office, source."""
    lines = [
        _headed("times", procedure, time_lines(procedure)),
        _headed("fees", procedure, fee_lines(procedure)),
        t("facts.decided_by", decided_by=procedure.decided_by),
    ]
    if procedure.who:
        lines.insert(0, t("facts.who", who=procedure.who))
    if procedure.result:
        lines.insert(-1, t("facts.result", result="; ".join(procedure.result)))
    return t(
        "facts.card",
        name=procedure.name,
        code=procedure.code,
        about=t("facts.plain", text=procedure.plain) if procedure.reviewed else t("facts.draft"),
        lines=tuple(lines),
        source=source_line(procedure),
    )


def papers(procedure: Procedure) -> Text:
    """All papers: those always needed first, then those of each case, then what is only shown."""
    names = {case.id: case.name for case in procedure.cases}
    sections: list[Text] = []
    always = [paper for paper in procedure.papers if paper.case is None and not paper.show]
    if always:
        sections.append(t("facts.papers_hand_in", papers=_paper_lines(always)))
    for case, name in names.items():
        of_case = [paper for paper in procedure.papers if paper.case == case]
        if of_case:
            sections.append(t("facts.papers_of_case", case=name, papers=_paper_lines(of_case)))
    shown = [paper for paper in procedure.papers if paper.case is None and paper.show]
    if shown:
        sections.append(t("facts.papers_show", papers=_paper_lines(shown)))
    if not sections:
        sections.append(t("facts.papers_unknown"))
    return t("facts.papers", name=procedure.name, sections=tuple(sections), source=source_line(procedure))


def cost_and_time(procedure: Procedure) -> Text:
    """Time limits and fees with their notes."""
    sections = [
        _headed("times", procedure, time_lines(procedure)),
        _headed("fees", procedure, fee_lines(procedure)),
    ]
    if procedure.notes:
        sections.append(t("facts.notes_head", lines=note_lines(procedure)))
    return t(
        "facts.cost_and_time",
        name=procedure.name,
        sections=tuple(sections),
        source=source_line(procedure),
    )


def way(procedure: Procedure, name: WayName, catalog: Catalog) -> Text:
    """Whether it can be filed this way, at which level, and what to know of it."""
    offer = procedure.ways[name]
    known = "unknown" if offer.offered == "unknown" else "yes" if offer.offered else "no"
    lines = [t(f"facts.{name}_{known}")]
    if name is WayName.ONLINE and offer.offered is True:
        lines.append(level_line(offer.level))
    if offer.note:
        lines.append(t("facts.note", text=offer.note))
    return t("facts.way", lines=tuple(lines), source=source_line(procedure))


def level_line(level: OnlineLevel) -> Text:
    """The level of an online service with its old name."""
    return t(f"facts.level_{level}")


def where(procedure: Procedure, catalog: Catalog) -> Text:
    """Where to hand it in and who decides."""
    role = catalog.roles[procedure.office] if procedure.office else None
    office = catalog.office(role.id) if role else None
    centre = catalog.office("public_service_centre")
    lines = [t("facts.where_decides", decided_by=procedure.decided_by.rstrip(". "))]
    if role is None:  # a draft
        lines.append(t("facts.where_unknown"))
        return t("facts.where", lines=tuple(lines), source=source_line(procedure))
    if role.own_counter:
        shown = office
        lines.append(t("facts.where_office", office=office.name if office else role.name))
    else:
        shown = centre
        lines.append(t("facts.where_centre", centre=centre.name if centre else catalog.deployment.centre))
        if office is not None and office is not centre:
            lines.append(t("facts.where_handled", office=office.name))
    if note := procedure.ways.in_person.note:
        lines.append(t("facts.note", text=note))
    lines.append(
        t("facts.address", address=shown.address) if shown and shown.address else t("facts.address_unknown")
    )
    lines.append(t("facts.hours", hours=shown.hours) if shown and shown.hours else t("facts.hours_unknown"))
    return t("facts.where", lines=tuple(lines), source=source_line(procedure))


def basis(procedure: Procedure) -> Text:
    """The legal texts it rests on."""
    lines = tuple(t("facts.basis_line", number=law.number, name=law.name) for law in procedure.legal_basis)
    return t("facts.basis", laws=lines, source=source_line(procedure))


def signpost(item: Signpost, catalog: Catalog) -> Text:
    """The card of a signpost: what it is called, and the way to it."""
    return t(
        "facts.signpost",
        name=item.name,
        code=item.code,
        about=t("facts.signpost_only") if item.reviewed else t("facts.draft"),
        way=signpost_way(item, catalog),
    )


def signpost_way(item: Signpost, catalog: Catalog) -> Text:
    """Who decides and where to ask; nothing else is known."""
    lines = [
        t("facts.decided_by", decided_by=item.decided_by)
        if item.decided_by
        else t("facts.signpost_decided_by_unknown"),
        t("facts.signpost_ask", ask=item.ask) if item.ask else t("facts.signpost_ask_unknown"),
    ]
    office = catalog.office(item.office) if item.office else None
    if office is not None:
        lines.append(t("facts.signpost_office", office=office.name))
        if office.address:
            lines.append(t("facts.address", address=office.address))
        if office.hours:
            lines.append(t("facts.hours", hours=office.hours))
    if item.online is not OnlineLevel.UNKNOWN:
        lines.append(level_line(item.online))
    source = (
        _source(item.source, None)
        if item.reviewed
        else t("facts.unreviewed", source=item.source.name, month=month(item.source.date))
    )
    return t("facts.way", lines=tuple(lines), source=source)


def steps(event: LifeEvent, catalog: Catalog) -> list[tuple[EventStep, str]]:
    """The steps of what the catalog has today, each with its name."""
    named = ((step, name_of(step.code, catalog)) for step in event.steps)
    return [(step, name) for step, name in named if name is not None]


def name_of(code: str, catalog: Catalog) -> str | None:
    """The name of a procedure or signpost, without the word that all of them begin with."""
    item = catalog.procedures.get(code) or catalog.signposts.get(code)
    if item is None:
        return None
    name = item.name.removeprefix("Thủ tục ")
    return name[0].upper() + name[1:]


def time_lines(procedure: Procedure) -> tuple[Text, ...]:
    """One line a time limit, saying for which way and case."""
    return tuple(
        _qualified(_time(limit), limit, procedure, stated=limit.unit is not TimeUnit.UNKNOWN)
        for limit in procedure.time_limits
    )


def fee_lines(procedure: Procedure) -> tuple[Text, ...]:
    """One line a fee, saying for which way and case and who sets it."""
    return tuple(_qualified(_fee(fee), fee, procedure, stated=fee.amount is not None) for fee in procedure.fees)


def note_lines(procedure: Procedure) -> tuple[Text, ...]:
    """What else is good to know."""
    return tuple(t("facts.bullet", text=note) for note in procedure.notes)


def source_line(procedure: Procedure) -> Text:
    """Where the facts come from, how old they are, and who has reviewed or confirmed them."""
    if not procedure.reviewed and procedure.confirmed is None:
        return t("facts.unreviewed", source=procedure.source.name, month=month(procedure.source.date))
    return _source(procedure.source, procedure.confirmed)


def money(amount: int) -> str:
    """`8.000` for 8000 đồng."""
    return f"{amount:,}".replace(",", ".")


def _source(source: Source, confirmed: Confirmed | None) -> Text:
    if confirmed is not None:
        return t("facts.confirmed", office=confirmed.by_office, on=f"{confirmed.on:%d/%m/%Y}", source=source.name)
    return t("facts.unconfirmed", source=source.name, month=month(source.date))


def _paper_lines(papers: Iterable[Paper]) -> tuple[Text, ...]:
    return tuple(_paper(paper) for paper in papers)


def _paper(paper: Paper) -> Text:
    details: list[Text] = []
    if paper.original and not paper.show:
        details.append(t("facts.originals", n=paper.original))
    if paper.copies:
        details.append(t("facts.copies", n=paper.copies))
    if paper.form:
        details.append(t("facts.form", form=paper.form))
    if paper.note:
        details.append(t("facts.plain", text=paper.note))
    details += _period(paper)
    line = t("facts.paper", name=paper.name.lstrip("-–+•* "))
    for detail in details:
        line = t("facts.with_detail", line=line, detail=detail)
    return line


def _time(limit: TimeLimit) -> Text:
    if limit.unit in AMOUNTLESS:
        return t(f"facts.time_{limit.unit}")
    if limit.amount is None:
        return t("facts.time_unknown")
    return t(f"facts.time_{limit.unit}", n=limit.amount)


def _fee(fee: Fee) -> Text:
    if fee.amount is None:
        return t(f"facts.fee_by_{fee.set_by}")
    if fee.amount == 0:
        return t("facts.fee_free")
    if fee.per:
        return t("facts.fee_per", amount=money(fee.amount), per=fee.per)
    return t("facts.fee", amount=money(fee.amount))


def _period(item: Dated) -> list[Text]:
    """From and until when it counts, where that is known."""
    until = [t("facts.until", date=f"{item.valid_to:%d/%m/%Y}")] if item.valid_to else []
    return [t("facts.from", date=f"{item.valid_from:%d/%m/%Y}"), *until] if item.valid_from else until


def _headed(what: str, procedure: Procedure, lines: tuple[Text, ...]) -> Text:
    """The lines under their heading, which says that nobody of the place has confirmed them, where so."""
    each: tuple[TimeLimit | Fee, ...] = procedure.time_limits if what == "times" else procedure.fees
    confirmed = procedure.confirmed or all(fact.confirmed for fact in each)
    return t(f"facts.{what}_head" if confirmed else f"facts.{what}_head_unconfirmed", lines=lines)


def _qualified(line: Text, fact: TimeLimit | Fee, procedure: Procedure, *, stated: bool) -> Text:
    """The fact with its way, case, note, and a source of its own where it has one."""
    if fact.way is not None:
        line = t("facts.for_way", way=t(f"facts.way_{fact.way}"), line=line)
    if fact.case is not None:
        name = next((case.name for case in procedure.cases if case.id == fact.case), fact.case)
        line = t("facts.for_case", case=name, line=line)
    for detail in _period(fact):
        line = t("facts.with_detail", line=line, detail=detail)
    if fact.wording and (procedure.reviewed or not stated):  # a draft keeps the words of everything
        line = t("facts.with_detail", line=line, detail=t("facts.wording", wording=fact.wording))
    if fact.note:
        line = t("facts.with_detail", line=line, detail=t("facts.plain", text=fact.note))
    if fact.source is not None and (fact.confirmed is not None or stated):
        line = t("facts.with_detail", line=line, detail=_source(fact.source, fact.confirmed))
    elif fact.confirmed is not None:  # what the place says itself need not be the record's source's
        on = f"{fact.confirmed.on:%d/%m/%Y}"
        line = t(
            "facts.with_detail", line=line, detail=t("facts.confirmed_by", office=fact.confirmed.by_office, on=on)
        )
    return t("facts.bullet", text=line)
