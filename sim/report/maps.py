"""Maps: where loads crossed the ocean, where legal trade is controlled, and where loads were seized.

A map shows flows, controls and seizures. It shows no chance of passing a control, of any port or lane.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from sim.report import style, views
from sim.report.sailing import sailing_line
from sim.report.style import Drawing, canvas, drawn, entitle
from sim.report.words import count, mass, shortened
from sim.study.results import Results
from sim.terms import DAYS_PER_YEAR
from sim.world.atlas import Point, land
from sim.world.network import Placed
from sim.world.site import Site

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

FLATTEST = 0.55
"""The least that the height of a map is of its width."""
MOST_LABELS, MOST_LEADERS = 30, 14
LINE, CIRCLE, DISC = 5.0, 220.0, 110.0
"""Width of a line (points), area of a circle and of a disc (square points) that stand for the amounts in the key."""
_CRAFT = style.SEIZED_SEA
_BOXES = "#b3893a"


class Frame(NamedTuple):
    """The part of the world that a map shows, in degrees."""

    west: float
    east: float
    south: float
    north: float

    def holds(self, site: Placed) -> bool:
        """Whether a place lies within."""
        return self.west <= site.lon <= self.east and self.south <= site.lat <= self.north


@drawn
def flow_map(results: Results) -> Drawing:
    """Loads between gateways by width of line, legal containers by circle, seizures by disc, on a coastline."""
    places = sites(results)
    years = results.scenario.days / DAYS_PER_YEAR
    flows = [flow for flow in views.flows(results) if flow.origin in places and flow.destination in places]
    boxes = results.ports.groupby(results.ports["port"].astype("str"))["boxes_arrived"].sum() / years
    seized = views.seized_by_place(results).sum(axis=1) / years
    lines = [(piece, flow) for flow in flows for piece in pieces(line(flow, results))]
    used = {end for flow in flows for end in (flow.origin, flow.destination)} | (set(seized.index) & set(places))
    frame = frame_of([(places[name].lon, places[name].lat) for name in sorted(used)], [points for points, _ in lines])
    shown = [name for name, place in places.items() if (name in used or name in boxes.index) and frame.holds(place)]
    fig, ax = map_of(frame)
    heaviest = round_below(max((flow.kg for flow in flows), default=1.0) / years)
    ax.add_collection(
        LineCollection(
            [points for points, _ in reversed(lines)],
            linewidths=[max(0.4, LINE * flow.kg / years / heaviest) for _, flow in reversed(lines)],
            colors=[_CRAFT if flow.craft else _BOXES for _, flow in reversed(lines)],
            alpha=0.6, capstyle="round", joinstyle="round", zorder=2,
        )
    )  # fmt: skip
    most_boxes, most_seized = (round_below(amounts.max() if len(amounts) else 0.0) for amounts in (boxes, seized))
    areas = {name: CIRCLE * float(boxes.get(name, 0.0)) / most_boxes for name in shown}
    discs = {name: DISC * float(seized.get(name, 0.0)) / most_seized for name in shown}
    where = [places[name].lon for name in shown], [places[name].lat for name in shown]
    ax.scatter(*where, s=list(areas.values()), facecolors="#ffffff99", edgecolors=style.QUIET, linewidths=0.7, zorder=3)
    ax.scatter(*where, s=list(discs.values()), facecolors=style.SEIZED, edgecolors="none", alpha=0.9, zorder=4)
    key = [
        *_ways_key(flows, f"{mass(heaviest)} a year "),
        circle_key(CIRCLE, "none", f"{count(most_boxes)} containers controlled a year"),
        *([circle_key(DISC, style.SEIZED, f"{mass(most_seized)} seized a year")] if len(seized) else []),
    ]
    entitle(fig, "Loads that set out to sea, legal containers under control, and seizures", key, columns=2)
    called = views.names(results)
    weight = {name: areas[name] / CIRCLE + 2 * discs[name] / DISC for name in shown}
    label(
        fig,
        ax,
        [
            (shortened(called.get(name, name), 22), places[name], max(areas[name], discs[name]))
            for name in sorted(shown, key=lambda name: (-weight[name], name))
        ],
    )
    return fig, ax


def _ways_key(flows: Sequence[views.Flow], heaviest: str) -> list[Line2D]:
    """The kinds of lines that are drawn; the first says how much the widest of all stands for."""
    ways = ((False, _BOXES, "in containers"), (True, _CRAFT, "by small craft"))
    drawn = [(colour, told) for craft, colour, told in ways if any(flow.craft == craft for flow in flows)]
    return [_line_key(colour, f"{'' if row else heaviest}{told}") for row, (colour, told) in enumerate(drawn)]


def sites(results: Results) -> dict[str, Site]:
    """All gateways of the scenario by key: ports and docks."""
    return {**results.scenario.ports(), **results.scenario.geography.docks}


def line(flow: views.Flow, results: Results) -> NDArray[np.float64]:
    """Longitudes and latitudes that a flow sails by: the way by sea where one is known, else a great circle."""
    known = sailed(flow, results)
    return _straight(flow, sites(results)) if known is None else known


def sailed(flow: views.Flow, results: Results) -> NDArray[np.float64] | None:
    """The way by sea of a flow: straight for small craft where no land lies between; None where none is known, and in a
    world that is made up."""
    places = sites(results)
    if results.scenario.geography.dataset is None:
        return None
    if flow.craft and not over_land(straight := _straight(flow, places)):
        return straight
    return sailing_line(places[flow.origin], places[flow.destination])


def _straight(flow: views.Flow, places: Mapping[str, Site]) -> NDArray[np.float64]:
    start, end = places[flow.origin], places[flow.destination]
    return great_circle((start.lon, start.lat), (end.lon, end.lat))


def over_land(points: NDArray[np.float64]) -> bool:
    """Whether a line leads over land, its two ends aside, which lie at coasts that are drawn in rough."""
    between = points[len(points) // 6 : -(len(points) // 6) or None]
    return any(Path(ring).contains_points(between).any() for ring in land())


def pieces(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """A line in two where it crosses the antimeridian, each piece up to the edge of the map; else the line itself."""
    leaps = np.flatnonzero(np.abs(np.diff(points[:, 0])) > 180.0)
    if len(leaps) == 0:
        return [points]
    leap = int(leaps[0])
    (here, north), (there, far_north) = points[leap], points[leap + 1]
    edge = math.copysign(180.0, here)
    span = there + 2.0 * edge - here
    share = (edge - here) / span if span else 0.0
    lat = north + share * (far_north - north)
    return [
        np.vstack([points[: leap + 1], (edge, lat)]),
        *pieces(np.vstack([(-edge, lat), points[leap + 1 :]])),
    ]


def great_circle(start: Point, end: Point, pieces: int = 48) -> NDArray[np.float64]:
    """The shortest way over the globe, as longitudes and latitudes (spherical linear interpolation)."""
    ends = np.radians(np.array([start, end], dtype=np.float64))
    unit = np.stack(
        [np.cos(ends[:, 1]) * np.cos(ends[:, 0]), np.cos(ends[:, 1]) * np.sin(ends[:, 0]), np.sin(ends[:, 1])], axis=1
    )
    angle = math.acos(min(1.0, max(-1.0, float((unit[0] * unit[1]).sum()))))
    if angle < 1e-9:
        return np.array([start, end], dtype=np.float64)
    share = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    points = (np.sin((1 - share) * angle) * unit[0] + np.sin(share * angle) * unit[1]) / math.sin(angle)
    return np.degrees(np.stack([np.arctan2(points[:, 1], points[:, 0]), np.arcsin(points[:, 2].clip(-1, 1))], axis=1))


def frame_of(points: Iterable[Point], lines: Sequence[NDArray[np.float64]] = (), tallest: float = 1.05) -> Frame:
    """A frame around all points and lines with a margin, neither flatter nor taller than a page likes.

    tallest: the most that its height may be of its width.
    """
    every = np.concatenate([np.array(list(points), dtype=np.float64).reshape(-1, 2), *lines])
    if len(every) == 0:
        return Frame(-180, 180, -60, 75)
    west, south = every.min(axis=0)
    east, north = every.max(axis=0)
    margin = 0.05 * max(east - west, north - south, 4.0)
    west, east, south, north = west - margin, east + margin, south - margin, north + margin
    scale = math.cos(math.radians((south + north) / 2))
    ratio = (north - south) / ((east - west) * scale)
    if ratio < FLATTEST:
        more = (FLATTEST * (east - west) * scale - (north - south)) / 2
        south, north = south - more, north + more
    elif ratio > tallest:
        more = ((north - south) / (tallest * scale) - (east - west)) / 2
        west, east = west - more, east + more
    return Frame(west, east, max(south, -85.0), min(north, 85.0))


def map_of(frame: Frame) -> Drawing:
    """The land within a frame, on axes in degrees that are true to scale at its middle."""
    slope = 1 / math.cos(math.radians((frame.south + frame.north) / 2))
    fig, ax = canvas(style.WIDTH * slope * (frame.north - frame.south) / (frame.east - frame.west) + 0.6)
    ax.set_aspect(slope)
    ax.set_xlim(frame.west, frame.east)
    ax.set_ylim(frame.south, frame.north)
    ax.set_axis_off()
    _draw_land(ax, frame)
    return fig, ax


def _draw_land(ax: Axes, frame: Frame) -> None:
    """The land within a frame."""
    shown = []
    for ring in land():
        points = np.array(ring)
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        if west < frame.east and east > frame.west and south < frame.north and north > frame.south:
            shown.append(points)
    ax.add_collection(
        PolyCollection(shown, facecolors=style.LAND, edgecolors=style.SHORE, linewidths=0.4, zorder=1), autolim=False
    )


def label(fig: Figure, ax: Axes, wanted: Sequence[tuple[str, Placed, float]]) -> None:
    """Names of places, the most important first, each where it meets no other name and no circle.

    wanted: name, place and area of its circle (square points). The first few may stand further off, on a leader line;
    others without room are left out.
    """
    fig.draw_without_rendering()
    points = fig.dpi / 72
    taken = []
    for _, site, area in wanted:
        x, y = ax.transData.transform((site.lon, site.lat))
        radius = points * math.sqrt(area / math.pi)
        if radius > 2 * points:
            taken.append(Bbox.from_extents(x - radius, y - radius, x + radius, y + radius))
    circles = len(taken)
    for rank, (told, site, area) in enumerate(wanted):
        for away in (2.5, 9.0, 16.0, 24.0, 32.0) if rank < MOST_LEADERS else (2.5,):
            box = _write(fig, ax, told, site, math.sqrt(area / math.pi) + away, taken, leader=away > 3)
            if box is not None:
                taken.append(box.padded(1.5 * points))
                break
        if len(taken) - circles >= MOST_LABELS:
            return


def _write(
    fig: Figure, ax: Axes, told: str, site: Placed, off: float, taken: Sequence[Bbox], *, leader: bool
) -> Bbox | None:
    """Write a name `off` points from its place, on the first side where it is free; returns the space it takes."""
    frame = ax.get_window_extent()
    renderer = cast("FigureCanvasAgg", fig.canvas).get_renderer()
    line = {"arrowstyle": "-", "color": style.QUIET, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0} if leader else None
    for east, north in ((1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)):
        text = ax.annotate(
            told, (site.lon, site.lat), xytext=(off * east, off * north), textcoords="offset points",
            ha="center" if east == 0 else "left" if east > 0 else "right",
            va="center" if north == 0 else "bottom" if north > 0 else "top", fontsize=7.5, zorder=6, arrowprops=line,
        )  # fmt: skip
        text.update_positions(renderer)
        box = Text.get_window_extent(text, renderer)
        within = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        if within and not any(box.overlaps(other) for other in taken):
            return box
        text.remove()
    return None


def round_below(amount: float) -> float:
    """The largest of 1, 2, 5, 10, 20 ... that is not above the amount; at least a thousandth."""
    power = 10.0 ** math.floor(math.log10(max(amount, 1e-3)))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= max(amount, 1e-3) * 1.0001)


def _line_key(colour: str, told: str) -> Line2D:
    return Line2D([], [], color=colour, linewidth=LINE, alpha=0.6, label=told)


def circle_key(area: float, face: str, told: str) -> Line2D:
    """A circle of an area (square points) for a legend; `none` is hollow."""
    edge = 0.7 if face == "none" else 0.0
    return Line2D(
        [], [], linestyle="", marker="o", markersize=math.sqrt(area), markerfacecolor=face, markeredgewidth=edge,
        markeredgecolor=style.QUIET, label=told,
    )  # fmt: skip
