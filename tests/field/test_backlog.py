"""What is expected of a world in which more people are arrested than its courts can bear."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from sim.kernels.docket import FIND, NEVER, TRIAL
from sim.model import SmugglingModel
from sim.report.verdicts import lasted
from sim.study import measures
from sim.study.casebook import accused, judged_on
from sim.study.run import live
from tests.field.pairs import SURE, Told, told
from tests.promises.worlds import world

pytestmark = pytest.mark.slow

PAIRS, DAYS = 30, 220
MANY_LOADS = (
    "commodities.cocaine.production_by_year.2025=600", "commodities.cocaine.demand=180",
    *(f"organisations.{group}.{setting}" for group in ("coastal", "inland")
      for setting in ("largest_lot=150", "capital_usd=600000000")),
)  # fmt: skip
"""Four times the product of two coasts, in small lots: some 450 finds in a run, so that cases are many."""
SWIFT = tuple(
    f"justice.courts.{setting}"
    for setting in ("investigation_days=20", "prosecution_days=10", "trial_days=60", "appeal_days=15",
                    "cross_border=0", "laboratory_days=5", "limit_days=100")
)  # fmt: skip
"""Proceedings that end within the run."""
SILENT = "geography.communities.cooperation=0"
"""Nobody talks: what people say in custody is evidence, and would make up for part of what lapses."""
FEW, MANY = (
    (f"commodities.cocaine.arrests_per_seizure={at_once}", f"justice.courts.identified={later}")
    for at_once, later in ((0.05, 0.02), (0.3, 0.4))
)
"""Of those who handled what is found, few and many are arrested, at once or by investigators."""


class Came(NamedTuple):
    """What a run came to."""

    days: float
    """From the charge to a judgment, by Kaplan and Meier."""
    share: float
    """Final convictions of the cohort."""
    accused: int
    """Cases with somebody accused."""


@cache
def courts(arrests: tuple[str, ...], slots: int) -> tuple[Came, ...]:
    """A world with so many trials side by side in each state, by replicate."""
    scenario = world(*MANY_LOADS, *SWIFT, SILENT, *arrests, f"justice.courts.court_slots={slots}", days=DAYS)
    return tuple(came(live(scenario, replicate=number, mode="thinned")) for number in range(PAIRS))


def came(model: SmugglingModel) -> Came:
    cases = model.justice.cases
    tried = cases[(cases["kind"] == FIND) & (cases["entered"][:, TRIAL] != NEVER)]
    judged = judged_on(tried)
    until = np.where(judged >= 0, judged, np.where(tried["closed"] != NEVER, tried["closed"], model.day))
    days = lasted((until - tried["entered"][:, TRIAL]).astype(np.int64), judged >= 0)
    share = float(measures.totals(model)["final_conviction_share"])
    return Came(days, share, int((accused(cases) > 0).sum()))


def change(what: str, here: tuple[Came, ...], there: tuple[Came, ...]) -> Told:
    """Change from one world to another, over pairs with the same luck."""
    return told([getattr(b, what) - getattr(a, what) for a, b in zip(here, there, strict=True)])


def test_more_arrests_before_the_same_courts_take_longer_to_judge():
    """Pattern 7: three times the accused, who wait for the same three slots a state."""
    few, many = courts(FEW, 3), courts(MANY, 3)
    assert change("accused", few, many).low > 100.0
    assert change("days", few, many).above < SURE, change("days", few, many)


def test_more_arrests_before_the_same_courts_convict_a_smaller_share():
    """Pattern 7: what waits for too long lapses, so that of those accused fewer are finally convicted."""
    few, many = courts(FEW, 3), courts(MANY, 3)
    assert change("share", few, many).below < SURE, change("share", few, many)


def test_court_capacity_undoes_both():
    """Four times the slots for as many arrests: sooner and with more convictions than without."""
    many, more = courts(MANY, 3), courts(MANY, 12)
    assert change("days", many, more).below < SURE, change("days", many, more)
    assert change("share", many, more).above < SURE, change("share", many, more)
