"""One run of a script over its stored answers: the `Talk` that a script holds."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime

from handlers.answers import PICKED, Answer, read_answer
from handlers.talk import (
    JSON,
    Asked,
    Choice,
    FileRef,
    Location,
    Noted,
    Person,
    Question,
    Reply,
    Text,
    Thread,
)
from handlers.words import Words

_FILE_FIELDS = frozenset(field.name for field in fields(FileRef))


class Pause(BaseException):
    """Unwinds a script at its first unanswered question. Not an Exception: scripts must not catch it.

    `problem`: what was wrong with the answer just given.
    """

    def __init__(self, question: Question, problem: Text | None) -> None:
        self.question = question
        self.problem = problem


class Again(BaseException):
    """The answers changed under the script (an edit): run it from the top."""


class Replay:
    """The `Talk` a script holds: stored answers first, then this turn's answer, then a pause.

    Afterwards `used` says whether this turn's answer met its question, `progressed` whether it was taken,
    `took_files` whether its files were, `said` what to tell before the question, `next` where the script wants to
    go on.
    """

    def __init__(
        self, thread: Thread, answer: Answer | None, *, person: Person, lang: str, now: datetime, words: Words
    ) -> None:
        self.person = person
        self.lang = lang
        self.now = now
        self._words = words
        self._conversation = thread.conversation
        self._stored = dict(thread.answers)
        self._noted = dict(thread.noted)
        self._asked = thread.asked
        self._kept: dict[str, JSON] = {}
        self._answer = answer
        self.used = False
        self.progressed = False
        self.forgotten = False
        self.took_files = False
        self.said: list[Reply] = []
        self.next: tuple[str, Mapping[str, JSON]] | None = None

    @property
    def reached(self) -> int:
        """How many answers the script has come past."""
        return len(self._kept)

    def thread(self, *, asked: Asked | None) -> Thread:
        """The thread as it stands. Answers not come to again yet (after an edit) are kept behind the others."""
        behind = {
            key: value
            for key, value in self._stored.items()
            if key not in self._kept and (asked is None or key != asked.question)
        }
        return Thread(
            conversation=self._conversation,
            answers=self._kept | behind,
            noted={key: note for key, note in self._noted.items() if note.after <= len(self._kept)},
            asked=asked,
        )

    def say(self, text: Text, *choices: Choice, files: tuple[FileRef, ...] = ()) -> None:
        self.said.append(Reply(text=text, choices=choices, files=files))

    async def ask(self, question: Question) -> str:
        value = self._value(question)
        if isinstance(value, str):
            return value
        return self._take(question)

    async def ask_files(self, question: Question) -> tuple[FileRef, ...]:
        value = self._value(question)
        if isinstance(value, list):
            return tuple(file for item in value if (file := _file(item)) is not None)
        if value is not None:
            return ()
        answer = self._answer_for(question)
        if answer is not None and answer.files:
            self._accept(question.key, [_file_json(file) for file in answer.files])
            self.took_files = True
            return answer.files
        self._take(question)
        return ()

    async def ask_place(self, question: Question) -> str | Location:
        value = self._value(question)
        if isinstance(value, dict):
            return Location(latitude=float(str(value["latitude"])), longitude=float(str(value["longitude"])))
        if isinstance(value, str):
            return value
        answer = self._answer_for(question)
        if answer is not None and answer.location is not None:
            point = answer.location
            self._accept(question.key, {"latitude": point.latitude, "longitude": point.longitude})
            return point
        return self._take(question)

    async def note(self, key: str, look: Callable[[], JSON | Awaitable[JSON]]) -> JSON:
        if key not in self._noted:
            seen = look()
            value = await seen if inspect.isawaitable(seen) else seen
            self._noted[key] = Noted(value=value, after=len(self._kept))
        return self._noted[key].value

    def speak(self, lang: str) -> None:
        self.lang = lang

    def forget(self) -> None:
        self.forgotten = True

    def goto(self, conversation: str, **answers: str) -> None:
        self.next = (conversation, answers)

    def edit(self, *questions: str, wish: str) -> None:
        place = min(place for place, key in enumerate(self._kept) if key in questions)
        for key in (wish, *questions):
            self._kept.pop(key, None)
            self._stored.pop(key, None)
        self._noted = {key: note for key, note in self._noted.items() if note.after <= place}
        raise Again

    def _value(self, question: Question) -> JSON:
        """The stored answer, unless it no longer fits what is offered."""
        stored = self._stored.get(question.key)
        if stored is None:
            return None
        offered = {choice.value for choice in question.choices}
        if question.kind in PICKED and offered and stored not in offered:
            return None
        self._keep(question.key, stored)
        return stored

    def _keep(self, key: str, value: JSON) -> None:
        self._kept[key] = value
        self.said.clear()  # it was said when this question was asked

    def _answer_for(self, question: Question) -> Answer | None:
        """This turn's answer, if it was given to this very question and not used yet."""
        if self._answer is None or self.used or self._asked is None:
            return None
        return self._answer if self._asked.question == question.key else None

    def _take(self, question: Question) -> str:
        """Use this turn's answer, or pause."""
        answer = self._answer_for(question)
        if answer is None:
            raise Pause(question, None)
        value = read_answer(answer, question, self._words)
        if value is None:
            raise Pause(question, None)
        if isinstance(value, Text):
            self.used = True
            raise Pause(question, value)
        self._accept(question.key, value)
        return value

    def _accept(self, key: str, value: JSON) -> None:
        """This turn's answer is good."""
        self.used = True
        self.progressed = True
        self._keep(key, value)


def file_ids(thread: Thread) -> list[str]:
    """The ids of all files among the answers."""
    lists = (value for value in thread.answers.values() if isinstance(value, list))
    return [str(item["id"]) for some in lists for item in some if isinstance(item, dict) and "id" in item]


def without(thread: Thread, question: str) -> Thread:
    """The thread with one answer dropped, and what was noted after it."""
    place = list(thread.answers).index(question)
    return replace(
        thread,
        answers={key: value for key, value in thread.answers.items() if key != question},
        noted={key: note for key, note in thread.noted.items() if note.after <= place},
        asked=None,
    )


def _file_json(file: FileRef) -> dict[str, JSON]:
    return {"id": file.id, "kind": file.kind, "name": file.name, "mime": file.mime, "size": file.size}


def _file(value: JSON) -> FileRef | None:
    """As another release may have written it: what is unknown is left out; None without an id."""
    if not isinstance(value, dict) or "id" not in value:
        return None
    return FileRef(**{name: given for name, given in value.items() if name in _FILE_FIELDS})  # type: ignore[arg-type]
