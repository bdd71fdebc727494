"""Addresses: the record's link, and any address that stands in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from ..marked import Fault, Marked
from .rule import Rule, Scene, leaves

HTTPS = Rule(
    id="link-https",
    what="an address that is not a whole https address",
    why="It does not open, or opens unprotected where people type who they are.",
    mend="Copy the address from the browser; it begins with https:// and has no spaces.",
)
CLOSED = Rule(
    id="link-closed",
    what="an address of a portal that is closed, or an old kind of link",
    why="People land on a page where nothing can be filed, and give up.",
    mend="Link the procedure's page on https://dichvucong.gov.vn.",
)
FOREIGN = Rule(
    id="link-foreign",
    what="an address outside gov.vn",
    why="Anybody can own it; people are asked for money and personal data there.",
    mend="Link the page of the state office, on gov.vn.",
)
SHARED = Rule(
    id="link-shared",
    what="two procedures with the same link",
    why="One of them leads people to the page of another procedure.",
    mend="Open both procedures on the portal and copy each one's own address.",
)
PAGE = Rule(
    id="link-page",
    what="a link to the portal that names no page",
    why="People have to search again for what they had already found here.",
    mend="Copy the address of the procedure's own page, or leave `link:` out.",
)
MISSING = Rule(
    id="link-missing",
    what="the national database is the source, papers can be filed online, and there is no link",
    why="People who want to file online do not find the page.",
    mend="Copy the address of the procedure's page on https://dichvucong.gov.vn.",
)
RULES = (HTTPS, CLOSED, FOREIGN, SHARED, PAGE, MISSING)

_ADDRESS = re.compile(
    r"(?:[a-z]+://|www\.)[^\s<>“”\"')]+|\b(?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|me|ly|gov)\b[^\s<>“”\"');,]*",
    re.I,
)
_UUID = re.compile(r"/thu-tuc-hanh-chinh/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/?$")


@cache
def portals() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of closed addresses, each with the reason, from portals.yaml."""
    table = yaml.safe_load(Path(__file__).with_name("portals.yaml").read_bytes())
    provinces = "|".join(table["provinces"])
    return tuple(
        (re.compile(entry["pattern"].replace("{province}", f"(?:{provinces})"), re.I), entry["say"])
        for entry in table["closed"]
    )


def links(scene: Scene) -> Iterator[Fault]:
    """Links of reviewed procedures and signposts, and addresses in everything that is written."""
    owners: dict[str, tuple[str, Marked]] = {}
    for item, marked in scene.found:
        if item.link is not None:
            spot = marked.find(["link"])
            yield from _link(item.link, spot)
            owner, there = owners.setdefault(item.link.rstrip("/"), (item.code, spot))
            if owner != item.code:
                yield SHARED.at(spot, f"{owner} has the same link.")
                yield SHARED.at(there, f"{item.code} has the same link.")
    for procedure, marked in scene.procedures:
        national = procedure.source.url and procedure.source.name.startswith("Cơ sở dữ liệu quốc gia")
        if national and not procedure.link and procedure.ways.online.offered is True:
            yield MISSING.at(marked.find(["ways", "online"]), "It can be filed online, but there is no link.")
    for marked in _records(scene):
        for path, text, spot in leaves(marked):
            if path[-1:] != ("link",):
                for found in _ADDRESS.finditer(text):
                    yield from _address(found[0].rstrip(".,;:"), spot, whole=path[-1:] == ("url",))


def _records(scene: Scene) -> Iterator[Marked]:
    yield from (marked for _, marked in scene.found)
    for kind in ("life_events", "offices", "laws", "topics", "roles", "places"):
        yield from (marked for _, marked in scene.each(kind))
    for kind in ("deployment", "calendar", "limits"):
        if (single := scene.single(kind)) is not None:
            yield single[1]
    if (vocabulary := scene.single("vocabulary")) is not None:
        yield vocabulary[1].find(["not_ours"])


def _link(link: str, spot: Marked) -> Iterator[Fault]:
    if any(letter.isspace() for letter in link) or not link.startswith("https://") or "." not in link:
        yield HTTPS.at(spot, f"“{link}” is not a whole https address.")
        if "://" not in link:
            return
    found = [*_address(link, spot, whole=False)]
    yield from found
    parts = urlsplit(link) if _host(link) is not None else urlsplit("")
    if not found and parts.hostname and parts.path.strip("/") == "":
        yield PAGE.at(spot, f"{link} is the front page.")
    elif (
        not found
        and parts.hostname == "dichvucong.gov.vn"
        and "/thu-tuc-hanh-chinh" in link
        and not _UUID.search(link)
    ):
        yield PAGE.at(spot, "The link ends too early or too late to be a procedure's page.")


def _address(address: str, spot: Marked, *, whole: bool) -> Iterator[Fault]:
    for pattern, say in portals():
        if pattern.search(address):
            yield CLOSED.at(spot, f"{address}: {say}")
            return
    if whole and not address.startswith("https://"):
        yield HTTPS.at(spot, f"“{address}” is not a whole https address.")
    elif address.startswith("http://"):
        yield HTTPS.at(spot, f"{address} is not https.")
    host = _host(address if "://" in address else f"https://{address}")
    if host is None:
        yield HTTPS.at(spot, f"“{address}” is not a whole https address.")
    elif host and host != "gov.vn" and not host.endswith(".gov.vn"):
        yield FOREIGN.at(spot, f"{host} does not belong to the state.")


def _host(address: str) -> str | None:
    """The host's name, empty if there is none; None if the address cannot be read at all."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return None
