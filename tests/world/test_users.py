"""Users: what treatment and education prevent of demand, how soon, and for how long."""

import pytest

from sim.scenario.describe import describe
from sim.scenario.mistakes import InvalidScenario
from sim.world.market import Book
from sim.world.users import Prevented, Users
from tests.promises.test_common_luck import PEOPLE
from tests.promises.worlds import lived, world
from tests.world.goods import good

DAY_G = 1_000_000
TERMS = {"dependent_share": 0.5, "treated_days": 10, "relapse_days": 40, "educated_days": 100, "forgotten_days": 400}


def after(days: int, treated: float = 0.0, educated: float = 0.0) -> Prevented:
    found = Prevented(Users.model_validate(TERMS))
    for _ in range(days):
        found.follow(treated, educated)
    return found


def test_treatment_is_half_way_after_its_half_life_and_acts_on_the_use_of_dependent_users_alone():
    assert after(10, treated=0.4).treated == pytest.approx(0.2)
    assert after(10, treated=0.4).left == pytest.approx(1 - 0.5 * 0.2)
    assert after(20, treated=0.4).treated == pytest.approx(0.3)


def test_education_is_half_way_after_its_own_and_acts_on_all_use():
    assert after(100, educated=0.1).left == pytest.approx(1 - 0.05)


def test_what_was_prevented_comes_back_by_a_half_life_of_its_own():
    found = after(2000, treated=0.4, educated=0.1)
    for _ in range(40):
        found.follow(0.0, 0.0)
    assert found.treated == pytest.approx(0.2)
    for _ in range(360):
        found.follow(0.0, 0.0)
    assert found.educated == pytest.approx(0.05)


def test_both_together_leave_what_either_would_leave_of_the_other():
    assert after(5000, treated=0.4, educated=0.1).left == pytest.approx(0.8 * 0.9)


def test_a_market_asks_for_less_by_as_much_as_is_prevented_and_says_so():
    market = Book(good(users=TERMS), 1.0)
    for _ in range(10):
        market.follow(0, 0.4, 0.0)
    assert market.demand_g_per_day(0) == pytest.approx(0.9 * DAY_G)
    assert market.prevented_g == pytest.approx(0.1 * DAY_G)


def test_what_left_before_the_first_day_arrives_whatever_is_prevented():
    market = Book(good(users=TERMS), 1.0)
    market.follow(0, 1.0, 1.0)
    assert market.opening_g(0) == 11 * DAY_G


def test_a_market_of_which_nobody_speaks_keeps_its_demand():
    spoken_of = ["policies=[{kind: demand_reduction, start: 2025-01-01, markets: [uplands], reach: 0.5}]"]
    model = lived(days=90)
    other = lived(*spoken_of, days=90)
    lowlands, uplands = (other.markets[name].prevented for name in ("lowlands", "uplands"))
    assert (lowlands.treated, lowlands.educated, lowlands.left) == (0.0, 0.0, 1.0)
    assert uplands.treated == pytest.approx(0.4 * (1 - 0.5**3))  # three half-lives of 30 days
    assert sum(model.chronicle.daily["prevented_g"]) == 0
    assert sum(other.chronicle.daily["prevented_g"]) > 0


def test_nobody_is_treated_for_wanting_to_travel():
    treated = "policies=[{kind: demand_reduction, start: 2025-01-01, markets: [lowlands, city]}]"
    with pytest.raises(InvalidScenario, match=r"city is for crossing, which is no drug\. Name markets of drugs"):
        world(*PEOPLE, treated)


def test_describe_tells_who_consumes_and_what_can_be_prevented():
    text = describe(world("commodities.cocaine.users={dependent_share: 0.6, treated_days: 21}"), 1000)
    assert "Dependent users consume 60% of it. Treatment lowers their use with a half-life of 21 days" in text
