"""Words people read: broken, private, outdated, too long, too hard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ..marked import Fault, Marked
from .rule import Rule, Scene, Spot, leaves

BROKEN = Rule(
    id="text-broken",
    what="letters destroyed by a wrong encoding, invisible characters, letters split from their accents",
    why="People see rubbish, and search does not find the words.",
    mend="Type the text again in UTF-8 (Unicode dựng sẵn, NFC).",
)
MARKUP = Rule(
    id="text-markup",
    what="HTML or Markdown in a text",
    why="The channels show the signs as they are written.",
    mend="Write plain sentences; the program makes lists and bold letters itself.",
)
PLACEHOLDER = Rule(
    id="text-placeholder",
    what="a text left unfinished: TODO, xxx, “...”",
    why="People are told that the office has not done its work.",
    mend="Write the text, or take it out.",
)
TYPING = Rule(
    id="text-typing",
    what="double spaces or words, a space before a comma, an open bracket, a colon at the end, a misspelt word",
    why="It looks careless, and a sentence that breaks off leaves people without its end.",
    mend="Correct the sentence.",
)
PRIVATE = Rule(
    id="text-private",
    what="a telephone number, e-mail address or number of an identity card in a text",
    why="Content is public and copied; personal data must not be in it, and numbers of offices go stale here.",
    mend="Take it out; numbers of offices belong in `phone:` of offices.yaml.",
)
ABOLISHED = Rule(
    id="text-abolished",
    what="an office, a paper or a word that no longer exists",
    why="People look for an office or a paper that is gone.",
    mend="Write the name of today.",
)
LONG = Rule(
    id="text-long",
    what="a text too long for a chat message, a button or a line",
    why="It is cut off or split in the middle of a sentence, on Zalo first.",
    mend="Shorten it, or split it.",
)
HARD = Rule(
    id="text-hard",
    what="a sentence of more than 50 words",
    why="Nobody can follow it on a telephone; the point is missed.",
    mend="Make two or three sentences of it.",
)
OFFICIAL = Rule(
    id="text-official",
    what="words of offices where everyday words exist",
    why="People do not know these words and give up or ask again.",
    mend="Say it as you would say it at the counter.",
)
FOREIGN = Rule(
    id="text-language",
    what="a text in English, or in Vietnamese without accents",
    why="Facts are Vietnamese here; without accents they cannot be read for sure.",
    mend="Write it in Vietnamese with all accents.",
)
SHOUTING = Rule(
    id="text-capitals",
    what="a text in capitals",
    why="It is hard to read and sounds like shouting.",
    mend="Write it in small letters.",
)
RULES = (BROKEN, MARKUP, PLACEHOLDER, TYPING, PRIVATE, ABOLISHED, LONG, HARD, OFFICIAL, FOREIGN, SHOUTING)

MAX_TEXT = 700
"""A third of one Zalo message (2,000 signs), which holds more than this one text."""
MAX_SENTENCE = 50
_MESSAGE = "its part of a Zalo message (2,000 for all of it; Telegram: 4,096)"
_SHORT = {
    "plain": (200, "a line of the list of hits"),
    "who": (350, "the head of a card"),
    "everyday": (200, "a search line"),
    "label": (100, "a button of Zalo"),
}
"""The most characters of some texts, and where they are shown."""
_MAX_CASE = 150

_FACTS = {"name", "plain", "decided_by", "who", "result", "note", "notes", "form", "per", "wording", "ask", "say"}
_PLACE = {"centre", "address", "hours", "where", "label", "question"}
_READ = _FACTS | _PLACE
_SOURCE_WORDS = {"wording"}

_MOJIBAKE = re.compile(
    r"Ã[\x80-¿]|[ÂÄÅÆ][\x80-¿‘’“”†‡•–—˜™š›œžŸ°±²³¡]|á[»º][\x80-¿\w]?|â€|Æ°|\ufffd|\w\?\w|&[a-z]{2,6};|&#\d+;"
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\u00a0\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MARKUP = re.compile(r"</?[a-zA-Z][^>]{0,40}>|\*\*|__|\]\(|^#{1,4} |^[*•-] |^```|`")
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX+|xxx+|lorem|ipsum|abc123|asdf|qwerty|chưa nhập|"
    r"cần bổ sung sau|điền sau|viết sau|bổ sung sau)\b"
    r"|\.\.\.+|\?\?+|_{3,}|\[\s*\]|\[(?:điền|tên|số|ghi|nhập|họ)[^\]]*\]|\{[^}]*\}|<[^>]*>|…\s*$|"
    r"^(?:test|abc|\.|-|n/a|none|null|không có thông tin)$",
    re.I,
)
_TYPING = re.compile(
    r"\S  +\S|\s[,.;:!?](?:\s|$)|,,|;;|(?<!\.)\.\.(?!\.)|[,;:]\s*$|[,;](?=[^\W\d])"
    r"|[a-zà-ỹ]\.[A-ZÀ-Ỹ][a-zà-ỹ]|!!|\t|\(\s*\)"
)
_TWICE = re.compile(
    r"(?<!\w)(của|và|các|được|cho|thì|phải|với|là|tại|trong|hoặc|ở|khi|để|những|nộp|có|không) \1(?!\w)", re.I
)
_PHONE = re.compile(r"(?<![\d./-])(?:\+84|0)(?:[ .-]?\d){8,10}(?![\d/])")
_IDENTITY = re.compile(r"(?<![\d./-])\d{12}(?!\d)|(?<![\d./-])\d{9}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_ENGLISH = re.compile(
    r"\b(?:the|and|of|for|please|your|with|is|are|to|must|will|fee|paper|free|birth|certificate)\b", re.I
)
_ACCENTED = re.compile("[À-ỹ]")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """Words and what to write instead, unless the text holds something else."""

    words: re.Pattern[str]
    now: str
    unless: re.Pattern[str]


@cache
def _table() -> tuple[list[_Old], list[_Old], list[_Old], re.Pattern[str], re.Pattern[str]]:
    """Abolished names, words of offices, wrong spellings, what shows that the old is meant, and the first three
    in one, which most texts do not hold: words.yaml.
    """
    table = yaml.safe_load(Path(__file__).with_name("words.yaml").read_bytes())
    lists = [
        [
            _Old(
                words=re.compile(rf"(?<!\w)(?:{entry['old']})(?!\w)"),
                now=entry["now"],
                unless=re.compile(entry.get("unless", r"(?!)")),
            )
            for entry in table[name]
        ]
        for name in ("abolished", "official", "misspelt")
    ]
    flagged = [entry["old"] for name in ("abolished", "official", "misspelt") for entry in table[name]]
    any_of_them = re.compile(rf"(?<!\w)(?:{'|'.join(flagged)})(?!\w)")
    return lists[0], lists[1], lists[2], re.compile("|".join(table["meant"]), re.I), any_of_them


def texts(scene: Scene) -> Iterator[Fault]:
    """Every text people read, of everything somebody has reviewed."""
    for _, marked in scene.found:
        yield from _record(marked)
    for kind in ("life_events", "offices", "places", "roles", "topics", "fields", "emergencies"):
        for _, marked in scene.each(kind):
            yield from _record(marked)
    for kind in ("deployment", "calendar", "limits"):
        if (single := scene.single(kind)) is not None:
            yield from _record(single[1])
    if (vocabulary := scene.single("vocabulary")) is not None:
        for key in ("ambiguous", "not_ours"):
            yield from _record(vocabulary[1].find([key]))


def broken(text: str) -> bool:
    """Whether a text has lost letters to a wrong encoding or carries tags; all that is asked of a draft."""
    return bool(_MOJIBAKE.search(text) or re.search(r"</?[a-zA-Z][^>]{0,40}>", text))


def _record(marked: Marked) -> Iterator[Fault]:
    for path, text, spot in leaves(marked):
        yield from _encoding(path, text, spot)
        if _kind(path) in _READ:
            yield from _signs(path, text, spot)
            yield from _words(path, text, spot)
            yield from _length(path, text, spot)


def _kind(path: Spot) -> str:
    """The key a text stands under, that of the list for an entry of a list."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _encoding(path: Spot, text: str, spot: Marked) -> Iterator[Fault]:
    if _kind(path) in ("link", "url"):
        return
    if found := _MOJIBAKE.search(text):
        yield BROKEN.at(spot, f"Letters are destroyed: “{text[max(0, found.start() - 8) : found.end() + 8]}”.")
    elif found := _INVISIBLE.search(text):
        yield BROKEN.at(spot, f"An invisible character U+{ord(found[0]):04X} stands in the text.")
    elif unicodedata.normalize("NFC", text) != text:
        yield BROKEN.at(spot, "Letters and accents are split (NFD).")


def _signs(path: Spot, text: str, spot: Marked) -> Iterator[Fault]:
    if found := _MARKUP.search(text):
        yield MARKUP.at(spot, f"“{found[0]}” stands in the text.")
    elif found := _PLACEHOLDER.search(text):
        yield PLACEHOLDER.at(spot, f"The text is unfinished: “{found[0]}”.")
    elif _kind(path) not in _SOURCE_WORDS and (found := _TYPING.search(text)):
        yield TYPING.at(spot, f"Look at “{text[max(0, found.start() - 12) : found.end() + 8].strip()}”.")
    elif _kind(path) not in _SOURCE_WORDS and any(
        text.count(one) != text.count(other) for one, other in ("()", "“”", "[]")
    ):
        yield TYPING.at(spot, "A bracket or quotation mark is opened and not closed, or the other way round.")
    elif found := _TWICE.search(text):
        yield TYPING.at(spot, f"“{found[0]}”: a word is doubled.")
    private = _MAIL.search(text) or _PHONE.search(text) or _IDENTITY.search(text)
    if private and _kind(path) != "address":
        yield PRIVATE.at(spot, f"“{private[0][:4]}…” looks like a telephone number, address or identity number.")


def _words(path: Spot, text: str, spot: Marked) -> Iterator[Fault]:
    yield from _form(text, spot)
    abolished, official, misspelt, meant, any_of_them = _table()
    if not any_of_them.search(text):
        return
    legal = "legal_basis" in path or _kind(path) in _SOURCE_WORDS or "places" in spot.file.name
    if not legal and not meant.search(text):
        for old in abolished:
            if (found := old.words.search(text)) and not old.unless.search(text):
                yield ABOLISHED.at(spot, f"“{found[0]}” no longer exists.", f"Write: {old.now}.")
                break
    title = path[-1:] == ("name",)
    if not legal and not title:
        for old in official:
            if found := old.words.search(text):
                yield OFFICIAL.at(spot, f"“{found[0]}” is a word of offices.", f"Write: {old.now}.")
                break
    for old in misspelt:
        if found := old.words.search(text):
            yield TYPING.at(spot, f"“{found[0]}” is misspelt.", f"Write: {old.now}.")


def _form(text: str, spot: Marked) -> Iterator[Fault]:
    if text.isupper() and sum(map(str.isalpha, text)) > 12:
        yield SHOUTING.at(spot, "The whole text is in capitals.")
    elif (not _ACCENTED.search(text) and len(text.split()) >= 4) or len(_ENGLISH.findall(text)) >= 2:
        yield FOREIGN.at(spot, "The text is not Vietnamese with its accents.")


def _length(path: Spot, text: str, spot: Marked) -> Iterator[Fault]:
    kind = _kind(path)
    most, where = (_MAX_CASE, "a list of cases") if "cases" in path else _SHORT.get(kind, (MAX_TEXT, _MESSAGE))
    if path == ("name",) or kind in _SOURCE_WORDS or "legal_basis" in path:
        most, where = 1500, "the card of a procedure"
    if len(text) > most:
        message = f"The text has {len(text)} characters; at most {most} fit in {where}."
        yield LONG.at(spot, message, f"Shorten it by {len(text) - most} characters, or split it.")
    elif most != 1500 and "papers" not in path:
        longest = max((len(sentence.split()) for sentence in _SENTENCE.split(text)), default=0)
        if longest > MAX_SENTENCE:
            yield HARD.at(spot, f"A sentence has {longest} words; at most {MAX_SENTENCE} can be followed.")
