"""A case as wording, for the chat and for notices."""

from __future__ import annotations

from handlers.cases.model import Case
from handlers.talk import Text, t
from handlers.when import moment


def due(case: Case) -> Text:
    """When the answer is due, and why then."""
    key = "cases.due_provisional" if case.provisional else "cases.due"
    return t(key, due=moment(case.due), why=case.due_why)


def state(case: Case) -> Text:
    """What anybody with the code may see: state and due date."""
    return t("cases.state", code=case.code, status=t(f"cases.public_{case.status.public}"), due=due(case))
