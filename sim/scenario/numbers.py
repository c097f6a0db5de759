"""Every number of a scenario with its unit, range and source: what is published, and what is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.quantity import Quantity
from sim.terms import Noun
from sim.world.controls import Post
from sim.world.justice import Justice
from sim.world.money import Money
from sim.world.oversight import Oversight


class Entry(NamedTuple):
    """A quantity in force, where it stands, and what it means."""

    path: str
    quantity: Quantity
    label: str


class Assumption(NamedTuple):
    """A quantity that nothing published gives."""

    path: str
    label: str
    value: float
    unit: str
    low: float | None
    high: float | None
    source: str


def quantities(scenario: Noun) -> list[Entry]:
    """All quantities in force in the order of the nouns; `path` is what `--set` takes.

    At single control posts, and in single states, only what they change counts. Ports of the dataset are not listed:
    they are data.
    """
    return list(_within(scenario, (), ""))


def assumptions(scenario: Noun) -> list[Assumption]:
    """The quantities among them that are assumed: what a sweep varies, and what a report has to own up to."""
    return [
        Assumption(path, label, float(number), number.unit, number.low, number.high, number.source)
        for path, number, label in quantities(scenario)
        if number.assumed
    ]


def _within(value: Any, path: tuple[str, ...], label: str) -> Iterator[Entry]:
    if isinstance(value, Quantity):
        yield Entry(".".join(path), value, label)
    elif isinstance(value, Noun):
        meanings = value.meanings()
        for name in type(value).model_fields:
            inner = getattr(value, name)
            if isinstance(value, Post) and inner is not None:
                yield from _changed(inner, (*path, name))
            elif isinstance(value, (Justice, Money, Oversight)) and name == "at":
                for key, change in inner.items():
                    yield from _changed(change, (*path, name, key))
            else:
                yield from _within(inner, (*path, name), meanings.get(name, "") or _spoken(name))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _within(inner, (*path, str(name)), label)
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _within(inner, (*path, str(number)), label)


def _changed(post: Noun, path: tuple[str, ...]) -> Iterator[Entry]:
    """What an entry for a single place changes."""
    meanings = post.meanings()
    for name in type(post).model_fields:
        if name in post.model_fields_set:
            yield from _within(getattr(post, name), (*path, name), meanings.get(name, "") or _spoken(name))


def _spoken(name: str) -> str:
    """A field's name as words, for the few that say all there is to say."""
    return name.replace("_", " ").capitalize()
