"""People who press and type anything at all: every message is answered, nothing is set aside."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.store.work import Store
from tests.conftest import Clock
from tests.transcripts.player import Player
from tests.transcripts.script import Transcript, Turn

STEPS = 120
TYPED = """
1 2 3 7 10 99 0 menu quay_lại tiếp_tục phản_ánh theo_dõi liên_kết ngôn_ngữ dữ_liệu_của_tôi cán_bộ đánh_giá hỏi
cảm_ơn
hướng_dẫn_nộp hướng_dẫn_nộp_online_1.001193 /start /start_p_1-001193 /x {code} theo_dõi_{code} đánh_giá_{code}
{secret}
liên_kết_{link} 0912345678 Trần_Văn_Mẫu xóm_5_thôn_Trực_Hưng rác_chất_đống_một_tuần_nay khai_sinh giấy_xác_nhận
xin_giấy_độc_thân tố_cáo_ông_A khiếu_nại cháy_nhà bằng_lái_xe ² ²²²²²²²²²
tôi_tố_cáo_ông_A tôi_đã_khiếu_nại_3_lần_mà_chưa_dọn cán_bộ_hách_dịch cháy!
asdf 😀 ??? <b> skip
"""
FORGED = """
feedback.phone.go.abc feedback.lane.go.conduct guidance.filing.go.online-2.000815
feedback.lane.go.x feedback.photo-1.go.x feedback.review.go.send guidance.filing.go.x-y guidance.step-1.go.account
fallback.pick.go.offer-9 fallback.words.go.x rating.points.go.9 rating.code.go.x officer.code.go.x
follow_up.code.go.x
procedures.code.go.x procedures.part-1.go.x language.lang.go.xx link.code.go.x privacy.sure.go.yes menu.pick.go.x
resume.-.go.- x.y.z x
"""


@pytest.mark.parametrize("channel", ["webchat", "zalo-bot"])
@pytest.mark.parametrize("seed", range(2))
async def test_wandering(seed: int, channel: str, tmp_path: Path, sqlite_store: Store, clock: Clock) -> None:
    chance = random.Random(seed)
    player = Player(
        Transcript(title="wandering", turns=[Turn()]), channel, tmp_path / "motcua.db", sqlite_store, clock
    )
    for _ in range(STEPS):
        heard = await player.take(_anything(chance, player))
        assert heard.replies, "no answer"


def _anything(chance: random.Random, player: Player) -> Turn:
    """Mostly what is offered, else something typed, sent or forged."""
    offered = player.offered("citizen")
    what = chance.random()
    if offered and what < 0.6:
        return Turn(tap=chance.choice(offered))
    if what < 0.85:
        return Turn(citizen=chance.choice(TYPED.split()).replace("_", " "))
    if what < 0.92:
        return Turn(payload=chance.choice(FORGED.split()))
    return chance.choice(
        [Turn(photo=True), Turn(location=(20.25, 106.18)), Turn(unsupported=True), Turn(citizen="")]
    )
