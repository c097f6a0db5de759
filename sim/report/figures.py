"""Figures: each is one function that takes results and returns a figure and its axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report import style, views
from sim.report.cooperation import cooperation_network
from sim.report.courts import justice
from sim.report.crossings import people
from sim.report.inspection import opened_by_group
from sim.report.maps import flow_map
from sim.report.money import money_over_time
from sim.report.published import PublishedPrice
from sim.report.style import Drawing, beside, canvas, dates, drawn, entitle, horizontal, upright
from sim.report.words import change, mass, percent, shortened
from sim.study.results import Results

_LABEL = 0.18
"""About how much of one side of a figure the label of a bar takes."""
MOST_BARS = 15
"""Places shown in a figure by place; the page's tables hold all."""
WHERE_COLOURS: dict[views.Where, str] = {
    "coastward": style.SEIZED_COASTWARD,
    "export": style.SEIZED_EXPORT,
    "sea": style.SEIZED_SEA,
    "import": style.SEIZED,
    "inland": style.SEIZED_INLAND,
}
_STEP_COLOURS = {
    "all": style.ALL,
    "seized": style.SEIZED,
    "lost": style.LOST,
    "under_way": style.UNDER_WAY,
    "delivered": style.DELIVERED,
}


@drawn
def flow(results: Results) -> Drawing:
    """Delivered, seized and lost by month, stacked, with what was dispatched as a line and the starts of policies."""
    table, word = views.by_period(results)
    fig, ax = canvas(3.3)
    starts = date2num(table.index.to_pydatetime())
    widths = np.diff([*starts, starts[-1] + table["days"].iloc[-1]])
    base = np.zeros(len(table))
    for name, colour in (("delivered", style.DELIVERED), ("seized", style.SEIZED), ("lost", style.LOST)):
        ax.bar(starts, table[name], width=0.86 * widths, bottom=base, align="edge", color=colour, label=name)
        base += table[name].to_numpy()
    style.by_period(ax, starts + 0.43 * widths, table["dispatched"], color=style.INK, label="dispatched")
    dates(ax, starts[0], starts[-1] + widths[-1])
    ax.set_ylim(0, 1.12 * max(float(base.max()), float(table["dispatched"].max()), 1e-9))
    upright(ax)
    _mark_policies(ax, results)
    entitle(fig, f"Delivered, seized, lost and dispatched, tonnes a {word}", ax.get_legend_handles_labels()[0])
    return fig, ax


@drawn
def funnel(results: Results) -> Drawing:
    """What became of all that was dispatched, step by step, in kilograms."""
    steps = views.funnel(results)
    total = steps[0].kg
    fig, ax = canvas(3.3)
    left = 0.0
    for row, step in enumerate(steps):
        ax.barh(row, step.kg, left=left, height=0.7, color=_STEP_COLOURS[step.kind])
        told = mass(step.kg) + (f" ({percent(step.kg / total)})" if row and total else "")
        before = left > 0.3 * total
        beside(ax, left if before else left + step.kg, row, told, right=not before)
        if row + 1 < len(steps):
            edge = left if row else total
            ax.plot([edge, edge], [row - 0.35, row + 1.35], color=style.QUIET, linewidth=0.6, zorder=0.5)
            left = edge - steps[row + 1].kg
    ax.set_yticks(range(len(steps)), [step.name for step in steps])
    ax.invert_yaxis()
    _masses(ax, 1.16 * total)
    horizontal(ax)
    entitle(fig, "What became of all that was dispatched")
    return fig, ax


@drawn
def price(results: Results, published: Sequence[PublishedPrice] = ()) -> Drawing:
    """Wholesale price over time, with published prices where they are given."""
    daily = results.daily
    fig, ax = canvas(2.8)
    days = np.append(date2num(daily["date"].dt.to_pydatetime()), date2num(results.scenario.end) + 1)
    held = daily["price_usd_per_kg"].to_numpy() / 1000
    ax.plot(days, np.append(held, held[-1]), color=style.INK, label="in the model")
    first, last = results.scenario.start, results.scenario.end
    points = [point for point in published if first <= point.when <= last]
    highest = float(daily["price_usd_per_kg"].max())
    for point in points:
        low, high = (bound if bound is not None else point.usd_per_kg for bound in (point.low, point.high))
        highest = max(highest, high)
        ax.errorbar(
            [date2num(point.when)], [point.usd_per_kg / 1000],
            yerr=[[(point.usd_per_kg - low) / 1000], [(high - point.usd_per_kg) / 1000]],
            fmt="D", markersize=4, color=style.DELIVERED, elinewidth=1.2, zorder=3,
        )  # fmt: skip
        ax.annotate(
            shortened(point.told, 24), (date2num(point.when), low / 1000),
            xytext=(0, -6), textcoords="offset points", color=style.QUIET, fontsize=7.5, ha="center", va="top",
        )  # fmt: skip
    dates(ax, days[0], days[-1])
    ax.set_ylim(0, 1.16 * max(highest / 1000, 1e-9))
    upright(ax)
    _mark_policies(ax, results)
    published_key = Line2D([], [], color=style.DELIVERED, marker="D", markersize=4, label="published, with its range")
    key = [Line2D([], [], color=style.INK, label="in the model"), published_key] if points else []
    entitle(fig, "Wholesale price, thousand US dollars a kilogram", key)
    return fig, ax


@drawn
def seizures_by_port(results: Results) -> Drawing:
    """Kilograms seized by place: the places with most, split by where on the way."""
    table = views.seized_by_place(results).head(MOST_BARS)
    called = views.names(results)
    fig, ax = canvas(_height(len(table)))
    rows = np.arange(len(table))
    base = np.zeros(len(table))
    for where, told in views.WHERE.items():
        if table[where].sum() > 0:
            ax.barh(rows, table[where], left=base, height=0.7, color=WHERE_COLOURS[where], label=told)
            base += table[where].to_numpy()
    for row, kg in enumerate(base):
        beside(ax, kg, row, mass(kg))
    ax.set_yticks(rows, [shortened(called.get(place, place)) for place in table.index])
    ax.invert_yaxis()
    _masses(ax, 1.14 * float(base.max(initial=0.0)))
    horizontal(ax)
    entitle(fig, "Seized, by place", ax.get_legend_handles_labels()[0])
    _say_if_empty(ax, len(table), "nothing was seized")
    return fig, ax


@drawn
def displacement(results: Results) -> Drawing:
    """Change of the loads sent towards each gateway a month, and what the change of the total alone would have made."""
    found = views.displacement(results)
    if found is None or found.table.empty:
        fig, ax = canvas(1.6)
        _say_if_empty(ax, 0, "too little was sent to compare two spans of the run")
        return fig, ax
    order = found.table["change_kg"].abs().sort_values(ascending=False, kind="stable").index[:MOST_BARS]
    table = found.table.loc[order].sort_values("change_kg", ascending=False, kind="stable")
    called = views.names(results)
    fig, ax = canvas(_height(len(table)) + 0.15)
    rows = np.arange(len(table))
    colours = [style.MORE if kg > 0 else style.LESS for kg in table["change_kg"]]
    ax.barh(rows, table["change_kg"], height=0.66, color=colours)
    ax.plot(table["share_kg"], rows, linestyle="", marker="|", markersize=11, markeredgewidth=1.6, color=style.INK)
    reach = 1.3 * float(table[["change_kg", "share_kg"]].abs().max().max())
    for row, (kg, share) in enumerate(zip(table["change_kg"], table["share_kg"], strict=True)):
        in_the_way = 0.0 <= (share - kg) * np.sign(kg) < _LABEL * reach
        beside(ax, share if in_the_way else kg, row, change(kg, mass(kg)), right=kg > 0)
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    ax.set_yticks(rows, [shortened(called.get(place, place)) for place in table.index])
    ax.invert_yaxis()
    _masses(ax, reach, signed=True)
    horizontal(ax)
    ax.spines["left"].set_visible(False)
    tick = Line2D([], [], color=style.INK, marker="|", markersize=9, markeredgewidth=1.6, linestyle="")
    tick.set_label("if all had changed with the total")
    key = [Patch(color=style.MORE, label="more"), Patch(color=style.LESS, label="less"), tick]
    cause = f"before and after {found.policy.mark}" if found.policy else "first and last part of the run"
    entitle(fig, f"Loads sent towards each gateway, change a month: {cause}", key)
    return fig, ax


@drawn
def seizure_sizes(results: Results) -> Drawing:
    """How large seized loads are: number of seizures by size class, on a scale of tenfold steps."""
    sizes = views.seizure_sizes(results)
    fig, ax = canvas(2.8)
    upright(ax)
    entitle(fig, "Number of seizures, by kilograms seized")
    if len(sizes) == 0:
        _say_if_empty(ax, 0, "nothing was seized")
        return fig, ax
    first, last = np.floor(np.log10(sizes.min()) * 4) / 4, np.ceil(np.log10(sizes.max()) * 4) / 4
    edges = 10.0 ** np.arange(first, max(last, first + 0.25) + 0.125, 0.25)
    numbers, _ = np.histogram(sizes, edges)
    ax.set_xscale("log")
    ax.bar(edges[:-1], numbers, width=0.92 * np.diff(edges), align="edge", color=style.SEIZED)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, 1.25 * numbers.max())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda kg, _: mass(kg)))
    ax.xaxis.set_minor_formatter(FuncFormatter(lambda kg, _: ""))
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda seizures, _: f"{seizures:,.0f}"))
    for value, told, right in ((float(np.median(sizes)), "half are below", False), (float(sizes.mean()), "mean", True)):
        ax.axvline(value, color=style.INK, linewidth=1, linestyle=style.DASHED)
        beside(ax, value, 1.19 * numbers.max(), f"{told} {mass(value)}", right=right)
    return fig, ax


@drawn
def legal_trade(results: Results) -> Drawing:
    """Legal trade under control at the largest ports: share scanned, false alarms, delay of a container."""
    table = views.legal_trade(results)
    largest = list(dict.fromkeys(table["port"]))[:MOST_BARS]
    called = views.names(results)
    fig, first = canvas(_height(len(largest)) + 0.3)
    first.remove()
    panels = fig.subplots(1, 3, sharey=True, squeeze=False)[0]
    rows = {port: row for row, port in enumerate(largest)}
    shown = table[table["port"].isin(largest)]
    slow = float(shown["delay_hours"].max() if len(shown) else 0.0) >= 2.0
    measures = (
        ("scanned_share", "containers scanned", 100.0, "%"),
        ("false_per_1000", "false alarms per 1,000", 1.0, ""),
        ("delay_hours", "mean delay", 1.0 if slow else 60.0, "h" if slow else "min"),
    )
    for panel, (column, told, factor, unit) in zip(panels, measures, strict=True):
        for side, colour, marker in (("export", style.SEIZED_EXPORT, "o"), ("import", style.SEIZED, "D")):
            here = shown[shown["direction"] == side]
            places = [rows[port] for port in here["port"]]
            panel.plot(
                here[column] * factor, places, linestyle="", marker=marker, markersize=5, color=colour,
                label=f"{side} control",
            )  # fmt: skip
        panel.set_title(told, fontsize=8.5, fontweight="normal", pad=5)
        panel.set_xlim(0, 1.15 * max(float(shown[column].max() * factor) if len(shown) else 0.0, 1e-9))
        panel.xaxis.set_major_locator(MaxNLocator(3))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _, unit=unit: f"{value:g}{unit and ' '}{unit}"))
        panel.spines["bottom"].set_visible(False)
    panels[0].set_yticks(range(len(largest)), [shortened(called.get(port, port), 24) for port in largest])
    panels[0].set_ylim(len(largest) - 0.5, -0.5)
    entitle(
        fig, "Legal containers under control, at the ports that handle most", panels[0].get_legend_handles_labels()[0]
    )
    return fig, panels[0]


FIGURES: dict[str, Callable[..., Drawing]] = {
    "map": flow_map,
    "flow": flow,
    "funnel": funnel,
    "opened_by_group": opened_by_group,
    "cooperation_network": cooperation_network,
    "money": money_over_time,
    "seizures_by_port": seizures_by_port,
    "displacement": displacement,
    "seizure_sizes": seizure_sizes,
    "price": price,
    "legal_trade": legal_trade,
    "justice": justice,
    "people": people,
}
"""Every figure of one run, by the name that `draw` takes."""


def draw(results: Results, name: str, **more: Any) -> Drawing:
    """One figure by its name; of a replicated run, that of the first replicate. Raises ValueError for other names."""
    if name not in FIGURES:
        raise ValueError(f"{name} is not a figure; known are {', '.join(FIGURES)}")
    return FIGURES[name](results.replicates[0], **more)


def _height(rows: int) -> float:
    return 0.95 + 0.225 * max(rows, 3)


def _masses(ax: Axes, reach: float, signed: bool = False) -> None:
    """A lying axis of kilograms, from zero, or to both sides of it."""
    reach = max(reach, 1e-9)
    ax.set_xlim(-reach if signed else 0.0, reach)
    per_unit, unit = (1000.0, "t") if reach >= 1000 else (1.0, "kg")

    def told(kg: float, _: int) -> str:
        amount = f"{kg / per_unit:,g}".replace("-", "−") + f" {unit}"
        return "0" if kg == 0 else change(kg, amount) if signed else amount

    ax.xaxis.set_major_locator(MaxNLocator(6 if signed else 5))
    ax.xaxis.set_major_formatter(FuncFormatter(told))


def _mark_policies(ax: Axes, results: Results) -> None:
    """A dashed line at the start of each policy, with its mark; marks of neighbours stand at different heights."""
    top = ax.get_ylim()[1]
    left, right = ax.get_xlim()
    last, level = left - right, 0
    for policy in sorted(views.policies(results), key=lambda found: found.start):
        where = date2num(policy.start)
        level = level + 1 if where - last < 0.04 * (right - left) else 0
        ax.axvline(where, color=style.INK, linewidth=0.9, linestyle=style.DASHED)
        ax.annotate(
            policy.mark, (where, top * (1 - 0.08 * level)), xytext=(3, 0), textcoords="offset points",
            va="top", ha="left", fontsize=8, fontweight="bold",
            bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )  # fmt: skip
        last = where


def _say_if_empty(ax: Axes, shown: int, told: str) -> None:
    if not shown:
        ax.set_axis_off()
        ax.text(0.5, 0.5, told, transform=ax.transAxes, ha="center", va="center", color=style.QUIET)
