"""What the commodities of a scenario say of places, and of each other: whence, where to, and what is called alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.scenario.findings import KEY, Findings, numbered
from sim.world.commodity import INTERMEDIATE, Drug, People, finishing_of, precursors_of
from sim.world.making import PRECURSORS

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.world.commodity import Concealment
    from sim.world.site import Market, ProductionArea


def check_commodities(scenario: Scenario, found: Findings) -> None:
    """Each commodity comes from areas and goes to markets on the other side, and what is called alike is the same."""
    geography, goods = scenario.geography, scenario.commodities
    for where, places in (("production_areas", geography.production_areas), ("markets", geography.markets)):
        for name, place in places.items():
            if place.commodity is not None:
                found.unknown(("geography", where, name, "commodity"), place.commodity, goods, "a commodity")
    if not set(scenario.commodity_by_place().values()) <= set(goods):
        return
    if isinstance(goods[scenario.main_commodity], People):
        way_out = "Name them at their areas and markets by `commodity`."
        if all(isinstance(good, People) for good in goods.values()):
            way_out = "Give goods beside them, with areas and markets."
        text = f"{scenario.main_commodity} are people, and no goods. {way_out}"
        found.add(("geography", "production_areas"), text)
    for key, good in goods.items():
        if isinstance(good, People) and not scenario.transport.small_craft.boats:
            text = f"{key} cross the sea in none. Give `boats` of one kind or more."
            found.add(("transport", "small_craft"), text)
    hidings: dict[str, tuple[str, Concealment]] = {}
    for key, good in goods.items():
        areas, markets = scenario.areas_of(key), scenario.markets_of(key)
        shares = {
            "production_areas": [float(area.share) for area in areas.values()],
            "markets": [float(market.demand_share) for market in markets.values()],
        }
        for where, parts in shares.items():
            if not parts:
                found.add(("geography", where), f"none is for {key}. Give at least one.", about=("none", key))
            else:
                found.not_one(("geography", where), parts, key if len(goods) > 1 else "")
        sides = {area.side for area in areas.values()}
        if len(sides) > 1 or sides & {market.side for market in markets.values()}:
            text = (
                f"{key} leaves one side of the ocean for the other. Give its areas one `side`, its markets the other."
            )
            found.add(("commodities", key, KEY), text, about=("sides", key))
        for name, hiding in good.ways_to_hide.items():
            other, known = hidings.setdefault(name, (key, hiding))
            if known != hiding:
                text = f"is not the same as commodities.{other}.concealments.{name}. Make it so, or call it otherwise."
                found.add(("commodities", key, "concealments", name, KEY), text)


def check_precursors(scenario: Scenario, found: Findings) -> None:
    """One commodity has precursors at most, and they arrive where exports are controlled."""
    ports = scenario.ports()
    needing = [key for key, good in scenario.commodities.items() if precursors_of({key: good})]
    for key in needing[1:]:
        text = f"{needing[0]} has precursors already, and one commodity of a scenario can."
        found.add(("commodities", key, "precursors"), text)
    for key, commodity in scenario.commodities.items():
        if key == PRECURSORS:
            text = f"{PRECURSORS} is the name of what laboratories need in the books. Call the commodity otherwise."
            found.add(("commodities", key, KEY), text)
        needed = precursors_of({key: commodity})
        for number, name in enumerate(needed.gateways if needed else ()):
            place = ("commodities", key, "precursors", "gateways", number)
            found.unknown(place, name, ports, "a port in play")
            if name in ports and ports[name].role == "destination":
                found.add(place, f"{name} is a destination port. Name ports that exports are controlled at.", name)


def check_finishing(scenario: Scenario, found: Findings) -> None:
    """One commodity is finished at its destination at most, under a name of its own; raids must find laboratories."""
    later = [key for key, good in scenario.commodities.items() if finishing_of({key: good})]
    for key in later[1:]:
        text = f"{later[0]} is finished at its markets already, and one commodity of a scenario can be."
        found.add(("commodities", key, "finishing"), text)
    for key, good in scenario.commodities.items():
        if INTERMEDIATE in getattr(good, "concealments", ()):
            place = ("commodities", key, "concealments", INTERMEDIATE, KEY)
            found.add(place, f"{INTERMEDIATE} is the name of what is finished later. Call the concealment otherwise.")
    goods = {name: scenario.commodity_at(market) for name, market in scenario.geography.markets.items()}
    for number, policy in numbered(scenario.policies):
        if str(getattr(policy, "kind", "")) != "finishing_raids":
            continue
        if not later:
            text = "no laboratory finishes anything there, give the commodity `finishing` first."
            found.add(("policies", number, "markets"), text)
            continue
        for at, name in enumerate(policy.places()):
            if name in goods and goods[name] not in later:
                text = f"{name} is for {goods[name]}, which no laboratory finishes. Name markets of {later[0]}."
                found.add(("policies", number, "markets", at), text, name)


def check_demand(scenario: Scenario, found: Findings) -> None:
    """Treatment and education are for those who use drugs."""
    otherwise = "is no drug. Name markets of drugs, whose users can be treated."
    _check_drugs(scenario, found, "demand_reduction", "markets", scenario.geography.markets, otherwise)


def check_laboratories(scenario: Scenario, found: Findings) -> None:
    """Laboratories are where a drug is made."""
    otherwise = "is made in no laboratory. Name areas of drugs."
    _check_drugs(scenario, found, "laboratory_raids", "areas", scenario.geography.production_areas, otherwise)


def _check_drugs(
    scenario: Scenario,
    found: Findings,
    kind: str,
    field: str,
    sites: Mapping[str, ProductionArea] | Mapping[str, Market],
    otherwise: str,
) -> None:
    """Policies of a kind name, in a field, sites of drugs only; otherwise: what is said of any other commodity."""
    goods = {name: scenario.commodity_at(site) for name, site in sites.items()}
    for number, policy in numbered(scenario.policies):
        if str(getattr(policy, "kind", "")) == kind:
            for at, name in enumerate(policy.places()):
                if name in goods and not isinstance(scenario.commodities.get(goods[name]), Drug):
                    text = f"{name} is for {goods[name]}, which {otherwise}"
                    found.add(("policies", number, field, at), text, name)


def check_reach(scenario: Scenario, found: Findings) -> None:
    """What a group buys it can sell somewhere, and what it sells it can buy."""
    areas, markets = scenario.geography.production_areas, scenario.geography.markets
    for group, traits in scenario.organisations.items():
        if not set(traits.areas) <= set(areas) or not set(traits.markets or ()) <= set(markets):
            continue
        bought = dict.fromkeys(scenario.commodity_at(areas[name]) for name in traits.areas)
        sold = {scenario.commodity_at(markets[name]) for name in traits.markets or markets}
        for name in (name for name in bought if name not in sold):
            text = f"none of them is for {name}, which it buys. Add one, or leave out its areas."
            found.add(("organisations", group, "markets"), text, about=(group, name))
        for number, name in enumerate(traits.markets or ()):
            if scenario.commodity_at(markets[name]) not in bought:
                text = f"{name} is for what it does not buy. Add an area of that, or leave it out."
                found.add(("organisations", group, "markets", number), text, name)
