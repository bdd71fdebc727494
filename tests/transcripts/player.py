"""Plays a transcript under one channel's limits, with everything restarted before every turn.

A turn goes the way of a real message: intake, turns, outbox, over a real SQLite file. The sender is the one part
that is replaced: what was said to an address is read from its outbox rows.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.casework import Casework
from bot.catalog.shelf import Shelf
from bot.channels.base import Arrival
from bot.channels.fit import units
from bot.channels.known import LIMITS
from bot.clock import Clock as Sweeps
from bot.config import Settings
from bot.files import Files
from bot.house import House
from bot.intake import Intake
from bot.services import issue_link_code
from bot.store.records import Officer, OutboxClass, OutboxRow
from bot.store.work import Store, Work
from bot.turns import Turns
from handlers.book import book
from handlers.cases.model import Action, Actor, Case
from handlers.services import NotAllowed
from handlers.talk import Address, FileRef, Incoming, Location
from handlers.words import Words
from procedures_catalog.catalog import Catalog
from procedures_catalog.load import SHIPPED, load
from tests.conftest import Clock
from tests.transcripts.script import CaseNow, Deed, Transcript, Turn

SETTINGS = Settings(_env_file=None)  # type: ignore[call-arg]
BATCH = 500

_CASE_CODE = re.compile(r"\b\d{4}-\d{4}-\d\b")
_SECRET = re.compile(r"\b[A-HJKMNP-Z2-9]{8}\b")
_LINK_CODE = re.compile(r"\b\d{6}\b")
_NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_TYPED = re.compile(r"^• (.+): (?:soạn|send|type) (.+)$", re.MULTILINE)
_LATER = re.compile(r"\+(\d+)(m|h|d)")


class WentWrong(AssertionError):
    """A turn did not go as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one turn made the bot say: replies to who spoke, notices to anybody."""

    replies: list[OutboxRow]
    notices: dict[str, list[OutboxRow]]

    def keys(self, channel: str) -> list[str]:
        """The wording keys of the replies."""
        return keys(self.replies, channel)

    def notice_keys(self, channel: str) -> dict[str, list[str]]:
        """The wording keys of the notices, by who got them."""
        return {who: keys(rows, channel) for who, rows in self.notices.items()}

    @property
    def text(self) -> str:
        """Everything said in the turn, labels of buttons included."""
        rows = [*self.replies, *(row for rows in self.notices.values() for row in rows)]
        return "\n".join(line for row in rows for line in (row.part.plain, *(b.label for b in row.part.buttons)))


class Player:
    """One transcript on one channel."""

    def __init__(self, transcript: Transcript, channel: str, database: Path, store: Store, clock: Clock) -> None:
        self._transcript = transcript
        self._channel = channel
        self._database = database
        self._store = store
        self._clock = clock
        clock.now = datetime.fromisoformat(transcript.at).astimezone(UTC)
        self._sent = 0
        self._cursors: dict[Address, int] = {}
        self._said: defaultdict[str, list[list[OutboxRow]]] = defaultdict(list)
        self._known: dict[str, str] = {}

    async def play(self) -> None:
        """Raises WentWrong at the first turn that does not go as written."""
        for number, turn in enumerate(self._transcript.turns, 1):
            try:
                self._check(turn, await self.take(turn))
                await self._check_stored(turn)
            except AssertionError as fault:
                raise WentWrong(
                    f"«{self._transcript.title}» on {self._channel}, turn {number}: {fault}"
                ) from fault

    async def take(self, turn: Turn) -> Heard:
        """Everything new, then one thing happens, then what was said is read."""
        self._clock.forward(seconds=30)
        if turn.clock is not None:
            self._set_clock(turn.clock)
        house = self._restarted()
        if turn.clock is not None:
            await Sweeps(house).sweep()
        if turn.officer is not None:
            await self._at_the_desk(house, turn.officer)
        if turn.speaks:
            await self._come_in(house, turn)
        return await self._listen(house, turn)

    def _restarted(self) -> House:
        """A new house over the same tables. What never changes (connections, catalog, words) is opened once."""
        return House(
            settings=SETTINGS,
            store=self._store,
            shelf=Shelf(catalog()),
            words=words(),
            files=Files(self._database.with_name("files")),
            now=self._clock,
        )

    def _set_clock(self, to: str) -> None:
        if later := _LATER.fullmatch(to):
            unit = {"m": "minutes", "h": "hours", "d": "days"}[later[2]]
            self._clock.forward(**{unit: int(later[1])})
        else:
            self._clock.now = datetime.fromisoformat(to).astimezone(UTC)

    # what comes in

    async def _come_in(self, house: House, turn: Turn) -> None:
        intake, turns = Intake(house), Turns(house, book(house.words))
        incoming = self._incoming(turn)
        for _ in range(turn.repeat):
            self._sent += 1
            one = replace(incoming, id=f"m{self._sent}", at=self._clock.forward(milliseconds=100))
            for _ in range(turn.redelivered):
                await intake.receive(self._channel, [Arrival(incoming=one, order=self._sent)])
        worked = 0
        while worked < turn.repeat:
            some = await turns.take_group()
            assert some, f"{turn.repeat - worked} messages were not worked off"
            worked += some

    def _incoming(self, turn: Turn) -> Incoming:
        text, choice = turn.citizen, turn.payload
        if text is not None:
            for name, value in self._known.items():
                text = text.replace(f"{{{name}}}", value)
            text *= turn.longer
        if turn.tap is not None:
            text, choice = self._tap(turn.who, turn.tap)
        elif turn.old_tap is not None:
            choice = self._old_button(turn.who, turn.old_tap)
        photo = FileRef(id=f"photo-{self._sent}", remote=f"remote-{self._sent}", mime="image/jpeg", size=90_000)
        return Incoming(
            id="",
            sender=self._address(turn.who),
            at=self._clock.now,
            text=text,
            choice=choice,
            files=(photo,) if turn.photo else (),
            location=Location(latitude=turn.location[0], longitude=turn.location[1]) if turn.location else None,
            unsupported=turn.unsupported,
        )

    def _address(self, who: str) -> Address:
        return Address(channel=self._channel, user=who)

    def offered(self, who: str) -> list[str]:
        """The labels that `tap` can press in the newest messages."""
        return [label for row in self._newest(who) for label in _ways(row)]

    def _newest(self, who: str) -> list[OutboxRow]:
        return self._said[who][-1] if self._said[who] else []

    def _tap(self, who: str, label: str) -> tuple[str | None, str | None]:
        """Text to type or payload to send for a label, as the newest messages offer it."""
        for row in reversed(self._newest(who)):
            for offered, way in _ways(row).items():
                if _same(offered, label):
                    return way
        said = "\n".join(row.part.plain for row in self._newest(who))
        raise AssertionError(f"«{label}» is not offered in\n{said}")

    def _old_button(self, who: str, label: str) -> str:
        """The payload of a button of an earlier message."""
        for rows in reversed(self._said[who][:-1]):
            for button in (button for row in reversed(rows) for button in row.part.buttons):
                if _same(button.label, label) and button.payload is not None:
                    return button.payload
        raise AssertionError(f"no earlier message has a button «{label}»")

    # officers

    async def _at_the_desk(self, house: House, deed: Deed) -> None:
        refusal = None
        try:
            async with house.store.begin() as work:
                await self._do(work, house, deed)
        except NotAllowed as refused:
            refusal = refused.reason
        assert refusal == deed.refused, f"the refusal was {refusal}"

    async def _do(self, work: Work, house: House, deed: Deed) -> None:
        if deed.does == "link":
            assert deed.office is not None, "whose account?"
            officer = await _officer(work, deed.office, deed.role)
            self._known["link"] = await issue_link_code(work, house, officer=officer.id)
            return
        case = await self._newest_case(work)
        officer = await _officer(work, deed.office or case.office, deed.role)
        by = Actor(
            kind="officer",
            id=officer.id,
            offices=frozenset(officer.offices),
            roles=officer.roles,
            name=officer.name,
        )
        await Casework(work, house).act(case, Action(deed.does), by, words=deed.words)

    async def _newest_case(self, work: Work) -> Case:
        assert "code" in self._known, "no code of a case was told yet"
        case = await work.cases.find(self._known["code"])
        assert case is not None, f"there is no case {self._known['code']}"
        return case

    # what was said

    async def _listen(self, house: House, turn: Turn) -> Heard:
        replies: list[OutboxRow] = []
        notices: dict[str, list[OutboxRow]] = {}
        spoke = self._address(turn.who)
        people = {one.who for one in self._transcript.turns}
        async with house.store.read() as work:
            waiting, _ = await work.inbox.waiting()
            assert not waiting, f"{waiting} messages are left"
            for address in sorted(self._address(who) for who in people):
                rows = await work.outbox.after(address, self._cursors.get(address, 0), BATCH)
                if not rows:
                    continue
                self._cursors[address] = rows[-1].seq
                self._said[address.user].append(rows)
                self._learn(rows)
                told = [row for row in rows if row.klass is not OutboxClass.REPLY]
                if told:
                    notices[address.user] = told
                answered = [row for row in rows if row.klass is OutboxClass.REPLY]
                assert not answered or address == spoke, f"{address.user} got a reply to what {spoke.user} wrote"
                replies += answered
        for row in (*replies, *(row for rows in notices.values() for row in rows)):
            self._fits(row)
        return Heard(replies=replies, notices=notices)

    def _learn(self, rows: list[OutboxRow]) -> None:
        """Codes a person can copy from a message."""
        for row in rows:
            text = row.part.plain
            if row.part.key in ("feedback.sent", "fallback.handed_over") and (code := _CASE_CODE.search(text)):
                self._known["code"] = code[0]
            if row.part.key == "feedback.sent" and (secret := _SECRET.search(text)):
                self._known["secret"] = secret[0]
            if row.part.key == "link.issued" and (code := _LINK_CODE.search(text)):
                self._known["link"] = code[0]

    def _fits(self, row: OutboxRow) -> None:
        limits, part = LIMITS[self._channel], row.part
        assert part.plain.strip(), f"{part.key} is blank"
        assert units(part.plain) <= limits.text, f"{part.key} is longer than {limits.text}"
        assert len(part.buttons) <= limits.buttons, f"{part.key} has more than {limits.buttons} buttons"
        for button in part.buttons:
            assert 0 < units(button.label) <= limits.label, f"label {button.label!r}"
            assert len((button.payload or "").encode()) <= limits.payload, f"payload {button.payload!r}"

    # checks

    def _check(self, turn: Turn, heard: Heard) -> None:
        assert heard.keys(self._channel) == turn.bot, f"the bot said {heard.keys(self._channel)}\n{heard.text}"
        told = heard.notice_keys(self._channel)
        assert told == turn.notices, f"notices went out: {told}"
        text = " ".join(heard.text.split())
        for words in turn.says:
            assert self._filled(words) in text, f"«{words}» is not said in\n{heard.text}"
        for words in turn.never:
            assert self._filled(words) not in text, f"«{words}» is said in\n{heard.text}"

    def _filled(self, words: str) -> str:
        for name, value in self._known.items():
            words = words.replace(f"{{{name}}}", value)
        return " ".join(words.split())

    async def _check_stored(self, turn: Turn) -> None:
        if turn.case is None and turn.cases is None and not turn.nowhere:
            return
        if turn.case is not None:
            async with self._store.read() as work:
                _compare(turn.case, await self._newest_case(work))
        with closing(sqlite3.connect(self._database)) as database:
            if turn.cases is not None:
                (count,) = database.execute("SELECT count(*) FROM cases").fetchone()
                assert count == turn.cases, f"{count} cases are stored"
            for words in turn.nowhere:
                found = [line for line in database.iterdump() if self._filled(words).casefold() in line.casefold()]
                assert not found, f"«{words}» is stored: {found[0][:200]}"


@cache
def catalog() -> Catalog:
    """The shipped catalog with the demo deployment over it."""
    return load([SHIPPED, SETTINGS.deployment_dir])


@cache
def words() -> Words:
    """The shipped wording."""
    return Words.load()


def keys(rows: list[OutboxRow], channel: str) -> list[str]:
    """One key a reply: the further parts of one that was split are not counted."""
    said: list[str] = []
    before: OutboxRow | None = None
    for row in rows:
        if before is None or not _goes_on(before, row, channel):
            said.append(row.part.key)
        before = row
    return said


def _goes_on(before: OutboxRow, row: OutboxRow, channel: str) -> bool:
    """A reply is cut at more than half the limit, and only its last part has buttons."""
    return (
        before.part.key == row.part.key
        and not before.part.buttons
        and units(before.part.plain) >= LIMITS[channel].text // 2
    )


def _ways(row: OutboxRow) -> dict[str, tuple[str | None, str | None]]:
    """What can be pressed or typed at a message: by label, the text to type or the payload to send."""
    typed = {label: number for number, label in _NUMBERED.findall(row.part.plain)}
    typed |= dict(_TYPED.findall(row.part.plain))
    ways: dict[str, tuple[str | None, str | None]] = {label: (text, None) for label, text in typed.items()}
    return ways | {
        button.label: (None, button.payload) for button in row.part.buttons if button.payload is not None
    }


def _same(shown: str, label: str) -> bool:
    return shown == label or (shown.endswith("…") and label.startswith(shown[:-1]))


async def _officer(work: Work, office: str, role: str) -> Officer:
    """The one officer of an office, made when first needed."""
    login = office.replace(":", ".")
    found = await work.officers.find(login)
    if found is not None:
        return found
    assert office in catalog().offices, f"there is no office {office}"
    officer = Officer(
        id=f"officer-{login}",
        login=login,
        name="Cán bộ – mẫu",
        offices=(office,),
        roles=frozenset({role}),
        password_hash="-",
    )
    await work.officers.add(officer)
    return officer


def _compare(wanted: CaseNow, case: Case) -> None:
    for name in wanted.model_fields_set:
        stored = getattr(case, name)
        if name == "files":
            stored = len(stored)
        expected = getattr(wanted, name)
        assert stored == expected, f"the case's {name} is {stored!r}, not {expected!r}"
