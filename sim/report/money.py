"""Money in a run's page: what came home, what was traced, and what courts left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.dates import date2num

from sim.report import style
from sim.report.pieces import Card, Section, Table, picture
from sim.report.published import proceeds_told
from sim.report.style import Drawing, canvas, dates, drawn, entitle, upright
from sim.report.words import NONE, count, money, month, number, percent
from sim.study.results import Results
from sim.terms import CENTS_PER_USD

if TYPE_CHECKING:
    import pandas as pd

_YEAR = ("year", "YS")
_PERIODS = ((30, ("month", "MS")), (90, ("quarter", "QS")))
"""Most months that are shown by one period, its name, and what pandas calls it; by year where there are more."""
SUMS = ("proceeds", "laundered", "frozen", "confiscated", "released")


def by_state(run: Results) -> pd.DataFrame:
    """USD over the whole run by state, largest proceeds and homes first; `exposed` counts brokers found out."""
    table = run.money
    names = [f"{name}_cents" for name in SUMS]
    found = table.groupby(table["state"].astype("str"))[[*names, "transfers", "brokers_exposed"]].sum()
    usd = found[names].div(CENTS_PER_USD).set_axis(list(SUMS), axis=1)
    usd[["transfers", "exposed"]] = found[["transfers", "brokers_exposed"]]
    size = (usd["proceeds"] + usd["laundered"]).sort_values(ascending=False, kind="stable")
    return usd.loc[size.index]


def _by_period(results: Results) -> tuple[pd.DataFrame, str, str]:
    """Million USD frozen, confiscated and released by month, quarter or year, the word for it, and what pandas calls
    it."""
    names = ["frozen", "confiscated", "released"]
    sums = results.money.groupby("month")[[f"{name}_cents" for name in names]].sum() / (1e6 * CENTS_PER_USD)
    by_month = sums.set_axis(names, axis=1)
    word, step = next((told for most, told in _PERIODS if len(by_month) <= most), _YEAR)
    return by_month.resample(step).sum() if len(by_month) else by_month, word, step


@drawn
def money_over_time(results: Results) -> Drawing:
    """Frozen, confiscated and given back, million USD: by month, by quarter or by year, whichever has bars to be told
    apart; a period that the run cuts short has narrow ones."""
    import pandas as pd

    found, word, step = _by_period(results)
    fig, ax = canvas(2.9)
    if len(found):
        end = found.index[-1] + pd.tseries.frequencies.to_offset(step)
        lived = results.scenario
        edges = date2num([*found.index.to_pydatetime(), end.to_pydatetime()])
        edges = edges.clip(date2num(lived.start), date2num(lived.end) + 1.0)
        wide = np.diff(edges)
        labels = (("frozen", style.SEIZED), ("confiscated", style.DELIVERED), ("given back", style.LOST))
        for at, (name, (label, colour)) in enumerate(zip(found, labels, strict=True)):
            left = edges[:-1] + (0.08 + 0.28 * at) * wide
            ax.bar(left, found[name], width=0.26 * wide, align="edge", color=colour, label=label)
        dates(ax, edges[0], edges[-1])
    ax.set_ylim(0, 1.12 * max(float(np.max(found.to_numpy(), initial=0.0)), 1e-9))
    upright(ax)
    title = f"Proceeds frozen, confiscated and given back, million USD a {word}"
    entitle(fig, title, ax.get_legend_handles_labels()[0])
    return fig, ax


def section(run: Results, pictured: Drawing) -> Section:
    """What became of proceeds."""
    kpis = run.kpis
    cards = [
        Card("proceeds", _usd(kpis.get("proceeds_usd")), "paid by the markets"),
        Card("brought home", _usd(kpis.get("laundered_usd")), f"{_usd(kpis.get('broker_fees_usd'))} of fees"),
        Card("frozen", _share(kpis.get("frozen_share")), f"of proceeds, {_usd(kpis.get('money_frozen_usd'))}"),
        Card("confiscated", _share(kpis.get("confiscated_share")), "of proceeds, by final judgment"),
    ]
    rows = [
        (str(state), count(row["transfers"]), *(money(row[name]) for name in SUMS), count(row["exposed"]))
        for state, row in by_state(run).iterrows()
    ]
    head = ("state", "transfers", "proceeds", "brought home to it", "frozen by it", "confiscated", "given back",
            "brokers found out")  # fmt: skip
    tables = [Table("By state", head, rows, folded=True, small=True)] if rows else []
    return Section(
        "money",
        "Money",
        told=told(run),
        cards=cards,
        pictures=[picture(pictured[0], "money-over-time", over_time_told(run))],
        tables=tables,
    )


def told(run: Results) -> list[str]:
    """What became of proceeds, in sentences."""
    kpis = run.kpis
    if not kpis.get("proceeds_usd"):
        return ["Nothing was paid for any delivery."]
    frozen, confiscated = _share(kpis.get("frozen_share")), _share(kpis.get("confiscated_share"))
    lines = [
        f"Of {_usd(kpis['proceeds_usd'])} of proceeds {frozen} were frozen on their way, and {confiscated} confiscated "
        "for good by the end; courts come years later.",
        *proceeds_told(run),
    ]
    days = kpis.get("days_to_freeze_mean")
    if days is not None:
        lines.append(
            f"What was frozen was so {number(days)} days after it was paid, in the mean. Brokers were found out "
            f"{count(kpis['brokers_exposed'])} times, and {count(kpis['brokers_closed'])} of them closed."
        )
    capital = _usd(kpis.get("capital_confiscated_usd"))
    lines.append(f"Of organisations' capital {capital} were confiscated as leaders were convicted for good.")
    return lines


def over_time_told(run: Results) -> list[str]:
    """What the figure shows: how much in all, and when most was frozen."""
    found, word, _ = _by_period(run)
    frozen, confiscated, released = (1e6 * float(found[name].sum()) for name in found)
    if not frozen:
        return ["Nothing was frozen within the run."]
    most = found["frozen"].idxmax()
    when = {"month": month(most), "quarter": f"the quarter that begins in {month(most)}", "year": f"{most.year}"}[word]
    return [
        f"{money(frozen)} were frozen in all, {money(confiscated)} confiscated and {money(released)} given back.",
        f"Most was frozen in {when}: {money(1e6 * float(found['frozen'].max()))}.",
    ]


def _usd(value: float | None) -> str:
    return NONE if value is None else money(value)


def _share(value: float | None) -> str:
    return NONE if value is None else percent(value)
