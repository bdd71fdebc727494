from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from procedures_catalog.load import SHIPPED, load
from procedures_catalog.search import Index, SearchResult
from procedures_catalog.subjects import named
from procedures_catalog.vocabulary import Stem

TESTS = Path(__file__).parents[1]
LINES = yaml.safe_load((TESTS / "searches.yaml").read_text(encoding="utf-8"))
CATALOG = load([SHIPPED, TESTS.parent / "deployments" / "xa-truc-ninh"])


def meets(result: SearchResult, line: dict[str, Any]) -> bool:
    if "ask" in line:
        return result.ask is not None and result.ask.question == line["ask"]
    if "not_ours" in line:
        return not result.ours and line.get("where", "") in (result.where or "")
    codes = line["code"] if isinstance(line["code"], list) else [line["code"]]
    return result.ours and result.ask is None and bool(result.hits) and result.hits[0].code in codes


def ids(line: dict[str, Any]) -> str:
    return str(line["text"]) or "empty"


@pytest.mark.parametrize("line", LINES["expected"], ids=ids)
def test_expected(line: dict[str, Any]) -> None:
    result = CATALOG.search(line["text"])
    assert meets(result, line), result


@pytest.mark.parametrize("line", LINES["known_failures"], ids=ids)
def test_known_failures_still_fail(line: dict[str, Any]) -> None:
    assert not meets(CATALOG.search(line["text"]), line), "It works now: move the line to `expected`."


@pytest.mark.parametrize("code", sorted(CATALOG.procedures))
def test_every_procedure_is_found_by_its_own_name(code: str) -> None:
    result = CATALOG.search(CATALOG.procedures[code].name)
    assert code in [hit.code for hit in result.hits[:2]]


def test_accents_decide_where_they_are_typed() -> None:
    right, none, wrong = (
        next(hit.confidence for hit in CATALOG.search(text).hits if hit.code == "1.003677")
        for text in ("tạm vắng", "tam vang", "tám vàng")
    )
    assert right > none > wrong
    assert wrong < 0.5
    assert "1.000656" in [hit.code for hit in CATALOG.search("má mới mất").hits[:2]]
    assert not CATALOG.search("ma mới mất").ours


def test_an_action_excludes_procedures_of_another_action() -> None:
    best = CATALOG.search("xóa tạm trú").hits
    other = next(hit for hit in best if hit.code == "1.004194")
    assert best[0].code == "1.010028"
    assert other.confidence < 0.5 * best[0].confidence


def test_a_way_decides_between_what_fits_alike_and_no_more() -> None:
    plain, online = (CATALOG.search(text).hits for text in ("đăng ký xe", "đăng ký xe qua mạng"))
    assert (plain[0].code, plain[1].code) == ("1.013067", "1.012575")
    assert (online[0].code, online[1].code) == ("1.012575", "1.013067")
    assert all(hits[1].confidence > 0.8 * hits[0].confidence for hits in (plain, online))
    assert CATALOG.search("tạm vắng qua mạng").hits[0].code == CATALOG.search("tạm vắng").hits[0].code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("căn cước", None),
        ("làm căn cước", "1.014061"),
        ("căn cước cho con", "1.014062"),
        ("căn cước của con", None),
    ],
)
def test_small_words_make_an_ambiguous_one_clear_where_a_name_has_them(text: str, code: str | None) -> None:
    result = CATALOG.search(text)
    assert (result.ask is None) is (code is not None)
    assert code in (None, result.hits[0].code)


def test_a_short_question_that_names_explain_is_ours_though_many_fit() -> None:
    result = CATALOG.search("tặng cho")
    assert result.ours
    assert result.hits[0].confidence < 0.46
    assert not CATALOG.search("giá nhà").ours


@pytest.mark.parametrize("text", ["75", "9.999999", "0912 345 678"])
def test_a_number_alone_is_no_question(text: str) -> None:
    assert CATALOG.search(text).hits == ()


def test_every_hit_says_why_and_confidence_falls() -> None:
    result = CATALOG.search("rớt hôn thú, muốn xin bản sao")
    assert result.hits
    assert all(hit.why and all(hit.why) for hit in result.hits)
    confidences = [hit.confidence for hit in result.hits]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < confidence <= 1 for confidence in confidences)


def test_public_form() -> None:
    shown = CATALOG.search("mất giấy khai sinh").as_json()
    assert set(shown) == {"hits", "ask", "ours"}
    assert set(shown["hits"][0]) == {"kind", "code", "name", "confidence", "why", "reviewed"}
    assert set(shown["ask"]) == {"question", "choices"}
    assert shown["ours"] is True
    assert CATALOG.search("").as_json() == {"hits": [], "ask": None, "ours": False}


def test_limit_and_place_and_time_are_accepted() -> None:
    result = CATALOG.index.search("khai sinh", place="truc-ninh", now=datetime(2026, 11, 22, tzinfo=UTC), limit=2)
    assert len(result.hits) == 2


def test_the_order_of_procedures_does_not_matter() -> None:
    subjects = [*named(CATALOG.procedures.values(), CATALOG.signposts.values(), CATALOG.life_events.values())]
    again = Index.build(reversed(subjects), CATALOG.vocabulary)
    for line in LINES["expected"]:
        assert again.search(line["text"]) == CATALOG.search(line["text"])


@given(st.text(max_size=300))
def test_any_text_is_safe(text: str) -> None:
    result = CATALOG.search(text)
    assert result.ours or result.ask is None


@given(
    st.lists(
        st.sampled_from(sorted({w for p in CATALOG.procedures.values() for w in p.name.split()})), max_size=30
    )
)
def test_any_words_of_ours_are_safe(words: list[str]) -> None:
    for hit in CATALOG.search(" ".join(words)).hits:
        assert 0 < hit.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "khai sinh " * 10_000,
        "\x00\x01\x02" * 1000,
        "😀" * 5000,
        "<script>alert(1)</script>",
        "🇻🇳 ạ " * 99,
    ],
    ids=["long word", "repeated", "binary", "emoji", "html", "flags"],
)
def test_hostile_text_is_quick(text: str) -> None:
    CATALOG.search("khai sinh")
    started = time.perf_counter()
    CATALOG.search(text)
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize("stem", CATALOG.vocabulary.ambiguous, ids=lambda stem: stem.question)
def test_no_choice_asks_the_same_question_again(stem: Stem) -> None:
    for choice in stem.choices:
        assert (choice.code is None) != (choice.text is None)
        if choice.text is not None:
            result = CATALOG.search(choice.text)
            assert result.ask is None or result.ask.question != stem.question
            assert result.ours or result.where


def test_a_question_offers_nothing_that_is_hidden() -> None:
    asked = CATALOG.search("làm lại khai sinh").ask
    assert asked is not None
    codes = [choice.code for choice in asked.choices if choice.code]
    for hidden in codes:
        again = CATALOG.index.search("làm lại khai sinh", hidden={hidden}).ask
        assert again is None or hidden not in [choice.code for choice in again.choices]
    assert CATALOG.index.search("làm lại khai sinh", hidden=set(codes)).ask is None
