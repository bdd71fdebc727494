"""Telegram's HTML as its server reads it: strict about tags, forgiving about stray ampersands."""

from __future__ import annotations

import html
import re

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_TOKEN = re.compile(
    r"<(?P<close>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<attributes>(?:\s+[\w-]+(?:=\"[^\"<>]*\")?)*)\s*>"
    r"|(?P<entity>&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)"
    r"|(?P<stray><)"
)


class NotReadable(Exception):
    """What the server says about it."""


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def read_html(source: str) -> tuple[str, list[dict[str, object]]]:
    """Plain text and its entities. Raises NotReadable."""
    plain = ""
    found: list[dict[str, object]] = []
    still_open: list[tuple[str, int, str]] = []
    at = 0
    for token in _TOKEN.finditer(source):
        plain += source[at : token.start()]
        at = token.end()
        offset = len(source[: token.start()].encode())
        tag = (token["tag"] or "").lower()
        if token["entity"]:
            plain += html.unescape(token["entity"])
        elif token["stray"] or tag not in TAGS:
            raise NotReadable(f'Unsupported start tag "{tag}" at byte offset {offset}')
        elif not token["close"]:
            still_open.append((tag, units(plain), token["attributes"]))
        else:
            if not still_open or still_open[-1][0] != tag:
                raise NotReadable(f"Unexpected end tag at byte offset {offset}")
            _, start, attributes = still_open.pop()
            entity: dict[str, object] = {"type": TAGS[tag], "offset": start, "length": units(plain) - start}
            if link := re.search(r'href="([^"]*)"', attributes):
                entity["url"] = html.unescape(link[1])
            found.append(entity)
    plain += source[at:]
    if still_open:
        raise NotReadable(f'Can\'t find end tag corresponding to start tag "{still_open[-1][0]}"')
    return plain.strip(), found
