"""Every key the code names has its sentence with its params, and every sentence is named somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from handlers.words import Words

ROOT = Path(__file__).parents[2]
WEB = ROOT / "bot" / "web"
SENTENCES = {
    f"{area}.{name}": sentence
    for area in sorted({key.split(".")[0] for key in Words.load().keys("vi")})
    for name, sentence in Words.load().area(area, "vi").items()
}
AREAS = "|".join(sorted({key.split(".")[0] for key in SENTENCES}))

SAYERS = {"t": "", "Text": "key", "NotAllowed": "reason", "FileRefused": "reason"}
"""Calls that are given a key, and under which name when not in the first place."""
TEMPLATE_KEY = re.compile(rf"""["']((?:{AREAS})\.[a-z0-9_]*)["']((?: ~ (?:[a-z_.]+|["']\w+["']))*)""")
HOLE = r"(\w+)"


class Use(NamedTuple):
    """A key as code writes it, a pattern: whole ("menu.hello") or with holes (f"menu.{item}").

    `said`: given straight to a call that words it. `params`: those given with it, where they can be seen.
    """

    pattern: str
    where: str
    said: bool = False
    params: frozenset[str] | None = None


def patterns(node: ast.AST) -> Iterator[str]:
    """What the expression may be, when it is written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(str(one.value)) if isinstance(one, ast.Constant) else HOLE for one in node.values)
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body)
        yield from patterns(node.orelse)


def sayings(node: ast.Call, where: str) -> Iterator[Use]:
    """Keys in the arguments of a call."""
    name = node.func.id if isinstance(node.func, ast.Name) else None
    given = {one.arg: one.value for one in node.keywords}
    if name in SAYERS:
        params = frozenset(str(one) for one in given) if name == "t" and None not in given else None
        key = node.args[0] if node.args else given.get(SAYERS[name])
        for pattern in patterns(key) if key else ():
            yield Use(pattern, where, said=True, params=params)
        return
    for argument in node.args:  # handed on, perhaps to be lengthened: f"{text}_{value}"
        for pattern in patterns(argument):
            yield Use(f"{pattern}_{HOLE}", where)


def is_key(use: Use) -> bool:
    """Not a file's name, such as link.html."""
    return re.match(rf"(?:{AREAS})\\\.(?!html$)\S", use.pattern) is not None


@cache
def code() -> dict[str, list[ast.AST]]:
    """The syntax of each file, without docstrings."""
    nodes: dict[str, list[ast.AST]] = {}
    for file in sorted([*(ROOT / "handlers").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]):
        if "store" in file.parts:
            continue  # its columns are written like keys: "cases.id"
        walked = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        left_out = {id(node.value) for node in walked if isinstance(node, ast.Expr)}
        nodes[str(file.relative_to(ROOT))] = [node for node in walked if id(node) not in left_out]
    return nodes


@cache
def uses() -> frozenset[Use]:
    """Every key the Python code and the templates name."""
    found: set[Use] = set()
    for name, nodes in code().items():
        pieces = {id(piece) for node in nodes if isinstance(node, ast.JoinedStr) for piece in node.values}
        for node in nodes:
            where = f"{name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call):
                found.update(sayings(node, where))
            elif id(node) not in pieces and not isinstance(node, ast.IfExp):
                found.update(Use(pattern, where) for pattern in patterns(node))
    for file in sorted(WEB.rglob("*.html")):
        for start, rest in TEMPLATE_KEY.findall(file.read_text(encoding="utf-8")):
            ends = [piece.strip() for piece in rest.split(" ~ ") if piece.strip()]
            end = "".join(piece.strip("\"'") if piece[0] in "\"'" else HOLE for piece in ends)
            found.add(Use(re.escape(start) + end, str(file.relative_to(ROOT)), said=True))
    return frozenset(filter(is_key, found))


@cache
def vocabulary() -> frozenset[str]:
    """Every word in a string of the code, in a template or a script: what can fill a hole in a key."""
    model = ast.walk(ast.parse((ROOT / "procedures_catalog" / "model.py").read_text(encoding="utf-8")))
    nodes = [node for file in code().values() for node in file] + list(model)
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    texts += [file.read_text(encoding="utf-8") for kind in ("html", "js") for file in WEB.rglob(f"*.{kind}")]
    return frozenset(re.findall(r"[a-z0-9_]*", " ".join(texts)))


def names(use: Use, key: str) -> bool:
    """Whether the use can be this key, its holes filled with a word the code knows, or two: "due_left" "_days"."""
    found = re.fullmatch(use.pattern, key)
    return found is not None and all(
        any(fill[:cut] in vocabulary() and fill[cut:] in vocabulary() for cut in range(1, len(fill) + 1))
        for fill in found.groups()
    )


def test_the_keys_in_code_are_found() -> None:
    """So that the tests below look at something."""
    found = {use.pattern for use in uses()}
    assert {r"menu\.hello", rf"menu\.{HOLE}", r"fallback\.weak_guesses", rf"feedback\.lane_{HOLE}"} <= found
    assert {r"web\.title", rf"desk\.{HOLE}_hint", r"rating\.thanks", r"errors\.file_type"} <= found


def test_every_key_in_code_has_a_sentence() -> None:
    missing = [
        use
        for use in uses()
        if (use.said or HOLE not in use.pattern) and not any(re.fullmatch(use.pattern, key) for key in SENTENCES)
    ]
    assert missing == []


def test_every_area_in_code_is_written() -> None:
    said = {
        key.replace("\\", "")
        for nodes in code().values()
        for node in nodes
        if isinstance(node, ast.Call)
        for use in sayings(node, "")
        if use.said and "." in (key := use.pattern)
    }
    assert {key for key in said if key.split(".")[0] not in AREAS.split("|")} == set()


def test_every_param_a_sentence_wants_is_given() -> None:
    wrong = {
        f"{use.where}: {key} wants {sorted(wanted - use.params)}"
        for use in uses()
        if use.params is not None
        for key, sentence in SENTENCES.items()
        if re.fullmatch(use.pattern, key) and HOLE not in use.pattern
        if not (wanted := set(re.findall(r"\{(\w+)\}", sentence))) <= use.params
    }
    assert wrong == set()


def test_no_sentence_is_dead() -> None:
    script = set(re.findall(r"\w+", " ".join(file.read_text(encoding="utf-8") for file in WEB.rglob("*.js"))))
    dead = [
        key
        for key in SENTENCES
        if not key.startswith(("commands.", "telegram."))  # read by file; test_words.py knows their names
        and not (key.startswith("web.") and key.removeprefix("web.") in script)
        and not any(names(use, key) for use in uses())
    ]
    assert dead == []
