"""Names and order of groups in a scenario are no advantage in the market for product."""

import math
import statistics

import pytest

from sim.study.run import live
from tests.promises.worlds import world

PAIRS = 12


def sent_by(plan, replicate):
    """Tonnes sent by each group."""
    model = live(plan, replicate=replicate, mode="thinned")
    sent = dict.fromkeys(plan.organisations, 0.0)
    for load in model.cargo.rows:
        sent[model.underworld.seats[model.cartels[load["organisation"]].seat].group] += load["grams"] / 1e6
    return sent


@pytest.mark.slow
def test_who_stands_first_in_the_file_sends_no_more():
    plan = world(days=200)
    turned = plan.model_copy(update={"organisations": dict(reversed(list(plan.organisations.items())))})
    pairs = [(sent_by(plan, number), sent_by(turned, number)) for number in range(PAIRS)]
    for group in plan.organisations:
        gained = [there[group] - here[group] for here, there in pairs]
        usual = statistics.fmean(here[group] for here, _ in pairs)
        error = statistics.stdev(gained) / math.sqrt(PAIRS)
        assert abs(statistics.fmean(gained)) <= max(4 * error, 0.05 * usual)
