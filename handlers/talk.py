"""The vocabulary of a conversation: what comes in, what goes out, and how a script asks.

Everything here is a plain frozen value that survives JSON, except `Talk`, the one thing a script holds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

LINK_NONCE = "go"
"""Stands in a button's payload where an answer's has the nonce of its question."""

JSON: TypeAlias = "str | int | float | bool | None | list[JSON] | dict[str, JSON]"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Address:
    """Where a person can be written to; also the lane that keeps one person's things in order."""

    channel: str
    user: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.user}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """`"telegram:35270"` → Address. Raises ValueError without a colon."""
        channel, colon, user = text.partition(":")
        if not (channel and colon and user):
            raise ValueError(f"not an address: {text!r}")
        return cls(channel=channel, user=user)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file somebody sent. `id` is ours from the start; `remote` is what the channel fetches it by."""

    id: str
    remote: str | None = None
    kind: Literal["photo", "document", "voice", "video"] = "photo"
    name: str | None = None
    mime: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A point on the map, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing a person did. `choice` is a button's payload; `id` the platform's id of the message."""

    id: str
    sender: Address
    at: datetime
    text: str | None = None
    choice: str | None = None
    files: tuple[FileRef, ...] = ()
    location: Location | None = None
    unsupported: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A sentence by its wording key. A param may be a Text, or Texts that become lines."""

    key: str
    params: Mapping[str, Param] = field(default_factory=dict)


Param: TypeAlias = "str | int | Text | tuple[Text, ...]"


def t(key: str, /, **params: Param) -> Text:
    """Short for `Text(key=…, params=…)`."""
    return Text(key=key, params=params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to pick.

    In a question, `value` becomes the answer. With a `link`, the tap starts a conversation whatever else is
    going on; where there are no buttons its command is typed. `url` opens a page.
    """

    value: str
    label: Text
    link: Link | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Start `conversation` with `question` already answered by `value`."""

    conversation: str
    question: str = "-"
    value: str = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the person gets. `choices` belong to the question `asks` (conversation, question, nonce).

    `human` marks the words of an officer.
    """

    text: Text
    choices: tuple[Choice, ...] = ()
    files: tuple[FileRef, ...] = ()
    asks: tuple[str, str, str] | None = None
    human: bool = False


Kind: TypeAlias = Literal["text", "choice", "open", "files", "location", "phone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing asked.

    A "choice" must be picked, and what does not fit is answered aside. At an "open" one, anything else typed is
    a new wish. `choices` may be offered with any kind (a typed answer or a button such as "bỏ qua"). `check`
    turns what was typed into the value to store (of a choice: the one meant), or returns a Text that says what is
    wrong with it.
    """

    key: str
    text: Text
    kind: Kind = "text"
    choices: tuple[Choice, ...] = ()
    check: Callable[[str], str | Text] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question now waiting for an answer. `nonce` tells its buttons from older ones.

    `reached`: how many of the thread's answers come before it. `digits`: the answer is a number, so that a bare
    number is never taken for a code.
    """

    question: str
    nonce: str
    reached: int = 0
    digits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something a script saw once, and how many answers there were then."""

    value: JSON
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation under way: what was answered (in order) and what was noted."""

    conversation: str
    answers: Mapping[str, JSON] = field(default_factory=dict)
    noted: Mapping[str, Noted] = field(default_factory=dict)
    asked: Asked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The talk in progress at one address. `version` grows with every turn and never goes back."""

    address: Address
    lang: str
    started_at: datetime
    version: int = 0
    thread: Thread | None = None
    parked: Thread | None = None
    last_tap: str | None = None
    last_tap_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with one or more addresses. `officer` is the officer's id when the person is one."""

    id: str
    addresses: tuple[Address, ...]
    lang: str = "vi"
    officer: str | None = None


class Talk(Protocol):
    """What a script may do. Branch only on what these return."""

    @property
    def person(self) -> Person: ...

    @property
    def lang(self) -> str: ...

    @property
    def now(self) -> datetime: ...

    def say(self, text: Text, *choices: Choice, files: tuple[FileRef, ...] = ()) -> None:
        """Tell something without waiting; `choices` must be links or URLs."""

    async def ask(self, question: Question) -> str:
        """The answer to a text or choice question; pauses the script until there is one."""

    async def ask_files(self, question: Question) -> tuple[FileRef, ...]:
        """Files sent in answer; empty when a choice was taken instead (its value is then lost)."""

    async def ask_place(self, question: Question) -> str | Location:
        """A typed place, a choice's value, or a point on the map."""

    async def note(self, key: str, look: Callable[[], JSON | Awaitable[JSON]]) -> JSON:
        """What `look` gave when first asked; stored, so that a replay sees and does the same."""

    def speak(self, lang: str) -> None:
        """From now on, answer in this language."""

    def forget(self) -> None:
        """Let go of whatever is parked: there is nothing left to go on with."""

    def goto(self, conversation: str, **answers: str) -> None:
        """When this script ends, begin another with some questions already answered."""

    def edit(self, *questions: str, wish: str) -> None:
        """Forget these answers, and what was noted after the first, so that they are asked again.

        `wish` is the question whose answer was the wish to edit, which is spent.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of text with one look."""

    text: str
    bold: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A rendered choice: exactly one of `payload` and `url`."""

    label: str
    payload: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One platform call's worth of a reply, already worded and within the channel's limits.

    `key` is the wording key it began as: what can be recorded of a message without its words.
    """

    spans: tuple[Span, ...]
    buttons: tuple[Button, ...] = ()
    files: tuple[FileRef, ...] = ()
    human: bool = False
    key: str = ""

    @property
    def plain(self) -> str:
        """The text without its looks."""
        return "".join(span.text for span in self.spans)
