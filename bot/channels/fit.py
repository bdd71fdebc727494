"""From a reply to parts a channel can carry: worded, split, buttons turned into numbers where they do not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.channels.base import Limits
from handlers.talk import LINK_NONCE, Button, Choice, Part, Reply, Span, t
from handlers.words import Words

_BREAKS = (re.compile(r"\n\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?;]) "), re.compile(r" "))


def fit(reply: Reply, lang: str, words: Words, limits: Limits) -> list[Part]:
    """One or more parts, in order. Buttons and files ride on the last one.

    Raises ValueError when a payload is too long for the channel: that is a fault of the conversation.
    """
    choices = [(choice, _label(choice, lang, words)) for choice in reply.choices]
    buttons = tuple(
        _button(reply, choice, label, limits)
        for choice, label in choices
        if choice.url is None or limits.url_buttons
    )[: limits.buttons]
    spans = list(words.spans(reply.text, lang))
    if limits.style == "plain":
        spans = [_written_address(span) for span in spans]
    if len(buttons) < len(choices):
        spans += _written_out(reply, choices, lang, words)
    pieces = list(split(spans, limits.text))
    last = len(pieces) - 1
    return [
        Part(
            spans=tuple(piece),
            buttons=buttons if number == last else (),
            files=reply.files if number == last else (),
            human=reply.human,
            key=reply.text.key,
        )
        for number, piece in enumerate(pieces)
    ]


def payload(reply: Reply, choice: Choice) -> str:
    """`<conversation>.<question>.<nonce>.<value>`; a link carries the nonce `go`."""
    if choice.link is not None:
        return f"{choice.link.conversation}.{choice.link.question}.{LINK_NONCE}.{choice.link.value}"
    if reply.asks is None:
        raise ValueError(f"choice {choice.value!r} of {reply.text.key!r} is neither a link nor an answer")
    return ".".join((*reply.asks, choice.value))


def units(text: str) -> int:
    """Length in UTF-16 units, which is how the platforms count."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def split(spans: Sequence[Span], limit: int) -> Iterator[list[Span]]:
    """Pieces of at most `limit` units (2 or more), cut at the widest break that leaves a piece at least half full.

    Blank pieces are left out; of nothing but blanks one piece remains.
    """
    rest = list(spans)
    gave_some = False
    while sum(units(span.text) for span in rest) > limit:
        text = "".join(span.text for span in rest)
        head, rest = _divide(rest, _cut(text, limit))
        rest = _stripped(rest)
        if head := _stripped(head):
            gave_some = True
            yield head
    if rest or not gave_some:
        yield rest


def _cut(text: str, limit: int) -> int:
    """The number of characters to take."""
    end = _fitting(text, limit)
    for breaks in _BREAKS:
        ends = [found.end() for found in breaks.finditer(text, end // 2, end)]
        if ends:
            return ends[-1]
    return end


def _fitting(text: str, limit: int) -> int:
    """How many characters are within `limit` units."""
    for number, character in enumerate(text):
        limit -= units(character)
        if limit < 0:
            return number
    return len(text)


def _divide(spans: Sequence[Span], cut: int) -> tuple[list[Span], list[Span]]:
    head: list[Span] = []
    for number, span in enumerate(spans):
        if cut >= len(span.text):
            head.append(span)
            cut -= len(span.text)
            continue
        left, right = span.text[:cut], span.text[cut:]
        if left:
            head.append(replace(span, text=left))
        return head, [replace(span, text=right), *spans[number + 1 :]]
    return head, []


def _stripped(spans: Sequence[Span]) -> list[Span]:
    """Without the blank edges that a cut leaves."""
    kept = list(spans)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return kept


def _label(choice: Choice, lang: str, words: Words) -> str:
    return words.plain(choice.label, lang)


def _button(reply: Reply, choice: Choice, label: str, limits: Limits) -> Button:
    if units(label) > limits.label > 0:
        label = label[: _fitting(label, limits.label - 1)].rstrip() + "…"
    if choice.url is not None:
        return Button(label=label, url=choice.url)
    carried = payload(reply, choice)
    if limits.buttons and len(carried.encode()) > limits.payload:
        raise ValueError(f"payload {carried!r} is over {limits.payload} bytes")
    return Button(label=label, payload=carried)


def _written_address(span: Span) -> Span:
    """Where links cannot hide behind words, the address stands beside them."""
    return Span(text=f"{span.text} ({span.url})", bold=span.bold) if span.url else span


def _written_out(reply: Reply, choices: Sequence[tuple[Choice, str]], lang: str, words: Words) -> Iterator[Span]:
    """The choices as lines: numbers for answers, the words to type for links, addresses for pages."""
    number = 0
    yield Span(text="\n")
    for choice, label in choices:
        if choice.url is not None:
            line = t("engine.written_url", label=label, url=choice.url)
        elif choice.link is not None:
            command = words.plain(t(f"commands.{choice.link.conversation}"), lang).split("|")[0]
            value = "" if choice.link.value == "-" else choice.link.value
            line = t("engine.written_link", label=label, typed=f"{command} {value}".strip())
        else:
            number += 1
            line = t("engine.written_choice", number=number, label=label)
        yield Span(text="\n")
        yield from words.spans(line, lang)
    if number:
        yield Span(text="\n")
        yield from words.spans(t("engine.answer_by_number"), lang)
