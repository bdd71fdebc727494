"""Words of danger get the number to call before anything else is said."""

from __future__ import annotations

from handlers.talk import Reply, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.signs import tells


def emergency_reply(text: str, catalog: Catalog) -> Reply | None:
    """The numbers to call for what the text tells of, or None."""
    lines = tuple(
        t("emergency.line", number=emergency.number, name=emergency.name)
        for emergency in catalog.emergencies
        if tells(text, emergency)
    )
    if not lines:
        return None
    return Reply(text=t("emergency.call", numbers=lines))
