"""Small worlds to test promises on: the shipped scenario of two coasts, changed by settings, and lived through."""

import functools
from typing import Any

import numpy as np

from sim.actors.cartel import Cartel
from sim.kernels.planning import ORDER
from sim.kernels.samplers import poisson_of
from sim.kernels.words import mix64
from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.study import measures
from sim.study.run import live

NO_POLICIES = "policies=[]"
BUSY = "commodities.cocaine.production_by_year={2025: 600}", "commodities.cocaine.demand=180"
"""Four times the product and the demand, so that there are loads enough to see a difference by."""
MANY_HANDS = "organisations.coastal.cells.crossings_per_week=4", "organisations.inland.cells.crossings_per_week=4"
"""Crews that cross the sea oftener, so that these do not bound what goes by small craft."""
KINDS = ("fishing_vessel", "sailing_yacht", "go_fast", "semi_submersible")
"""Of small craft."""


def every_craft(setting: str) -> tuple[str, ...]:
    """A setting such as loss=0 for all kinds of small craft."""
    return tuple(f"transport.small_craft.{kind}.{setting}" for kind in KINDS)


@functools.lru_cache(64)
def world(*settings: str, days: int = 90, **more: Any) -> Scenario:
    """Two coasts without policies, with values set as on the command line."""
    return load("two_coasts", overrides=(NO_POLICIES, *settings), days=days, **more)


def send(
    model: SmugglingModel, owner: Cartel, way: int, *, method: int = 0, grams: int = 1000, draw: int = 0,
    crewed: bool = False,
) -> None:  # fmt: skip
    """Send a load on one of its owner's ways, by default one that needs no hands."""
    model.dispatch(owner, np.array([(way, method, grams, draw, crewed)], ORDER))


def lived(*settings: str, days: int = 90, **more: Any) -> SmugglingModel:
    """Such a world at the end of its last day."""
    return live(world(*settings, days=days), **more)


def outcome_kg(model: SmugglingModel) -> dict[str, float]:
    """Kilograms by what became of them."""
    return {name: model.ledger.balance[model.commodity_name][name] / 1000 for name in ("seized", "lost", "delivered")}


def dispatched(model: SmugglingModel) -> int:
    return len(model.cargo.all)


def left(model: SmugglingModel, lane: int, day: int) -> int:
    """Clean containers that leave on a lane on a day, as whoever looks at them draws them."""
    clearance = model.clearance
    sailings, at = clearance.sailings, day + clearance.sailings.before
    word = mix64(clearance.lane_entity[lane] ^ sailings.key[at])
    return int(poisson_of(np.uint64(word), float(model.lanes.boxes_per_day[lane] * sailings.factor[at])))


def tables(model: SmugglingModel) -> dict[str, dict[str, list]]:
    """All tables of a run as plain lists, which compare to the last bit."""
    return {
        name: {column: np.asarray(values).tolist() for column, values in table.items()}
        for name, table in measures.tables(model).items()
    }


def before(found: dict[str, dict[str, list]], day: int) -> dict[str, dict[str, list]]:
    """What daily tables and the event table say of the days before one; of consignments, those that had left, and of
    cases, those that were open; months are cut short by what comes later."""
    key = {"daily": "day", "ports": "day", "zones": "day", "events": "day", "consignments": "planned_day",
           "cases": "opened_day", "by_commodity": "day", "people": "day"}  # fmt: skip
    kept = {}
    for name, table in found.items():
        if name not in key:
            continue
        rows = [row for row, when in enumerate(table[key[name]]) if when < day]
        kept[name] = {column: [values[row] for row in rows] for column, values in table.items()}
        if name == "consignments":  # what became of them later is told later
            kept[name] = {column: values for column, values in kept[name].items() if not column.startswith("outcome")}
        if name == "cases":
            kept[name] = {column: kept[name][column] for column in ("case", "kind", "state", "opened_day", "grams")}
    return kept


def at_ports(model: SmugglingModel) -> list:
    """Consignments that were seized at a port control."""
    controls = set(model.checkpoints.names[: model.checkpoints.n_ports])
    return [load for load in model.cargo.all if load.outcome == "seized" and load.checkpoint in controls]
