"""Parallel coasts: a world of small craft alone, in which patrols set the risk of each way and nothing else does."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.study.run import live

WORLD = """
title: Parallel coasts
question: What do smugglers do when ways are watched more closely?
start: 2025-01-01
days: {days}
geography: # ports, for there must be some; without a distance between them no ship sails
  ports:
    southport: {{ name: Southport, country: XA, region: SOUTH, role: origin, lat: 33, lon: -19, teu_thousand: 10 }}
    northport: {{ name: Northport, country: XB, region: NORTH, role: destination, lat: 43, lon: -20, teu_thousand: 10 }}
  production_areas: {{ hills: {{ name: Hills, country: XA, lat: 33, lon: -16, share: 1 }} }}
  warehouses:
    depot: {{ name: Depot, country: XA, side: origin, lat: 33, lon: -18 }}
    store: {{ name: Store, country: XB, side: destination, lat: 43, lon: -18 }}
  docks:
    beach: {{ name: Beach, country: XA, side: origin, lat: 33, lon: -19.5, zones: [offing] }}
{docks}
  markets: {{ plain: {{ name: Plain, country: XB, lat: 43, lon: -17, demand_share: 1 }} }}
  communities: {{ legal_wage_origin: 1000, legal_wage_destination: 1000 }} # hands are no bottleneck
waters:
  offing: {{ name: Offing, area_nm2: 21600, patrol_units: 0 }}
{zones}
transport:
  road: {{ origin_seizure: 0, destination_seizure: 0 }}
  small_craft:
    fishing_vessel: {{ loss: 0, craft_usd: 1000 }}
    sailing_yacht: {{ reach_nm: 0 }}
    go_fast: {{ reach_nm: 0 }}
    semi_submersible: {{ reach_nm: 0 }}
rivalry: {{ crews_per_coast: 1000 }} # nor is room
intelligence: {{ seizure: {{ chance: 0 }}, patrol: {{ chance: 0 }}, coast: 0 }} # nobody learns where to look
trade:
  cargo_classes: {{ general: {{ name: General cargo }} }}
  mixes: {{ SOUTH: {{ general: 1 }}, rest_of_world: {{ general: 1 }} }}
commodities:
  goods:
    name: Goods
    production_by_year: {{ 2025: 20 }}
    opening_stock_days: 36525 # a full store: what is sent follows what is decided, not what is made
    price_speed: 0.000001 # nor do prices follow what arrives
    arrests_per_seizure: 0
    concealments: {{ hidden: {{ name: Hidden }} }}
organisations:
  coastal:
    name: Coastal groups
    count: 3
    areas: [hills]
    partners: 20
    scouted: 20
    span: 30
    risk_aversion: 0
    capital_usd: 1000000000
    buying: 0.005
    comfort: 0.2
    largest_lot: 50
    lot_spread: 0.2
    cells: {{ crossings_per_week: 5, setup_usd: 0, setup_days: 0, origin_pay_usd: 20000, destination_pay_usd: 20000 }}
    beliefs: {{ prior_weight: 10, prior_risk_sea: 0.1, rumour: 0.5, information: {information} }}
    behaviour: {behaviour}
"""


PATROLLED = (
    "area_nm2: 1000000000, cued_area: 0.000001, patrol_units: 1, base_nm: 0, national_rights: 1, boarding: 1, "
    "unit: {hours_per_day: 24, days_in_port: 0, boardings_per_day: 24, escort_days: 0}"
)
"""A unit that is always there, stops what it detects, and detects a crossing when somebody knows where to look, else
never: so that the chance to know is the risk."""


def coasts(
    count: int,
    risk: float,
    days: int,
    behaviour: str = "expected_profit",
    information: float = 1.0,
    settings: tuple[str, ...] = (),
) -> Scenario:
    """So many like coasts, each with waters of its own in which a crossing is stopped with a chance of `risk`.

    settings: as on the command line.
    """
    here = "country: XB, side: destination, lat: 43"
    docks = [f"    coast_{n}: {{name: Coast {n}, {here}, lon: -20.{n:03}, zones: [{water(n)}]}}" for n in range(count)]
    zones = [f"  {water(n)}: {{name: Water {n}, {PATROLLED}, cue: {risk}}}" for n in range(count)]
    lists = {"docks": "\n".join(docks), "zones": "\n".join(zones)}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "coasts.yaml"
        path.write_text(WORLD.format(days=days, behaviour=behaviour, information=information, **lists))
        return load(path, overrides=settings)


def water(n: int) -> str:
    return f"water_{n}"


def watched(plan: Scenario, numbers: list[int], risk: float, more: float, first: int, last: int) -> Scenario:
    """With more known at some coasts between two days, so that the risk rises from one value to another there."""
    start, end = plan.start + timedelta(days=first), plan.start + timedelta(days=last)
    added, zones = more - risk, [water(n) for n in numbers]
    return plan.with_policy(
        "joint_patrols", name=f"From day {first}", zones=zones, units=0, cue=added, start=start, end=end
    )


def lived(plan: Scenario, replicate: int) -> SmugglingModel:
    return live(plan, replicate=replicate, mode="thinned")


def sent_kg(model: SmugglingModel, since: int) -> float:
    """Once organisations have had time to learn."""
    return sum(load.grams for load in model.cargo.all if load.planned >= since) / 1000


def seized_share(model: SmugglingModel, since: int) -> float:
    """Of what came to an end one way or the other."""
    ended = [load for load in model.cargo.all if load.planned >= since and load.ended >= 0]
    return sum(load.grams for load in ended if load.outcome == "seized") / sum(load.grams for load in ended)
