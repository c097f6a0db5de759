"""What is to be expected of better scanners, of port procedures, of manifests that both ends share, and of audits of
operators.

All on a world of two coasts with small ports, where some per cent of the containers of a port hold contraband, as fraud
is in the declarations of customs data (1.2 to 8.2 %, Kim et al. 2020), so that two months tell.
"""

from datetime import timedelta

import pytest

from sim.kernels.boxes import CHOSEN, FALSE_ALARMS, HITS
from sim.model import SmugglingModel
from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

PAIRS = 30
DAYS = 60
BUSY = (
    *(f"geography.ports.{port}.teu_thousand={teu}" for port, teu in
      (("costa_alta", 24), ("puerto_sereno", 10), ("nordhaven", 120), ("westmole", 30))),
    *(f"organisations.{group}.{what}" for group in ("coastal", "inland")
      for what in ("largest_lot=60", "cells.jobs_per_week=15")),
    "customs.posts={}", "customs.imports.tip=0", "customs.exports.tip=0", "customs.exports.scan_share=0",
    "customs.imports.scan_share=0.1", "customs.imports.examination_share=0.1",
)  # fmt: skip
"""No tips, no scans at export."""


def pair(plan: Scenario, number: int, kind: str, **fields) -> tuple[SmugglingModel, SmugglingModel]:
    """A world with a policy from its first day on, and the same without."""
    governed = plan.with_policy(kind, start=plan.start - timedelta(days=1), **fields)
    return tuple(live(each, replicate=number, mode="thinned") for each in (governed, plan))


def at_imports(model: SmugglingModel, column: int) -> int:
    rows = [row for row, kind in enumerate(model.checkpoints.kind) if kind == "import"]
    return int(model.chronicle.tally[:, rows, column].sum())


def found_share(model: SmugglingModel) -> float:
    """Loads found, of those that came to a control."""
    return at_imports(model, HITS) / model.chronicle.contaminated.sum()


def test_better_scanners_find_more_with_fewer_false_alarms_and_shorter_queues():
    """A detector with a better receiver operating characteristic gains on both sides at once (Green and Swets 1966);
    waits fall more than scan times do (Kiefer and Wolfowitz 1955)."""
    found, alarms, waits = [], [], []
    plan = world(*BUSY, days=DAYS)
    for number in range(PAIRS):
        better, usual = pair(plan, number, "detection_technology", ports=["NORTH"])
        found.append(found_share(better) - found_share(usual))
        alarms.append(at_imports(better, FALSE_ALARMS) / at_imports(better, CHOSEN)
                      - at_imports(usual, FALSE_ALARMS) / at_imports(usual, CHOSEN))  # fmt: skip
        waits.append(better.chronicle.wait_hours.sum() / usual.chronicle.wait_hours.sum())
        assert at_imports(better, CHOSEN) == pytest.approx(at_imports(usual, CHOSEN), rel=0.01)  # no more scans
    assert told(found).above < SURE, told(found)
    assert told(alarms).below < SURE, told(alarms)
    assert told([wait - 0.5 for wait in waits]).below < SURE, told(waits)
