"""The casebook: what became of cases, as tables and totals."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.kernels.docket import ACQUITTED, APPEAL, CLOSED, CONVICTED, FIND, KINDS, NEVER, OUTCOMES, STAGES, TRIAL
from sim.world.columns import Records, Words
from sim.world.making import PRECURSORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel

_CLOSED = "closed"


def accused(cases: Records) -> NDArray[np.int64]:
    """Who is accused in each case: int64[n]."""
    return np.asarray(cases["couriers"] + cases["officers"] + cases["leaders"], np.int64)


def judged_on(cases: Records) -> NDArray[np.int64]:
    """Day of the first judgment of each case, by plea or trial; -1 where there was none: int64[n]."""
    tried = cases["entered"][:, TRIAL] != NEVER
    decided = cases["pleaded"] | (tried & ((cases["outcome"] == ACQUITTED) | (cases["outcome"] == CONVICTED)))
    first = np.where(decided, cases["closed"], NEVER)
    return np.where(cases["entered"][:, APPEAL] != NEVER, cases["entered"][:, APPEAL], first).astype(np.int64)


def cohort(cases: Records, days: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cases with somebody accused that were opened in the first half of a run of so many days, and cases that were
    closed within half a run of their opening: bool[n] each.

    Every case of the cohort is followed for as long, so that those that end early count for no more than those that
    take long, and load makes no case leave the count.
    """
    half = days // 2
    took = cases["closed"] - cases["opened"]
    followed = (accused(cases) > 0) & (cases["opened"] <= days - half)
    return followed, (cases["closed"] != NEVER) & (took <= half)


def totals(model: SmugglingModel) -> dict[str, float | int | None]:
    """The totals of justice; None where a total has no meaning."""
    cases, networks = model.justice.cases, model.justice.networks
    suspects = accused(cases) > 0
    ended = cases["stage"] == CLOSED
    followed, closed = cohort(cases, model.day)
    convicted = cases["outcome"] == CONVICTED
    final = cases[convicted | (cases["outcome"] == ACQUITTED)]
    answered = cases["entered"][:, 1] != NEVER
    judged = followed & closed & (convicted | (cases["outcome"] == ACQUITTED))
    long = (cases["closed"] - cases["opened"])[judged]
    goods = np.array([*model.ledger.commodities, ""])
    ours = (cases["kind"] == FIND) & (goods[cases["commodity"]] != PRECURSORS)
    grams = int(cases["grams"][ours].sum())
    return {
        "cases_opened": len(cases),
        "cases_with_suspects": int(suspects.sum()),
        "cases_open": int((~ended).sum()),
        "cases_lapsed": int((cases["outcome"] == OUTCOMES.index("lapsed")).sum()),
        "final_convictions": int(convicted.sum()),
        "final_acquittals": len(final) - int(convicted.sum()),
        "final_conviction_share": _share(int((followed & closed & convicted).sum()), int(followed.sum())),
        "clearance_share": _share(int((suspects & ended).sum()), int(suspects.sum())),
        "convicted_seizure_share": _share(int(cases["grams"][ours & convicted].sum()), grams),
        "response_days_mean": _mean((cases["entered"][:, 1] - cases["opened"])[answered]),
        "judgment_days_mean": _mean(long),
        "judgment_days_median": float(np.median(long)) if len(long) else None,
        "leaders_accused": int(cases["leaders"].sum()),
        "networks_uncovered": networks.count("uncovered"),
        "networks_disrupted": networks.count("leader", "core", "cells"),
        "networks_dismantled": networks.count("dismantled"),
        "networks_split": networks.count("split"),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(days: NDArray[np.int64]) -> float | None:
    return int(days.sum()) / len(days) if len(days) else None


def cases(model: SmugglingModel) -> dict[str, Any]:
    """The table of cases, one row each, as the files of investigators have them."""
    rows, states = model.justice.cases, model.states.codes
    stage = np.where(rows["stage"] == CLOSED, len(STAGES), rows["stage"])
    reached = np.maximum.accumulate(rows["entered"], axis=1)[:, -1]
    owners = [*(cartel.name for cartel in model.cartels), ""]
    return {
        "case": np.arange(len(rows)),
        "kind": Words(rows["kind"], KINDS),
        "state": Words(rows["state"], states),
        "opened_day": rows["opened"],
        "organisation": Words(np.where(rows["named"], rows["organisation"], -1), owners),
        "commodity": Words(rows["commodity"], (*model.ledger.commodities, "")),
        "grams": rows["grams"],
        **{name: rows[name] for name in ("couriers", "officers", "leaders")},
        "evidence": _quality(model, rows),
        "abroad": Words(rows["abroad"], (*states, "")),
        "stage": Words(stage, (*STAGES, _CLOSED)),
        "stage_day": np.where(rows["stage"] == CLOSED, rows["closed"], reached),
        "investigation_day": rows["entered"][:, 1],
        "charge_day": rows["entered"][:, TRIAL],
        "judgment_day": judged_on(rows),
        "closed_day": rows["closed"],
        "pleaded": rows["pleaded"].astype(np.int32),
        "outcome": Words(rows["outcome"], OUTCOMES),
    }


def _quality(model: SmugglingModel, rows: Records) -> NDArray[np.float64]:
    """Quality of the evidence of each case at its end, or now."""
    until = np.where(rows["closed"] == NEVER, model.day, rows["closed"])
    half = model.justice.courts["half_life"][rows["state"]].tolist()
    days = (until - rows["opened"]).tolist()
    kept = np.array([math.pow(0.5, d / h) if h else 0.0 for d, h in zip(days, half, strict=True)])
    return np.asarray(1.0 - (1.0 - rows["material"]) * (1.0 - rows["spoken"] * kept), np.float64)


def justice(model: SmugglingModel) -> dict[str, Any]:
    """The table of queues: by month, state and stage, what came, what left, what waits at the end, and for how long
    those that left had been there."""
    rows, states = model.justice.cases, len(model.states)
    starts = _months(model)
    months, queues = len(starts), states * len(STAGES)
    ends = np.array([*starts[1:], model.day], np.int64)
    entered, left, waiting, days = (np.zeros((months, queues), np.int64) for _ in range(4))
    for stage in range(len(STAGES)):
        come = rows["entered"][:, stage].astype(np.int64)
        here = come != NEVER
        after = rows["entered"][:, stage + 1 :]
        later = np.where(after == NEVER, np.iinfo(np.int32).max, after).min(axis=1, initial=np.iinfo(np.int32).max)
        gone = np.where(later < np.iinfo(np.int32).max, later, rows["closed"]).astype(np.int64)
        begun = rows["started"][:, stage].astype(np.int64)
        queue = rows["state"] * len(STAGES) + stage
        out = here & (gone != NEVER)
        for counted, where, when, weight in (
            (entered, here, come, 1), (left, out, gone, 1), (days, out, gone, (gone - come)[out]),
        ):  # fmt: skip
            np.add.at(counted, (np.searchsorted(ends, when[where], side="right"), queue[where]), weight)
        until = np.where(begun != NEVER, begun, np.where(gone != NEVER, gone, model.day))
        for month, end in enumerate(ends.tolist()):
            stands = here & (come < end) & (until >= end)
            waiting[month] += np.bincount(queue[stands], minlength=queues)
    row = np.tile(np.arange(queues), months)
    first = np.datetime64(model.plan.start, "D")
    return {
        "month": np.repeat(np.array(first + np.array(starts).astype("timedelta64[D]"), "datetime64[M]"), queues).astype(
            "datetime64[D]"
        ),
        "state": Words(row // len(STAGES), model.states.codes),
        "stage": Words(row % len(STAGES), STAGES),
        "entered": entered.ravel(),
        "left": left.ravel(),
        "waiting": waiting.ravel(),
        "mean_days": (days / np.maximum(left, 1)).ravel(),
    }


def _months(model: SmugglingModel) -> list[int]:
    """Days on which the months of the run begin, the first cut short."""
    start = model.plan.start
    first = [0]
    year, month = start.year, start.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        at = (date(year, month, 1) - start).days
        if at >= model.day:
            return first
        first.append(at)
