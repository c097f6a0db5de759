"""Comparing: the same luck under different policies, and what differs between them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.scenario.mistakes import harmless
from sim.scenario.resolved import resolved, scenario_hash
from sim.study import parts
from sim.study.branches import lived
from sim.study.comparison import FLOWS, SIDES, Comparison
from sim.study.displacement import Treated, begins_in, treated_between
from sim.study.periods import borders
from sim.study.sealed import ResultsError, sha256, shown, told
from sim.study.spreading import Progress, spread, tick
from sim.study.totals import KPIS, absent
from sim.terms import GRAMS_PER_KG, told_apart

if TYPE_CHECKING:
    from datetime import date

    from sim.scenario.scenario import Scenario
    from sim.study.flows import Flows
    from sim.terms import ControlMode

STAGES = (10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 320, 480, 640, 960)
"""After how many replicates a comparison may stop that is asked for a half-width."""
_TOTALS = tuple(column.name for column in KPIS)
_ANEW = "compare again, into another folder"
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")


class Wanted(NamedTuple):
    """How narrow the interval of every world's effect is to be."""

    measure: str
    half: float
    """Half-width, in the unit of the measure, or as a share of its mean in the first world."""
    relative: bool = False

    @classmethod
    def read(cls, text: str, scenario: Scenario) -> Wanted:
        """`delivered_kg=500` or `delivered_kg=5%`, of runs of a scenario; raises ValueError."""
        measure, _, value = text.partition("=")
        if measure not in _TOTALS:
            near = get_close_matches(measure, _TOTALS, 1)
            told = f"; did you mean {near[0]}?" if near else "; a run's kpis.json holds them all, as in seized_kg."
            raise ValueError(f"{harmless(measure) or 'nothing'} is none of the totals of a run{told}")
        if why := absent(measure, scenario):
            raise ValueError(f"{why}; give another total.")
        number = value.removesuffix("%")
        half = float(number) if _NUMBER.fullmatch(number) else 0.0
        if not half > 0.0:
            raise ValueError(f"{harmless(text)}: give a half-width above 0, as in {measure}=500 or {measure}=5%")
        return cls(measure, half / 100.0, True) if value.endswith("%") else cls(measure, half)

    def reached(self, found: Comparison) -> bool:
        """Whether it is that narrow in every world."""
        effects = [each for name in found.names[1:] for each in found.effects(name, [self.measure])]
        return all(
            each.high - each.difference <= self.half * (abs(each.baseline) if self.relative else 1.0)
            for each in effects
        )


def compare(
    *scenarios: Scenario,
    names: Sequence[str] | None = None,
    replicates: int = 20,
    mode: ControlMode = "thinned",
    jobs: int = 1,
    until: Sequence[str] = (),
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run worlds over the same replicates, and pair them.

    The first scenario is what the others are compared with. names: what to call them, by default their policies.
    mode: how port controls are lived; the same luck holds within each mode. jobs: processes at work; results do not
    depend on them. What worlds have in common up to the first day on which their policies differ is lived once.

    until: half-widths of the intervals of effects, as `delivered_kg=500` or `delivered_kg=5%` of the first world's
    mean; the comparison stops at the first of `STAGES` replicates at which every world's are that narrow, and at
    `replicates` at the latest. folder: where every replicate is kept as soon as it is done, so that a comparison which
    was broken off goes on where it was; raises ResultsError where the folder holds another one. progress: told how many
    worlds of all replicates are done. Raises ValueError for worlds of other seeds or days, and for names that are not
    one a world.
    """
    if wrong := _impossible(scenarios, names, replicates):
        raise ValueError(wrong)
    wanted = [Wanted.read(text, scenarios[0]) for text in until]
    called = tuple(names) if names is not None else _names(scenarios)
    asked = Asked(scenarios, called, mode)
    store = asked.store(Path(folder)) if folder is not None else None
    done: list[parts.Part] = []
    for stage in stages(replicates) if wanted else [replicates]:
        tasks = [(asked, replicate, store) for replicate in range(len(done), stage)]
        before = len(done) * len(called)
        done += spread(_part, tasks, jobs, progress and _further(progress, before))
        found = asked.paired(done)
        if wanted and all(each.reached(found) for each in wanted):
            break
    return found


def _impossible(scenarios: Sequence[Scenario], names: Sequence[str] | None, replicates: int) -> str:
    """What cannot be compared, with the way out; nothing where all can."""
    if len(scenarios) < 2:
        return "a comparison needs at least two scenarios"
    for word in ("seed", "start", "days"):
        first, *others = (getattr(scenario, word) for scenario in scenarios)
        if odd := [value for value in others if value != first]:
            return f"worlds of {word} {first} and {odd[0]} do not meet the same luck; give all of them the same {word}"
    if names is not None and not len(names) == len(set(names)) == len(scenarios):
        return f"give each of the {len(scenarios)} worlds a name of its own"
    if replicates < 1:
        return f"{replicates} replicates are none; give at least 1"
    return ""


def _further(progress: Progress, before: int) -> Progress:
    return lambda done: progress(before + done)


def stages(most: int) -> list[int]:
    """After how many replicates it is looked whether intervals are narrow enough: `STAGES`, up to the most."""
    return [*(stage for stage in STAGES if stage < most), most]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a comparison is of."""

    scenarios: tuple[Scenario, ...]
    called: tuple[str, ...]
    mode: ControlMode

    @property
    def treated(self) -> dict[str, Treated]:
        """By world other than the first: the places that its policies treat."""
        first, *others = self.scenarios
        return {name: treated_between(first, each) for name, each in zip(self.called[1:], others, strict=True)}

    @property
    def starts(self) -> list[date | None]:
        """By world other than the first: the day on which what it has and the first has not begins."""
        first, *others = self.scenarios
        return [begins_in(each, first) for each in others]

    def store(self, folder: Path) -> parts.Store:
        """Where its replicates are kept; raises ResultsError where that holds something else."""
        files = {}
        for number, scenario in enumerate(self.scenarios):
            place = parts.world_file(folder, number)
            own = parts.policies_file(place)
            files[place] = resolved(scenario, own.name).encode()
            if scenario.policies_from is not None:
                files[own] = scenario.policies_from.text.encode()
        return parts.Store.open(folder, self.passport(), files)

    def passport(self) -> dict[str, Any]:
        """What makes it this comparison and no other."""
        hashes = [scenario_hash(scenario) for scenario in self.scenarios]
        found = {"worlds": list(self.called), "scenarios": hashes, "seed": self.scenarios[0].seed, "mode": self.mode}
        own = [scenario.policies_from and sha256(scenario.policies_from.text.encode()) for scenario in self.scenarios]
        return {**found, "policies": own} if any(own) else found

    def paired(self, done: Sequence[parts.Part]) -> Comparison:
        """Replicates that are done as one comparison; words are kept once. Raises ResultsError where they are those of
        an earlier version, in which other days part the periods."""
        import pandas as pd

        runs, flows, periods = (pd.concat(list(each), ignore_index=True) for each in zip(*done, strict=True))
        words = {"world": list(self.called), "flow": FLOWS, "month": None, "by": [*SIDES, "treated"], "place": None}
        for column, known in words.items():
            flows[column] = pd.Categorical(flows[column], known if known is not None else sorted(set(flows[column])))
        months = periods["first"].to_numpy().astype("datetime64[M]").astype(str)
        flows["month"] = flows["month"].cat.set_categories(sorted(set(months)))
        periods["first"] = periods["first"].astype("datetime64[s]")
        for name, scenario in zip(self.called, self.scenarios, strict=True):
            parted = set(periods.loc[periods["world"] == name, "first"].dt.date)
            if not parted.issuperset(borders(scenario, self.starts)[:-1]):
                raise ResultsError(f"the replicates of {name} that are kept are those of an earlier version; {_ANEW}")
        flows["kg"] = flows.pop("grams") / GRAMS_PER_KG
        order = _by_order(self.called)
        runs, flows, periods = (
            table.sort_values(["world", "replicate"], key=order, kind="stable", ignore_index=True)
            for table in (runs, flows, periods)
        )
        return Comparison(self.called, runs, flows, periods, self.treated, self.scenarios, self.mode)


def opened(folder: str | Path) -> Comparison:
    """The comparison that is kept in a folder, with every replicate that is there; raises ResultsError."""
    place = Path(folder)
    asked, store, done = asked_in(place), parts.Store(place), list[parts.Part]()
    while (part := store.read(len(done))) is not None:
        done.append(part)
    if not done:
        raise ResultsError(f"{shown(place)}: holds no replicate; the comparison was broken off before the first")
    return asked.paired(done)


def asked_in(folder: Path) -> Asked:
    """What the comparison in a folder is of; raises ResultsError where its worlds are not those that were compared."""
    from sim.scenario.load import load

    plan = parts.plan(folder)
    files = [parts.world_file(folder, number) for number in range(len(plan["worlds"]))]
    for file, digest in zip(files, plan.get("policies", ()), strict=False):
        own = parts.policies_file(file)
        with told(own):
            if digest is not None and sha256(own.read_bytes()) != digest:  # before anything in it is run
                raise ResultsError(f"{shown(own)}: changed since it was written")
    asked = Asked(tuple(load(file) for file in files), tuple(plan["worlds"]), plan["mode"])
    for file, scenario, written in zip(files, asked.scenarios, plan["scenarios"], strict=True):
        if scenario_hash(scenario) != written:
            raise ResultsError(
                f"{shown(file)}: is not the world that was compared; it was changed, or another version wrote it"
            )
    return asked


def _part(task: tuple[Asked, int, parts.Store | None]) -> parts.Part:
    """One replicate of all worlds: read, if it is there, or lived and kept."""
    asked, replicate, store = task
    if store is not None and (kept := store.read(replicate)) is not None:
        tick(len(asked.called))
        return kept
    part = _lived(asked, replicate)
    if store is not None:
        store.keep(replicate, part)
    return part


def _lived(asked: Asked, replicate: int) -> parts.Part:
    import pandas as pd

    from sim.study.flows import flows_by_month
    from sim.study.measures import totals
    from sim.study.periods import by_period

    places = {name: known.places for name, known in asked.treated.items()}
    runs, flows, periods = {}, {}, {}
    for number, model in lived(asked.scenarios, replicate=replicate, mode=asked.mode):
        which = {"world": asked.called[number], "replicate": replicate}
        known = {name: math.nan if value is None else value for name, value in totals(model).items()}
        runs[number] = pd.DataFrame([{**which, **known}])
        flows[number] = pd.DataFrame({**which, **_flat(flows_by_month(model, places))})
        periods[number] = pd.DataFrame({**which, **by_period(model, borders(model.plan, asked.starts))})
        tick()
    return parts.Part(*(pd.concat([each[number] for number in sorted(each)]) for each in (runs, flows, periods)))


def _by_order(called: Sequence[str]) -> Callable[[Any], Any]:
    """Worlds in their order, all else as it is."""
    order = {name: number for number, name in enumerate(called)}
    return lambda column: column.astype(str).map(order) if column.name == "world" else column


def _flat(found: Flows) -> dict[str, Any]:
    """What a run sent and delivered, as columns of what is not nothing."""
    rows: list[tuple[str, str, str, str, int]] = []
    for (flow, side), (known, grams) in found.by.items():
        month, at = np.nonzero(grams)
        moved = grams[month, at].tolist()
        rows += [
            (flow, found.months[when], side, known[where], much)
            for when, where, much in zip(month.tolist(), at.tolist(), moved, strict=True)
        ]
    columns = ("flow", "month", "by", "place", "grams")
    return {name: [row[at] for row in rows] for at, name in enumerate(columns)}


def _names(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Names of worlds by the policies they have."""
    by_policies = (" and ".join(policy.called for policy in scenario.policies) for scenario in scenarios)
    return told_apart([name or "no policy" for name in by_policies])
