"""Results do not change unnoticed: shipped scenarios come to the same as when the baseline was last renewed."""

import json

import pytest

from tests.regression.renew import BASELINE, RUNS, changes, lived


def test_results_are_those_of_the_baseline():
    """To the last bit. Where results are meant to change, renew the baseline with `make baseline`, and say why."""
    told = changes(json.loads(BASELINE.read_text()), lived())
    if told:
        pytest.fail("results have changed; `make baseline` renews them\n" + "\n".join(told), pytrace=False)


def test_a_change_is_told_with_both_values_and_its_first_day():
    before = json.loads(BASELINE.read_text())
    after = json.loads(BASELINE.read_text())
    name = next(iter(RUNS))
    after[name]["totals"]["delivered_kg"] = before[name]["totals"]["delivered_kg"] * 1.5
    after[name]["tables"]["daily"] = "another"
    after[name]["days"][1] = "another " + after[name]["days"][1].partition(" ")[2]

    value = before[name]["totals"]["delivered_kg"]
    assert changes(before, before) == []
    assert changes(before, after) == [
        f"{name}: delivered_kg was {value}, is {value * 1.5} (+50.00%)",
        f"{name}: table daily differs",
        f"{name}: day 10 is the first that differs",
    ]
