"""Fans: how a difference between worlds with the same luck comes about over time, and how far replicates part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from sim.report import style
from sim.report.style import Drawing, dates, drawn, entitle, upright
from sim.report.words import KG_PER_TONNE, shortened
from sim.study.comparison import Comparison
from sim.study.intervals import LEVEL, Floats, of_mean
from sim.study.periods import MEASURES
from sim.study.totals import KPIS

BANDS = ((0.95, 0.18), (0.80, 0.34), (0.50, 0.6))
"""Shares of the replicates that bands hold, the widest first, and how dark each is."""

FEWEST_DAYS = 10
"""Days of a month below which it is left out: a rate for a year from a few days is mostly chance."""


class Fan(NamedTuple):
    """A paired difference by month: what replicates come to, and their mean."""

    months: NDArray[np.datetime64]
    """First days of the months."""
    median: Floats
    """Of the replicates: float64[months]; nan where fewer than two of them have a value, and where the run holds fewer
    than `FEWEST_DAYS` of a month."""
    bands: Floats
    """Low and high ends of each of `BANDS`: float64[bands, 2, months]."""
    mean: Floats
    """Mean and ends of its interval: float64[3, months]."""


def fan(study: Comparison, name: str, measure: str) -> Fan:
    """The paired difference of a world to the first, by month.

    measure: one of `periods.MEASURES`. Months in which a replicate has no value are told by the others.
    """
    months, held = study.path(measure, name)
    gap = held - study.path(measure, study.names[0])[1]
    gap[:, too_short(study, months)] = np.nan
    ends = [0.5, *(0.5 + side * share / 2.0 for share, _ in BANDS for side in (-1.0, 1.0))]
    quantiles, means = np.full((len(ends), len(months)), np.nan), np.full((3, len(months)), np.nan)
    for month, values in enumerate(gap.T):
        if len(known := values[np.isfinite(values)]) > 1:
            quantiles[:, month] = np.quantile(known, ends)
            means[:, month] = of_mean(known)
    return Fan(months, quantiles[0], quantiles[1:].reshape(len(BANDS), 2, -1), means)


def too_short(study: Comparison, months: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Of which months the runs hold too few days to be shown; of none, where that would leave nothing: bool[months]."""
    edges = np.append(date2num(months.astype("datetime64[D]")), date2num(study.last) + 1.0)
    edges[0] = date2num(study.first)
    short: NDArray[np.bool_] = np.diff(edges) < FEWEST_DAYS
    return short & ~short.all()


@drawn
def over_time(study: Comparison, other: str | None = None, measure: str = "delivered_kg") -> Drawing:
    """Paired difference by month, one panel a world: median, bands of replicates, the mean with its interval.

    measure: one of `periods.MEASURES`; sums are told as rates for a year.
    """
    names = [other] if other is not None else list(study.names[1:])
    fig = Figure(figsize=(style.WIDTH, 0.95 + (2.1 if len(names) == 1 else 1.5 * len(names))))
    FigureCanvasAgg(fig)
    panels = fig.subplots(len(names), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    per = KG_PER_TONNE if measure.endswith("_kg") else 1.0
    for ax, name in zip(panels, names, strict=True):
        _panel(ax, study, name, fan(study, name, measure), per)
    shades = [
        Patch(color=style.SEIZED, alpha=dark, linewidth=0, label=f"{share:.0%} of replicates") for share, dark in BANDS
    ]
    key = [
        Line2D([], [], color=style.INK, label="median"),
        *reversed(shades),
        Line2D([], [], color=style.DELIVERED, marker="o", markersize=3, label=f"mean, {LEVEL:.0%} interval"),
    ]
    entitle(fig, f"Change of a month: {shortened(_what(measure), 60)}", key, columns=5)
    return fig, panels[0]


def _panel(ax: Axes, study: Comparison, name: str, found: Fan, per: float) -> None:
    edges = np.append(date2num(found.months.astype("datetime64[D]")), date2num(study.last) + 1.0)
    edges[0] = date2num(study.first)
    ax.axhline(0, color=style.QUIET, linewidth=0.8)
    for (_, dark), (low, high) in zip(BANDS, found.bands / per, strict=True):
        ax.fill_between(
            edges, np.append(low, low[-1]), np.append(high, high[-1]), step="post", color=style.SEIZED, alpha=dark,
            linewidth=0,
        )  # fmt: skip
    median = np.append(found.median, found.median[-1]) / per
    ax.plot(edges, median, drawstyle="steps-post", color=style.INK, linewidth=1.3)
    middle = (edges[:-1] + edges[1:]) / 2.0
    mean, low, high = found.mean / per
    ax.vlines(middle, low, high, color=style.DELIVERED, linewidth=1.0, zorder=3)
    ax.plot(middle, mean, linestyle="", marker="o", markersize=2.6, color=style.DELIVERED, zorder=3)
    dates(ax, edges[0], edges[-1])
    upright(ax)
    ax.set_title(f"{shortened(name, 50)} against {shortened(study.names[0], 30)}", fontsize=8.5, pad=4)
    for begins, line in ((study.begins(name), style.DASHED), (study.begins_in_first(name), style.DOTTED)):
        if begins is not None:
            ax.axvline(date2num(begins), color=style.INK, linewidth=0.9, linestyle=line)


def _what(measure: str) -> str:
    """A measure with its unit, as it is told over time."""
    column = next(column for column in KPIS if column.name == measure)
    followed = MEASURES[measure]
    unit = "t" if measure.endswith("_kg") else column.unit
    rate = " a year" if followed.yearly and not followed.by else ""
    return f"{column.meaning}, {unit}{rate}"
