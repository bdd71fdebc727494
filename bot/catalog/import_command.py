"""What `motcua catalog import` does, with its progress and its summary."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.catalog.drafts import Folder, with_fields
from bot.catalog.importing import write_items, write_report
from bot.console import CONTENT_FAULT, USAGE_FAULT, out
from procedures_catalog.importers.detect import reader
from procedures_catalog.importers.items import Outcome, each_once, read_items
from procedures_catalog.importers.record import Unreadable
from procedures_catalog.load import read_folders
from procedures_catalog.shipped import SHIPPED

_INTERRUPTED = 130
_SHOWN = 20


def run(source: Path, to: Path, *, apply: bool, as_json: bool) -> None:
    """Import `source` into the folder `to`, and tell what came of it; ends the command with its exit code."""
    outcome = Outcome()
    try:
        _import(source, Folder(to), outcome, apply)
    except Unreadable as fault:
        if as_json and outcome.problems:
            print(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
        for problem in outcome.lost[:_SHOWN]:
            typer.echo(f"{problem.where}: left out: {problem.message}", err=True)
        typer.echo(f"Nothing was imported. {fault}", err=True)
        raise typer.Exit(CONTENT_FAULT if outcome.problems else USAGE_FAULT) from fault
    except KeyboardInterrupt:
        reached = "while reading" if outcome.left is None else f"with {outcome.left} records not reached"
        typer.echo(f"Stopped {reached}. The same command goes on.", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        print(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
    else:
        _summary(outcome, to)
    if outcome.lost:
        raise typer.Exit(CONTENT_FAULT)


def _import(source: Path, folder: Folder, outcome: Outcome, apply: bool) -> None:
    fields = with_fields(read_folders([SHIPPED]).values["fields"], folder.path)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        reading = progress.add_task("Reading", total=None)
        read = read_items(source, fields, outcome, lambda: progress.advance(reading))
        items = each_once(read, outcome)
        progress.update(reading, total=progress.tasks[reading].completed)
        if not items:
            raise Unreadable(_nothing_in(source, outcome))
        writing = progress.add_task("Writing", total=len(items))
        with folder.alone():
            try:
                write_items(
                    items,
                    folder,
                    fields,
                    outcome,
                    reader=reader(source).__module__.rsplit(".", 1)[-1],
                    apply=apply,
                    tick=lambda: progress.advance(writing),
                )
            finally:
                write_report(folder, outcome)


def _nothing_in(source: Path, outcome: Outcome) -> str:
    if not outcome.lost:
        return f"{source.name} holds no procedure; check that it is the right file."
    return f"Of {len(outcome.lost)} records in {source.name} none could be used; mend what is told above."


def _summary(outcome: Outcome, folder: Path) -> None:
    table = Table("", "records")
    for name, number in (
        ("added", len(outcome.added)),
        ("unchanged", len(outcome.unchanged)),
        ("changed in the source", len(outcome.changed)),
        ("read better by this release", len(outcome.better)),
        ("… taken over", len(outcome.applied)),
        ("… changed here by hand too", len(outcome.by_hand)),
        ("waiting to be merged by hand", len(outcome.waiting)),
        ("vanished from the source", len(outcome.vanished)),
        ("left out", len(outcome.lost)),
    ):
        table.add_row(name, str(number))
    out.print(table)
    if outcome.counts:
        read = Table("part", "outcome", "values")
        for (part, how), number in sorted(outcome.counts.items()):
            read.add_row(str(part), str(how), str(number))
        out.print(read)
    for problem in outcome.lost[:_SHOWN]:
        out.print(f"{problem.where}: left out: {problem.message}", style="yellow", highlight=False, markup=False)
    for code, found in list(outcome.changed.items())[:_SHOWN]:
        for change in found[:_SHOWN]:
            out.print(f"{code}: {change}", highlight=False, markup=False)
    for code in outcome.vanished[:_SHOWN]:
        out.print(f"{code}: no longer in the source; its draft is left as it is", highlight=False)
    told = f"{len(outcome.problems)} remarks on what could not be understood, and every change, line by line: "
    out.print(f"{told}{folder / 'import-report.txt'}", highlight=False, soft_wrap=True)
    if (outcome.changed or outcome.better) and not outcome.applied:
        out.print("Nothing of what changed was taken over; --apply does that.", highlight=False)
