"""Comparing: the same luck under different policies, and what differs between them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.run import ImpossibleWorld, compile_once, live, spread
from sim.study.tables import APART
from sim.world.ledger import BooksDoNotBalance

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode

LEVEL = 0.95
"""Level of all intervals."""
MAIN = (
    "delivered_kg", "seized_kg", "lost_kg", "interception_share", "price_usd_per_kg_mean", "boxes_scanned",
    "boxes_examined", "false_alarms", "delay_hours_mean", "couriers_recruited", "couriers_arrested", "policy_cost_usd",
)  # fmt: skip
"""Totals that a comparison shows unless it is asked for others."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A paired difference between two worlds with the same luck."""

    measure: str
    baseline: float
    other: float
    difference: float
    low: float
    high: float
    correlation: float
    """Of the two worlds over replicates; how much the same luck helps."""
    variance_ratio: float
    """Variance of a difference of independent runs over that of the paired ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Worlds compared over replicates, the first of them being what the others are held against."""

    names: tuple[str, ...]
    runs: pd.DataFrame
    """One row a world and replicate: totals."""
    towards: pd.DataFrame
    """One row a world, replicate and arrival gateway: kilograms sent towards it."""

    def effects(self, other: str | None = None, measures: Sequence[str] = MAIN) -> list[Effect]:
        """Paired differences of a world (the second, if none is named) to the first."""
        name = other if other is not None else self.names[1]
        base, held = (self.runs[self.runs["world"] == world].set_index("replicate") for world in (self.names[0], name))
        return [_effect(measure, base[measure].to_numpy(float), held[measure].to_numpy(float)) for measure in measures]

    def table(self, other: str | None = None, measures: Sequence[str] = MAIN) -> pd.DataFrame:
        """Paired differences as a table, with their intervals."""
        import pandas as pd

        rows = [
            {field: getattr(effect, field) for field in Effect.__slots__} for effect in self.effects(other, measures)
        ]
        return pd.DataFrame(rows).set_index("measure")

    def recruits_prevented(self, other: str | None = None) -> Effect:
        """Couriers who were recruited in the first world and not in another, with the interval."""
        (recruited,) = self.effects(other, ["couriers_recruited"])
        prevented = {"difference": -recruited.difference, "low": -recruited.high, "high": -recruited.low}
        return replace(recruited, measure="recruits_prevented", **prevented)

    def displacement(self, other: str | None = None) -> pd.DataFrame:
        """Paired change of what is sent towards each arrival gateway, kilograms, with intervals; the largest changes
        first."""
        import pandas as pd

        name = other if other is not None else self.names[1]
        wide = self.towards.pivot_table(index="replicate", columns=["world", "gateway"], values="kg", fill_value=0.0)
        gateways = sorted(set(self.towards["gateway"]))
        rows = []
        for gateway in gateways:
            pair = [
                wide[world, gateway].to_numpy(float)
                if (world, gateway) in wide.columns
                else 0.0 * wide.iloc[:, 0].to_numpy(float)
                for world in (self.names[0], name)
            ]
            effect = _effect(gateway, *pair)
            rows.append(
                {
                    "gateway": gateway,
                    "baseline_kg": effect.baseline,
                    "change_kg": effect.difference,
                    "low": effect.low,
                    "high": effect.high,
                }
            )
        table = pd.DataFrame(rows).set_index("gateway")
        return table.loc[table["change_kg"].abs().sort_values(ascending=False, kind="stable").index]


def _effect(measure: str, base: Any, other: Any) -> Effect:
    """The mean paired difference with its t interval; nan where fewer than two pairs allow none."""
    import numpy as np

    count = len(base)
    gap = other - base
    mean = math.fsum(gap.tolist()) / count
    spread = math.sqrt(math.fsum(((gap - mean) ** 2).tolist()) / (count - 1)) if count > 1 else math.nan
    half = _student(count - 1) * spread / math.sqrt(count) if count > 1 else math.nan
    moves = count > 1 and float(np.std(base)) > 0 and float(np.std(other)) > 0
    together = float(np.corrcoef(base, other)[0, 1]) if moves else math.nan
    apart = float(np.var(base, ddof=1) + np.var(other, ddof=1)) if count > 1 else math.nan
    ratio = apart / spread**2 if spread and spread > 0 else math.nan
    return Effect(measure, float(np.mean(base)), float(np.mean(other)), mean, mean - half, mean + half, together, ratio)


def _student(freedom: int) -> float:
    """Quantile of Student's t for a two-sided interval at `LEVEL`."""
    from scipy.stats import t

    return float(t.ppf(0.5 + LEVEL / 2.0, freedom))


def compare(
    *scenarios: Scenario,
    names: Sequence[str] | None = None,
    replicates: int = 20,
    mode: ControlMode = "thinned",
    threads: int = 1,
) -> Comparison:
    """Run worlds over the same replicates, and pair them.

    The first scenario is what the others are compared with. names: what to call them, by default their policies.
    mode: how port controls are lived; the same luck holds within each mode. threads: processes at work; results do not
    depend on it.
    """
    import pandas as pd

    if len(scenarios) < 2:
        raise ValueError("a comparison needs at least two scenarios")
    called = tuple(names) if names is not None else _names(scenarios)
    tasks = [(scenario, replicate, mode) for scenario in scenarios for replicate in range(replicates)]
    found = list(spread(_measured, tasks, threads))
    runs, towards = [], []
    for number, (totals, sent) in enumerate(found):
        world, replicate = called[number // replicates], number % replicates
        runs.append({"world": world, "replicate": replicate, **totals})
        towards += [
            {"world": world, "replicate": replicate, "gateway": gateway, "kg": kg} for gateway, kg in sent.items()
        ]
    return Comparison(
        called, pd.DataFrame(runs), pd.DataFrame(towards, columns=["world", "replicate", "gateway", "kg"])
    )


def _measured(task: tuple[Scenario, int, ControlMode]) -> tuple[dict[str, Any], dict[str, float]]:
    from sim.study.measures import sent_towards, totals

    scenario, replicate, mode = task
    model = live(scenario, replicate=replicate, mode=mode)
    return totals(model), sent_towards(model)


def _names(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Names of worlds by the policies they have, made different where they are not."""
    found: list[str] = []
    for scenario in scenarios:
        name = " and ".join(policy.called for policy in scenario.policies) or "no policy"
        twins = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({twins + 1})" if twins else name)
    return tuple(found)


def compare_command(
    scenario: Scenario,
    called: str,
    policies: Sequence[str],
    against: str | None,
    replicates: int,
    mode: ControlMode,
    threads: int,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """`chokepoint compare`: each named policy of a scenario against none, or against another; returns the exit code.

    called: what the scenario is called on the command line.
    """
    known = {policy.called: policy for policy in scenario.policies}
    asked = list(policies) or [name for name in known if name != against]
    unknown = [name for name in (*asked, *([against] if against else [])) if name not in known]
    if unknown or not asked:
        listed = ", ".join(known) or "none"
        _say(f"chokepoint: {called} has no policy {', '.join(unknown) or 'to compare'}; its policies: {listed}.")
        return 2
    worlds = [scenario.without_policies() if against is None else scenario.replaced(policies=(known[against],))]
    worlds += [scenario.replaced(policies=(known[name],)) for name in asked]
    names = [against or "no policy", *asked]
    if not quiet:
        _say(f"{len(worlds)} worlds, {replicates} replicates each, with the same luck")
    compile_once(mode, quiet=quiet)
    try:
        found = compare(*worlds, names=names, replicates=replicates, mode=mode, threads=threads)
    except (ImpossibleWorld, BooksDoNotBalance) as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        found.runs.to_csv(out / "runs.csv", index=False)
        found.towards.to_csv(out / "towards.csv", index=False)
    if as_json:
        effects, apart = (
            {name: _as_json(found.effects(name, measures)) for name in asked} for measures in (MAIN, APART)
        )
        told = {"against": names[0], "replicates": replicates, "effects": effects, "apart": apart}
        print(json.dumps(told))  # noqa: T201
        return 0
    for name in asked:
        print(f"{name} against {names[0]}, {replicates} pairs, {LEVEL:.0%} intervals")  # noqa: T201
        print(_told(found.effects(name)))  # noqa: T201
        print("  apart from these\n" + _lines(found.effects(name, APART)))  # noqa: T201
    return 0


def _as_json(effects: Sequence[Effect]) -> dict[str, dict[str, Any]]:
    return {e.measure: {f: _plain(getattr(e, f)) for f in Effect.__slots__[1:]} for e in effects}


def _told(effects: Sequence[Effect]) -> str:
    return f"  {'':26}{'without':>16}{'with':>16}{'difference':>16}   interval\n{_lines(effects)}"


def _lines(effects: Sequence[Effect]) -> str:
    lines = []
    for effect in effects:
        numbers = [
            f"{value:>16,.4g}" if abs(value) < 100 else f"{value:>16,.0f}"
            for value in (effect.baseline, effect.other, effect.difference)
        ]
        ends = [f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}" for value in (effect.low, effect.high)]
        lines.append(f"  {effect.measure:26}{''.join(numbers)}   {ends[0]} to {ends[1]}")
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
