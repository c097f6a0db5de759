"""Where loads went instead: changes by place with their intervals, as dots and on a map.

Both show how flows change under a policy, and how surely. Neither shows a chance of passing a control, nor ranks places
by one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from matplotlib.lines import Line2D

from sim.report import style
from sim.report.maps import frame_of, label, map_of, round_below
from sim.report.style import Drawing, canvas, drawn, entitle, horizontal
from sim.report.words import change, mass, place_names, shortened
from sim.scenario.scenario import Scenario
from sim.study.comparison import By, Comparison, Flow

MOST_GATEWAYS = 20
IN_WORDS: dict[By, str] = {
    "departure": "by gateway of departure",
    "arrival": "by gateway of arrival",
    "mode": "by mode",
    "zone": "by sea zone",
}
SHAPES: dict[By, tuple[str, str]] = {
    "departure": ("^", "sent from there"),
    "arrival": ("o", "sent towards there"),
    "zone": ("s", "sent through there"),
}
"""Marks on the map, and what they say."""
MOST_NAMED = 16
"""Changes that are named on the map: so many, and all whose interval does not hold 0."""
LARGEST, LEAST = 220.0, 9.0
"""Area of the mark of the largest change, and of the smallest marks (square points)."""


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
    called = place_names(study.scenarios[0]) if study.scenarios else {}
    ax.set_yticks(rows, [shortened(called.get(place, str(place).replace("_", " "))) for place in table.index])
    ax.invert_yaxis()
    ax.set_xlabel("tonnes over the run")
    horizontal(ax)
    whom = f"{shortened(name, 34)} against {shortened(study.names[0], 20)}"
    entitle(fig, f"Loads {flow}, {IN_WORDS[by]}: {whom}")
    return fig, ax


class Spot(NamedTuple):
    """Where a gateway lies, or the middle of a sea zone, in degrees north and east."""

    lat: float
    lon: float


class Moved(NamedTuple):
    """A change of what is sent from, towards or through a place."""

    place: str
    by: By
    spot: Spot
    kg: float
    sure: bool
    """Whether its interval does not hold 0."""


def spots(scenario: Scenario) -> dict[str, Spot]:
    """Where gateways and sea zones lie; a zone without a middle of its own lies amid the coasts that it serves."""
    docks = scenario.geography.docks
    found = {key: Spot(site.lat, site.lon) for key, site in (scenario.ports() | docks).items()}
    for key, zone in scenario.waters.items():
        around = [dock for dock in docks.values() if key in dock.zones]
        if zone.lat is not None and zone.lon is not None:
            found[key] = Spot(zone.lat, zone.lon)
        elif around:
            found[key] = Spot(*(sum(at) / len(around) for at in zip(*((d.lat, d.lon) for d in around), strict=True)))
    return found


def changes(study: Comparison, name: str, flow: Flow = "sent") -> list[Moved]:
    """Changes by place that can be shown on a map: those that are sure first, the largest of each first.

    Raises ValueError where no place is known.
    """
    if not study.scenarios:
        raise ValueError("this comparison does not know its scenarios, and so not where places lie")
    where = spots(study.scenarios[study.names.index(name)])
    found = [
        Moved(str(place), by, where[str(place)], change_kg, low > 0.0 or high < 0.0)
        for by in SHAPES
        for place, _, change_kg, low, high in study.displacement(name, by, flow).itertuples()
        if str(place) in where and change_kg != 0.0
    ]
    return sorted(found, key=lambda moved: (not moved.sure, -abs(moved.kg), moved.place, moved.by))


@drawn
def displacement_map(study: Comparison, other: str | None = None, flow: Flow = "sent") -> Drawing:
    """Change of what is sent from, towards and through places, by the area of their marks, on a coastline.

    Filled where the interval of the change does not hold 0, hollow where it does. flow: `sent` or `delivered`.
    """
    name = other if other is not None else study.names[1]
    moved = changes(study, name, flow)
    scenario = study.scenarios[study.names.index(name)]
    where = spots(scenario)
    treated = [where[place] for place in study.treated[name].places if place in where]
    fig, ax = map_of(
        frame_of([(spot.lon, spot.lat) for spot in [*treated, *(each.spot for each in moved)]], tallest=0.85)
    )
    largest = round_below(max((abs(each.kg) for each in moved), default=1.0))

    def area(each: Moved) -> float:
        return max(LEAST, LARGEST * abs(each.kg) / largest)

    for number, each in enumerate(reversed(moved)):
        colour = style.MORE if each.kg > 0 else style.LESS
        ax.scatter(
            [each.spot.lon], [each.spot.lat], s=area(each), marker=SHAPES[each.by][0], edgecolors=colour,
            facecolors=colour if each.sure else "#ffffff99", linewidths=1.1, alpha=0.85, zorder=3 + 0.001 * number,
        )  # fmt: skip
    ax.scatter(
        [spot.lon for spot in treated], [spot.lat for spot in treated], s=22, marker="x", color=style.INK,
        linewidths=1.2, zorder=5,
    )  # fmt: skip
    entitle(fig, _title(study, name, flow), _key(largest, bool(treated)), columns=3)
    called = place_names(scenario)
    wanted = [
        (f"{shortened(called.get(each.place, each.place), 20)} {change(each.kg, mass(each.kg))}", each.spot, area(each))
        for number, each in enumerate(moved)
        if each.sure or number < MOST_NAMED
    ]
    label(fig, ax, wanted)
    return fig, ax


def _title(study: Comparison, name: str, flow: Flow) -> str:
    return f"Change of loads {flow}: {shortened(name, 40)} against {shortened(study.names[0], 20)}"


def _key(largest: float, treated: bool) -> list[Line2D]:
    """What the marks of the map say."""

    def of(shape: str, told: str, *, face: str = style.QUIET, edge: str = style.QUIET, size: float = 6.0) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=shape, markersize=size, markerfacecolor=face, markeredgecolor=edge, label=told
        )

    filled = [of(shape, told) for shape, told in SHAPES.values()]
    colours = [
        of("o", "more", face=style.MORE, edge=style.MORE),
        of("o", "less", face=style.LESS, edge=style.LESS),
        of("o", "interval holds 0", face="none"),
    ]
    size = of("o", f"{mass(largest)} over the run", face="none", size=math.sqrt(LARGEST))
    cross = [of("x", "place of the policy", edge=style.INK)] if treated else []
    return [*filled, *colours, *cross, size]
