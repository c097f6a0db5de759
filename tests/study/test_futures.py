"""Futures: assumed numbers are drawn over their ranges, as far as the world that they make can be."""

import pytest

import sim
from sim.scenario.mistakes import InvalidScenario
from sim.study.futures import MOST_DRAWN, futures, latin, nominal, uncertain
from sim.study.run import ImpossibleWorld

SHARES = tuple(
    f"geography.markets.{name}.demand_share={{value: {share}, range: [0.1, 0.9]}}"
    for name, share in (("lowlands", 0.7), ("uplands", 0.3))
)


def boxes(most: float) -> str:
    """Containers a year from south to north, up to a number that the ports may not be able to carry."""
    return f"trade.gravity.region_boxes={{SOUTH>NORTH: {{value: 100000, range: [100000, {most}]}}}}"


@pytest.fixture(scope="module")
def plan():
    return sim.load("two_coasts", days=200)


@pytest.fixture(scope="module")
def drawn(plan):
    return futures(plan, 4, seed=7)


def values(future) -> dict[str, float]:
    return {path: float(value) for path, _, value in (each.partition("=") for each in future.overrides)}


def test_each_part_of_each_range_is_met_once(plan, drawn):
    of = [values(each) for each in drawn]
    for number in uncertain(plan):
        parts = [(each[number.path] - number.low) / (number.high - number.low) * 4 for each in of]
        assert sorted(map(int, parts)) == [0, 1, 2, 3], number.path


def test_a_future_is_what_its_settings_make_of_the_scenario(drawn):
    assert [each.number for each in drawn] == [0, 1, 2, 3]
    for future in drawn[:2]:
        assert sim.load("two_coasts", days=200, sets=future.overrides) == future.scenario


def test_what_is_decided_is_not_drawn(plan, drawn):
    assert any(number.path == "policies.0.extent" for number in sim.assumptions(plan))
    assert not any(path.endswith("extent") for path in values(drawn[0]))
    assert "policies.1.running_usd_per_year" in values(drawn[0])


def test_the_same_seed_draws_the_same_futures_and_a_number_more_leaves_the_others_as_they_are(plan, drawn):
    assert futures(plan, 4, seed=7) == drawn
    number = uncertain(plan)[0]
    assert latin(number, 4, 7) == [values(each)[number.path] for each in drawn]
    assert latin(number, 4, 8) != latin(number, 4, 7)


def test_shares_that_must_add_up_keep_their_values_and_the_rest_is_drawn(drawn):
    plan = sim.load("two_coasts", days=200, sets=SHARES)
    (future,) = futures(plan, 1, seed=7)
    assert future.left_out == (
        "geography.markets.lowlands.demand_share",
        "geography.markets.uplands.demand_share",
    )
    assert set(values(future)) == set(values(drawn[0]))
    assert future.scenario.geography.markets["lowlands"].demand_share == 0.7


def test_a_scenario_that_is_refused_as_it_stands_is_told(plan):
    broken = plan.model_copy(update={"days": 0})
    with pytest.raises(InvalidScenario, match="days"):
        futures(broken, 1, seed=7)


def test_a_future_that_is_no_world_is_drawn_anew_and_told():
    plan = sim.load("two_coasts", days=200, sets=[boxes(700_000)])
    found = futures(plan, 3, seed=7)
    again = [future for future in found if future.refused]
    assert again, "half of the range is more than ports can carry"
    assert all("more than these ports can carry" in why for future in again for why in future.refused)
    most = max(values(future)["trade.gravity.region_boxes.SOUTH>NORTH"] for future in found)
    assert most < 500_000


def test_a_scenario_of_which_hardly_a_draw_is_a_world_is_refused():
    plan = sim.load("two_coasts", days=200, sets=[boxes(9e8)])
    with pytest.raises(ImpossibleWorld, match=f"{MOST_DRAWN} draws .* more than these ports can carry"):
        futures(plan, 1, seed=7)


def test_nominal_futures_differ_by_luck_alone(plan):
    assert [(each.number, each.scenario, each.overrides) for each in nominal(plan, 2)] == [(0, plan, ()), (1, plan, ())]


def test_futures_draw_of_single_states_only_what_these_change():
    """What they leave out follows the number that holds everywhere, which is drawn once."""
    scenario = sim.load("two_coasts", sets=["money.at={XB: {abroad: {value: 0.5, range: [0.2, 0.6]}}}"])
    assert [each.path for each in uncertain(scenario) if ".at." in each.path] == ["money.at.XB.abroad"]
