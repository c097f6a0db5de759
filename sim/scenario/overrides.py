"""Values set from outside a scenario's file: `--set customs.imports.scan_share=0.1`."""

from __future__ import annotations

from sim.scenario.extends import EXTENDS
from sim.scenario.mistakes import InvalidScenario, Mistake, Place, harmless, mistake_at
from sim.scenario.nodes import Key, Mapping, Node, Scalar, Sequence
from sim.scenario.reader import read

MAX_LENGTH = 4096
"""Characters of one setting."""


def set_value(root: Mapping, setting: str) -> tuple[Mapping, list[Mistake]]:
    """The scenario with one value replaced, and what is wrong with the setting.

    `setting` is `path=value`: keys with dots between them, items of a list by number from 0, and the value as in YAML.
    The value replaces what stands there, quantities and mappings too, or is added where nothing stands.
    """
    place = Place(f"--set {harmless(setting, most=120)}")
    path, equals, text = setting.partition("=")
    keys = [key.strip() for key in path.split(".")]
    if not equals or not all(keys) or len(setting) > MAX_LENGTH:
        return root, [Mistake(*place, "", "is no setting. Give path=value, as in days=30.")]
    if keys == [EXTENDS]:
        return root, [mistake_at(place, keys, "can only be given in the file.")]
    try:
        value, mistakes = _read(text, place, path.strip())
        return _with(root, keys, value, place, ()), mistakes
    except InvalidScenario as wrong:
        return root, [mistake_at(place, keys, mistake.text) for mistake in wrong.mistakes]


def _read(text: str, place: Place, path: str) -> tuple[Node, list[Mistake]]:
    if not text.strip():
        return Scalar(place, None), []
    node, wrong = read(text.encode("utf-8", "surrogateescape"), place.file)
    mistakes = [Mistake(*place, ".".join(filter(None, (path, mistake.path))), mistake.text) for mistake in wrong]
    return _moved(node, place), mistakes


def _moved(node: Node, place: Place) -> Node:
    """The node with all it holds at another place."""
    if isinstance(node, Mapping):
        items = {name: _moved(item, place) for name, item in node.items.items()}
        return Mapping(place, items, {name: Key(place, key.number) for name, key in node.keys.items()})
    if isinstance(node, Sequence):
        return Sequence(place, [_moved(item, place) for item in node.items])
    return Scalar(place, node.value, node.refused)


def _with(node: Mapping, keys: list[str], value: Node, place: Place, done: tuple[str, ...]) -> Mapping:
    """A copy of the mapping with the value under the keys."""
    key, rest = keys[0], keys[1:]
    under = node.items.get(key, Mapping(place, {}, {}))
    known = node.keys.get(key, Key(place, number=key.isdecimal()))
    item = _inside(under, rest, value, place, (*done, key)) if rest else value
    return Mapping(node.place, {**node.items, key: item}, {**node.keys, key: known})


def _inside(node: Node, keys: list[str], value: Node, place: Place, done: tuple[str, ...]) -> Node:
    """A copy of the node with the value under the keys; raises InvalidScenario where the path leads nowhere."""
    if isinstance(node, Mapping):
        return _with(node, keys, value, place, done)
    key, rest = keys[0], keys[1:]
    here = (*done, key)
    if isinstance(node, Scalar):
        raise InvalidScenario([mistake_at(place, here, f"{'.'.join(done)} is a single value. Set it whole.")])
    last = len(node.items) - 1
    if not key.isdecimal() or int(key) > last:
        wrong = f"{harmless(key)} is no item of the list"
        told = f"{wrong}. Give a number, 0 to {last}." if last >= 0 else f"{wrong}: it is empty. Set it whole."
        raise InvalidScenario([mistake_at(place, here, told)])
    items = list(node.items)
    items[int(key)] = _inside(items[int(key)], rest, value, place, here) if rest else value
    return Sequence(node.place, items)
