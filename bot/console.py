"""What the commands share: exit codes, the terminal, settings of a short command."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from bot.config import Settings, read_settings
from bot.observe import set_up_logging
from handlers.when import VIETNAM

CONTENT_FAULT = 1
USAGE_FAULT = 2
ENVIRONMENT_FAULT = 3

T = TypeVar("T")

out = Console()

CatalogOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalog", metavar="DIR", help="A folder laid between the shipped catalog and the place; may repeat."
    ),
]
CatalogArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="[DIR]...", help="The same as --catalog DIR.", show_default=False)
]


def quiet(catalog: list[Path] | None = None) -> Settings:
    """Settings for a short command: warnings only on the error stream."""
    settings = read_settings(**({"catalog": catalog} if catalog else {}))
    set_up_logging("WARNING")
    return settings


def today() -> date:
    """The day it is in Vietnam."""
    return datetime.now(VIETNAM).date()


def run_now(what: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    return asyncio.run(what)
