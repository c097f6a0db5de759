"""What the literature says of deterrence: nothing for long, then much, and never all."""

import pytest

from tests.field.coasts import coasts, lived, sent_kg
from tests.field.pairs import SURE, told

PAIRS = 60
DAYS, LEARNT = 63, 28
LOW, MIDDLE, HIGH = 0.05, 0.4, 0.9


@pytest.fixture(scope="module")
def sent() -> dict[tuple[str, float], list[float]]:
    """Kilograms sent, by behaviour and by the chance that a crossing is stopped, on every way there is."""
    asked = [("expected_profit", risk) for risk in (LOW, MIDDLE, HIGH)] + [("deterrence", LOW), ("deterrence", MIDDLE)]
    plans = {(behaviour, risk): coasts(2, risk, DAYS, behaviour) for behaviour, risk in asked}
    return {at: [sent_kg(lived(plan, replicate), LEARNT) for replicate in range(PAIRS)] for at, plan in plans.items()}


def falls(sent, behaviour: str, before: float, after: float, to: float) -> list[float]:
    """Paired: what is sent at the higher risk, less a share of what is sent at the lower one."""
    return [there - to * here for here, there in zip(sent[behaviour, before], sent[behaviour, after], strict=True)]


def test_those_who_count_profit_hardly_react_until_risk_is_high_and_then_collapse_but_for_a_residue(sent):
    """From 5 to 40 % of all crossings stopped less than a tenth is given up; from 40 to 90 % more than three quarters.

    Interdiction of the air bridge between Peru and Colombia: risk is ignored below a threshold, traffic collapses
    beyond it, and a residue goes on (Anthony, Crane and Hanson 2000, IDA P-3472). A risk-neutral smuggler sends as long
    as the chance of loss is below (gain - cost) / (gain + loss).
    """
    hardly = told(falls(sent, "expected_profit", LOW, MIDDLE, 0.9))
    collapse = told(falls(sent, "expected_profit", MIDDLE, HIGH, 0.25))
    assert hardly.above < SURE, hardly
    assert collapse.below < SURE, collapse
    assert told(sent["expected_profit", HIGH]).above < SURE


def test_those_who_are_deterred_react_far_below_the_risk_that_eats_the_profit(sent):
    """At 40 %, where others send as ever, who fears a risk above 13 % sends less by more than a quarter, and goes on.

    Willingness min(1, P0 / P), with P0 about 0.13 without lethal force (the same source, from memory).
    """
    less = told(falls(sent, "deterrence", LOW, MIDDLE, 0.75))
    assert less.below < SURE, less
    alike = [
        one == pytest.approx(other, rel=0.05)
        for one, other in zip(sent["deterrence", LOW], sent["expected_profit", LOW], strict=True)
    ]
    assert sum(alike) > PAIRS / 2  # below the threshold both are one
    assert told(falls(sent, "deterrence", LOW, MIDDLE, 0.1)).above < SURE
