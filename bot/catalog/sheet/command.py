"""What `motcua catalog sheet` does: the workbook out, the answers in, and every row told."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.catalog.sheet import filled, overlay, workbook
from bot.catalog.sheet.decide import Plan, decide
from bot.catalog.sheet.rows import names
from bot.catalog.sheet.words import day
from bot.config import Settings
from bot.console import CONTENT_FAULT, USAGE_FAULT, quiet, today
from procedures_catalog.load import CatalogFaults, read_folders
from procedures_catalog.model import Procedure
from procedures_catalog.reading import Reading


def run(
    *,
    out: Path | None,
    read: Path | None,
    field: list[str] | None,
    code: list[str] | None,
    drafts: bool,
    dry_run: bool,
    catalog: list[Path] | None,
) -> None:
    """Write the workbook `out`, or take in the answers of `read`; ends the command with its exit code."""
    if (out is None) == (read is None):
        _end("Give either --out FILE, to write a workbook, or --read FILE, to read one.", USAGE_FAULT)
    if read is not None and (field or code or drafts):
        _end("--field, --code and --drafts belong to --out.", USAGE_FAULT)
    if out is not None and dry_run:
        _end("--dry-run belongs to --read.", USAGE_FAULT)
    settings = quiet(catalog)
    reading = read_folders(settings.folders)
    if reading.faults:
        raise CatalogFaults(reading.faults)
    if out is not None:
        _write(out, _chosen(reading, field or [], code or [], drafts), reading)
    elif read is not None:
        _read(read, reading, settings, dry_run)


def _chosen(reading: Reading, fields: Sequence[str], codes: Sequence[str], drafts: bool) -> list[Procedure]:
    """Everything of the fields, and what the codes name beside it; without both, all that there is."""
    known = reading.values["procedures"]
    by_name = {item.name: key for key, item in reading.values["fields"].items()}
    for given in fields:
        if given not in reading.values["fields"] and given not in by_name:
            near = difflib.get_close_matches(given, [*by_name, *by_name.values()], n=1)
            mend = (
                f"did you mean “{near[0]}”?" if near else "`motcua catalog show CODE` tells a procedure's field."
            )
            _end(f"There is no field “{given}”; {mend}", USAGE_FAULT)
    for given in codes:
        if given not in known:
            _end(f"There is no procedure {given} in this catalog; `motcua search` finds codes.", USAGE_FAULT)
        if not known[given].reviewed and not drafts:
            _end(f"{given} is a draft; add --drafts to have it in the workbook.", USAGE_FAULT)
    fit = [item for item in known.values() if item.reviewed or drafts]
    if not fit:
        _end("The catalog has no reviewed procedure; add --drafts.", USAGE_FAULT)
    wanted = {by_name.get(given, given): given for given in fields}
    for key in wanted.keys() - {item.field for item in fit}:
        more = "" if drafts else " reviewed"
        mend = "leave it out." if drafts else "leave it out, or add --drafts."
        _end(f"The field “{wanted[key]}” has no{more} procedure; {mend}", USAGE_FAULT)
    everything = not (fields or codes)
    chosen = [item for item in fit if everything or item.field in wanted or item.code in codes]
    return sorted(chosen, key=lambda item: (item.field, item.code))


def _write(file: Path, procedures: Sequence[Procedure], reading: Reading) -> None:
    if file.suffix.lower() != ".xlsx":
        _end(f"{file} must end in .xlsx.", USAGE_FAULT)
    if file.exists():
        _end(f"{file} exists already and may hold answers; give another name.", USAGE_FAULT)
    if not file.parent.is_dir():
        _end(f"There is no folder {file.parent}; make it first.", USAGE_FAULT)
    deployment = reading.singles["deployment"]
    place = workbook.Place(
        slug=deployment.slug, name=deployment.name, offices=_offices(reading), names=names(reading)
    )
    if not place.offices:
        _end("The deployment has no office that could check anything; add it to offices.yaml.", CONTENT_FAULT)
    pairs = [(reading.values["fields"][item.field].name, item) for item in procedures]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("writing", total=len(pairs))
        try:
            rows = workbook.write(file, pairs, place, today(), lambda: progress.advance(task))
        except workbook.TooLarge as fault:
            progress.stop()
            _end(str(fault), USAGE_FAULT)
    print(f"{file}: {len(pairs)} procedures, {rows} rows to check")


def _read(file: Path, reading: Reading, settings: Settings, dry_run: bool) -> None:
    if not file.is_file():
        _end(f"There is no file {file}.", USAGE_FAULT)
    if file.stat().st_size > filled.LARGEST:
        _end(
            f"{file} is larger than {filled.LARGEST // 2**20} MB; is it the workbook that was sent out?",
            CONTENT_FAULT,
        )
    try:
        answers = filled.read(
            file.read_bytes(),
            file.name,
            slug=reading.singles["deployment"].slug,
            offices=_offices(reading),
            today=today(),
        )
        plan = decide(answers, reading, names(reading))
        changes = overlay.changes(plan.edits, reading, settings.deployment_dir)
    except (filled.SheetFault, overlay.OverlayFault) as fault:
        _end(f"{fault} Nothing was changed.", CONTENT_FAULT)
    faults = overlay.faults(changes, settings.folders) if changes else []
    if faults:
        for one in faults:
            typer.echo(f"{one.file}:{one.line}: {one.message} → {one.mend}", err=True)
        _end("With these answers the catalog would have faults. Nothing was changed.", CONTENT_FAULT)
    print(f"checked by {answers.office} on {day(answers.on)}")
    if dry_run:
        for change in changes:
            print(change.diff(), end="")
    else:
        try:
            overlay.write(changes)
        except overlay.OverlayFault as fault:
            _end(f"{fault} Nothing was changed.", CONTENT_FAULT)
    _tell(plan)
    for change in changes:
        print(f"{'would write' if dry_run else 'written'}: {change.file}")
    if plan.refused or plan.conflicts:
        others = "The other rows would be taken." if dry_run else "The other rows were taken."
        _end(f"{len(plan.refused) + len(plan.conflicts)} rows could not be used. {others}", CONTENT_FAULT)


def _tell(plan: Plan) -> None:
    """Every row by what becomes of it; the plain words of people at the end."""
    for heading, rows in (
        ("applied", plan.applied),
        ("right, but not yet kept", plan.waiting),
        ("to look at", plan.open),
        ("conflict", plan.conflicts),
        ("not understood", plan.refused),
    ):
        for row in rows:
            print(f"{heading}: {row}")
    print(
        f"{len(plan.applied)} applied, {plan.already} were so already, "
        f"{len(plan.waiting)} procedures wait for other rows, "
        f"{len(plan.open)} to look at, {len(plan.conflicts)} conflicts, {len(plan.refused)} not understood"
    )


def _offices(reading: Reading) -> list[str]:
    return list(dict.fromkeys(office.name for office in reading.values["offices"].values()))


def _end(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
