"""Equality of treatment by hand-computed values, and the table of groups against that of ports."""

import math

import pytest

from sim.study.proportion import equality


def test_groups_alike_are_equal():
    found = equality([1000, 3000], [10, 30])
    assert found.per_1000 == pytest.approx(10)
    assert (found.ratio, found.gini, found.theil) == pytest.approx((1, 0, 0))


def test_what_falls_on_a_quarter_of_the_boxes_alone_has_a_gini_of_three_quarters():
    found = equality([1000, 3000], [40, 0])
    assert found.ratio is None
    assert found.gini == pytest.approx(0.75)
    assert found.theil == pytest.approx(math.log(4))


def test_indices_of_two_groups_by_hand():
    found = equality([1000, 1000], [30, 10])
    assert found.ratio == pytest.approx(3)
    assert found.gini == pytest.approx(0.25)
    assert found.theil == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5))


def test_groups_too_small_for_a_rate_of_their_own_are_neither_highest_nor_lowest():
    assert equality([1000, 1000, 10], [30, 10, 3]).ratio == pytest.approx(3)


def test_where_there_is_nothing_to_divide_there_is_no_equality():
    assert equality([0, 0], [0, 0]) is None
    assert equality([10, 20], [0, 0]) is None
