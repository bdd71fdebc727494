"""What a typed text means where it is no answer: a command, a code, a wish. Pure."""

from __future__ import annotations

from handlers.answers import is_command, matched
from handlers.conversation import RESUME, Book
from handlers.life_events import event_link
from handlers.procedures import procedure_link
from handlers.talk import Link, Question, Text, Thread, t
from procedures_catalog.fold import tokens
from procedures_catalog.search import Hit, SearchResult
from procedures_catalog.subjects import SubjectKind

CLEAR = ((0.9, 0.05), (0.62, 0.12))
"""Confidence from which a first hit is opened at once, and the lead over the second that it needs for that."""
EVENT = 0.9
"""Confidence from which an event of life is opened although something else fits as well: it leads there too."""


def unmistakable(text: str, thread: Thread | None, book: Book) -> Link | None:
    """A slash command, or a code a conversation knows, alone or behind its name: never an answer's words."""
    if text.strip().startswith("/"):
        name, _, rest = text.strip().partition(" ")
        return deep_link(rest.strip(), book) or command(name, book) or Link(conversation=book.opening)
    if _answers_entry(text, thread, book):
        return None
    digits_asked = thread is not None and thread.asked is not None and thread.asked.digits
    for conversation in book.conversations.values():
        alone = text if conversation.bare and not digits_asked else ""
        value = conversation.reads(matched(text, conversation.name, book.words) or alone)
        if value is not None:
            return Link(conversation=conversation.name, question=conversation.entry, value=value)
    return None


def command(text: str, book: Book) -> Link | None:
    """The bare name of a conversation, such as "phản ánh"."""
    for name in (*book.conversations, RESUME):
        if is_command(text, name, book.words):
            return Link(conversation=name)
    return None


def wish(text: str, question: Question, book: Book) -> Link | None:
    """What somebody wants who does not answer the question: a conversation, or at an open one, anything."""
    link = command(text, book)
    if link is None and question.kind == "open" and tokens(text):
        return _looked_up(text, book)
    return link


def way_out(text: str, found: SearchResult, book: Book) -> Link | None:
    """What somebody wants whose answer was refused: a conversation, or what the search is sure of."""
    return command(text, book) or (_looked_up(text, book) if clear_hit(found) else None)


def deep_link(start: str, book: Book) -> Link | None:
    """`/start p_1-001193`, from a poster: letters, digits, `_` and `-` are all a platform lets through."""
    for conversation in book.conversations.values():
        value = conversation.reads(start.removeprefix("p_").replace("-", ".", 1))
        if value is not None:
            return Link(conversation=conversation.name, question=conversation.entry, value=value)
    return None


def clear_hit(found: SearchResult) -> Hit | None:
    """What is certainly meant."""
    if not found.ours or not found.hits:
        return None
    first = found.hits[0]
    for hit in found.hits:
        if hit.kind is SubjectKind.LIFE_EVENT and hit.confidence == first.confidence >= EVENT:
            return hit
    second = found.hits[1].confidence if len(found.hits) > 1 else 0.0
    clear = any(first.confidence >= least and first.confidence - second >= lead for least, lead in CLEAR)
    return first if clear and found.ask is None else None


def hit_label(hit: Hit) -> Text:
    """What was found by its name, marked where it is a draft."""
    return t("engine.plain" if hit.reviewed else "fallback.draft", text=hit.name)


def opening(hit: Hit) -> Link:
    """Where what was found is opened."""
    return event_link(hit.code) if hit.kind is SubjectKind.LIFE_EVENT else procedure_link(hit.code)


def _looked_up(text: str, book: Book) -> Link:
    return Link(conversation=book.fallback, question="words", value=text)


def _answers_entry(text: str, thread: Thread | None, book: Book) -> bool:
    """Whether the conversation under way asks for just such a code."""
    asking = book.conversations.get(thread.conversation) if thread is not None else None
    if thread is None or thread.asked is None or asking is None:
        return False
    return thread.asked.question == asking.entry and asking.reads(text) is not None
