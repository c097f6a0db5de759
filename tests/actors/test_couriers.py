"""Couriers and the communities they come from: who accepts, who is afraid, who cannot be asked."""

import math

import pytest

from sim.actors.courier import Community, Courier
from sim.model import SmugglingModel
from tests.promises.worlds import lived, world


def community(people: int = 200, *settings: str) -> Community:
    model = SmugglingModel(world(*settings))
    return Community(model, "a harbour", people, model.plan.geography.communities, 10_000.0)


def accepted(at: Community, pay: float) -> list:
    """Those who would do a job at this pay, everybody being asked once."""
    return [person for person in (at.ask(pay) for _ in range(at.people)) if person is not None]


def test_nobody_works_for_nothing_and_everybody_for_a_fortune():
    assert accepted(community(), 0.0) == []
    assert len(accepted(community(), 1e9)) == 200


def test_a_better_offer_is_taken_by_all_who_took_a_worse_one_and_some_more():
    """A job asks for a fifth of a year's reservation wage, whose median is the legal wage: 2,000 USD."""
    at = community(1000)
    low, middle, high = (set(accepted(at, pay)) for pay in (1_000.0, 2_000.0, 4_000.0))
    assert low < middle < high
    assert abs(len(middle) - 500) < 6 * (1000 * 0.25) ** 0.5


def test_the_same_person_asks_the_same_pay_in_any_year():
    at = community()
    assert accepted(at, 2_000.0) == accepted(at, 2_000.0)


def test_arrests_raise_the_pay_that_people_ask_and_time_lowers_it_again():
    at = community(1000)
    calm = len(accepted(at, 2_000.0))
    for _ in range(10):
        at.see_arrest()
    afraid = len(accepted(at, 2_000.0))
    at.model.day += 7 * 60
    assert afraid < calm / 2
    assert len(accepted(at, 2_000.0)) == calm


def test_an_arrest_among_many_frightens_less_than_one_among_few():
    few, many = community(), community()
    for person in accepted(many, 1e9)[:100]:
        Courier(many.model, many, person, 0)
    few.see_arrest()
    many.see_arrest()
    assert 0.0 < many.perceived_risk < few.perceived_risk < 1.0


def test_fear_never_reaches_beyond_certainty():
    at = community()
    for _ in range(10_000):
        at.see_arrest()
    assert 0.99 < at.perceived_risk <= 1.0


def test_without_weight_on_risk_arrests_change_no_mind():
    at = community(200, "geography.communities.risk_weight=0")
    before = accepted(at, 2_000.0)
    at.perceived_risk = 1.0
    assert accepted(at, 2_000.0) == before


def test_those_who_work_cannot_be_asked():
    at = community(5)
    crew = [Courier(at.model, at, person, 0) for person in accepted(at, 1e9)[:3]]
    assert at.working == 3
    assert not {courier.person for courier in crew} & set(accepted(at, 1e9))
    for person in accepted(at, 1e9):
        Courier(at.model, at, person, 0)
    assert at.working == 5
    assert accepted(at, 1e9) == []


def test_people_stay_for_an_exponential_time_of_mean_one():
    stay = sorted(person.patience for person in accepted(community(2000), 1e9))
    for share in (0.1, 0.5, 0.9):
        assert sum(time < -math.log(1.0 - share) for time in stay) / 2000 == pytest.approx(share, abs=0.05)


def test_couriers_leave_at_the_rate_of_the_scenario_and_never_where_it_is_zero():
    settings = ("commodities.cocaine.arrests_per_seizure=0", "organisations.coastal.span=100",
                "organisations.inland.span=100", "rivalry.push_out=0")  # fmt: skip

    def left(rate: float) -> int:
        groups = [f"organisations.{group}.cells.quits_per_year={rate}" for group in ("coastal", "inland")]
        daily = lived(*settings, *groups, days=150).chronicle.daily
        return sum(daily["recruited"]) - daily["couriers"][-1] + daily["couriers"][0] - daily["recruited"][0]

    assert left(0.0) == 0
    assert 5 < left(1.0) < left(4.0)


def test_who_leaves_can_be_asked_again_and_only_an_arrest_is_counted_as_one():
    at = community(1)
    for arrested in (False, True):
        Courier(at.model, at, accepted(at, 1e9)[0], 0).leave(arrested=arrested)
        assert at.working == 0
        assert at.model.chronicle.arrested == arrested
        assert (at.perceived_risk > 0) == arrested


def test_a_harbour_without_people_has_no_couriers():
    assert community(0).ask(1e9) is None


def test_everybody_counted_as_working_is_in_somebodys_crew():
    model = lived(days=200)
    crews = [courier for cartel in model.cartels for crew in cartel.cells.crews for courier in crew]
    assert len(crews) == model.chronicle.daily["couriers"][-1] > 0
    assert len({(courier.community.site, courier.person) for courier in crews}) == len(crews)
    assert set(crews) == set(model.agents_by_type[Courier])
    assert all(community.working <= community.people for community in model.communities.values())
