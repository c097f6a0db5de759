"""Prints docs/natural_experiment.md: what was done at Antwerp and Rotterdam in 2024, in the model and in the world.

`python docs/make_natural_experiment.py > docs/natural_experiment.md` takes some minutes;
`python docs/make_natural_experiment.py REPLICATES` says how often both worlds are lived.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.loads import SEIZED
from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.study.branches import lived
from sim.study.intervals import of_mean
from sim.study.run import compile_once
from sim.study.spreading import spread
from sim.terms import GRAMS_PER_KG
from sim.world.atlas import published

SCENARIO, EVENT = "policies/antwerp_rotterdam_2024", "antwerp_rotterdam_2024"
REPLICATES, PROCESSES = 12, 2
BEFORE, AFTER = 2023, 2024

HEADING = """\
# A natural experiment: Antwerp and Rotterdam, 2023 to 2024

Both ports tightened control: more scanners, containers released only to those who are known, screening of staff. The
scenario [antwerp_rotterdam_2024](../scenarios/policies/antwerp_rotterdam_2024.yaml) does this to the flagship from
1 January 2024 on. What was done is known in words; how much of it each was is not, so the magnitudes are assumed, and
none was fitted. `docs/make_natural_experiment.py` makes this page from {replicates} replicates in thinned mode.

*With*: change from 2023 to 2024 in the model with the policies. *Without*: the same with none. *Due to them*: the
difference between the two, paired, in per cent of 2023, with its 95 % interval. Published changes are what happened,
whatever it was due to; the model's own change without the policies shows how much a year differs from the next by
luck and trend.

| | 2023 published | 2024 published | change | 2023 model | with | without | due to them | direction |
|---|---|---|---|---|---|---|---|---|
"""

READING = """
*Direction*: whether the model with the policies moves as the world did. {right} of {rows} do. {sure} of the effects
that are due to the policies differ from 0 beyond doubt.

What the model leaves out here: that word of a tightening travels before losses do (its organisations learn from losses
and rumour of them alone); what other states changed of their own in 2024 (France more than doubled); and by port, the
arrests of those who take loads out of containers, which it counts by organisation.
"""


class Seizures(NamedTuple):
    """What was seized in a run, one entry a seizure."""

    year: NDArray[np.int64]
    kg: NDArray[np.float64]
    control: NDArray[np.str_]
    """`port/direction`, or the sea zone."""
    state: NDArray[np.str_]
    towards: NDArray[np.str_]
    """State of the port or coast of arrival."""


class Row(NamedTuple):
    """A published measure, and what it is in the model."""

    measure: str
    of: Callable[[Seizures], NDArray[np.bool_]]
    told: Callable[[NDArray[np.float64]], float]
    digits: int = 0


def total(kg: NDArray[np.float64]) -> float:
    """Kilograms altogether."""
    return float(kg.sum())


def mean(kg: NDArray[np.float64]) -> float:
    """Kilograms of a consignment."""
    return float(kg.mean()) if len(kg) else float("nan")


def small(kg: NDArray[np.float64]) -> float:
    """Share of consignments below 100 kg."""
    return float((kg < 100.0).mean()) if len(kg) else float("nan")


ROTTERDAM = "NLRTM/import"
ROWS = (
    Row("Antwerp kg", lambda seized: seized.control == "BEANR/import", total),
    Row("Rotterdam kg", lambda seized: seized.control == ROTTERDAM, total),
    Row("Hamburg kg", lambda seized: seized.control == "DEHAM/import", total),
    Row("Spain kg", lambda seized: seized.state == "ES", total),
    Row("France kg", lambda seized: seized.state == "FR", total),
    Row(
        "Origin seizures bound for Belgium kg",
        lambda seized: (seized.towards == "BE") & np.char.endswith(seized.control, "/export"),
        total,
    ),
    Row("Rotterdam mean kg per consignment", lambda seized: seized.control == ROTTERDAM, mean),
    Row("Rotterdam share of consignments under 100 kg", lambda seized: seized.control == ROTTERDAM, small, 3),
)


def seizures(model: SmugglingModel) -> Seizures:
    """The seizures of a run's contraband at its checkpoints."""
    loads, marks = model.cargo.rows, model.checkpoints
    arrivals = model.cargo.columns(model.passage.legs)["arrival"]
    found = (loads["outcome"] == SEIZED) & (loads["checkpoint"] >= 0)
    found &= loads["commodity"] == model.ledger.commodities.index(model.commodity_name)
    days = np.datetime64(model.plan.start, "D") + loads["ended"][found].astype("timedelta64[D]")
    years = days.astype("datetime64[Y]").astype(int) + 1970
    at = loads["checkpoint"][found]
    names = np.array([
        f"{place}/{kind}" if row < marks.n_ports else place
        for row, (place, kind) in enumerate(zip(marks.place, marks.kind, strict=True))
    ])  # fmt: skip
    states = np.array(model.states.codes)[model.states.of_checkpoint]
    country = {**{key: port.country for key, port in model.ports.items()},
               **{key: dock.country for key, dock in model.plan.geography.docks.items()}}  # fmt: skip
    towards = np.array([country.get(name, "") for name in arrivals.names])[arrivals.codes[found]]
    return Seizures(years, loads["grams"][found] / GRAMS_PER_KG, names[at], states[at], towards)


def outcome(replicate: int) -> list[list[list[float]]]:
    """Every row by world (without, with) and year (before, after)."""
    plan = load(SCENARIO)
    found: dict[int, list[list[float]]] = {}
    for number, model in lived([plan.without_policies(), plan], replicate=replicate, mode="thinned"):
        seized = seizures(model)
        found[number] = [
            [row.told(seized.kg[row.of(seized) & (seized.year == year)]) for year in (BEFORE, AFTER)] for row in ROWS
        ]
    return [found[0], found[1]]


def text(replicates: int) -> str:
    """The page."""
    known = {row["measure"]: row for row in published("natural_experiments") if row["id"] == EVENT}
    found = np.array(list(spread(outcome, range(replicates), PROCESSES)))  # replicates, worlds, rows, years
    page, right, sure = HEADING.format(replicates=replicates), 0, 0
    for number, row in enumerate(ROWS):
        then, now = (float(known[row.measure][f"value_{when}"]) for when in ("before", "after"))
        (plain, treated), middle = found[:, :, number, :].transpose(1, 0, 2), float(found[:, 0, number, 0].mean())
        with_them, without = (100.0 * (each[:, 1].mean() / each[:, 0].mean() - 1.0) for each in (treated, plain))
        due = of_mean(100.0 * (treated[:, 1] - plain[:, 1]) / middle)
        alike = (now > then) == (with_them > 0.0)
        right, sure = right + alike, sure + (due.low > 0.0 or due.high < 0.0)
        page += (
            f"| {row.measure} | {then:,.{row.digits}f} | {now:,.{row.digits}f} | {100.0 * (now / then - 1.0):+.0f} % "
            f"| {middle:,.{row.digits}f} | {with_them:+.0f} % | {without:+.0f} % "
            f"| {due.value:+.1f} % ({due.low:+.1f} to {due.high:+.1f}) | {'as published' if alike else '**other**'} |\n"
        )
    return page + READING.format(right=right, rows=len(ROWS), sure=sure)


def main(arguments: list[str]) -> None:
    """Live both worlds and print the page."""
    compile_once("thinned", quiet=True)
    sys.stdout.write(text(int(arguments[0]) if arguments else REPLICATES))


if __name__ == "__main__":
    main(sys.argv[1:])
