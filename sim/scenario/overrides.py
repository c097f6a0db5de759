"""Values set from outside a scenario's file: `--set customs.imports.scan_share=0.1`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.quantity import Quantity
from sim.registry import Registered
from sim.scenario.extends import EXTENDS, POLICIES_FROM
from sim.scenario.mistakes import InvalidScenario, Mistake, Place, harmless, mistake_at
from sim.scenario.nodes import Key, Mapping, Node, Scalar, Sequence, kind_of, node_of
from sim.scenario.reader import read
from sim.scenario.shapes import Shape, default_of, inside

MAX_LENGTH = 4096
"""Characters of one setting."""


def set_value(root: Mapping, setting: str, shape: Shape) -> tuple[Mapping, list[Mistake]]:
    """The scenario with one value replaced, and what is wrong with the setting.

    `setting` is `path=value`: keys with dots between them, items of a list by number from 0, and the value as in YAML.
    The value replaces what stands there, quantities and mappings too, or is added where nothing stands.
    """
    place = Place(f"--set {harmless(setting, most=120)}")
    path, equals, text = setting.partition("=")
    keys = [key.strip() for key in path.split(".")]
    if not equals or not all(keys) or len(setting) > MAX_LENGTH:
        return root, [Mistake(*place, "", "is no setting. Give path=value, as in seed=7.")]
    if keys[0] in (EXTENDS, POLICIES_FROM):
        return root, [mistake_at(place, keys, "can only be given in the file.")]
    try:
        value, mistakes = _read(text, place, keys)
        return with_node(root, shape, keys, value, place), mistakes
    except InvalidScenario as wrong:
        return root, list(wrong.mistakes)


def _read(text: str, place: Place, keys: list[str]) -> tuple[Node, list[Mistake]]:
    if not text.strip():
        return Scalar(place, None), []
    try:
        node, mistakes = read(text.encode("utf-8", "surrogateescape"), place.file)
    except InvalidScenario as wrong:
        raise InvalidScenario(_told_here(wrong.mistakes, place, keys)) from None
    return _moved(node, place), _told_here(mistakes, place, keys)


def _told_here(mistakes: Iterable[Mistake], place: Place, keys: list[str]) -> list[Mistake]:
    """Mistakes in the value of a setting, told with the path that it was to be set at."""
    return [Mistake(*place, ".".join(filter(None, (*keys, mistake.path))), mistake.text) for mistake in mistakes]


def _moved(node: Node, place: Place) -> Node:
    """The node with all it holds at another place."""
    if isinstance(node, Mapping):
        items = {name: _moved(item, place) for name, item in node.items.items()}
        return Mapping(place, items, {name: Key(place, key.number) for name, key in node.keys.items()})
    if isinstance(node, Sequence):
        return Sequence(place, [_moved(item, place) for item in node.items])
    return Scalar(place, node.value, node.refused)


def with_node(
    node: Mapping, shape: Shape, keys: list[str], value: Node, place: Place, done: tuple[str, ...] = ()
) -> Mapping:
    """A copy of the mapping with the value under the keys; raises InvalidScenario where they lead nowhere.

    place: where it is told to be put there, for what is wrong. done: the keys that lead to the mapping."""
    key, rest = keys[0], keys[1:]
    known = node.keys.get(key, Key(place, number=key.isdecimal()))
    if rest:
        under = node.items[key] if key in node.items else _where_nothing_stands(shape, key, kind_of(node), place)
        value = _inside(under, inside(shape, key, kind_of(node)), rest, value, place, (*done, key))
    return Mapping(node.place, {**node.items, key: value}, {**node.keys, key: known})


def _where_nothing_stands(shape: Shape, key: str, given: Any, place: Place) -> Node:
    """What to set a part of: a list that holds by default, or an empty mapping."""
    default = default_of(shape, key, given)
    if isinstance(default, Registered):
        return _of_kind(Scalar(place, getattr(default, "kind", None)))
    if isinstance(default, tuple):
        return node_of([item.as_mapping() if isinstance(item, Quantity) else item for item in default], place)
    return Mapping(place, {}, {})


def _of_kind(kind: Scalar) -> Mapping:
    """The mapping that the bare name of a kind stands for."""
    return Mapping(kind.place, {"kind": kind}, {"kind": Key(kind.place)})


def _inside(node: Node, shape: Shape, keys: list[str], value: Node, place: Place, done: tuple[str, ...]) -> Node:
    """A copy of the node with the value under the keys; raises InvalidScenario where the path leads nowhere."""
    if isinstance(node, Scalar) and shape.noun is not None and issubclass(shape.noun, Registered):
        node = _of_kind(node)
    if isinstance(node, Mapping):
        return with_node(node, shape, keys, value, place, done)
    key, rest = keys[0], keys[1:]
    here = (*done, key)
    if isinstance(node, Scalar):
        raise InvalidScenario([mistake_at(place, here, f"{'.'.join(done)} is a single value. Set it whole.")])
    last = len(node.items) - 1
    if not key.isdecimal() or int(key) > last:
        wrong = f"{harmless(key)} is no item of the list"
        told = f"{wrong}. Give a number, 0 to {last}." if last >= 0 else f"{wrong}: it is empty. Set it whole."
        raise InvalidScenario([mistake_at(place, here, told)])
    items, number = list(node.items), int(key)
    if rest:
        value = _inside(items[number], inside(shape, number, None), rest, value, place, here)
    items[number] = value
    return Sequence(node.place, items)
