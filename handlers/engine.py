"""The conversation engine: a conversation is a function replayed over its stored answers.

Each message runs the script from the top. A question whose answer is stored returns it at once; the first one
without pauses the script and becomes the reply. So a talk survives restarts, releases and any number of processes.
Back, edit, asides, stale taps, parking and links live here once, for every conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.answers import MAX_TEXT, PICKED, Answer, is_command
from handlers.cases.triage import Lane, explained, own_law
from handlers.conversation import RESUME, Book, Conversation
from handlers.emergencies import emergency_reply
from handlers.meaning import clear_hit, command, hit_label, opening, unmistakable, way_out, wish
from handlers.replay import Again, Pause, Replay, file_ids, without
from handlers.services import Services
from handlers.talk import (
    JSON,
    LINK_NONCE,
    Asked,
    Choice,
    Incoming,
    Link,
    Person,
    Question,
    Reply,
    Session,
    Text,
    Thread,
    t,
)
from procedures_catalog.fold import tokens

ASIDE_HITS = 2
IMPATIENCE = timedelta(seconds=10)
"""Within this time the same button counts as pressed once."""
MAX_HOPS = 5
"""Conversations one message may run through by `goto`; more is a loop in the scripts."""
TOLD_FIRST = frozenset({"emergency.call", "menu.automatic"})
TOLD_OF_FILES = frozenset({"engine.dropped", "engine.not_asked_for", "engine.photo_instead"})


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
        self._files_taken = False

    # what kind of message is it?

    async def take(self) -> None:
        under_way = self.session.thread
        await self._take()
        if self.incoming.files and not self._files_taken:
            self._tell_of_files(under_way)

    async def _take(self) -> None:
        incoming = self.incoming
        if incoming.choice is not None:
            await self._tapped(incoming.choice)
            return
        self.session = replace(self.session, last_tap=None, last_tap_at=None)
        if incoming.unsupported:
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
        words, thread = self.book.words, self.session.thread
        alarm = law = None
        if self._screens():
            alarm = emergency_reply(text[:MAX_TEXT], self.services.catalog)
            law = own_law(text[:MAX_TEXT], self.services.catalog)
        if alarm is not None:
            self.replies.append(alarm)
        if law == "denunciation":
            await self._explain_and_end(law)
        elif len(text) > MAX_TEXT:
            self._tell(t("engine.too_long", limit=MAX_TEXT, length=len(text)))
            await self._ask_again()
        elif is_command(text, "menu", words):
            await self._park_and_start(Link(conversation=self.book.opening))
        elif is_command(text, "back", words):
            await self._back()
        elif (link := unmistakable(text, thread, self.book)) is not None:
            await self._park_and_start(link)
        elif thread is not None:
            await self._run(Answer.of(self.incoming), aside_said=alarm is not None)
        elif (link := command(text, self.book)) is not None:
            await self._park_and_start(link)
        elif not tokens(text):
            await self._start(Link(conversation=self.book.opening))
        elif alarm is None or clear_hit(self.services.catalog.search(text, now=self.now)):
            await self._start(Link(conversation=self.book.fallback, question="words", value=text))

    async def _tapped(self, payload: str) -> None:
        tapped_at = self.session.last_tap_at
        if payload == self.session.last_tap and tapped_at and self.now - tapped_at < IMPATIENCE:
            return  # pressed again before the answer came back
        name, question, nonce, value = [*payload.split(".", 3), "", "", ""][:4]
        thread = self.session.thread
        if nonce == LINK_NONCE and self._opens(link := Link(conversation=name, question=question, value=value)):
            self.session = replace(self.session, last_tap=payload, last_tap_at=self.now)
            await self._park_and_start(link)
            return
        fresh = (
            thread is not None
            and thread.conversation == name
            and thread.asked is not None
            and (thread.asked.question, thread.asked.nonce) == (question, nonce)
        )
        if fresh:
            self.session = replace(self.session, last_tap=payload, last_tap_at=self.now)
            await self._run(Answer(value=value))
            return
        self._tell(t("engine.stale_button"))
        await self._ask_again()

    def _opens(self, link: Link) -> bool:
        """Whether a button may start this: what it carries comes from outside and may be forged."""
        conversation = self.book.conversations.get(link.conversation)
        return link.conversation == RESUME or (conversation is not None and conversation.opens_with(link))

    def _screens(self) -> bool:
        """Whether the words are a citizen's, to be looked through before anything is done with them."""
        thread = self.session.thread
        conversation = self.book.conversations.get(thread.conversation) if thread is not None else None
        return conversation is None or conversation.screens

    async def _explain_and_end(self, lane: Lane) -> None:
        """Nothing of it is kept: neither these words nor what was typed or sent towards it."""
        under_way = self.session.thread or self.session.parked
        sent = [file.id for file in self.incoming.files]
        for thread in (self.session.thread, self.session.parked):
            sent += file_ids(thread) if thread is not None else []
        await self.services.files.drop(sent)
        self._introduce()
        self.session = replace(self.session, thread=None, parked=None)
        self._tell(explained(lane, self.services.catalog))
        if self.incoming.files or (under_way is not None and under_way.answers):
            self._tell(t("engine.dropped"))

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
        if self._hops == 1 and conversation != self.book.opening:
            self._introduce()
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
        self._files_taken |= replay.took_files
        self.replies += replay.said
        parked = None if replay.forgotten else self.session.parked
        self.session = replace(self.session, lang=replay.lang, parked=parked)
        self._finished(conversation)
        if replay.next is not None:
            await self._begin(*replay.next)
        elif conversation.name != self.book.opening:
            self._offer_resume()

    async def _paused(self, replay: Replay, pause: Pause, answer: Answer | None, *, aside_said: bool) -> None:
        question = pause.question
        if answer is not None:
            leaves = self._clearly_leaves if aside_said else self._leaves
            link = leaves(replay, pause, answer.text) if answer.text else None
            if link is not None:
                await self._park_and_start(link)
                return
            if not replay.used and not aside_said:
                self._aside(answer, question)
        self._files_taken |= replay.took_files
        nonce = _nonce(self.session.version + 1)
        asked = Asked(question=question.key, nonce=nonce, reached=replay.reached, digits=question.kind == "phone")
        self.session = replace(self.session, thread=replay.thread(asked=asked))
        if pause.problem is not None:
            self.replies.append(Reply(text=pause.problem))
        if answer is None or replay.progressed:
            self.replies += replay.said
        self.replies.append(self._asking(question, nonce))

    def _leaves(self, replay: Replay, pause: Pause, text: str) -> Link | None:
        """Where words lead that do not answer the question. Only one that takes nothing but a code lets go."""
        if not replay.used:
            return wish(text, pause.question, self.book)
        thread = self.session.thread
        assert thread is not None
        entry = self.book.conversations[thread.conversation].entry
        if pause.problem is None or not (pause.question.key == entry or pause.question.kind == "phone"):
            return None
        return way_out(text, self.services.catalog.search(text, now=self.now), self.book)

    def _clearly_leaves(self, replay: Replay, pause: Pause, text: str) -> Link | None:
        """The same after an alarm, when only what is certainly asked for is worth a second answer."""
        if replay.used or pause.question.kind not in PICKED:
            return None
        return way_out(text, self.services.catalog.search(text, now=self.now), self.book)

    def _aside(self, answer: Answer, question: Question) -> None:
        """What does not answer a choice is a question to the catalog, answered beside it."""
        if answer.files or answer.location is not None:
            self._tell(t("engine.not_asked_for"))
            return
        if not question.choices:
            self._tell(t("engine.words_please"))
            return
        law = own_law(answer.text, self.services.catalog) if answer.text and self._screens() else None
        if law is not None:
            self._tell(explained(law, self.services.catalog))
            return
        result = self.services.catalog.search(answer.text or "", now=self.now)
        hits = result.hits[:ASIDE_HITS] if result.ours else ()
        if not hits:
            self._tell(t("engine.please_choose"))
            return
        choices = tuple(
            Choice(
                value=hit.code,
                label=hit_label(hit),
                link=opening(hit),
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

    def _introduce(self) -> None:
        """The first message says that nobody sits here."""
        if self.session.version == 0:
            self._tell(t("menu.automatic", centre=self.services.catalog.deployment.centre))

    def _tell_of_files(self, under_way: Thread | None) -> None:
        """Files that came with words and were not asked for do not vanish silently."""
        said = [reply.text.key for reply in self.replies]
        if TOLD_OF_FILES & {*said}:
            return
        thread = self.session.thread
        goes_on = under_way is not None and thread is not None and thread.conversation == under_way.conversation
        place = next((place for place, key in enumerate(said) if key not in TOLD_FIRST), len(said))
        text = t("engine.photo_beside" if goes_on else "engine.not_asked_for")
        self.replies.insert(place, Reply(text=text))


def _nonce(version: int) -> str:
    """Short, and never the same twice at one address."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while version:
        version, place = divmod(version, 36)
        text = digits[place] + text
    return text or "0"
