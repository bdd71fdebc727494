"""Transcripts are the specification: every one is played under every channel's limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.known import LIMITS
from bot.store.work import Store
from tests.conftest import Clock
from tests.transcripts.player import Player
from tests.transcripts.script import Transcript, read, write

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
PLAYS = [(file, channel) for file in FILES for channel in LIMITS if read(file).plays_on(channel)]


@pytest.mark.parametrize(("file", "channel"), PLAYS, ids=[f"{file.stem}-{channel}" for file, channel in PLAYS])
async def test_transcript(
    file: Path, channel: str, tmp_path: Path, sqlite_store: Store, clock: Clock, request: pytest.FixtureRequest
) -> None:
    transcript = read(file)
    first = next(name for name in LIMITS if transcript.plays_on(name))
    player = Player(transcript, channel, tmp_path / "motcua.db", sqlite_store, clock)
    if request.config.getoption("--refresh", default=False) and channel == first:
        await _refresh(transcript, channel, player)
        write(transcript, file)
    else:
        await player.play()


async def _refresh(transcript: Transcript, channel: str, player: Player) -> None:
    """What is said now becomes what is expected; somebody reads the difference before it is kept."""
    for turn in transcript.turns:
        heard = await player.take(turn)
        if turn.speaks:
            turn.bot = heard.keys(channel)
        if heard.notices or turn.notices:
            turn.notices = heard.notice_keys(channel)
