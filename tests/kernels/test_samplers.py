"""Distributions: what is drawn follows the law that it is named after, at fixed addresses and 6 sigma."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.kernels.draws import Draws, child_key, entity_key
from sim.kernels.samplers import log_factorial, normal_quantile

SIX_SIGMA = math.erfc(6 / math.sqrt(2))
DRAWS = Draws(2011)
POSITIVE = st.floats(0.01, 1e4)


def follows(sample, law):
    """Kolmogorov and Smirnov, for laws without steps: a failure means a wrong formula, or uniforms that are not."""
    ordered = np.sort(sample)
    n, expected = len(ordered), law.cdf(ordered)
    gap = max(np.max(np.arange(1, n + 1) / n - expected), np.max(expected - np.arange(n) / n))
    assert 2 * math.exp(-2 * n * gap * gap) > SIX_SIGMA, f"the distribution is off by {gap:.5f} ({n} draws)"


def counts_follow(sample, law):
    """Chi-square over values, the rare ones together: where this fails, some counts come too often."""
    n = len(sample)
    lowest, highest = int(law.ppf(20 / n)), int(law.ppf(1 - 20 / n))
    edges = np.arange(lowest, highest + 1, max(1, (highest - lowest) // 60))
    below = np.array([np.sum(np.asarray(sample) <= edge) for edge in edges])
    seen = np.diff(np.concatenate([[0], below, [n]]))
    expected = n * np.diff(np.concatenate([[0.0], law.cdf(edges), [1.0]]))
    seen, expected = seen[expected > 5], expected[expected > 5]
    chi_square = np.sum((seen - expected) ** 2 / expected)
    assert stats.chi2.sf(chi_square, max(1, len(seen) - 1)) > SIX_SIGMA, f"chi-square {chi_square:.1f} in {len(seen)}"


def test_uniforms_are_uniform(many, expect_mean):
    u = DRAWS.uniforms("u", np.arange(many, dtype=np.uint64), 0)
    follows(u, stats.uniform())
    expect_mean(u, 1 / 2)
    expect_mean(u**2, 1 / 3)


def test_normals_are_normal(many, expect_mean):
    x = np.array([DRAWS.normal("n", 1, 0, k) for k in range(many)])
    follows(x, stats.norm())
    for power, moment in ((1, 0), (2, 1), (3, 0), (4, 3)):
        expect_mean(x**power, moment)


@given(st.floats(2.0**-53, 1 - 2.0**-53))
def test_the_normal_quantile_is_that_of_the_standard_library(p):
    assert normal_quantile(p) == pytest.approx(statistics.NormalDist().inv_cdf(p), rel=2e-15, abs=1e-300)


def test_lognormals_have_the_median_and_spread_asked_for(many, expect_mean):
    x = np.array([DRAWS.lognormal("l", i, 0, 0, 1.5, 0.4) for i in range(many)])
    follows(x, stats.lognorm(0.4, scale=math.exp(1.5)))
    expect_mean(x, math.exp(1.5 + 0.4**2 / 2))


def test_exponentials_have_no_memory(many, expect_mean):
    x = np.array([DRAWS.exponential("e", 1, 0, k, mean=7.0) for k in range(many)])
    follows(x, stats.expon(scale=7.0))
    expect_mean(x, 7.0)
    expect_mean(x[x > 7.0] - 7.0, 7.0)


@pytest.mark.parametrize("mean", [0.05, 1.0, 4.2, 9.999, 10.0, 10.5, 13.0, 50.0, 1e3, 1e6])
def test_poisson_counts_have_the_mean_and_variance_asked_for(mean, many, expect_mean):
    """A failure below 10 lies in the inversion, above in the transformed rejection or the log-factorial."""
    counts = DRAWS.poissons("p", np.arange(many, dtype=np.uint64), 0, np.full(many, mean))
    counts_follow(counts, stats.poisson(mean))
    expect_mean(counts, mean)
    expect_mean((counts - mean) ** 2, mean)
    assert counts.min() >= 0


@given(st.floats(0, 9.99), st.floats(0, 9.99), st.integers(0, 1000))
def test_more_is_never_fewer_for_the_same_luck(one, other, day):
    less, more = sorted((one, other))
    assert DRAWS.poisson("p", "lane", day, 0, less) <= DRAWS.poisson("p", "lane", day, 0, more)


def test_nothing_arrives_where_nothing_is_expected():
    assert {DRAWS.poisson("p", "lane", day, 0, 0.0) for day in range(100)} == {0}


@given(st.integers(0, 10**12))
def test_log_factorials_are_right(n):
    assert log_factorial(n) == pytest.approx(math.lgamma(n + 1), rel=1e-14, abs=1e-12)


@pytest.mark.parametrize("shape", [0.05, 0.5, 0.99, 1.0, 1.5, 4.0, 300.0])
def test_gammas_have_the_mean_and_variance_asked_for(shape, many, expect_mean):
    """A failure below 1 only lies in the boost, anywhere else in the rejection."""
    x = np.array([DRAWS.gamma("g", 1, 0, k, shape) for k in range(many // 4)])
    follows(x, stats.gamma(shape))
    expect_mean(x, shape)
    expect_mean((x - shape) ** 2, shape)


@pytest.mark.parametrize(("a", "b"), [(1, 1), (0.5, 0.5), (0.1, 3), (2, 5), (1, 60), (40, 0.8), (200, 300)])
def test_beliefs_have_the_mean_and_variance_asked_for(a, b, many, expect_mean):
    """A failure with both above 1 lies in the ratio of gammas, else in its logarithmic form."""
    n = many // 4
    p = np.array([DRAWS.beta("b", "cartel", 0, k, a, b) for k in range(n)])
    follows(p, stats.beta(a, b))
    expect_mean(p, a / (a + b))
    expect_mean((p - a / (a + b)) ** 2, a * b / (a + b) ** 2 / (a + b + 1))
    assert p.min() >= 0
    assert p.max() <= 1


@given(st.floats(1e-4, 1e6), st.floats(1e-4, 1e6), st.integers(0, 10**6))
def test_a_belief_is_always_a_probability(a, b, k):
    assert 0.0 <= DRAWS.beta("b", "cartel", 0, k, a, b) <= 1.0


def test_choices_come_in_proportion_to_their_weights(many):
    weights = np.array([0.0, 1.0, 0.5, 0.0, 2.5, 6.0, 0.0])
    chosen = np.bincount([DRAWS.choice("c", 1, 0, k, weights) for k in range(many // 2)], minlength=7)
    expected = weights / weights.sum() * (many // 2)
    assert np.all(chosen[weights == 0] == 0)
    kept = weights > 0
    assert stats.chi2.sf(np.sum((chosen - expected)[kept] ** 2 / expected[kept]), kept.sum() - 1) > SIX_SIGMA


@pytest.mark.parametrize("weights", [[], [0.0], [0.0, 0.0], [1.0, -1.0], [1.0, math.nan], [math.inf, 1.0]])
def test_there_is_no_choice_without_a_proper_weight(weights):
    assert DRAWS.choice("c", 1, 0, 0, weights) == -1


@given(st.lists(st.floats(0, 1e300), min_size=1, max_size=9), st.integers(0, 10**6))
def test_whatever_the_weights_only_what_has_some_is_chosen(weights, k):
    chosen = DRAWS.choice("c", 1, 0, k, weights)
    assert chosen == -1 if sum(weights) in (0, math.inf) else weights[chosen] > 0


@pytest.mark.parametrize("n", [1, 2, 6, 1000])
def test_every_number_below_n_is_as_likely(n, many):
    drawn = np.bincount([DRAWS.integer("i", 1, 0, k, n) for k in range(many // 2)], minlength=n)
    expected = many // 2 / n
    assert len(drawn) == n
    assert stats.chi2.sf(np.sum((drawn - expected) ** 2 / expected), max(1, n - 1)) > SIX_SIGMA


def test_a_die_with_very_many_faces_favours_none(many, expect_mean):
    """With n = 3 * 2**30 a plain product would draw every third number twice as often."""
    drawn = np.array([DRAWS.integer("i", 1, 0, k, 3 << 30) for k in range(many // 2)])
    expect_mean(drawn % 3 == 0, 1 / 3)
    expect_mean(drawn, (3 * 2**30 - 1) / 2)


def test_the_luck_of_many_is_the_luck_of_each():
    names = [entity_key(f"lane {i}") for i in range(300)]
    entities, means = np.array(names), np.geomspace(0.01, 1e5, 300)
    assert list(DRAWS.uniforms("m", entities, 5, 2)) == [DRAWS.uniform("m", name, 5, 2) for name in names]
    assert list(DRAWS.poissons("m", entities, 5, means)) == [
        DRAWS.poisson("m", name, 5, 0, mean) for name, mean in zip(names, means, strict=True)
    ]


def test_a_little_more_gives_a_little_more_for_the_same_luck():
    """Common random numbers: the same address moves smoothly with its parameter, so that small policies compare."""
    days = range(200)
    shapes = np.array([[DRAWS.gamma("g", 1, day, 0, shape) for day in days] for shape in (3.0, 3.01)])
    trust = np.array([[DRAWS.beta("b", 1, day, 0, 4.0, b) for day in days] for b in (9.0, 9.05)])
    assert np.corrcoef(shapes)[0, 1] > 0.99
    assert np.corrcoef(trust)[0, 1] > 0.99


@pytest.mark.parametrize(
    "draw",
    [
        lambda: DRAWS.poisson("p", 1, 0, 0, -1.0),
        lambda: DRAWS.poisson("p", 1, 0, 0, math.nan),
        lambda: DRAWS.poisson("p", 1, 0, 0, math.inf),
        lambda: DRAWS.gamma("g", 1, 0, 0, 0.0),
        lambda: DRAWS.gamma("g", 1, 0, 0, math.nan),
        lambda: DRAWS.beta("b", 1, 0, 0, 1.0, 0.0),
        lambda: DRAWS.integer("i", 1, 0, 0, 0),
        lambda: DRAWS.integer("i", 1, 0, 0, 2**32 + 1),
        lambda: DRAWS.poissons("p", np.zeros(2, np.uint64), 0, [1.0]),
    ],
)
def test_impossible_parameters_are_refused(draw):
    with pytest.raises(ValueError, match=r"parameters|as many"):
        draw()


def test_siblings_draw_apart(many, expect_mean):
    residents = np.array([child_key("a community", i) for i in range(many // 10)])
    wages = np.array([DRAWS.normal("wage", person, 0) for person in residents])
    expect_mean(wages[1:] * wages[:-1], 0.0)
    expect_mean(wages**2, 1.0)
