"""What is expected of a world in which more people are arrested than its courts can bear."""

from functools import cache
from typing import NamedTuple

import numpy as np

from sim.kernels.docket import FIND, NEVER, TRIAL
from sim.model import SmugglingModel
from sim.report.verdicts import lasted
from sim.study import measures
from sim.study.casebook import judged_on
from sim.study.run import live
from tests.field.pairs import SURE, Told, told
from tests.promises.worlds import world

PAIRS, DAYS = 30, 220
BEYOND_CAPACITY = (
    *(
        f"justice.courts.{setting}"
        for setting in ("investigation_days=20", "prosecution_days=10", "trial_days=60", "appeal_days=15",
                        "cross_border=0", "laboratory_days=5", "limit_days=100")
    ),
    "geography.communities.cooperation=0", "transport.road.destination_seizure=1",
    "commodities.cocaine.arrests_per_seizure=1",
)  # fmt: skip
"""Swift proceedings, so that a year sees their end, and many finds, with arrests after each. Nobody talks."""


class Came(NamedTuple):
    """What a year came to."""

    days: float
    """From the charge to a judgment, by Kaplan and Meier."""
    share: float
    """Final convictions of the cohort."""


@cache
def courts(slots: int) -> tuple[Came, ...]:
    """A world with so many trials side by side in each state, by replicate."""
    scenario = world(*BEYOND_CAPACITY, f"justice.courts.court_slots={slots}", days=DAYS)
    return tuple(came(live(scenario, replicate=number, mode="thinned")) for number in range(PAIRS))


def came(model: SmugglingModel) -> Came:
    cases = model.justice.cases
    cases = cases[(cases["kind"] == FIND) & (cases["entered"][:, TRIAL] != NEVER)]
    judged = judged_on(cases)
    until = np.where(judged >= 0, judged, np.where(cases["closed"] != NEVER, cases["closed"], model.day))
    days = lasted((until - cases["entered"][:, TRIAL]).astype(np.int64), judged >= 0)
    return Came(days, float(measures.totals(model)["final_conviction_share"]))


def change(what: str, here: tuple[Came, ...], there: tuple[Came, ...]) -> Told:
    """Change from one world to another, over pairs with the same luck."""
    return told([getattr(b, what) - getattr(a, what) for a, b in zip(here, there, strict=True)])


def test_court_capacity_shortens_the_wait_of_the_charged():
    """Of as many arrests, more than the courts of each state can bear, four times the slots."""
    many, more = courts(1), courts(4)
    assert change("days", many, more).below < SURE, change("days", many, more)


def test_court_capacity_convicts_more_of_those_arrested():
    """A larger share is finally convicted where courts can bear them: what waits for too long lapses.

    That more arrests before the same courts lower the share is held at the level of courts (`test_justice.py`); in
    whole worlds its sign is as expected, and 30 pairs do not make it sure.
    """
    many, more = courts(1), courts(4)
    assert change("share", many, more).above < SURE, change("share", many, more)
