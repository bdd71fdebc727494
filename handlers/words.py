"""Every sentence anybody reads, by key and language.

`wording/<lang>/<area>.yaml` holds `name: sentence`; the key is `area.name`. A sentence knows `**bold**`,
`[label](url)` and `{param}`. Params are put in after the marks are read, so a citizen's words are never parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from handlers.talk import Param, Span, Text

SHIPPED = Path(__file__).parent / "wording"
LANGUAGES = ("vi", "en")

_MARK = re.compile(r"\*\*(?P<bold>.+?)\*\*|\[(?P<label>[^\]]+)\]\((?P<url>[^)]+)\)", re.DOTALL)
_PARAM = re.compile(r"\{(\w+)\}")


class WordingFault(Exception):
    """A sentence is missing or a wording file is not a mapping of names to sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A stretch of a sentence with one look. Every second item of `pieces` and `url` is the name of a param."""

    pieces: Sequence[str]
    bold: bool = False
    url: Sequence[str] | None = None


class Words:
    """All sentences of all languages. A deployment's own folder overrides the shipped ones key by key."""

    def __init__(self, sentences: Mapping[str, Mapping[str, str]]) -> None:
        self._sentences = sentences
        self._runs = {
            lang: {key: _read_marks(sentence) for key, sentence in by_key.items()}
            for lang, by_key in sentences.items()
        }

    @classmethod
    def load(cls, folders: Sequence[Path] = (SHIPPED,)) -> Words:
        """Read `<folder>/<lang>/*.yaml`, later folders over earlier. Raises WordingFault naming the file."""
        sentences: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGES}
        for folder in folders:
            for lang in LANGUAGES:
                for file in sorted((folder / lang).glob("*.yaml")):
                    sentences[lang].update(_read(file))
        return cls(sentences)

    def keys(self, lang: str) -> frozenset[str]:
        """Every key of one language."""
        return frozenset(self._sentences[lang])

    def area(self, area: str, lang: str) -> dict[str, str]:
        """The raw sentences of one file, by name, e.g. for a page's own script."""
        prefix = f"{area}."
        return {
            key.removeprefix(prefix): sentence
            for key, sentence in self._sentences[lang].items()
            if key.startswith(prefix)
        }

    def spans(self, text: Text, lang: str) -> tuple[Span, ...]:
        """The text worded and looked-up, ready for a channel. Raises WordingFault for an unknown key."""
        return tuple(_joined(self._render(text, lang)))

    def plain(self, text: Text, lang: str) -> str:
        """The text as bare characters, for labels, logs of keys and pages that style it themselves."""
        return "".join(span.text for span in self._render(text, lang))

    def _render(self, text: Text, lang: str) -> Iterator[Span]:
        runs = self._runs[lang].get(text.key)
        if runs is None:
            raise WordingFault(f"no {lang} sentence for {text.key!r}")
        for run in runs:
            filled = self._fill(run.pieces, text, lang)
            if run.url is not None:
                url = "".join(span.text for span in self._fill(run.url, text, lang))
                yield Span(text="".join(span.text for span in filled), url=url)
            elif run.bold:
                yield from (Span(text=span.text, bold=True, url=span.url) for span in filled)
            else:
                yield from filled

    def _fill(self, pieces: Sequence[str], text: Text, lang: str) -> Iterator[Span]:
        for number, piece in enumerate(pieces):
            if number % 2 == 0:
                if piece:
                    yield Span(text=piece)
                continue
            if piece not in text.params:
                raise WordingFault(f"{text.key!r} ({lang}) wants {piece!r}, which was not given")
            yield from self._param(text.params[piece], lang)

    def _param(self, param: Param, lang: str) -> Iterator[Span]:
        if isinstance(param, Text):
            yield from self._render(param, lang)
        elif isinstance(param, tuple):
            for number, line in enumerate(param):
                if number:
                    yield Span(text="\n")
                yield from self._render(line, lang)
        else:
            yield Span(text=str(param))


def _read_marks(sentence: str) -> tuple[_Run, ...]:
    """The marks of a sentence, read once and not at each use."""
    runs = []
    position = 0
    for mark in _MARK.finditer(sentence):
        runs.append(_Run(pieces=_PARAM.split(sentence[position : mark.start()])))
        if mark["bold"] is not None:
            runs.append(_Run(pieces=_PARAM.split(mark["bold"]), bold=True))
        else:
            runs.append(_Run(pieces=_PARAM.split(mark["label"]), url=_PARAM.split(mark["url"])))
        position = mark.end()
    return (*runs, _Run(pieces=_PARAM.split(sentence[position:])))


def _read(file: Path) -> dict[str, str]:
    try:
        # The base loader makes nothing but text of values: `no` and 113 stay what was written.
        loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise WordingFault(f"{file}: not readable as YAML in UTF-8: {fault}") from fault
    if not isinstance(loaded, dict):
        raise WordingFault(f"{file}: must be a mapping of names to sentences")
    for name, sentence in loaded.items():
        if not (isinstance(name, str) and isinstance(sentence, str)):
            raise WordingFault(
                f"{file}: {name!r} must be a name with a sentence, in quotes if it starts with a mark"
            )
    return {f"{file.stem}.{name}": sentence.rstrip("\n") for name, sentence in loaded.items()}


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Neighbours of the same look become one."""
    last: Span | None = None
    for span in spans:
        if not span.text:
            continue
        if last is not None and (last.bold, last.url) == (span.bold, span.url):
            last = Span(text=last.text + span.text, bold=last.bold, url=last.url)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
