"""What a card says of who has confirmed what, and of what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from handlers import facts
from handlers.talk import Text
from handlers.words import Words
from procedures_catalog.model import Confirmed, Procedure
from tests.handlers.talking import catalog

WORDS = Words.load()
CONFIRMED = Confirmed(by_office="Văn phòng xã", on=date(2026, 11, 22))


def told(text: Text) -> str:
    return WORDS.plain(text, "vi")


def procedure() -> Procedure:
    return catalog().procedures["1.001193"]


def test_a_heading_says_unconfirmed_only_while_something_is() -> None:
    plain = procedure()
    fees = tuple(replace(fee, confirmed=CONFIRMED) for fee in plain.fees)
    some = replace(plain, fees=(*fees[:-1], plain.fees[-1]))
    assert "Phí, lệ phí (chưa được địa phương xác nhận)" in told(facts.card(some, catalog()))
    card = told(facts.card(replace(plain, fees=fees), catalog()))
    assert "Phí, lệ phí:" in card
    assert "Thời hạn giải quyết (chưa được địa phương xác nhận)" in card


def test_a_confirmed_value_claims_no_source_it_does_not_name() -> None:
    fee = replace(procedure().fees[0], confirmed=CONFIRMED, source=None)
    line = told(facts.fee_lines(replace(procedure(), fees=(fee,)))[0])
    assert "Văn phòng xã xác nhận ngày 22/11/2026." in line
    assert "Cơ sở dữ liệu quốc gia" not in line


def test_a_draft_names_no_place_to_file_it() -> None:
    draft = replace(procedure(), reviewed=False, office=None, plain="", decided_by="Cục Mẫu.")
    where = told(facts.where(draft, catalog()))
    assert "Nơi nộp: nguồn chưa nêu rõ" in where
    assert "Trung tâm Phục vụ hành chính công" not in where
    assert "Cục Mẫu." in where
    assert "Cục Mẫu.." not in where
    assert "Bản nháp" in told(facts.card(draft, catalog()))
