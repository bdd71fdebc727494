"""What a message means besides an answer: links, codes, wishes, numbers, what is not taken at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.answers import pick
from handlers.book import CONVERSATIONS
from handlers.codec import to_json
from handlers.services import Services
from handlers.talk import Talk, t
from tests.handlers.talking import Conversing, choice, choosing, question, three_and_edit, words


@pytest.mark.parametrize(
    "payload", ["feedback.one.go.x", "feedback.code.go.x", "feedback.code.go.", "feedback..go.x"]
)
async def test_a_link_answers_the_entry_only_and_only_with_what_it_reads(payload: str) -> None:
    talking = Conversing(feedback=three_and_edit)
    assert await talking.take(choice=payload) == ["engine.stale_button", "asks.menu"]
    assert await talking.take(choice="feedback.code.go.code-1") == ["asks.one"]


async def asking_code(talk: Talk, _: Services) -> None:
    check = {"check": lambda typed: t("says.not_a_code")}
    await talk.ask(replace(question("code"), **check))  # type: ignore[arg-type]


async def asking_words(talk: Talk, _: Services) -> None:
    await talk.ask(replace(question("words"), check=lambda typed: t("says.too_short")))


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("gì cơ", ["says.not_a_code", "asks.code"]),
        ("phản ánh", ["asks.words"]),
        ("làm giấy khai sinh cho con", ["says.looked_up"]),
    ],
)
async def test_a_wish_where_only_a_code_is_taken_is_followed(said: str, keys: list[str]) -> None:
    talking = Conversing(rating=asking_code, feedback=asking_words)
    await talking.start("rating")
    assert await talking.say(said) == keys


@pytest.mark.parametrize("said", ["phản ánh", "làm giấy khai sinh cho con"])
async def test_where_words_are_asked_they_are_taken_as_words(said: str) -> None:
    talking = Conversing(feedback=asking_words)
    await talking.start("feedback")
    assert await talking.say(said) == ["says.too_short", "asks.words"]


async def test_a_denunciation_ends_everything_and_is_kept_nowhere() -> None:
    talking = Conversing(feedback=three_and_edit, guidance=choosing)
    await talking.start("guidance")
    await talking.tap("a")
    await talking.start("feedback")
    await talking.say("một")
    assert await talking.say("tôi tố cáo ông Mẫu") == ["feedback.explain_denunciation", "engine.dropped"]
    assert (talking.session.thread, talking.session.parked) == (None, None)
    assert "Mẫu" not in to_json(talking.session)


async def test_an_officers_words_are_not_looked_through() -> None:
    talking = Conversing(officer=three_and_edit)
    await talking.start("officer")
    assert await talking.say("đơn tố cáo, có cháy nhà") == ["asks.two"]


@pytest.mark.parametrize(
    ("said", "stored"),
    [("0912 345 678", "0912345678"), ("+84912345678", "+84912345678"), ("0228.3841.234", "02283841234")],
)
async def test_numbers_of_mobiles_and_landlines(said: str, stored: str) -> None:
    talking = Conversing(feedback=asking_phone)
    await talking.start("feedback")
    assert await talking.say(said) == ["asks.two"]
    assert talking.answers == {"phone": stored}


@pytest.mark.parametrize(
    "said", ["912345675", "091234567", "091234567890", "٠٩١٢٣٤٥٦٧٨", "²²²²²²²²²", "0312345678901"]
)
async def test_what_is_no_number_of_a_telephone(said: str) -> None:
    talking = Conversing(feedback=asking_phone)
    await talking.start("feedback")
    assert await talking.say(said) == ["engine.phone_please", "asks.phone"]


async def asking_phone(talk: Talk, _: Services) -> None:
    await talk.ask(replace(question("phone"), kind="phone"))
    await talk.ask(question("two"))


@given(text=st.text(st.characters(categories=["Nd", "No", "Nl"]), max_size=12))
def test_no_kind_of_digit_breaks_a_choice(text: str) -> None:
    assert pick(text, (choice("a"), choice("b")), words()) in (None, "a", "b")


@given(text=st.text(st.characters(categories=["Nd", "No", "Nl"]), min_size=1, max_size=12))
def test_no_kind_of_digit_breaks_what_a_conversation_reads(text: str) -> None:
    for conversation in CONVERSATIONS:
        conversation.reads(text)
