"""Couriers and the communities they come from: who accepts, who is afraid, who cannot be asked."""

import dataclasses
import math

import numpy as np
import pytest

from sim.actors.community import Community
from sim.actors.courier import Courier
from sim.actors.outlook import Outlook, Toll
from sim.model import SmugglingModel
from tests.promises.worlds import lived, world

CALM = ("geography.communities.stigma=0", "geography.communities.awareness=0")
"""Nothing counts but the wage and the arrests that people see."""


def community(people: int = 200, *settings: str) -> Community:
    """A community without stigma whose people earn 10,000 USD a year."""
    model = SmugglingModel(world(*CALM, *settings))
    around = dataclasses.replace(
        model.base_controls.communities, people=np.full(6, people), legal_wage=np.full(6, 10_000.0)
    )
    controls = dataclasses.replace(model.base_controls, communities=around, legal_wage=around.legal_wage.copy())
    traits = model.plan.geography.communities
    return Community(model, 0, "a harbour", traits, Outlook(controls, traits), Toll())


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
    at.seen_risk = 1.0
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
        gone = sum(daily["recruited"]) - daily["couriers"][-1] + daily["couriers"][0] - daily["recruited"][0]
        return gone - sum(daily["arrested"])

    assert left(0.0) == 0
    assert 5 < left(1.0) < left(4.0)


def test_who_leaves_can_be_asked_again_and_only_an_arrest_is_counted_as_one():
    at = community(1)
    at.model.chronicle.arrested = 0
    for arrested in (False, True):
        Courier(at.model, at, accepted(at, 1e9)[0], 0).leave(arrested=arrested)
        assert at.working == 0
        assert at.model.chronicle.arrested == arrested
        assert (at.perceived_risk > 0) == arrested


def test_who_was_arrested_is_away_for_the_time_served_and_then_asks_less_with_a_record():
    """540 days; a record costs a tenth of the legal wage, and with it a tenth of what is asked."""
    at = community(1, "geography.communities.record_loss=0.1", "geography.communities.risk_weight=0")
    (person,) = accepted(at, 1e9)
    asks = 0.2 * person.worth * 10_000.0
    Courier(at.model, at, person, 0).leave(arrested=True)
    at.hold(person.key, 7)
    at.serve(person.key, 7, 540)
    at.model.day = 539
    assert accepted(at, 1e9) == []
    at.model.day = 540
    assert accepted(at, 0.899 * asks) == []
    assert accepted(at, 0.901 * asks) == [person]
    assert Courier(at.model, at, person, 0).record == 1


def test_stigma_is_to_be_made_up_for_beside_the_price_of_the_job():
    """Half a year's wage on top of the fifth of it that the job asks for: 0.7 of the wage, whatever the fear."""
    at = community(300)
    at.outlook.stigma[0] = 0.5
    calm = {person.worth for person in accepted(at, 7_000.0)}
    assert max(calm) <= 1.0
    assert abs(len(calm) - 150) < 6 * (300 * 0.25) ** 0.5
    at.seen_risk = 0.1  # of 6 years, at a weight of a half: 0.3 on the price of the job, nothing on the stigma
    assert at.asking == pytest.approx(0.2 * 1.3 + 0.5)


def test_awareness_mixes_what_was_seen_with_what_is_true():
    at = community(200)
    for person in accepted(at, 1e9)[:20]:
        Courier(at.model, at, person, 0)
    at.model.day = 400
    at.toll.note(400, working=0, arrests=5)
    years = 20 * (1 - math.exp(-400 / 365.25))
    assert at.toll.risk(400) == pytest.approx(1 - math.exp(-5 / (years + 1)))
    at.seen_risk = 0.4
    at.outlook.awareness[0] = 0.25
    assert at.perceived_risk == pytest.approx(0.75 * 0.4 + 0.25 * at.toll.risk(400))


def test_the_toll_of_the_past_fades_over_a_year():
    toll = Toll()
    toll.note(0, working=10)
    toll.note(100, working=-10, arrests=4)
    now = 10 * (1 - math.exp(-100 / 365.25))
    assert toll.risk(100) == pytest.approx(1 - math.exp(-4 / (now + 1)))
    left = math.exp(-500 / 365.25)
    assert toll.risk(600) == pytest.approx(1 - math.exp(-4 * left / (now * left + 1)))


def test_prevention_takes_hold_slowly_and_fades_more_slowly():
    """Half of it after a half-life of 182 days; half of that gone 546 days after its end."""
    model = SmugglingModel(world(*HALF_LIVES))
    prevented = model.base_controls.raised_among("stigma", ["nordhaven"], "youth", 0.4)
    outlook, row = model.outlook, prevented.communities.sites.index("nordhaven")
    for day in range(182):
        outlook.follow(day, prevented)
    assert outlook.stigma[row] == pytest.approx(0.7)
    for day in range(182, 182 + 546):
        outlook.follow(day, model.base_controls)
    assert outlook.stigma[row] == pytest.approx(0.6)
    assert set(np.delete(outlook.stigma, row)) == {0.5}


def test_livelihoods_raise_what_legal_work_pays_with_the_same_delay():
    model = SmugglingModel(world(*HALF_LIVES))
    paid = model.base_controls.scaled_among("legal_wage", ["nordhaven"], "port_workers", 1.2)
    for day in range(182):
        model.outlook.follow(day, paid)
    assert model.outlook.legal_wage[paid.communities.sites.index("nordhaven")] == pytest.approx(65_000 * 1.1)


HALF_LIVES = (
    "geography.communities.takes_hold_days=182", "geography.communities.fades_days=546",
    "geography.communities.norms=0", "geography.communities.stigma=0.5",
)  # fmt: skip


def test_where_many_do_the_work_it_is_looked_down_upon_less_in_time():
    """Half of 300 people at work, half of the stigma in play: a quarter of it is gone in the end, half of that after
    a half-life."""
    model = SmugglingModel(world("geography.communities.norms=0.5", "geography.communities.norms_days=364"))
    outlook, row = model.outlook, model.base_controls.communities.sites.index("rocky_coast")
    outlook.working = [150 if at == row else 0 for at in range(len(outlook.people))]
    for day in range(364):
        outlook.follow(day, model.base_controls)
    assert outlook.stigma[row] == pytest.approx(0.5 * (1 - 0.5 * 0.25))
    for day in range(364, 364 * 30):
        outlook.follow(day, model.base_controls)
    assert outlook.stigma[row] == pytest.approx(0.5 * (1 - 0.5 * 0.5))


def test_those_who_think_as_on_the_first_day_think_so_to_the_last_bit():
    model = SmugglingModel(world(*HALF_LIVES))
    before = model.outlook.stigma.copy(), model.outlook.awareness.copy(), model.outlook.legal_wage.copy()
    for day in range(1000):
        model.outlook.follow(day, model.base_controls)
    after = model.outlook.stigma, model.outlook.awareness, model.outlook.legal_wage
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def test_a_harbour_without_people_has_no_couriers():
    assert community(0).ask(1e9) is None


def test_everybody_counted_as_working_is_in_somebodys_crew():
    model = lived(days=200)
    crews = [courier for cartel in model.cartels for crew in cartel.cells.crews for courier in crew]
    assert len(crews) == model.chronicle.daily["couriers"][-1] > 0
    assert len({(courier.community.site, courier.person) for courier in crews}) == len(crews)
    assert set(crews) == set(model.agents_by_type[Courier])
    assert all(community.working <= community.people for community in model.communities.values())
    assert [community.working for community in model.communities.values()] == model.outlook.working


def test_nobody_is_at_work_and_in_custody_and_those_counted_out_were_arrested():
    model = lived("commodities.cocaine.arrests_per_seizure=1", "customs.exports.scan_share=0.3", days=300)
    out = [key for community in model.communities.values() for key in community.records]
    assert 10 < len(out) <= sum(model.chronicle.daily["arrested"])
    assert not set(out) & {courier.person.key for courier in model.agents_by_type[Courier]}
