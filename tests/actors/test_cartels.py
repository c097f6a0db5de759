"""Organisations: what they send, how they keep their crews, and what arrests do to them."""

import pytest

import sim
from sim.actors.cartel import Cartel
from sim.model import SmugglingModel
from sim.terms import DAYS_PER_WEEK
from sim.world.passage import Encounter
from tests.promises.worlds import lived, send, world


def model_of(*settings: str) -> SmugglingModel:
    return SmugglingModel(world(*settings))


def manned(model: SmugglingModel) -> tuple[Cartel, str]:
    """An organisation, and a place where it has a crew."""
    return next((cartel, site) for cartel in model.cartels for site, crew in crews_of(cartel).items() if crew)


def crews_of(cartel: Cartel) -> dict[str, int]:
    """How many work for an organisation at each place where it has a cell."""
    return {
        site: len(crew)
        for site, crew, held in zip(cartel.ways.places, cartel.cells.crews, cartel.cells.held, strict=True)
        if held
    }


def seizure_at(model: SmugglingModel, cartel: Cartel, site: str, *, crewed: bool = True) -> Encounter:
    way = next(row for row, route in enumerate(cartel.ways.routes) if site in (route.departure, route.arrival))
    send(model, cartel, way, crewed=crewed)
    return Encounter(model.cargo.all[-1], 0, site, True)


@pytest.mark.parametrize(("chance", "left"), [(1.0, 0), (0.0, 3)])
def test_arrests_at_a_seizure_take_the_crew_of_that_place(chance, left):
    model = model_of(f"commodities.cocaine.arrests_per_seizure={chance}")
    cartel, site = manned(model)
    before = crews_of(cartel)

    cartel.learn(seizure_at(model, cartel, site))

    assert crews_of(cartel) == before | {site: left}
    assert model.chronicle.arrested == 3 - left
    assert cartel.cells.at(site)["hands"] == left
    assert cartel.cells.at(site)["ready"] == (int(cartel.traits.arrest_delay) if left == 0 else 0)


def test_a_seizure_where_a_new_cell_is_being_set_up_does_not_make_it_ready_any_sooner():
    """Set up until day 60; a cell that has lost its crew can hire after 30 days."""
    model = model_of()
    cartel, site = manned(model)
    assert int(cartel.traits.arrest_delay) == 30
    row = cartel.ways.row[site]
    cartel.cells.lose(row)
    cartel.cells.held[row], cartel.cells.at(site)["ready"] = True, 60
    for model.day, ready in ((10, 60), (40, 70)):
        cartel.learn(seizure_at(model, cartel, site))
        assert cartel.cells.at(site)["ready"] == ready


def test_a_passage_and_a_seizure_that_none_of_their_people_had_a_hand_in_arrest_nobody():
    model = model_of("commodities.cocaine.arrests_per_seizure=1")
    cartel, site = manned(model)
    seized = seizure_at(model, cartel, site)
    cartel.learn(Encounter(seized.consignment, 0, site, seized=False))
    cartel.learn(Encounter(seized.consignment, 0, "nowhere of theirs", seized=True))
    cartel.learn(seizure_at(model, cartel, site, crewed=False))  # a load that takes no hands
    assert model.chronicle.arrested == 0


def test_a_place_without_its_crew_hires_no_sooner_than_the_delay_allows():
    settings = ("commodities.cocaine.arrests_per_seizure=1", "organisations.coastal.arrest_delay=21")
    model = model_of(*settings)
    cartel, site = manned(model)
    cartel.learn(seizure_at(model, cartel, site))
    sizes = []
    for _ in range(60):
        model.day += 1
        cartel.plan()
        sizes.append(crews_of(cartel)[site])
    hired = next(day for day, size in enumerate(sizes, start=1) if size)
    assert 21 <= hired < 21 + DAYS_PER_WEEK
    assert hired % DAYS_PER_WEEK == cartel.weekday


def test_crews_do_no_more_jobs_than_they_have_rest_for():
    """Two loads come to a place with one crew, on one day: the second waits for the week to pass."""
    model = model_of("transport.road.origin_seizure=0")
    cartel = model.cartels[0]
    site = next(site for site, crew in crews_of(cartel).items() if crew and site in cartel.ways.departures)
    cell = cartel.cells.at(site)
    way = next(row for row, route in enumerate(cartel.ways.routes) if route.departure == site)
    for draw in (0, 1):
        send(model, cartel, way, draw=draw, crewed=True)
    first, second = model.cargo.all
    day = 0
    while first.departed < 0:
        model.passage.move(day, model.fleet.put_to_sea(day, model.base_controls, model.intelligence.told))
        day += 1
    assert (second.departed, cell["rested"], second.crews_ahead[0]) == (-1, 0.0, site)
    week_passed = cartel.next_decision(first.departed)
    for day in range(first.departed + 1, week_passed):
        cell["rested"] = 1.0  # too early
        model.passage.move(day, model.fleet.put_to_sea(day, model.base_controls, model.intelligence.told))
    assert second.departed < 0
    for day in range(week_passed, week_passed + 30):
        model.passage.move(day, model.fleet.put_to_sea(day, model.base_controls, model.intelligence.told))
    assert second.departed >= week_passed


def test_a_job_is_paid_out_of_the_organisations_capital_into_the_crews_hands():
    model = model_of()
    cartel, site = manned(model)
    offer_usd, before = float(cartel.cells.at(site)["offer_usd"]), cartel.capital_cents
    cartel.pay_crew(cartel.first_cell + cartel.ways.row[site])
    assert before - cartel.capital_cents == round(offer_usd * 100)
    assert sum(courier.earned_usd for courier in cartel.cells.crew_at(site)) == pytest.approx(offer_usd)


def test_where_everybody_refuses_the_offer_rises_week_by_week():
    model = model_of("organisations.coastal.cells.origin_pay_usd=1", "organisations.coastal.cells.raise_on_refusal=0.5",
                     "organisations.coastal.cells.offer_memory=1")  # fmt: skip
    cartel = next(cartel for cartel in model.cartels if cartel.name.startswith("coastal"))
    site = next(site for site in crews_of(cartel) if model.is_origin(site))
    offers = []
    for _ in range(28):
        cartel.plan()
        model.day += 1
        offers.append(float(cartel.cells.at(site)["offer_usd"]))
    assert sorted(set(offers)) == pytest.approx([1.0, 1.5, 2.25, 3.375, 5.0625])


def test_an_offer_that_nobody_refuses_any_more_comes_down_week_by_week():
    model = model_of("organisations.coastal.cells.offer_memory=0.5")
    cartel = model.cartels[0]
    site = next(site for site, crew in crews_of(cartel).items() if crew)
    first = float(cartel.cells.at(site)["first_offer_usd"])
    cartel.cells.at(site)["offer_usd"] = 3 * first
    offers = []
    for _ in range(3):
        cartel.cells.keep()
        offers.append(float(cartel.cells.at(site)["offer_usd"]) / first)
    assert offers == pytest.approx([2.0, 1.5, 1.25])


TALKS = (
    "geography.communities.cooperation=1", "geography.communities.exposed_days=21",
    "geography.communities.exposed_arrests=1", "organisations.coastal.arrest_delay=0",
    "organisations.coastal.cells.quits_per_year=0",
)  # fmt: skip


def test_who_cooperates_is_written_down_and_exposes_the_rest_of_the_crew():
    """One of three is arrested and talks; at the next look the others are arrested on it, who talk too."""
    model = model_of(*TALKS)
    cartel, site = manned(model)
    row, crew = cartel.ways.row[site], tuple(cartel.cells.crew_at(site))
    model.day = 1
    model.open_day()
    luck = sorted(model.draws.uniform("arrest", courier.key, 1) for courier in crew)
    cartel.cells.raided(site, (luck[0] + luck[1]) / 2)
    (told,) = model.chronicle.statements.rows
    caught = next(courier for courier in crew if courier.gone)
    assert told.item() == (1, cartel.number, model.communities[site].row, int(caught.key))
    assert model.chronicle.cooperated == model.chronicle.arrested == 1
    model.day = 8
    cartel.cells.keep()
    assert all(courier.gone for courier in crew)
    assert len(model.chronicle.statements) == 3
    assert cartel.cells._exposed[row] == 8 + 21
    joined = tuple(cartel.cells.crew_at(site))  # hired at once, there is no delay here; nobody can have named them
    assert len(joined) == 3
    for model.day in (15, 22, 29, 36):
        cartel.cells.keep()
    assert not any(courier.gone for courier in joined)
    assert row not in cartel.cells._exposed


def test_nobody_talks_where_nobody_cooperates():
    model = model_of("geography.communities.cooperation=0", "commodities.cocaine.arrests_per_seizure=1")
    cartel, site = manned(model)
    cartel.learn(seizure_at(model, cartel, site))
    assert model.chronicle.arrested == 3
    assert len(model.chronicle.statements) == 0


AUDIT = "arrest after an audit"


@pytest.mark.parametrize(
    "draws", [(("arrest", 0), ("arrest", 1)), ((AUDIT, 0), ("arrest", 0))], ids=["seizure", "audit"]
)
def test_a_seizure_after_another_or_after_an_audit_at_a_place_on_a_day_has_luck_of_its_own(draws):
    """draws: purpose of the luck of each, and the how manieth of that purpose it is."""
    model = model_of("geography.communities.cooperation=0", "organisations.coastal.cells.quits_per_year=0")
    cartel, site = manned(model)
    crew, differs = tuple(cartel.cells.crew_at(site)), 0
    for model.day in range(1, 40):
        left = [courier for courier in crew if not courier.gone]
        first, second = (
            [model.draws.uniform(purpose, courier.key, model.day, nth) < 0.05 for courier in left]
            for purpose, nth in draws
        )
        for purpose, _ in draws:
            cartel.cells.raided(site, 0.05, purpose=purpose)
        assert [courier.gone for courier in left] == [a or b for a, b in zip(first, second, strict=True)]
        differs += first != second
    assert differs


def test_a_crew_of_one_does_not_work_when_its_one_is_missing():
    model = model_of("organisations.coastal.cells.crew=1")
    assert model.cartels[0].least_hands == 1
    assert model_of("organisations.coastal.cells.crew=3").cartels[0].least_hands == 2


@pytest.mark.parametrize("cooperation", [0, 1])
def test_days_to_replacement_count_from_the_arrest(cooperation):
    """Whatever the arrested say: there is nobody left whom it could harm."""
    model = model_of("commodities.cocaine.arrests_per_seizure=1", "organisations.coastal.arrest_delay=20",
                     f"geography.communities.cooperation={cooperation}", "geography.communities.stigma=0",
                     "geography.communities.exposed_arrests=0")  # fmt: skip
    cartel, site = manned(model)
    cartel.learn(seizure_at(model, cartel, site))
    model.open_day()
    days = []
    for model.day in (7, 14, 21):
        cartel.cells.keep()
        days.append((model.chronicle.replaced, model.chronicle.replacement_days))
    assert days == [(0, 0), (0, 0), (3, 63)]


def test_whom_a_cell_does_not_miss_it_does_not_replace():
    """Six hands for much work, three are arrested, and then there is work for three: nobody was replaced."""
    model = model_of("organisations.coastal.arrest_delay=0")
    cartel, site = manned(model)
    cells, row = cartel.cells, cartel.ways.row[site]
    cells._vacant[row] = [0, 0, 0]
    model.day = 7
    cells.keep()
    assert row not in cells._vacant


def test_an_organisation_plans_once_a_week_on_its_own_day():
    model = lived(days=120)
    for cartel in model.cartels:
        sent = {load.planned % DAYS_PER_WEEK for load in model.cargo.all if load.organisation == cartel.number}
        assert sent == {cartel.weekday}


def test_loads_stay_within_what_the_scenario_allows():
    model = lived("organisations.coastal.least_lot=40", "organisations.coastal.largest_lot=3000", days=200)
    kinds = list(model.plan.transport.small_craft.kinds.values())
    for load in model.cargo.all:
        kg = load.grams / 1000
        if model.cartels[load.organisation].name.startswith("coastal"):
            assert 39.999 <= kg <= 3000
        if load.route.mode == "small_craft":
            assert kg <= float(kinds[load.concealment].capacity_kg)


def test_an_organisation_buys_only_in_its_areas_and_sells_only_in_its_markets():
    model = lived(days=120)
    for load in model.cargo.all:
        traits = model.cartels[load.organisation].traits
        assert load.route.area in traits.areas
        assert traits.markets is None or load.route.market in traits.markets


def test_what_is_delivered_is_paid_after_the_brokers_days_less_his_fee():
    alike = ("money.brokers.fee_spread=0", "money.brokers.delay_spread=0", "money.traced=0")
    model = model_of("commodities.cocaine.payment_days=10", "commodities.cocaine.broker_fee=0.25", *alike)
    cartel, _ = manned(model)
    cartel.paid(1000.0, model.commodity, next(iter(model.markets)))
    before, waiting = cartel.capital_cents, []
    for _ in range(11):
        model.finance.move(model.in_force)
        waiting.append(model.finance.owes(cartel.number))
        model.day += 1
    assert cartel.capital_cents - before == cartel.earned_cents == 75_000
    assert waiting == [True] * 10 + [False]


def test_those_with_more_capital_bear_more_risk():
    """The same beliefs, the same week: who has less at stake sends smaller loads."""
    rich = lived("organisations.inland.capital_usd=900000000", "organisations.coastal.count=1", days=60)
    poor = lived("organisations.inland.capital_usd=10000000", "organisations.coastal.count=1", days=60)
    mean = [
        sum(kg) / len(kg)
        for kg in (
            [
                load.grams / 1000
                for load in model.cargo.all
                if model.cartels[load.organisation].name.startswith("inland")
            ]
            for model in (rich, poor)
        )
    ]
    assert mean[0] > mean[1]


def test_an_organisation_looks_at_ways_by_hubs_too():
    model = SmugglingModel(sim.load("latam_europe"))
    seen = set()
    for cartel in model.cartels:
        hubs = set(cartel.ways.hubs)
        assert hubs
        for model.day in range(cartel.weekday, 140, DAYS_PER_WEEK):
            cartel.plan()
            seen |= hubs & {site for site, known in zip(cartel.ways.places, model.desk.known, strict=False) if known}
    assert len(seen) > 1
