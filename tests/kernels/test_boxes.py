"""How boxes look and what luck they meet: as often as asked for, and luck that knows nothing of the evidence."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.kernels.boxes import LOOKS, Sailings, alias_table, chances_of_looks
from sim.kernels.draws import child_key, entity_key
from sim.kernels.scoring import CONTENTS, arrivals, judged, look_of
from sim.kernels.words import GOLDEN, mix64
from tests.kernels.small_days import some_day

MILLION = 1_000_000
TOO_RARE = 1e-6
"""A p-value that a sound word has once in a million tests."""
SALTS = [entity_key(f"control {name}") for name in ("import at nordhaven", "export at nordhaven")]


def plainly(kernel, *arguments):
    """A kernel of single words, on arrays of them."""
    with np.errstate(over="ignore"):
        return getattr(kernel, "py_func", kernel)(*arguments)


def words_of(lane: str, boxes: int = MILLION) -> np.ndarray:
    """The boxes of a lane on a day, one after the other."""
    return plainly(mix64, entity_key(lane) + np.arange(1, boxes + 1, dtype=np.uint64) * GOLDEN)


def bits(word: np.ndarray, first: int, count: int) -> np.ndarray:
    return (word >> np.uint64(first) & np.uint64(2**count - 1)).astype(np.int64)


def evenness(values: np.ndarray, steps: int) -> float:
    """How likely values as uneven as these are by luck alone."""
    return float(stats.chisquare(np.bincount(values, minlength=steps)).pvalue)


def independence(one: np.ndarray, other: np.ndarray, steps: int) -> float:
    """How likely as much dependence is by luck alone, of values of which each has so many steps."""
    table = np.bincount(one * steps + other, minlength=steps * steps).reshape(steps, steps)
    return float(stats.chi2_contingency(table).pvalue)


CHANCES = {
    "all the same": np.full(LOOKS, 1 / LOOKS),
    "one look only": np.eye(LOOKS)[77],
    "one of two": (np.eye(LOOKS)[0] + np.eye(LOOKS)[255]) / 2,
    "from common to very rare": np.geomspace(1.0, 1e-12, LOOKS) / np.geomspace(1.0, 1e-12, LOOKS).sum(),
    "a normal tail": stats.norm.pdf(np.linspace(0, 6, LOOKS)) / stats.norm.pdf(np.linspace(0, 6, LOOKS)).sum(),
}


@pytest.mark.parametrize("chances", CHANCES.values(), ids=CHANCES)
def test_an_alias_table_gives_its_chances_back(chances):
    found = chances_of_looks(*alias_table(chances))

    assert np.abs(found - chances).max() <= 2.0**-24
    assert found.sum() == 1.0
    assert not found[chances == 0.0].any(), "what cannot be is never seen"


@given(st.lists(st.floats(0, 1e6), min_size=LOOKS, max_size=LOOKS).filter(lambda weights: sum(weights) > 0))
def test_whatever_the_chances_an_alias_table_gives_them_back(weights):
    chances = np.array(weights) / sum(weights)
    found = chances_of_looks(*alias_table(chances))

    assert np.abs(found - chances).max() <= 2.0**-24
    assert found.sum() == 1.0


@pytest.mark.parametrize(
    "chances",
    [
        np.zeros(LOOKS),
        np.full(LOOKS, 2 / LOOKS),
        np.full(LOOKS - 1, 1 / (LOOKS - 1)),
        np.full((2, LOOKS // 2), 1 / LOOKS),
        np.eye(LOOKS)[0] * 2 - np.eye(LOOKS)[1],
        np.full(LOOKS, np.nan),
        np.where(np.arange(LOOKS) == 3, np.inf, 0.0),
    ],
    ids=["none", "too much", "too few", "another shape", "below zero", "no numbers", "no end"],
)
def test_chances_that_are_none_are_refused(chances):
    with pytest.raises(ValueError, match="256 chances"):
        alias_table(chances)


@pytest.mark.parametrize("name", ["from common to very rare", "a normal tail"])
def test_clean_boxes_look_as_often_as_they_should(name):
    """Looks that a million boxes show less than ten times are counted together."""
    own, look = alias_table(CHANCES[name])
    seen = np.bincount(plainly(look_of, words_of("a lane"), own, look).astype(np.int64), minlength=LOOKS)
    due = chances_of_looks(own, look) * MILLION
    common = due >= 10.0
    table = [np.append(counts[common], counts[~common].sum()) for counts in (seen, due)]

    assert stats.chisquare(*table).pvalue > TOO_RARE
    assert not seen[due == 0.0].any()


def lucks() -> dict[str, np.ndarray]:
    """All that is read from the words of a million boxes, 32 steps each: the highest and the lowest bits of a field.

    What two controls judge, whether intelligence speaks, the luck of scans and searches, what a load shows.
    """
    word = words_of("a lane")
    here, there = (plainly(judged, word, salt) for salt in SALTS)
    scan, contents = plainly(mix64, word ^ SALTS[0]), plainly(mix64, word ^ CONTENTS)
    fields = {
        "cargo": (word, 0, 10),
        "column of the look": (word, 10, 8),
        "part of the look": (word, 18, 16),
        "judgement": (here, 56, 8),
        "judgement elsewhere": (there, 56, 8),
        "tip": (here, 40, 16),
        "tip elsewhere": (there, 40, 16),
        "scan": (scan, 24, 20),
        "search": (scan, 44, 20),
        "history of a load's shipper": (contents, 0, 12),
        "manifest of a load": (contents, 12, 12),
    }
    found = {}
    for name, (bearer, first, count) in fields.items():
        found[f"{name}, high"] = bits(bearer, first + count - 5, 5)
        if count >= 10:
            found[f"{name}, low"] = bits(bearer, first, 5)
    return found


def test_every_field_is_even_and_knows_nothing_of_any_other():
    found = lucks()
    uneven = {name: evenness(values, 32) for name, values in found.items()}
    told = {(one, other): independence(found[one], found[other], 32) for one, other in combinations(found, 2)}

    assert min(uneven.values()) > TOO_RARE, uneven
    assert min(told.values()) > TOO_RARE, min(told, key=told.get)


def test_whole_judgements_of_two_controls_and_of_evidence_are_independent():
    """All 8 bits of each, not only the highest: 65,536 pairs."""
    word = words_of("a lane")
    here, there = (bits(plainly(judged, word, salt), 56, 8) for salt in SALTS)

    for other in (there, bits(word, 10, 8), bits(word, 0, 8), bits(word, 26, 8), bits(word, 56, 8)):
        assert independence(here, other, 256) > TOO_RARE


@pytest.mark.parametrize("apart", [1, 2, 7, 64])
def test_neighbours_on_a_lane_have_luck_of_their_own(apart):
    word = words_of("a lane", MILLION + apart)
    judgement, tip = (bits(plainly(judged, word, SALTS[0]), first, 5) for first in (59, 51))

    for one in (judgement, tip, bits(word, 5, 5), bits(word, 13, 5), bits(word, 29, 5)):
        for other in (judgement, tip):
            assert independence(one[:-apart], other[apart:], 32) > TOO_RARE


def test_the_same_serials_of_two_lanes_and_of_two_days_have_luck_of_their_own():
    keys = plainly(mix64, entity_key("a lane") + np.array([100, 101], np.uint64) * GOLDEN)
    serials = np.arange(1, MILLION + 1, dtype=np.uint64) * GOLDEN
    today, tomorrow = (plainly(mix64, key + serials) for key in keys)
    other_lane = words_of("another lane")

    for other in (tomorrow, other_lane):
        one, two = (bits(plainly(judged, word, SALTS[0]), 59, 5) for word in (today, other))
        assert independence(one, two, 32) > TOO_RARE


@pytest.mark.parametrize("salts", [(0, 1), (1, 2), (2**63, 2**32)])
def test_judgement_is_even_whatever_the_salt(salts):
    """Even where a salt is hardly one: the multiplier is odd, and a bijection of words."""
    for salt in salts:
        assert evenness(bits(plainly(judged, words_of("a lane"), np.uint64(salt)), 56, 8), 256) > TOO_RARE


def arriving(days: int) -> tuple[np.ndarray, np.ndarray]:
    """What comes from three lanes on some days to a control where they begin, and to one where they end a week later.

    On every seventh day nothing leaves.
    """
    day, lag = some_day(1, controls=2), [0, 0, 0, 7, 7, 7]
    boxes = day.boxes._replace(
        first=np.array([0, 3, 6], np.int32),
        entity=np.tile(np.array([entity_key(f"lane {n}") for n in range(3)]), 2),
        rate=np.tile([0.3, 7.0, 90.0], 2),
        lag=np.array(lag, np.int32),
    )
    sailings = Sailings(
        before=np.int64(7),
        key=np.array([child_key(entity_key("arrivals"), number) for number in range(days + 7)], np.uint64),
        factor=np.array([0.0 if number % 7 == 0 else 1.1 for number in range(days + 7)]),
    )
    upto = np.zeros((days, 6), np.int32)
    for number in range(days):
        most = [arrivals(np.array([c]), number, boxes, sailings, upto[number]) for c in range(2)]
        assert most == upto[number, [2, 5]].tolist()
    return upto[:, :3], upto[:, 3:]


def test_what_has_left_arrives_when_it_is_due():
    left, came = arriving(50)

    assert np.array_equal(left[:-7], came[7:])
    assert not left[::7].any()


def test_as_many_boxes_leave_as_the_lane_ships(expect_mean):
    left = np.diff(arriving(2000)[0], axis=1, prepend=0)[np.arange(2000) % 7 > 0]

    for lane, mean in enumerate([0.33, 7.7, 99.0]):
        expect_mean(left[:, lane], mean)
        expect_mean((left[:, lane] - mean) ** 2, mean)  # Poisson
