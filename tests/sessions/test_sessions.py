"""Talks that were under way when an earlier release ran go on in this one. Sessions are added, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.store.work import Store
from handlers.codec import session_from_json
from handlers.talk import Session
from tests.conftest import Clock
from tests.transcripts.player import Player
from tests.transcripts.script import Transcript, Turn

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.json"))
CHANNEL = "telegram"


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.name}/{file.stem}" for file in FILES])
async def test_session(file: Path, tmp_path: Path, sqlite_store: Store, clock: Clock) -> None:
    session, turns = _read(file)
    transcript = Transcript(title=file.stem, turns=turns)
    async with sqlite_store.begin() as work:
        work.sessions.save(session)
    await Player(transcript, CHANNEL, tmp_path / "motcua.db", sqlite_store, clock).play()


def _read(file: Path) -> tuple[Session, list[Turn]]:
    """The session, and what comes then."""
    then = yaml.safe_load((file.parent / "then.yaml").read_text(encoding="utf-8"))
    turns = [Turn.model_validate(turn) for turn in then[file.stem]]
    return session_from_json(file.read_text(encoding="utf-8")), turns


def test_every_session_says_what_comes_then() -> None:
    for folder in {file.parent for file in FILES}:
        then = yaml.safe_load((folder / "then.yaml").read_text(encoding="utf-8"))
        assert set(then) == {file.stem for file in FILES if file.parent == folder}
