"""Published figures to hold against the model's: wholesale prices with place, range and source; shares of proceeds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from sim.report.words import percent, several
from sim.study.results import Results
from sim.terms import DAYS_PER_YEAR
from sim.world.atlas import published, sources
from sim.world.site import Dataset

USD_PER_EUR = 1.10
"""The rate behind the model's starting price: 33,000 US dollars for 30,000 euro a kilogram."""
TO_EUROPE: Dataset = "latin_america_europe"
"""The ports of the trade that these figures are about, which is that of the flagship."""


class PublishedPrice(NamedTuple):
    """A wholesale price that somebody published, in USD a kilogram."""

    when: date
    usd_per_kg: float
    told: str
    low: float | None = None
    high: float | None = None
    source: str = ""


def wholesale_prices(results: Results) -> list[PublishedPrice]:
    """Published wholesale prices of the years of a run, spread over their year; none where no table fits the run.

    A price without a middle value stands in the middle of its range; euro are turned into dollars at `USD_PER_EUR`.
    """
    scenario = results.scenario
    goods = " ".join(f"{key} {commodity.name}" for key, commodity in scenario.commodities.items())
    if scenario.geography.dataset != TO_EUROPE or "cocaine" not in goods.lower():
        return []
    by_year: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in published("prices"):
        if row["stage"].startswith("wholesale") and row["unit"] == "EUR per kg":
            by_year[int(row["year"])].append(row)
    points = []
    for year, rows in sorted(by_year.items()):
        for place, row in enumerate(rows, start=1):
            when = date(year, 1, 1) + timedelta(days=int(DAYS_PER_YEAR * place / (len(rows) + 1)))
            known = [float(row[word]) * USD_PER_EUR for word in ("low", "mid", "high") if row[word]]
            middle = float(row["mid"]) * USD_PER_EUR if row["mid"] else (known[0] + known[-1]) / 2
            called = row["place"].partition(" (")[0]
            points.append(PublishedPrice(when, middle, called, known[0], known[-1], row["source_key"]))
    return [point for point in points if scenario.start <= point.when <= scenario.end]


def prices_told(points: list[PublishedPrice]) -> list[str]:
    """Where the published prices in a figure come from."""
    if not points:
        return []
    known = sources()
    titles = dict.fromkeys(known[point.source].title for point in points if point.source in known)
    return [
        f"Published prices are in euro, shown here at {USD_PER_EUR:.2f} dollars, and spread over their year. "
        f"Sources: {several(titles)}."
    ]


def proceeds_told(results: Results) -> list[str]:
    """What is published of proceeds in the European Union; nothing for a run of other ports."""
    if results.scenario.geography.dataset != TO_EUROPE:
        return []
    shares = {row["parameter"]: float(row["value"]) for row in published("parameters") if row["group"] == "assets"}
    frozen, confiscated = (shares[f"share of criminal proceeds {word}"] for word in ("frozen", "confiscated"))
    return [
        f"Published for the European Union, 2010 to 2014: {percent(frozen)} frozen and {percent(confiscated)} "
        "confiscated (Europol 2016). Numbers of the flagship were set by these, so that they are no test of it."
    ]
