"""A scenario that builds on another: the files it extends, read and laid under it.

`extends: other.yaml` names a file in the same folder or below it, or a shipped scenario or game by its name. Mappings
are merged key by key, the extending file's entries over the other's. Lists and quantities are replaced whole, so a
number never keeps the range or the source of the one it replaces; so is a mapping that names another `kind`. Nothing
can be taken away: `null` is a value like any other.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from collections.abc import Mapping as Table
from pathlib import Path
from typing import NamedTuple, NoReturn

from sim.registry import Registered, nearest
from sim.scenario.mistakes import InvalidScenario, Mistake, Place, harmless, mistake_at, shown
from sim.scenario.nodes import Mapping, Node, Scalar, kind_of
from sim.scenario.reader import Budget, read
from sim.scenario.shapes import Shape, inside
from sim.scenario.shipped import everything, games, is_there, policies, shipped

EXTENDS, POLICIES_FROM = "extends", "policies_from"
MAX_CHAIN = 5
"""Files that a scenario may extend, one after the other."""


class Gathered(NamedTuple):
    """A scenario file with all it extends."""

    root: Mapping
    mistakes: list[Mistake]
    """What was found wrong on the way."""
    beside: Path
    """The folder of the file that says where policies come from; that of the scenario, where none does."""


def gather(path: Path, shape: Shape) -> Gathered:
    """The nodes of a scenario file with all it extends, and the mistakes found on the way.

    Raises InvalidScenario when a file cannot be read to the end.
    """
    budget, mistakes = Budget(), []
    layers: list[Mapping] = []
    visited: list[Path] = []
    told: Scalar | None = None
    beside, said = path.parent, False
    while True:
        above, wrong = layer(path, budget, told)
        visited.append(_real(path))
        layers.append(above)
        mistakes += wrong
        if POLICIES_FROM in above.items and not said:
            beside, said = path.parent, True
        written = above.items.pop(EXTENDS, None)
        if written is None:
            break
        told = written if isinstance(written, Scalar) else None
        path = named_file(written, path, _extended())
        if _real(path) in visited:
            _refuse(written.place, f"{shown(str(path))} extends itself in the end. Break the circle.")
        if len(visited) > MAX_CHAIN:
            _refuse(written.place, f"is the {MAX_CHAIN + 1}th file extended in a row. {MAX_CHAIN} are allowed.")
    merged = layers.pop()
    while layers:
        merged = _laid_over(merged, layers.pop(), shape)
    return Gathered(merged, mistakes, beside)


def _refuse(place: Place, text: str, key: str = EXTENDS) -> NoReturn:
    raise InvalidScenario([mistake_at(place, (key,), text)])


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _extended() -> dict[str, Path]:
    """What a file can extend by name."""
    return {**shipped(), **policies(), **games()}


def layer(path: Path, budget: Budget, told: Scalar | None = None) -> tuple[Mapping, list[Mistake]]:
    """The nodes of one file, and the mistakes in them; raises InvalidScenario when it cannot be read to the end.

    told: what another file calls it, which extends it.
    """
    file = harmless(str(path), most=240)
    try:
        data = read_bytes(path, budget.bytes + 1)
    except (OSError, ValueError) as wrong:
        text = f"cannot be read: {reason(wrong)}."
        if told is not None:
            _refuse(told.place, f"{file} {text}{_way_out(Path(str(told.value)), wrong, _extended())}")
        raise InvalidScenario([mistake_at(Place(file), (), f"{text}{_way_out(path, wrong, everything())}")]) from None
    node, mistakes = read(data, file, budget)
    if not isinstance(node, Mapping):
        text = "is no scenario: the file holds no mapping of title, question, start and so on."
        raise InvalidScenario([*mistakes, mistake_at(Place(file, 1, 1), (), text)])
    return node, mistakes


def _way_out(path: Path, wrong: OSError | ValueError, known: Iterable[str]) -> str:
    """What to give instead of a file that is not there: the shipped one that begins or is spelt most like it."""
    if not isinstance(wrong, FileNotFoundError):
        return ""
    name, known = path.as_posix().removesuffix(".yaml"), list(known)
    begun = [each for each in known if each.rpartition("/")[2].startswith(name)]
    near = begun[0] if begun else nearest(name, known)
    return f" Did you mean {near}?" if near else " Give a file, or a name that `chokepoint list` shows."


def reason(wrong: OSError | ValueError) -> str:
    """Why a file cannot be read."""
    return ((wrong.strerror if isinstance(wrong, OSError) else None) or "not a file name").lower()


def read_bytes(path: Path, most: int) -> bytes:
    """At most so many bytes of a regular file."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "is a directory" if path.is_dir() else "is no regular file")
    with path.open("rb") as file:
        return file.read(most)


def named_file(written: Node, path: Path, known: Table[str, Path], key: str = EXTENDS) -> Path:
    """The file that the file `path` names under a key: one in its folder or below, or a known one by name.

    Raises InvalidScenario.
    """
    name = written.value if isinstance(written, Scalar) else None
    if not isinstance(name, str) or not name:
        _refuse(written.place, "is no file name. Give one in the same folder or below it.", key)
    if name in known and not is_there(path.parent / name):
        return known[name]
    found = path.parent / name
    folder = _real(path.parent)
    if Path(name).is_absolute() or "\\" in name or ":" in name or not _real(found).is_relative_to(folder):
        whose = "the scenario's folder" if key == EXTENDS else "the folder of this file"
        _refuse(written.place, f"{shown(name)} leads out of {whose}. Give a file in it or below it.", key)
    return found


def _laid_over(below: Mapping, above: Mapping, shape: Shape) -> Mapping:
    """Two mappings as one; the entries of `above` count where both have one."""
    items, keys = dict(below.items), dict(below.keys)
    for name, item in above.items.items():
        under = items.get(name)
        here = inside(shape, name, kind_of(above, below))
        if isinstance(under, Mapping) and isinstance(item, Mapping) and here.measure is None:
            item = item if _another_kind(under, item, here) else _laid_over(under, item, here)
        items[name], keys[name] = item, above.keys[name]
    return Mapping(above.place, items, keys)


def _another_kind(below: Mapping, above: Mapping, shape: Shape) -> bool:
    """Whether the mapping above names another kind than that of the one below, which may be the usual one."""
    family = shape.noun if shape.noun is not None and issubclass(shape.noun, Registered) else None
    before = kind_of(below).get("kind", family.usual if family is not None else None)
    return before is not None and kind_of(above).get("kind", before) != before
