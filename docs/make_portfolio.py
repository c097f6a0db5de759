"""Prints docs/portfolio.md: which mixes of what cooperation names no other beats under a budget, on the flagship.

`python docs/make_portfolio.py FOLDER > docs/portfolio.md` takes half an hour on two processes, and keeps each run in
the folder: the same command goes on where it was broken off. `... FOLDER EVALUATIONS FUTURES` asks for other numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import sim
from sim.report.portfolio_command import futures_told, mix_told
from sim.report.words import money
from sim.study.portfolio import Portfolio
from sim.study.run import compile_once

SCENARIO, BUDGET_USD = "policies/cooperation_package", 350e6
EVALUATIONS, FUTURES, PROCESSES = 60, 6, 2
COST, DELIVERED = "policy_cost_usd", "delivered_kg"

HEADING = """\
# Cooperation under a budget

The scenario [cooperation_package](../scenarios/policies/cooperation_package.yaml) lays {policies} policies over the
flagship from 2021 on: all that cooperation between France and Latin America names. Together they cost {all_of_it} by
the end of 2023. Which of them are worth having if {budget} are there? `docs/make_portfolio.py` makes this page, by
[`chokepoint portfolio`](comparing.md#a-budget). The optimiser asked for {asked} mixes; {lived} different ones were
lived, doing nothing, doing everything and each policy alone among them, every one in the same {futures} futures in
thinned mode.

{told}
"""
ALONE = """
## Each policy by itself

In full, against doing nothing in the same futures: what is delivered from 2019 to 2023, in tonnes, and the 95 %
interval of the change (Student's t over {futures} futures).

| policy | cost | change, t | interval |
|---|---:|---:|---:|
"""
FRONT = """
## Mixes that none other beats

{front} of the mixes are within the budget while no other within it costs less and lets less through. *Front in*:
futures in which that holds of the future by itself.

| cost | delivered, t | change, t | interval | front in | what is done |
|---:|---:|---:|---:|---:|---|
"""
READING = """
## How to read this

- {sure} of {policies} policies change by themselves what is delivered beyond doubt. The others may do what they are
  for (in courts, among those who are recruited, for legal trade) without it, or too little to tell from luck with so
  few futures.
- There are {possible:,} mixes at half steps, of which {lived} were lived. Neighbours on the front differ by less than
  their intervals: it says what may be worth a closer look with `chokepoint compare` and thirty replicates, and is no
  ranking.
- Numbers and costs of the policies are mostly assumed; the futures draw them over their ranges.
  [model.md](model.md) says what the levers leave out.
"""


def page(found: Portfolio, asked: int) -> str:
    """The whole page."""
    count, mixes = len(found.policies), found.mixes
    extents = mixes[list(found.policies)]
    alone = mixes[(extents.sum(axis=1) == 1.0) & (extents.max(axis=1) == 1.0)]
    everything = mixes[extents.min(axis=1) == 1.0].iloc[0]
    sure = int(((alone[f"{DELIVERED}_change_low"] > 0) | (alone[f"{DELIVERED}_change_high"] < 0)).sum())
    words = {
        "policies": count,
        "all_of_it": money(everything[f"{COST}_mean"]),
        "budget": money(found.budget_usd),
        "asked": asked,
        "lived": len(mixes),
        "futures": len(found.futures),
        "told": " ".join(line.strip() for line in futures_told(found)),
        "front": len(found.front),
        "sure": sure,
        "possible": (found.steps + 1) ** count,
    }
    lines = [HEADING.format(**words), ALONE.format(**words)]
    for number, row in alone.sort_values(f"{DELIVERED}_change").iterrows():
        lines.append(f"| {mix_told(found, int(str(number)))} | {money(row[f'{COST}_mean'])} | {_change(row)} |\n")
    lines.append(f"| *all of them* | {words['all_of_it']} | {_change(everything)} |\n")
    lines.append(FRONT.format(**words))
    for number, row in found.front.iterrows():
        share = f"{row['front_in']}/{len(found.futures)}"
        cells = [money(row[f"{COST}_mean"]), _tonnes(row[f"{DELIVERED}_mean"]), _change(row), share]
        lines.append(f"| {' | '.join([*cells, mix_told(found, int(str(number)))])} |\n")
    return "".join([*lines, READING.format(**words)])


def _change(row: pd.Series) -> str:
    """Change of what is delivered and its interval, as two cells."""
    name = f"{DELIVERED}_change"
    return f"{_tonnes(row[name], '+')} | {_tonnes(row[f'{name}_low'], '+')} to {_tonnes(row[f'{name}_high'], '+')}"


def _tonnes(kg: float, sign: str = "") -> str:
    return f"{kg / 1000.0:{sign},.1f}"


def main(arguments: list[str]) -> None:
    """Search and print the page."""
    folder, *numbers = arguments
    asked, futures = map(int, numbers) if numbers else (EVALUATIONS, FUTURES)
    compile_once("thinned", quiet=False)
    found = sim.portfolio(
        sim.load(SCENARIO), budget_usd=BUDGET_USD, futures=futures, evaluations=asked, jobs=PROCESSES,
        folder=Path(folder),
    )  # fmt: skip
    sys.stdout.write(page(found, asked))


if __name__ == "__main__":
    main(sys.argv[1:])
