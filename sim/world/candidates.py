"""Candidates: which ways lead from an area to a market, by which gateways, and which of them are worth keeping."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.world.network import MODES, Legs, Network, Side

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]
Chosen = NDArray[np.bool_]
Places = NDArray[np.signedinteger[Any]]

_HUB_SHARE = 5  # one candidate in five may change ship at a hub where the lane also goes direct
_ROAD, _SMALL_CRAFT = MODES.index("road"), MODES.index("small_craft")
CROSSINGS = ("container", "small_craft")
"""Ways to cross the sea."""
_LONGEST = np.iinfo(np.int64).max


class Hauls(NamedTuple):
    """What carriage over land takes from an area to each site, or from each site to a market: always by a warehouse."""

    usd: Floats
    """float64[S], money per kilogram; NaN where no road leads."""
    legs: Rows
    """int32[S, 2], rows of the legs in the order of the journey."""


class Ways(NamedTuple):
    """Many ways over the sea, or from an area to a market, as columns.

    Gateways and hubs stand as rows of lists in the order of their names, so that rows compare as names do.
    """

    usd: Floats
    """Money per kilogram, fixed costs spread over a full load."""
    days: NDArray[np.int64]
    """Days at sea and in ports."""
    departure: Places
    hub: Places
    """Where it changes ship; -1 where nowhere."""
    arrival: Places

    def at(self, rows: NDArray[Any]) -> Ways:
        """Some of them, by row or where true."""
        return Ways._make(column[rows] for column in self)

    def in_order(self) -> Ways:
        """The same by money, then days, departure, hub and arrival."""
        return self.at(np.lexsort(self[::-1]))

    def picked(self, most: int, *ends: str) -> Ways:
        """At most `most` of ways in order, in rounds: every place at each of the ends (departure, hub, arrival) sends
        its cheapest way before its second."""
        rounds = np.minimum.reduce([_nth(getattr(self, end)) for end in ends])
        return self.at(np.argsort(rounds, kind="stable")[: max(most, 0)])


def _nth(group: Places) -> NDArray[np.int64]:
    """How many of its group stand before each: int64[N]."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))[: len(group)]
    nth = np.empty(len(group), np.int64)
    nth[order] = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    return nth


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """What every area and market share: the ways over the sea between D departure and A arrival gateways, H hubs."""

    network: Network
    open: Chosen
    """bool[legs]: which legs there are now."""
    departures: Rows
    """int32[D], rows of the sites in the order of their names; so the others."""
    arrivals: Rows
    hubs: Rows
    direct: Rows
    """int32[D, A], the leg from gateway to gateway, -1 where there is none."""
    into: Rows
    """int32[H, D], the leg into each hub."""
    out: Rows
    """int32[H, A], the leg out of each hub."""
    by: Places
    """int16[D, A], the hub of the best way from gateway to gateway; -1 where it is direct, or where there is none."""
    ways: Ways
    """The best way from each departure to each arrival gateway, by days, departure, hub and arrival."""
    _hauls: dict[str, Hauls] = field(default_factory=dict, init=False)

    def candidates(self, area: str, market: str, most: int, modes: Collection[str] = CROSSINGS) -> Rows:
        """Ways from an area to a market, the cheapest for each pair of gateways, at most `most`, the cheapest first.

        A pair that has a direct lane takes it; beside it, up to a fifth of all ways change ship at a hub, shared out
        evenly among hubs. When there are more than `most`, every departure and every arrival gateway keeps its cheapest
        way before any keeps its second, so that no gateway disappears. modes: how the sea may be crossed.

        Returns int32[R, 6]: rows of two legs over land, one or two over the sea (else -1), and two over land.
        """
        inland, onward = self._haul(area, onward=False), self._haul(market, onward=True)
        before, after = inland.usd[self.departures], onward.usd[self.arrivals]
        ways = _whole(self.ways.at(self._go_by(modes)), before, after)
        ways = ways.at(np.argsort(ways.usd, kind="stable"))
        beside = self._beside(before, after).in_order()
        beside = beside if "container" in modes else beside.at(beside.hub < 0)
        beside = beside.picked(max(most // _HUB_SHARE, most - len(ways.usd)), "hub")
        picked = ways.picked(most - len(beside.usd), "departure", "arrival")
        columns: Any = zip(picked, beside, strict=True)
        found = Ways._make(map(np.concatenate, columns)).in_order()
        first, second = self.direct[found.departure, found.arrival], np.full(len(found.usd), -1, np.int32)
        changing, by_hub = found.hub >= 0, found.at(found.hub >= 0)
        first[changing] = self.into[by_hub.hub, by_hub.departure]
        second[changing] = self.out[by_hub.hub, by_hub.arrival]
        ends = inland.legs[self.departures[found.departure]], onward.legs[self.arrivals[found.arrival]]
        return np.column_stack([ends[0], first, second, ends[1]]).astype(np.int32)

    def _go_by(self, modes: Collection[str]) -> NDArray[np.bool_]:
        """Which of the best ways cross by one of some modes: bool[W]. By a hub none goes but containers."""
        straight = self.direct[self.ways.departure, self.ways.arrival]
        craft = (straight >= 0) & (self.network.legs.mode[straight] == _SMALL_CRAFT)
        allowed: NDArray[np.bool_] = np.where(craft, "small_craft" in modes, "container" in modes)
        return allowed

    def _haul(self, site: str, *, onward: bool) -> Hauls:
        if site not in self._hauls:
            self._hauls[site] = hauls(self.network, site, onward=onward, there=self.open)
        return self._hauls[site]

    def _beside(self, before: Floats, after: Floats) -> Ways:
        """Ways by a hub beside the best way of their gateways: for each hub, each departure to the best arrival behind
        it, and the best departure to each arrival.

        before, after: float64[D] and float64[A], money per kilogram from the area and to the market.
        """
        usd, days = _costs(self.network.legs)
        starts, first = _cheapest(usd[self.into] + before, days[self.into])
        ends, last = _cheapest(usd[self.out] + after, days[self.out])
        both = (first >= 0) & (last >= 0)
        hub, departure = np.nonzero(starts & both[:, None])
        there, arrival = np.nonzero(ends & both[:, None])
        others = arrival != last[there]  # the best of both ends comes once
        hub, departure, arrival = (
            np.concatenate([hub, there[others]]),
            np.concatenate([departure, first[there[others]]]),
            np.concatenate([last[hub], arrival[others]]),
        )
        into, out = self.into[hub, departure], self.out[hub, arrival]
        found = Ways(usd[into] + usd[out], days[into] + days[out], departure, hub, arrival)
        return _whole(found.at(self.by[departure, arrival] != hub), before, after)


def _costs(legs: Legs) -> tuple[Floats, NDArray[np.int64]]:
    """Money per kilogram and days of each leg; the last entry, which -1 reads, is that of no leg: inf and 0."""
    return np.append(legs.usd_per_kg + legs.usd_fixed / legs.capacity_kg, np.inf), np.append(legs.days, 0)


def _whole(ways: Ways, before: Floats, after: Floats) -> Ways:
    """Those whose gateways are joined to an area and to a market, with the money for the whole way."""
    usd = before[ways.departure] + ways.usd + after[ways.arrival]
    return ways._replace(usd=usd).at(~np.isnan(usd))


def _cheapest(usd: Floats, days: NDArray[np.int64]) -> tuple[NDArray[np.bool_], Rows]:
    """Which gateways each hub is joined to, bool[H, G], and the cheapest of them, of equals the quickest, of these the
    first: int32[H], -1 for none."""
    joined = np.isfinite(usd)
    usd = np.where(joined, usd, np.inf)
    least = usd.min(axis=1, initial=np.inf, keepdims=True)
    quick = np.where(joined & (usd == least), days, _LONGEST)
    none = ~joined.any(axis=1)
    return joined, np.where(none, -1, quick.argmin(axis=1) if usd.shape[1] else -1).astype(np.int32)


def hauls(network: Network, site: str, *, onward: bool, there: Chosen | None = None) -> Hauls:
    """Carriage from an area to every site, or onward from every site to a market; of equals, the nearer warehouse.
    there: bool[legs], which legs there are; all when not given."""
    legs, here = network.legs, network.names.index(site)
    roads = np.flatnonzero(legs.mode == _ROAD if there is None else (legs.mode == _ROAD) & there).astype(np.int32)
    near, far = (legs.destination, legs.origin) if onward else (legs.origin, legs.destination)
    near, far, usd = near[roads], far[roads], legs.usd_per_kg[roads]
    least = np.full(len(network.names), np.inf)
    found = np.full((len(network.names), 2), -1, np.int32)
    first = np.flatnonzero(near == here)
    for haul in first[np.argsort(usd[first], kind="stable")].tolist():
        second = np.flatnonzero(near == far[haul])
        whole = usd[haul] + usd[second]
        better = whole < least[far[second]]
        second, whole = second[better], whole[better]
        least[far[second]] = whole
        pair = np.column_stack([np.full(len(second), roads[haul]), roads[second]])
        found[far[second]] = pair[:, ::-1] if onward else pair
    return Hauls(np.where(np.isfinite(least), least, np.nan), found)


def passages_of(network: Network, there: Chosen | None = None, start: Side = "origin") -> Passages:
    """The sea passages of a network from one side to the other: direct where there is a lane or crossing, else by one
    hub. there: bool[legs], which legs there are; all when not given."""
    end: Side = "destination" if start == "origin" else "origin"
    legs, sites = network.legs, list(network.sites.values())
    there = np.ones(len(legs.mode), np.bool_) if there is None else there
    sea = np.flatnonzero((legs.mode != _ROAD) & there)
    leg = np.full((len(sites), len(sites)), -1, np.int32)
    leg[legs.origin[sea], legs.destination[sea]] = sea
    side, role = (np.array([site.get(word, "") for site in sites]) for word in ("side", "role"))
    by_name = np.array(sorted(range(len(sites)), key=network.names.__getitem__), np.int32)
    left, reached = (leg >= 0).any(axis=1), (leg >= 0).any(axis=0)
    departures, arrivals, hubs = (
        by_name[kept[by_name]]
        for kept in ((side == start) & left, (side == end) & reached, (role == "transit") & left & reached)
    )
    direct, into, out = (leg[np.ix_(*ends)] for ends in ((departures, arrivals), (departures, hubs), (hubs, arrivals)))
    usd, days, by = _by_hub(legs, into.T, out, direct < 0)
    straight = direct >= 0
    costs = _costs(legs)
    usd, days = (np.where(straight, column[direct], hub) for column, hub in zip(costs, (usd, days), strict=True))
    departure, arrival = np.nonzero(straight | (by >= 0))
    pairs = departure, arrival
    ways = Ways(usd[pairs], days[pairs], departure.astype(np.int16), by[pairs], arrival.astype(np.int16))
    ordered = ways.at(np.lexsort(ways[:0:-1]))
    return Passages(network, there, departures, arrivals, hubs, direct, into.T, out, by, ordered)


def _by_hub(legs: Legs, into: Rows, out: Rows, wanted: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.int64], Places]:
    """Money, days and hub of the best way by a hub for each pair that wants one, [D, A] each; -1 for no hub.

    The cheapest is best, of equals the quickest, of these the first.
    """
    usd, days = _costs(legs)
    least, quickest = np.full(wanted.shape, np.inf), np.full(wanted.shape, _LONGEST)
    by = np.full(wanted.shape, -1, np.int16)
    for hub in range(len(into)):
        pairs = np.ix_(np.flatnonzero(into[hub] >= 0), np.flatnonzero(out[hub] >= 0))
        first, second = into[hub][pairs[0]], out[hub][pairs[1]]
        money, time = usd[first] + usd[second], days[first] + days[second]
        better = (money < least[pairs]) | ((money == least[pairs]) & (time < quickest[pairs]))
        better &= wanted[pairs]
        least[pairs] = np.where(better, money, least[pairs])
        quickest[pairs] = np.where(better, time, quickest[pairs])
        by[pairs] = np.where(better, hub, by[pairs])
    return least, quickest, by
