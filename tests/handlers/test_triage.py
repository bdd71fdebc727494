"""Words of danger, of tố cáo and khiếu nại, and about officers: heard where they are, and nowhere else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from handlers.cases.triage import about_officers, own_law
from handlers.emergencies import emergency_reply
from procedures_catalog.catalog import Catalog
from procedures_catalog.fold import fold
from procedures_catalog.load import SHIPPED, load

TESTS = Path(__file__).parents[1]


@cache
def catalog() -> Catalog:
    return load([SHIPPED, TESTS.parent / "deployments" / "xa-truc-ninh"])


@cache
def everyday() -> list[str]:
    """What people ask for who are in no danger and accuse nobody."""
    lists = yaml.safe_load((TESTS / "searches.yaml").read_text(encoding="utf-8"))
    asked = [line["text"] for lines in lists.values() for line in lines]
    for procedure in catalog().procedures.values():
        asked += (procedure.name, procedure.plain, *procedure.everyday)
    return [form for text in asked for form in (text, fold(text))]


CRIES = """
nhà tôi đang cháy | cháy! | Cháy rồi | có cháy | đám cháy | hỏa hoạn | hoả hoạn | có trộm | co trom | cướp
cấp cứu | đuối nước | có tai nạn | tai nạn giao thông | đánh nhau | my house is on fire | help thief | accident
someone is drowning | There's a fire | CỨU VỚI
"""


@pytest.mark.parametrize("text", [text.strip() for line in CRIES.strip().split("\n") for text in line.split("|")])
def test_a_cry_for_help_is_heard(text: str) -> None:
    assert emergency_reply(text, catalog()) is not None


CALM = """
phòng cháy chữa cháy | phong chay chua chay | giấy tờ bị mất cắp | hàng bán chạy | hang ban chay
tai nạn lao động hưởng chế độ gì | tai nan lao dong huong che do gi | mất cắp giấy tờ làm lại ở đâu
lớp bơi phòng chống đuối nước | bóng đèn đường bị cháy | cấp cựu chiến binh | bị cướp đất | fire safety certificate
help | xe chay roi | dang chay ho so
"""


@pytest.mark.parametrize("text", [text.strip() for line in CALM.strip().split("\n") for text in line.split("|")])
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert emergency_reply(text, catalog()) is None


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        ("tôi tố cáo ông A", "denunciation"),
        ("toi to cao ong A", "denunciation"),
        ("tôi to cáo ông A", "denunciation"),
        ("Tố cao cán bộ", "denunciation"),
        ("ĐƠN TỐ GIÁC", "denunciation"),
        ("I want to denounce Mr. A", "denunciation"),
        ("tôi khiếu nại và tố cáo", "denunciation"),
        ("đã khiếu nại 3 lần mà rác vẫn chưa dọn", "complaint"),
        ("toi muon khieu nai", "complaint"),
        ("khiếu kiện đất đai", "complaint"),
        ("a formal complaint", "complaint"),
        ("cây to cao che biển báo", None),
        ("cay to cao che bien bao", None),
        ("a complaint about garbage", None),
        ("đơn kiện ly hôn", None),
        ("", None),
    ],
)
def test_what_has_a_law_of_its_own(text: str, lane: str | None) -> None:
    assert own_law(text, catalog()) == lane


def test_everyday_requests_are_taken_for_none_of_it() -> None:
    assert [text for text in everyday() if emergency_reply(text, catalog())] == []
    assert [text for text in everyday() if own_law(text, catalog())] == []


@pytest.mark.parametrize(
    ("text", "sensitive"),
    [
        ("cán bộ một cửa hách dịch, vòi vĩnh phong bì", True),
        ("can bo hach dich", True),
        ("an officer asked for a bribe", True),
        ("rác chất đống 1 tuần nay", False),
        ("làm giấy khai sinh cho con", False),
    ],
)
def test_what_concerns_officers(text: str, sensitive: bool) -> None:
    assert about_officers(text, catalog()) is sensitive
