"""Published figures on courts: what the cases of a run come to beside them."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.report.verdicts import FIGURES, lasted, verdicts
from sim.world.atlas import published


def test_what_has_not_ended_counts_for_as_long_as_it_was_seen():
    """All are seen to day 1, two thirds last beyond it; one of these is seen to day 2, one ends on day 3."""
    assert lasted(np.array([3, 1, 2]), np.array([True, True, False])) == pytest.approx(1 + 2 * 2 / 3)
    assert lasted(np.array([2, 4]), np.array([True, True])) == 3.0
    assert math.isnan(lasted(np.zeros(0, np.int64), np.zeros(0, bool)))


class Run:
    """A run of 1,000 days with cases of the Netherlands."""

    scenario = SimpleNamespace(days=1000)

    def __init__(self, *cases: tuple[int, int, int, int, str]) -> None:
        self.cases = pd.DataFrame(
            cases, columns=["opened_day", "charge_day", "judgment_day", "closed_day", "outcome"]
        ).assign(kind="find", state="NL", couriers=1, officers=0, leaders=0, pleaded=0)


def test_the_figures_of_a_state_are_those_of_its_cases():
    """Two judged after 210 and 350 days, of which one is appealed for 200 and one acquits; one is dropped."""
    told = {
        verdict.what: verdict
        for verdict in verdicts(
            Run((0, 100, 310, 510, "convicted"), (0, 50, 400, 400, "acquitted"), (0, -1, -1, 90, "dropped"))
        )
    }
    weeks = told["Netherlands: weeks from charge to judgment"]
    assert (weeks.model, weeks.cases, weeks.published) == (pytest.approx(40.0), 2, 35.0)
    assert weeks.inside
    convicted = told["Netherlands: judgments after trial that convict"]
    assert (convicted.model, convicted.low, convicted.high) == (0.5, 0.85, 0.95)
    assert not convicted.inside
    assert told["Netherlands: appeals decided within 9 months"].model == 1.0
    assert math.isnan(told["Brazil: months of first instance"].model)


def test_every_figure_stands_in_the_table_of_published_parameters_within_its_range():
    rows = {row["parameter"] for row in published("parameters")}
    assert {figure.parameter for figure in FIGURES} <= rows
    assert all(verdict.low <= verdict.published <= verdict.high for verdict in verdicts(Run()))
