"""Micro and thinned mode: the same promises in both, and the same world to within what seeds differ by."""

import os
import subprocess
import sys
from datetime import timedelta

import numpy as np
import pytest

from sim.kernels.boxes import HIGH_RISK
from sim.model import SmugglingModel
from sim.study.compare import compare
from sim.study.results import Results
from sim.study.run import live, run
from tests.promises.worlds import before, lived, outcome_kg, tables, world

DAYS = 45

ALONE = """
import sys
from tests.promises.worlds import world
from sim.study.run import run
for mode in ("micro", "thinned"):
    print(run(world(days=int(sys.argv[2])), sys.argv[1] + mode, mode=mode).manifest["digest"])
"""


@pytest.fixture(scope="module")
def digest(tmp_path_factory) -> str:
    """Of the thinned run that all others are held against."""
    return run(world(days=DAYS), tmp_path_factory.mktemp("runs") / "first", mode="thinned").manifest["digest"]


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_threads_do_not_matter_in_thinned_mode(digest, tmp_path, threads):
    assert run(world(days=DAYS), tmp_path / "run", mode="thinned", threads=threads).manifest["digest"] == digest


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param({"PYTHONHASHSEED": "1"}, id="another hash seed"),
        pytest.param({"NUMBA_DISABLE_JIT": "1"}, id="nothing compiled"),
        pytest.param({"NUMBA_CPU_NAME": "generic"}, id="a plain processor", marks=pytest.mark.soak),  # compiles all
    ],
)
def test_elsewhere_the_bytes_of_both_modes_are_the_same(checkout, tmp_path, elsewhere):
    here = [run(world(days=9), tmp_path / mode, mode=mode).manifest["digest"] for mode in ("micro", "thinned")]
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path / "there"), "9"],
        cwd=checkout, env={**os.environ, "PYTHONPATH": ".", **elsewhere}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == here, done.stderr


def test_replicates_in_processes_are_those_that_are_run_alone(digest, tmp_path):
    several = run(world(days=DAYS), tmp_path / "several", replicates=2, threads=2, mode="thinned")
    assert several.replicates[0].manifest["digest"] == digest


def test_a_run_says_in_which_mode_it_was(digest, tmp_path):
    run(world(days=3), tmp_path / "micro")
    run(world(days=3), tmp_path / "thinned", mode="thinned")
    assert [Results.open(tmp_path / mode).manifest["mode"] for mode in ("micro", "thinned")] == ["micro", "thinned"]


def test_the_books_balance_in_thinned_mode(tmp_path):
    found = run(world(days=120), tmp_path / "run", mode="thinned")
    assert found.kpis["hits"] > 0
    assert (found.balance()["difference_g"] == 0).all()


def test_a_policy_changes_nothing_before_its_first_day_in_thinned_mode():
    plan = world(days=120)
    governed = plan.with_policy("port_capacity", ports=["nordhaven"], scans=4, start=plan.start + timedelta(days=60))
    with_it, without = tables(live(governed, mode="thinned")), tables(live(plan, mode="thinned"))
    assert before(with_it, 60) == before(without, 60)
    assert with_it != without


def test_where_a_rule_asks_for_high_risk_boxes_these_are_made_one_by_one_in_either_mode():
    plan = world(days=60)
    screened = plan.with_policy("high_risk_screening", ports=["nordhaven"], start=plan.start + timedelta(days=30))
    micro, thinned = live(screened), live(screened, mode="thinned")
    row = thinned.checkpoints.row("nordhaven", "import")
    tally = thinned.chronicle.tally[:, :, HIGH_RISK]
    assert (tally[30:, row] > 0).all()
    assert tally[:30].sum() == 0
    assert np.delete(tally, row, axis=1).sum() == 0
    asked = micro.chronicle.tally[30:, row, HIGH_RISK]
    assert tally[30:, row].mean() == pytest.approx(asked.mean(), rel=0.1)


def test_comparisons_are_thinned_unless_said_otherwise():
    plan = world(days=20)
    more = plan.with_policy("port_capacity", ports=["nordhaven"], scans=4, start=plan.start)
    by_default = compare(plan, more, replicates=2).runs
    assert by_default.equals(compare(plan, more, replicates=2, mode="thinned").runs)
    assert not by_default.equals(compare(plan, more, replicates=2, mode="micro").runs)


MEASURES = {
    "seized": lambda model: outcome_kg(model)["seized"],
    "delivered": lambda model: outcome_kg(model)["delivered"],
    "loads": lambda model: len(model.cargo.all),
    "hits": lambda model: sum(model.chronicle.daily["hits"]),
    "false alarms": lambda model: sum(model.chronicle.daily["false_alarms"]),
    "opened": lambda model: sum(model.chronicle.daily["boxes_examined"]),
    "delay": lambda model: sum(model.chronicle.daily["delay_box_hours"]),
    "weights learned": lambda model: float(np.abs(model.staff.weights - model.staff.start).sum()),
}


def test_both_modes_tell_the_same_of_a_world_that_adapts():
    """Eighty days of thirty replicates each, everybody learning: no mean is further apart than chance has it."""
    found = {
        mode: np.array(
            [
                [measure(model) for measure in MEASURES.values()]
                for model in (live(world(days=80), replicate=r, mode=mode) for r in range(30))
            ]
        )
        for mode in ("micro", "thinned")
    }
    micro, thinned = found["micro"], found["thinned"]
    error = np.sqrt((micro.var(axis=0, ddof=1) + thinned.var(axis=0, ddof=1)) / 30)
    gaps = dict(zip(MEASURES, np.abs(micro.mean(axis=0) - thinned.mean(axis=0)) / error, strict=True))
    assert all(gap < 4 for gap in gaps.values()), gaps


def test_single_runs_are_micro_unless_said_otherwise():
    assert SmugglingModel(world(days=1)).mode == "micro"
    assert lived(days=1).mode == "micro"
