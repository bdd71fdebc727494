"""`motcua catalog import`: what a national portal exports → a folder of drafts to review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def catalog_import(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What the portal gave; its form is found out.")],
    to: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of drafts; made if need be.")],
    apply: Annotated[bool, typer.Option("--apply", help="Also take over what the source has changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary for a machine.")] = False,
) -> None:
    """Make drafts of FILE in DIR. Again: add what is new, show what differs, change nothing without --apply."""
    from bot.catalog import import_command  # here: the server need not carry the parsers of Excel, Word and HTML

    import_command.run(source, to, apply=apply, as_json=as_json)
