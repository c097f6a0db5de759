"""Runs held against published figures: seizures, prices and shares of the shipped data, beside what a run comes to."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.report.published import USD_PER_EUR
from sim.study.arrow import as_table, schema
from sim.study.measures import tables, totals
from sim.terms import GRAMS_PER_KG
from sim.world.atlas import published

if TYPE_CHECKING:
    import pandas as pd

    from sim.model import SmugglingModel
    from sim.scenario.scenario import Scenario
    from sim.study.results import Results
    from sim.study.tables import TableName

FACTOR = 2.0
"""How far apart model and published figure may lie to be called alike."""
EUROPEAN_UNION = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
     "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
_READ: tuple[TableName, ...] = ("consignments", "daily", "ports")
"""Tables of a run that published figures are held against."""
COUNTRIES = ("BE", "NL", "ES", "DE", "FR", "IT")


class Held(NamedTuple):
    """A published figure, and what the model makes of it."""

    what: str
    year: int
    published: float
    model: float
    source: str
    place: str = ""
    """The place as the published table has it."""

    @property
    def ratio(self) -> float:
        """Model over published."""
        return self.model / self.published

    @property
    def within(self) -> bool:
        """Whether the two agree to a factor of two."""
        return 1.0 / FACTOR <= self.ratio <= FACTOR


class Seized(NamedTuple):
    """One load that was seized in a run."""

    year: int
    kg: float
    checkpoint: str
    country: str
    abroad: bool
    """Whether it was seized on the destination side."""


class Run:
    """A run as the published tables count it; of replicates, the mean."""

    def __init__(
        self,
        scenario: Scenario,
        kpis: dict[str, Any],
        consignments: pd.DataFrame,
        daily: pd.DataFrame,
        ports: pd.DataFrame,
        count: int = 1,
    ) -> None:
        self.scenario = scenario
        self.years = whole_years(scenario)
        self.count = count
        self.kpis = kpis
        self.seized = list(_seized(consignments, self.scenario))
        self.price = daily.groupby(_years(daily))["price_usd_per_kg"].mean()
        columns = ["boxes_arrived", "boxes_scanned", "contraband_g", "seized_g"]
        self.controls = ports.groupby([_years(ports).rename("year"), "port", "direction"], observed=True)[columns].sum()

    @classmethod
    def of_results(cls, results: Results) -> Run:
        """What a folder holds."""
        frames = (results.consignments, results.daily, results.ports)
        return cls(results.scenario, results.kpis, *frames, count=len(results.replicates))

    @classmethod
    def of_model(cls, model: SmugglingModel) -> Run:
        """A world at the end of its last day."""
        columns = tables(model)
        frames = [as_table(name, columns[name]).to_pandas() for name in _READ]
        return cls(model.plan, totals(model), *frames)

    @classmethod
    def of_nothing(cls, scenario: Scenario) -> Run:
        """A run in which nothing happened: it tells which figures are published for the places and years of a
        scenario."""
        return cls(scenario, {}, *(schema(name).empty_table().to_pandas() for name in _READ))

    def tonnes(self, year: int, control: str = "", countries: Iterable[str] = ()) -> float:
        """Seized in a year at a control, and on the destination side of the named countries."""
        lands = set(countries)
        chosen = (
            load.kg
            for load in self.seized
            if load.year == year and (load.checkpoint == control or (load.abroad and load.country in lands))
        )
        return sum(chosen) / 1000.0 / self.count

    def mean_kg(self, year: int, control: str) -> float:
        """Mean seized consignment of a control in a year; nan when it seized none."""
        found = [load.kg for load in self.seized if load.year == year and load.checkpoint == control]
        return statistics.fmean(found) if found else math.nan

    def total(self, column: str, year: int, ports: Iterable[str]) -> float:
        """A column of the table of import controls, added up over ports; of a port that is not there, nothing."""
        rows = ((year, port, "import") for port in ports)
        return float(sum(self.controls.loc[row, column] for row in rows if row in self.controls.index)) / self.count


def _years(table: pd.DataFrame) -> pd.Series:
    """The calendar year of each row."""
    import pandas as pd

    return pd.to_datetime(table["date"]).dt.year


def _seized(loads: pd.DataFrame, scenario: Scenario) -> Iterator[Seized]:
    """All loads that were seized, with year and country."""
    controls = {f"{key} {way}": key for key in scenario.ports() for way in ("export", "import")}
    country, abroad = _lands(scenario)
    loads = loads[loads["outcome"] == "seized"]
    columns = (loads[name] for name in ("grams", "outcome_day", "outcome_checkpoint", "outcome_place"))
    for grams, day, checkpoint, place in zip(*columns, strict=True):
        where = controls.get(checkpoint, place)
        year = (scenario.start + timedelta(days=int(day))).year
        yield Seized(year, grams / GRAMS_PER_KG, checkpoint, country.get(where, ""), where in abroad)


def _lands(scenario: Scenario) -> tuple[dict[str, str], set[str]]:
    """Country by place, `sea` for a zone off a destination coast; and the places of the destination side."""
    geography = scenario.geography
    sites = {**geography.production_areas, **geography.warehouses, **geography.docks, **scenario.ports()}
    countries = {key: site.country for key, site in sites.items()}
    abroad = {key for key, port in scenario.ports().items() if port.role == "destination"}
    abroad |= {key for key, site in geography.warehouses.items() if site.side == "destination"}
    abroad |= {key for key, site in geography.docks.items() if site.side == "destination"}
    zones = {zone for dock in geography.docks.values() if dock.side == "destination" for zone in dock.zones}
    return countries | dict.fromkeys(zones, "sea"), abroad | zones


def whole_years(scenario: Scenario) -> list[int]:
    """The calendar years that a scenario covers from end to end."""
    years = range(scenario.start.year, scenario.end.year + 1)
    return [year for year in years if scenario.start <= date(year, 1, 1) and date(year, 12, 31) <= scenario.end]


def union(run: Run) -> list[Held]:
    """Totals of the European Union by year."""
    rows = [row for row in _seizures(run) if row["place"] == "European Union"]
    lands = {*EUROPEAN_UNION, "sea"}
    return [_held("European Union", row, run.tonnes(int(row["year"]), countries=lands)) for row in rows]


def countries(run: Run) -> list[Held]:
    """National totals by year."""
    rows = [row for row in _seizures(run) if row["kind"] == "country" and row["iso2"] in COUNTRIES]
    return [_held(row["place"], row, run.tonnes(int(row["year"]), countries=[row["iso2"]])) for row in rows]


def ports(run: Run) -> list[Held]:
    """Single ports by year."""
    known = {port.name.split(" (")[0]: (key, port.role) for key, port in run.scenario.ports().items()}
    found = []
    for row in _seizures(run):
        if row["kind"] == "port" and row["place"] in known:
            key, role = known[row["place"]]
            control = f"{key} {'export' if role == 'origin' else 'import'}"
            told = f"{row['place']}, {control.split()[1]} control"
            found.append(_held(told, row, run.tonnes(int(row["year"]), control)))
    return found


def sizes(run: Run) -> list[Held]:
    """Mean seized consignment by year."""
    found = []
    for row in published("consignments_rotterdam"):
        year = int(row["year"])
        if year in run.years and row["consignments"]:
            mean = float(row["kg_total"]) / float(row["consignments"])
            model = run.mean_kg(year, "NLRTM import")
            found.append(Held("Rotterdam", year, mean, model, row["source_key"], "Rotterdam"))
    return found


def prices(run: Run) -> list[Held]:
    """Wholesale prices by year; the model's is the mean over its markets."""
    found = []
    for row in published("prices"):
        if row["stage"].startswith("wholesale") and int(row["year"]) in run.years and row["mid"]:
            year, usd = int(row["year"]), float(row["mid"]) * USD_PER_EUR
            model = float(run.price.get(year, math.nan))
            found.append(Held(row["place"], year, usd / 1000.0, model / 1000.0, row["source_key"], row["place"]))
    return sorted(found, key=lambda row: row.year)


def caught(run: Run) -> list[Held]:
    """Seized over what was presented, by year."""
    row = parameter("share seized at Antwerp, customs estimate")
    middle = (float(row["low"]) + float(row["high"])) / 2.0
    found = []
    for year in run.years if "BEANR" in run.scenario.ports() else ():
        presented = run.total("contraband_g", year, ["BEANR"])
        share = run.total("seized_g", year, ["BEANR"]) / presented if presented else math.nan
        found.append(Held("Antwerp", year, middle, share, row["source_key"], "Antwerp"))
    return found


def _seizures(run: Run) -> Iterator[dict[str, str]]:
    """Published seizures of cocaine in whole years that the run covers."""
    for row in sorted(published("seizures"), key=lambda row: (row["place"], int(row["year"]))):
        if row["period"] == "year" and row["what"] == "cocaine" and int(row["year"]) in run.years:
            yield row


def parameter(name: str) -> dict[str, str]:
    """A row of the shipped parameters."""
    return next(row for row in published("parameters") if row["parameter"] == name)


def _held(what: str, row: dict[str, str], model: float) -> Held:
    return Held(what, int(row["year"]), float(row["kg"]) / 1000.0, model, row["source_key"], row["place"])


FIGURES: dict[str, Callable[[Run], list[Held]]] = {
    "seized_union": union,
    "seized_country": countries,
    "seized_port": ports,
    "consignment_kg": sizes,
    "wholesale_price": prices,
    "caught_share": caught,
}
"""What is published by place and year, by the word that a calibration uses."""
