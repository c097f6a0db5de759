"""Weighing worlds: what each costs for what it prevents, and which of them is best, with what chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report import style
from sim.report.style import Drawing, canvas, compact, drawn, entitle
from sim.report.words import KG_PER_TONNE, shortened
from sim.study.comparison import Comparison
from sim.study.effects import GOALS
from sim.study.intervals import Interval, of_mean

if TYPE_CHECKING:
    import pandas as pd

PRICES = {
    "policy_cost_usd": ("cost of the policies, USD million", 1e6),
    "delay_hours_mean": ("longer delay of a legal container, hours", 1.0),
}
"""Totals that stand for what a policy costs: in words, and what a unit of the axis has of theirs."""
_HEAT = LinearSegmentedColormap.from_list("chance", [style.PAPER, style.SEIZED_EXPORT, style.SEIZED])
_ROOM = 0.08
"""Share of an axis that is left free at either end."""
_LEAST = 1e-6
"""Less than that is told as nothing: a dollar, a gram, or some thousandths of a second."""
_MOST_MARKS, _STEPS = 5, (1, 2, 2.5, 5, 10)
"""Steps of the axis of costs: so few that the longest numbers stand beside each other, and how long they may be."""
_DARK = 0.6
"""Chance from which on text in a cell is white."""


class Traded(NamedTuple):
    """What a world costs more and prevents more than the first, with intervals; the first itself is at 0."""

    name: str
    cost: Interval
    prevented: Interval
    """Kilograms that were not delivered."""
    best: bool
    """Whether no other world prevents at least as much for at most the cost, by the means."""


def traded(study: Comparison, price: str = "policy_cost_usd") -> list[Traded]:
    """All worlds in their order. price: one of `PRICES`."""

    def gap(measure: str, name: str, sign: float) -> Interval:
        return of_mean(sign * (study.measured(measure, name) - study.measured(measure, study.names[0])))

    costs = [gap(price, name, 1.0) for name in study.names]
    gains = [gap("delivered_kg", name, -1.0) for name in study.names]
    at = [(cost.value, -gain.value) for cost, gain in zip(costs, gains, strict=True)]
    best = [not any(two[0] <= one[0] and two[1] <= one[1] and two != one for two in at) for one in at]
    return [Traded(*each) for each in zip(study.names, costs, gains, best, strict=True)]


@drawn
def trade_off(study: Comparison, price: str | None = None) -> Drawing:
    """Kilograms prevented from delivery against what they cost, all worlds, with intervals both ways.

    price: `policy_cost_usd` or `delay_hours_mean`; a panel for each when not given. Worlds that no other one beats in
    both, by the means, have a ring; the steps between them are what can be prevented for a cost.
    """
    prices = [price] if price is not None else list(PRICES)
    marks = [(style.LOST, "o"), *(style.mark(number) for number in range(len(study.names) - 1))]
    fig = Figure(figsize=(style.WIDTH, 3.3 + 0.17 * ((len(study.names) + 2) // 2)))
    FigureCanvasAgg(fig)
    panels = fig.subplots(1, len(prices), sharey=True, squeeze=False)[0]
    for ax, each in zip(panels, prices, strict=True):
        _weighed(ax, traded(study, each), marks, *PRICES[each])
    panels[0].set_ylabel("prevented from delivery, tonnes")
    key = [
        Line2D([], [], linestyle="", marker=shape, color=colour, markersize=6, label=shortened(name, 40))
        for name, (colour, shape) in zip(study.names, marks, strict=True)
    ]
    ring = Line2D(
        [], [], color=style.QUIET, linewidth=0.8, marker="o", markersize=10, markerfacecolor="none",
        label="no other prevents more for less",
    )  # fmt: skip
    title = f"What is prevented, and what it costs, against {shortened(study.names[0], 30)}"
    entitle(fig, title, [*key, ring], columns=2)
    return fig, panels[0]


def _weighed(ax: Axes, worlds: list[Traded], marks: list[tuple[str, str]], told: str, per: float) -> None:
    ax.axhline(0, color=style.QUIET, linewidth=0.8)
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    front = sorted((each.cost.value / per, each.prevented.value / KG_PER_TONNE) for each in worlds if each.best)
    x, y = (list(values) for values in zip(*front, strict=True))
    ax.plot(
        x, y, drawstyle="steps-post", color=style.QUIET, linewidth=0.8, marker="o", markersize=12,
        markerfacecolor="none", zorder=1.5,
    )  # fmt: skip
    for (_, cost, prevented, _), (colour, shape) in zip(worlds, marks, strict=True):
        x0, low, high = (value / per for value in cost)
        y0, below, above = (value / KG_PER_TONNE for value in prevented)
        ax.hlines([y0], [low], [high], color=colour, linewidth=1.4, zorder=2)
        ax.vlines([x0], [below], [above], color=colour, linewidth=1.4, zorder=2)
        ax.plot([x0], [y0], linestyle="", marker=shape, color=colour, markersize=6, zorder=3)
    ax.set_xlabel(told)
    ax.set_xlim(*_reach([value / per for each in worlds for value in each.cost]))
    ax.set_ylim(*_reach([value / KG_PER_TONNE for each in worlds for value in each.prevented]))
    ax.xaxis.set_major_locator(MaxNLocator(_MOST_MARKS, steps=_STEPS))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(compact))


def _reach(values: Sequence[float]) -> tuple[float, float]:
    """Ends of an axis that holds 0 and all values with some room; one unit to either side where all of them are 0."""
    known = [0.0, *(value for value in values if math.isfinite(value))]
    low, high = min(known), max(known)
    room = _ROOM * (high - low)
    return (low - room, high + room) if high - low > _LEAST else (-1.0, 1.0)


@drawn
def ranking(study: Comparison, measure: str = "delivered_kg") -> Drawing:
    """The chance that each world has the best mean, and that it is better than each other one: a table of heat.

    measure: a total of which it is known whether less or more is better.
    """
    ranked, chances = study.ranking(measure), study.better(measure)
    names = list(ranked.index)
    count = len(names)
    fig, ax = canvas(1.15 + 0.3 * count)
    for row, name in enumerate(names):
        _cell(ax, -1.6, row, ranked.loc[name, "chance_best"])
        for column, other in enumerate(names):
            if other != name:
                _cell(ax, column, row, chances.loc[name, other])
            else:
                ax.text(column, row, "–", ha="center", va="center", color=style.QUIET)
    ax.set_xlim(-2.15, count - 0.45)
    ax.set_ylim(count - 0.45, -0.55)
    ax.set_yticks(range(count), _in_order(ranked["mean"]))
    ax.set_xticks([-1.6, *range(count)], ["best mean", *(f"than {column + 1}" for column in range(count))])
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    entitle(fig, f"Chance of the best mean, and to be better: {measure.replace('_', ' ')}, {GOALS[measure]} is better")
    return fig, ax


def _in_order(means: pd.Series[float]) -> list[str]:
    """Worlds in their order, by their means; each that comes to the same as another says so."""
    first = [means.tolist().index(value) for value in means]
    return [
        f"{row + 1}. {shortened(str(name), 40)}" + (f" (as {same + 1})" if same < row else "")
        for row, (name, same) in enumerate(zip(means.index, first, strict=True))
    ]


def _cell(ax: Axes, x: float, y: float, chance: float) -> None:
    box = [(x - 0.48, y - 0.46), (x + 0.48, y - 0.46), (x + 0.48, y + 0.46), (x - 0.48, y + 0.46)]
    ax.add_collection(
        PolyCollection([np.array(box)], facecolors=[_HEAT(chance)], edgecolors=style.RULE, linewidths=0.5),
        autolim=False,
    )
    told = f"{chance:.0%}" if 0.005 <= chance <= 0.995 else "<1%" if chance < 0.5 else ">99%"
    ax.text(x, y, told, ha="center", va="center", fontsize=8, color=style.PAPER if chance > _DARK else style.INK)
