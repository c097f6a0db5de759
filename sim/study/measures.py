"""Measures: what a finished run comes to, one function a table or total."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kernels.boxes import ALARMS, ARRIVED, BLIND, CHOSEN, FALSE_ALARMS, HITS, OPENED
from sim.kernels.loads import IN_PORT, SEIZED
from sim.kernels.search import BOARDED, BROUGHT_IN, CROSSED, DETECTED, GRAMS, SAVED, STOPPED
from sim.study import casebook, intelligence, proceeds, proportion, sites
from sim.study.run import TOO_LARGE, ImpossibleWorld
from sim.terms import CENTS_PER_USD, GRAMS_PER_KG
from sim.world.columns import Records, Words
from sim.world.commodity import COUNTED, hidden
from sim.world.ledger import ACCOUNTS, EVENTS, STOPPINGS, Account, Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.model import SmugglingModel

_LEVELS = ("price_usd_per_kg", "retail_usd_per_kg", "retail_purity", "source_usd_per_kg")
"""Columns of the daily table of which the mean over the run is a total."""
_TALLY = {
    "boxes_arrived": ARRIVED,
    "boxes_selected": CHOSEN,
    "boxes_scanned": CHOSEN,
    "random_scanned": BLIND,
    "alarms": ALARMS,
    "false_alarms": FALSE_ALARMS,
    "boxes_examined": OPENED,
    "hits": HITS,
}


_AT_SEA = {
    "crossings": CROSSED,
    "detected": DETECTED,
    "boarded": BOARDED,
    "seized": STOPPED,
    "seized_g": GRAMS,
    "intercepted": BROUGHT_IN,
    "rescued": SAVED,
}
PEOPLE: dict[str, Event] = {
    "departed": "dispatched",
    "arrived": "delivered",
    "intercepted": "intercepted",
    "rescued": "rescued",
    "returned": "returned",
    "went_back": "went_back",
    "stopped_ashore": "stopped_ashore",
    "lost": "lost",
}
"""What happens to people, by the events of the books."""


def totals(model: SmugglingModel) -> dict[str, float | int | None]:
    """The totals of a run; None where a total has no meaning (no consignment, no container).

    Raises `ImpossibleWorld` where one is beyond all bounds.
    """
    try:
        found = _totals(model)
    except OverflowError as beyond:
        raise ImpossibleWorld(f"{TOO_LARGE}: {beyond}") from beyond
    for name, value in found.items():
        if value is not None and math.isinf(value):
            raise ImpossibleWorld(f"{TOO_LARGE}: {name} comes to {value}")
    return found


def _totals(model: SmugglingModel) -> dict[str, float | int | None]:
    daily, books = model.chronicle.daily, model.ledger.balance[model.commodity_name]

    def kg(account: Account) -> float:
        return books[account] / GRAMS_PER_KG

    def total(column: str) -> int:
        return int(sum(daily[column]))

    ended = books["seized"] + books["lost"] + books["delivered"]
    boxes, replaced = total("boxes_arrived"), total("replaced")
    contraband = _contraband(model)
    loads = contraband["grams"]
    seized = loads[contraband["outcome"] == SEIZED]
    return {
        "simulated_days": model.day,
        "produced_kg": -kg("production"),
        "dispatched_kg": total("dispatched_g") / GRAMS_PER_KG,
        "delivered_kg": kg("delivered"),
        "seized_kg": kg("seized"),
        "lost_kg": kg("lost"),
        "in_transit_kg": kg("transit"),
        "stock_kg": kg("stock"),
        "interception_share": books["seized"] / ended if ended else None,
        "boxes_arrived": boxes,
        "boxes_scanned": total("boxes_scanned"),
        "boxes_examined": total("boxes_examined"),
        "false_alarms": total("false_alarms"),
        "hits": total("hits"),
        "delay_hours_mean": math.fsum(daily["delay_box_hours"]) / boxes if boxes else None,
        **{f"{name}_mean": math.fsum(daily[name]) / max(1, len(daily[name])) for name in _LEVELS},
        "precursors_diverted_kg": total("precursors_diverted_g") / GRAMS_PER_KG,
        "precursors_seized_kg": total("precursors_seized_g") / GRAMS_PER_KG,
        "consignments": len(loads),
        "consignment_kg_mean": _mean_kg(loads),
        "seized_consignment_kg_mean": _mean_kg(seized),
        "seized_at_destination_kg": _seized_at_destination(model),
        "couriers_recruited": total("recruited"),
        "couriers_arrested": total("arrested"),
        "couriers_refused": total("refused"),
        "couriers_cooperated": total("cooperated"),
        "couriers_working_mean": total("couriers") / max(1, model.day),
        "replacement_days_mean": total("replacement_days") / replaced if replaced else None,
        "offer_usd_per_job_mean": math.fsum(daily["offer_usd_per_job"]) / max(1, model.day),
        "organisations_entered": total("entrants"),
        "organisations_gave_up": sum(cartel.ended == "insolvent" for cartel in model.cartels),
        "organisations_split": total("splits"),
        "corrupted_inspectors_mean": total("corrupted") / max(1, model.day),
        "inspectors_dismissed": total("dismissed"),
        "bribes_usd": total("bribes_cents") / CENTS_PER_USD,
        "passed_corrupted_kg": total("passed_corrupted_g") / GRAMS_PER_KG,
        "finished_kg": total("finished_g") / GRAMS_PER_KG,
        "raided_kg": total("raided_g") / GRAMS_PER_KG,
        "demand_prevented_kg": total("prevented_g") / GRAMS_PER_KG,
        **sites.totals(model),
        "policy_cost_usd": total("policy_cost_cents") / CENTS_PER_USD,
        **_people_totals(model),
        **intelligence.totals(model),
        **casebook.totals(model),
        **proceeds.totals(model),
        "violence_mean": math.fsum(daily["violence"]) / max(1, len(daily["violence"])),
        **proportion.totals(model),
    }


def _contraband(model: SmugglingModel) -> Records:
    """LOAD[n]: the loads without those of precursors."""
    return model.cargo.of(model.ledger.commodities.index(model.commodity_name))


def _mean_kg(grams: NDArray[np.int64]) -> float | None:
    return int(grams.sum()) / len(grams) / GRAMS_PER_KG if len(grams) else None


def _seized_at_destination(model: SmugglingModel) -> float:
    """Seized at import controls of destination ports, from crews in these ports, and in the sea zones off their coasts:
    what their statistics count."""
    docks = model.plan.geography.docks.values()
    waters = {zone for dock in docks if dock.side == "destination" for zone in dock.zones}
    marks = model.checkpoints
    here = [marks.row(name, "import") for name, port in model.ports.items() if port.role == "destination"]
    here += [marks.row(zone) for zone in waters]
    loads, sites = _contraband(model), model.ledger.places
    ashore = [row for row, name in enumerate(sites) if name in model.ports and model.ports[name].role == "destination"]
    counted = np.isin(loads["checkpoint"], here)
    counted |= (loads["checkpoint"] == IN_PORT) & np.isin(loads["place"], ashore)
    return int(loads["grams"][counted].sum()) / GRAMS_PER_KG


def tables(model: SmugglingModel) -> dict[str, dict[str, Any]]:
    """The tables of a run, column by column."""
    return {
        "daily": _daily(model),
        "ports": _ports(model),
        "zones": _zones(model),
        "events": _events(model),
        "consignments": _consignments(model),
        "by_commodity": _by_commodity(model),
        "oversight": proportion.by_group(model),
        "people": _people(model),
        "intelligence": intelligence.by_month(model),
        "cooperation": intelligence.between(model),
        "cases": casebook.cases(model),
        "justice": casebook.justice(model),
        "money": proceeds.by_state(model),
        "sites": sites.by_month(model),
    }


def _dates(start: date, days: NDArray[np.int64]) -> NDArray[np.datetime64]:
    return np.datetime64(start, "D") + days.astype("timedelta64[D]")


def _daily(model: SmugglingModel) -> dict[str, Any]:
    days = np.arange(model.day)
    return {"day": days, "date": _dates(model.plan.start, days), **model.chronicle.daily}


def _ports(model: SmugglingModel) -> dict[str, Any]:
    controls, chronicle, lived = model.checkpoints.n_ports, model.chronicle, model.day
    days, row = np.repeat(np.arange(lived), controls), np.tile(np.arange(controls), lived)
    return {
        "day": days,
        "date": _dates(model.plan.start, days),
        "checkpoint": Words(row, model.checkpoints.names),
        "port": Words(row, model.checkpoints.place),
        "direction": Words(row, model.checkpoints.kind),
        **{name: chronicle.tally[:lived, :, column].ravel() for name, column in _TALLY.items()},
        "contaminated_boxes": chronicle.contaminated[:lived].ravel(),
        "contraband_g": chronicle.contraband_g[:lived].ravel(),
        "seized_g": chronicle.seized_g[:lived].ravel(),
        "delay_box_hours": chronicle.delay_hours[:lived].ravel(),
    }


def _zones(model: SmugglingModel) -> dict[str, Any]:
    chronicle, lived, zones = model.chronicle, model.day, model.chronicle.zones
    days, row = np.repeat(np.arange(lived), zones), np.tile(np.arange(zones), lived)
    return {
        "day": days,
        "date": _dates(model.plan.start, days),
        "zone": Words(row, tuple(model.plan.waters)),
        **{name: chronicle.patrolled[:lived, :, column].ravel() for name, column in _AT_SEA.items()},
        "patrol_hours": chronicle.patrol_hours[:lived].ravel(),
    }


def _events(model: SmugglingModel) -> dict[str, Any]:
    columns = model.ledger.columns()
    nobody = np.int32(len(model.cartels))
    owners = np.append(model.cargo.rows["organisation"], nobody)  # of no load, -1: nobody
    return {
        "date": _dates(model.plan.start, columns["day"]),
        **columns,
        "organisation": Words(owners[columns["consignment"]], _owners(model)),
    }


def _owners(model: SmugglingModel) -> list[str]:
    """Names of organisations by their numbers, then nobody, then those of supply brokers, who count from the end."""
    return [*(cartel.name for cartel in model.cartels), "", *(broker.name for broker in reversed(model.brokers.each))]


def _consignments(model: SmugglingModel) -> dict[str, Any]:
    loads, columns = model.cargo.rows, model.cargo.columns(model.passage.legs)
    boxed, kinds = columns["mode"].codes == 0, model.plan.transport.small_craft.kinds
    return {
        **columns,
        "organisation": Words(loads["organisation"], _owners(model)),
        "concealment": Words(np.where(boxed, loads["concealment"], -1), [*hidden(model.goods), ""]),
        "craft": Words(np.where(boxed, -1, loads["concealment"]), [*kinds, ""]),
    }


def _by_commodity(model: SmugglingModel) -> dict[str, Any]:
    """One row a day and commodity."""
    chronicle, lived, names = model.chronicle, model.day, model.ledger.commodities
    days, row = np.repeat(np.arange(lived), len(names)), np.tile(np.arange(len(names)), lived)
    goods = model.goods
    units = [COUNTED[goods[name].unit] if name in goods else COUNTED["kg"] for name in names]

    def of(written: NDArray[np.int64], kinds: Sequence[str], *asked: str) -> NDArray[np.int64]:
        columns: NDArray[np.int64] = written[:lived][:, :, [kinds.index(kind) for kind in asked]].sum(axis=2).ravel()
        return columns

    return {
        "day": days,
        "date": _dates(model.plan.start, days),
        "commodity": Words(row, names),
        "unit": Words(row, units),
        **{event: of(chronicle.moved, EVENTS, event) for event in ("produced", "dispatched", "lost", "delivered")},
        "stopped": of(chronicle.moved, EVENTS, *STOPPINGS),
        "stock": of(chronicle.held, ACCOUNTS, "stock"),
        "in_transit": of(chronicle.held, ACCOUNTS, "transit"),
        "price_usd": chronicle.prices[:lived].ravel(),
    }


def _people(model: SmugglingModel) -> dict[str, Any]:
    """One row a day for each commodity that is people."""
    chronicle, names = model.chronicle, model.ledger.commodities
    rows = [names.index(source.name) for source in model.chains.waiting]
    lived = model.day if rows else 0
    days = np.repeat(np.arange(lived), len(rows))

    def each(written: NDArray[Any]) -> NDArray[Any]:
        return written[:lived, rows].ravel()

    loads = model.cargo.rows[model.cargo.rows["people"]]
    set_out = np.zeros((lived, len(names)), np.int64)
    np.add.at(set_out, (loads["planned"], loads["commodity"]), 1)
    return {
        "day": days,
        "date": _dates(model.plan.start, days),
        "commodity": Words(np.tile(rows, lived).astype(np.int64), names),
        "waiting": each(chronicle.held[:, :, ACCOUNTS.index("stock")]),
        **{word: each(chronicle.moved[:, :, EVENTS.index(event)]) for word, event in PEOPLE.items()},
        "departed_again": each(chronicle.left_again),
        "attempts": each(set_out),
        "person_days_at_sea": each(chronicle.people_at_sea),
        "chance_to_arrive": each(chronicle.chance_to_arrive),
    }


def _people_totals(model: SmugglingModel) -> dict[str, int]:
    """What became of people, over the run; nothing where there are none."""
    if not model.chains.waiting:
        return {}
    found = _people(model)
    told = {f"people_{word}": int(found[word].sum()) for word in PEOPLE}
    again, at_sea = (int(found[word].sum()) for word in ("departed_again", "person_days_at_sea"))
    return {**told, "people_departed_again": again, "people_days_at_sea": at_sea}


def seized_by_place(model: SmugglingModel) -> dict[str, float]:
    """Kilograms of contraband seized, by the checkpoint that seized them."""
    contraband = _contraband(model)
    loads = contraband[contraband["outcome"] == SEIZED]
    return _kg_by(Words(loads["checkpoint"], model.ledger.checkpoints), loads["grams"])


def _kg_by(words: Words, grams: NDArray[np.int64]) -> dict[str, float]:
    found: dict[str, int] = {}
    for word, moved in zip(words, grams.tolist(), strict=True):
        found[word] = found.get(word, 0) + moved
    return {word: moved / GRAMS_PER_KG for word, moved in sorted(found.items())}


def monthly(model: SmugglingModel, column: str) -> dict[str, float]:
    """A column of the daily table summed by month, in its unit."""
    found: dict[str, float] = {}
    for day, value in enumerate(model.chronicle.daily[column]):
        month = (model.plan.start + timedelta(days=day)).strftime("%Y-%m")
        found[month] = found.get(month, 0.0) + value
    return found
