"""Dates of a scenario against its days: what would never come is told, or left out where fewer days are asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sim.scenario.findings import Findings, Location, numbered

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def check_policies_in_time(scenario: Scenario, found: Findings) -> None:
    """Policies have a day in the run."""
    for number, policy in numbered(scenario.policies):
        _in_time(scenario, ("policies", number), policy.start, policy.end, found)


def check_disruptions_in_time(scenario: Scenario, found: Findings) -> None:
    """Disruptions have one."""
    for number, disruption in enumerate(scenario.disruptions):
        _in_time(scenario, ("disruptions", number), disruption.start, disruption.end, found)


def check_cooperation_in_time(scenario: Scenario, found: Findings) -> None:
    """Agreements have one, and nothing in the forum is to come after the last day."""
    forum, place = scenario.cooperation.forum, ("cooperation", "forum")
    for name, terms in scenario.cooperation.agreements.items():
        _in_time(scenario, ("cooperation", "agreements", name), terms.start, terms.end, found)
    for name, when in forum.members.items():
        _not_after(scenario, (*place, "members", name), when, "Let it join", found)
    for row, wider in enumerate(forum.widening):
        _not_after(scenario, (*place, "widening", row, "start"), wider.start, "Start it", found)
    if forum.members or forum.candidates or forum.widening:
        _not_after(scenario, (*place, "founded"), forum.founded, "Found it", found)


def _in_time(scenario: Scenario, place: Location, start: date | None, end: date | None, found: Findings) -> None:
    _not_after(scenario, (*place, "start"), start, "Start it", found)
    if end is not None and end < scenario.start:
        found.add((*place, "end"), f"{end} is before the first day, {scenario.start}. End it later.")


def _not_after(scenario: Scenario, place: Location, when: date | None, to_do: str, found: Findings) -> None:
    if when is not None and when > scenario.end:
        found.add(place, f"{when} is after the last day, {scenario.end}. {to_do} earlier, or give more days.")


def lasting(scenario: Scenario, days: int) -> tuple[Scenario, list[str]]:
    """The scenario with another number of days, without what would begin after them; and what that is called.

    Raises OverflowError and ValidationError where there cannot be so many.
    """
    last = scenario.start + timedelta(days=max(days, 1) - 1)
    late: list[str] = []

    def comes(when: date | None, called: str) -> bool:
        if when is not None and when > last:
            late.append(called)
        return when is None or when <= last

    cooperation = scenario.cooperation
    agreements, forum = cooperation.agreements, cooperation.forum
    kept: dict[str, Any] = {
        "policies": tuple(each for each in scenario.policies if comes(each.start, each.called)),
        "disruptions": tuple(each for each in scenario.disruptions if comes(each.start, each.name)),
    }
    told = len(late)
    agreed = {name: each for name, each in agreements.items() if comes(each.start, f"agreement {name}")}
    filled: dict[str, Any] = {"members": {}, "candidates": (), "widening": ()}
    if comes(forum.founded, forum.name):
        filled = {
            "members": {name: when for name, when in forum.members.items() if comes(when, f"{name} in {forum.name}")},
            "widening": tuple(each for each in forum.widening if comes(each.start, f"widening of {forum.name}")),
        }
    if len(late) > told:
        forum = forum.model_copy(update=filled)
        kept["cooperation"] = cooperation.model_copy(update={"agreements": agreed, "forum": forum})
    return scenario.replaced(days=days, **kept), late
