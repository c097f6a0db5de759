"""Sharing intelligence: it has value, the sooner the more; a member more adds less among many than among few."""

import functools

import numpy as np

from sim.actors.state import willingness
from sim.model import SmugglingModel
from sim.scenario.scenario import Scenario
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

PAIRS = range(30)
SETTINGS = (
    "customs.imports.tip=0.1", "customs.exports.tip=0.3", "customs.exports.examination_share=0",
    "customs.posts={}", "organisations.coastal.count=8", "organisations.coastal.beliefs.information=0",
    "organisations.inland.beliefs.information=0",
)  # fmt: skip
"""States of origin learn of many loads, and can do little about it; organisations do not adapt, so that what is
compared is what is found of the same flow."""

KNOWS_LITTLE = "customs.imports.tip=0.02", "customs.imports.scan_share=0.005"
"""Customs of destination that hardly find anything by themselves, as those whom models of others helped."""


def agreed(days: float) -> str:
    return f"cooperation={{agreements: {{one: {{states: [XA, XB, XC], probability: 0.6, days: {days}}}}}}}"


@functools.cache
def found(replicate: int, cooperation: str, *more: str) -> float:
    """Share of the loads sent in ten weeks that were found at controls and at sea."""
    model = live(world(*SETTINGS, *more, cooperation, days=75), replicate=replicate, mode="thinned")
    loads = model.cargo.rows
    return float(((loads["outcome"] == 2) & (loads["checkpoint"] >= 0)).mean())


def gains(one: str, other: str = "cooperation={}") -> list[float]:
    return [found(number, one) - found(number, other) for number in PAIRS]


def test_sharing_finds_more_at_the_same_effort():
    """What one customs administration knows helps another, among those that find a good deal by themselves too."""
    assert told(gains(agreed(1))).above < SURE


def test_who_knows_little_finds_several_times_as_much():
    """Sharing of what others know raised detection 2 to 11 times where customs had little of their own (Park et al.
    2022, with models of selection). Here: more than twice, less than eleven times as many loads are found."""
    alone, shared = ([found(number, how, *KNOWS_LITTLE) for number in PAIRS] for how in ("cooperation={}", agreed(1)))
    assert told([b - 2.0 * a for a, b in zip(alone, shared, strict=True)]).above < SURE
    assert told([b - 11.0 * a for a, b in zip(alone, shared, strict=True)]).below < SURE


def test_sharing_is_worth_more_the_sooner_it_is():
    """A load is across within weeks; what comes after it has passed is of no use to anybody."""
    assert told(gains(agreed(1), agreed(60))).above < SURE


MEMBERS = ("XA", "XB", "XC", *(f"Y{letter}" for letter in "ABCDEFGH"))
"""States of a forum in the order in which they join; those with Y have no places."""


@functools.cache
def forum_of(size: int) -> Scenario:
    """A forum of so many members who take part in full, and pass on what they were told."""
    joined = ", ".join(f"{code}: 2024-01-01" for code in MEMBERS[:size])
    declared = ", ".join(f"{code}: {{}}" for code in MEMBERS[3:])
    terms = f"members: {{{joined}}}, compliance: 0.6, first_level: 1, days: 5"
    return world(f"states={{{declared}}}", f"cooperation={{onward: true, forum: {{{terms}}}}}")


def reached(replicate: int, size: int) -> float:
    """Share of 50 items of one member that one other has within two weeks."""
    model = SmugglingModel(forum_of(size), replicate=replicate)
    model.exchange.turn(model.in_force)
    for number in range(50):
        model.intelligence.learned("lane", number, 0, "investigation")
    items = model.intelligence.rows
    return float(((items["owner"] == 1) & (items["known"] <= 14)).sum() / 50)


def test_a_member_more_adds_less_among_many_than_among_few():
    """Pattern 9: value saturates with membership. Ways from one state to another multiply, but an item counts once."""
    of = {size: np.array([reached(number, size) for number in PAIRS]) for size in (2, 5, 9, 11)}
    few, many = (of[5] - of[2]) / 3.0, (of[11] - of[9]) / 2.0
    assert told(few).above < SURE
    assert told(few - many).above < SURE


def levels(replicate: int, worth: float) -> float:
    """How far members of a voluntary forum take part after ten weeks, when a find is worth so much to them."""
    terms = (
        f"members: {{XA: 2024-01-01, destination: 2024-01-01}}, meetings_per_year: 12, find_usd: {worth}, "
        "compliance: 0.9, first_level: 0.8, days: 1, reciprocity: 0"
    )
    plan = world(*SETTINGS, f"cooperation={{forum: {{{terms}}}}}", days=75)
    model = live(plan, replicate=replicate, mode="thinned")
    return float(np.mean([state.level for state in model.exchange.members[1:]]))


def test_voluntary_participation_rises_with_the_benefit_that_states_saw():
    """A forum that binds nobody lives on what members get out of it; who gives and gets nothing gives less (free
    riding, where nothing comes back: Bali Process, Douglas and Schloenhardt 2012)."""
    much, nothing = ([levels(number, worth) for number in PAIRS] for worth in (3e6, 0.0))
    assert told([one - other for one, other in zip(much, nothing, strict=True)]).above < SURE
    assert willingness(-1e5, 1e6) < 0.5 < willingness(1e5, 1e6)
