"""Figures of a comparison: paired differences between worlds with the same luck, always with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.report import style
from sim.report.fans import over_time
from sim.report.moved import displacement, displacement_map
from sim.report.style import Drawing, canvas, drawn, entitle, horizontal
from sim.report.weighing import ranking, trade_off
from sim.report.words import shortened, things
from sim.study.comparison import Comparison
from sim.study.intervals import LEVEL

SHOWN = {
    "delivered_kg": "delivered",
    "seized_kg": "seized",
    "lost_kg": "lost on the way",
    "interception_share": "share seized",
    "price_usd_per_kg_mean": "wholesale price",
    "boxes_scanned": "containers scanned",
    "false_alarms": "false alarms",
    "delay_hours_mean": "delay of a container",
    "couriers_recruited": "couriers recruited",
    "people_departed": "people who set out",
    "people_arrived": "people who arrived",
    "people_returned": "people returned",
    "people_lost": "people lost at sea",
}
"""Totals of the forest plot, as it calls them."""
WIDE = 60.0
"""Change in per cent beyond which the axis of the forest plot is logarithmic away from 0."""


@drawn
def effects(study: Comparison, other: str | None = None) -> Drawing:
    """Forest plot: change of each total in per cent of the first world, with its interval; all worlds or one."""
    names = [other] if other is not None else list(study.names[1:])
    known = [measure for measure in SHOWN if measure in study.runs]
    found = [{effect.measure: effect for effect in study.effects(name, known)} for name in names]
    shown = [measure for measure in known if found[0][measure].baseline != 0]
    fig, ax = canvas(0.95 + max(0.3, 0.14 + 0.12 * len(names)) * max(len(shown), 3) + 0.19 * ((len(names) - 1) // 2))
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    furthest = 0.0
    for number, (name, effects) in enumerate(zip(names, found, strict=True)):
        colour, shape = style.mark(study.names.index(name) - 1)
        scale = np.array([100.0 / abs(effects[measure].baseline) for measure in shown])
        middle, low, high = (
            np.array([getattr(effects[measure], end) for measure in shown]) * scale
            for end in ("difference", "low", "high")
        )
        rows = np.arange(len(shown)) + (number - (len(names) - 1) / 2) * min(0.25, 0.76 / len(names))
        ax.hlines(rows, low, high, color=colour, linewidth=1.6 if len(names) > 1 else 2.2)
        ax.plot(middle, rows, linestyle="", marker=shape, markersize=5, color=colour, label=shortened(name, 48))
        furthest = max(furthest, float(np.nanmax(np.abs([low, high, middle]), initial=0.0)))
    _rows(ax, shown)
    if furthest > WIDE:
        _logarithmic(ax, furthest)
    pairs = things(study.replicates, "pair")
    whom = f"{shortened(names[0], 40)} against" if len(names) == 1 else "Against"
    title = f"{whom} {shortened(study.names[0], 30)}: {pairs}, {LEVEL:.0%} intervals"
    entitle(fig, title, ax.get_legend_handles_labels()[0] if len(names) > 1 else (), columns=2)
    return fig, ax


def _rows(ax: Axes, shown: list[str]) -> None:
    """The names of the totals, and a band behind every other one."""
    for row in range(0, len(shown), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=style.RULE, alpha=0.3, linewidth=0, zorder=0)
    ax.set_yticks(range(len(shown)), [SHOWN[measure] for measure in shown])
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.set_xlabel("change, per cent")
    horizontal(ax)


def _logarithmic(ax: Axes, furthest: float) -> None:
    """An axis that is even within 10 per cent, and logarithmic beyond, so that small and large changes can be seen."""
    ax.set_xscale("symlog", linthresh=10.0, linscale=1.0)
    steps = [step for step in (5, 10, 30, 100, 300, 1000, 3000, 10000, 100000) if step <= 1.2 * furthest]
    left, right = ax.get_xlim()
    ticks = [-step for step in reversed(steps) if -step >= left] + [0] + [step for step in steps if step <= right]
    ax.set_xticks(ticks, [f"{tick:+,d}".replace("-", "−") if tick else "0" for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("change, per cent; the axis is logarithmic beyond 10 per cent")


FIGURES: dict[str, Callable[..., Drawing]] = {
    "effects": effects,
    "over_time": over_time,
    "displacement": displacement,
    "displacement_map": displacement_map,
    "trade_off": trade_off,
    "ranking": ranking,
}
"""Every figure of a comparison, by name."""


def draw(study: Comparison, name: str, **more: Any) -> Drawing:
    """One figure of a comparison by its name. Raises ValueError for other names."""
    if name not in FIGURES:
        raise ValueError(f"{name} is not a figure of a comparison; known are {', '.join(FIGURES)}")
    return FIGURES[name](study, **more)
