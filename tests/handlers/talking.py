"""One person talking with a book of small scripts; the session goes through JSON before each message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import cast

from handlers.codec import session_from_json, to_json
from handlers.conversation import Book, Conversation
from handlers.engine import converse
from handlers.services import Services
from handlers.talk import Address, Choice, Incoming, Person, Question, Reply, Session, Talk, t
from handlers.words import Words
from procedures_catalog.catalog import Catalog
from procedures_catalog.load import SHIPPED, load

Script = Callable[[Talk, Services], Awaitable[None]]

ADDRESS = Address(channel="telegram", user="1")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@cache
def words() -> Words:
    return Words.load()


@cache
def catalog() -> Catalog:
    return load([SHIPPED, Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"])


@dataclass(frozen=True)
class NoFiles:
    """Nothing was ever sent here."""

    async def drop(self, ids: list[str]) -> None:
        assert not ids


@dataclass
class OnlyCatalog:
    """The services these scripts and the engine itself use."""

    catalog: Catalog = field(default_factory=catalog)
    files: NoFiles = field(default_factory=NoFiles)


def choice(value: str) -> Choice:
    return Choice(value=value, label=t("engine.plain", text=value))


def question(key: str, *values: str) -> Question:
    """With values a choice, without a text; its wording key is its own."""
    kind = "choice" if values else "text"
    return Question(key=key, kind=kind, text=t(f"asks.{key}"), choices=tuple(map(choice, values)))  # type: ignore[arg-type]


async def menu(talk: Talk, _: Services) -> None:
    await talk.ask(Question(key="pick", kind="open", text=t("asks.menu"), choices=(choice("nothing"),)))
    talk.say(t("says.nothing"))


async def fallback(talk: Talk, _: Services) -> None:
    talk.say(t("says.looked_up", words=await talk.ask(question("words"))))


def photos(key: str) -> Question:
    return replace(question(key), kind="files", choices=(choice("done"),))


class Conversing:
    """One person talking with a book of small scripts."""

    def __init__(self, **scripts: Script) -> None:
        scripts = {"menu": menu, "fallback": fallback, **scripts}
        self.book = Book(
            conversations={
                name: Conversation(
                    name=name,
                    script=script,
                    parks=name in ("feedback", "guidance"),
                    entry="code",
                    reads=lambda text: text if text.startswith("code-") else None,
                    screens=name != "officer",
                )
                for name, script in scripts.items()
            },
            opening="menu",
            fallback="fallback",
            words=words(),
        )
        # not the very first message: that one is told of the automaton besides
        self.session = Session(address=ADDRESS, lang="vi", started_at=NOW, version=1)
        self.now = NOW
        self.replies: list[Reply] = []
        self.asking: Reply | None = None

    async def take(self, **given: object) -> list[str]:
        """The wording keys of the replies to one message."""
        self.now += timedelta(minutes=1)
        incoming = Incoming(id="m", sender=ADDRESS, at=self.now, **given)  # type: ignore[arg-type]
        person = Person(id="p", addresses=(ADDRESS,))
        before = session_from_json(to_json(self.session))
        services = cast(Services, OnlyCatalog())
        self.session, self.replies = await converse(before, person, incoming, self.book, services, self.now)
        self.asking = next((reply for reply in reversed(self.replies) if reply.asks), self.asking)
        return [reply.text.key for reply in self.replies]

    async def say(self, text: str) -> list[str]:
        return await self.take(text=text)

    def payload(self, value: str) -> str:
        """That of a button of the newest question."""
        assert self.asking is not None
        assert self.asking.asks is not None
        return ".".join((*self.asking.asks, value))

    async def tap(self, value: str) -> list[str]:
        return await self.take(choice=self.payload(value))

    async def start(self, conversation: str) -> list[str]:
        return await self.take(choice=f"{conversation}.-.go.-")

    @property
    def answers(self) -> dict[str, object]:
        assert self.session.thread is not None
        return dict(self.session.thread.answers)


async def three_and_edit(talk: Talk, _: Services) -> None:
    await talk.ask(question("one"))
    await talk.note("after-one", lambda: "x")
    await talk.ask(question("two"))
    await talk.note("after-two", lambda: "x")
    await talk.ask(question("three"))
    done = await talk.ask(question("done", "yes", "one", "two"))
    if done == "yes":
        talk.say(t("says.done"))
    else:
        talk.edit(done, wish="done")


async def choosing(talk: Talk, _: Services) -> None:
    for number in range(1, 9):
        talk.say(t("says.got", value=await talk.ask(question(f"q-{number}", "a", "b"))))
