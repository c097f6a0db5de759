"""Proportion: what inspection does to legal trade, group by group, and how equal that is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.kernels.boxes import ARRIVED, COUNTED, FALSE_OF, FOUND_OF, OPENED_OF, SCANS_OF
from sim.world.columns import Words
from sim.world.treatment import SHIPPERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import SmugglingModel

ENOUGH = 5.0
"""Events that a group must be expected to have at the mean rate before its own rate counts as the highest or lowest."""


class Equality(NamedTuple):
    """How equally something falls on groups, given how many boxes each has."""

    per_1000: float
    """Over all groups."""
    ratio: float | None
    """Highest to lowest rate among groups that are large enough; None where the lowest is 0 or there are not two."""
    gini: float
    """0: all groups alike; towards 1: all of it falls on few boxes."""
    theil: float


def equality(boxes: Sequence[float], events: Sequence[float]) -> Equality | None:
    """How equal the rates of groups are; None where there is nothing to divide.

    Gini and Theil's T index over boxes, each of which bears the rate of its group (Theil 1967).
    """
    pairs = [(float(n), float(k)) for n, k in zip(boxes, events, strict=True) if n > 0.0]
    whole, all_events = math.fsum(n for n, _ in pairs), math.fsum(k for _, k in pairs)
    if whole <= 0.0 or all_events <= 0.0:
        return None
    mean = all_events / whole
    large = [k / n for n, k in pairs if n * mean >= ENOUGH]
    ratio = max(large) / min(large) if len(large) > 1 and min(large) > 0.0 else None
    below, area = 0.0, 0.0
    for n, k in sorted(pairs, key=lambda pair: pair[1] / pair[0]):
        area += n / whole * (2.0 * below + k / all_events)
        below += k / all_events
    theil = math.fsum(k / all_events * math.log(k / n / mean) for n, k in pairs if k > 0.0)
    return Equality(1000.0 * mean, ratio, max(0.0, 1.0 - area), max(0.0, theil))


def by_group(model: SmugglingModel) -> dict[str, Any]:
    """The table `oversight`: months, states, directions and groups that had any box."""
    treatment, marks = model.treatment, model.checkpoints
    controls, state = marks.n_ports, model.states.of_checkpoint[: marks.n_ports]
    into = np.array([kind == "import" for kind in marks.kind[:controls]], np.int64)
    groups = (*treatment.far_ends, *SHIPPERS)
    of_control = state * 2 + into
    found: list[NDArray[np.float64]] = []
    for month, boxes in zip(treatment.months, _arrived(model), strict=True):
        counts = np.concatenate([(boxes[:, None] * month.shares)[None], month.counted])
        here = np.zeros((len(counts), 2 * len(model.states), len(groups)))
        for control, at in enumerate(of_control.tolist()):
            here[:, at] += counts[:, control]
        found.append(here)
    table = np.array(found).reshape(len(found), 5, 2 * len(model.states), len(groups))
    when, where, which = np.nonzero((table > 0.0).any(axis=1))
    rows = table[when, :, where, which].T
    far = which < len(treatment.far_ends)
    return {
        "month": Words(when, [month.name for month in treatment.months]),
        "state": Words(where // 2, model.states.codes),
        "direction": Words(where % 2, ("export", "import")),
        "by": Words(np.where(far, where % 2, 2), ("destination", "origin", "shipper")),
        "group": Words(which, groups),
        "boxes": rows[0],
        "scanned": rows[1 + SCANS_OF],
        "false_alarms": rows[1 + FALSE_OF].astype(np.int64),
        "opened": rows[1 + OPENED_OF].astype(np.int64),
        "found": rows[1 + FOUND_OF].astype(np.int64),
    }


def totals(model: SmugglingModel) -> dict[str, float | None]:
    """Totals of a run: rates at all controls, and how equal opening is at import controls by country of origin."""
    treatment, controls = model.treatment, model.checkpoints.n_ports
    groups, into = len(treatment.far_ends), [model.checkpoints.kind[row] == "import" for row in range(controls)]
    boxes, counts = np.zeros((controls, groups)), np.zeros((COUNTED, controls, groups))
    for month, arrived in zip(treatment.months, _arrived(model), strict=True):
        boxes += arrived[:, None] * month.shares[:, :groups]
        counts += month.counted[:, :, :groups]
    whole = int(model.chronicle.tally[: model.day, :, ARRIVED].sum(dtype=np.int64))
    opened, alarms = counts[OPENED_OF], counts[FALSE_OF]
    equal = equality(boxes[into].sum(axis=0).tolist(), opened[into].sum(axis=0).tolist())
    return {
        "opened_per_1000": 1000.0 * float(opened.sum()) / whole if whole else None,
        "false_alarms_per_1000": 1000.0 * float(alarms.sum()) / whole if whole else None,
        "opened_ratio_by_origin": equal.ratio if equal else None,
        "opened_gini_by_origin": equal.gini if equal else None,
        "opened_theil_by_origin": equal.theil if equal else None,
    }


def _arrived(model: SmugglingModel) -> list[NDArray[np.int64]]:
    """Boxes that arrived at each control, int64[C], by month."""
    ends = np.cumsum([0, *(month.days for month in model.treatment.months)]).tolist()
    return [
        model.chronicle.tally[first:last, :, ARRIVED].sum(axis=0, dtype=np.int64)
        for first, last in itertools.pairwise(ends)
    ]
