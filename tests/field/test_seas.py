"""What the literature expects of small craft and the patrols that search for them."""

from functools import cache

import numpy as np
import pytest

from sim.kernels.search import BOARDED, CROSSED, DETECTED
from sim.model import SmugglingModel
from sim.study.run import live
from tests.field.pairs import SURE, Told, told
from tests.promises.worlds import BUSY, MANY_HANDS, world

pytestmark = pytest.mark.slow

PAIRS = 30
DAYS = 120
GROUPS = ("coastal", "inland")
BY_CRAFT_ALONE = (
    *BUSY,
    "transport.liner.least_boxes_per_year=1000000000",
    "transport.feeder.least_boxes_per_year=1000000000",
    "organisations.coastal.count=6",
    "waters.middle_sea.boarding=0.9",
    *(f"organisations.{group}.cells.crossings_per_week=3" for group in GROUPS),
)
"""No lane has containers enough to hide in, and who boards a craft mostly stops it."""


@cache
def sea(replicate: int, *settings: str, joint: int = 0, days: int = DAYS) -> SmugglingModel:
    plan = world(*BY_CRAFT_ALONE, *settings, days=days)
    if joint:
        plan = plan.with_policy("joint_patrols", start=plan.start, zones=["middle_sea"], units=0, from_national=joint)
    return live(plan, replicate=replicate, mode="thinned")


def arrived(model: SmugglingModel) -> int:
    """Loads that were delivered, all of them by small craft."""
    return sum(load.outcome == "delivered" for load in model.cargo.all)


def units(count: int) -> str:
    return f"waters.middle_sea.patrol_units={count}"


def mean(measure) -> Told:
    """Of a measure over replicates."""
    return told([measure(number) for number in range(PAIRS)])


def test_more_patrol_units_lower_what_small_craft_bring_with_diminishing_returns():
    """Eight units stop some, eight more stop fewer: independent random searches add exponents (Koopman 1946)."""
    first = mean(lambda number: arrived(sea(number, units(0))) - arrived(sea(number, units(8))))
    second = mean(lambda number: arrived(sea(number, units(8))) - arrived(sea(number, units(16))))
    gain = mean(
        lambda number: (
            arrived(sea(number, units(0))) - 2 * arrived(sea(number, units(8))) + arrived(sea(number, units(16)))
        )
    )
    assert first.above < SURE, first
    assert second.above < SURE, second
    assert gain.above < SURE, gain


def test_joint_units_stop_more_than_the_same_national_units_where_rights_to_board_bind():
    """Where a single state may board three craft in ten, the same ships under several flags bring fewer loads through.

    A foreign craft on the high sea is boarded with the consent of its flag state (United Nations Convention against
    Illicit Traffic 1988, article 17); bilateral agreements and joint crews give it beforehand.
    """
    bound = (units(8), "waters.middle_sea.national_rights=0.3")
    fewer = mean(lambda number: arrived(sea(number, *bound)) - arrived(sea(number, *bound, joint=8)))
    assert fewer.above < SURE, fewer


def boarded(number: int, tonnes: int, boardings: int) -> float:
    """Craft boarded over craft detected, where everything is detected and nothing but capacity is wanting."""
    model = sea(
        number, units(2), "waters.middle_sea.area_nm2=1", "waters.middle_sea.national_rights=1", *MANY_HANDS,
        f"commodities.cocaine.production_by_year={{2025: {tonnes}}}", f"commodities.cocaine.demand={tonnes // 3}",
        f"waters.middle_sea.unit.boardings_per_day={boardings}", days=60,
    )  # fmt: skip
    tally = model.chronicle.patrolled.sum(axis=(0, 1))
    return tally[BOARDED] / tally[DETECTED]


def test_with_many_crossings_boarding_capacity_saturates():
    """A larger share of the craft that are seen passes by when more come than units can board.

    Of the movements at sea that were suspected in 2014, 74 % could not be interdicted, for lack of ships (source
    kelly14).
    """
    few_against_many = mean(lambda number: boarded(number, 300, 1) - boarded(number, 3000, 1))
    assert few_against_many.above < SURE, few_against_many


def sent_by_craft(hardened: bool, number: int) -> float:
    """Share of the loads sent once organisations may have noticed that go by small craft."""
    plan = world("organisations.coastal.count=6", days=120)
    if hardened:
        much = {"scans": 40, "examinations": 40, "skill": 1.3}
        plan = plan.with_policy("port_capacity", ports=["NORTH"], start=plan.start, **much)
    model = live(plan, replicate=number, mode="thinned")
    late = model.cargo.rows[model.cargo.rows["planned"] >= 50]
    crosses = model.passage.legs["small_craft"][np.where(late["legs"] >= 0, late["legs"], 0)].any(axis=1)
    return float(crosses.mean())


def test_hardening_all_ports_moves_flow_to_small_craft():
    """Displacement by mode: what ports make dear goes by sea (Magliocca et al. 2019; Windle and Farrell 2012)."""
    more = mean(lambda number: sent_by_craft(True, number) - sent_by_craft(False, number))
    assert more.above < SURE, more


def test_detection_is_what_random_search_of_the_patrol_hours_gives():
    """Between what Koopman's formula (1946) says for the kind of craft that is hardest and easiest to see, cues
    included."""
    silent = "intelligence.seizure.chance=0", "intelligence.patrol.chance=0", "intelligence.coast=0"
    found = [sea(number, units(8), *silent).chronicle for number in range(PAIRS)]
    plan = world()
    zone, kinds = plan.waters["middle_sea"], plan.transport.small_craft.kinds.values()
    hours = told([chronicle.patrol_hours.mean() for chronicle in found]).mean
    swept = zone.unit.sweep_width_nm * zone.unit.knots * hours / 24
    by_kind = [swept * kind.visibility * zone.crossing_nm / kind.knots / zone.area_nm2 for kind in kinds]
    least, most = (
        1 - np.exp(-seen) * (1 - zone.cue) - np.exp(-seen / zone.cued_area) * zone.cue
        for seen in (min(by_kind), max(by_kind))
    )
    tallies = [chronicle.patrolled.sum(axis=(0, 1)) for chronicle in found]
    share = told([tally[DETECTED] / tally[CROSSED] for tally in tallies])
    assert least < share.low < share.high < most
