"""Published figures on courts and on traced money, and what a run comes to beside them: durations, verdicts, shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.study.results import Results
from sim.terms import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.world.atlas import published

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DAYS_PER_MONTH = DAYS_PER_YEAR / 12.0
EITHER_WAY = 0.25
"""How far from a figure that has no range of its own the model's may lie, as a share of it."""
UNTIL_COURTS_ARE_AT_WORK = 2
"""Years at the start of a run that shares of proceeds leave out: nothing was before courts when it began."""


class Verdict(NamedTuple):
    """A published figure, the range in which the model's should lie, and what it makes of it."""

    what: str
    published: float
    low: float
    high: float
    model: float
    cases: int
    """Cases on which the model's figure rests, or transfers that were frozen."""
    source: str

    @property
    def inside(self) -> bool:
        """Whether the model's figure lies in the range."""
        return self.low <= self.model <= self.high


def lasted(days: NDArray[np.int64], ended: NDArray[np.bool_]) -> float:
    """Mean duration by the estimator of Kaplan and Meier (1958): what has not ended counts for as long as it was seen.

    days, ended: [n]. Where what was seen for longest has not ended, the mean is too low; nan of nothing.
    """
    mean, left, before, count = 0.0, 1.0, 0, len(days)
    for place, at in enumerate(np.argsort(days, kind="stable").tolist()):
        mean, before = mean + left * (int(days[at]) - before), int(days[at])
        left *= 1.0 - bool(ended[at]) / (count - place)
    return mean if count else math.nan


class _Cases:
    """The cases of a state in which somebody was accused; all days as columns: int64[n]."""

    def __init__(self, table: pd.DataFrame, until: int) -> None:
        self.opened, self.charged, self.judged, self.closed = (
            table[f"{name}_day"].to_numpy(np.int64) for name in ("opened", "charge", "judgment", "closed")
        )
        self.until, self.outcome = until, table["outcome"].to_numpy(str)
        self.pleaded = table["pleaded"].to_numpy() > 0

    def seen(self, since: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[float, int]:
        """Mean days from one thing to another, of the cases that came to the first, and how many these are."""
        here = since >= 0
        seen = np.where(end >= 0, end, np.where(self.closed >= 0, self.closed, self.until)) - since
        return lasted(seen[here], end[here] >= 0), int(here.sum())

    def share(self, those: NDArray[np.bool_], of: NDArray[np.bool_]) -> tuple[float, int]:
        """Share of some cases, and how many these are."""
        count = int(of.sum())
        return (float((those & of).sum()) / count if count else math.nan), count

    @property
    def appealed(self) -> NDArray[np.int64]:
        """Day of the appeal, -1 for none."""
        tried = (self.judged >= 0) & (self.charged >= 0)
        return np.where(tried & (self.judged != self.closed), self.judged, -1)

    @property
    def old(self) -> NDArray[np.bool_]:
        """Cases of the first half of the run."""
        return np.asarray(self.opened <= self.until - self.until // 2, np.bool_)


def _to_judgment(cases: _Cases) -> tuple[float, int]:
    return cases.seen(cases.charged, np.where(cases.charged >= 0, cases.judged, -1))


def _appeals_soon(cases: _Cases) -> tuple[float, int]:
    """Of those that can have been seen for as long."""
    limit, since = round(9 * DAYS_PER_MONTH), cases.appealed
    of = (since >= 0) & (since <= cases.until - limit)
    return cases.share((cases.closed >= 0) & (cases.closed - since <= limit), of)


def _convicted_at_trial(cases: _Cases) -> tuple[float, int]:
    tried = (cases.charged >= 0) & (cases.judged >= 0)
    return cases.share((cases.outcome != "acquitted") | (cases.judged != cases.closed), tried)


def _acquittals(cases: _Cases) -> tuple[float, int]:
    first = (cases.outcome == "acquitted") & (cases.judged == cases.closed)
    return cases.share(first, cases.judged >= 0)


def _contested(cases: _Cases) -> tuple[float, int]:
    tried = (cases.charged >= 0) & (cases.judged >= 0)
    return cases.share((cases.outcome == "acquitted") & (cases.judged == cases.closed), tried)


def _after_trial(cases: _Cases) -> tuple[float, int]:
    return cases.share((cases.outcome == "convicted") & ~cases.pleaded, cases.old)


class _Figure(NamedTuple):
    state: str
    what: str
    parameter: str
    """Row of the table of published parameters."""
    measure: Callable[[_Cases], tuple[float, int]]
    per: float = 1.0
    """Days of the unit."""
    low: float | None = None
    high: float | None = None
    stands: float | None = None
    """The figure, where it stands in the notes of its row."""


FIGURES = (
    _Figure("NL", "Netherlands: weeks from charge to judgment", "mean time, crime cases, charge to judgment",
            _to_judgment, DAYS_PER_WEEK),
    _Figure("NL", "Netherlands: judgments after trial that convict", "mean time, crime cases, charge to judgment",
            _convicted_at_trial, low=0.85, high=0.95, stands=0.9),
    _Figure("NL", "Netherlands: appeals decided within 9 months", "panel cases finished within 6 months", _appeals_soon,
            stands=0.65),
    _Figure("FR", "France: months from opening to judgment", "mean time, all criminal cases",
            lambda cases: cases.seen(cases.opened, cases.judged), DAYS_PER_MONTH, high=43.0),
    _Figure("EC", "Ecuador: months that a process takes", "organised crime process duration",
            lambda cases: cases.seen(cases.opened, cases.closed), DAYS_PER_MONTH),
    _Figure("EC", "Ecuador: cases that end by plea", "share convicted by plea procedure",
            lambda cases: cases.share(cases.pleaded, cases.old)),
    _Figure("EC", "Ecuador: cases convicted after trial", "share convicted after ordinary trial", _after_trial),
    _Figure("EC", "Ecuador: cases acquitted", "share convicted after ordinary trial",
            lambda cases: cases.share(cases.outcome == "acquitted", cases.old), stands=0.06),
    _Figure("CO", "Colombia: judgments, pleas among them, that acquit", "acquittal rate of judgments", _acquittals),
    _Figure("CO", "Colombia: contested trials that acquit", "acquittal rate of judgments", _contested,
            low=0.5, high=1.0, stands=0.5),
    _Figure("BR", "Brazil: months of first instance", "first instance criminal knowledge phase, federal",
            _to_judgment, DAYS_PER_MONTH, high=46.0),
    _Figure("BR", "Brazil: months of further instances", "first instance criminal knowledge phase",
            lambda cases: cases.seen(cases.appealed, np.where(cases.appealed >= 0, cases.closed, -1)), DAYS_PER_MONTH,
            high=18.0, stands=10.0),
)  # fmt: skip
"""The published figures; a range that is not given here is that of the table, or a quarter either way."""


def verdicts(results: Results) -> Iterator[Verdict]:
    """Every published figure on courts, and the model's, of cases about anything but money."""
    rows, table = {row["parameter"]: row for row in published("parameters")}, results.cases
    accused = (table["couriers"] + table["officers"] + table["leaders"] > 0) & (table["kind"] != "money")
    for figure in FIGURES:
        row = rows[figure.parameter]
        cases = _Cases(table[accused & (table["state"] == figure.state)], results.scenario.days)
        value, count = figure.measure(cases)
        stands = float(row["value"]) if figure.stands is None else figure.stands
        low, high = figure.low, figure.high
        if figure.stands is None and row["low"] and row["high"]:
            low, high = float(row["low"]), float(row["high"])
        if low is None:
            low = stands if high is not None else stands * (1.0 - EITHER_WAY)
        if high is None:
            high = stands * (1.0 + EITHER_WAY)
        yield Verdict(figure.what, stands, low, high, value / figure.per, count, row["source_key"])


def shares(results: Results) -> Iterator[Verdict]:
    """Published shares of proceeds that are frozen and confiscated in a year, and the model's; of what a year brings
    something is before courts at the end of any run, so that it is the flows of the same years that are compared."""
    import pandas as pd

    rows, table = {row["parameter"]: row for row in published("parameters")}, results.money
    since = pd.Timestamp(results.scenario.start) + pd.DateOffset(years=UNTIL_COURTS_ARE_AT_WORK)
    late = table[pd.to_datetime(table["month"]) >= since]
    earned, transfers = int(late["proceeds_cents"].sum()), int(late["brokers_exposed"].sum())
    for name in ("frozen", "confiscated"):
        row = rows[f"share of criminal proceeds {name}"]
        value = float(row["value"])
        low, high = value * (1.0 - EITHER_WAY), float(row["high"]) if row["high"] else value * (1.0 + EITHER_WAY)
        share = int(late[f"{name}_cents"].sum()) / earned if earned else math.nan
        told = f"European Union: share of proceeds {name}"
        yield Verdict(told, value, low, high, share, transfers, row["source_key"])
