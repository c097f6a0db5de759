"""Prints docs/validation.md: the flagship scenario held against what was published for its years.

`python docs/make_validation.py > docs/validation.md` lives some replicates first, which takes some minutes;
`python docs/make_validation.py FOLDER` takes the results of an earlier run of it, with replicates or without. What is
told of the fitted flagship is taken from docs/calibrated.md, which docs/make_calibration.py makes; with `--fit` nothing
is run nor printed, and that section alone is made anew in the page that is there.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import sim
from sim.analysis.held import (
    EUROPEAN_UNION,
    Held,
    Run,
    caught,
    countries,
    parameter,
    ports,
    prices,
    sizes,
    union,
)
from sim.report.published import USD_PER_EUR
from sim.report.verdicts import EITHER_WAY, UNTIL_COURTS_ARE_AT_WORK, Verdict, shares, verdicts
from sim.scenario.scenario import Scenario
from sim.study.results import Results
from sim.terms import DAYS_PER_YEAR
from sim.world.atlas import published

FLAGSHIP = "latam_europe"
REPLICATES = 8
NONE = "–"

HEADING = """\
# Validation

How the flagship scenario compares with what was published for 2019 to 2023. `docs/make_validation.py` makes this page:
from replicates of its own in thinned mode, or from the folder of an earlier run.

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
  first.
- The model's places are not the statistics' places. A national total also counts airports, post and seizures at sea;
  the model has no air traffic, and its sea zones belong to no state.
- Rows marked *input* compare a value that was put in with a figure that it was taken from or sized by. They show that
  the run does what the scenario says, nothing more.
"""

PAGE, CALIBRATED = (Path(__file__).parent / name for name in ("validation.md", "calibrated.md"))
FITTED = """\
## The calibrated flagship: its fit, and its prediction of 2024

All above is the default flagship. Below is the same scenario with some assumed numbers fitted to what was published for
2019 to 2023, and what its runs say of 2024, to which nothing was fitted. *Before* is the mean of runs of the default
flagship; *median* and interval are of runs of the posterior. [calibrated.md](calibrated.md), from which this is taken,
says which numbers were fitted, and names the places that no values of them bring near;
[calibration.md](calibration.md) says how.
"""

CLOSING = """\
## What this does not show

- How flows respond to a policy. Nothing on this page tests that.
- What is delivered. It rests on the assumed demand, and no published figure pins it. One estimate of European
  consumption is {consumption:g} t for {consumption_year}; this scenario delivers {delivered:,.0f} t in a mean year.
- Anything after {last}, but for the prediction of 2024 above.

The keys in the last column stand in [sim/data/sources.csv](../sim/data/sources.csv). How far each figure can be trusted
stands in the column `status` of its table; the [notes on the data](../sim/data/README.md) explain the words.
"""


def text(results: Results) -> str:
    """The whole page."""
    run = Run.of_results(results)
    at_sea = "the model's seizures at sea belong to no country"
    rate = f"an assumed {USD_PER_EUR:.2f} USD to the euro"
    tables = (
        ("Seized in the European Union", "tonnes, at ports, off the coasts and on the roads", union(run)),
        ("Seized by country", f"tonnes, at ports and on the roads; {at_sea}", countries(run)),
        ("Seized at single ports", "tonnes; import control in Europe, export control in Latin America", ports(run)),
        ("Mean seized consignment at Rotterdam", "kilograms; some published counts hold other drugs too", sizes(run)),
        ("Wholesale price", f"thousand USD a kilogram, converted at {rate}", prices(run)),
        ("Share of what reaches Antwerp that is seized", "shares; its customs estimated 10 to 20 %", caught(run)),
    )
    inputs = scanned(run)
    held = [(title, [*rows]) for title, _, rows in tables]
    lines = [HEADING, _about(results), _summary(held)]
    lines += [_table(title, note, rows) for title, note, rows in tables]
    lines.append(_table("Containers scanned (input)", "thousand containers a year, and shares of the flow", inputs))
    lines.append(_justice(results))
    lines.append(calibrated(CALIBRATED.read_text(encoding="utf-8")))
    old = next(row for row in published("production") if row["variable"] == "consumption" and row["place"] == "Europe")
    last = max(run.years, default=run.scenario.end.year)
    delivered = results.kpis["delivered_kg"] / 1000.0 * DAYS_PER_YEAR / run.scenario.days
    lines.append(
        CLOSING.format(consumption=float(old["value"]), consumption_year=old["year"], delivered=delivered, last=last)
    )
    return "\n\n".join(line.strip("\n") for line in lines) + "\n"


def calibrated(page: str) -> str:
    """What the page of the fitted flagship says of fit and prediction: the distances, and the tables of both."""
    before, _, _ = page.partition("\n| population |")
    distances = before.rstrip("\n").rpartition("\n")[2]
    chapters = [chapter for chapter in page.split("\n## ") if chapter.startswith(("Fitted\n", "Held out"))]
    return "\n\n".join([FITTED.strip("\n"), distances, *(f"### {chapter}".strip("\n") for chapter in chapters)])


def refitted(page: str, fit: str) -> str:
    """The page with its section on the fitted flagship made anew."""
    first, last = (words.partition("\n")[0] for words in (FITTED, CLOSING))
    before, _, rest = page.partition(f"{first}\n")
    return f"{before}{calibrated(fit)}\n\n{last}\n{rest.partition(f'{last}\n')[2]}"


def scanned(run: Run) -> list[Held]:
    """Scans a year and their share of the flow, against the figures that sized them."""
    found = []
    for year in run.years[-1:]:
        belgian, european = _destinations(run.scenario, {"BE"}), _destinations(run.scenario, EUROPEAN_UNION)
        for name, group, scanned_share, bound in (
            ("Belgian ports, share", belgian, "share scanned", "value"),
            ("EU ports, share", european, "share of EU containers inspected", "low"),
        ):
            row = parameter(scanned_share)
            share = run.total("boxes_scanned", year, group) / run.total("boxes_arrived", year, group)
            found.append(Held(name, year, float(row[bound]), share, row["source_key"]))
        for key, name, checked in (
            ("BEANR", "Antwerp", "containers checked"),
            ("NLRTM", "Rotterdam", "containers scanned"),
        ):
            row = parameter(checked)
            scans = run.total("boxes_scanned", year, [key]) / 1000.0
            told = f"{name}, thousand, against {row['year']}"
            found.append(Held(told, year, float(row["value"]) / 1000.0, scans, row["source_key"]))
    return found


def _destinations(scenario: Scenario, countries: Iterable[str]) -> list[str]:
    ports = scenario.ports().items()
    return [key for key, port in ports if port.role == "destination" and port.country in set(countries)]


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


def _justice(results: Results) -> str:
    """What is published on courts and traced money, beside what cases and transfers came to."""
    pooled, each = _judged(results), [_judged(one) for one in results.replicates]
    lines = [
        "## Justice and money", "",
        "Means of the cases in which somebody was accused, their waits included, of all replicates together, and the "
        "lowest and the highest of single replicates; of durations that the end of a run cut off, by Kaplan and Meier. "
        f"Where no range is published it is {EITHER_WAY * 100:.0f} % either way. Shares of proceeds are flows, as "
        "published ones are: what was frozen, and what was confiscated for good, over the proceeds of the same years, "
        f"the first {UNTIL_COURTS_ARE_AT_WORK} left out, in which courts had nothing before them yet; cases are then "
        "transfers that were frozen.", "",
        "**No test**: times in a slot, chances and pleas of the states below, the chance that a look into a transfer "
        "shows what it is and the quality of evidence about money are assumed, and were set by hand for these rows, on "
        "these figures; slots are assumed too. Published durations and verdicts are of all cases of their kind, not "
        "of this trade. A row of few cases says little, and a duration is too low where the longest had not ended, as "
        "in Brazil, whose times are a good part of a run.", "",
        f"Inside: {sum(row.inside for row in pooled)} of {len(pooled)}.", "",
        "| what | published | range | model | single replicates | cases | inside | source |",
        "|---|---:|---:|---:|---:|---:|---|---|",
    ]  # fmt: skip
    for row, *alone in zip(pooled, *each, strict=True):
        judged = NONE if math.isnan(row.model) else "yes" if row.inside else "no"
        found = [one.model for one in alone if not math.isnan(one.model)]
        spread = f"{_figure(min(found))} to {_figure(max(found))}" if found else NONE
        figures = f"{_figure(row.published)} | {_figure(row.low)} to {_figure(row.high)} | {_figure(row.model)}"
        lines.append(f"| {row.what} | {figures} | {spread} | {row.cases:,} | {judged} | `{row.source}` |")
    return "\n".join(lines)


def _judged(results: Results) -> list[Verdict]:
    return [*verdicts(results), *shares(results)]


def _figure(value: float) -> str:
    if math.isnan(value):
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def main(arguments: list[str]) -> None:
    """Open the folder that is named, or run the flagship; then print the page."""
    if arguments == ["--fit"]:
        page, fit = (place.read_text(encoding="utf-8") for place in (PAGE, CALIBRATED))
        PAGE.write_text(refitted(page, fit), encoding="utf-8")
        return
    if arguments:
        sys.stdout.write(text(sim.open_results(arguments[0])))
        return
    with tempfile.TemporaryDirectory() as folder:
        flagship = sim.load(FLAGSHIP)
        sys.stdout.write(text(sim.run(flagship, Path(folder) / "run", replicates=REPLICATES, mode="thinned")))


if __name__ == "__main__":
    main(sys.argv[1:])
