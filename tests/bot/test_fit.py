"""A reply within a channel's limits: nothing lost, nothing too long, everything still answerable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Limits
from bot.channels.fit import fit, payload, split, units
from handlers.answers import matched, pick
from handlers.book import CONVERSATIONS
from handlers.talk import Choice, FileRef, Link, Reply, Span, t
from handlers.words import LANGUAGES, Words

WORDS = Words.load()
ROOMY = Limits(
    text=200,
    buttons=4,
    buttons_per_row=2,
    label=12,
    payload=64,
    style="html",
    url_buttons=True,
    checked=date(2026, 11, 22),
)
BARE = replace(ROOMY, buttons=0, buttons_per_row=0, label=0, payload=0, style="plain", url_buttons=False)
ASKS = ("feedback", "topic", "7")

TEXTS = st.text(st.sampled_from("ab ềữ.!?;\n\t\u00a0👍🇻"), min_size=1, max_size=60)
SPANS = st.lists(
    st.builds(Span, text=TEXTS, bold=st.booleans(), url=st.sampled_from([None, "https://a.example", "tel:113"])),
    max_size=12,
)


def answers(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=f"v{n}", label=t("engine.plain", text=label)) for n, label in enumerate(labels))


def asking(*choices: Choice, text: str = "Which one?") -> Reply:
    return Reply(text=t("engine.plain", text=text), choices=choices, asks=ASKS)


def looks(spans: list[Span]) -> list[tuple[str, bool, str | None]]:
    """Each visible character with its look."""
    return [(one, span.bold, span.url) for span in spans for one in span.text if not one.isspace()]


@given(spans=SPANS, limit=st.integers(2, 80))
def test_pieces_are_short_enough_and_nothing_visible_is_lost(spans: list[Span], limit: int) -> None:
    pieces = list(split(spans, limit))
    assert pieces
    assert all(sum(units(span.text) for span in piece) <= limit for piece in pieces)
    assert looks([span for piece in pieces for span in piece]) == looks(spans)


@given(spans=SPANS, limit=st.integers(2, 80))
def test_no_piece_of_several_is_blank(spans: list[Span], limit: int) -> None:
    pieces = list(split(spans, limit))
    texts = ["".join(span.text for span in piece) for piece in pieces]
    assert len(texts) == 1 or all(text.strip() == text != "" for text in texts)


@given(spans=SPANS)
def test_what_fits_is_left_alone(spans: list[Span]) -> None:
    assert list(split(spans, 10_000)) == [spans]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("one two three\n\nfour five six", ["one two three", "four five six"]),
        ("one two three four\nfive six seven", ["one two three four", "five six seven"]),
        ("one two three. four five six", ["one two three.", "four five six"]),
        ("one two three four five six", ["one two three four", "five six"]),
        ("a" * 25, ["a" * 20, "a" * 5]),
        ("👍" * 12, ["👍" * 10, "👍" * 2]),
    ],
)
def test_cut_at_the_widest_break(text: str, pieces: list[str]) -> None:
    assert [piece[0].text for piece in split([Span(text=text)], 20)] == pieces


def test_buttons_files_and_the_officers_mark() -> None:
    file = FileRef(id="f1")
    reply = replace(asking(*answers("one", "two"), text="word " * 100), files=(file,), human=True)
    *before, last = fit(reply, "vi", WORDS, ROOMY)
    assert len(before) == 2
    assert all(part.buttons == () and part.files == () and part.human for part in before)
    assert [(button.label, button.payload) for button in last.buttons] == [
        ("one", "feedback.topic.7.v0"),
        ("two", "feedback.topic.7.v1"),
    ]
    assert (last.files, last.human) == ((file,), True)


def test_buttons_alone_when_all_have_one() -> None:
    [part] = fit(asking(*answers("one", "two", "three", "four")), "en", WORDS, ROOMY)
    assert part.plain == "Which one?"


@pytest.mark.parametrize("limits", [ROOMY, BARE])
def test_more_choices_than_buttons_are_numbered(limits: Limits) -> None:
    labels = ("one", "two", "three", "four", "five")
    choices = answers(*labels)
    [part] = fit(asking(*choices), "en", WORDS, limits)
    assert len(part.buttons) == limits.buttons
    lines = part.plain.split("\n")
    assert lines[0] == "Which one?"
    assert lines[2:7] == [f"{number}. {label}" for number, label in enumerate(labels, 1)]
    assert [pick(line.split(".")[0], choices, WORDS) for line in lines[2:7]] == [c.value for c in choices]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [one.name for one in CONVERSATIONS if one.entry != "-"])
def test_a_link_without_buttons_is_a_command_to_type(name: str, lang: str) -> None:
    link = Choice(
        value="x", label=t("menu.back_to_menu"), link=Link(conversation=name, question="q", value="1.001193")
    )
    [part] = fit(Reply(text=t("engine.empty"), choices=(link,)), lang, WORDS, BARE)
    assert part.buttons == ()
    [typed] = [span.text for span in part.spans if span.bold]
    assert matched(typed, name, WORDS) == "1.001193"
    number = WORDS.plain(t("engine.answer_by_number"), lang)
    assert number not in part.plain


def test_numbers_count_answers_only() -> None:
    page = Choice(value="page", label=t("engine.plain", text="page"), url="https://dichvucong.gov.vn")
    other = Choice(value="go", label=t("engine.plain", text="other"), link=Link(conversation="menu"))
    one, two = answers("one", "two")
    [part] = fit(asking(page, one, other, two), "vi", WORDS, BARE)
    lines = [line for line in part.plain.split("\n")[1:] if line]
    assert [line.split(" ")[0] for line in lines[:4]] == ["•", "1.", "•", "2."]
    assert lines[0].endswith("https://dichvucong.gov.vn")
    assert lines[2].endswith(" menu")
    assert pick("2", (page, one, other, two), WORDS) == two.value


def test_a_page_is_a_button_only_where_there_are_such_buttons() -> None:
    page = Choice(value="page", label=t("engine.plain", text="page"), url="https://dichvucong.gov.vn")
    [shown] = fit(asking(page), "vi", WORDS, ROOMY)
    assert [(one.payload, one.url) for one in shown.buttons] == [(None, "https://dichvucong.gov.vn")]
    [written] = fit(asking(page), "vi", WORDS, replace(ROOMY, url_buttons=False))
    assert written.buttons == ()
    assert "https://dichvucong.gov.vn" in written.plain


@given(value=st.text(st.sampled_from("aữ👍."), max_size=70))
def test_a_payload_is_within_the_limit_or_refused(value: str) -> None:
    reply = asking(Choice(value=value, label=t("menu.back_to_menu")))
    if len(payload(reply, reply.choices[0]).encode()) > 64:
        with pytest.raises(ValueError, match="over 64 bytes"):
            fit(reply, "vi", WORDS, ROOMY)
        return
    [part] = fit(reply, "vi", WORDS, ROOMY)
    [button] = part.buttons
    assert button.payload is not None
    assert button.payload.split(".", 3) == [*ASKS, value]


def test_a_choice_that_answers_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="neither a link nor an answer"):
        fit(replace(asking(*answers("one")), asks=None), "vi", WORDS, ROOMY)


@given(label=st.text(st.sampled_from("ab ữ👍"), min_size=1, max_size=30))
def test_a_long_label_is_cut_with_dots(label: str) -> None:
    [part] = fit(asking(*answers(label)), "vi", WORDS, ROOMY)
    [button] = part.buttons
    if units(label) <= 12:
        assert button.label == label
    else:
        assert units(button.label) <= 12
        assert button.label.endswith("…")
        assert label.startswith(button.label.removesuffix("…"))
