from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures_catalog.fold import fold, normal, sounds_alike, tokens

VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ ")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký KẾT HÔN", "dang ky ket hon"),
        ("Ủy quyền", "uy quyen"),
        ("ƯỚC ƠI", "uoc oi"),
        ("ct07", "ct07"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "pair", [("hoà", "hòa"), ("uỷ", "ủy"), ("Thuỷ", "thủy"), ("khoẻ", "khỏe"), ("loá", "lóa")]
)
def test_one_spelling_for_one_syllable(pair: tuple[str, str]) -> None:
    assert normal(pair[0]) == normal(pair[1])


@pytest.mark.parametrize("word", ["quý", "hoàn", "toán", "huỳnh", "quỳ"])
def test_tone_stays_where_it_belongs(word: str) -> None:
    assert normal(word) == word


def test_tokens_keep_accents_and_drop_the_rest() -> None:
    assert tokens("Xin giấy, CT07 😀 <b>ạ</b>!") == ["xin", "giấy", "ct07", "b", "ạ", "b"]


def test_hoi_and_nga_sound_alike() -> None:
    assert sounds_alike("nghỉ", "nghĩ")
    assert not sounds_alike("má", "mã")


@given(VIETNAMESE)
def test_fold_is_the_same_for_every_unicode_form(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text) == fold(text.upper())


@given(VIETNAMESE)
def test_fold_leaves_plain_letters_and_is_stable(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert fold(folded) == folded
    assert len(folded) == len(text)


@given(st.text())
def test_any_text_is_safe(text: str) -> None:
    assert all(token for token in tokens(text))
    fold(text)
