"""The conversation engine: a conversation is a function replayed over its stored answers.

Each message runs the script from the top. A question whose answer is stored returns it at once; the first one
without pauses the script and becomes the reply. So a talk survives restarts, releases and any number of processes.
Back, edit, asides, stale taps, parking and links live here once, for every conversation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.answers import MAX_TEXT, Answer, is_command, matched
from handlers.emergencies import emergency_reply
from handlers.replay import Again, Pause, Replay, without
from handlers.services import Services
from handlers.talk import (
    JSON,
    Asked,
    Choice,
    Incoming,
    Link,
    Person,
    Question,
    Reply,
    Session,
    Talk,
    Text,
    Thread,
    t,
)
from handlers.words import Words
from procedures_catalog.fold import tokens

LINK_NONCE = "go"
RESUME = "resume"
"""Stands in a link for whatever is parked."""
ASIDE_HITS = 2
IMPATIENCE = timedelta(seconds=10)
"""Within this time the same button counts as pressed once."""
MAX_HOPS = 5
"""Conversations one message may run through by `goto`; more is a loop in the scripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One thing people can talk about with us.

    `entry` is the question a link answers, and `reads` turns what was typed behind the conversation's name into
    its value, or None; `bare`: also when typed alone. `parks`: worth offering again after an interruption.
    """

    name: str
    script: Callable[[Talk, Services], Awaitable[None]]
    entry: str = "-"
    reads: Callable[[str], str | None] = lambda _: None
    bare: bool = False
    parks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All conversations, the one that opens a talk, and the one that takes what nothing else understands."""

    conversations: Mapping[str, Conversation]
    opening: str
    fallback: str
    words: Words


async def converse(
    session: Session, person: Person, incoming: Incoming, book: Book, services: Services, now: datetime
) -> tuple[Session, list[Reply]]:
    """One message in, the new session and the replies out. Makes no call to the world but through `services`."""
    turn = _Turn(session, person, incoming, book, services, now)
    await turn.take()
    return replace(turn.session, version=session.version + 1), turn.replies


class _Turn:
    """The work of one message."""

    def __init__(
        self,
        session: Session,
        person: Person,
        incoming: Incoming,
        book: Book,
        services: Services,
        now: datetime,
    ) -> None:
        self.session = session
        self.person = person
        self.incoming = incoming
        self.book = book
        self.services = services
        self.now = now
        self.replies: list[Reply] = []
        self._hops = 0

    # what kind of message is it?

    async def take(self) -> None:
        incoming = self.incoming
        if incoming.choice is not None:
            await self._tapped(incoming.choice)
        elif incoming.unsupported:
            self._tell(t("engine.unsupported"))
            await self._ask_again()
        elif incoming.text is not None and (incoming.text.strip() or not incoming.files):
            await self._typed(incoming.text)
        elif self.session.thread is not None:
            await self._run(Answer.of(incoming))
        else:
            self._tell(t("engine.not_asked_for"))
            await self._ask_again()

    async def _typed(self, text: str) -> None:
        alarm = emergency_reply(text[:MAX_TEXT], self.services.catalog)
        if alarm is not None:
            self.replies.append(alarm)
        words, thread = self.book.words, self.session.thread
        if len(text) > MAX_TEXT:
            self._tell(t("engine.too_long", limit=MAX_TEXT, length=len(text)))
            await self._ask_again()
        elif is_command(text, "menu", words):
            await self._park_and_start(Link(conversation=self.book.opening))
        elif is_command(text, "back", words):
            await self._back()
        elif (link := self._unmistakable(text)) is not None:
            await self._park_and_start(link)
        elif thread is not None:
            await self._run(Answer.of(self.incoming), aside_said=alarm is not None)
        elif (link := self._command(text)) is not None:
            await self._park_and_start(link)
        elif not tokens(text):
            await self._start(Link(conversation=self.book.opening))
        elif alarm is None:
            await self._start(Link(conversation=self.book.fallback, question="words", value=text))

    async def _tapped(self, payload: str) -> None:
        tapped_at = self.session.last_tap_at
        if payload == self.session.last_tap and tapped_at and self.now - tapped_at < IMPATIENCE:
            return  # pressed again before the answer came back
        conversation, question, nonce, value = [*payload.split(".", 3), "", "", ""][:4]
        thread = self.session.thread
        if nonce == LINK_NONCE and (conversation in self.book.conversations or conversation == RESUME):
            self.session = replace(self.session, last_tap=payload, last_tap_at=self.now)
            await self._park_and_start(Link(conversation=conversation, question=question, value=value))
            return
        fresh = (
            thread is not None
            and thread.conversation == conversation
            and thread.asked is not None
            and (thread.asked.question, thread.asked.nonce) == (question, nonce)
        )
        if fresh:
            self.session = replace(self.session, last_tap=payload, last_tap_at=self.now)
            await self._run(Answer(value=value))
            return
        self._tell(t("engine.stale_button"))
        await self._ask_again()

    # starting, parking, resuming

    async def _park_and_start(self, link: Link) -> None:
        if link.conversation == RESUME:
            await self._resume()
            return
        unfinished = self._unfinished()
        if unfinished is not None and unfinished.conversation != link.conversation:
            self.session = replace(self.session, parked=unfinished)
        await self._start(link)

    def _unfinished(self) -> Thread | None:
        """What is under way, if it is worth offering again."""
        thread = self.session.thread
        if thread is None or not thread.answers:
            return None
        conversation = self.book.conversations.get(thread.conversation)
        return replace(thread, asked=None) if conversation is not None and conversation.parks else None

    async def _resume(self) -> None:
        parked = self.session.parked
        if parked is None:
            self._tell(t("engine.nothing_parked"))
            await self._start(Link(conversation=self.book.opening))
            return
        self.session = replace(self.session, thread=parked, parked=self._unfinished())
        await self._run(None)

    async def _start(self, link: Link) -> None:
        answers: dict[str, JSON] = {} if link.question == "-" else {link.question: link.value}
        await self._begin(link.conversation, answers)

    async def _begin(self, conversation: str, answers: Mapping[str, JSON]) -> None:
        self._hops += 1
        if self._hops > MAX_HOPS:
            raise RuntimeError(f"conversations lead in a circle at {conversation!r}")
        if self.session.version == 0 and self._hops == 1 and conversation != self.book.opening:
            self._tell(t("menu.automatic", centre=self.services.catalog.deployment.centre))
        self.session = replace(self.session, thread=Thread(conversation=conversation, answers=answers))
        await self._run(None)
        if conversation == self.book.opening:
            self._offer_resume()

    # running a script

    async def _run(self, answer: Answer | None, *, aside_said: bool = False) -> None:
        thread = self.session.thread
        assert thread is not None
        conversation = self.book.conversations.get(thread.conversation)
        if conversation is None:  # a session of a release that had it
            self._tell(t("engine.conversation_gone"))
            await self._start(Link(conversation=self.book.opening))
            return
        while True:
            replay = Replay(
                thread,
                answer,
                person=self.person,
                lang=self.session.lang,
                now=self.now,
                words=self.book.words,
            )
            try:
                await conversation.script(replay, self.services)
            except Again:
                # An edit: the answers changed under the script.
                thread, answer = replay.thread(asked=None), None
                self.session = replace(self.session, thread=thread)
                continue
            except Pause as pause:
                await self._paused(replay, pause, answer, aside_said=aside_said)
                return
            break
        self.replies += replay.said
        self.session = replace(self.session, lang=replay.lang)
        self._finished(conversation)
        if replay.next is not None:
            await self._begin(*replay.next)
        elif conversation.name != self.book.opening:
            self._offer_resume()

    async def _paused(self, replay: Replay, pause: Pause, answer: Answer | None, *, aside_said: bool) -> None:
        if answer is not None and not replay.used and not aside_said:
            link = self._wish(answer.text, pause.question) if answer.text else None
            if link is not None:
                await self._park_and_start(link)
                return
            self._aside(answer, pause.question)
        nonce = _nonce(self.session.version + 1)
        asked = Asked(question=pause.question.key, nonce=nonce, reached=replay.reached)
        self.session = replace(self.session, thread=replay.thread(asked=asked))
        if pause.problem is not None:
            self.replies.append(Reply(text=pause.problem))
        if answer is None or replay.progressed:
            self.replies += replay.said
        self.replies.append(self._asking(pause.question, nonce))

    def _aside(self, answer: Answer, question: Question) -> None:
        """What does not answer a choice is a question to the catalog, answered beside it."""
        if answer.files or answer.location is not None:
            self._tell(t("engine.not_asked_for"))
            return
        if not question.choices:
            self._tell(t("engine.words_please"))
            return
        result = self.services.catalog.search(answer.text or "", now=self.now)
        hits = result.hits[:ASIDE_HITS] if result.ours else ()
        if not hits:
            self._tell(t("engine.please_choose"))
            return
        choices = tuple(
            Choice(
                value=hit.code,
                label=t("engine.plain", text=hit.name),
                link=Link(conversation="procedures", question="code", value=hit.code),
            )
            for hit in hits
        )
        self.replies.append(Reply(text=t("engine.aside"), choices=choices))

    def _finished(self, conversation: Conversation) -> None:
        parked = self.session.parked
        done = parked is not None and parked.conversation == conversation.name
        self.session = replace(self.session, thread=None, parked=None if done else parked)

    def _offer_resume(self) -> None:
        parked = self.session.parked
        if parked is None or parked.conversation not in self.book.conversations:
            return
        choice = Choice(value=RESUME, label=t("engine.resume_button"), link=Link(conversation=RESUME))
        name = t(f"commands.name_{parked.conversation}")
        self.replies.append(Reply(text=t("engine.resume_offer", name=name), choices=(choice,)))

    async def _back(self) -> None:
        thread = self.session.thread
        reached = thread.asked.reached if thread is not None and thread.asked is not None else 0
        if thread is None or not reached:
            await self._park_and_start(Link(conversation=self.book.opening))
            return
        self.session = replace(self.session, thread=without(thread, list(thread.answers)[reached - 1]))
        await self._run(None)

    async def _ask_again(self) -> None:
        if self.session.thread is None:
            await self._start(Link(conversation=self.book.opening))
        else:
            await self._run(Answer(), aside_said=True)

    # replies

    def _tell(self, text: Text) -> None:
        self.replies.append(Reply(text=text))

    def _asking(self, question: Question, nonce: str) -> Reply:
        thread = self.session.thread
        assert thread is not None
        return Reply(
            text=question.text,
            choices=question.choices,
            asks=(thread.conversation, question.key, nonce),
        )

    def _command(self, text: str) -> Link | None:
        """The bare name of a conversation, such as "phản ánh"."""
        for name in (*self.book.conversations, RESUME):
            if is_command(text, name, self.book.words):
                return Link(conversation=name)
        return None

    def _wish(self, text: str, question: Question) -> Link | None:
        """What somebody wants who does not answer the question: a conversation, or at an open one, anything."""
        link = self._command(text)
        if link is None and question.kind == "open" and tokens(text):
            return Link(conversation=self.book.fallback, question="words", value=text)
        return link

    def _unmistakable(self, text: str) -> Link | None:
        """A slash command, or a code a conversation knows, alone or behind its name: never an answer's words."""
        if text.strip().startswith("/"):
            name, _, rest = text.strip().partition(" ")
            opening = Link(conversation=self.book.opening)
            return self._deep_link(rest.strip()) or self._command(name) or opening
        if self._answers_entry(text):
            return None
        for conversation in self.book.conversations.values():
            typed = matched(text, conversation.name, self.book.words) or (text if conversation.bare else "")
            value = conversation.reads(typed)
            if value is not None:
                return Link(conversation=conversation.name, question=conversation.entry, value=value)
        return None

    def _answers_entry(self, text: str) -> bool:
        """Whether the conversation under way asks for just such a code."""
        thread = self.session.thread
        asking = self.book.conversations.get(thread.conversation) if thread is not None else None
        if thread is None or thread.asked is None or asking is None:
            return False
        return thread.asked.question == asking.entry and asking.reads(text) is not None

    def _deep_link(self, start: str) -> Link | None:
        """`/start p_1-001193`, from a poster: letters, digits, `_` and `-` are all a platform lets through."""
        for conversation in self.book.conversations.values():
            value = conversation.reads(start.removeprefix("p_").replace("-", ".", 1))
            if value is not None:
                return Link(conversation=conversation.name, question=conversation.entry, value=value)
        return None


def _nonce(version: int) -> str:
    """Short, and never the same twice at one address."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while version:
        version, place = divmod(version, 36)
        text = digits[place] + text
    return text or "0"
