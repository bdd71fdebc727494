"""`motcua catalog sheet`: an Excel workbook in which civil servants check the catalog, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.console import CatalogOption


def catalog_sheet(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a workbook to be filled in.")] = None,
    read: Annotated[Path | None, typer.Option(metavar="FILE", help="Read a workbook that was filled in.")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(help="Only this field, by id or name, and what --code names; may repeat. With --out."),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option(help="Only this procedure, and what --field names; may repeat. With --out."),
    ] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Also what nobody has reviewed. With --out.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change. With --read.")] = False,
    catalog: CatalogOption = None,
) -> None:
    """Let an office check the catalog in Excel: --out writes the workbook, --read takes the answers in.

    What is confirmed or corrected goes to the deployment's `procedures/`. Rows that cannot be used are told one by
    one; the others count all the same. Exit 1 if there were such rows or no answers; 2 for wrong usage.
    """
    from bot.catalog.sheet import command  # here: the server need not carry the writer of workbooks

    command.run(out=out, read=read, field=field, code=code, drafts=drafts, dry_run=dry_run, catalog=catalog)
