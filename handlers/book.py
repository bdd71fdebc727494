"""All conversations, in menu order. A new one is one file and one line here."""

from __future__ import annotations

from handlers.cases.opening import read_code
from handlers.conversation import Book, Conversation
from handlers.fallback import fallback
from handlers.feedback import feedback, read_lane
from handlers.follow_up import follow_up
from handlers.guidance import guidance, read_filing
from handlers.language import language, read_language
from handlers.life_events import life_events, read_event
from handlers.link import link, read_link_code
from handlers.menu import menu, thanks
from handlers.officer import officer
from handlers.privacy import privacy
from handlers.procedures import procedures, read_procedure_code
from handlers.rating import rating
from handlers.words import Words

CONVERSATIONS = (
    Conversation(name="menu", script=menu),
    Conversation(name="procedures", script=procedures, entry="code", reads=read_procedure_code, bare=True),
    Conversation(name="life_events", script=life_events, entry="event", reads=read_event),
    Conversation(name="guidance", script=guidance, entry="filing", reads=read_filing, parks=True),
    Conversation(name="feedback", script=feedback, entry="lane", reads=read_lane, parks=True),
    Conversation(name="follow_up", script=follow_up, entry="code", reads=read_code, bare=True),
    Conversation(name="rating", script=rating, entry="code", reads=read_code),
    Conversation(name="link", script=link, entry="code", reads=read_link_code),
    Conversation(name="language", script=language, entry="lang", reads=read_language),
    Conversation(name="privacy", script=privacy),
    Conversation(name="officer", script=officer, entry="code", reads=read_code, screens=False),
    Conversation(name="thanks", script=thanks),
    Conversation(name="fallback", script=fallback, entry="words"),
)


def book(words: Words) -> Book:
    """The conversations with their words."""
    return Book(
        conversations={conversation.name: conversation for conversation in CONVERSATIONS},
        opening="menu",
        fallback="fallback",
        words=words,
    )
