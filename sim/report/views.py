"""What figures and sentences are both made from: the tables of one run, added up in the way they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from sim.report.words import place_names
from sim.study.results import Results, of_commodity
from sim.terms import DAYS_PER_YEAR, GRAMS_PER_KG

if TYPE_CHECKING:
    from numpy.typing import NDArray

Where = Literal["coastward", "export", "sea", "import", "inland"]
WHERE: dict[Where, str] = {
    "coastward": "on land before the sea",
    "export": "at export control",
    "sea": "at sea",
    "import": "at import control",
    "inland": "on land on the way to market",
}
"""Where a load can be stopped, in the order of its way, and what it is called."""
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
SHORT_RUN_DAYS = 150
"""Runs up to this length are shown by week, longer ones by month."""


class Step(NamedTuple):
    """One bar of the funnel."""

    name: str
    kg: float
    kind: Literal["all", "seized", "lost", "under_way", "delivered"]


class Start(NamedTuple):
    """A policy, as figures mark it."""

    mark: str
    name: str
    start: date


@dataclass(frozen=True)
class Displacement:
    """Loads sent towards each gateway a month, in two spans of time."""

    table: pd.DataFrame
    """before_kg, after_kg, change_kg, share_kg by gateway: share_kg is the change if all had moved with the total."""
    before: tuple[date, date]
    after: tuple[date, date]
    policy: Start | None
    """The policy at whose start the spans part; None where none starts after the first day: the first against the last
    year (or half)."""

    @property
    def total_before_kg(self) -> float:
        """All gateways together, kg a month."""
        return float(self.table["before_kg"].sum())

    @property
    def total_change_kg(self) -> float:
        """Change of all gateways together, kg a month."""
        return float(self.table["change_kg"].sum())


@dataclass(frozen=True)
class Flow:
    """Loads that crossed the ocean between two gateways, or from a region to a gateway."""

    origin: str
    """Gateway at the start; for a bundle the one that carried most."""
    destination: str
    craft: bool
    """Whether small craft carried it, not containers."""
    kg: float
    bundled: str
    """Region of departure when the flow stands for several gateways, else empty."""


def policies(results: Results) -> list[Start]:
    """Policies that begin within the run, in the order of the scenario, with the mark that figures give them."""
    scenario = results.scenario
    listed = [
        Start(f"P{number}", policy.name or str(getattr(policy, "kind", "policy")).replace("_", " "), policy.start)
        for number, policy in enumerate(scenario.policies, start=1)
    ]
    return [policy for policy in listed if scenario.start <= policy.start <= scenario.end]


def by_period(results: Results) -> tuple[pd.DataFrame, str]:
    """Flows in tonnes by month (by week in a short run), with `days` in each, and the word for the period.

    Rows are called by the first day of the period that was lived.
    """
    daily = results.daily
    word, rule = ("week", "W-SUN") if len(daily) <= SHORT_RUN_DAYS else ("month", "M")
    columns = ["dispatched_g", "delivered_g", "seized_g", "lost_g"]
    table = daily.assign(days=1, first=first_days(daily["date"], rule))
    found = table.groupby("first")[[*columns, "days"]].sum()
    return (found[columns] / (1000 * GRAMS_PER_KG)).rename(columns=lambda name: name[:-2]).assign(
        days=found["days"]
    ), word


def first_days(dates: pd.Series[Any], rule: str) -> pd.Series[Any]:
    """For each date the first of all dates in its period; rule: what pandas calls the periods."""
    return dates.groupby(dates.dt.to_period(rule)).transform("min")


def funnel(results: Results) -> list[Step]:
    """What became of all that was dispatched, in the order of the way."""
    events = of_commodity(results.events, results.commodity)
    kg = events.groupby("event", observed=True)["grams"].sum() / GRAMS_PER_KG
    seized = _seizures(results).groupby("where")["kg"].sum()
    gone = [Step(f"seized {WHERE[where]}", float(seized.get(where, 0.0)), "seized") for where in WHERE]
    lost, delivered = float(kg.get("lost", 0.0)), float(kg.get("delivered", 0.0))
    dispatched = float(kg.get("dispatched", 0.0))
    under_way = dispatched - float(kg.get("seized", 0.0)) - lost - delivered
    *before, imports, inland = gone
    return [
        Step("dispatched", dispatched, "all"),
        *before,
        Step("lost on the way", lost, "lost"),
        imports,
        inland,
        Step("still under way", under_way, "under_way"),
        Step("delivered", delivered, "delivered"),
    ]


def seized_by_place(results: Results) -> pd.DataFrame:
    """Kilograms seized by place and by where on the way, most first."""
    found = _seizures(results)
    table = found.pivot_table(index="place", columns="where", values="kg", aggfunc="sum", fill_value=0.0)
    table = table.reindex(columns=list(WHERE), fill_value=0.0).astype(float)
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def _seizures(results: Results) -> pd.DataFrame:
    """Every seizure: key of the place, where on the way, kilograms."""
    events = of_commodity(results.events, results.commodity)
    seized = events[events["event"] == "seized"]
    checkpoint, site = seized["checkpoint"].astype("str"), seized["place"].astype("str")
    behind = _hinterland(results)
    origins = {name for name, port in results.scenario.ports().items() if port.role == "origin"}
    where = [_where(name, at in behind, at in origins) for name, at in zip(checkpoint, site, strict=True)]
    place = [
        name.removeprefix("zone ").removesuffix(" export").removesuffix(" import")
        if way in ("export", "sea", "import") and name != "port"
        else at
        for name, at, way in zip(checkpoint, site, where, strict=True)
    ]
    return pd.DataFrame({"place": place, "where": where, "kg": seized["grams"].to_numpy() / GRAMS_PER_KG})


def _where(checkpoint: str, behind_the_coast: bool, of_origin: bool) -> Where:
    """Seized with its crew in a port counts as where its goods are controlled: at an origin port export."""
    if checkpoint == "port":
        return "export" if of_origin else "import"
    if checkpoint.endswith(" export"):
        return "export"
    if checkpoint.endswith(" import"):
        return "import"
    return "sea" if checkpoint.startswith("zone ") else "coastward" if behind_the_coast else "inland"


def _hinterland(results: Results) -> set[str]:
    """Keys of the places on the origin side where a load that was stopped had not put to sea."""
    geography = results.scenario.geography
    houses = (key for key, house in geography.warehouses.items() if house.side == "origin")
    coasts = (key for key, dock in geography.docks.items() if dock.side == "origin")
    return {*geography.production_areas, *houses, *coasts}


def seizure_sizes(results: Results) -> NDArray[np.float64]:
    """Loads of seized consignments, kg."""
    loads = of_commodity(results.consignments, results.commodity)
    kilograms: NDArray[np.float64] = (
        loads.loc[loads["outcome"] == "seized", "grams"].to_numpy(np.float64) / GRAMS_PER_KG
    )
    return kilograms[kilograms > 0]


def displacement(results: Results) -> Displacement | None:
    """How the loads sent towards each gateway changed; None when a span has no day.

    Loads count on the day on which they set out, so the spans part on the day of the decision.
    """
    scenario = results.scenario
    starts = sorted(policies(results), key=lambda policy: policy.start)
    policy = next((found for found in starts if scenario.start < found.start), None)
    year = min(365, scenario.days // 2)
    if policy is not None:
        cut = (policy.start - scenario.start).days
        spans = (0, cut), (cut, scenario.days)
    else:
        spans = (0, year), (scenario.days - year, scenario.days)
    if any(last <= first for first, last in spans):
        return None
    loads = of_commodity(results.consignments, results.commodity)
    arrival = loads["arrival"].astype("str")
    kg = {}
    for word, (first, last) in zip(("before_kg", "after_kg"), spans, strict=True):
        within = (loads["dispatched_day"] >= first) & (loads["dispatched_day"] < last)
        sums = loads[within].groupby(arrival[within])["grams"].sum()
        kg[word] = sums / GRAMS_PER_KG / (last - first) * DAYS_PER_MONTH
    table = pd.DataFrame(kg).fillna(0.0)
    table["change_kg"] = table["after_kg"] - table["before_kg"]
    before = float(table["before_kg"].sum())
    table["share_kg"] = table["before_kg"] * (float(table["change_kg"].sum()) / before if before else 0.0)
    when = [tuple(scenario.start + timedelta(days=day) for day in (first, last - 1)) for first, last in spans]
    return Displacement(table, (when[0][0], when[0][1]), (when[1][0], when[1][1]), policy)


def displaced_kg(found: Displacement) -> float:
    """Kilograms a month that moved from one gateway to another: half of all that did not move with the total."""
    return float((found.table["change_kg"] - found.table["share_kg"]).abs().sum()) / 2


def legal_trade(results: Results) -> pd.DataFrame:
    """Control of legal trade by port and direction over the whole run, ports with most containers first."""
    counts = ["boxes_arrived", "boxes_scanned", "boxes_examined", "false_alarms", "hits", "delay_box_hours"]
    ports = results.ports
    keys = [ports["port"].astype("str"), ports["direction"].astype("str")]
    table = ports[counts].astype(np.float64).groupby(keys).sum().reset_index()
    boxes = table["boxes_arrived"].where(table["boxes_arrived"] > 0)
    table["scanned_share"] = (table["boxes_scanned"] / boxes).fillna(0.0)
    table["examined_share"] = (table["boxes_examined"] / boxes).fillna(0.0)
    table["false_per_1000"] = (1000.0 * table["false_alarms"] / boxes).fillna(0.0)
    table["delay_hours"] = (table["delay_box_hours"] / boxes).fillna(0.0)
    size = table.groupby("port")["boxes_arrived"].transform("sum")
    order = pd.DataFrame({"size": -size, "port": table["port"], "direction": table["direction"]})
    return table.loc[order.sort_values(["size", "port", "direction"]).index].reset_index(drop=True)


def seas(results: Results) -> pd.DataFrame:
    """Search by sea zone over the whole run, in the order of the scenario: counts, seized_kg and hours_a_day."""
    zones = results.zones
    counts = ["crossings", "detected", "boarded", "seized", "seized_g", "intercepted", "rescued", "patrol_hours"]
    table = zones[counts].astype(np.float64).groupby(zones["zone"].astype("str"), sort=False).sum().reset_index()
    table["seized_kg"] = table["seized_g"] / GRAMS_PER_KG
    table["hours_a_day"] = table["patrol_hours"] / results.scenario.days
    return table


def under_way_kg(results: Results) -> float:
    """Kilograms that were under way when the run ended; how far each load had come by then is not recorded."""
    loads = of_commodity(results.consignments, results.commodity)
    under_way = (loads["dispatched_day"] >= 0) & (loads["outcome"].astype("str") == "under_way")
    return float(loads.loc[under_way, "grams"].sum()) / GRAMS_PER_KG


def flows(results: Results, most: int = 60) -> list[Flow]:
    """Loads that are known to have crossed the ocean, or to have come to their end on it, by gateways, largest first.

    Loads that came to their end where they were to leave, or before, are left out, and so are those that were still
    under way at the end of the run (`under_way_kg`).
    With more than `most` pairs, those of one region of departure, one arrival and one mode are bundled.
    """
    loads = of_commodity(results.consignments, results.commodity)
    at = loads["outcome_place"].astype("str")
    ashore = at.isin(_hinterland(results)) | (at == loads["departure"].astype("str"))
    loads = loads[~ashore & (loads["outcome"].astype("str") != "under_way")]
    table = pd.DataFrame(
        {
            "origin": loads["departure"].astype("str"),
            "destination": loads["arrival"].astype("str"),
            "craft": loads["mode"].astype("str") == "small_craft",
            "kg": loads["grams"] / GRAMS_PER_KG,
        }
    )
    pairs = table.groupby(["origin", "destination", "craft"])["kg"].sum().sort_values(ascending=False, kind="stable")
    if len(pairs) <= most:
        return [Flow(key[0], key[1], bool(key[2]), float(kg), "") for key, kg in pairs.items()]
    ports = results.scenario.ports()
    wide = pairs.reset_index()
    wide["region"] = [ports[name].region if name in ports else name for name in wide["origin"]]
    groups = wide.groupby(["region", "destination", "craft"], sort=False)
    bundles = groups.agg(origin=("origin", "first"), kg=("kg", "sum"), members=("origin", "nunique")).reset_index()
    bundles = bundles.sort_values("kg", ascending=False, kind="stable").head(most)
    return [
        Flow(row.origin, row.destination, bool(row.craft), float(row.kg), row.region if row.members > 1 else "")
        for row in bundles.itertuples()
    ]


def names(results: Results) -> dict[str, str]:
    """What people call the places of the run, by key."""
    return place_names(results.scenario)
