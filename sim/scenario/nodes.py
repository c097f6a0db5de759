"""The nodes of a scenario's text: values, lists and mappings that remember where they stand."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.scenario.mistakes import Place


class Scalar(NamedTuple):
    """A single value; `refused` when its spelling was a mistake already."""

    place: Place
    value: str | int | float | bool | None
    refused: bool = False


class Sequence(NamedTuple):
    """A list."""

    place: Place
    items: list[Node]


class Key(NamedTuple):
    """A key of a mapping; `number` when it stands as a number in the text."""

    place: Place
    number: bool = False


class Mapping(NamedTuple):
    """A mapping, its keys as text."""

    place: Place
    items: dict[str, Node]
    keys: dict[str, Key]


type Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """The node as plain data, keys as text."""
    if isinstance(node, Mapping):
        return {key: plain(item) for key, item in node.items.items()}
    return [plain(item) for item in node.items] if isinstance(node, Sequence) else node.value


def kind_of(*mappings: Mapping) -> dict[str, Any]:
    """What mappings say of their kind, as plain data: the first that says any."""
    said = next((mapping.items["kind"] for mapping in mappings if "kind" in mapping.items), None)
    return {"kind": said.value} if isinstance(said, Scalar) else {}


def node_of(data: Any, place: Place) -> Node:
    """Plain data as nodes that all stand at one place."""
    if isinstance(data, dict):
        return Mapping(
            place, {key: node_of(item, place) for key, item in data.items()}, dict.fromkeys(data, Key(place))
        )
    return Sequence(place, [node_of(item, place) for item in data]) if isinstance(data, list) else Scalar(place, data)
