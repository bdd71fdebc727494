"""The player itself: a transcript that is wrong in any one point must fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from bot.store.work import Store
from tests.conftest import Clock
from tests.transcripts.player import Player, WentWrong
from tests.transcripts.script import Transcript, read, write

ASKED: list[dict[str, Any]] = [
    {"citizen": "/start", "bot": ["menu.hello"]},
    {"citizen": "asdf qwer zxcv", "bot": ["fallback.nothing"]},
    {"tap": "Chuyển câu hỏi cho cán bộ", "bot": ["fallback.confirm"]},
    {"tap": "Đồng ý gửi", "bot": ["fallback.handed_over"]},
]
ANSWERED = {
    "officer": {"does": "answer", "words": "Mời ông/bà đến."},
    "notices": {"citizen": ["notices.citizen_answered"]},
}


async def play(
    turns: list[dict[str, Any]], folder: Path, store: Store, clock: Clock, channel: str = "webchat"
) -> None:
    transcript = Transcript.model_validate({"title": "a test", "turns": turns})
    await Player(transcript, channel, folder / "motcua.db", store, clock).play()


@pytest.mark.parametrize("channel", ["webchat", "zalo-bot"])
async def test_what_is_right_passes(channel: str, tmp_path: Path, sqlite_store: Store, clock: Clock) -> None:
    right = {"case": {"office": "truc-ninh:public_service_centre"}, "cases": 1, "nowhere": ["không ai viết"]}
    last = {**ASKED[-1], **right, "says": ["Mã theo dõi: {code}"], "never": ["Xin chào"]}
    await play([*ASKED[:-1], last, ANSWERED], tmp_path, sqlite_store, clock, channel)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bot": ["fallback.nothing"]},
        {"bot": ["fallback.handed_over", "menu.hello"]},
        {"bot": []},
        {"says": ["Xin chào"]},
        {"never": ["Mã theo dõi"]},
        {"notices": {"citizen": ["notices.citizen_taken"]}},
        {"case": {"office": "truc-ninh:commune_police"}},
        {"case": {"files": 1}},
        {"cases": 0},
        {"nowhere": ["asdf QWER"]},
        {"tap": "Nút không có"},
        {"old_tap": "Nút không có"},
    ],
    ids=str,
)
async def test_one_wrong_point_fails(
    wrong: dict[str, Any], tmp_path: Path, sqlite_store: Store, clock: Clock
) -> None:
    last = {**ASKED[-1], **wrong}
    if "old_tap" in wrong:
        last.pop("tap")
    with pytest.raises(WentWrong, match="turn 4"):
        await play([*ASKED[:-1], last], tmp_path, sqlite_store, clock)


@pytest.mark.parametrize(
    "wrong",
    [{"notices": {}}, {"notices": {"neighbour": ["notices.citizen_answered"]}}, {"officer": {"does": "close"}}],
    ids=str,
)
async def test_a_wrong_deed_or_notice_fails(
    wrong: dict[str, Any], tmp_path: Path, sqlite_store: Store, clock: Clock
) -> None:
    with pytest.raises(WentWrong, match="turn 5"):
        await play([*ASKED, {**ANSWERED, **wrong}], tmp_path, sqlite_store, clock)


def test_a_misspelt_field_is_a_fault() -> None:
    with pytest.raises(ValidationError, match="sayz"):
        Transcript.model_validate({"title": "a test", "turns": [{"citizen": "/start", "sayz": ["x"]}]})


def test_writing_leaves_a_file_as_it_is_read(tmp_path: Path) -> None:
    file = Path(__file__).parent / "officers-own-chat.yaml"
    transcript = read(file)
    write(transcript, tmp_path / "again.yaml")
    assert read(tmp_path / "again.yaml") == transcript
    assert (tmp_path / "again.yaml").read_text(encoding="utf-8") == file.read_text(encoding="utf-8")


async def test_a_recorded_talk_plays_as_it_is(tmp_path: Path, sqlite_store: Store, clock: Clock) -> None:
    """`motcua chat --record` writes no more than a title and turns of `citizen` and `bot`."""
    recorded = {
        "title": "recorded",
        "turns": [{"citizen": "/start", "bot": ["menu.hello"]}, {"citizen": "2", "bot": ["feedback.lane"]}],
    }
    file = tmp_path / "recorded.yaml"
    file.write_text(yaml.safe_dump(recorded, allow_unicode=True, sort_keys=False), encoding="utf-8")
    await Player(read(file), "zalo-oa", tmp_path / "motcua.db", sqlite_store, clock).play()
