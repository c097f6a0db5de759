"""Displacement: where loads went instead, and how much of a loss at the treated places came back elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.study.intervals import Floats, mean, of_ratio

if TYPE_CHECKING:
    from datetime import date

    from sim.policies.policy import Policy
    from sim.scenario.scenario import Scenario
    from sim.world.disruption import Disruption


class Treated(NamedTuple):
    """What the policies speak of in which two worlds differ."""

    places: tuple[str, ...]
    """Sites and sea zones, regions and countries resolved; none where no policy names a place."""
    since: date | None
    """Day on which the first of these policies starts, or the run where it starts later; None without a policy."""
    until: date
    """Last day of the run."""

    def days_by_month(self) -> dict[str, int]:
        """Days in force by calendar month, as `2025-01`."""
        if self.since is None:
            return {}
        first, last = np.datetime64(self.since, "D"), np.datetime64(self.until, "D")
        days = np.arange(first, last + np.timedelta64(1, "D"))
        months, count = np.unique(days.astype("datetime64[M]"), return_counts=True)
        return dict(zip(months.astype(str).tolist(), count.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Displacement:
    """What the treated places lose, what all other ways gain, and the ratio of the two, with its interval."""

    places: tuple[str, ...]
    loss_kg: float
    """Mean over pairs of what is sent less past the treated places."""
    gain_kg: float
    """Mean over pairs of what is sent more on ways past none of them."""
    ratio: float
    """Gain over loss: 1 where all comes back elsewhere, between 0 and 1 in part, above 1 more than was lost; nan where
    the treated places lose nothing."""
    low: float
    high: float
    """Ends of Fieller's interval; nan where the loss is too uncertain for one."""


def treated_between(base: Scenario, other: Scenario) -> Treated:
    """The places that are treated in one of two worlds and not in the other, by the policies and the disruptions of the
    route graph that they do not share."""
    pairs = [(_beyond(one.policies, two.policies), _beyond(one.disruptions, two.disruptions))
             for one, two in ((other, base), (base, other))]  # fmt: skip
    places = dict.fromkeys(place for policies, _ in pairs for policy in policies for place in places_of(other, policy))
    places |= dict.fromkeys(place for _, changed in pairs for each in changed for place in _disrupted(other, each))
    since = min((day for policies, changed in pairs for day in _first_days(base, policies, changed)), default=None)
    return Treated(tuple(places), since, other.end)


def begins_in(other: Scenario, base: Scenario) -> date | None:
    """Day on which a world's own begins: the first of the policies and disruptions that another does not have, or the
    run where it starts later; None without any."""
    policies, changed = _beyond(other.policies, base.policies), _beyond(other.disruptions, base.disruptions)
    return min(_first_days(base, policies, changed), default=None)


def _beyond[T](ours: Sequence[T], theirs: Sequence[T]) -> list[T]:
    return [each for each in ours if each not in theirs]


def _first_days(base: Scenario, policies: Sequence[Policy], changed: Sequence[Disruption]) -> list[date]:
    """The days on which they begin, none of them before the run."""
    days = [policy.start for policy in policies] + [each.start or base.start for each in changed]
    return [max(day, base.start) for day in days]


def _disrupted(scenario: Scenario, disruption: Disruption) -> list[str]:
    """Sites that a disruption speaks of, the ports of regions and countries; lines and canals are none."""
    geography, named = scenario.geography, set(disruption.places)
    ports = [key for key, port in scenario.ports().items() if named & {key, port.region, port.country}]
    return ports + [key for key in (*geography.docks, *geography.warehouses) if key in named]


def places_of(scenario: Scenario, policy: Policy) -> list[str]:
    """Sites and sea zones that a policy speaks of.

    A region or country stands for its ports where the policy names ports, and for all sites in it where it names places
    of any kind.
    """
    geography, ports = scenario.geography, scenario.ports()
    known = {key: (key, port.region, port.country) for key, port in ports.items()}
    sites = (geography.production_areas, geography.warehouses, geography.docks, geography.markets)
    around: dict[str, tuple[str, ...]] = {key: (key, site.country) for group in sites for key, site in group.items()}
    around |= {zone: (zone,) for zone in scenario.waters}
    of_ports = set(getattr(policy, "ports", ()))
    named = set(policy.places())
    found = [key for key, names in known.items() if named & set(names)]
    return found + [key for key, names in around.items() if (named - of_ports) & set(names)]


# ------------------------------------------------------------------ ratio


def displacement_ratio(loss: Floats, gain: Floats, places: Sequence[str] = ()) -> Displacement:
    """The ratio of mean gain to mean loss over pairs, with Fieller's interval.

    loss, gain: float64[n], kilograms by pair. It has two ends only where the loss differs from 0.
    """
    found = of_ratio(gain, loss)
    return Displacement(tuple(places), mean(loss), mean(gain), *found)
