"""A case as wording, for the chat and for notices."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases.model import Case
from handlers.cases.opening import read_code
from handlers.talk import JSON, Choice, Text, t
from handlers.when import moment
from procedures_catalog.catalog import Catalog

FIRST_WORDS = 30


def due(case: Case) -> Text:
    """When the answer is due, and why then."""
    key = "cases.due_provisional" if case.provisional else "cases.due"
    return t(key, due=moment(case.due), why=case.due_why)


def state(case: Case) -> Text:
    """What anybody with the code may see: state and due date."""
    status = t(f"cases.public_{case.status.public}")
    if case.status.public == "answered":
        return t("cases.state_answered", code=case.code, status=status)
    return t("cases.state", code=case.code, status=status, due=due(case))


def about_offices(case: Case, catalog: Catalog) -> str:
    """The offices a report is about, by name."""
    known = (catalog.offices.get(id_) for id_ in sorted(case.not_to))
    return ", ".join(office.name for office in known if office is not None)


def listed(cases: Sequence[Case]) -> JSON:
    """Code and first words of each, to be noted: a number then means what was shown, not what is newest now."""
    return {case.code: " ".join(case.words.split())[:FIRST_WORDS] for case in cases}


def choices(noted: JSON) -> tuple[Choice, ...]:
    """The noted cases as answers."""
    assert isinstance(noted, dict)
    return tuple(
        Choice(value=code, label=t("follow_up.one", code=code, words=str(words))) for code, words in noted.items()
    )


def asked_code(typed: str) -> str | Text:
    """The code that was asked for, or what to say of something else."""
    return read_code(typed) or t("follow_up.not_a_code")
