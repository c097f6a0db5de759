"""Boats in distress: who is rescued, who is lost, and what becomes of those who are brought in."""

import numpy as np

from sim.kernels.loads import STOPPED_ASHORE
from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.study import measures
from sim.study.run import live
from tests.promises.recomputed import wrong_with

PORTS = ("costa_alta", "puerto_sereno", "nordhaven", "westmole")
BOATS, ZONES = ("wooden_boat", "inflatable"), ("near_waters", "far_waters")
QUIET = (
    "commodities.cocaine.trade_share=0", "transport.sea_distances=[]", "policies=[]",
    *(f"geography.ports.{port}.teu_thousand=0" for port in PORTS), "transport.road.origin_seizure=0",
    "transport.road.destination_seizure=0",
)  # fmt: skip
ALWAYS = tuple(f"transport.small_craft.boats.{boat}.distress=20" for boat in BOATS)
"""Nearly certain on each stretch of the crossing."""
PAID = "commodities.crossing.paid_before=0.9"  # so that networks put people to sea whatever happens to them
NOBODY = tuple(f"waters.{zone}.patrol_units=0" for zone in ZONES)
EVERYWHERE = (
    *(f"waters.{zone}.{what}" for zone in ZONES for what in ("patrol_units=40", "cued_area=0.000001")),
    *(f"transport.small_craft.boats.{boat}.calls=1" for boat in BOATS),
)


def crossed(*settings: str) -> tuple[SmugglingModel, dict[str, int]]:
    model = live(load("two_coasts_people", days=100, overrides=(*QUIET, PAID, *settings)), mode="thinned")
    return model, model.ledger.balance["crossing"]


def fatal(chance: float) -> tuple[str, ...]:
    return tuple(f"transport.small_craft.boats.{boat}.fatal={chance}" for boat in BOATS)


def test_where_nobody_comes_those_in_distress_are_lost_or_drift_on():
    _, lost = crossed(*ALWAYS, *NOBODY, *fatal(1))
    assert lost["lost"] > 0 == lost["delivered"] == lost["safety"]
    _, adrift = crossed(*ALWAYS, *NOBODY, *fatal(0))
    assert adrift["delivered"] > 0 == adrift["lost"] == adrift["safety"]


def test_whoever_finds_them_rescues_them_and_some_state_takes_them_in():
    model, books = crossed(*ALWAYS, *EVERYWHERE, *fatal(1), *(f"waters.{zone}.returns=0" for zone in ZONES))
    assert books["safety"] > 0 == books["lost"]
    assert model.chronicle.patrolled.sum(axis=(0, 1))[-1] == books["safety"]  # rescued at sea, all of them
    assert model.chains.waiting[0].chance > 0.9  # they are where they wanted to go
    assert sum(cartel.earned_cents for cartel in model.cartels) > 0


def test_who_is_returned_waits_again_and_pays_nobody():
    model, books = crossed(*ALWAYS, *EVERYWHERE, *fatal(1), *(f"waters.{zone}.returns=1" for zone in ZONES))
    assert books["safety"] == books["delivered"] == 0
    assert model.ledger.today["crossing"].keys() >= {"returned"}
    assert model.chains.waiting[0].chance < 0.8
    assert sum(cartel.earned_cents for cartel in model.cartels) == 0


def test_units_that_rescue_are_busy_and_cannot_board():
    """Two flows share the ships of a zone: what they do for one they cannot do for the other."""
    model, _ = crossed(*ALWAYS, *EVERYWHERE)
    assert (model.fleet.rows["free"] > 0).any()


def test_nobody_seizes_people_or_arrests_them():
    model, books = crossed(*EVERYWHERE)
    assert books["seized"] == 0 < books["safety"] + books["stock"]
    people = model.cargo.rows["people"]
    assert people.all()
    assert set(model.cargo.rows["outcome"].tolist()) <= {1, 3, 4, 7, 8}
    assert model.chronicle.patrolled[:, :, 3:5].sum() == 0  # no craft seized, and no grams


def test_who_is_stopped_before_the_sea_is_neither_intercepted_nor_returned():
    """On the beach and on the road there: they go back to where they waited, and never were at sea."""
    plan = load("two_coasts_people", days=100, overrides=(*QUIET, PAID, "transport.road.origin_seizure=1"))
    coasts = ["long_beach", "mangrove_coast"]
    model = live(plan.with_policy("border_integrity", docks=coasts, stopped=1, start=plan.start), mode="thinned")
    people = {name: np.asarray(column) for name, column in measures.tables(model)["people"].items()}
    assert people["stopped_ashore"].sum() > 0
    for never in ("intercepted", "rescued", "returned", "lost", "arrived", "person_days_at_sea"):
        assert people[never].sum() == 0, never
    ended = model.cargo.rows[model.cargo.rows["outcome"] == STOPPED_ASHORE]
    assert not ended["returned"].any()
    assert model.chains.waiting[0].chance == plan.commodities["crossing"].chance  # no news comes of them
    assert wrong_with(model) == []


def test_who_is_never_taken_to_sea_goes_back_and_is_not_lost():
    model, books = crossed("rivalry.crews_per_coast=1", "rivalry.push_out=0.2", *fatal(0))
    columns = model.ledger.columns()
    back = [grams for event, grams in zip(columns["event"], columns["grams"], strict=True) if event == "went_back"]
    assert back
    assert books["lost"] == 0
    people = measures.tables(model)["people"]
    assert people["went_back"].sum() == sum(back)
    assert 0 < people["departed_again"].sum() < people["departed"].sum()
