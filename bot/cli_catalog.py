"""`motcua catalog …`: what the content is, where each value comes from, and what is wrong with it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated

import typer
from rich.table import Table

from bot.console import CONTENT_FAULT, USAGE_FAULT, CatalogArgument, CatalogOption, out, quiet
from procedures_catalog.layers import leaves
from procedures_catalog.lint import check
from procedures_catalog.load import CatalogFaults, read_folders
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
    """Report every fault of the catalog with file and line. Exit 1 when there are errors; warnings are allowed."""
    settings = quiet([*(folders or ()), *(catalog or ())])
    faults = check(settings.folders, as_of=as_of.date() if as_of else today())
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
) -> None:
    """Show every value of a procedure and the layer, file and line it comes from."""
    settings = quiet(catalog)
    reading = read_folders(settings.folders)
    marked = reading.marked["procedures"].get(code) or reading.marked["signposts"].get(code)
    if marked is None:
        typer.echo(f"There is no procedure {code} in this catalog; `motcua search` finds codes.", err=True)
        raise typer.Exit(USAGE_FAULT)
    rows = list(leaves(marked, settings.folders))
    if as_json:
        print(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
        return
    table = Table("value of", "value", "layer", "file")
    for row in rows:
        table.add_row(row.path, row.value, row.layer, f"{row.file.name}:{row.line}")
    out.print(table)


def today() -> date:
    """The day the command runs."""
    return datetime.now().astimezone().date()
