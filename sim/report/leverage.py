"""Leverage: figures of which numbers of a sweep decide what comes out, as tornadoes, indices and clouds of points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.report import style
from sim.report.style import Drawing, canvas, drawn, entitle, horizontal
from sim.report.words import shortened
from sim.study.intervals import LEVEL
from sim.study.totals import KPIS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.analysis.sensitivity import Sensitivity, Studied

MOST_BARS = 20
"""Parameters that a figure shows, the most important ones."""
_ROW = 0.27
_FEW_VALUES = 12
_NO_UNITS = ("", "1", "share", "probability", "count")
_LETTERS = 46
_TITLE = 52
"""Most letters of an outcome in a title, beside what else it says."""


@drawn
def tornado(found: Sensitivity) -> Drawing:
    """The most important parameters, one a row: change of the outcome when each is low and when it is high, with
    intervals; of samples, their indices."""
    return _DRAWN[found.kind](found)


def _swings(found: Sensitivity) -> Drawing:
    """Bars from the scenario as it is to both ends of each range."""
    table = found.table[:MOST_BARS]
    fig, ax = _rows(found, list(table["parameter"]))
    row = np.arange(len(table))
    for word, colour, told in (("low", style.SEIZED_EXPORT, "at its lowest"), ("high", style.SEIZED, "at its highest")):
        change = table[word].to_numpy(float)
        ax.barh(row + (0.18 if word == "high" else -0.18), change, height=0.34, color=colour, label=told)
        low, high = (table[f"{word}_{end}"].to_numpy(float) for end in ("low", "high"))
        ax.hlines(row + (0.18 if word == "high" else -0.18), low, high, color=style.INK, linewidth=1.0)
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    unit = _unit(found.outcome)
    ax.set_xlabel(f"change against {_figure(found.base)} {unit} of the scenario as it is; lines: {LEVEL:.0%} intervals")
    entitle(fig, _title(found), ax.get_legend_handles_labels()[0])
    return fig, ax


def _shares(found: Sensitivity) -> Drawing:
    """First-order and total indices of each parameter."""
    table = found.table[:MOST_BARS]
    fig, ax = _rows(found, list(table["parameter"]))
    row = np.arange(len(table))
    both = (
        ("S1", -0.13, style.MARKS[5], "by itself (S1)"),
        ("ST", 0.13, style.MARKS[0], "together with others (ST)"),
    )
    for word, shift, (colour, shape), told in both:
        ax.hlines(row + shift, table[f"{word}_low"], table[f"{word}_high"], color=colour, linewidth=1.6)
        ax.plot(table[word], row + shift, linestyle="", marker=shape, markersize=5, color=colour, label=told)
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    ax.set_xlabel(f"share of the variance; lines: {LEVEL:.0%} intervals{_luck(found)}")
    entitle(fig, _title(found), ax.get_legend_handles_labels()[0])
    return fig, ax


def _screened(found: Sensitivity) -> Drawing:
    """Mean absolute elementary effects of each parameter, and how much they differ from place to place."""
    table = found.table[:MOST_BARS]
    fig, ax = _rows(found, list(table["parameter"]))
    row = np.arange(len(table))
    ax.barh(row, table["mu_star"], height=0.55, color=style.SEIZED_EXPORT, label="mean size of the effect (μ*)")
    ax.hlines(row, table["mu_star_low"], table["mu_star_high"], color=style.INK, linewidth=1.0)
    ax.plot(
        table["sigma"], row, linestyle="", marker="D", markersize=4.5, color=style.DELIVERED,
        label="how much it differs (σ)",
    )  # fmt: skip
    ax.set_xlim(left=0)
    ax.set_xlabel(f"{_unit(found.outcome)} over the whole range of a number; lines: {LEVEL:.0%} intervals of μ*")
    entitle(fig, _title(found), ax.get_legend_handles_labels()[0][::-1])
    return fig, ax


_DRAWN = {"one_at_a_time": _swings, "sobol": _shares, "morris": _screened}


@drawn
def clouds(found: Studied, outcome: str, names: list[str], units: Mapping[str, str] | None = None) -> Drawing:
    """The outcome of each point, mean over replicates, against each of the named parameters; lines: means.

    units: those of the parameters, by path, as far as they are known.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    across = min(3, len(names))
    down = -(-len(names) // across)
    fig = Figure(figsize=(style.WIDTH, 0.55 + 2.1 * down))
    FigureCanvasAgg(fig)
    axes = fig.subplots(down, across, sharey=True, squeeze=False).ravel()
    height = found.outcome.mean(axis=1)
    for ax, name in zip(axes, names, strict=False):
        column = found.values[:, found.names.index(name)]
        seen = np.isfinite(column) & np.isfinite(height)
        ax.plot(
            column[seen], height[seen], linestyle="", marker="o", markersize=2.6, color=style.SEIZED, alpha=0.35,
            markeredgewidth=0,
        )  # fmt: skip
        _means(ax, column[seen], height[seen])
        ax.set_xlabel(_wrapped(name, (units or {}).get(name, "")))
        ax.locator_params(axis="x", nbins=4)
        ax.xaxis.set_major_formatter(style.compact)
        ax.yaxis.set_major_formatter(style.compact)
    for ax in axes[len(names) :]:
        ax.set_visible(False)
    for ax in axes[::across]:
        ax.set_ylabel(_unit(outcome))
    entitle(fig, f"{shortened(_meaning(outcome), _TITLE)}: {len(height):,} points; red: means of them")
    return fig, axes[0]


def _means(ax: Axes, column: np.ndarray, height: np.ndarray) -> None:
    """A line through the means of the points at each value, or of ten parts of them, as many in each, where they are
    scattered."""
    met, which = np.unique(column, return_inverse=True)
    if len(met) <= _FEW_VALUES:
        parts = [np.flatnonzero(which == number) for number in range(len(met))]
    else:
        parts = [part for part in np.array_split(np.argsort(column, kind="stable"), 10) if len(part)]
    ax.plot(
        [column[part].mean() for part in parts], [height[part].mean() for part in parts], color=style.DELIVERED,
        linewidth=1.8,
    )  # fmt: skip


def _rows(found: Sensitivity, names: list[str]) -> Drawing:
    """Axes with a row for each parameter, the first on top, a band behind every other one."""
    fig, ax = canvas(1.25 + _ROW * max(len(names), 3))
    for row in range(0, len(names), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=style.RULE, alpha=0.3, linewidth=0, zorder=0)
    ax.set_yticks(range(len(names)), [shortened(name, _LETTERS) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    horizontal(ax)
    ax.xaxis.set_major_formatter(style.compact)
    return fig, ax


def _title(found: Sensitivity) -> str:
    rest = len(found.table) - MOST_BARS
    more = f"; {rest} lesser ones not shown" if rest > 0 else ""
    return f"{shortened(_meaning(found.outcome), _TITLE)}: what decides it, {found.points:,} points{more}"


def _luck(found: Sensitivity) -> str:
    return "" if math.isnan(found.luck) else f"; {found.luck:.0%} of the variance is luck"


def _meaning(outcome: str) -> str:
    return next((column.meaning for column in KPIS if column.name == outcome), outcome.replace("_", " "))


def _unit(outcome: str) -> str:
    unit = next((column.unit for column in KPIS if column.name == outcome), "")
    return unit if unit not in ("", "1") else "outcome"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _wrapped(path: str, unit: str) -> str:
    """A path in two lines where it is long: what is above the last key, and that, with its unit."""
    above, _, last = path.rpartition(".")
    last += f", {unit}" if unit not in _NO_UNITS else ""
    return f"{shortened(above, 30)}.\n{last}" if above else last
