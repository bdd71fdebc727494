"""Every value survives JSON, and JSON of other releases still reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from handlers.cases.model import Actor, CaseEvent, Status
from handlers.codec import (
    case_from_json,
    event_from_json,
    incoming_from_json,
    part_from_json,
    session_from_json,
    to_json,
)
from handlers.talk import (
    Address,
    Asked,
    Button,
    FileRef,
    Incoming,
    Location,
    Noted,
    Part,
    Session,
    Span,
    Thread,
    t,
)
from tests.contract.things import AT, case

AN = Address(channel="telegram", user="35270:9")
FILE = FileRef(id="f1", remote="r", kind="document", name="Đơn.pdf", mime="application/pdf", size=10)
THREAD = Thread(
    conversation="feedback",
    answers={"z": "1", "a": [1, 2.5, None, {"x": True}], "empty": "", "none": None},
    noted={"hits": Noted(value=[{"code": "1.1"}], after=2), "nothing": Noted(value=None, after=0)},
    asked=Asked(question="photo.2", nonce="a1"),
)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (Session(address=AN, lang="vi", started_at=AT), session_from_json),
        (
            Session(
                address=AN, lang="", started_at=AT, version=7, thread=THREAD, parked=THREAD, last_tap="a.b.c.d"
            ),
            session_from_json,
        ),
        (
            Incoming(
                id="1",
                sender=AN,
                at=AT,
                text="",
                choice="x",
                files=(FILE,),
                location=Location(latitude=0.0, longitude=106.1),
                unsupported=True,
            ),
            incoming_from_json,
        ),
        (
            Part(
                spans=(Span(text="đậm", bold=True), Span(text="", url="https://dichvucong.gov.vn")),
                buttons=(Button(label="Có", payload="a.b.c.d"), Button(label="Mở", url="https://x")),
                files=(FILE,),
                human=True,
            ),
            part_from_json,
        ),
        (Part(spans=()), part_from_json),
        (
            case(
                status=Status.ANSWERED,
                due_why=(t("due", count=0, one=t("x", n=1), many=(t("a"), t("b", s=""))), t("plain")),
                files=(FILE,),
                latitude=0.0,
                rating=0,
                lang="en",
            ),
            case_from_json,
        ),
        (
            CaseEvent(
                case="c",
                number=0,
                what="rated",
                by=Actor(
                    kind="officer", id="", offices=frozenset({"b", "a"}), roles=frozenset({"x"}), name="Cán bộ"
                ),
                at=AT,
                words="",
                data={"rating": 5, "x": ""},
            ),
            event_from_json,
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_comes_back_equal(value: object, read: Callable[[str], object]) -> None:
    assert read(to_json(value)) == value
    assert to_json(read(to_json(value))) == to_json(value)


def test_what_says_nothing_is_not_written() -> None:
    assert json.loads(to_json(Session(address=AN, lang="vi", started_at=AT))) == {
        "address": "telegram:35270:9",
        "lang": "vi",
        "started_at": "2026-11-23T01:30:00+00:00",
    }


def test_unknown_fields_are_ignored_and_missing_ones_take_their_default() -> None:
    text = (
        '{"address":"telegram:1","lang":"vi","started_at":"2026-11-23T01:30:00+00:00","mood":"good",'
        '"thread":{"conversation":"menu","asked":{"question":"q","nonce":"n","colour":1}}}'
    )
    assert session_from_json(text) == Session(
        address=Address(channel="telegram", user="1"),
        lang="vi",
        started_at=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        thread=Thread(conversation="menu", asked=Asked(question="q", nonce="n")),
    )


def test_vietnamese_stays_readable_and_half_characters_survive() -> None:
    assert "khai sinh ở xã" in to_json(Part(spans=(Span(text="khai sinh ở xã"),)))
    broken = Part(spans=(Span(text="\ud83d và \u0000"),))
    to_json(broken).encode()
    assert part_from_json(to_json(broken)) == broken


def test_any_mapping_and_set_but_nothing_else() -> None:
    assert to_json(MappingProxyType({"b": frozenset({"y", "x"}), "a": 1})) == '{"b":["x","y"],"a":1}'
    with pytest.raises(TypeError, match="not JSON: object"):
        to_json(object())
