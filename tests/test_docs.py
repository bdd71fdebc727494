"""The documentation says what the program does: links, settings, commands, targets, numbers, worked examples."""

from __future__ import annotations

import hmac
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import click
import httpx
import pytest
import typer
import yaml
from starlette.applications import Starlette

from bot import files, observe, officers
from bot.channels.base import Arrival, Failure, Limits, SendFailed
from bot.channels.fit import payload
from bot.cli import cli
from bot.clock import KEEP_STRAY_FILES
from bot.config import Settings
from bot.services import LINK_LASTS
from bot.store import files as store_files
from bot.store import lanes, outbox, sessions
from bot.web.desk.door import SESSION_LASTS
from handlers.book import CONVERSATIONS
from handlers.cases.model import OfficerRole
from handlers.conversation import Book, Conversation
from handlers.engine import converse
from handlers.talk import Address, Incoming, Part, Person, Reply, Session, Span
from handlers.words import LANGUAGES, Words
from handlers.words import SHIPPED as SHIPPED_WORDS
from procedures_catalog.catalog import Catalog
from procedures_catalog.lint import check
from procedures_catalog.load import SHIPPED, load
from tests.fakes.house import a_house

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DEMO = ROOT / "deployments" / "xa-truc-ninh"
PAGES = [
    page
    for page in sorted((*ROOT.glob("*.md"), *DOCS.rglob("*.md")))
    if not page.relative_to(ROOT).parts[0].startswith(".")
]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

_CODE = re.compile(r"^```([\w-]*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`[^`\n]+`(?!\])")
_LINK = re.compile(r"""\]\(([^)\s]+)\)|(?:src|href)="([^"]+)\"""")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of one language on a page of `docs/`."""
    return [code for lang, code in _CODE.findall(text(DOCS / page)) if lang == language]


def written_out(page: str, folder: Path) -> list[Path]:
    """Those YAML blocks that name their file in a first comment, put there under `folder`."""
    made = []
    for block in blocks(page, "yaml"):
        if named := re.match(r"# (\S+\.yaml)\n", block):
            file = folder / named[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block, encoding="utf-8")
            made.append(file)
    return made


def anchors(page: Path) -> set[str]:
    """What a link may name behind `#`: headings, lower case, dashes for blanks, other marks left out."""
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")
        for heading in _HEADING.findall(_CODE.sub("", text(page)))
    }


def links(page: Path) -> Iterator[str]:
    prose = _INLINE.sub("", _CODE.sub("", text(page)))
    for inline, attribute in _LINK.findall(prose):
        link = inline or attribute
        if not re.match(r"[a-z]+:", link):
            yield link


# pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken, f"{page.name} links to nothing: {broken}"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_can_be_found(page: Path) -> None:
    linked = {(other.parent / link.partition("#")[0]).resolve() for other in PAGES for link in links(other)}
    assert page.resolve() in linked or page.parent.resolve() in linked, f"nothing links to {page.name}"


def test_pages_name_files_that_exist() -> None:
    """A path in backticks that begins with one of our folders is there, but where the page says to make it."""
    named = re.compile(r"`((?:bot|handlers|procedures_catalog|tests|docs|deployments)/[\w./-]+\.\w+)`")
    invented = {"handlers/hours.py", "bot/channels/sms.py"}
    missing = {
        f"{page.name}: {path}"
        for page in PAGES
        for path in named.findall(text(page))
        if path not in invented and not (ROOT / path).exists()
    }
    assert not missing


def test_records_are_short_and_numbered_in_a_row() -> None:
    records = sorted((DOCS / "adr").glob("*.md"))
    assert [record.name[:4] for record in records] == [f"{number:04d}" for number in range(1, len(records) + 1)]
    for record in records:
        assert text(record).startswith(f"# {record.name[:4]}. ")
        assert "\n## Rejected\n" in text(record), record.name
        assert len(text(record).splitlines()) <= 40, record.name


def test_pictures_are_small() -> None:
    for picture in (DOCS / "images").glob("*.png"):
        assert picture.stat().st_size <= 250_000, picture.name


# settings, commands, targets


def test_every_setting_is_documented() -> None:
    names = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
    rows = set(re.findall(r"^\| `(MOTCUA_\w+)` \|", text(DOCS / "operate.md"), re.MULTILINE))
    example = set(re.findall(r"^(?:# )?(MOTCUA_\w+)=", text(ROOT / ".env.example"), re.MULTILINE))
    assert rows == names
    assert example == names


def test_defaults_of_settings_are_the_documented_ones() -> None:
    rows = dict(re.findall(r"^\| `(MOTCUA_\w+)` \| `([^`]+)` \|", text(DOCS / "operate.md"), re.MULTILINE))
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, bool):
            assert rows[f"MOTCUA_{name.upper()}"] == str(int(default))
        elif default not in (None, ()) and name != "deployments_dir":
            assert rows[f"MOTCUA_{name.upper()}"] == str(default), name


def commands() -> Iterator[tuple[str, click.Command]]:
    def under(group: Any, *names: str) -> Iterator[tuple[str, click.Command]]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from under(command, *names, name)
            else:
                yield " ".join(("motcua", *names, name)), command

    yield from under(typer.main.get_command(cli))


def test_every_command_and_option_is_documented() -> None:
    page = text(DOCS / "operate.md")
    rows = {
        re.sub(r" [A-Z]+$", "", row): line for row, line in re.findall(r"^\| `(motcua [^`]+)` (\|.+)$", page, re.M)
    }
    assert set(rows) == {name for name, _ in commands()}
    for name, command in commands():
        for param in command.params:
            for option in param.opts:
                if option.startswith("--") and option != "--help":
                    assert option in rows[name] or f"{name} {option}" in page, f"{name} {option}"


def test_every_target_is_mentioned() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", text(ROOT / "Makefile"), re.MULTILINE)) | {"format"}
    mentioned = set(re.findall(r"`make ([a-z]+)`", text(ROOT / "CONTRIBUTING.md")))
    assert targets <= mentioned


# numbers


def test_retention_is_the_documented_one() -> None:
    page = text(DOCS / "operate.md")
    table = page[page.index("## What is kept") : page.index("## When messages fail")]
    for words, length in {
        "repetition | {} days": lanes.KEEP_IDS.days,
        "but the web chat | {} days": outbox.KEEP_SENT.days,
        "in the web chat | {} days": outbox.KEEP_WEB_CHAT.days,
        "answers | {} days": sessions.KEEP_TALK.days,
        "part of a case | {} days": store_files.KEEP_UNFILED.days,
        "refers to | {} hour": KEEP_STRAY_FILES.seconds // 3600,
        "linking | {} minutes": LINK_LASTS.seconds // 60,
        "sign-in | {} hours": SESSION_LASTS.seconds // 3600,
    }.items():
        assert words.format(length) in table
    assert f"lock a login for {officers.LOCKED_FOR.seconds // 60} minutes" in page
    assert f"up to {files.MAX_BYTES // 2**20} MiB" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_citizens_are_told_the_same_numbers(lang: str) -> None:
    told = Words.load().area("privacy", lang)["kept"]
    days = {"vi": "ngày", "en": "days"}[lang]
    numbers = [int(number) for number in re.findall(rf"(\d+) {days}", told)]
    assert numbers == [
        length.days
        for length in (
            outbox.KEEP_WEB_CHAT,
            outbox.KEEP_SENT,
            sessions.KEEP_TALK,
            store_files.KEEP_UNFILED,
        )
    ]


def test_roles_and_failures_are_documented() -> None:
    page = text(DOCS / "operate.md")
    for name in (*OfficerRole, *Failure):
        assert f"`{name}`" in page, name


async def test_every_metric_is_documented(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        transport = httpx.ASGITransport(Starlette(routes=observe.routes(house, [])))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            told = (await client.get("/metrics")).text
    metrics = set(re.findall(r"^(motcua_\w+) ", told, re.MULTILINE))
    assert metrics == set(re.findall(r"^\| `(motcua_\w+)` \|", text(DOCS / "operate.md"), re.MULTILINE))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load([SHIPPED, DEMO])


def test_the_readme_counts_the_procedures(catalog: Catalog) -> None:
    number = len(catalog.procedures)
    assert f"**{number} thủ tục**" in text(ROOT / "README.md")
    assert f"**{number} procedures**" in text(ROOT / "README.md")


def test_the_readme_is_whole_in_both_languages() -> None:
    vietnamese, english = text(ROOT / "README.md").split("\n## English\n")
    assert vietnamese.count("\n## ") == english.count("\n### ")
    assert set(blocks_of(vietnamese)) - set(blocks_of(english)) <= {
        "MOTCUA_DATABASE_URL=postgresql+asyncpg://motcua:mat-khau@localhost/motcua"
    }


def blocks_of(part: str) -> list[str]:
    return re.findall(r"^    (\S.*)$", part, re.MULTILINE)


# worked examples


def test_the_procedure_example_loads_and_is_found(tmp_path: Path) -> None:
    whole = next(block for block in blocks("add-a-procedure.md", "yaml") if block.startswith("code: '9."))
    deployment = tmp_path / "deployments" / "xa-truc-ninh"
    shutil.copytree(DEMO, deployment)
    (deployment / "procedures").mkdir(exist_ok=True)
    (deployment / "procedures" / "9.000001-vi-du.yaml").write_text(whole, encoding="utf-8")
    made = written_out("add-a-procedure.md", tmp_path)
    assert made

    loaded = load([SHIPPED, deployment])
    assert loaded.search("xin giấy ví dụ").hits[0].code == "9.000001"
    assert loaded.procedures["1.001193"].notes == ("Ghi chú riêng của địa phương.",)
    shipped = load([SHIPPED, DEMO]).procedures["1.001193"]
    assert loaded.procedures["1.001193"].papers == shipped.papers

    weak = [fault for fault in check([SHIPPED, deployment]) if fault.file.name.startswith("9.000001")]
    assert weak == []


def test_the_deployment_example_loads(tmp_path: Path) -> None:
    assert len(written_out("add-a-deployment.md", tmp_path)) == 6
    folder = tmp_path / "deployments" / "xa-vi-du"
    loaded = load([SHIPPED, folder])
    assert loaded.deployment.slug == folder.name
    assert loaded.limits.answer.amount == 10
    assert loaded.limits.acknowledge == load([SHIPPED, DEMO]).limits.acknowledge
    confirmed = loaded.procedures["2.000815"].confirmed
    assert confirmed is not None
    assert confirmed.by_office == loaded.deployment.centre
    assert [fault for fault in check([SHIPPED, folder]) if fault.severity == "error"] == []


async def test_the_conversation_example_talks(tmp_path: Path, catalog: Catalog) -> None:
    script = executed("add-a-conversation.md")["hours"]
    line = blocks("add-a-conversation.md", "python-line")[0]
    (added,) = eval(line, {"Conversation": Conversation, "hours": script})
    words = _words_with(written_out("add-a-conversation.md", tmp_path), tmp_path)
    named = {conversation.name: conversation for conversation in (*CONVERSATIONS, added)}
    book = Book(conversations=named, opening="menu", fallback="fallback", words=words)
    here = Address(channel="terminal", user="me")
    person = Person(id="p", addresses=(here,))
    services: Any = SimpleNamespace(catalog=catalog)
    session = Session(address=here, lang="vi", started_at=NOW)

    replies: list[Reply] = []
    for number, typed in enumerate(("giờ làm việc", "1")):
        incoming = Incoming(id=str(number), sender=here, at=NOW, text=typed)
        session, replies = await converse(session, person, incoming, book, services, NOW)
        if number == 0:
            assert replies[-1].text.key == "hours.which"
            assert all(len(payload(replies[-1], choice).encode()) <= 64 for choice in replies[-1].choices)
    assert [reply.text.key for reply in replies] == ["hours.unknown"]
    for lang in LANGUAGES:
        assert next(iter(catalog.offices.values())).name in words.plain(replies[0].text, lang)


def _words_with(made: Sequence[Path], folder: Path) -> Words:
    """The shipped words with those of the page added, file by file as an author would."""
    whole = folder / "whole"
    shutil.copytree(SHIPPED_WORDS, whole)
    for file in made:
        target = whole / file.parent.name / file.name
        before = target.read_text(encoding="utf-8") if target.exists() else ""
        target.write_text(before + text(file), encoding="utf-8")
        assert yaml.safe_load(text(target))
    return Words.load((whole,))


async def test_the_channel_example_carries_messages() -> None:
    made = executed("add-a-channel.md")
    assert isinstance(made["LIMITS"], Limits)
    channel = made["Sms"](Mock(now=lambda: NOW), "http://127.0.0.1:9/send", b"secret")
    stored: list[Arrival] = []

    async def receive(arrivals: Sequence[Arrival]) -> None:
        stored.extend(arrivals)

    transport = httpx.ASGITransport(Starlette(routes=list(channel.routes(receive))))
    body = json.dumps({"id": 7, "from": "84900000000", "text": "xin chào", "number": 3}).encode()
    signature = {"x-signature": hmac.new(b"secret", body, sha256).hexdigest()}
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        assert (await client.post("/webhooks/sms", content=body)).status_code == 403
        assert stored == []
        assert (await client.post("/webhooks/sms", content=body, headers=signature)).status_code == 200
    assert [(one.order, one.incoming.text, str(one.incoming.sender)) for one in stored] == [
        (3, "xin chào", "sms:84900000000")
    ]
    with pytest.raises(SendFailed) as failed:
        await channel.send(stored[0].incoming.sender, Part(spans=(Span(text="chào"),)))
    assert failed.value.reason is Failure.UNREACHABLE
    await channel.close()


def executed(page: str) -> dict[str, Any]:
    """What the page's Python defines."""
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(blocks(page, "python")[0], page, "exec"), names)
    return names
