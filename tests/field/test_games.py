"""Sides that learn, and solve nothing, come to the values that theory has for games of inspection."""

from fractions import Fraction
from functools import cache
from math import sqrt

import numpy as np
import pytest
from scipy.optimize import linprog

import sim
from sim.games.coverage import Coverage
from sim.games.inspection import Inspection
from sim.games.interdiction import Interdiction
from sim.games.sequential import value
from sim.study.play import Outcome, stage_of
from tests.field.pairs import SURE, told

FAR = 3.5
"""Standard errors beyond which a value counts as missed; by chance one mean of 40 in 1,000 lies beyond."""
PARALLEL = "games/interdiction"
BRIDGE = (("s", "a", 0.8), ("s", "b", 0.5), ("a", "b", 0.4), ("a", "t", 0.5), ("b", "t", 0.8))
BRIDGED = f"game.arcs=[{', '.join(f'{{start: {a}, end: {b}, detection: {p}}}' for a, b, p in BRIDGE)}]"


def met(outcome: Outcome, most_error: float) -> None:
    """Every measure is met, and known well enough that a miss would be seen."""
    for row in outcome.table():
        assert row.error <= most_error, row
        assert abs(row.off) < FAR, row


@pytest.mark.parametrize(
    ("name", "inspects", "sends"), [("inspection", 1 / 4, 1 / 32), ("customs_inspection", 2 / 9, 1 / 18)]
)
def test_learners_come_to_the_mixed_equilibrium_of_the_one_shot_inspection_game(name, inspects, sends):
    """p* = b / (d (b + c)) and q* = k / (d v) (Avenhaus, von Stengel and Zamir 2002)."""
    outcome = sim.play(f"games/{name}", sets=["rounds=50000"])
    assert [row.known for row in outcome.table()] == pytest.approx([inspects, sends])
    met(outcome, 1e-4)


def test_a_higher_penalty_lowers_the_rate_of_inspection_and_not_that_of_smuggling():
    """Each side's rate makes the other indifferent, so the smuggler's loss moves the inspector (Tsebelis 1990)."""
    mild, hard = (sim.play("games/inspection", sets=["rounds=30000", f"game.loss={loss}"]).plays for loss in (4, 9))
    inspects = told([after.actions[0] - before.actions[0] for before, after in zip(mild, hard, strict=True)])
    sends = told([after.ways[0] - before.ways[0] for before, after in zip(mild, hard, strict=True)])
    assert inspects.below < SURE, inspects
    assert inspects.mean == pytest.approx(1 / 8 - 1 / 4, abs=1e-3)
    assert min(sends.above, sends.below) > SURE / 10, sends
    assert abs(sends.mean) < 0.01 * 1 / 32


@cache
def recursion(periods: int, inspections: int) -> Fraction:
    """The value of a state from those of the next: the solution of a two by two game without a saddle point."""
    if inspections == 0:
        return Fraction(-1)
    if inspections >= periods:
        return Fraction(0)
    spent, kept = recursion(periods - 1, inspections - 1), recursion(periods - 1, inspections)
    return (kept + spent) / (2 + kept - spent)


DRESHER = {
    (2, 1): Fraction(-1, 3), (3, 1): Fraction(-1, 2), (4, 2): Fraction(-3, 11), (5, 2): Fraction(-3, 8),
    (10, 1): Fraction(-9, 11), (10, 3): Fraction(-21, 44), (12, 4): Fraction(-165, 397),
    (52, 5): Fraction(-195755, 241097),
}  # fmt: skip


@pytest.mark.parametrize(("periods", "inspections"), DRESHER)
def test_the_sum_of_binomials_is_what_the_recursion_comes_to(periods, inspections):
    """Dresher 1962; von Stengel 2016 (arXiv 1412.0129)."""
    known = DRESHER[periods, inspections]
    assert recursion(periods, inspections) == known
    assert value(periods, inspections) == pytest.approx(float(known), rel=1e-12)


@pytest.mark.parametrize(("periods", "inspections"), [game for game in DRESHER if game[0] <= 12])
def test_learners_in_every_state_come_to_the_value_of_the_sequential_game(periods, inspections):
    """Nobody knows what a state is worth but from play (values: Dresher 1962). Rates may be off by 0.002 more: they
    follow the worth of later states, which is still being learned."""
    sets = [f"game.periods={periods}", f"game.inspections={inspections}", "rounds=10000", "replicates=30"]
    worth, *rates = sim.play("games/sequential", sets=sets).table()
    assert worth.known == pytest.approx(float(DRESHER[periods, inspections]))
    assert worth.error < 0.003
    assert abs(worth.off) < FAR, worth
    for rate in rates:
        assert abs(rate.reached - rate.known) < FAR * rate.error + 0.002, rate


def solved(payoffs: np.ndarray) -> float:
    """The value of a zero-sum game to the side that chooses the row, by linear programming."""
    rows, columns = payoffs.shape
    found = linprog(
        c=[*np.zeros(rows), -1.0],
        A_ub=np.hstack([-payoffs.T, np.ones((columns, 1))]),
        b_ub=np.zeros(columns),
        A_eq=[[*np.ones(rows), 0.0]],
        b_eq=[1.0],
        bounds=[*[(0, None)] * rows, (None, None)],
    )
    return -found.fun


NETWORKS = {
    "three parallel routes": (PARALLEL, (), 18 / 110),
    "a bridge": (PARALLEL, (BRIDGED,), 0.4),
    "seven places": ("games/interdiction_network", (), 0.25),
}


@pytest.mark.parametrize("network", NETWORKS)
def test_learners_find_as_many_loads_as_the_largest_flow_says(network):
    """The value is 1 / the largest flow with capacities 1 / detection (Washburn and Wood 1995), and that of the game of
    all arcs against all paths."""
    name, sets, known = NETWORKS[network]
    outcome = sim.play(name, sets=[*sets, "rounds=50000"])
    game = outcome.contest.game
    assert isinstance(game, Interdiction)
    assert game.value() == pytest.approx(known, rel=1e-12)
    assert solved(stage_of(game.round()).inspector.T) == pytest.approx(known, rel=1e-9)
    met(outcome, 5e-4)


@pytest.mark.parametrize("rule", ["regret_matching", "weights", "fictitious_play"])
def test_the_value_lies_within_what_both_sides_missed(rule):
    """The payoff of a zero-sum game is off its value by no more than the regret of either side (Freund and Schapire
    1999), and regrets shrink at least as fast as the rules promise: span * sqrt(actions / rounds)."""
    rounds = 20_000
    sets = [f"rounds={rounds}", "set_aside=0", "replicates=2", f"inspector.kind={rule}", f"smuggler.kind={rule}"]
    for play in sim.play(PARALLEL, sets=sets).plays:
        inspector, smuggler = play.regrets
        assert 18 / 110 - inspector - 1e-9 <= play.inspector <= 18 / 110 + smuggler + 1e-9
        assert max(inspector, smuggler) < 0.9 * sqrt(6 / rounds)


BELIEFS = ("smuggler.rumour=0.1", "smuggler.memory=0.985", "rounds=20000")
"""What the model's organisations have by default."""


def test_an_inspector_who_learns_holds_a_smuggler_of_the_model_to_the_minimax_value():
    """A smuggler with Beta beliefs that fade, Thompson sampling and rumour comes to no better and no worse."""
    outcome = sim.play("games/interdiction_beliefs", sets=BELIEFS)
    met(outcome, 1e-3)


@pytest.mark.parametrize("shares", ["{s_north: 1}", "{s_north: 0.3334, s_middle: 0.3333, s_south: 0.3333}"])
def test_an_inspector_who_learns_finds_more_than_one_who_can_be_foreseen(shares):
    """Effort that keeps to one route, or to equal shares, is gone around (Reuter, Crawford and Cave 1988)."""
    learns, holds = (
        sim.play("games/interdiction_beliefs", sets=[*BELIEFS, *sets], replicates=30).plays
        for sets in ((), (f"inspector={{kind: commits, shares: {shares}}}",))
    )
    gain = told([one.inspector - other.inspector for one, other in zip(learns, holds, strict=True)])
    assert gain.above < SURE, gain


@pytest.mark.parametrize(
    ("patrols", "landing", "covered"),
    [
        (1, 80 / 17, (9 / 17, 7 / 17, 1 / 17, 0.0)),
        (2, 40 / 17, (13 / 17, 12 / 17, 9 / 17, 0.0)),
    ],
)
def test_patrols_that_learn_cover_targets_as_a_leader_would(patrols, landing, covered):
    """Zero-sum security games: the values 10, 8, 5, 2 with one and two patrols (Kiekintveld et al. 2009)."""
    outcome = sim.play("games/coverage", sets=[f"game.patrols={patrols}", "rounds=30000"])
    game = outcome.contest.game
    assert isinstance(game, Coverage)
    known = {row.measure: row.known for row in outcome.table()}
    assert known["Value of a landing"] == pytest.approx(landing) == -solved(stage_of(game.round()).inspector.T)
    names = ("north", "east", "south", "west")
    assert [known[f"Rounds with {name} covered"] for name in names] == pytest.approx(covered)
    met(outcome, 0.005)


@pytest.mark.parametrize(
    ("precision", "shares"), [(0.76, (0.592987, 0.277320, 0.129693)), (1.5, (0.785597, 0.175290, 0.039113))]
)
def test_a_smuggler_of_bounded_rationality_chooses_by_the_logit_of_what_he_learned(precision, shares):
    """Quantal response (McKelvey and Palfrey 1995; Shieh et al. 2012 for patrols of a port) to utilities 3, 2, 1,
    learned from patrols that he meets."""
    outcome = sim.play("games/quantal_response", sets=[f"smuggler.precision={precision}"])
    known = {row.measure: row.known for row in outcome.table()}
    assert [known[f"Smuggler chooses {name}"] for name in ("north", "east", "south")] == pytest.approx(shares, abs=1e-6)
    met(outcome, 0.003)


@pytest.mark.parametrize(("loss", "detection", "threshold"), [(100, 0.8, 0.50), (300, 0.8, 0.25), (30, 0.5, 80 / 65)])
def test_smuggling_stops_where_inspection_reaches_the_threshold_if_any_can(loss, detection, threshold):
    """Sending pays below (B - C) / (d (B + L)); where that is above 1 no inspection deters (Haphuriwat, Bier and Willis
    2011)."""
    game = Inspection(gain=100, outlay=20, loss=loss, detection=detection, cost=1, find=20)
    assert game.deterring() == pytest.approx(threshold, rel=1e-12)
    for rate in (min(1.0, threshold - 0.03), min(1.0, threshold + 0.03)):
        shares = f"{{inspect: {rate:.6f}, wait: {1 - rate:.6f}}}"
        sets = [f"game.loss={loss}", f"game.detection={detection}", f"inspector.shares={shares}", "rounds=20000"]
        sends = sim.play("games/deterrence", sets=[*sets, "replicates=30"]).table()[0].reached
        assert sends == pytest.approx(float(rate < threshold), abs=0.01), rate
