"""What a scenario says of states and their cooperation: codes, roles and regions that exist, and contraband that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from sim.scenario.findings import KEY, Findings
from sim.terms import Role
from sim.world.atlas import ports_of
from sim.world.making import PRECURSORS

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

STATE = "a state, role or region in play"


def codes_of(scenario: Scenario) -> dict[str, None]:
    """Codes of the states in play."""
    geography = scenario.geography
    sites = [*scenario.ports().values(), *geography.production_areas.values(), *geography.warehouses.values()]
    sites += [*geography.docks.values(), *geography.markets.values()]
    return dict.fromkeys([*(site.country for site in sites), *scenario.states])


def states_of(scenario: Scenario) -> dict[str, None]:
    """States by all their names: codes, roles and trade regions; those of ports that `only` leaves out do no harm."""
    shipped = ports_of(scenario.geography.model_copy(update={"only": None, "ports": {}})).values()
    ports = [*shipped, *scenario.ports().values()]
    ends = [name for port in ports for name in (port.country, port.region)]
    return dict.fromkeys([*codes_of(scenario), *get_args(Role), *ends])


def check_states(scenario: Scenario, found: Findings) -> None:
    """Zones, limits of oversight, and what is said of money, name states that are in play."""
    known = codes_of(scenario)
    for part, noun in (("oversight", scenario.oversight), ("money", scenario.money)):
        for name in noun.at:
            found.unknown((part, "at", name, KEY), name, states_of(scenario), STATE)
    for number, pair in enumerate(scenario.money.agreements):
        for side, code in enumerate(pair):
            found.unknown(("money", "agreements", number, side), code, known, "a state in play")
    for name, zone in scenario.waters.items():
        if zone.state is not None:
            found.unknown(("waters", name, "state"), zone.state, known, "a state with a place in play or under states")


def check_justice(scenario: Scenario, found: Findings) -> None:
    """What differs between states in justice, and treaties, name states that are in play."""
    for name in scenario.justice.at:
        found.unknown(("justice", "at", name, KEY), name, states_of(scenario), STATE)
    codes = codes_of(scenario)
    for number, treaty in enumerate(scenario.justice.treaties):
        for side, code in enumerate(treaty.states):
            found.unknown(("justice", "treaties", number, "states", side), code, codes, "a state in play")


def check_cooperation(scenario: Scenario, found: Findings) -> None:
    """Agreements and the forum name states that are in play, and contraband that is smuggled."""
    known, forum, place = states_of(scenario), scenario.cooperation.forum, ("cooperation", "forum")
    for key, terms in scenario.cooperation.agreements.items():
        for side in ("states", "partners"):
            for number, name in enumerate(getattr(terms, side)):
                found.unknown(("cooperation", "agreements", key, side, number), name, known, STATE)
    for name in forum.members:
        found.unknown((*place, "members", name, KEY), name, known, STATE)
    for number, name in enumerate(forum.candidates):
        found.unknown((*place, "candidates", number), name, known, STATE)
    goods, what = {**scenario.commodities, PRECURSORS: None}, "a commodity, or precursors"
    for number, name in enumerate(forum.commodities or ()):
        found.unknown((*place, "commodities", number), name, goods, what)
    for row, wider in enumerate(forum.widening):
        for number, name in enumerate(wider.commodities):
            found.unknown((*place, "widening", row, "commodities", number), name, goods, what)
