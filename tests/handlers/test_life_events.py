"""Events of life and signposts: what is shipped hangs together, and what is not known is said to be so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers import facts
from handlers.life_events import event_link, overview, read_event
from handlers.meaning import clear_hit, opening
from handlers.procedures import read_procedure_code
from handlers.talk import Link, Text
from procedures_catalog.fold import normal
from procedures_catalog.model import EventStep, LifeEvent, OnlineLevel, Signpost, Source
from procedures_catalog.search import Hit, SearchResult
from procedures_catalog.subjects import SubjectKind
from tests.handlers.talking import catalog, words

SIGNPOST = Signpost(
    code="1.001776",
    name="Trợ cấp",
    field="social_protection",
    decided_by="Ủy ban nhân dân cấp xã",
    ask="Trung tâm Phục vụ hành chính công của xã.",
    source=Source(name="Danh mục", date=date(2026, 6, 10)),
)


def plain(text: Text, lang: str = "vi") -> str:
    return words().plain(text, lang)


# shipped content


def test_every_step_of_every_event_is_known_and_told_once() -> None:
    for event in catalog().life_events.values():
        codes = [step.code for step in event.steps]
        assert [step.code for step, _ in facts.steps(event, catalog())] == codes
        assert len({*codes}) == len(codes), event.id


def test_what_a_bundle_covers_is_known() -> None:
    bundles = [step for event in catalog().life_events.values() for step in event.steps if step.covers]
    assert {step.code for step in bundles} == {"3.000722", "2.002913"}
    for step in bundles:
        assert all(facts.name_of(code, catalog()) for code in step.covers), step.code


def test_a_signpost_everybody_may_read_has_its_own_words_and_says_nothing_of_districts() -> None:
    owners = {normal(name): code for code, item in catalog().procedures.items() for name in item.everyday}
    for code, item in catalog().signposts.items():
        if not item.reviewed:
            continue
        assert len(item.everyday) >= 4, code
        assert item.ask, code
        assert item.decided_by, code
        said = f" {normal(item.ask)} {normal(item.decided_by)} "
        assert not any(f" {word} " in said for word in ("huyện", "quận", "thị xã")), code
        for name in item.everyday:
            assert owners.setdefault(normal(name), code) == code, (name, code)


# links


def test_an_events_link_is_read_back_and_no_word_is_one() -> None:
    for event in catalog().life_events.values():
        assert read_event(event_link(event.id).value) == f"e_{event.id}"
    for said in ("birth", "sinh con", "gi_do_la", "E_", "e_9", "e_a b"):
        assert read_event(said) is None
    assert read_procedure_code("e_birth") is None


def hit(kind: SubjectKind, code: str, confidence: float) -> Hit:
    return Hit(kind=kind, code=code, name=code, confidence=confidence, why=(), reviewed=True)


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        (SubjectKind.PROCEDURE, Link(conversation="procedures", question="code", value="x")),
        (SubjectKind.SIGNPOST, Link(conversation="procedures", question="code", value="x")),
        (SubjectKind.LIFE_EVENT, Link(conversation="life_events", question="event", value="e_x")),
    ],
)
def test_what_was_found_is_opened_where_it_belongs(kind: SubjectKind, link: Link) -> None:
    assert opening(hit(kind, "x", 1.0)) == link


@pytest.mark.parametrize(
    ("hits", "code"),
    [
        ([(SubjectKind.LIFE_EVENT, "birth", 1.0), (SubjectKind.PROCEDURE, "1.001193", 1.0)], "birth"),
        ([(SubjectKind.PROCEDURE, "1.001193", 1.0), (SubjectKind.LIFE_EVENT, "birth", 1.0)], "birth"),
        ([(SubjectKind.PROCEDURE, "1.001193", 1.0), (SubjectKind.LIFE_EVENT, "birth", 0.95)], "1.001193"),
        ([(SubjectKind.LIFE_EVENT, "birth", 0.8), (SubjectKind.PROCEDURE, "1.001193", 0.8)], None),
        ([(SubjectKind.LIFE_EVENT, "birth", 0.8), (SubjectKind.PROCEDURE, "1.001193", 0.5)], "birth"),
        ([], None),
    ],
)
def test_an_event_that_fits_wholly_is_opened(hits: list[tuple[SubjectKind, str, float]], code: str | None) -> None:
    found = SearchResult(hits=tuple(hit(*one) for one in hits), ask=None, ours=True, where=None)
    clear = clear_hit(found)
    assert (clear.code if clear else None) == code
    assert clear_hit(replace(found, ours=False)) is None


# what is told


def test_a_signpost_tells_the_way_and_that_nothing_else_is_known() -> None:
    said = plain(facts.signpost(replace(SIGNPOST, office="culture_social_division"), catalog()))
    assert "Danh mục chưa có hướng dẫn chi tiết" in said
    assert "Nơi quyết định: Ủy ban nhân dân cấp xã" in said
    assert "Tại địa phương: Phòng Văn hóa – Xã hội xã Trực Ninh" in said
    assert "Nguồn: Danh mục, bản 06/2026, chưa được địa phương xác nhận." in said
    assert "Mức dịch vụ" not in said
    assert "Bản nháp" not in said


def test_the_level_of_a_signposts_online_service_is_told_where_it_is_known() -> None:
    assert "một phần" in plain(facts.signpost(replace(SIGNPOST, online=OnlineLevel.PARTIAL), catalog()))


@pytest.mark.parametrize(
    ("lang", "draft", "unknown"), [("vi", "Bản nháp", "danh mục chưa nêu"), ("en", "Draft", "not stated")]
)
def test_a_row_of_a_list_is_a_draft_and_what_it_lacks_is_said(lang: str, draft: str, unknown: str) -> None:
    row = replace(SIGNPOST, reviewed=False, decided_by="", ask="")
    said = plain(facts.signpost(row, catalog()), lang)
    assert said.count(draft) == 2
    assert said.count(unknown) == 2


def test_steps_the_catalog_does_not_have_today_are_left_out() -> None:
    event = LifeEvent(
        id="birth",
        name="Sinh con",
        everyday=("sinh con",),
        steps=(
            EventStep(code="9.999999", say="Không còn."),
            EventStep(code="3.000722", say="Một lần.", covers=("1.001193", "9.999999")),
        ),
        note="Lưu ý.",
    )
    assert plain(overview(event, catalog())).splitlines() == [
        "Sinh con: các việc cần làm",
        "1. Một lần. Làm một lần cho: Đăng ký khai sinh.",
        "Lưu ý.",
    ]
