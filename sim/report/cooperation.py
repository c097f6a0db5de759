"""Cooperation between states: what each learned, what passed between them, and what came of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from sim.report import style
from sim.report.maps import frame_of, label, map_of
from sim.report.pieces import Card, Section, Table, picture
from sim.report.style import Drawing, drawn, entitle
from sim.report.words import NONE, count, number, things
from sim.study.results import Results

if TYPE_CHECKING:
    import pandas as pd

WIDEST, LARGEST = 5.0, 160.0
"""Width of the line (points) and area of the disc (square points) of the state or pair with most items."""
_BY = {"agreement": style.SEIZED_SEA, "forum": style.SEIZED}
_DISCS = "Discs: items that arose with a state, placed at the middle of its places."
MOST_ROWS = 30
"""Pairs of states that the table holds."""


class Middle(NamedTuple):
    """Where a state is drawn, in degrees."""

    lon: float
    lat: float


def middles(results: Results) -> dict[str, Middle]:
    """The middle of each state with places: the mean of these."""
    scenario = results.scenario
    geography = scenario.geography
    groups = (scenario.ports(), geography.production_areas, geography.warehouses, geography.docks, geography.markets)
    of: dict[str, list[tuple[float, float]]] = {}
    for group in groups:
        for site in group.values():
            of.setdefault(site.country, []).append((site.lon, site.lat))
    return {
        code: Middle(math.fsum(x for x, _ in here) / len(here), math.fsum(y for _, y in here) / len(here))
        for code, here in of.items()
    }


def edges(results: Results) -> pd.DataFrame:
    """Items that passed from one state to another, by channel, the most first."""
    table = results.cooperation
    keys = [table[name].astype("str") for name in ("sender", "receiver", "channel")]
    weighed = table.assign(days=table["days_mean"] * table["items"])
    found = weighed.groupby(keys, sort=True)[["items", "days", "hits"]].sum()
    found["days"] /= found["items"].where(found["items"] > 0, 1)
    return found.reset_index().sort_values(
        ["items", "sender", "receiver", "channel"], ascending=[False, True, True, True]
    )


@drawn
def cooperation_network(results: Results) -> Drawing:
    """States as discs by the items that arose with them; lines by the items that passed from one to another. Those with
    most of either are named, as far as there is room."""
    places, passed = middles(results), edges(results)
    passed = passed[passed["sender"].isin(places) & passed["receiver"].isin(places)]
    born = results.intelligence.groupby(results.intelligence["state"].astype("str"))["born"].sum()
    fig, ax = map_of(frame_of(places.values()))
    most, most_born = float(passed["items"].max()) if len(passed) else 1.0, float(born.max()) if len(born) else 1.0
    for row in passed.iloc[::-1].itertuples():
        ax.add_patch(
            FancyArrowPatch(
                places[row.sender], places[row.receiver], connectionstyle="arc3,rad=0.18", arrowstyle="-",
                linewidth=max(0.4, WIDEST * row.items / most), color=_BY[row.channel], alpha=0.45, capstyle="round",
                shrinkA=0, shrinkB=0, zorder=2,
            )
        )  # fmt: skip
    areas = {code: max(9.0, LARGEST * float(born.get(code, 0)) / max(most_born, 1.0)) for code in sorted(places)}
    ax.scatter(
        [places[code].lon for code in areas], [places[code].lat for code in areas], s=list(areas.values()),
        facecolors="#ffffffdd", edgecolors=style.QUIET, linewidths=0.8, zorder=3,
    )  # fmt: skip
    key = [
        Line2D([], [], color=colour, linewidth=WIDEST, alpha=0.55, label=f"{count(most)} items by {channel}")
        for channel, colour in _BY.items()
        if (passed["channel"] == channel).any()
    ]
    key.append(
        Line2D([], [], linestyle="", marker="o", markersize=math.sqrt(LARGEST), markerfacecolor="#ffffff",
               markeredgecolor=style.QUIET, label=f"{count(most_born)} items arose")
    )  # fmt: skip
    entitle(fig, "Who told whom: items of intelligence that passed between states", key, columns=3)
    moved = passed.melt("items", ["sender", "receiver"], value_name="state").groupby("state")["items"].sum()
    weight = {code: float(born.get(code, 0)) + float(moved.get(code, 0)) for code in areas}
    named = sorted((code for code in areas if weight[code] > 0.0), key=lambda code: (-weight[code], code))
    label(fig, ax, [(code, places[code], areas[code]) for code in named])
    return fig, ax


def section(run: Results, pictured: Drawing) -> Section:
    """What came of intelligence and of sharing it."""
    table, passed = run.intelligence, edges(run)
    total = {name: int(table[name].sum()) for name in ("born", "received", "expired", "hits", "hits_shared")}
    days = float((table["days_to_partner"] * table["received"]).sum()) / max(1, total["received"])
    cards = [
        Card("items that arose", count(total["born"]), "over all states"),
        Card("received", count(total["received"]), "from partners"),
        Card("days to a partner", number(days) if total["received"] else NONE, "mean, from the signal"),
        Card("helped to find", count(total["hits"]), "items, over all who held them"),
        Card("due to sharing", count(total["hits_shared"]), "partners' items on loads not known otherwise"),
        Card("deleted unused", count(total["expired"]), "items"),
    ]  # fmt: skip
    lines = told(run)
    return Section(
        "cooperation",
        "Intelligence, and who shares it",
        told=lines[:-1],
        cards=cards,
        pictures=[picture(pictured[0], "cooperation-network", lines[-1:])],
        tables=[listed for listed in (_states(run), _pairs(passed)) if listed.rows],
    )


def told(run: Results) -> list[str]:
    """What the section says in sentences."""
    passed, table = edges(run), run.intelligence
    shared = int(table["hits_shared"].sum())
    if passed.empty:
        return [
            "Nothing passed between states: each kept what it knew.",
            f"{_DISCS} Named are those with most items, as far as there is room.",
        ]
    top = passed.iloc[0]
    senders, receivers = len(set(passed["sender"])), len(set(passed["receiver"]))
    return [
        f"{things(int(passed['items'].sum()), 'item')} passed from {things(senders, 'state')} to {count(receivers)}; "
        f"{count(shared)} of them named a load that was then found by a state which knew nothing of it by itself.",
        "Chances and delays of sharing are assumed. Published is that sharing of knowledge on selection raised "
        "detection 2 to 11 times (Park et al. 2022); the model is not fitted to it.",
        f"{_DISCS} Lines: items passed on, most from {top['sender']} to {top['receiver']} "
        f"({count(int(top['items']))}). Named are the states with most items, as far as there is room.",
    ]


def _states(run: Results) -> Table:
    table = run.intelligence
    names = ["born", "received", "hits", "hits_shared", "expired"]
    found = table.groupby(table["state"].astype("str"), sort=True)[names].sum()
    rows = [
        (str(code), *(count(int(value)) for value in row))
        for code, row in zip(found.index, found.to_numpy(), strict=True)
    ]
    head = ("state", "arose", "received", "helped", "due to sharing", "deleted unused")
    return Table("By state", head, rows, folded=True, small=True)


def _pairs(passed: pd.DataFrame) -> Table:
    rows = [
        (row.sender, row.receiver, row.channel, count(int(row.items)), number(float(row.days)), count(int(row.hits)))
        for row in passed.head(MOST_ROWS).itertuples()
    ]
    head = ("from", "to", "by", "items", "mean days", "helped")
    return Table("Between states, the most first", head, rows, left=3, folded=True, small=True)
