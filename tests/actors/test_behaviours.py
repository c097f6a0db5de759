"""Behaviours: what each makes of what it sees, and that organisations live by any of them."""

import math
from typing import Literal

import numpy as np
import pytest

from sim.actors.behaviours.behaviour import Behaviour, Choice, Month, Seen
from sim.actors.behaviours.deterrence import Deterrence
from sim.actors.behaviours.expected_profit import ExpectedProfit
from sim.actors.behaviours.logit import Logit
from sim.actors.behaviours.quantal_response import QuantalResponse
from sim.actors.behaviours.salience import Salience
from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.scenario.scenario import Scenario
from sim.study.run import live
from sim.terms import DAYS_PER_WEEK
from tests.promises.worlds import lived, tables, world

SEEN = Seen(week=7, price_usd=25_000.0, starting_price_usd=20_000.0, ways=3, month=None)
KINDS = sorted(Behaviour.every())


def all_by(plan: Scenario, behaviour: Behaviour) -> Scenario:
    """Every group chooses by it."""
    groups = {name: group.model_copy(update={"behaviour": behaviour}) for name, group in plan.organisations.items()}
    return plan.replaced(organisations=groups)


# What each makes of what it sees -----------------------------------------------------------------------------------


def test_expected_profit_is_the_plain_rule():
    assert ExpectedProfit().choose(SEEN) == Choice()


def test_deterrence_is_the_plain_rule_with_a_threshold():
    assert Deterrence(threshold=0.2, steepness=3).choose(SEEN) == Choice(threshold=0.2, steepness=3.0)


def test_a_logit_counts_in_shares_of_the_starting_price_or_in_money():
    by_share = Logit(temperature=0.05, outside=-0.1).choose(SEEN)
    assert by_share == Choice(draws="logit", sampled=False, temperature_usd=1000.0, outside_usd=-2000.0)
    assert Logit(temperature_usd=750).choose(SEEN).temperature_usd == 750.0


def test_quantal_response_is_a_logit_that_always_sends():
    found = QuantalResponse(rationality=2, scale=10).choose(SEEN)
    assert found == Choice(draws="logit", sampled=False, temperature_usd=1000.0, outside_usd=-math.inf)


@pytest.mark.parametrize(
    ("sent_kg", "seized_kg", "ways", "more", "fewer"),
    [
        (1000.0, 0.0, 9, 0, 0),  # nothing lost: round(9 * 0)
        (1000.0, 25.0, 9, 0, 3),  # L = 25, T = 50: round(9 / 3)
        (1000.0, 50.0, 9, 1, 0),  # L = T
        (1000.0, 160.0, 9, 4, 0),  # ceil(3.2)
        (1000.0, 990.0, 9, 8, 0),  # as many as it can at a time
        (0.0, 0.0, 9, 1, 0),  # nothing was sent: something else is tried
        (0.0, 30.0, 9, 1, 0),
    ],
)
def test_heavy_losses_widen_the_ways_in_use_and_light_ones_narrow_them(sent_kg, seized_kg, ways, more, fewer):
    behaviour = Salience(tolerance=0.05)
    assert behaviour.revision(Month(sent_kg, seized_kg), ways) == (more, fewer)
    choice = behaviour.choose(SEEN._replace(ways=ways, month=Month(sent_kg, seized_kg)))
    assert (choice.more, choice.fewer, choice.bounded) == (more, fewer, True)


def test_salience_begins_with_a_few_ways_and_moves_nothing_between_the_months():
    first = Salience(first_ways=5).choose(SEEN._replace(week=0, ways=0))
    assert (first.more, first.fewer, first.premium_step) == (5, 0, 0.0)
    between = Salience().choose(SEEN)
    assert (between.more, between.fewer, between.premium_step) == (0, 0, 0.0)
    assert Salience(premium_step=0.4).choose(SEEN._replace(month=Month(10.0, 1.0))).premium_step == 0.4


# In a world --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_organisations_live_by_every_behaviour(kind):
    """The books are checked on every day of it, and two lives of one world are the same."""
    plan = all_by(world(days=250), Behaviour.read(kind))
    one, other = live(plan, mode="thinned"), live(plan, mode="thinned")
    assert tables(one) == tables(other)
    daily = one.chronicle.daily
    assert sum(daily["delivered_g"]) > 0
    assert sum(daily["seized_g"]) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_flagship_lives_by_every_behaviour(kind):
    model = live(all_by(load("latam_europe", days=30), Behaviour.read(kind)), mode="thinned")
    assert len({load.organisation for load in model.cargo.all}) > 5


def first_loads(model: SmugglingModel, group: str) -> list:
    """What a group sends in the first week."""
    return [
        (int(load.key), load.route.sites, load.concealment, load.grams)
        for load in model.cargo.all
        if group in model.cartels[load.organisation].name and load.planned < DAYS_PER_WEEK
    ]


def test_groups_may_differ_in_how_they_choose():
    """Until goods are short, what one group does is nothing to the other."""
    mixed, plain = lived("organisations.inland.behaviour=salience", days=60), lived(days=60)
    here, there = (set(first_loads(model, "coastal")) for model in (mixed, plain))
    assert len(here & there) > len(here) / 2
    assert first_loads(mixed, "inland") != first_loads(plain, "inland")
    assert [bool(cartel.habits.in_use.any()) for cartel in mixed.cartels] == [False] * 3 + [True] * 2


def test_expected_profit_and_a_threshold_that_deters_nobody_are_one():
    """And so are full information said or unsaid."""
    bold = all_by(world(days=90), Deterrence(threshold=1.0))
    assert tables(live(bold, mode="thinned")) == tables(lived(days=90, mode="thinned"))
    said = lived("organisations.coastal.beliefs.information=1", days=90, mode="thinned")
    assert tables(said) == tables(lived(days=90, mode="thinned"))


def test_what_organisations_see_is_the_past_four_weeks_every_four_weeks():
    class Watching(Behaviour):
        """Writes down what it sees."""

        kind: Literal["watching"] = "watching"

        def choose(self, seen: Seen) -> Choice:
            found.append(seen)
            return Choice()

    found: list[Seen] = []
    try:
        model = live(
            all_by(load("two_coasts", overrides=("organisations.coastal.count=1",)), Watching()), mode="thinned"
        )
    finally:
        del Behaviour.kinds["watching"]
    looked_back = [seen for seen in found if seen.month is not None]
    assert {seen.week % 4 for seen in looked_back} == {0}
    assert min(seen.week for seen in looked_back) == 4
    last = {cartel.number: cartel.weekday + 7 * 4 * ((364 - cartel.weekday) // 28) for cartel in model.cartels}
    sent = sum(load.grams for load in model.cargo.all if load.planned < last[load.organisation]) / 1000
    lost = [load for load in model.cargo.all if load.outcome == "seized" and load.ended < last[load.organisation]]
    assert sum(seen.month.sent_kg for seen in looked_back) == pytest.approx(sent)
    assert sum(seen.month.seized_kg for seen in looked_back) == pytest.approx(sum(load.grams for load in lost) / 1000)


@pytest.mark.parametrize(("information", "reacts"), [(0.0, False), (1.0, True)])
def test_without_information_nobody_reacts(information, reacts):
    """Who has lost 200 loads at every control sends as if nothing had been, or nothing at all."""

    def sent(losses: float) -> list:
        model = SmugglingModel(world(f"organisations.coastal.beliefs.information={information}"), mode="thinned")
        for cartel in model.cartels:
            if "coastal" in cartel.name:
                model.beliefs.losses[cartel.number] += losses
        for _ in range(DAYS_PER_WEEK):
            model.step()
        return first_loads(model, "coastal")

    assert sent(0.0)
    assert (sent(200.0) != sent(0.0)) == reacts


def test_ways_have_addresses_of_their_own_that_do_not_depend_on_what_else_there_is():
    few = SmugglingModel(world("organisations.coastal.candidate_routes=4")).cartels[0].ways
    many = SmugglingModel(world("organisations.coastal.candidate_routes=400")).cartels[0].ways
    assert len(set(many.keys.tolist())) == len(many.routes)
    known = {(route.sites, route.area): int(key) for route, key in zip(many.routes, many.keys, strict=True)}
    for route, key in zip(few.routes, few.keys, strict=True):
        assert known[route.sites, route.area] == int(key)
    flagship = SmugglingModel(load("latam_europe", days=1)).cartels[0].ways
    assert np.unique(flagship.keys).size == len(flagship.routes)
