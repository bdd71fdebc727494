"""Words that are answered before procedures are looked for, and the everyday names they swallow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..fold import Said, normal
from ..marked import Fault, Marked
from ..model import Signs
from .rule import Rule, Scene

DOOR = Rule(
    id="everyday-door",
    what="an everyday name that counts as an emergency, a complaint or a denunciation",
    why="The assistant answers such words before it looks for procedures, so this name never leads here.",
    mend="Choose other words, or put the phrase under `unless:` of that list.",
)
SWALLOWS = Rule(
    id="door-swallows",
    what="a word of danger, complaint or denunciation that stands in everyday names of procedures",
    why="Whoever types one of those names is told to call for help, or how to complain, instead of being helped.",
    mend="Make the word longer, or add to `unless:` the ordinary phrases that hold it.",
)
TWICE = Rule(
    id="door-word",
    what="a word of danger, complaint or denunciation that is empty or written twice",
    why="What has no effect hides what has; an empty one stands in every text.",
    mend="Remove it, or write the phrase that is meant.",
)
RULES = (DOOR, SWALLOWS, TWICE)

_KEYS = (("emergencies", "number"), ("own_law", "lane"))
_LISTS = ("words", "accented", "alone")


def doors(scene: Scene) -> Iterator[Fault]:
    """Emergencies and own_law against all everyday names."""
    names = list(_everyday(scene))
    for kind, key in _KEYS:
        for signs, marked in scene.each(kind):
            yield from _swallowed(scene.folders, signs, marked, names, str(getattr(signs, key)))
            yield from _idle(signs, marked)


def _everyday(scene: Scene) -> Iterator[tuple[str, str, Said, Marked]]:
    """Whose name, the name, the same ready to be searched, and where."""
    for item, marked in scene.found:
        for i, said in enumerate(item.everyday):
            yield item.code, said, Said(said), marked.find(["everyday", i])
    for event, marked in scene.each("life_events"):
        for i, said in enumerate(event.everyday):
            yield event.id, said, Said(said), marked.find(["everyday", i])


def _swallowed(
    folders: Sequence[Path],
    signs: Signs,
    marked: Marked,
    names: list[tuple[str, str, Said, Marked]],
    door: str,
) -> Iterator[Fault]:
    """One line at the word; one at the name too where the name came later, or is the only one."""
    hit: dict[tuple[str, int], list[tuple[str, str, Marked]]] = {}
    for code, said, ready, spot in names:
        if not _tells(ready, signs):
            continue
        rest = ready.without(signs.unless) if signs.unless else ready
        for key in _LISTS:
            for i, word in enumerate(getattr(signs, key)):
                if _holds(rest, key, word):
                    hit.setdefault((key, i), []).append((code, said, spot))
    for (key, i), swallowed in hit.items():
        at = marked.find([key, i])
        word = getattr(signs, key)[i]
        many = f"{len(swallowed)} everyday names" if len(swallowed) > 1 else "an everyday name"
        code, said, _ = swallowed[0]
        yield SWALLOWS.at(at, f"“{word}” ({door}) stands in {many}, such as “{said}” of {code}.")
        for _, said, spot in swallowed:
            if len(swallowed) == 1 or _layer(spot.file, folders) > _layer(at.file, folders):
                yield DOOR.at(spot, f"“{said}” is taken for {door}, because of “{word}”.")


def _tells(said: Said, signs: Signs) -> bool:
    rest = said.without(signs.unless) if signs.unless else said
    return rest.holds(signs.words) or rest.holds_exactly(signs.accented) or rest.is_one_of(signs.alone)


def _holds(said: Said, key: str, word: str) -> bool:
    if key == "words":
        return said.holds((word,))
    return said.holds_exactly((word,)) if key == "accented" else said.is_one_of((word,))


def _layer(file: Path, folders: Sequence[Path]) -> int:
    """The number of the last folder the file lies in."""
    return max((i for i, folder in enumerate(folders) if file.is_relative_to(folder)), default=0)


def _idle(signs: Signs, marked: Marked) -> Iterator[Fault]:
    for key in _LISTS:
        seen: set[str] = set()
        for i, word in enumerate(getattr(signs, key)):
            if not normal(word).strip():
                yield TWICE.at(marked.find([key, i]), "A phrase is empty.")
            elif normal(word) in seen:
                yield TWICE.at(marked.find([key, i]), f"“{word}” is written twice.")
            seen.add(normal(word))
