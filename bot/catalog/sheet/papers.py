"""A paper: how many, which form, presented or handed in. Its name changes only where “tên:” says so."""

from __future__ import annotations

import re
from typing import Any

from procedures_catalog.fold import fold, normal

from .parts import REMOVE, Correction, Unclear, cut, example, labelled, pieces
from .rows import Kind, Names
from .texts import remark, same, worded

_COUNT = re.compile(r"ban (chinh|sao)\s*:?\s*(\d{1,2})|(\d{1,2}) ban (chinh|sao)")
_TEXT = re.compile(r"(ten|mau)\s*:")
_KEYS = {"chinh": "original", "sao": "copies", "ten": "name", "mau": "form"}
_SHOW = {"xuat trinh": True, "nop": False}


def paper(kind: Kind, text: str, old: Any, basis: str, places: Names) -> Correction:
    """“bản sao: 2”, “tên: Tờ khai mới”, or the whole as it is shown, with the name it has. Raises Unclear.

    `old` without a name: nobody knows which paper was meant, and any name is let through.
    """
    main, behind = cut(kind, text, old)
    found: dict[str, Any] = {}
    free: list[str] = []
    last = ""
    for piece in pieces(main):
        read = _part(piece)
        if read is None and last == "form" and not labelled(piece):
            found["form"] += f"; {piece}"  # one with a semicolon, as shown
            continue
        if read is None:
            free.append(piece)
            continue
        for last, value in read:
            if found.setdefault(last, value) != value:
                raise Unclear(f"“{piece}” says another thing than what stands before it.{example(kind)}")
    _form(kind, found, old)
    if "name" in found:
        _renamed(kind, found["name"], free, old)
    elif free:
        _named(kind, "; ".join(free), free, old, alone=not (found or behind))
        found |= {} if "name" in old else {"name": "; ".join(free)}
    return Correction(values=behind | found)


def _part(piece: str) -> list[tuple[str, Any]] | None:
    """The keys and values of one part; None if it is none."""
    said = fold(piece)
    counts = [_COUNT.fullmatch(one.strip()) for one in said.split(",")]
    if all(counts):
        return [(_KEYS[one[1] or one[4]], int(one[2] or one[3])) for one in counts if one]
    if said in _SHOW:
        return [("show", _SHOW[said])]
    if (match := _TEXT.match(said)) is None:
        return None
    value = piece.partition(":")[2].strip()
    return [(_KEYS[match[1]], value)] if value else None


def _form(kind: Kind, found: dict[str, Any], old: Any) -> None:
    form = found.get("form")
    if form is None:
        return
    if normal(form) in map(normal, REMOVE):
        found["form"] = None
    elif ";" in form and "name" in old and not same(form, old.get("form") or ""):
        raise Unclear(f"“{pieces(form)[-1]}” is not understood; a form's name has no semicolon.{example(kind)}")


def _renamed(kind: Kind, name: str, free: list[str], old: Any) -> None:
    if free:
        raise Unclear(
            f"“{free[0]}” is not understood beside a new name, which stands behind “tên:” without a semicolon."
            f"{example(kind)}"
        )
    if remark(name):
        raise Unclear(f"“{name}” reads like a remark, not like a paper's name.{example(kind)}")
    worded(kind, name, old.get("name"))


def _named(kind: Kind, name: str, free: list[str], old: Any, *, alone: bool) -> None:
    """What is no part must be the name that the paper has; said `alone`, with the accents it has."""
    known = old.get("name", name)
    alike = normal(name) == normal(known) if alone else same(name, known)
    if alike:
        return
    odd = next(filter(labelled, free), None)
    if odd is not None and not same(name, known):
        raise Unclear(f"“{odd}” begins like a part, but is not understood.{example(kind)}")
    raise Unclear(
        f"“{name}” is not what this paper is called; to rename it, write “tên: …”, otherwise its name as shown."
        f"{example(kind)}"
    )
