"""`motcua catalog …`: what the content is, where each value comes from, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from bot.console import CONTENT_FAULT, USAGE_FAULT, CatalogArgument, CatalogOption, out, quiet, today
from procedures_catalog.layers import leaves
from procedures_catalog.lint import Change, changes, check, states
from procedures_catalog.load import CatalogFaults, read_folders
from procedures_catalog.marked import Fault
from procedures_catalog.model import CODE_IN
from procedures_catalog.stats import count

catalog_cli = typer.Typer(no_args_is_help=True, help="The procedures and what surrounds them.")

AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="What holds on this day.")]


@catalog_cli.command("check")
def catalog_check(
    folders: CatalogArgument = None,
    catalog: CatalogOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object per fault.")] = False,
    as_of: AsOf = None,
) -> None:
    """Report every fault of the catalog with file and line, why it matters and how to mend it.

    With --as-of also what becomes different for people on that day. Exit 1 when there are errors; warnings are
    allowed.
    """
    settings = quiet([*(folders or ()), *(catalog or ())])
    reading = read_folders(settings.folders)
    faults = check(settings.folders, as_of=as_of.date() if as_of else today(), reading=reading)
    turns = changes(reading, as_of.date()) if as_of else []
    errors = [fault for fault in faults if fault.severity == "error"]
    if as_json:
        rows: Any = [_as_json(fault) for fault in faults]
        if as_of:
            rows = {
                "faults": rows,
                "as_of": as_of.date().isoformat(),
                "changes": [turn.as_json() for turn in turns],
            }
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            where = f"{fault.file}:{fault.line}"
            print(f"{where}: {fault.severity}: {fault.message} Why: {fault.why} → {fault.mend} [{fault.rule}]")
        print(f"{len(errors)} errors, {len(faults) - len(errors)} warnings")
        if as_of:
            _print_changes(turns, as_of.date())
    if errors:
        raise typer.Exit(CONTENT_FAULT)


def _as_json(fault: Fault) -> dict[str, Any]:
    return {
        "file": str(fault.file),
        "line": fault.line,
        "severity": fault.severity,
        "message": fault.message,
        "mend": fault.mend,
        "why": fault.why,
        "rule": fault.rule,
    }


def _print_changes(turns: list[Change], day: date) -> None:
    """What has turned by that day, and what turns later, each in the order of days."""
    print(f"\nWhat citizens see on {day}:")
    if not turns:
        print("  Nothing of the content starts or ends on a day that is known.")
    for title, part in (
        ("By then", [turn for turn in turns if _turned(turn)]),
        ("Later", [turn for turn in turns if not _turned(turn)]),
    ):
        if part:
            print(f"  {title}:")
        for turn in part:
            days = (
                "that day"
                if turn.days == 0
                else f"in {turn.days} days"
                if turn.days > 0
                else f"{-turn.days} days ago"
            )
            verb = turn.turn if not _turned(turn) else {"starts": "has started", "ends": "has ended"}[turn.turn]
            where = f"{turn.file.name}:{turn.line}"
            print(f"    {turn.on} ({days}) {turn.what} {turn.about} {verb}: {turn.said}  {where}")


def _turned(turn: Change) -> bool:
    """A first day counts from that day on; a last day is over on the next."""
    return turn.days <= 0 if turn.turn == "starts" else turn.days < 0


@catalog_cli.command("stats")
def catalog_stats(
    folders: CatalogArgument = None,
    catalog: CatalogOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, with the lists of codes.")] = False,
) -> None:
    """Count what the catalog holds: reviewed procedures, drafts, signposts, by field."""
    settings = quiet([*(folders or ()), *(catalog or ())])
    reading = read_folders(settings.folders)
    if reading.faults:
        raise CatalogFaults(reading.faults)
    counted = count(reading)
    if as_json:
        print(json.dumps(counted, ensure_ascii=False, indent=2))
        return
    table = Table("", "number")
    for name, value in counted.items():
        if isinstance(value, int):
            table.add_row(name.replace("_", " "), str(value))
    out.print(table)


@catalog_cli.command("show")
def catalog_show(
    code: Annotated[str, typer.Argument(help="A procedure's or a signpost's code, e.g. 1.001193.")],
    catalog: CatalogOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object per value.")] = False,
    as_of: AsOf = None,
) -> None:
    """Show every value of a procedure and the layer, file and line it comes from.

    With --as-of also which values no longer count on that day, or not yet.
    """
    settings = quiet(catalog)
    reading = read_folders(settings.folders)
    code = next(iter(re.findall(CODE_IN, code)), code)  # also out of the older long form
    marked = reading.marked["procedures"].get(code) or reading.marked["signposts"].get(code)
    if marked is None:
        heirs = [item.code for item in reading.values["procedures"].values() if code in item.replaces]
        hint = f"{heirs[0]} has taken its place." if heirs else "`motcua search WORDS` finds codes."
        typer.echo(f"There is no procedure {code} in this catalog; {hint}", err=True)
        raise typer.Exit(USAGE_FAULT)
    rows = list(leaves(marked, settings.folders))
    procedure = reading.values["procedures"].get(code)
    found = states(procedure, as_of.date()) if as_of and procedure is not None else {}
    if as_json:
        listed = [row.as_json() | ({"state": _state(row.path, found)} if as_of else {}) for row in rows]
        print(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    table = Table()
    for heading in ("value of", "value", *([f"on {as_of.date()}"] if as_of else []), "layer", "file"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        state = [_state(row.path, found)] if as_of else []
        cells = (row.path, row.value, *state, row.layer, f"{row.file.name}:{row.line}")
        table.add_row(*map(Text, cells))  # not markup: the catalog's own brackets are to be seen
    out.print(table)


def _state(path: str, states: Mapping[str, str]) -> str:
    """`in force`, `gone` or `to come`, for a value by what it belongs to."""
    return states.get("") or states.get(path.partition(".")[0]) or "in force"
