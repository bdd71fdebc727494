"""`motcua chat`: the same intake, turns and outbox as everywhere else, at a keyboard; can record a transcript."""

from __future__ import annotations

import uuid
from pathlib import Path

import yaml
from rich.console import Console

from bot.app import App
from bot.channels.base import Arrival
from bot.channels.terminal import NAME
from bot.store.records import OutboxRow
from handlers.talk import Address, Incoming

BATCH = 100


class TerminalTalk:
    """One talk with one person at this terminal."""

    def __init__(self, app: App, user: str) -> None:
        self._app = app
        self._address = Address(channel=NAME, user=user)
        self._cursor = 0
        self.turns: list[dict[str, object]] = []

    async def say(self, text: str) -> list[OutboxRow]:
        """What came back for a typed line."""
        house = self._app.house
        incoming = Incoming(id=str(uuid.uuid4()), sender=self._address, at=house.now(), text=text)
        await self._app.intake.receive(
            NAME, [Arrival(incoming=incoming, order=int(house.now().timestamp() * 1000))]
        )
        while await self._app.turns.take_group():
            pass
        rows = await self.unread()
        self.turns.append({"citizen": text, "bot": [row.part.key for row in rows]})
        return rows

    async def unread(self) -> list[OutboxRow]:
        """What has been said to this address since the last look."""
        async with self._app.house.store.read() as work:
            rows = await work.outbox.after(self._address, self._cursor, BATCH)
        if rows:
            self._cursor = rows[-1].seq
            async with self._app.house.store.begin() as work:
                await work.outbox.acknowledge(self._address, self._cursor)
        return rows

    def record(self, file: Path) -> None:
        """Write the talk as a transcript for `tests/transcripts`."""
        transcript = {"title": file.stem.replace("-", " "), "turns": self.turns}
        file.write_text(yaml.safe_dump(transcript, allow_unicode=True, sort_keys=False), encoding="utf-8")


def show(rows: list[OutboxRow], console: Console) -> None:
    """Print what was said; officers' words are marked."""
    for row in rows:
        for span in row.part.spans:
            style = "bold" if span.bold else None
            console.print(span.text, style=style, end="", markup=False, highlight=False, soft_wrap=True)
        console.print("\n")
