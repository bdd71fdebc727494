"""The commands. Exit 0 ok, 1 content faults, 2 usage or settings, 3 environment."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from uvicorn.loops.auto import auto_loop_factory

from bot import officers
from bot.app import App, CannotServe, build, listen, need_folder, open_house, serve
from bot.config import Settings, SettingsFault, read_settings
from bot.observe import set_up_logging
from bot.store.errors import StoreError
from bot.terminal import TerminalTalk, show
from bot.welcome import print_welcome
from handlers.talk import t
from handlers.words import WordingFault, Words
from procedures_catalog.lint import check
from procedures_catalog.load import SHIPPED, CatalogFaults, load

CONTENT_FAULT = 1
USAGE_FAULT = 2
ENVIRONMENT_FAULT = 3

T = TypeVar("T")

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
catalog_cli = typer.Typer(no_args_is_help=True, help="The procedures and what surrounds them.")
officer_cli = typer.Typer(no_args_is_help=True, help="Accounts of the desk.")
cli.add_typer(catalog_cli, name="catalog")
cli.add_typer(officer_cli, name="officer")

out = Console()


@cli.command("serve")
def serve_command(
    port: Annotated[int | None, typer.Option(help="Instead of MOTCUA_PORT.")] = None,
) -> None:
    """Run the chat page, the desk and every configured channel."""
    settings = read_settings(**({"port": port} if port else {}))
    set_up_logging(settings.log_level)
    need_folder(settings.files_dir)
    listening = listen(settings.host, settings.port)

    async def run() -> None:
        async with open_house(settings) as house:
            await house.store.claim()
            made = await officers.ensure_demo(house)
            await serve(build(house), listening, lambda: print_welcome(house, made, out))

    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(run())


@cli.command("chat")
def chat_command(
    record: Annotated[Path | None, typer.Option(help="Write the talk to FILE as a transcript.")] = None,
    user: Annotated[str, typer.Option(help="Who is talking; the same name goes on where it stopped.")] = "local",
) -> None:
    """Talk with the assistant in this terminal. An empty line or Ctrl-D ends."""
    settings = _quiet()

    async def run() -> None:
        async with open_house(settings) as house:
            await _chat(build(house), user, record)

    _run(run())


@cli.command("search")
def search_command(
    text: Annotated[str, typer.Argument(help="Everyday words.")],
    as_json: Annotated[bool, typer.Option("--json", help="The form of /api/v1/search.")] = False,
) -> None:
    """Find procedures."""
    settings = _quiet()
    found = load([SHIPPED, settings.deployment_dir]).search(text)
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    for hit in found.hits:
        out.print(f"{hit.code}  {hit.confidence:.2f}  {hit.name}  ({', '.join(hit.why)})", highlight=False)
    if found.ask:
        for choice in found.ask.choices:
            out.print(f"?  {choice.label}  {choice.code or ''}", highlight=False)
    if not found.ours:
        out.print(found.where or Words.load().plain(t("fallback.not_ours"), "vi"), highlight=False)


@catalog_cli.command("check")
def catalog_check(
    as_json: Annotated[bool, typer.Option("--json", help="One object per fault.")] = False,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Judge ages by this day.")] = None,
) -> None:
    """Report every fault of the catalog with file and line. Exit 1 when there are errors; warnings are allowed."""
    settings = _quiet()
    day = as_of.date() if as_of else datetime.now().astimezone().date()
    faults = check([SHIPPED, settings.deployment_dir], as_of=day)
    errors = [fault for fault in faults if fault.severity == "error"]
    if as_json:
        rows = [
            {
                "file": str(fault.file),
                "line": fault.line,
                "severity": fault.severity,
                "message": fault.message,
                "mend": fault.mend,
            }
            for fault in faults
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(f"{fault.file}:{fault.line}: {fault.severity}: {fault.message} → {fault.mend}")
        print(f"{len(errors)} errors, {len(faults) - len(errors)} warnings")
    if errors:
        raise typer.Exit(CONTENT_FAULT)


@officer_cli.command("add")
def officer_add(
    login: Annotated[str, typer.Argument(help="Latin letters, digits, dots and dashes.")],
    name: Annotated[str, typer.Option(help="The post, e.g. 'Cán bộ tư pháp'.")],
    office: Annotated[list[str], typer.Option(help="Office id, e.g. truc-ninh:office_justice. May repeat.")],
    role: Annotated[list[str], typer.Option(help="reception, handler, leader, admin or viewer.")],
) -> None:
    """Make an account and print its password once."""
    settings = _quiet()

    async def run() -> str:
        async with open_house(settings) as house, house.store.begin() as work:
            unknown = [id_ for id_ in office if id_ not in house.catalog.offices]
            if unknown:
                raise officers.OfficerFault(
                    f"no such office: {', '.join(unknown)}; there are {', '.join(house.catalog.offices)}"
                )
            return await officers.add(work, login=login, name=name, offices=office, roles=role)

    print(_run(run()))


@officer_cli.command("password")
def officer_password(login: str) -> None:
    """Give an account a new password and print it once; signs it out everywhere."""
    settings = _quiet()

    async def run() -> str:
        async with open_house(settings) as house, house.store.begin() as work:
            return await officers.reset_password(work, login)

    print(_run(run()))


@officer_cli.command("retire")
def officer_retire(login: str) -> None:
    """Close an account and sign it out everywhere; what it did stays on record."""
    settings = _quiet()

    async def run() -> None:
        async with open_house(settings) as house, house.store.begin() as work:
            await officers.retire(work, login)

    _run(run())


@officer_cli.command("list")
def officer_list() -> None:
    """Show the accounts, and the offices nobody serves."""
    settings = _quiet()

    async def run() -> None:
        async with open_house(settings) as house:
            async with house.store.read() as work:
                rows = await work.officers.all()
            table = Table("login", "name", "offices", "roles", "active")
            for row in rows:
                table.add_row(
                    row.login,
                    row.name,
                    "\n".join(row.offices),
                    ", ".join(sorted(row.roles)),
                    "yes" if row.active else "no",
                )
            out.print(table)
            served = {office for row in rows if row.active for office in row.offices}
            for id_ in house.catalog.offices:
                if id_ not in served:
                    out.print(f"nobody serves {id_}: cases sent there are seen by leaders only", style="yellow")

    _run(run())


async def _chat(app: App, user: str, record: Path | None) -> None:
    talk = TerminalTalk(app, user)
    await talk.unread()  # what an earlier talk has shown already
    show(await talk.say("/start"), out)
    while True:
        try:
            line = await asyncio.to_thread(input, "> ")
        except EOFError:
            break
        if not line.strip():
            break
        show(await talk.say(line), out)
    if record is not None:
        talk.record(record)


def _quiet() -> Settings:
    """Settings for a short command: warnings only on the error stream."""
    settings = read_settings()
    set_up_logging("WARNING")
    return settings


def _run(what: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(what)


def main() -> None:
    """Every failure ends in one clear sentence and its exit code."""
    try:
        cli()
    except (SettingsFault, officers.OfficerFault) as fault:
        _end(str(fault), USAGE_FAULT)
    except CatalogFaults as fault:
        for one in fault.faults:
            print(f"{one.file}:{one.line}: {one.message} → {one.mend}", file=sys.stderr)
        _end("The catalog has faults; mend them, then start again.", CONTENT_FAULT)
    except WordingFault as fault:
        _end(str(fault), CONTENT_FAULT)
    except (StoreError, CannotServe) as fault:
        _end(str(fault), ENVIRONMENT_FAULT)
    except OSError as fault:
        _end(f"{fault.strerror or fault}: {fault.filename or ''}".rstrip(": "), ENVIRONMENT_FAULT)
    except KeyboardInterrupt:
        sys.exit(130)


def _end(message: str, code: int) -> None:
    print(message, file=sys.stderr)
    sys.exit(code)
