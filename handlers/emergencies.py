"""Words of danger get the number to call before anything else is said."""

from __future__ import annotations

from handlers.talk import Reply, Text, t
from procedures_catalog.catalog import Catalog
from procedures_catalog.fold import bare, normal, tokens


def emergency_reply(text: str, catalog: Catalog) -> Reply | None:
    """The numbers to call for what the text tells of, or None.

    A text with accents must hold the phrase with its accents ("chạy" is not "cháy"); one without is compared
    without.
    """
    said = " ".join(tokens(text))
    plain = bare(said)
    accented = plain != said
    lines: list[Text] = []
    for emergency in catalog.emergencies:
        phrases = (" ".join(tokens(phrase)) for phrase in emergency.words)
        if any(_holds(said, phrase) if accented else _holds(plain, bare(phrase)) for phrase in phrases):
            lines.append(t("emergency.line", number=emergency.number, name=emergency.name))
    if not lines:
        return None
    return Reply(text=t("emergency.call", numbers=tuple(lines)))


def _holds(text: str, phrase: str) -> bool:
    return f" {normal(phrase)} " in f" {text} "
