"""The wording files, and the reader between them and the code."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handlers.answers import is_command
from handlers.book import CONVERSATIONS
from handlers.talk import Span, Text, t
from handlers.words import LANGUAGES, SHIPPED, WordingFault, Words
from procedures_catalog.fold import fold

WORDS = Words.load()
KEYS = sorted(WORDS.keys("vi"))
FILES = sorted(SHIPPED.glob("*/*.yaml"))

PARAM = re.compile(r"\{(\w+)\}")
MARK = re.compile(r"\*\*([^*]+)\*\*|\[([^][]+)\]\(([^()]+)\)")


def sentence(key: str, lang: str) -> str:
    area, _, name = key.partition(".")
    return WORDS.area(area, lang)[name]


def test_both_languages_say_the_same_things() -> None:
    assert WORDS.keys("vi") ^ WORDS.keys("en") == frozenset()
    for key in KEYS:
        assert set(PARAM.findall(sentence(key, "vi"))) == set(PARAM.findall(sentence(key, "en"))), key


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_no_name_twice_in_a_file(file: Path) -> None:
    node = yaml.compose(file.read_text(encoding="utf-8"))
    assert isinstance(node, yaml.MappingNode)
    names = Counter(name.value for name, _ in node.value)
    assert [name for name, n in names.items() if n > 1] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_marks_are_whole_and_not_within_each_other(lang: str) -> None:
    for key in KEYS:
        said = sentence(key, lang)
        assert said.strip(), f"{key} says nothing"
        left = PARAM.sub("", MARK.sub("", said))
        assert not re.search(r"\*\*|\]\(|[{}]", left), key
        for bold, label, url in MARK.findall(said):
            assert not re.search(r"\*\*|\]\(", bold + label + url), key


def test_the_english_cards_say_that_facts_are_vietnamese() -> None:
    for name in ("card", "papers", "cost_and_time", "way", "where", "basis"):
        assert "in Vietnamese" in WORDS.area("facts", "en")[name]


# Commands.


def test_commands_are_those_of_the_conversations() -> None:
    names = {one.name for one in CONVERSATIONS} | {"back", "resume"}
    offered_again = {f"name_{one.name}" for one in CONVERSATIONS if one.parks}
    for lang in LANGUAGES:
        assert set(WORDS.area("commands", lang)) == names | offered_again


def test_no_spelling_means_two_commands() -> None:
    meaning: dict[str, set[str]] = {}
    for lang in LANGUAGES:
        for name, spellings in WORDS.area("commands", lang).items():
            if name.startswith("name_"):
                continue  # what a conversation is called in a sentence, not what is typed
            for spelling in spellings.split("|"):
                assert spelling == spelling.strip() != "", name
                meaning.setdefault(fold(spelling), set()).add(name)
    assert [spelling for spelling, names in meaning.items() if len(names) > 1] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_commands_in_telegrams_menu_are_understood(lang: str) -> None:
    names = [name.removeprefix("command_") for name in WORDS.area("telegram", lang)]
    conversations = {"start": "menu"}
    for name in names:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert is_command(f"/{name}", conversations.get(name, name), WORDS)
        assert 1 <= len(WORDS.area("telegram", lang)[f"command_{name}"]) <= 256


# Rendering: a citizen's words are never read as marks or params.

NASTY = st.text(st.sampled_from("*[](){}az {x}\n"), min_size=1, max_size=20) | st.sampled_from(
    ["**b**", "[x](https://y.example)", "{z}", "{words}", "**", "]("]
)
LOOKS = Words({"vi": {"a.b": "{x} **{x}**[{x}]({y})\n{c}{d}", "a.c": "<{x}>"}, "en": {}})


@given(x=NASTY, y=NASTY)
def test_params_are_never_parsed(x: str, y: str) -> None:
    line = t("a.c", x=x)
    text = t("a.b", x=x, y=y, c=line, d=(line, line))
    assert LOOKS.spans(text, "vi") == (
        Span(text=f"{x} "),
        Span(text=x, bold=True),
        Span(text=x, url=y),
        Span(text=f"\n<{x}><{x}>\n<{x}>"),
    )
    assert LOOKS.plain(text, "vi") == f"{x} {x}{x}\n<{x}><{x}>\n<{x}>"


@given(key=st.sampled_from(KEYS), lang=st.sampled_from(LANGUAGES), nasty=NASTY)
def test_every_sentence_keeps_its_looks_whatever_is_put_in(key: str, lang: str, nasty: str) -> None:
    names = PARAM.findall(sentence(key, lang))
    marked = WORDS.spans(Text(key=key, params=dict.fromkeys(names, "\ue000")), lang)
    expected = tuple(
        Span(
            text=span.text.replace("\ue000", nasty),
            bold=span.bold,
            url=span.url.replace("\ue000", nasty) if span.url else None,
        )
        for span in marked
    )
    assert WORDS.spans(Text(key=key, params=dict.fromkeys(names, nasty)), lang) == expected


def test_a_link_inside_a_bold_param_stays_a_link() -> None:
    words = Words({"vi": {"a.bold": "**{x}**!", "a.link": "[page](https://y.example)"}, "en": {}})
    assert words.spans(t("a.bold", x=t("a.link")), "vi") == (
        Span(text="page", bold=True, url="https://y.example"),
        Span(text="!"),
    )


def test_what_is_missing_is_named() -> None:
    with pytest.raises(WordingFault, match=r"no vi sentence for 'menu\.nothing_like_it'"):
        WORDS.plain(t("menu.nothing_like_it"), "vi")
    with pytest.raises(WordingFault, match=r"'menu\.hello' \(en\) wants 'centre'"):
        WORDS.spans(t("menu.hello"), "en")


# Loading.


def folder(root: Path, content: bytes, lang: str = "vi") -> Path:
    (root / lang).mkdir(parents=True)
    (root / lang / "menu.yaml").write_bytes(content)
    return root


@pytest.mark.parametrize(
    "content",
    [b"hello: [", b"- hello", b"", b"hello: {a: b}", b"hello:\n  - a", b"{a: b}: c", b"hello: \xff\xfe"],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WordingFault, match=r"vi/menu\.yaml: "):
        Words.load((SHIPPED, folder(tmp_path, content)))


def test_values_are_what_was_written(tmp_path: Path) -> None:
    words = Words.load((folder(tmp_path, b"no: 0113\nyes: on\ntilde: ~\nlast: |\n  a\n  b\n"),))
    assert words.area("menu", "vi") == {"no": "0113", "yes": "on", "tilde": "~", "last": "a\nb"}


def test_a_deployments_own_words_win_one_by_one(tmp_path: Path) -> None:
    words = Words.load((SHIPPED, folder(tmp_path, b"privacy: Mine", "en")))
    assert words.plain(t("menu.privacy"), "en") == "Mine"
    assert words.plain(t("menu.privacy"), "vi") == WORDS.plain(t("menu.privacy"), "vi")
    assert words.plain(t("menu.link"), "en") == WORDS.plain(t("menu.link"), "en")
    assert words.keys("en") == WORDS.keys("en")
    assert words.area("menu", "en").keys() == WORDS.area("menu", "en").keys()
