"""Precursors: nothing is made without them, nothing changes while they are plenty, and every gram has its books."""

import re

import numpy as np
import pytest

from sim.model import SmugglingModel
from sim.scenario.describe import describe
from sim.scenario.mistakes import InvalidScenario
from sim.study import measures
from sim.study.flows import flows_by_month
from sim.study.results import Results
from sim.study.run import live, run
from sim.world.making import PRECURSORS
from tests.promises.worlds import lived, tables, world

NEEDED = "commodities.cocaine.precursors={lot_kg: 500}"
DAYS = 130


def with_terms(terms: str) -> str:
    return f"commodities.cocaine.precursors={{lot_kg: 500, {terms}}}"


@pytest.fixture(scope="module")
def usual() -> SmugglingModel:
    return lived(NEEDED, days=DAYS)


def of_contraband(model: SmugglingModel) -> list[tuple]:
    """Lines of the books that do not speak of precursors, without the numbers of loads."""
    events = tables(model)["events"]
    names = ("day", "event", "commodity", "grams", "place", "checkpoint", "mode", "organisation")
    lines = zip(*(events[name] for name in names), strict=True)
    return [line for line in lines if line[2] != PRECURSORS]


def test_precursors_that_are_never_short_change_nothing_for_those_who_smuggle():
    """Modelled with plenty of them, or not modelled: the same world to the gram, whatever the controls see of them."""
    plenty = lived(with_terms("precursor_days: 300"), days=DAYS)
    assert of_contraband(plenty) == of_contraband(lived(days=DAYS))
    assert min(plenty.chronicle.daily["precursor_stock_g"]) > 0


@pytest.mark.parametrize("mode", ["micro", "thinned"])
def test_without_diversion_production_stops_when_stores_are_empty(mode):
    shut = world(NEEDED, days=DAYS).with_policy("precursor_control", ports=["XA"], start="2025-01-01", share=1)
    daily = live(shut, mode=mode).chronicle.daily
    stock, made = np.array(daily["precursor_stock_g"]), np.array(daily["produced_g"])
    empty = int((stock == 0).argmax())
    assert 30 < empty < 90
    assert (made[:empty] > 0).all()
    assert made[empty + 1 :].sum() == 0
    assert sum(daily["precursors_diverted_g"]) == 0


def test_all_of_the_road_being_watched_lets_nothing_through():
    found = lived(with_terms("road_seizure: 1000"), days=DAYS)
    loads = [load for load in found.cargo.all if load.commodity == PRECURSORS]
    assert {load.outcome for load in loads} <= {"seized", "lost", "under_way"}
    assert found.chronicle.daily["produced_g"][-1] == 0


def test_precursors_pass_import_control_at_their_gateway_and_no_other(usual):
    loads = [load for load in usual.cargo.all if load.commodity == PRECURSORS]
    assert len(loads) > 5
    gates = {usual.checkpoints.names[row] for load in loads for leg in load.route.legs for row in leg.checkpoints}
    assert gates == {"costa_alta import"}
    assert {load.checkpoint for load in loads if load.outcome == "seized"} <= {"costa_alta import", "road"}
    assert {(load.route.departure, load.route.market) for load in loads} == {("rest of the world", "highlands")}
    assert not usual.checkpoints.rows_of("puerto_sereno", "import")


def test_customs_that_look_harder_at_the_gateway_seize_more():
    watched = (NEEDED, "customs.precursors.scan_share=1", "customs.precursors.examination_share=1")
    assert sum(lived(*watched, days=DAYS).chronicle.daily["precursors_seized_g"]) > 2 * sum(
        lived(NEEDED, days=DAYS).chronicle.daily["precursors_seized_g"]
    )


def test_books_of_precursors_balance_every_day():
    model = SmugglingModel(world(with_terms("road_seizure: 0.3, kg_per_kg: 1.37"), days=DAYS))
    while model.day < DAYS:
        model.step()
        books = model.ledger.balance[PRECURSORS]
        assert -books["production"] == sum(books[n] for n in ("transit", "seized", "lost", "delivered"))
        assert books["stock"] == 0
        assert books["market"] == sum(model.supply.precursor_g.values())
        under_way = [load.grams for load in model.cargo.all if load.commodity == PRECURSORS and load.ended < 0]
        assert books["transit"] == sum(under_way)
    assert books["consumed"] == pytest.approx(1.37 * sum(model.chronicle.daily["produced_g"][1:]), rel=0.02)
    assert books["seized"] > 0


def test_totals_and_tables_tell_contraband_from_precursors(usual, tmp_path):
    totals, found = measures.totals(usual), measures.tables(usual)
    commodity = np.asarray(found["consignments"]["commodity"])
    assert totals["consignments"] == (commodity == "cocaine").sum() < len(commodity)
    seized = np.asarray(found["events"]["event"]) == "seized"
    of_them = seized & (np.asarray(found["events"]["commodity"]) == PRECURSORS)
    grams = found["events"]["grams"]
    assert totals["precursors_seized_kg"] == grams[of_them].sum() / 1000
    assert totals["seized_kg"] == grams[seized & ~of_them].sum() / 1000
    assert "costa_alta" not in flows_by_month(usual, {}).by["sent", "arrival"][0]

    run(world(NEEDED, days=60), tmp_path / "run")
    assert Results.open(tmp_path / "run").disagreements() == []


def test_where_diversion_is_short_brokers_offer_more_and_then_less_again():
    plan = world(NEEDED, days=500).with_policy(
        "precursor_control", ports=["costa_alta"], start="2025-01-20", end="2025-07-01", share=0.9
    )
    model, offers = SmugglingModel(plan), []
    while model.day < 500:
        model.step()
        offers.append(model.supply.offer["highlands"])
    assert offers[19] == 10.0
    assert max(offers) > 30.0
    assert offers[-1] < 12.0


def test_a_second_gateway_takes_what_the_first_may_not_bring():
    """Regulation at one gateway alone moves diversion to the other."""
    two = with_terms("gateways: [costa_alta, puerto_sereno]")

    def by_gate(model: SmugglingModel) -> dict[str, int]:
        loads = [load for load in model.cargo.all if load.commodity == PRECURSORS and load.planned > 30]
        return {gate: sum(load.route.arrival == gate for load in loads) for gate in ("costa_alta", "puerto_sereno")}

    free = by_gate(lived(two, days=250))
    plan = world(two, days=250).with_policy("precursor_control", ports=["costa_alta"], start="2025-01-01", share=0.95)
    bound = by_gate(live(plan))
    assert free["costa_alta"] > 5
    assert bound["costa_alta"] < free["costa_alta"]
    assert bound["puerto_sereno"] > free["puerto_sereno"]


@pytest.mark.parametrize("places", ["[costa_alta]", "[costa_alta, puerto_sereno]"])
def test_nothing_is_ordered_by_a_gateway_that_is_shut(places):
    """A lot may be left there of what could be diverted before; ordered after all, it would be on its way for good."""
    shut = f"disruptions=[{{name: Shut, start: 2025-02-15, places: {places}}}]"
    two = with_terms("gateways: [costa_alta, puerto_sereno]")
    model = live(world(two, shut, days=120), mode="thinned")
    lots = [load for load in model.cargo.all if load.commodity == PRECURSORS and load.planned >= 45]
    assert {load.route.arrival for load in lots} == ({"puerto_sereno"} if places == "[costa_alta]" else set())


@pytest.mark.parametrize(
    ("gateways", "arrive"),
    [("", ("costa_alta",)), ("gateways: [puerto_sereno]", ("puerto_sereno",)),
     ("gateways: [puerto_sereno, costa_alta]", ("costa_alta", "puerto_sereno"))],
)  # fmt: skip
def test_precursors_arrive_at_the_ports_named_or_at_the_largest_of_the_producers(gateways, arrive):
    assert world(with_terms(gateways)).precursor_gateways() == arrive


def test_a_country_without_a_port_uses_the_largest_of_the_others():
    inland = "geography.production_areas.highlands.country=XZ"
    assert world(NEEDED, inland).precursor_gateways() == ("costa_alta",)
    assert world(inland).precursor_gateways() == ()


@pytest.mark.parametrize(
    ("settings", "policy", "says"),
    [
        ((with_terms("gateways: [costa_altta]"),), None, "did you mean costa_alta?"),
        ((with_terms("gateways: [nordhaven]"),), None, "is a destination port"),
        ((), "[costa_alta]", "give the commodity `precursors` first"),
        ((NEEDED,), "[puerto_sereno]", "they arrive at costa_alta"),
    ],
)
def test_places_where_no_precursors_can_arrive_are_named(settings, policy, says):
    policies = "[]" if policy is None else f"[{{kind: precursor_control, ports: {policy}, start: 2025-02-01}}]"
    with pytest.raises(InvalidScenario, match=re.escape(says)):
        world(*settings, f"policies={policies}")


def test_an_area_that_no_gateway_reaches_is_named():
    with pytest.raises(ValueError, match=r"no way leads from the gateways of precursors \(costa_alta\) to highlands"):
        SmugglingModel(world(NEEDED, "transport.road.reach_km=50"))


def test_a_scenario_says_what_laboratories_need():
    told = " ".join(describe(world(NEEDED)).split())
    assert "they need precursors" in told
    assert "declared as other goods, by way of Costa Alta" in told
    assert "they never lack chemicals" in " ".join(describe(world()).split())
