"""Inspection as a customs administration would publish it: how much, on whom, with what result, and how equally."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.report import style
from sim.report.pieces import Card, Section, Table, picture
from sim.report.style import Drawing, canvas, drawn, entitle, horizontal
from sim.report.telling import delay
from sim.report.words import NONE, count, number, percent, several, shortened, things
from sim.study.proportion import Equality, equality
from sim.study.results import Results

if TYPE_CHECKING:
    import pandas as pd

    from sim.world.oversight import Limit

COUNTS = ("boxes", "scanned", "false_alarms", "opened", "found")
MOST_GROUPS = 14
"""Origins that the figure shows; the table holds all."""
SURE = 1.959964
"""Standard deviations to either end of a 95 % interval."""
BY = {"origin": "country of origin, at import", "shipper": "history of the shipper, at import"}

_CAPPED = {"most_opened": "opened", "most_scanned": "scanned"}
_MEASURES = {"gini": "Gini index", "theil": "Theil index", "ratio": "highest rate in times the lowest"}


class Span(NamedTuple):
    """A value with its interval."""

    value: float
    low: float
    high: float


def by_group(run: Results, by: str, direction: str = "import") -> pd.DataFrame:
    """Counts by group over the whole run, groups with most boxes first."""
    table = run.oversight
    here = table[(table["by"].astype("str") == by) & (table["direction"].astype("str") == direction)]
    found = here.groupby(here["group"].astype("str"))[list(COUNTS)].sum()
    return found.loc[found["boxes"].sort_values(ascending=False, kind="stable").index]


def rate(events: float, boxes: float) -> Span:
    """Events per 1,000 boxes with the 95 % interval of a Poisson count (Byar's approximation)."""
    more = events + 1.0
    low = events * (1.0 - 1.0 / (9.0 * events) - SURE / (3.0 * math.sqrt(events))) ** 3 if events else 0.0
    high = more * (1.0 - 1.0 / (9.0 * more) + SURE / (3.0 * math.sqrt(more))) ** 3
    per = 1000.0 / boxes
    return Span(events * per, low * per, high * per)


def spread(run: Results, by: str, what: str = "opened") -> dict[str, Span] | None:
    """Gini and Theil index and the ratio of highest to lowest, each with a jackknife interval over months."""
    table = run.oversight
    here = table[(table["by"].astype("str") == by) & (table["direction"].astype("str") == "import")]
    whole = here.groupby(here["group"].astype("str"))[["boxes", what]].sum()
    all_months = equality(whole["boxes"], whole[what])
    if all_months is None:
        return None
    left_out: list[Equality] = []
    for month in dict.fromkeys(here["month"].astype("str")):
        rest = whole - here[here["month"].astype("str") == month].groupby(here["group"].astype("str"))[
            ["boxes", what]
        ].sum().reindex(whole.index, fill_value=0)  # fmt: skip
        found = equality(rest["boxes"], rest[what])
        if found is not None:
            left_out.append(found)
    return {
        name: Span(value, max(least, value - reach), value + reach)
        for name, least in (("gini", 0.0), ("theil", 0.0), ("ratio", 1.0))
        if (value := getattr(all_months, name)) is not None
        for reach in (_reach([getattr(each, name) for each in left_out]),)
    }


def _reach(values: list[float | None]) -> float:
    """Half of the jackknife interval, from values with one month left out each; no end where months are too few."""
    known = [value for value in values if value is not None]
    if len(known) < 3:
        return math.inf
    mean = math.fsum(known) / len(known)
    return SURE * math.sqrt((len(known) - 1) / len(known) * math.fsum((value - mean) ** 2 for value in known))


@drawn
def opened_by_group(results: Results) -> Drawing:
    """Legal containers opened per 1,000, by origin and by shipper, with intervals; the line is the mean at import."""
    groups = [(name, by_group(results, name)) for name in BY]
    shown = [(by, str(group), row) for by, table in groups for group, row in table.head(MOST_GROUPS).iterrows()]
    fig, ax = canvas(0.95 + 0.225 * max(len(shown), 3))
    most = 1e-9
    for at, (by, _, row) in enumerate(shown):
        span = rate(float(row["opened"]), float(row["boxes"]))
        colour = style.SEIZED if by == "origin" else style.SEIZED_EXPORT
        ax.plot([span.low, span.high], [at, at], color=colour, linewidth=1.2)
        ax.plot(span.value, at, marker="D" if by == "origin" else "o", markersize=5, color=colour)
        most = max(most, span.high)
    whole = groups[0][1][["boxes", "opened"]].sum()
    if whole["boxes"] > 0:
        ax.axvline(1000.0 * whole["opened"] / whole["boxes"], color=style.QUIET, linewidth=0.8, zorder=0.5)
    ax.set_yticks(range(len(shown)), [shortened(f"{_called(group)}", 24) for _, group, _ in shown])
    ax.set_ylim(len(shown) - 0.5, -0.5)
    ax.set_xlim(0.0, 1.08 * most)
    horizontal(ax)
    entitle(fig, "Legal containers opened, per 1,000 at import, by origin (diamonds) and shipper (dots)")
    return fig, ax


def _cards(run: Results) -> Iterable[Card]:
    """What counts, large; nothing where no container came."""
    boxes, scans, alarms, opened, finds = _once(run)[list(COUNTS)].sum().tolist()
    if not boxes:
        return
    searched, hours = (float(run.daily[name].sum()) for name in ("boxes_examined", "delay_box_hours"))
    found, each = spread(run, "origin"), 1000.0 / boxes
    of_all = number(100.0 * finds / searched) if searched else NONE
    yield Card("containers scanned", percent(scans / boxes), f"{count(scans)} of {count(boxes)}")
    yield Card("opened by hand", number(opened * each), "per 1,000 containers")
    yield Card("false alarms", number(alarms * each), "per 1,000 containers")
    yield Card("finds per 100 opened", of_all, f"{count(finds)} finds in all {count(searched)} opened")
    yield Card("mean delay", delay(hours / boxes), "of a container, by inspection")
    gini = number(found["gini"].value) if found else NONE
    yield Card("inequality by origin", gini, "Gini index of opening, 0 to 1")


def section(run: Results, pictured: Drawing) -> Section:
    """The public report on inspection."""
    tables = [_states(run), *(_groups(run, by) for by in BY), _months(run)]
    return Section(
        "inspection",
        "Inspection of legal trade: the public report",
        told=told(run)[:-2],
        cards=list(_cards(run)),
        pictures=[picture(pictured[0], "opened-by-group", told(run)[-2:])],
        tables=[table for table in tables if table.rows],
    )


def told(run: Results) -> list[str]:
    """What the public report says in sentences."""
    limits = run.scenario.oversight
    caps = [*_caps(limits, "", counted=True)]
    for place, limit in limits.at.items():
        caps += _caps(limit, f" in {place}", counted="period_days" in limit.model_fields_set)
    rule = f"By rule at most {'; '.join(caps)}." if caps else "No rule caps how many containers are inspected."
    free = [
        f"{word} in {place}"
        for place, limit in limits.at.items()
        for name, word in _CAPPED.items()
        if name in limit.model_fields_set and getattr(limit, name) is None
    ]
    if caps and free:
        rule += f" No cap holds on those {several(free)}."
    lines = [
        "Counts are of containers that hold nothing illicit, at controls of all states in the model; finds alone are "
        "held against all containers that were opened.",
        f"{rule} Policies of oversight add to this from their dates on.",
    ]
    for by, words in BY.items():
        found = spread(run, by)
        if found is None:
            lines.append(f"No container was opened at import, so that nothing can be said by {words.split(',')[0]}.")
            continue
        parts = [f"{_MEASURES[name]} {_told(span)}" for name, span in found.items()]
        lines.append(f"Opening by {words}: {'; '.join(parts)}.")
    lines.append("Where all groups are opened alike, both indices are 0 and the highest rate is 1 time the lowest.")
    lines.append(
        "The line in the figure is the mean of all containers at import; groups with most containers come first."
    )
    lines.append(
        "Inequality has causes beside prejudice: cargo that looks alike on a scanner, contraband that comes by some "
        "lanes more than by others, and chance where counts are small. Intervals are 95 %."
    )
    return lines


def _caps(limit: Limit, where: str, *, counted: bool) -> Iterator[str]:
    """The caps that a rule gives for everywhere or for one place; counted: whether it says over which time too."""
    period = f" of {things(int(limit.period_days), 'day')}" if counted else ""
    for name, word in _CAPPED.items():
        if (most := getattr(limit, name)) is not None:
            yield f"{percent(most)} of the containers{period} may be {word}{where}"


def _told(span: Span) -> str:
    if math.isinf(span.high):
        return f"{number(span.value)} (too few months for an interval)"
    return f"{number(span.value)} ({number(span.low)} to {number(span.high)})"


_HEAD = ("containers", "scanned", "opened per 1,000", "false alarms per 1,000", "finds")


def _row(row: pd.Series) -> list[str]:
    boxes = float(row["boxes"])
    if boxes <= 0.0:
        return [NONE] * len(_HEAD)
    spans = (rate(float(row[name]), boxes) for name in ("opened", "false_alarms"))
    return [count(boxes), percent(float(row["scanned"]) / boxes), *map(_told, spans), count(float(row["found"]))]


def _once(run: Results) -> pd.DataFrame:
    """The rows that count every container once: by the far end of its lane, not by its shipper too."""
    table = run.oversight
    return table[table["by"].astype("str") != "shipper"]


def _states(run: Results) -> Table:
    here = _once(run)
    keys = [here["state"].astype("str"), here["direction"].astype("str")]
    found = here.groupby(keys, sort=True)[list(COUNTS)].sum()
    rows = [(*map(str, np.atleast_1d(np.array(key, object))), *_row(row)) for key, row in found.iterrows()]
    return Table("By state that controls", ("state", "control", *_HEAD), rows, left=2, folded=True, small=True)


def _groups(run: Results, by: str) -> Table:
    rows = [(_called(str(group)), *_row(row)) for group, row in by_group(run, by).iterrows()]
    return Table(f"By {BY[by]}", ("group", *_HEAD), rows, folded=by == "origin", small=True)


def _months(run: Results) -> Table:
    here = _once(run)
    found = here.groupby(here["month"].astype("str"), sort=True)[list(COUNTS)].sum()
    rows = [(str(month), *_row(row)) for month, row in found.iterrows()]
    return Table("By month, all controls", ("month", *_HEAD), rows, folded=True, small=True)


def _called(group: str) -> str:
    return group.replace("_", " ")
