"""Branches: a world lived once up to the day on which policies part, and copied there for each of them."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator, Sequence
from datetime import date
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.run import born, lived_out, settle, until

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

_NUMBERS = (str, bytes, int, float, complex, np.generic)
_NOT_WALKED = (type, ModuleType, FunctionType, *_NUMBERS)
"""What a copy shares with what it was made from, and what refers to nothing of a world."""


def lived(scenarios: Sequence[Scenario], *, replicate: int, mode: ControlMode) -> Iterator[tuple[int, SmugglingModel]]:
    """Live scenarios through with the same luck; yields each one's number and its world at the end of its last day.

    What scenarios have in common is lived once: those that differ from one before them in nothing but policies branch
    off it on the day on which the two part. Worlds come as they are ready (`order` says in which order), and only two
    are kept at a time. Raises what `live` raises.
    """
    for trunk, branches in _families(scenarios):
        model = born(scenarios[trunk], replicate=replicate, mode=mode)
        for number, day in branches:
            until(model, day)
            yield number, lived_out(branch(model, scenarios[number]))
            gc.collect()
        yield trunk, lived_out(model)
        del model
        settle()


def order(scenarios: Sequence[Scenario]) -> list[int]:
    """The numbers of scenarios in the order in which `lived` has them."""
    return [number for trunk, branches in _families(scenarios) for number in (*(each for each, _ in branches), trunk)]


def days_lived(scenarios: Sequence[Scenario]) -> int:
    """How many days `lived` lives, those that scenarios have in common once."""
    return sum(
        scenarios[trunk].days + sum((scenarios[trunk].end - day).days + 1 for _, day in branches)
        for trunk, branches in _families(scenarios)
    )


def _families(scenarios: Sequence[Scenario]) -> Iterator[tuple[int, list[tuple[int, date]]]]:
    """Each scenario that others branch off, by its number, and those that do, with the day on which they part."""
    left = list(range(len(scenarios)))
    while left:
        trunk = scenarios[left[0]]
        kin = [number for number in left[1:] if same_but_for_policies(trunk, scenarios[number])]
        branches = [(number, parting_day(trunk, scenarios[number]) or trunk.end) for number in kin]
        yield left[0], sorted(branches, key=lambda each: (each[1], each[0]))
        left = [number for number in left[1:] if number not in kin]


def same_but_for_policies(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios are of the same world."""
    nothing = {"policies": (), "policies_from": None}
    return one.model_copy(update=nothing) == other.model_copy(update=nothing)


def parting_day(one: Scenario, other: Scenario) -> date | None:
    """The first day on which policies have any effect in which two scenarios of the same world differ; None: never."""
    shared = [policy for policy in one.policies if policy in other.policies]
    differ = [policy for policy in (*one.policies, *other.policies) if policy not in shared]
    if shared != [policy for policy in other.policies if policy in shared]:
        differ += shared  # in another order
    return min((max(policy.start, one.start) for policy in differ), default=None)


def branch(model: SmugglingModel, scenario: Scenario) -> SmugglingModel:
    """A copy of a world as it stands, that goes on under the policies of another scenario; the first is left alone.

    It goes on exactly as if it had been lived under that scenario from its first day. Raises ValueError where that
    cannot be: where more than policies differ, or where those that differ have had an effect before today.
    """
    if not same_but_for_policies(model.plan, scenario):
        raise ValueError("the scenarios differ in more than their policies")
    parted = parting_day(model.plan, scenario)
    if parted is not None and parted < model.today:
        raise ValueError(f"the scenarios part on {parted}, before {model.today}")
    twin = duplicate(model)
    twin.follow_policies(scenario)
    return twin


def duplicate[T](whole: T) -> T:
    """An exact copy of a world, or of any other object, arrays that look into one another included.

    An array that nobody can write to is shared, and so are records of nothing but numbers and names. Where several
    arrays are windows on the same memory (cells of one organisation within those of all), so are their copies, which
    `copy.deepcopy` by itself would tear apart.
    """
    known: dict[int, Any] = {}
    roots: list[NDArray[Any]] = []
    for array in _arrays(whole, known):
        root = _root(array)
        if id(root) not in known:
            known[id(root)] = root.copy(order="K") if root.flags.writeable else root
            roots.append(root)
        if array is not root:
            known[id(array)] = _window(array, root, known[id(root)])
    return copy.deepcopy(whole, known)


def _arrays(whole: object, shared: dict[int, Any]) -> Iterator[NDArray[Any]]:
    """All arrays that can be reached from an object, each once; records that a copy can share are put with the shared,
    by their numbers."""
    met: dict[int, object] = {}
    ahead: list[Any] = [whole]
    while ahead:
        thing = ahead.pop()
        if id(thing) in met or isinstance(thing, _NOT_WALKED):
            continue
        met[id(thing)] = thing  # kept, so that its number is not given to another
        if isinstance(thing, np.ndarray):
            yield thing
        elif isinstance(thing, tuple) and all(isinstance(value, _NUMBERS) for value in thing):
            shared[id(thing)] = thing
            continue
        ahead += gc.get_referents(thing)


def _root(array: NDArray[Any]) -> NDArray[Any]:
    """The array that owns the memory that an array looks into."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _window(array: NDArray[Any], root: NDArray[Any], copied: NDArray[Any]) -> NDArray[Any]:
    """The window on a copy of its root that an array is on the root itself."""
    if copied is root:
        return array
    at = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    window = np.ndarray(array.shape, array.dtype, buffer=copied, offset=at, strides=array.strides)
    window.flags.writeable = array.flags.writeable
    return window
