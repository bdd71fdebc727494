"""Files: their names and folders, and what lies where nothing reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..marked import Fault, Marked
from ..reading import FOLDERS, PROCEDURES
from ..shipped import SHIPPED
from .rule import Rule, Scene

NAME = Rule(
    id="file-name",
    what="the code in the file's name is not the code inside",
    why="The next editor opens the wrong file, or writes the procedure a second time.",
    mend="Rename the file to <code>-<a few words>.yaml.",
    severity="error",
)
FOLDER = Rule(
    id="file-folder",
    what="a shipped procedure in the folder of another field",
    why="The next editor looks for it in vain; `field` decides where it is listed.",
    mend="Move the file to the folder of its `field`, or correct `field`.",
)
UNREAD = Rule(
    id="file-unread",
    what="a file in a place where nothing reads it",
    why="What it says never reaches anybody.",
    mend="Move it into procedures/ or signposts/ as .yaml, or remove it.",
)
RULES = (NAME, FOLDER, UNREAD)

_CODE = re.compile(r"\d\.\d{6}")
_OTHERS = {"wording"}
"""Folders of a deployment that other parts of the program read."""


def files(scene: Scene) -> Iterator[Fault]:
    """Names of the files procedures come from, and stray files."""
    for code, marked in scene.reading.marked[PROCEDURES].items():
        file = marked.find(["code"]).file
        named = _CODE.match(file.name)
        if named and named[0] != code:
            yield NAME.at(marked.find(["code"]), f"The file is named {named[0]}, the record says {code}.")
        elif not named and file.is_relative_to(SHIPPED):
            yield NAME.at(marked.find(["code"]), f"The file's name does not begin with {code}.")
        field = marked.find(["field"])
        folder = field.file.parent.name
        imported = (field.file.parent.parent.parent / "originals").is_dir()  # a draft stays where it was first put
        if (
            not imported
            and folder in scene.reading.marked["fields"]
            and field.value != folder
            and isinstance(field.value, str)
        ):
            yield FOLDER.at(field, f"The field is {field.value}, the folder {folder}.")
    for folder_path in scene.folders:
        yield from _stray(folder_path)


def _stray(folder: Path) -> Iterator[Fault]:
    if not folder.is_dir():
        return
    for child in sorted(folder.iterdir()):
        if child.is_dir() and child.name not in _OTHERS and not child.name.startswith((".", "_")):
            inside = [path for path in sorted(child.rglob("*")) if path.is_file()]
            read = child.name in FOLDERS
            for path in inside:
                unread = path.suffix not in (".yaml", ".yml") if read else path.suffix in (".yaml", ".yml")
                if unread and path.suffix.lower() not in (".md", ".py", ".pyc"):
                    yield UNREAD.at(Marked(value=None, file=path, line=1), "Nothing reads this file.")
