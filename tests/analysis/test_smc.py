"""Populations of values without a likelihood: right where the answer is known, and the same whoever lives them."""

import math

import numpy as np
import pytest

from sim.analysis.ranks import Ranks, ranks
from sim.analysis.smc import Asked, sample
from sim.kernels.draws import Draws

LOW, WIDTH, SIGMA, SEEN = -5.0, 10.0, 0.5, 1.0
"""A mean, evenly believed to lie from -5 to 5, of which one normal draw was seen."""


def value(share):
    return LOW + WIDTH * share


def seen(asked: Asked, seed: int = 1) -> float:
    return value(asked.shares[0]) + SIGMA * Draws(seed).normal("y", "y", asked.population + 9, asked.number)


def answers(batch):
    return (abs(seen(asked) - SEEN) for asked in batch)


def fit(**more):
    return sample(["mean"], answers, **{"particles": 30, "populations": 4, "seed": 3, **more})


@pytest.fixture(scope="module")
def fitted():
    return fit()


def moments(population):
    mean = math.fsum(each.weight * value(each.shares[0]) for each in population.particles)
    square = math.fsum(each.weight * (value(each.shares[0]) - mean) ** 2 for each in population.particles)
    return mean, math.sqrt(square)


def test_the_posterior_of_a_known_model_is_found(fitted):
    """A uniform kernel of half-width h adds h²/3 to the variance of the normal posterior."""
    last = fitted[-1]
    mean, deviation = moments(last)
    known = math.sqrt(SIGMA**2 + last.threshold**2 / 3)

    assert abs(mean - SEEN) < 3 * known / math.sqrt(last.effective)
    assert 0.7 * known < deviation < 1.4 * known


def test_each_population_is_nearer_than_the_one_before(fitted):
    thresholds = [each.threshold for each in fitted]

    assert thresholds[0] == math.inf
    assert thresholds == sorted(thresholds, reverse=True)
    assert all(each.distance <= population.threshold for population in fitted for each in population.particles)
    assert [math.fsum(each.weight for each in population.particles) for population in fitted] == pytest.approx([1] * 4)


def test_it_does_not_matter_how_many_are_lived_at_once(fitted):
    assert fit(ahead=7) == fitted


def test_another_seed_draws_other_values(fitted):
    assert fit(seed=4, populations=1)[0].particles != fitted[0].particles


def test_the_generator_that_everybody_shares_is_left_as_it_was():
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)

    fit(populations=1)

    assert np.random.random() == expected


def test_a_population_that_is_not_full_does_not_count():
    found = fit(most=40)

    assert [each.asked for each in found] == [30]


def test_a_world_that_cannot_be_is_never_accepted():
    def half(batch):
        return (math.inf if asked.shares[0] < 0.5 else 1.0 for asked in batch)

    (found,) = sample(["mean"], half, particles=20, populations=1, seed=1)

    assert found.asked > 20
    assert all(each.shares[0] >= 0.5 for each in found.particles)


FEW = {"particles": 12, "populations": 2, "keep": 0.3}


def lives(trial, batch):
    return ({"y": seen(asked, 100 + trial)} for asked in batch)


def test_true_values_lie_anywhere_among_draws_of_their_posteriors():
    even = ranks(["mean"], lives, lambda truth, found: abs(truth["y"] - found["y"]), trials=9, draws=5, seed=2, **FEW)

    assert even.chi_square("mean", 3)[1] > 0.01
    assert abs(even.ranks.mean() - 2.5) < 3 * math.sqrt((6**2 - 1) / 12 / 9)


def test_a_calibrator_that_is_wrong_is_found_out():
    """It takes for nearest what is six deviations off."""

    def beside(truth, found):
        return abs(truth["y"] - found["y"] + 6 * SIGMA)

    wrong = ranks(["mean"], lives, beside, trials=6, draws=5, seed=2, **FEW)

    assert wrong.chi_square("mean", 3)[1] < 0.01


def test_evenness_of_ranks_is_the_usual_chi_square():
    """Ten ranks in two halves, 8 and 2: 2 · 3² / 5 = 3.6."""
    found = Ranks(("a",), np.array([[0]] * 8 + [[7]] * 2), 7)

    statistic, chance = found.chi_square("a", 2)

    assert statistic == pytest.approx(3.6)
    assert chance == pytest.approx(0.0578, abs=1e-4)


def test_even_ranks_are_even_over_bins_that_they_do_not_fill_alike():
    """Eight ranks in three bins: three, three and two."""
    found = Ranks(("a",), np.repeat(np.arange(8), 30)[:, None], 7)

    assert [found.chi_square("a", bins) for bins in (2, 3, 5, 8)] == [(0.0, 1.0)] * 4
