"""Disruptions of the route graph, in plain words: what is closed or slowed, when, and what becomes of its trade."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.phrases import amount, day_of, percent, several
from sim.scenario.scenario import Scenario
from sim.world.disruption import Disruption


def disrupted(scenario: Scenario) -> Iterator[str]:
    """A sentence on each, below one that says what they do."""
    if scenario.disruptions:
        yield CHANGES
    yield from (f"  - {told}" for told in each_disruption(scenario))


CHANGES = "The route graph changes, and organisations find the ways that then are the cheapest:"


def each_disruption(scenario: Scenario) -> Iterator[str]:
    """What each is called, when it is, what it closes or slows, and what becomes of trade."""
    sites = {**scenario.ports(), **scenario.geography.docks, **scenario.geography.warehouses}
    for disruption in scenario.disruptions:
        lines = [f"the line {line.replace('>', ' to ')}" for line in disruption.lines]
        canals = [f"the passage {canal.replace('_', ' ').capitalize()}" for canal in disruption.canals]
        what = several([*(sites[name].name if name in sites else name for name in disruption.places), *lines, *canals])
        yield f"{disruption.name}, {_when(disruption)}: {what} {_how(disruption)}."


def _when(disruption: Disruption) -> str:
    if disruption.start is None and disruption.end is not None:
        return f"until {day_of(disruption.end)}"
    since = f"from {day_of(disruption.start)}" if disruption.start is not None else ""
    return f"{since} to {day_of(disruption.end)}" if disruption.end is not None else f"{since} on, for good"


def _how(disruption: Disruption) -> str:
    taken = f"other ports of the region take up {percent(disruption.taken_up)} of the rest"
    if disruption.closes:
        round_it = ", where ships do not sail round" if disruption.canals else ""
        return f"closed; {taken.replace('the rest', 'the containers')}{round_it}"
    late = f", {amount(disruption.delay_days, 'day')} late" if disruption.delay_days else ""
    return f"handle {percent(disruption.keeps)} of their containers{late}; {taken}"
