"""Mixes of policies: each policy of a scenario to some extent, lived in the same futures, and never lived twice."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.quantity import ASSUMED, Quantity
from sim.scenario.resolved import scenario_hash
from sim.study.branches import lived
from sim.study.effects import GOALS
from sim.study.futures import Future
from sim.study.intervals import Floats
from sim.study.parts import claim, put
from sim.study.sealed import read_sealed, sealed, told
from sim.study.spreading import Progress, spread, tick

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

FORMAT, PLAN, PARTS = "chokepoint portfolio", "portfolio.json", "parts"

type Mix = tuple[int, ...]
"""How much is done of each policy, in steps, in the order of the scenario."""
type Totals = dict[str, float]
"""Totals of a run by name, those of `GOALS` that runs of the scenario have; nan where one cannot be told."""


def mixed(scenario: Scenario, mix: Mix, steps: int) -> Scenario:
    """The scenario with so much of each policy, and without those of which nothing is done."""
    policies = [
        policy.model_copy(update={"extent": Quantity(part / steps, "share", 0, 1, ASSUMED)})
        for policy, part in zip(scenario.policies, mix, strict=True)
        if part
    ]
    return scenario.model_copy(update={"policies": tuple(policies)})


@dataclass(frozen=True, slots=True)
class Store:
    """A folder in which what a mix came to in a future is kept as soon as it is known."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, passport: dict[str, Any]) -> Store:
        """The folder of a portfolio, made if it is not there; raises ResultsError where it holds something else."""
        claim(folder, FORMAT, PLAN, passport)
        return cls(folder)

    def read(self, future: int, mix: Mix) -> Totals | None:
        """What is kept; None where nothing is."""
        place = self._place(future, mix)
        if not place.is_file():
            return None
        return {name: math.nan if value is None else value for name, value in read_sealed(place)["totals"].items()}

    def keep(self, future: int, mix: Mix, totals: Totals) -> None:
        """Write it, whole or not at all."""
        place = self._place(future, mix)
        with told(place):
            place.parent.mkdir(parents=True, exist_ok=True)
        plain = {name: None if math.isnan(value) else value for name, value in totals.items()}
        put(place, sealed({"future": future, "mix": list(mix), "totals": plain}))

    def _place(self, future: int, mix: Mix) -> Path:
        return self.folder / PARTS / f"{future:04d}" / f"{'-'.join(map(str, mix))}.json"


@dataclass(slots=True)
class Mixes:
    """What mixes come to in each of some futures; those that are known are not lived again."""

    futures: tuple[Future, ...]
    steps: int
    mode: ControlMode
    jobs: int = 1
    store: Store | None = None
    progress: Progress | None = None
    known: dict[Mix, tuple[Totals, ...]] = field(default_factory=dict)
    """By mix, in the order in which they were asked for: totals by future."""

    def live(self, mixes: Iterable[Mix]) -> None:
        """Make mixes known: those that are not are lived, in each future as branches of one world."""
        new = [mix for mix in dict.fromkeys(mixes) if mix not in self.known]
        if not new:
            return
        tasks = [(future, new, self.steps, self.mode, self.store) for future in self.futures]
        before = len(self.known) * len(self.futures)
        told = self.progress and _further(self.progress, before)
        luck = random.getstate()  # that of the optimiser, which is everybody's
        found = list(spread(_lived_in, tasks, self.jobs, told))
        random.setstate(luck)
        for number, mix in enumerate(new):
            self.known[mix] = tuple(totals[number] for totals in found)

    def told(self, mixes: Sequence[Mix], goal: str) -> Floats:
        """A total of known mixes: float64[mixes, futures]."""
        return np.array([[totals[goal] for totals in self.known[mix]] for mix in mixes])


def _further(progress: Progress, before: int) -> Progress:
    return lambda done: progress(before + done)


def _lived_in(task: tuple[Future, Sequence[Mix], int, ControlMode, Store | None]) -> list[Totals]:
    """What mixes come to in one future."""
    future, mixes, steps, mode, store = task
    found: dict[int, Totals] = {}
    if store is not None:
        kept = {number: store.read(future.number, mix) for number, mix in enumerate(mixes)}
        found = {number: totals for number, totals in kept.items() if totals is not None}
    left = [number for number in range(len(mixes)) if number not in found]
    tick(len(found))
    worlds = [mixed(future.scenario, mixes[number], steps) for number in left]
    for at, model in lived(worlds, replicate=future.number, mode=mode):
        from sim.study.measures import totals  # a run that is there already needs none

        number, all_of_them = left[at], totals(model)
        found[number] = {name: _known(all_of_them[name]) for name in GOALS if name in all_of_them}
        if store is not None:
            store.keep(future.number, mixes[number], found[number])
        tick()
    return [found[number] for number in range(len(mixes))]


def _known(value: float | None) -> float:
    return math.nan if value is None else float(value)


def passport(scenario: Scenario, futures: Sequence[Future], steps: int, mode: ControlMode) -> dict[str, Any]:
    """What makes kept results those of these futures, and of no others."""
    worlds = [scenario_hash(future.scenario) for future in futures]
    return {"scenario": scenario_hash(scenario), "futures": worlds, "steps": steps, "mode": mode}
