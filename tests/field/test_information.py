"""What the literature says of closing some of many ways, and of what smugglers know about it."""

import numpy as np
import pytest

from tests.field.coasts import coasts, lived, seized_share, watched
from tests.field.pairs import SURE, told

pytestmark = pytest.mark.slow

PAIRS = 30
DAYS, LEARNT = 63, 21
WAYS, RISK, MORE = 10, 0.05, 0.6
MOVED = 14
"""Days after which units that are placed at random are placed anew."""


def fixed(plan, count: int):
    return watched(plan, list(range(count)), RISK, MORE, 0, DAYS - 1)


def at_random(plan, count: int, replicate: int):
    """As many units, at coasts drawn anew every other week."""
    drawn = np.random.default_rng(replicate)
    for first in range(0, DAYS, MOVED):
        where = sorted(drawn.permutation(WAYS)[:count].tolist())
        plan = watched(plan, where, RISK, MORE, first, min(DAYS, first + MOVED) - 1)
    return plan


@pytest.fixture(scope="module")
def seized() -> dict[str, list[float]]:
    """Seized share, by how ten like coasts are watched."""
    knowing, ignorant = coasts(WAYS, RISK, DAYS), coasts(WAYS, RISK, DAYS, information=0.0)
    worlds = {
        "as ever": lambda _: knowing,
        "half": lambda _: fixed(knowing, 5),
        "all": lambda _: fixed(knowing, 10),
        "half, at random": lambda replicate: at_random(knowing, 5, replicate),
        "half, unknown": lambda _: fixed(ignorant, 5),
    }
    return {
        name: [seized_share(lived(plan(replicate), replicate), LEARNT) for replicate in range(PAIRS)]
        for name, plan in worlds.items()
    }


def gaps(seized, one: str, other: str, part: float = 1.0) -> list[float]:
    """Paired: the seized share in one world, less a part of that in the other."""
    return [here - part * there for here, there in zip(seized[one], seized[other], strict=True)]


def test_watching_half_of_many_like_ways_does_little_and_watching_all_does_much(seized):
    """Half the ways watched have less than a tenth of the effect of all.

    Raising interdiction on a few routes does little; a very large share of all must be covered (Reuter, Crawford and
    Cave 1988, RAND R-3594; Caulkins, Crawford and Reuter 1993). With perfect information the cost of ten like routes
    is that of the cheapest, until the last is closed.
    """
    rises = [(half - ever) - 0.1 * (whole - ever) for ever, half, whole in zip(
        seized["as ever"], seized["half"], seized["all"], strict=True
    )]  # fmt: skip
    assert told(rises).below < SURE, told(rises)
    assert told(gaps(seized, "all", "as ever")).low > 0.2


def test_the_same_units_find_more_where_nobody_can_foretell_them(seized):
    """Random allocation of extra effort works better than predictable allocation, since smugglers adapt efficiently
    only with good estimates of risk (Crawford, Reuter, Isaacson and Murphy 1988, RAND N-2680)."""
    gain = told(gaps(seized, "half, at random", "half", 2.0))
    assert gain.above < SURE, gain  # more than twice as much


def test_watching_half_the_ways_finds_its_half_of_those_who_know_nothing(seized):
    """Without information the risk of all ways is the mean of their risks: (0.6 + 0.05) / 2."""
    unknown = told(seized["half, unknown"])
    assert unknown.low - 0.03 < (MORE + RISK) / 2 < unknown.high + 0.03
    gain = told(gaps(seized, "half, unknown", "half", 2.0))
    assert gain.above < SURE, gain
