"""What the parts of a scenario say of each other: names that exist, shares that add up, dates that meet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import chain
from typing import TYPE_CHECKING, get_args

from pydantic_core import ValidationError

from sim.policies.policy import RESERVED
from sim.scenario.findings import KEY, Findings, Location, numbered, some
from sim.scenario.horizon import check_cooperation_in_time, check_disruptions_in_time, check_policies_in_time
from sim.scenario.mistakes import shown
from sim.scenario.references_goods import (
    check_commodities,
    check_demand,
    check_finishing,
    check_laboratories,
    check_precursors,
    check_reach,
)
from sim.scenario.references_states import STATE, check_cooperation, check_justice, check_states, states_of
from sim.terms import Role
from sim.world.atlas import ports_of
from sim.world.distances import canals_of

if TYPE_CHECKING:
    from sim.policies.policy import Policy
    from sim.scenario.scenario import Scenario
    from sim.world.site import Geography, Port

REST_OF_WORLD = "rest_of_world"


def check_references(scenario: Scenario, sound: Collection[str] | None = None) -> None:
    """Check what a scenario's parts say of each other; raises ValidationError with every contradiction at its place.

    `sound` names the parts that are well formed, when not all are; what needs another one is not checked.
    """
    found = Findings()
    for check, needed in _CHECKS:
        if sound is None or needed <= set(sound):
            check(scenario, found)
    if found.errors:
        raise ValidationError.from_exception_data("Scenario", list(found.errors.values()))


def _shipped_ports(geography: Geography) -> Mapping[str, Port]:
    return ports_of(geography.model_copy(update={"only": None, "ports": {}}))


def _places(ports: Mapping[str, Port]) -> dict[str, None]:
    """Ports by all their names: their own, their region's, their country's."""
    return dict.fromkeys(
        [*ports, *(port.region for port in ports.values()), *(port.country for port in ports.values())]
    )


def _check_geography(scenario: Scenario, found: Findings) -> None:
    geography, ports = scenario.geography, scenario.ports()
    shipped = _shipped_ports(geography)
    for number, name in enumerate(geography.only or ()):
        found.unknown(("geography", "only", number), name, shipped, "a port of the dataset")
    for name in geography.roles:
        place = ("geography", "roles", name, KEY)
        found.unknown(place, name, _places(shipped), "a port, region or country of the dataset")
    roles = {port.role for port in ports.values()}
    for role in ("origin", "destination"):
        if role not in roles:
            found.add(("geography", "ports"), f"no port in play has the role {role}. Give at least one.")
        if all(warehouse.side != role for warehouse in geography.warehouses.values()):
            text = f"none stands on the {role} side. Give at least one on either side."
            found.add(("geography", "warehouses"), text)
    _check_names(scenario, found)
    for name, dock in geography.docks.items():
        for number, zone in enumerate(dock.zones):
            found.unknown(("geography", "docks", name, "zones", number), zone, scenario.waters, "a sea zone")
        for number, kind in enumerate(dock.craft or ()):
            kinds = scenario.transport.small_craft.kinds
            found.unknown(("geography", "docks", name, "craft", number), kind, kinds, "a kind of small craft")
    pairs = set()
    for number, pair in enumerate(scenario.transport.sea_distances):
        here = ("transport", "sea_distances", number)
        for end in ("origin", "destination"):
            found.unknown((*here, end), getattr(pair, end), {**shipped, **ports}, "a port")
        if pair.origin == pair.destination:
            found.add((*here, "destination"), f"{pair.destination} is the origin too. Give two ports.")
        if (pair.origin, pair.destination) in pairs:
            found.add(here, f"the distance from {pair.origin} to {pair.destination} is given twice. Keep one.")
        pairs.add((pair.origin, pair.destination))


def _check_names(scenario: Scenario, found: Findings) -> None:
    """No two places of the route graph, or of the sea, are called alike: one would stand in the place of the other."""
    geography = scenario.geography
    taken = dict.fromkeys(scenario.ports(), "a port")
    sorts: tuple[tuple[Location, Collection[str], str], ...] = (
        (("geography", "production_areas"), geography.production_areas, "a production area"),
        (("geography", "warehouses"), geography.warehouses, "a warehouse"),
        (("geography", "docks"), geography.docks, "a dock"),
        (("geography", "markets"), geography.markets, "a market"),
        (("waters",), scenario.waters, "a sea zone"),
    )
    for place, names, what in sorts:
        for name in names:
            if name in taken:
                found.add((*place, name, KEY), f"{name} is the name of {taken[name]} too. Give each its own.", name)
        taken |= dict.fromkeys(names, what)


def _check_waters(scenario: Scenario, found: Findings) -> None:
    geography, waters = scenario.geography, scenario.waters
    bases = {**scenario.ports(), **geography.docks, **geography.warehouses}
    for name, zone in waters.items():
        for number, group in enumerate(zone.patrols):
            here = ("waters", name, "patrols", number)
            for at, other in enumerate(group.zones):
                found.unknown((*here, "zones", at), other, waters, "a sea zone")
            if group.base is None:
                continue
            found.unknown((*here, "base"), group.base, bases, "a port, dock or warehouse")
            for served in dict.fromkeys((name, *group.zones)):
                if served in waters and waters[served].middle is None:
                    text = f"{group.base} is how far from waters.{served}? Give lat and lon of that zone."
                    found.add((*here, "base"), text, group.base)


def _check_disruptions(scenario: Scenario, found: Findings) -> None:
    geography, ports = scenario.geography, _places(scenario.ports())
    sites = {**ports, **geography.docks, **geography.warehouses}
    canals = canals_of(geography, scenario.transport)
    for number, disruption in enumerate(scenario.disruptions):
        here = ("disruptions", number)
        for at, name in enumerate(disruption.places):
            found.unknown((*here, "places", at), name, sites, "a port, region, country, dock or warehouse in play")
        for at, name in enumerate(disruption.canals):
            found.unknown((*here, "canals", at), name, canals, "a canal on the way between ports")
        for at, line in enumerate(disruption.lines):
            ends = [end.strip() for end in line.split(">")]
            if len(ends) != 2:
                found.add(
                    (*here, "lines", at), f"{shown(line)} is no line. Give FROM>TO, each a port, region or country."
                )
                continue
            for end in ends:
                found.unknown((*here, "lines", at), end, ports, "a port, region or country of the ports in play")


def _check_trade(scenario: Scenario, found: Findings) -> None:
    trade, ports = scenario.trade, scenario.ports()
    for region, mix in trade.mixes.items():
        for cargo in mix:
            found.unknown(("trade", "mixes", region, cargo, KEY), cargo, trade.cargo_classes, "a cargo class")
        found.not_one(("trade", "mixes", region), mix.values())
    for name, port in ports.items():
        if port.role != "destination" and port.region not in trade.mixes:
            text = f"is missing: what do the exports of {name} hold? Give shares of the cargo classes."
            found.add(("trade", "mixes", port.region), text)
    if REST_OF_WORLD not in trade.mixes:
        text = "is missing: what do imports from elsewhere hold? Give shares of the cargo classes."
        found.add(("trade", "mixes", REST_OF_WORLD), text)
    for name in trade.extortion:
        here = _places({**_shipped_ports(scenario.geography), **ports})
        found.unknown(("trade", "extortion", name, KEY), name, here, "a port, region or country of the ports")
    known = {**dict.fromkeys(get_args(Role)), **_places(ports)}
    for pair in trade.gravity.region_boxes:
        place, ends = ("trade", "gravity", "region_boxes", pair, KEY), [end.strip() for end in pair.split(">")]
        if len(ends) != 2:
            found.add(place, f"{shown(pair)} is no pair. Give FROM>TO, each a region or a role.")
            continue
        for end in ends:
            found.unknown(place, end, known, "a region or role of the ports")


def _check_customs(scenario: Scenario, found: Findings) -> None:
    customs = scenario.customs
    # What is said of ports that `only` leaves out does no harm, so that one scenario can narrow another.
    places = _places({**_shipped_ports(scenario.geography), **scenario.ports()})
    what = "a port, region or country of the ports"
    posts = [(("customs",), customs), *((("customs", "posts", name), post) for name, post in customs.posts.items())]
    for where, holder in posts:
        if len(where) > 1:
            found.unknown((*where, KEY), where[-1], places, what)
        for side in ("imports", "exports"):
            post = getattr(holder, side)
            for number, name in enumerate(post.flagged_origins if post is not None else ()):
                found.unknown((*where, side, "flagged_origins", number), name, places, what)
    for field_name in ("known_origins", "known_destinations"):
        for name in getattr(customs, field_name, {}):
            found.unknown(("customs", field_name, name, KEY), name, {**places, REST_OF_WORLD: None}, what)


def _check_diversion(scenario: Scenario, found: Findings) -> None:
    """A policy against diversion must name a place where precursors arrive."""
    ports, gateways = scenario.ports(), scenario.precursor_gateways()
    names = {name for gate in gateways for name in (gate, ports[gate].region, ports[gate].country)}
    for number, policy in numbered(scenario.policies):
        if str(getattr(policy, "kind", "")) == "precursor_control" and not names & set(policy.places()):
            where = f"they arrive at {some(gateways)}." if gateways else "give the commodity `precursors` first."
            found.add(("policies", number, "ports"), f"no precursors arrive there, {where}")


def _check_organisations(scenario: Scenario, found: Findings) -> None:
    geography = scenario.geography
    for group, traits in scenario.organisations.items():
        for number, name in enumerate(traits.areas):
            found.unknown(
                ("organisations", group, "areas", number), name, geography.production_areas, "a production area"
            )
        for number, name in enumerate(traits.markets or ()):
            found.unknown(("organisations", group, "markets", number), name, geography.markets, "a market")
        if traits.life.most is not None and traits.life.most < traits.count:
            text = f"{traits.life.most} is below `count`, {traits.count}. Give as many as there are at first, or more."
            found.add(("organisations", group, "life", "most"), text)


def _check_policies(scenario: Scenario, found: Findings) -> None:
    geography, ports = scenario.geography, scenario.ports()
    around = {**_places(ports), **geography.docks, **dict.fromkeys(dock.country for dock in geography.docks.values())}
    by_field: dict[str, tuple[Collection[str], str]] = {
        "ports": (_places(ports), "a port, region or country of the ports in play"),
        "communities": (around, "a port, coast, region or country whose people could be asked"),
        "zones": (scenario.waters, "a sea zone"),
        "docks": (geography.docks, "a dock"),
        "warehouses": (geography.warehouses, "a warehouse"),
        "markets": (geography.markets, "a market"),
        "areas": (geography.production_areas, "a production area"),
        "states": (states_of(scenario), STATE),
    }
    anywhere = dict.fromkeys(chain.from_iterable(known for known, _ in by_field.values()))
    names: dict[str, int] = {}
    for number, policy in numbered(scenario.policies):
        here = ("policies", number)
        by_field["partners"] = by_field["ports" if "ports" in type(policy).model_fields else "states"]
        for place, field_name, name in _named(policy):
            known, what = by_field.get(field_name, (anywhere, "a place or state of the scenario"))
            found.unknown((*here, *place), name, known, what)
        if policy.called in names:
            text = f"{shown(policy.called)} is the name of policies.{names[policy.called]} too. Give each its own."
            found.add((*here, "name"), text)
        names.setdefault(policy.called, number)
        if policy.called in RESERVED:
            text = f"{policy.called} stands for {RESERVED[policy.called]}. Give the policy another name."
            found.add((*here, "name"), text)


_CHECKS: tuple[tuple[Callable[[Scenario, Findings], None], frozenset[str]], ...] = (
    (_check_geography, frozenset(("geography", "waters", "transport"))),
    (check_states, frozenset(("geography", "waters", "states", "oversight", "money"))),
    (check_justice, frozenset(("geography", "states", "justice"))),
    (_check_waters, frozenset(("geography", "waters"))),
    (check_cooperation, frozenset(("geography", "states", "commodities", "cooperation"))),
    (_check_disruptions, frozenset(("geography", "transport", "disruptions"))),
    (_check_trade, frozenset(("geography", "trade"))),
    (_check_customs, frozenset(("geography", "customs"))),
    (check_commodities, frozenset(("geography", "transport", "commodities"))),
    (check_precursors, frozenset(("geography", "commodities"))),
    (check_finishing, frozenset(("geography", "commodities", "policies"))),
    (check_demand, frozenset(("geography", "commodities", "policies"))),
    (check_laboratories, frozenset(("geography", "commodities", "policies"))),
    (_check_organisations, frozenset(("geography", "organisations"))),
    (check_reach, frozenset(("geography", "commodities", "organisations"))),
    (_check_policies, frozenset(("geography", "waters", "states", "policies"))),
    (_check_diversion, frozenset(("geography", "commodities", "policies"))),
    (check_policies_in_time, frozenset(("start", "days", "policies"))),
    (check_disruptions_in_time, frozenset(("start", "days", "disruptions"))),
    (check_cooperation_in_time, frozenset(("start", "days", "cooperation"))),
)
"""Each check with the parts of the scenario that it reads."""


def _named(policy: Policy) -> list[tuple[Location, str, str]]:
    """Places that a policy speaks of, with where they stand in it and the name of that field; both are empty for what
    stands in no field."""
    wanted = set(policy.places())
    listed: list[tuple[Location, str, str]] = []
    for field_name in type(policy).model_fields:
        value = getattr(policy, field_name)
        if isinstance(value, str) and value in wanted and field_name not in ("name", "kind"):
            listed.append(((field_name,), field_name, value))
        if isinstance(value, (tuple, list)):
            listed += [((field_name, row), field_name, name) for row, name in enumerate(value) if name in wanted]
        if isinstance(value, Mapping):
            listed += [((field_name, name, KEY), field_name, name) for name in value if name in wanted]
    return listed + [((), "", name) for name in sorted(wanted - {name for _, _, name in listed})]
