"""Imports point down only: catalog ← handlers ← bot; and the two lower floors do not touch the world."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("procedures_catalog", "handlers", "bot")
MODULES = [file for floor in FLOORS for file in sorted((ROOT / floor).rglob("*.py"))]
WORLD = frozenset(
    {"socket", "sqlalchemy", "httpx", "aiohttp", "starlette", "fastapi", "telegram", "time", "os", "subprocess"}
)
CHANNELS = ("telegram", "zalo", "webchat")


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each absolute import."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_point_down(file: Path) -> None:
    floor = FLOORS.index(file.relative_to(ROOT).parts[0])
    above = set(FLOORS[floor + 1 :])
    upward = [f"line {line}: {name}" for line, name in imported(file) if name.split(".")[0] in above]
    assert not upward, f"{file.name} imports from a floor above: {upward}"


@pytest.mark.parametrize(
    "file",
    [file for file in MODULES if file.relative_to(ROOT).parts[0] != "bot"],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_lower_floors_do_not_touch_the_world(file: Path) -> None:
    worldly = [f"line {line}: {name}" for line, name in imported(file) if name.split(".")[0] in WORLD]
    assert not worldly, f"{file.name} reaches out of its floor: {worldly}"
    source = file.read_text(encoding="utf-8")
    assert "datetime.now(" not in source, f"{file.name} reads the wall clock"


@pytest.mark.parametrize(
    "file", sorted((ROOT / "handlers").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT))
)
def test_handlers_name_no_channel(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    names = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and any(channel in node.value.lower() for channel in CHANNELS)
    ]
    assert not names, f"{file.name} knows a channel by name: {names}"


def test_every_setting_stands_in_the_example() -> None:
    from bot.config import Settings

    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"MOTCUA_{name.upper()}" not in example]
    assert not missing
