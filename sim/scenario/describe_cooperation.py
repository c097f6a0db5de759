"""Intelligence and cooperation in plain words: what states come to know, and whom they tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.scenario.phrases import amount, day_of, figure, percent, several
from sim.scenario.scenario import Scenario
from sim.world.cooperation import Agreement, Forum


def known_and_shared(scenario: Scenario) -> Iterator[str]:
    """How intelligence arises and fades, then a sentence on each agreement and on the forum."""
    sources, cooperation = scenario.intelligence, scenario.cooperation
    yield (
        f"States learn of loads from sources of their own, of a craft that leaves their coast with chance "
        f"{percent(sources.coast)}; a seizure teaches each thing about a load with chance "
        f"{percent(sources.seizure.chance)}, at a likelihood ratio of {figure(sources.seizure.quality)}. What they "
        f"know is worth half after {amount(sources.half_life_days, 'day')} and kept for {figure(sources.kept_days)}."
    )
    if cooperation.pooled:
        yield "Everything that any state knows, all know at once."
    elif cooperation.agreements or cooperation.forum.members or cooperation.forum.candidates:
        yield "States share what they know:"
        for key, terms in cooperation.agreements.items():
            yield f"  - {key.replace('_', ' ')}: {_agreement(terms)}"
        if cooperation.forum.members or cooperation.forum.candidates:
            yield f"  - {cooperation.forum.name}, a forum: {_forum(cooperation.forum, scenario)}"
        if cooperation.onward:
            yield "What they were told they pass on too."
    else:
        yield "Each state keeps to itself what it knows."


def _agreement(terms: Agreement) -> str:
    who = f"{several(terms.states)} with {several(terms.partners)}" if terms.partners else several(terms.states)
    how = "everything" if terms.binding else percent(terms.probability)
    when = f" from {day_of(terms.start)}" if terms.start else ""
    when += f" to {day_of(terms.end)}" if terms.end else ""
    return f"{who}{when}; {how} of {several(terms.shares)}, after {amount(terms.days, 'day')}."


def _forum(terms: Forum, scenario: Scenario) -> str:
    binding = "binding" if terms.binding else f"voluntary, {percent(terms.compliance)} at full participation"
    days = terms.days * terms.interoperability
    more = f"; {several(terms.candidates)} may join" if terms.candidates else ""
    about = f" about {several(_goods(scenario, terms.commodities))}" if terms.commodities is not None else ""
    wider = "".join(
        f"; from {day_of(step.start)} also {several([*step.shares, *_goods(scenario, step.commodities)])}"
        for step in terms.widening
    )
    return (
        f"{several(terms.members)}{more}; {binding}, of {several(terms.shares)}{about}, after {amount(days, 'day')}"
        f"{wider}. Members meet {amount(terms.meetings_per_year, 'time')} a year and take part the "
        "more the more they gain."
    )


def _goods(scenario: Scenario, keys: Iterable[str]) -> Iterator[str]:
    """Commodities by their names; precursors have none of their own."""
    return (scenario.commodities[key].name if key in scenario.commodities else key for key in keys)
