"""Reading a scenario: files, what they extend and what the command line sets, checked into one value."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping as Table
from collections.abc import Sequence as Series
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from sim.scenario.extends import Gathered, gather, layer
from sim.scenario.findings import CONTRADICTION
from sim.scenario.fragments import contradictions
from sim.scenario.horizon import lasting
from sim.scenario.mistakes import InvalidScenario, Mistake, Place, mistake_at
from sim.scenario.nodes import Key, Mapping, Node, Scalar, Sequence, node_of
from sim.scenario.overrides import set_value, with_node
from sim.scenario.own_policies import known
from sim.scenario.policies_file import with_policies
from sim.scenario.reader import Budget
from sim.scenario.resolved import resolved, scenario_hash, whole
from sim.scenario.scenario import Scenario
from sim.scenario.shapes import Shape, in_order, inside, shape_of
from sim.scenario.shipped import find
from sim.scenario.wording import as_mistakes, misfits
from sim.terms import Noun

if TYPE_CHECKING:
    from sim.games.contest import Contest

__all__ = [
    "InvalidScenario",
    "Mistake",
    "checked",
    "left_out",
    "load",
    "load_either",
    "misfitting",
    "must_be",
    "resolved",
    "scenario_hash",
    "study_in",
    "with_values",
]  # fmt: skip

_MOST_LOOKED_AT = 500  # mistakes put into words
_WRONG_ALL_OVER = 100  # mistakes from which on contradictions are not worth looking for
_SHAPE = shape_of(Scenario)
type Value = str | int | float | bool
"""A single value of a scenario."""
type Late = Callable[[Series[str]], None]
"""Is told what is left out as it starts after the last day, by name."""
_GAME = "game"
"""The key that makes a file a game, not a world."""
_STUDIED, _FITTED = "scenario", "targets"
"""The key that makes a file a sweep, or with the other one a calibration."""
_NO_WORLDS = {
    _GAME: "makes this a game, and here a world is asked for. Games are played by `chokepoint run`, or sim.play.",
    _FITTED: "makes this a calibration, and here a world is asked for. Numbers are fitted by `chokepoint calibrate`.",
    _STUDIED: "makes this a sweep, and here a world is asked for. Sweeps are lived by `chokepoint sweep`.",
}


def load(
    path: str | Path,
    *,
    overrides: Series[str] = (),
    seed: int | None = None,
    days: int | None = None,
    late: Late | None = None,
) -> Scenario:
    """The scenario of a file, or the shipped one of that name, with values set from outside, as in `title=Another`.

    `seed` and `days` outrank the file; what would start after fewer days is left out, and `late` is told what that is
    called. Raises InvalidScenario with every mistake, each with its place.
    """
    return _world(gather(find(path), _SHAPE), overrides, seed, days, late)


def load_either(
    path: str | Path,
    *,
    overrides: Series[str] = (),
    seed: int | None = None,
    days: int | None = None,
    replicates: int | None = None,
    late: Late | None = None,
) -> Scenario | Contest:
    """As `load`, and a game where the file holds one, for which `replicates` outranks it and there are no days."""
    found = gather(find(path), _SHAPE)
    if _GAME not in found.root.items:
        return _world(found, overrides, seed, days, late)
    from sim.games.contest import Contest  # games are the exception

    shape = shape_of(Contest)
    root, mistakes, _ = gather(find(path), shape)
    root, wrong = _set(root, overrides, shape)
    if days is not None:
        wrong.append(Mistake(*Place(f"--days {days}"), "", "a game has rounds, not days. Give --set rounds=NUMBER."))
    for name, number in (("seed", seed), ("replicates", replicates)):
        root = _with_option(root, name, number) if number is not None else root
    return checked(root, [*mistakes, *wrong], Contest)


def left_out(late: Series[str]) -> str:
    """What is said of what starts after the last day."""
    return f"left out, starting after the last day: {', '.join(late)}"


def study_in(path: str | Path) -> Literal["sweep", "calibration"] | None:
    """What is asked of a scenario in a file, or in a shipped one of that name; None where the file is no such study."""
    try:
        keys = layer(find(path), Budget())[0].items
    except InvalidScenario:
        return None
    if _STUDIED not in keys:
        return None
    return "calibration" if _FITTED in keys else "sweep"


def must_be(root: Mapping, wanted: Literal["sweep", "calibration"]) -> None:
    """Refuse in one line a file that is something else altogether; raises InvalidScenario."""
    others = {
        _GAME: "makes this a game",
        "geography": "makes this a world",
        "extends": "makes this a world",
        **({_FITTED: "makes this a calibration"} if wanted == "sweep" else {"parameters": "makes this a sweep"}),
    }
    for key, told in others.items():
        if key in root.items and (key != "extends" or _STUDIED not in root.items):
            text = f"{told}, and here a {wanted} is asked for, which names a world under `{_STUDIED}`."
            raise InvalidScenario([mistake_at(root.keys[key].place, (key,), text)])


def with_values(scenario: Scenario, values: Table[str, Value]) -> Scenario:
    """The scenario with values replaced, by the paths that `--set` takes; the same as `load` with these settings.

    Raises InvalidScenario with every mistake, at its path.
    """
    with known(scenario.policies_from):
        try:
            return Scenario.model_validate_json(json.dumps(_replaced(scenario, values)), strict=True)
        except (LookupError, TypeError, ValueError):  # then it is looked what is wrong, and said in words
            place = Place("a future")
            root, mistakes = _with_nodes(scenario, {path: Scalar(place, value) for path, value in values.items()})
            return checked(root, mistakes, Scenario)


def misfitting(scenario: Scenario, given: Table[str, Node]) -> list[Mistake]:
    """What is wrong with values for a scenario, each by itself, at the places of their nodes: paths that lead nowhere,
    values that do not fit there. Whether they go together is not looked at."""
    with known(scenario.policies_from):
        root, mistakes = _with_nodes(scenario, given)
        mistakes += misfits(root, _SHAPE)
        try:
            Scenario.model_validate_json(json.dumps(_data(root, _SHAPE)), strict=True)
        except ValidationError as wrong:
            errors = wrong.errors(include_url=False, include_input=False)
            mistakes += as_mistakes([error for error in errors if error["type"] != CONTRADICTION], root, _SHAPE)
        return mistakes


def _replaced(scenario: Scenario, values: Table[str, Value]) -> dict[str, Any]:
    """All values in force as plain data, with some replaced; raises LookupError, TypeError or ValueError where there is
    nothing to replace."""
    data = whole(scenario)
    for path, value in values.items():
        *above, last = path.split(".")
        here: Any = data
        for key in above:
            here = here[int(key)] if isinstance(here, list) else here[key]
        here[int(last) if isinstance(here, list) else last]  # it must be there
        here[int(last) if isinstance(here, list) else last] = value
    return data


def _with_nodes(scenario: Scenario, given: Table[str, Node]) -> tuple[Mapping, list[Mistake]]:
    """A scenario written out, with nodes put into it, and what is wrong with their paths."""
    root: Any = node_of(whole(scenario), Place("the scenario"))
    mistakes: list[Mistake] = []
    for path, node in given.items():
        try:
            root = with_node(root, _SHAPE, path.split("."), node, node.place)
        except InvalidScenario as wrong:
            mistakes += wrong.mistakes
    return root, mistakes


def _world(found: Gathered, overrides: Series[str], seed: int | None, days: int | None, late: Late | None) -> Scenario:
    for key, text in _NO_WORLDS.items():
        if key in found.root.items:
            raise InvalidScenario([mistake_at(found.root.keys[key].place, (key,), text)])
    root, own, mistakes = with_policies(found)
    with known(own):
        root, wrong = _set(root, overrides, _SHAPE)
        if seed is not None:
            root = _with_option(root, "seed", seed)
        scenario = checked(root, [*mistakes, *wrong], Scenario)
        if days is None:
            return scenario
        try:
            shorter, beyond = lasting(scenario, days)
        except (OverflowError, ValidationError):
            return checked(_with_option(root, "days", days), [], Scenario)
        if late is not None:
            late(beyond)
        return shorter


def _set(root: Mapping, overrides: Series[str], shape: Shape) -> tuple[Mapping, list[Mistake]]:
    """The file with all that is set from outside, and what is wrong with that."""
    mistakes: list[Mistake] = []
    for setting in overrides:
        root, wrong = set_value(root, setting, shape)
        mistakes += wrong
    return root, mistakes


def _with_option(root: Mapping, name: str, number: int) -> Mapping:
    place = Place(f"--{name} {number}")
    return Mapping(root.place, {**root.items, name: Scalar(place, number)}, {**root.keys, name: Key(place)})


def checked[N: Noun](root: Node, mistakes: Series[Mistake], noun: type[N]) -> N:
    """The value that the nodes describe; raises InvalidScenario with the mistakes so far and all others."""
    shape = shape_of(noun)
    found = [*mistakes, *misfits(root, shape)]
    data = _data(root, shape)
    try:
        value = noun.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False)
        ill_formed = [error for error in errors if error["type"] != CONTRADICTION]
        if ill_formed or found:
            spoilt = {mistake.path for mistake in found}
            errors = ill_formed
            if noun is Scenario and len(errors) < _WRONG_ALL_OVER:
                errors = errors + contradictions(data, errors, spoilt)
        found += as_mistakes(errors[:_MOST_LOOKED_AT], root, shape)
    else:
        if not found:
            return value
    raise InvalidScenario(found)


def _data(node: Node, shape: Shape) -> Any:
    """Plain data, names of one's own in alphabetical order: the order in which a file lists them means nothing."""
    if isinstance(node, Mapping):
        return {name: _data(node.items[name], inside(shape, name, None)) for name in in_order(node.items, shape)}
    return [_data(item, inside(shape, 0, None)) for item in node.items] if isinstance(node, Sequence) else node.value
