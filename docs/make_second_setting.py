"""Prints docs/second_setting.md: the Bali Process held against published arrivals, and what its forum did.

`python docs/make_second_setting.py > docs/second_setting.md` lives the scenario a few times, which takes some minutes;
`python docs/make_second_setting.py REPLICATES` says how often.
"""

from __future__ import annotations

import statistics
import sys
from datetime import date
from typing import NamedTuple

from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.study import measures
from sim.study.run import compile_once, live
from sim.world.atlas import published
from sim.world.ledger import EVENTS, Event

SCENARIO, GOOD = "bali_process", "to_australia"
REPLICATES = 4
WITHOUT = "cooperation.forum.members={}", "cooperation.forum.candidates=[]"
TOLD = (
    "people_departed", "people_stopped_ashore", "people_arrived", "people_intercepted", "people_rescued",
    "people_returned", "people_lost", "people_days_at_sea",
)  # fmt: skip

HEADING = """\
# The second setting

The scenario [bali_process](../scenarios/bali_process.yaml): Southeast Asia and the eastern Indian Ocean from July 1999
to December 2014, with people who cross the sea, synthetic drugs on the same coasts and in containers, and a voluntary
forum. `docs/make_second_setting.py` makes this page, from {replicates} replicates in thinned mode.

## Who reached Australia by sea

Published is who came by boat. Of the model it is who arrived, and who was intercepted or rescued on the way there and
not returned. **This is no test**: how many wait for a passage was put in, for the open years about as high as what was
published. What the mechanisms add is what became of it when returns began (September 2001 and September 2013) and
ended (February 2008).

| from | to | published | model, mean | lowest | highest | source |
|---|---|---|---|---|---|---|
"""

READING = """\

How to read it: departures fall when people and networks learn that boats are returned, and come back when they
are not. They fall less than they did: fewer people choose to go as the perceived chance falls, but those who were
returned wait again, and networks are paid in part before departure. Detention, processing in third countries and what
states of departure did on land are no part of the model, and none of the assumed elasticities was fitted.

## With and without the forum

Paired: the same luck, with the forum as the scenario has it and with no members at all. Means over {replicates}
replicates, persons over the whole run, and the standard error of the difference.

| | with the forum | without | difference | standard error |
|---|---|---|---|---|
"""


class Lived(NamedTuple):
    """What is kept of a replicate."""

    reached: dict[tuple[date, date], int]
    totals: dict[str, float]


def lived(replicate: int, *overrides: str) -> Lived:
    """One replicate of the scenario."""
    plan = load(SCENARIO, overrides=list(overrides))
    model = live(plan, replicate=replicate, mode="thinned")
    spans = [(date.fromisoformat(row["start"]), date.fromisoformat(row["end"])) for row in published("arrivals")]
    return Lived({span: _reached(model, *span) for span in spans}, dict(measures.totals(model)))


def _reached(model: SmugglingModel, start: date, end: date) -> int:
    """Persons who came to Australia between two days, both included."""
    lines, ledger, first = model.ledger.table.rows, model.ledger, model.plan.start
    within = (lines["day"] >= (start - first).days) & (lines["day"] <= (end - first).days)
    within &= lines["commodity"] == ledger.commodities.index(GOOD)
    signs: dict[Event, int] = {"delivered": 1, "intercepted": 1, "rescued": 1, "returned": -1}
    return sum(
        sign * int(lines["grams"][within & (lines["event"] == EVENTS.index(event))].sum())
        for event, sign in signs.items()
    )


def text(replicates: int) -> str:
    """The page."""
    runs = [lived(replicate) for replicate in range(replicates)]
    without = [lived(replicate, *WITHOUT) for replicate in range(replicates)]
    page = HEADING.format(replicates=replicates)
    for row in published("arrivals"):
        span = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
        found = [run.reached[span] for run in runs]
        page += f"| {row['start']} | {row['end']} | {int(row['persons']):,} | {statistics.mean(found):,.0f} "
        page += f"| {min(found):,} | {max(found):,} | `{row['source_key']}` |\n"
    page += READING.format(replicates=replicates)
    for name in TOLD:
        ours, theirs = ([run.totals[name] for run in each] for each in (runs, without))
        gaps = [one - other for one, other in zip(ours, theirs, strict=True)]
        error = statistics.stdev(gaps) / len(gaps) ** 0.5
        page += f"| {name.removeprefix('people_').replace('_', ' ')} | {statistics.mean(ours):,.0f} "
        page += f"| {statistics.mean(theirs):,.0f} | {statistics.mean(gaps):+,.0f} | {error:,.0f} |\n"
    return page


def main(arguments: list[str]) -> None:
    """Live the scenario with and without its forum, and print the page."""
    compile_once("thinned", quiet=True)
    sys.stdout.write(text(int(arguments[0]) if arguments else REPLICATES))


if __name__ == "__main__":
    main(sys.argv[1:])
