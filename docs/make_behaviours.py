"""Prints docs/behaviours.md: the flagship scenario under every behaviour of organisations, and a policy's effect there.

`python docs/make_behaviours.py > docs/behaviours.md` takes some minutes on two processes;
`python docs/make_behaviours.py DAYS REPLICATES` says for how long and how often each world is lived.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import sim
from sim.actors.behaviours.behaviour import Behaviour
from sim.scenario.scenario import Scenario
from sim.study import measures
from sim.study.run import compile_once, live
from sim.study.spreading import spread

FLAGSHIP = "latam_europe"
DAYS, REPLICATES, PROCESSES = 730, 4, 2
SCREENED = ("BEANR", "NLRTM")
SETTLED = 90
"""Days after which the policy starts."""
NONE = "–"
T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Quantiles of Student's t for an interval of 95 %, by degrees of freedom from 1."""

HEADING = """\
# Behaviours

What becomes of the flagship scenario when all organisations choose by another rule, and whether a policy still does
what it did: high-risk screening of imports at Antwerp and Rotterdam from day {settled} on. `docs/make_behaviours.py`
makes this page: {days:,} days in thinned mode, {replicates} replicates, common luck. The rules stand in
[model.md](model.md#78-what-to-send-which-way-how-hidden), their numbers are the defaults of
[parameters.md](parameters.md).

No behaviour was fitted to anything. The scenario was calibrated by hand under `expected_profit`; levels under the
others are therefore less near to published figures, which says nothing about which is true. What counts is whether a
policy's effect has the same sign under all of them: where it has not, the answer hangs on how organisations choose.
"""


class Told(NamedTuple):
    """A measure of a run: its name, unit and digits."""

    name: str
    unit: str
    digits: int


MEASURES = (
    Told("dispatched", "t", 1),
    Told("seized", "t", 1),
    Told("delivered", "t", 1),
    Told("interception share", "%", 1),
    Told("mean price", "USD/kg", 0),
    Told("small-craft share of what was sent", "%", 1),
    Told("couriers arrested", "", 0),
    Told("ways used by an organisation in the last half year", "", 1),
)


def by(behaviour: str, days: int, *, screened: bool) -> Scenario:
    """The flagship with all organisations choosing by one behaviour."""
    plan = sim.load(FLAGSHIP, days=days).without_policies()
    rule = Behaviour.read(behaviour)
    groups = {name: group.model_copy(update={"behaviour": rule}) for name, group in plan.organisations.items()}
    plan = plan.replaced(organisations=groups)
    if not screened:
        return plan
    start = plan.start + timedelta(days=min(SETTLED, days - 1))
    return plan.with_policy("high_risk_screening", ports=list(SCREENED), start=start)


def outcome(task: tuple[str, int, int, bool]) -> list[float]:
    """What one world comes to, in the order of the measures."""
    behaviour, days, replicate, screened = task
    model = live(by(behaviour, days, screened=screened), replicate=replicate, mode="thinned")
    totals, loads = measures.totals(model), model.cargo.all
    late = {(load.organisation, load.route.sites) for load in loads if load.planned >= days - 183}
    crossing = sum(load.grams for load in loads if load.route.mode == "small_craft")
    return [
        float(totals["dispatched_kg"] or 0.0) / 1000.0,
        float(totals["seized_kg"] or 0.0) / 1000.0,
        float(totals["delivered_kg"] or 0.0) / 1000.0,
        100.0 * float(totals["interception_share"] or 0.0),
        float(totals["price_usd_per_kg_mean"] or 0.0),
        100.0 * crossing / max(1, sum(load.grams for load in loads)),
        float(totals["couriers_arrested"] or 0),
        len(late) / len(model.cartels),
    ]


def text(days: int, replicates: int, processes: int) -> str:
    """The whole page."""
    kinds = list(Behaviour.every())
    tasks = [
        (kind, days, number, screened) for kind in kinds for screened in (False, True) for number in range(replicates)
    ]
    compile_once("thinned", quiet=False)
    found = dict(zip(tasks, spread(outcome, tasks, processes), strict=True))
    plain, changed = (
        {kind: [found[kind, days, number, screened] for number in range(replicates)] for kind in kinds}
        for screened in (False, True)
    )
    gaps = {
        kind: [
            [b - a for a, b in zip(one, other, strict=True)]
            for one, other in zip(plain[kind], changed[kind], strict=True)
        ]
        for kind in kinds
    }
    return "\n".join((
        HEADING.format(days=days, replicates=replicates, settled=SETTLED),
        "## Without the policy\n",
        "Means over replicates, with their standard deviation.\n",
        _table(plain, _spread),
        "\n## What the policy changes\n",
        "Means of paired differences, with intervals of 95 %. The last column says where signs that are sure differ.\n",
        _table(gaps, _interval, signs=True),
        "",
    ))  # fmt: skip


def _table(by_kind: dict[str, list[list[float]]], said: Callable[[list[float], int], str], signs: bool = False) -> str:
    heads = ["", "unit", *(f"`{kind}`" for kind in by_kind), *(["signs"] if signs else [])]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row, told in enumerate(MEASURES):
        values = [[one[row] for one in runs] for runs in by_kind.values()]
        cells = [told.name, told.unit, *(said(of_kind, told.digits) for of_kind in values)]
        lines.append(f"| {' | '.join([*cells, *([_signs(values)] if signs else [])])} |")
    return "\n".join(lines)


def _spread(values: list[float], digits: int) -> str:
    spread_of = f" ± {statistics.stdev(values):,.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):,.{digits}f}{spread_of}"


def _interval(values: list[float], digits: int) -> str:
    low, high = _bounds(values)
    return f"{statistics.fmean(values):+,.{digits}f} ({low:+,.{digits}f} to {high:+,.{digits}f})"


def _bounds(values: list[float]) -> tuple[float, float]:
    """Ends of the interval of the mean; both the mean itself where one value allows none."""
    mean, count = statistics.fmean(values), len(values)
    half = T_975[min(count - 1, len(T_975)) - 1] * statistics.stdev(values) / count**0.5 if count > 1 else 0.0
    return mean - half, mean + half


def _signs(values: list[list[float]]) -> str:
    """Whether all intervals that do not hold 0 lie on one side of it."""
    sides = {low > 0.0 for low, high in map(_bounds, values) if low > 0.0 or high < 0.0}
    return NONE if not sides else "alike" if len(sides) == 1 else "**differ**"


def main(arguments: list[str]) -> None:
    """Live all the worlds and print the page."""
    days, replicates = (int(arguments[0]), int(arguments[1])) if arguments else (DAYS, REPLICATES)
    sys.stdout.write(text(days, replicates, PROCESSES))


if __name__ == "__main__":
    main(sys.argv[1:])
