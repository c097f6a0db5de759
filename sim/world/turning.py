"""Turning: what loads do that are on their way to a lane or a coast when it closes, and legs while it is closed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.kernels.loads import LOST, MOST_LEGS, NOWHERE, UNDER_WAY, WENT_BACK
from sim.world.columns import Records
from sim.world.consignment import Cargo
from sim.world.inbound import Inbound
from sim.world.ledger import EVENTS
from sim.world.routes import Routes


def turn_legs(legs: Records, routes: Routes, inbound: Inbound) -> None:
    """Bring LEG[.] to the situation of today: from closed coasts nothing sails, and precursors come by the lane that
    takes the place of theirs."""
    here, known = routes.situation, routes.network.legs
    own = len(known.lane)
    legs["shut"][:own] = ~routes.sails[here] & (known.lane < 0) & ~legs["road"][:own]
    lanes = inbound.network.legs.lane[own:]
    at_sea = np.flatnonzero(lanes >= 0)
    legs["lane"][own + at_sea] = routes.traffic.row[here, lanes[at_sea]]


def turn_loads(
    day: int, cargo: Cargo, legs: Records, cells: Records, routes: Routes, people_end: Callable[[int, int], None]
) -> None:
    """Loads that have not sailed yet take another lane from port to port, where theirs is closed and there is one; else
    they wait for it to open again. Where it never does they are given up, and are lost, while people go back.

    people_end: with the number of people's journey that is given up, and the event that is.
    """
    loads, sails, again = cargo.rows, routes.sails[routes.situation], routes.again(day)
    own = len(sails)
    instead = {
        (legs["origin"][leg], legs["destination"][leg]): leg
        for leg in np.flatnonzero(sails & (routes.network.legs.lane >= 0)).tolist()
    }
    for number in np.flatnonzero(loads["outcome"] == UNDER_WAY).tolist():
        load = loads[number]
        for k in range(int(load["leg"]), MOST_LEGS):
            leg = int(load["legs"][k])
            sailed = k == load["leg"] and load["departed"] >= 0
            if not 0 <= leg < own or legs["road"][leg] or sailed or sails[leg]:
                continue
            other = instead.get((legs["origin"][leg], legs["destination"][leg]), -1) if legs["lane"][leg] >= 0 else -1
            if other >= 0:
                load["legs"][k] = other
            elif not again[leg]:
                _give_up(day, number, cargo, legs[leg], cells)
                if load["people"]:
                    people_end(number, WENT_BACK)
                break


def _give_up(day: int, number: int, cargo: Cargo, leg: Records, cells: Records) -> None:
    """A load that will not sail is lost at the port or coast that it was to leave; people go back."""
    load, ledger = cargo.rows[number], cargo.ledger
    event = WENT_BACK if load["people"] else LOST
    load["outcome"], load["ended"], load["place"], load["checkpoint"] = event, day, leg["origin"], NOWHERE
    ahead: NDArray[np.int32] = load["crews"][load["served"] :]
    cells["waiting"][ahead[ahead >= 0]] -= 1
    ledger.book(
        day, EVENTS[event], ledger.commodities[load["commodity"]], int(load["grams"]),
        place=ledger.places[leg["origin"]], load=number, mode=ledger.modes[leg["mode"]],
    )  # fmt: skip
