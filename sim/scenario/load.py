"""Reading a scenario: files, what they extend and what the command line sets, checked into one value."""

from __future__ import annotations

import json
from collections.abc import Sequence as Series
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenario.extends import gather
from sim.scenario.fragments import contradictions
from sim.scenario.mistakes import InvalidScenario, Mistake, Place
from sim.scenario.nodes import Key, Mapping, Node, Scalar, Sequence
from sim.scenario.overrides import set_value
from sim.scenario.references import CONTRADICTION
from sim.scenario.resolved import resolved, scenario_hash
from sim.scenario.scenario import Scenario
from sim.scenario.shapes import Shape, in_order, inside, shape_of
from sim.scenario.shipped import find
from sim.scenario.wording import as_mistakes, misfits

__all__ = ["InvalidScenario", "Mistake", "load", "resolved", "scenario_hash"]

_MOST_LOOKED_AT = 500  # mistakes put into words
_WRONG_ALL_OVER = 100  # mistakes from which on contradictions are not worth looking for
_SHAPE = shape_of(Scenario)


def load(
    path: str | Path, *, overrides: Series[str] = (), seed: int | None = None, days: int | None = None
) -> Scenario:
    """The scenario of a file, or the shipped one of that name, with values set from outside, as in `days=30`.

    `seed` and `days` outrank the file; policies that would start after fewer days are left out.
    Raises InvalidScenario with every mistake, each with its place.
    """
    root, mistakes = gather(find(path), _SHAPE)
    for setting in overrides:
        root, wrong = set_value(root, setting, _SHAPE)
        mistakes += wrong
    if seed is not None:
        root = _with_option(root, "seed", seed)
    scenario = _checked(root, mistakes)
    return _lasting(scenario, days, root) if days is not None else scenario


def _with_option(root: Mapping, name: str, number: int) -> Mapping:
    place = Place(f"--{name} {number}")
    return Mapping(root.place, {**root.items, name: Scalar(place, number)}, {**root.keys, name: Key(place)})


def _lasting(scenario: Scenario, days: int, root: Mapping) -> Scenario:
    """The scenario with another number of days, without the policies that would start after them."""
    try:
        after = scenario.start + timedelta(days=max(days, 1))
        policies = tuple(policy for policy in scenario.policies if policy.start < after)
        return scenario.replaced(days=days, policies=policies)
    except (OverflowError, ValidationError):
        return _checked(_with_option(root, "days", days), [])


def _checked(root: Node, mistakes: Series[Mistake]) -> Scenario:
    """The value that the nodes describe; raises InvalidScenario with the mistakes so far and all others."""
    found = [*mistakes, *misfits(root, _SHAPE)]
    data = _data(root, _SHAPE)
    try:
        scenario = Scenario.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False)
        ill_formed = [error for error in errors if error["type"] != CONTRADICTION]
        if ill_formed or found:
            spoilt = {mistake.path.partition(".")[0] for mistake in found}
            errors = ill_formed
            if len(errors) < _WRONG_ALL_OVER:
                errors = errors + contradictions(data, errors, spoilt)
        found += as_mistakes(errors[:_MOST_LOOKED_AT], root, _SHAPE)
    else:
        if not found:
            return scenario
    raise InvalidScenario(found)


def _data(node: Node, shape: Shape) -> Any:
    """Plain data, names of one's own in alphabetical order: the order in which a file lists them means nothing."""
    if isinstance(node, Mapping):
        return {name: _data(node.items[name], inside(shape, name, None)) for name in in_order(node.items, shape)}
    return [_data(item, inside(shape, 0, None)) for item in node.items] if isinstance(node, Sequence) else node.value
