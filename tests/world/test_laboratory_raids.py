"""Raids on laboratories at the source: what is made falls there and is made elsewhere, and what is left gets dearer."""

import numpy as np
import pytest

from sim.scenario.mistakes import InvalidScenario
from sim.study.run import live
from tests.promises.test_common_luck import PEOPLE
from tests.promises.worlds import world

DAYS = 90
TWO_AREAS = (
    "geography.production_areas.highlands.share=0.5",
    "geography.production_areas.valleys={name: Valleys, country: XA, lat: -16.5, lon: -14.5, share: 0.5}",
    "commodities.cocaine.laboratories={count: 200, spare: 1.2}",
)


def lived(*policy):
    plan = world(*TWO_AREAS, days=DAYS)
    for area, per_year in policy:
        plan = plan.with_policy("laboratory_raids", areas=[area], per_year=per_year, start=plan.start)
    return live(plan, mode="thinned")


def test_raids_in_one_area_move_laboratories_to_the_other_and_what_is_made_gets_dearer():
    usual, raided = lived(), lived(("highlands", 20))
    at_work = [model.supply.laboratories.at_work.tolist() for model in (usual, raided)]
    assert at_work[1][0] < at_work[0][0] / 2
    assert at_work[1][1] > at_work[0][1]
    made, price = (
        [float(np.sum(model.chronicle.daily[name][30:])) for model in (usual, raided)]
        for name in ("produced_g", "source_usd_per_kg")
    )
    assert made[1] < made[0]
    assert price[1] > price[0]


def test_raids_are_where_a_drug_is_made():
    raids = "policies=[{kind: laboratory_raids, start: 2025-01-01, areas: [highlands, town]}]"
    with pytest.raises(InvalidScenario, match=r"town is for crossing, which is made in no laboratory\. Name areas of"):
        world(*PEOPLE, raids)
