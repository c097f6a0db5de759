"""Figures of a comparison: paired differences between worlds with the same luck, always with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.report import style
from sim.report.style import Drawing, canvas, drawn, entitle, horizontal
from sim.study.comparison import By, Comparison, Flow
from sim.study.intervals import LEVEL
from sim.study.totals import KPIS

SHOWN = (
    "delivered_kg",
    "seized_kg",
    "lost_kg",
    "interception_share",
    "price_usd_per_kg_mean",
    "boxes_scanned",
    "false_alarms",
    "delay_hours_mean",
    "couriers_recruited",
)
"""Totals of the forest plot."""
MOST_GATEWAYS = 20
IN_WORDS: dict[By, str] = {
    "departure": "by gateway of departure",
    "arrival": "by gateway of arrival",
    "mode": "by mode",
    "zone": "by sea zone",
}


@drawn
def effects(study: Comparison, other: str | None = None) -> Drawing:
    """Forest plot: change of each total in per cent of the world without the policy, with its interval."""
    name = other if other is not None else study.names[1]
    found = [effect for effect in study.effects(name, SHOWN) if effect.baseline != 0]
    rows = np.arange(len(found))
    scale = np.array([100.0 / abs(effect.baseline) for effect in found])
    middle = np.array([effect.difference for effect in found]) * scale
    low = np.array([effect.low for effect in found]) * scale
    high = np.array([effect.high for effect in found]) * scale
    fig, ax = canvas(0.95 + 0.3 * max(len(found), 3))
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    ax.hlines(rows, low, high, color=style.SEIZED, linewidth=2.2)
    ax.plot(middle, rows, linestyle="", marker="o", markersize=5, color=style.INK)
    meaning = {column.name: column.meaning for column in KPIS}
    ax.set_yticks(rows, [meaning.get(effect.measure, effect.measure.replace("_", " ")) for effect in found])
    ax.invert_yaxis()
    ax.set_xlabel("change, per cent")
    horizontal(ax)
    pairs = study.runs["replicate"].nunique()
    entitle(fig, f"{name} against {study.names[0]}: {pairs} pairs, {LEVEL:.0%} intervals")
    return fig, ax


@drawn
def displacement(study: Comparison, other: str | None = None, by: By = "arrival", flow: Flow = "sent") -> Drawing:
    """Change of what is sent or delivered over the run, tonnes, with its interval; the largest changes.

    by: gateways of `departure` or `arrival`, `mode` or sea `zone`.
    """
    name = other if other is not None else study.names[1]
    table = (
        study.displacement(name, by, flow).head(MOST_GATEWAYS).sort_values("change_kg", ascending=False, kind="stable")
    )
    rows = np.arange(len(table))
    middle, low, high = (table[column].to_numpy(float) / 1000.0 for column in ("change_kg", "low", "high"))
    fig, ax = canvas(0.95 + 0.225 * max(len(table), 3))
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    ax.hlines(rows, low, high, color=style.QUIET, linewidth=1.6)
    ax.scatter(middle, rows, s=26, color=[style.MORE if tonnes > 0 else style.LESS for tonnes in middle], zorder=3)
    ax.set_yticks(rows, list(table.index))
    ax.invert_yaxis()
    ax.set_xlabel("tonnes over the run")
    horizontal(ax)
    entitle(fig, f"Change of loads {flow}, {IN_WORDS[by]}: {name} against {study.names[0]}")
    return fig, ax


FIGURES: dict[str, Callable[..., Drawing]] = {"effects": effects, "displacement": displacement}
"""Every figure of a comparison, by name."""


def draw(study: Comparison, name: str, **more: Any) -> Drawing:
    """One figure of a comparison by its name. Raises ValueError for other names."""
    if name not in FIGURES:
        raise ValueError(f"{name} is not a figure of a comparison; known are {', '.join(FIGURES)}")
    return FIGURES[name](study, **more)
