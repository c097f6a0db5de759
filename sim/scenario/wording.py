"""What the nouns refuse, told as mistakes: each at its place, with what to write instead."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from sim.quantity import Quantity
from sim.registry import nearest
from sim.scenario.mistakes import Mistake, Place, mistake_at, shown
from sim.scenario.nodes import Mapping, Node, Scalar, Sequence, plain
from sim.scenario.shapes import NOTHING, Shape, inside, is_for_people, known_keys, wanted

MOST_LISTED = 12
"""Known words that one message lists."""

Path = tuple[str | int, ...]


class _Spot(NamedTuple):
    """What is known of the place that an error speaks of."""

    error: ErrorDetails
    path: Path
    place: Place
    shape: Shape
    given: Any
    around: Shape
    """The shape of the mapping or list that holds it."""
    given_around: Any
    is_key: bool

    @property
    def context(self) -> dict[str, Any]:
        """What the error says beside its text."""
        return self.error.get("ctx", {})


def as_mistakes(errors: Iterable[ErrorDetails], root: Node, shape: Shape) -> Iterator[Mistake]:
    """The errors of a model as mistakes at the places of the nodes they speak of.

    What is missing from one mapping or list is one mistake, and is told with an unknown key where there is one. What
    was refused in reading already is left out.
    """
    errors, given = list(errors), plain(root)
    unknown = {error["loc"][:-1] for error in errors if error["type"] == "extra_forbidden"}
    absent: dict[Path, list[str | int]] = defaultdict(list)
    for error in errors:
        if error["type"] == "missing":
            absent[error["loc"][:-1]].append(error["loc"][-1])
    told: set[Path] = set()
    for error in errors:
        spot = _spot(error, root, given, shape)
        if spot is None:
            continue
        above = spot.path[:-1]
        names = absent[above]
        if error["type"] == "missing" and (len(names) > 1 or isinstance(names[0], int)):
            if above not in unknown | told:
                told.add(above)
                text = (
                    f"is too short. Give {wanted(spot.around)}."
                    if isinstance(names[0], int)
                    else f"lacks {listed(names)}."
                )
                yield mistake_at(spot.place, above, text)
        elif not (spot.error["type"] in ("missing", "missing_kind") and above in unknown):
            yield mistake_at(spot.place, spot.path, _told(spot, [] if above in told else names))
            if error["type"] == "extra_forbidden":
                told.add(above)


def _spot(error: ErrorDetails, root: Node, given: Any, shape: Shape) -> _Spot | None:
    """Walk down to what an error speaks of, as far as there are nodes; None when reading refused it already."""
    is_key = error["loc"][-1:] == ("[key]",)
    path = error["loc"][:-1] if is_key else error["loc"]
    place, around, given_around = root.place, NOTHING, None
    node: Node | None = root
    for depth, key in enumerate(path, 1):
        around, shape = shape, inside(shape, key, given)
        given_around, given = given, _item(given, key)
        at_key = depth == len(path) and (is_key or error["type"] == "extra_forbidden")
        if at_key and isinstance(node, Mapping) and str(key) in node.keys:
            place, node = node.keys[str(key)].place, None
            continue
        node = _inner(node, key)
        if node is not None:
            place = node.place
            if isinstance(node, Scalar) and node.refused:
                return None
    if is_key:
        shape, given = inside(around, "[key]", None), path[-1]
    return _Spot(error, path, place, shape, given, around, given_around, is_key)


def _inner(node: Node | None, key: str | int) -> Node | None:
    if isinstance(node, Mapping):
        return node.items.get(str(key))
    if isinstance(node, Sequence) and isinstance(key, int) and key < len(node.items):
        return node.items[key]
    return None


def _item(given: Any, key: str | int) -> Any:
    if isinstance(given, dict):
        return given.get(str(key))
    return given[key] if isinstance(given, list) and isinstance(key, int) and key < len(given) else None


_COMPARED = {
    "greater_than_equal": ("ge", "is below"),
    "greater_than": ("gt", "is not above"),
    "less_than_equal": ("le", "is above"),
    "less_than": ("lt", "is not below"),
}
_LENGTH = ("too_short", "too_long", "string_too_short", "string_too_long")
_OWN_WORDS = re.compile("value_error|assertion_error|quantity_(?:range|unit|source)|.*_kind|reference_.*")
"""Errors whose own text says all there is to say."""


def _told(spot: _Spot, absent: list[str | int]) -> str:
    kind = spot.error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(spot, absent)
    if kind == "missing":
        return f"is missing. Give {wanted(spot.shape)}."
    if kind in _LENGTH:
        return _length(spot)
    if _OWN_WORDS.fullmatch(kind):
        text = spot.error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        return text if text.endswith((".", "?")) else f"{text}."
    if kind in _COMPARED:
        bound, words = _COMPARED[kind]
        what = f"{shown(spot.context.get('given', spot.given))} {words} {shown(spot.context.get(bound))}"
    elif spot.shape.choices:
        near = nearest(str(spot.given), map(str, spot.shape.choices))
        what = f"{shown(spot.given)} is not known" + (f", did you mean {near}?" if near else "")
    elif spot.given is None:
        what = "is empty"
    else:
        what = f"{shown(spot.given)} does not fit {'as a key' if spot.is_key else 'here'}"
    return f"{what}{'' if what.endswith('?') else '.'} Give {wanted(spot.shape)}{_spelt(spot)}."


_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BARE = {int: _NUMBER, float: _NUMBER, Quantity: _NUMBER, bool: re.compile("true|false", re.IGNORECASE)}
"""What stands without quotes, by the type that is asked for."""


def _spelt(spot: _Spot) -> str:
    """How to write what is meant, where it is the spelling alone that does not fit."""
    given, shape = spot.given, spot.shape
    if isinstance(given, str) and shape.type in _BARE and _BARE[shape.type].fullmatch(given):
        return ", without quotes"
    if isinstance(given, float) and shape.type is int and given.is_integer():
        return ", without a point or an exponent"
    return ", in quotes" if isinstance(given, (int, float)) and is_for_people(shape) else ""


def _unknown_key(spot: _Spot, absent: list[str | int]) -> str:
    key, known = str(spot.path[-1]), known_keys(spot.around, spot.given_around)
    near = nearest(key, map(str, absent)) or nearest(key, known)
    text = f"is not known here, did you mean {near}?" if near else f"is not known here. Known are {listed(known)}."
    others = [name for name in absent if name != near]
    return f"{text} Also missing: {listed(others)}." if others else text


def _length(spot: _Spot) -> str:
    least, most = spot.context.get("min_length"), spot.context.get("max_length")
    if spot.shape.type is str:
        return f"{shown(spot.given)} has {len(str(spot.given))} characters. Give {wanted(spot.shape)}."
    size = len(spot.given or ())
    allowed = f"{least} or more" if least is not None else f"{most} at most"
    if spot.shape.entries is not None:
        allowed = wanted(spot.shape)
    return f"has {size} {'entry' if size == 1 else 'entries'}. Give {allowed}."


def listed(names: Iterable[str | int]) -> str:
    """Words in a row, the first dozen of them."""
    known = [shown(name) for name in names]
    more = len(known) - MOST_LISTED
    return ", ".join(known[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def misfits(node: Node, shape: Shape, path: Path = ()) -> Iterator[Mistake]:
    """What the text allows but the nouns do not say: numbers as keys where names stand, dates that are no dates."""
    if isinstance(node, Scalar):
        if shape.type is date and isinstance(node.value, str) and not _is_date(node.value):
            yield mistake_at(node.place, path, f"{shown(node.value)} is no date. Give {wanted(shape)}.")
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from misfits(item, inside(shape, number, None), (*path, number))
    else:
        given = {name: item.value for name, item in node.items.items() if isinstance(item, Scalar)}
        for name, item in node.items.items():
            if node.keys[name].number and not shape.whole_keys and shape is not NOTHING:
                yield mistake_at(node.keys[name].place, (*path, name), "is a number. Give a name as key.")
            if shape.whole_keys and not name.isdecimal():
                yield mistake_at(node.keys[name].place, (*path, name), "is no whole number. Give one as key.")
            yield from misfits(item, inside(shape, name, given), (*path, name))


def _is_date(text: str) -> bool:
    try:
        return len(text) == len("YYYY-MM-DD") and date.fromisoformat(text) is not None
    except ValueError:
        return False
