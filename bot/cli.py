"""The commands. Exit 0 ok, 1 content faults, 2 usage or settings, 3 environment."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from uvicorn.loops.auto import auto_loop_factory

from bot import officers
from bot.app import App, CannotServe, build, listen, need_folder, open_house, serve
from bot.catalog.kept import load_kept
from bot.cli_catalog import catalog_cli
from bot.cli_import import catalog_import
from bot.cli_sheet import catalog_sheet
from bot.config import SettingsFault, read_settings
from bot.console import CONTENT_FAULT, ENVIRONMENT_FAULT, USAGE_FAULT, CatalogOption, out, quiet, run_now, today
from bot.observe import set_up_logging
from bot.store.errors import StoreError
from bot.terminal import TerminalTalk, show
from bot.welcome import print_welcome
from handlers.talk import t
from handlers.words import WordingFault, Words
from procedures_catalog.load import CatalogFaults

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
officer_cli = typer.Typer(no_args_is_help=True, help="Accounts of the desk.")
cli.add_typer(catalog_cli, name="catalog")
catalog_cli.command("import")(catalog_import)
catalog_cli.command("sheet")(catalog_sheet)
cli.add_typer(officer_cli, name="officer")


@cli.command("serve")
def serve_command(
    port: Annotated[int | None, typer.Option(help="Instead of MOTCUA_PORT.")] = None,
    catalog: CatalogOption = None,
) -> None:
    """Run the chat page, the desk and every configured channel."""
    given = {"port": port, "catalog": catalog}
    settings = read_settings(**{name: value for name, value in given.items() if value})
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
    catalog: CatalogOption = None,
) -> None:
    """Talk with the assistant in this terminal. An empty line or Ctrl-D ends."""
    settings = quiet(catalog)

    async def run() -> None:
        async with open_house(settings) as house:
            await _chat(build(house), user, record)

    run_now(run())


@cli.command("search")
def search_command(
    text: Annotated[str, typer.Argument(help="Everyday words.")],
    as_json: Annotated[bool, typer.Option("--json", help="The form of /api/v1/search.")] = False,
    catalog: CatalogOption = None,
) -> None:
    """Find procedures."""
    settings = quiet(catalog)
    found = load_kept(settings.folders, settings.cache_dir).on(today()).search(text)
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    for hit in found.hits:
        draft = "" if hit.reviewed else "  [draft]"
        told = f"{hit.code}  {hit.confidence:.2f}  {hit.name}{draft}  ({', '.join(hit.why)})"
        out.print(told, highlight=False, markup=False)
    if found.ask:
        for choice in found.ask.choices:
            out.print(f"?  {choice.label}  {choice.code or ''}", highlight=False, markup=False)
    if not found.ours:
        out.print(found.where or Words.load().plain(t("fallback.not_ours"), "vi"), highlight=False)


@officer_cli.command("add")
def officer_add(
    login: Annotated[str, typer.Argument(help="Latin letters, digits, dots and dashes.")],
    name: Annotated[str, typer.Option(help="The post, e.g. 'Cán bộ tư pháp'.")],
    office: Annotated[list[str], typer.Option(help="Office id, e.g. truc-ninh:office_justice. May repeat.")],
    role: Annotated[list[str], typer.Option(help="reception, handler, leader, admin or viewer.")],
) -> None:
    """Make an account and print its password once."""
    settings = quiet()

    async def run() -> str:
        async with open_house(settings) as house, house.store.begin() as work:
            unknown = [id_ for id_ in office if id_ not in house.catalog.offices]
            if unknown:
                raise officers.OfficerFault(
                    f"no such office: {', '.join(unknown)}; there are {', '.join(house.catalog.offices)}"
                )
            return await officers.add(work, login=login, name=name, offices=office, roles=role)

    print(run_now(run()))


@officer_cli.command("password")
def officer_password(login: str) -> None:
    """Give an account a new password and print it once; signs it out everywhere."""
    settings = quiet()

    async def run() -> str:
        async with open_house(settings) as house, house.store.begin() as work:
            return await officers.reset_password(work, login)

    print(run_now(run()))


@officer_cli.command("retire")
def officer_retire(login: str) -> None:
    """Close an account and sign it out everywhere; what it did stays on record."""
    settings = quiet()

    async def run() -> None:
        async with open_house(settings) as house, house.store.begin() as work:
            await officers.retire(work, login)

    run_now(run())


@officer_cli.command("list")
def officer_list() -> None:
    """Show the accounts, and the offices nobody serves."""
    settings = quiet()

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

    run_now(run())


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
