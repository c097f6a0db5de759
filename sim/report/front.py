"""The front of a portfolio: what mixes of policies cost against what they change, and which none other beats."""

from __future__ import annotations

from sim.report import style
from sim.report.style import Drawing, canvas, drawn, entitle
from sim.study.effects import GOALS
from sim.study.intervals import LEVEL
from sim.study.portfolio import COST, Portfolio
from sim.study.totals import KPIS

_MILLION = 1e6


@drawn
def front(found: Portfolio) -> Drawing:
    """Cost of each mix against the change of the first goal that is none, in the same futures: all mixes faint, those
    of the front with the letters of the table and with their intervals."""
    goal = next((name for name in found.goals if name != COST), COST)
    fig, ax = canvas(4.2)
    ax.axhline(0, color=style.QUIET, linewidth=0.8)
    cost, change = (found.mixes[column].to_numpy(float) for column in (f"{COST}_mean", f"{goal}_change"))
    (others,) = ax.plot(cost / _MILLION, change, linestyle="", marker="o", markersize=4, color=style.LOST, alpha=0.5)
    best = found.front
    x, y = best[f"{COST}_mean"].to_numpy(float) / _MILLION, best[f"{goal}_change"].to_numpy(float)
    ax.vlines(x, best[f"{goal}_change_low"], best[f"{goal}_change_high"], color=style.SEIZED, linewidth=1.6)
    (beaten_by_none,) = ax.plot(x, y, marker="o", markersize=5.5, color=style.SEIZED, linewidth=0.8)
    for letter, across, up in zip(letters(len(best)), x, y, strict=True):
        ax.annotate(letter, (across, up), (5, 5), textcoords="offset points", ha="left", va="bottom")
    budget = ax.axvline(found.budget_usd / _MILLION, color=style.DELIVERED, linewidth=0.9, linestyle=style.DASHED)
    column = next(column for column in KPIS if column.name == goal)
    unit = "" if column.unit == "1" else f", {column.unit}"
    ax.set_xlabel("cost of the programme over the run, million USD")
    ax.set_ylabel(f"change against doing nothing{unit} ({GOALS[goal]} is better)")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(style.compact)
    beaten_by_none.set_label(f"beaten by none, {LEVEL:.0%} intervals over futures")
    others.set_label("other mixes")
    budget.set_label("the budget")
    title = f"{column.meaning}: {len(best)} of {len(found.mixes)} mixes that were lived"
    entitle(fig, title, [beaten_by_none, others, budget])
    return fig, ax


def letters(count: int) -> list[str]:
    """What the mixes of a front are called: A to Z, then A2 and so on."""
    return [chr(ord("A") + number % 26) + (str(number // 26 + 1) if number >= 26 else "") for number in range(count)]
