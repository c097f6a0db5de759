"""Thinned mode and micro mode are one law: tallies and fates of 10,000 replicates of twelve controls in each."""

import numpy as np
import pytest
from scipy import stats

from sim.kernels.boxes import ALARMS, ARRIVED, BLIND, CHOSEN, FALSE_ALARMS, FALSE_OF, HITS, OPENED, OPENED_OF, SCANS_OF
from sim.kernels.samplers import binomial_of
from sim.kernels.words import box_word
from tests.kernels.replicas import Case, Replicas

TURNS, COPIES = 10, 1000
DRAWN = {"arrived": ARRIVED, "alarms": ALARMS, "false alarms": FALSE_ALARMS, "opened": OPENED, "hits": HITS}
CASES = {
    "many loads, hands short": Case(boxes=80, scanned=0.08, blind=0.02, hands=0.1, loads=4),
    "few loads, hands enough": Case(boxes=200, scanned=0.04, blind=0.005, hands=1.0, loads=1),
    "ties everywhere": Case(boxes=60, scanned=0.15, blind=0.05, hands=0.08, loads=3, step=16),
    "more scans than boxes": Case(boxes=6, scanned=0.8, blind=0.5, hands=0.3, loads=2),
    "blind scans alone": Case(boxes=50, scanned=0.0, blind=0.2, hands=0.1, loads=2),
}


by_group = {}
"""Boxes by far end and shipper, by case and mode."""


@pytest.fixture(scope="module")
def lived():
    known = {}
    by_group.clear()

    def of(case: Case):
        if case not in known:
            replicas = Replicas(case, COPIES)
            known[case] = replicas.lived("micro", TURNS), replicas.lived("thinned", TURNS)
            by_group[case] = replicas.counted
        return known[case]

    return of


def gaps_of_means(one, other):
    """Standardised differences of the means, one a column that varies."""
    one, other = one.reshape(len(one), -1).astype(float), other.reshape(len(other), -1).astype(float)
    error = np.sqrt((one.var(axis=0) + other.var(axis=0)) / len(one))
    varies = error > 0
    assert (one[:, ~varies] == other[:, ~varies]).all()
    return ((one.mean(axis=0) - other.mean(axis=0))[varies]) / error[varies]


def gaps_of_spreads(one, other):
    """The same of the variances."""
    squared = [(x - x.mean(axis=0)) ** 2 for x in (one.astype(float), other.astype(float))]
    return gaps_of_means(*squared)


def gaps_of_pairs(one, other):
    """The same of the covariances of tallies at a control."""
    centred = [x - x.mean(axis=0) for x in (one.astype(float), other.astype(float))]
    pairs = [(a, b) for a in range(one.shape[2]) for b in range(a)]
    products = [np.stack([x[:, :, a] * x[:, :, b] for a, b in pairs], axis=2) for x in centred]
    return gaps_of_means(*products)


def agree(gaps):
    """As near as two samples of one law are: none of the gaps stands out, nor do they all together."""
    most = stats.norm.isf(1e-5 / len(gaps))
    assert np.abs(gaps).max() < most, f"a gap of {np.abs(gaps).max():.1f} standard errors among {len(gaps)}"
    assert np.sqrt(np.mean(gaps**2)) < 1.5  # tallies of a control hang together, so that this scatters about 1


def chi_squares(one, other):
    """P-values that two samples of small whole numbers follow one law, a column each; rare values together."""
    found = []
    for a, b in zip(one.reshape(len(one), -1).T, other.reshape(len(other), -1).T, strict=True):
        counts = np.array([np.bincount(x, minlength=max(a.max(), b.max()) + 1) for x in (a, b)])
        many = counts.sum(axis=0) >= 40
        rare = counts[:, ~many].sum(axis=1, keepdims=True)
        table = np.hstack([counts[:, many], rare[:, rare.sum(axis=0) >= 40]])
        if table.shape[1] > 1:
            found.append(stats.chi2_contingency(table).pvalue)
    return np.array(found)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_tallies_have_the_same_moments_and_distribution(lived, case):
    (micro, _, _), (thinned, _, _) = lived(case)
    one, other = micro[:, :, list(DRAWN.values())], thinned[:, :, list(DRAWN.values())]
    agree(gaps_of_means(one, other))
    agree(gaps_of_spreads(one, other))
    agree(gaps_of_pairs(one, other))
    p = chi_squares(one, other)
    assert p.min() > 1e-5 / len(p)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_scanned_follows_capacity_alike(lived, case):
    (micro, _, _), (thinned, _, _) = lived(case)
    if case.boxes > 20:
        np.testing.assert_array_equal(micro[:, :, [CHOSEN, BLIND]], thinned[:, :, [CHOSEN, BLIND]])
    else:
        agree(gaps_of_means(micro[:, :, [CHOSEN, BLIND]], thinned[:, :, [CHOSEN, BLIND]]))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_contaminated_box_meets_the_same_fates(lived, case):
    (_, micro, _), (_, thinned, _) = lived(case)
    p = chi_squares(micro, thinned)
    assert len(p) == micro.shape[1] * micro.shape[2]
    assert p.min() > 1e-5 / len(p)
    assert np.median(p) > 0.001


def test_fates_at_one_control_hang_together_alike(lived):
    (_, micro, _), (_, thinned, _) = lived(CASES["many loads, hands short"])
    found = [[(x[:, :, a] > 0) & (x[:, :, b] > 0) for a in range(4) for b in range(a)] for x in (micro, thinned)]
    agree(gaps_of_means(*(np.stack(x, axis=2) for x in found)))


def test_fates_and_tallies_hang_together_alike(lived):
    (tally, fate, _), (thinned_tally, thinned_fate, _) = lived(CASES["many loads, hands short"])
    found = [
        x[:, :, [ARRIVED, FALSE_ALARMS, OPENED]] * (y[:, :, :1] >= 3)
        for x, y in ((tally, fate), (thinned_tally, thinned_fate))
    ]
    agree(gaps_of_means(*found))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_officers_learn_the_same_in_the_mean(lived, case):
    (_, _, micro), (_, _, thinned) = lived(case)
    taught = micro.sum(axis=1)
    assert (taught > 0).all()
    np.testing.assert_allclose(thinned.sum(), taught.sum(), rtol=0.06)
    np.testing.assert_allclose(thinned.sum(axis=1), taught, rtol=0.2)  # two or three scans a day at the smallest
    np.testing.assert_allclose(thinned.sum(axis=0) / thinned.sum(), micro.sum(axis=0) / micro.sum(), atol=0.004)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_far_ends_and_shippers_of_false_alarms_and_opened_boxes_have_the_same_law(lived, case):
    lived(case)
    micro, thinned = (by_group[case][mode][[FALSE_OF, OPENED_OF]] for mode in ("micro", "thinned"))
    for one, other in zip(micro, thinned, strict=True):
        agree(gaps_of_means(one, other))
        agree(gaps_of_spreads(one.reshape(len(one), -1), other.reshape(len(other), -1)))
        p = chi_squares(one.astype(int), other.astype(int))
        assert p.min() > 1e-5 / len(p)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_far_ends_and_shippers_of_scanned_boxes_are_counted_alike_in_the_mean(lived, case):
    lived(case)
    micro, thinned = (by_group[case][mode][SCANS_OF].mean(axis=0) / TURNS for mode in ("micro", "thinned"))
    np.testing.assert_allclose(thinned.sum(), micro.sum(), rtol=0.02)
    np.testing.assert_allclose(thinned / thinned.sum(), micro / micro.sum(), atol=0.004)


def test_manifests_a_third_of_a_deviation_odder_are_told_apart():
    replicas = Replicas(Case(boxes=80, scanned=0.08, blind=0.02, hands=0.1, loads=4, shift=0.33), COPIES)
    (_, micro, _), (_, thinned, _) = replicas.lived("micro", TURNS), replicas.lived("thinned", TURNS)
    assert chi_squares(micro, thinned).min() < 1e-8


@pytest.mark.parametrize(("n", "p"), [(3, 0.4), (40, 0.02), (40, 0.97), (400, 0.3), (30_000, 0.5), (10**7, 1e-6)])
def test_binomials_are_binomial(n, p):
    sample = np.array([binomial_of(np.uint64(box_word(np.uint64(n), k)), n, p) for k in range(40_000)])
    law = stats.binom(n, p)
    assert sample.mean() == pytest.approx(law.mean(), abs=6 * law.std() / 200)
    low, high = int(law.ppf(0.001)), int(law.ppf(0.999))
    edges = np.unique(np.linspace(low - 1, high, 30).astype(int))
    expected = 40_000 * np.diff(np.concatenate([[0.0], law.cdf(edges), [1.0]]))
    seen = np.diff(np.concatenate([[0], [np.sum(sample <= edge) for edge in edges], [40_000]]))
    seen, expected = seen[expected > 5], expected[expected > 5]
    assert stats.chi2.sf(np.sum((seen - expected) ** 2 / expected), len(expected) - 1) > 1e-7


@pytest.mark.parametrize(("n", "p", "count"), [(0, 0.3, 0), (7, 0.0, 0), (7, 1.0, 7), (7, -0.1, 0), (7, 1.1, 7)])
def test_certain_binomials_are_certain(n, p, count):
    assert binomial_of(np.uint64(5), n, p) == count
