"""People who cross the sea: a figure and sentences on how many set out, and on how many of them are safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report import style
from sim.report.pieces import Section, Table, picture
from sim.report.style import Drawing, by_period, canvas, drawn, entitle, upright
from sim.report.telling import cut_short
from sim.report.views import first_days, policies
from sim.report.words import count, percent, things
from sim.study.results import Results

if TYPE_CHECKING:
    import pandas as pd

_FATES = {
    "arrived": ("arrived by themselves", style.SEIZED_EXPORT),
    "safe": ("brought to safety", style.SEIZED_SEA),
    "returned": ("returned", style.UNDER_WAY),
    "ashore": ("never put to sea", style.SEIZED_INLAND),
    "lost": ("lost at sea", style.DELIVERED),
}
"""What becomes of those who set out, and how it looks, from the bottom up."""
_CHANCES = (style.INK, style.SEIZED, style.SEIZED_INLAND, style.SEIZED_COASTWARD)


def by_month(results: Results) -> pd.DataFrame:
    """Persons by month, called by the first day of it that was lived, and commodity: departed, departed_again, arrived,
    safe (brought in and not returned), returned, ashore (went back, or were stopped, before they put to sea), lost,
    waiting and chance_to_arrive at its end."""
    people = results.people
    found = people.assign(
        month=first_days(people["date"], "M"),
        commodity=people["commodity"].astype("str"),
        safe=people["intercepted"] + people["rescued"] - people["returned"],
        ashore=people["went_back"] + people["stopped_ashore"],
    ).groupby(["month", "commodity"])
    sums = found[["departed", "departed_again", *_FATES]].sum()
    return sums.join(found[["waiting", "chance_to_arrive"]].last()).reset_index()


@drawn
def people(results: Results) -> Drawing:
    """What became of journeys by month, how many wait, and what those who wait take their chance to arrive to be."""
    table = by_month(results)
    fig, first = canvas(4.6)
    first.remove()
    top, low = fig.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (1.7, 1.0)})
    if not len(table):
        for ax in (top, low):
            ax.set_axis_off()
        top.text(0.5, 0.5, "nobody crosses the sea here", ha="center", va="center", color=style.QUIET)
        return fig, top
    total = table.groupby("month").sum(numeric_only=True)
    starts, end = date2num(total.index.to_pydatetime()), date2num(results.people["date"].max()) + 1.0
    widths = np.diff([*starts, end])
    base = np.zeros(len(total))
    for name, (told, colour) in _FATES.items():
        top.bar(starts, total[name], width=0.86 * widths, bottom=base, align="edge", color=colour, label=told)
        base += total[name].to_numpy()
    middle = starts + 0.43 * widths
    by_period(top, middle, total["departed"], color=style.INK, label="set out, all attempts")
    top.set_ylim(0, 1.12 * max(float(base.max()), float(total["departed"].max()), 1.0))
    top.yaxis.set_major_formatter(FuncFormatter(lambda persons, _: f"{persons:,.0f}"))
    top.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    goods = results.scenario.goods()
    for (name, part), colour in zip(table.groupby("commodity", sort=False), _CHANCES, strict=False):
        by_period(low, middle, part["chance_to_arrive"], color=colour, label=goods[str(name)].name)
    low.set_ylim(0, 1.05)
    low.yaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))
    low.set_title("chance to arrive, as those who wait believe", fontsize=8.5, fontweight="normal", pad=5)
    if table["commodity"].nunique() > 1:
        low.legend(loc="lower left", fontsize=7.5)
    locator = AutoDateLocator(minticks=4, maxticks=9)
    low.xaxis.set_major_locator(locator)
    low.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    low.set_xlim(starts[0], end)
    for ax in (top, low):
        upright(ax)
        for policy in policies(results):
            ax.axvline(date2num(policy.start), color=style.INK, linewidth=0.9, linestyle=(0, (4, 2)))
    low.tick_params(axis="x", pad=6)
    for policy in policies(results):
        top.annotate(
            policy.mark, (date2num(policy.start), top.get_ylim()[1]), xytext=(3, 0), textcoords="offset points",
            va="top", ha="left", fontsize=8, fontweight="bold",
        )  # fmt: skip
    handles = top.get_legend_handles_labels()[0]
    entitle(fig, "People who cross the sea: what became of them, persons a month", handles, columns=3)
    return fig, top


def told(results: Results) -> list[str]:
    """How many set out, as journeys and as persons, and what became of them."""
    sums = results.people[
        ["departed", "departed_again", "attempts", "arrived", "intercepted", "rescued", "returned", "went_back",
         "stopped_ashore", "lost", "person_days_at_sea"]
    ].sum().astype(int)  # fmt: skip
    persons = sums["departed"] - sums["departed_again"]
    again = f", {count(sums['departed_again'])} of these by people who had set out before" if persons else ""
    safe = sums["arrived"] + sums["intercepted"] + sums["rescued"] - sums["returned"]
    return [
        f"{count(persons)} persons set out {count(sums['departed'])} times{again}, in "
        f"{things(int(sums['attempts']), 'journey', 'journeys')}. They spent {count(sums['person_days_at_sea'])} "
        "person-days at sea.",
        f"{count(sums['arrived'])} arrived by themselves; {count(sums['intercepted'])} were intercepted by a state and "
        f"{count(sums['rescued'])} rescued in distress, of whom {count(sums['returned'])} were returned; "
        f"{count(sums['lost'])} were lost at sea. {count(sums['stopped_ashore'])} were stopped before they put to sea, "
        f"and {count(sums['went_back'])} went back because nobody took them.",
        f"Of those who set out {percent(safe / max(1, persons))} are safe where they wanted to go, or where they were "
        f"brought in, and {percent(sums['lost'] / max(1, persons))} were lost. Persons are no contraband: read what is "
        "done by how many are safe.",
        *cut_short(_days_of_months(results), "month"),
    ]


def _days_of_months(results: Results) -> list[int]:
    """How many days of each month were lived."""
    days = results.people["date"].drop_duplicates()
    counted: list[int] = days.groupby(first_days(days, "M")).size().tolist()
    return counted


def section(results: Results) -> list[Section]:
    """The section of a run's page, where people are modelled."""
    if not len(results.people):
        return []
    goods, table = results.scenario.goods(), by_month(results)
    sums = table.groupby("commodity", sort=False)[["departed", "departed_again", *_FATES]].sum()
    last = table.groupby("commodity", sort=False)["waiting"].last()
    rows = [
        (
            goods[str(name)].name, count(row["departed"] - row["departed_again"]), count(row["departed"]),
            *(count(row[fate]) for fate in _FATES), count(last[name]),
        )
        for name, row in sums.iterrows()
    ]  # fmt: skip
    head = (
        "people",
        "persons who set out",
        "times that they did",
        *(words for words, _ in _FATES.values()),
        "wait at the end",
    )
    shown = picture(people(results)[0], "people", told(results))
    tables = [Table("Persons, by where they want to go", head, rows, small=True)]
    return [Section("crossings", "People who cross the sea", pictures=[shown], tables=tables)]
