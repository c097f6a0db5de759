"""Prints docs/validation.md: the flagship scenario held against what was published for its years.

`python docs/make_validation.py > docs/validation.md` runs the flagship first, which takes a minute or more;
`python docs/make_validation.py FOLDER` takes the results of an earlier run of it, with replicates or without.
"""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import sim
from sim.report.published import USD_PER_EUR
from sim.report.verdicts import EITHER_WAY, Verdict, verdicts
from sim.scenario.scenario import Scenario
from sim.study.results import Results
from sim.terms import DAYS_PER_YEAR, GRAMS_PER_KG
from sim.world.atlas import published

FLAGSHIP = "latam_europe"
FACTOR = 2.0
EUROPEAN_UNION = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
     "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
COUNTRIES = ("BE", "NL", "ES", "DE", "FR", "IT")
NONE = "–"

HEADING = """\
# Validation

How the flagship scenario compares with what was published for 2019 to 2023. `docs/make_validation.py` makes this page:
from a run of its own, or from the folder of an earlier one.

## How to read it

**This is a check of plausibility, not a test of prediction.** The scenario was calibrated by hand, roughly, and on
these very years: assumed values, such as demand and the share of production that is made for this trade, were chosen
with the published totals in view. No year was held back. Totals of the right size are therefore no evidence that the
mechanisms are right; they say that the published orders of magnitude can stand together in one set of books. Where a
row is off by more than a factor of two, the model gives a wrong picture of that place and year, and should not be
quoted for it.

- *Within a factor of two*: model / published lies between 0.5 and 2. The yardstick is coarse on purpose. Published
  seizures of one place and year differ by 10 to 20 % between sources.
- Published seizures are what enforcement found. They are no measure of flow.
- A single port and year holds a good deal of chance: a few large loads make the total. Read totals over ports and years
  first, and replicates before a single row.
- The model's places are not the statistics' places. A national total also counts airports, post and seizures at sea;
  the model has no air traffic, and its sea zones belong to no state.
- Rows marked *input* compare a value that was put in with a figure that it was taken from or sized by. They show that
  the run does what the scenario says, nothing more.
"""

CLOSING = """\
## What this does not show

- How flows respond to a policy. Nothing on this page tests that.
- What is delivered. It rests on the assumed demand, and no published figure pins it. One estimate of European
  consumption is {consumption:g} t for {consumption_year}; this scenario delivers {delivered:,.0f} t in a mean year.
- Anything after {last}. Seizures of 2024 are shipped in [sim/data/seizures.csv](../sim/data/seizures.csv), for a test
  out of sample.

The keys in the last column stand in [sim/data/sources.csv](../sim/data/sources.csv). How far each figure can be trusted
stands in the column `status` of its table; the [notes on the data](../sim/data/README.md) explain the words.
"""


class Held(NamedTuple):
    """A published figure, and what the model makes of it."""

    what: str
    year: int
    published: float
    model: float
    source: str

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
    """A run of the flagship as the published tables count it; of replicates, the mean."""

    def __init__(self, results: Results) -> None:
        self.scenario = results.scenario
        self.years = _whole_years(self.scenario)
        self.count = len(results.replicates)
        self.kpis = results.kpis
        self.seized = list(_seized(results, self.scenario))
        self.price = results.daily.groupby(results.daily["date"].dt.year)["price_usd_per_kg"].mean()
        ports = results.ports.assign(year=results.ports["date"].dt.year)
        columns = ["boxes_arrived", "boxes_scanned", "contraband_g", "seized_g"]
        self.controls = ports.groupby(["year", "port", "direction"], observed=True)[columns].sum()

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
        """A column of the table of import controls, added up over ports."""
        return float(sum(self.controls.loc[(year, port, "import"), column] for port in ports)) / self.count


def _seized(results: Results, scenario: Scenario) -> Iterator[Seized]:
    """All loads that were seized, with year and country."""
    controls = {f"{key} {way}": key for key in scenario.ports() for way in ("export", "import")}
    country, abroad = _lands(scenario)
    loads = results.consignments
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
    abroad |= {key for key, site in {**geography.warehouses, **geography.docks}.items() if site.side == "destination"}
    zones = {zone for dock in geography.docks.values() if dock.side == "destination" for zone in dock.zones}
    return countries | dict.fromkeys(zones, "sea"), abroad | zones


def _whole_years(scenario: Scenario) -> list[int]:
    years = range(scenario.start.year, scenario.end.year + 1)
    return [year for year in years if scenario.start <= date(year, 1, 1) and date(year, 12, 31) <= scenario.end]


def text(results: Results) -> str:
    """The whole page."""
    run = Run(results)
    at_sea = "the model's seizures at sea belong to no country"
    rate = f"an assumed {USD_PER_EUR:.2f} USD to the euro"
    tables = (
        ("Seized in the European Union", "tonnes, at ports, off the coasts and on the roads", union(run)),
        ("Seized by country", f"tonnes, at ports and on the roads; {at_sea}", countries(run)),
        ("Seized at single ports", "tonnes; import control in Europe, export control in Latin America", ports(run)),
        ("Mean seized consignment at Rotterdam", "kilograms; some published counts hold other drugs too", sizes(run)),
        ("Wholesale price", f"thousand USD a kilogram, converted at {rate}", prices(run)),
        ("Share of what reaches Antwerp that is seized", "shares; its customs estimated 10 to 20 %", caught(run)),
        (
            "Money",
            "shares of proceeds; the first was calibrated; below 2 % seized in 2020 and 2021",
            money(run),
        ),
    )
    inputs = scanned(run)
    held = [(title, [*rows]) for title, _, rows in tables]
    lines = [HEADING, _about(results), _summary(held)]
    lines += [_table(title, note, rows) for title, note, rows in tables]
    lines.append(_table("Containers scanned (input)", "thousand containers a year, and shares of the flow", inputs))
    lines.append(_justice(list(verdicts(results))))
    old = next(row for row in published("production") if row["variable"] == "consumption" and row["place"] == "Europe")
    last = max(run.years, default=run.scenario.end.year)
    delivered = results.kpis["delivered_kg"] / 1000.0 * DAYS_PER_YEAR / run.scenario.days
    lines.append(
        CLOSING.format(consumption=float(old["value"]), consumption_year=old["year"], delivered=delivered, last=last)
    )
    return "\n\n".join(line.strip("\n") for line in lines) + "\n"


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
            found.append(Held("Rotterdam", year, mean, model, row["source_key"]))
    return found


def prices(run: Run) -> list[Held]:
    """Wholesale prices by year; the model's is the mean over its markets."""
    found = []
    for row in published("prices"):
        if row["stage"].startswith("wholesale") and int(row["year"]) in run.years and row["mid"]:
            year, usd = int(row["year"]), float(row["mid"]) * USD_PER_EUR
            model = float(run.price.loc[year])
            found.append(Held(row["place"], year, usd / 1000.0, model / 1000.0, row["source_key"]))
    return sorted(found, key=lambda row: row.year)


def caught(run: Run) -> list[Held]:
    """Seized over what was presented, by year."""
    row = _parameter("share seized at Antwerp, customs estimate")
    return [
        Held(
            "Antwerp", year, (float(row["low"]) + float(row["high"])) / 2.0,
            run.total("seized_g", year, ["BEANR"]) / run.total("contraband_g", year, ["BEANR"]),
            row["source_key"],
        )
        for year in run.years
    ]  # fmt: skip


def money(run: Run) -> list[Held]:
    """Frozen and confiscated for good, of all proceeds of the run; what is before courts at its end is neither."""
    found = []
    for name, parameter in (("frozen", "frozen_share"), ("confiscated", "confiscated_share")):
        row = _parameter(f"share of criminal proceeds {name}")
        share = run.kpis.get(parameter)
        model = math.nan if share is None else float(share)
        found.append(Held(name, int(row["year"]), float(row["value"]), model, row["source_key"]))
    return found


def scanned(run: Run) -> list[Held]:
    """Scans a year and their share of the flow, against the figures that sized them."""
    found = []
    for year in run.years[-1:]:
        belgian, european = _destinations(run.scenario, {"BE"}), _destinations(run.scenario, EUROPEAN_UNION)
        for name, group, parameter, bound in (
            ("Belgian ports, share", belgian, "share scanned", "value"),
            ("EU ports, share", european, "share of EU containers inspected", "low"),
        ):
            row = _parameter(parameter)
            share = run.total("boxes_scanned", year, group) / run.total("boxes_arrived", year, group)
            found.append(Held(name, year, float(row[bound]), share, row["source_key"]))
        for key, name, parameter in (
            ("BEANR", "Antwerp", "containers checked"),
            ("NLRTM", "Rotterdam", "containers scanned"),
        ):
            row = _parameter(parameter)
            scans = run.total("boxes_scanned", year, [key]) / 1000.0
            told = f"{name}, thousand, against {row['year']}"
            found.append(Held(told, year, float(row["value"]) / 1000.0, scans, row["source_key"]))
    return found


def _destinations(scenario: Scenario, countries: Iterable[str]) -> list[str]:
    ports = scenario.ports().items()
    return [key for key, port in ports if port.role == "destination" and port.country in set(countries)]


def _seizures(run: Run) -> Iterator[dict[str, str]]:
    """Published seizures of cocaine in whole years that the run covers."""
    for row in sorted(published("seizures"), key=lambda row: (row["place"], int(row["year"]))):
        if row["period"] == "year" and row["what"] == "cocaine" and int(row["year"]) in run.years:
            yield row


def _parameter(name: str) -> dict[str, str]:
    return next(row for row in published("parameters") if row["parameter"] == name)


def _held(what: str, row: dict[str, str], model: float) -> Held:
    return Held(what, int(row["year"]), float(row["kg"]) / 1000.0, model, row["source_key"])


def _about(results: Results) -> str:
    manifest, count = results.manifest, len(results.replicates)
    luck = f"seed {manifest['seed']}" + (f", mean of {count} replicates" if count > 1 else ", one run")
    return (
        f"The run below: {manifest['title']}, {manifest['days']:,} days, {luck}. "
        f"Its scenario has the hash `{manifest['scenario_hash'][:12]}`."
    )


def _summary(held: list[tuple[str, list[Held]]]) -> str:
    lines = [
        "## Summary",
        "",
        "| what | rows | within a factor of two | means over the rows, model / published |",
        "|---|---:|---:|---:|",
    ]
    for title, rows in held:
        known = [row for row in rows if not math.isnan(row.model)]
        apart = sum(row.published for row in known)
        together = f"{sum(row.model for row in known) / apart:.2f}" if apart else NONE
        lines.append(f"| {title} | {len(rows)} | {sum(row.within for row in rows)} | {together} |")
    return "\n".join(lines)


def _table(title: str, note: str, rows: list[Held]) -> str:
    lines = [
        f"## {title}", "", f"In {note}.", "",
        "| what | year | published | model | model / published | within a factor of two | source |",
        "|---|---:|---:|---:|---:|---|---|",
    ]  # fmt: skip
    for row in rows:
        known = not math.isnan(row.model)
        judged = ("yes" if row.within else "no") if known else NONE
        ratio = f"{row.ratio:.2f}" if known else NONE
        figures = f"{_figure(row.published)} | {_figure(row.model)} | {ratio}"
        lines.append(f"| {row.what} | {row.year} | {figures} | {judged} | `{row.source}` |")
    if not rows:
        lines.append(f"| the run covers no whole year |{f' {NONE} |' * 6}")
    return "\n".join(lines)


def _justice(rows: list[Verdict]) -> str:
    """What is published on courts, beside what cases came to."""
    lines = [
        "## Justice", "",
        "Means of the cases in which somebody was accused, their waits included; of durations that the end of "
        f"the run cut off, by Kaplan and Meier. Where no range is published it is {EITHER_WAY * 100:.0f} % "
        "either way. Times in a slot and chances on middling evidence were set by hand for these rows, on "
        "these figures; slots are assumed. Published durations and verdicts are of all cases of their kind, "
        "not of this trade. A row of few cases says little, and a duration is too low where the longest had "
        "not ended, as in Brazil, whose times are a good part of the run.", "",
        "| what | published | range | model | cases | inside | source |",
        "|---|---:|---:|---:|---:|---|---|",
    ]  # fmt: skip
    for row in rows:
        judged = NONE if math.isnan(row.model) else "yes" if row.inside else "no"
        span = f"{_figure(row.low)} to {_figure(row.high)}"
        figures = f"{_figure(row.published)} | {span} | {_figure(row.model)} | {row.cases} | {judged}"
        lines.append(f"| {row.what} | {figures} | `{row.source}` |")
    return "\n".join(lines)


def _figure(value: float) -> str:
    if math.isnan(value):
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def main(arguments: list[str]) -> None:
    """Open the folder that is named, or run the flagship; then print the page."""
    if arguments:
        sys.stdout.write(text(sim.open_results(arguments[0])))
        return
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(text(sim.run(sim.load(FLAGSHIP), Path(folder) / "run")))


if __name__ == "__main__":
    main(sys.argv[1:])
