"""Tiers of risk and skip-lot inspection: shares that are called up, counts that rise with clean inspections."""

import numpy as np
import pytest

from sim.kernels.boxes import ARRIVED, BLIND, CHANCE, CHOSEN, HITS
from sim.model import SmugglingModel
from sim.scenario.describe import describe
from sim.study.run import live
from sim.world.levers import PROTOCOLS
from tests.promises.worlds import world

SKIP = ("customs.imports.protocol=skip_lot", "customs.exports.protocol=skip_lot", "customs.imports.random_share=0",
        "customs.exports.random_share=0")  # fmt: skip
TIERS = tuple(setting.replace("skip_lot", "risk_tiers") for setting in SKIP)
PLENTY = ("customs.imports.scans_per_day=100000", "customs.exports.scans_per_day=100000", "customs.posts={}")


def scanned(model: SmugglingModel, first: int = 0) -> float:
    """Share of all containers that were scanned, from a day on."""
    tally = model.chronicle.tally[first:]
    return tally[:, :, CHOSEN].sum() / tally[:, :, ARRIVED].sum()


@pytest.mark.parametrize("protocol", ["skip_lot", "risk_tiers"])
@pytest.mark.parametrize("mode", ["micro", "thinned"])
def test_capacity_is_kept_and_the_random_share_stands_apart(protocol, mode):
    plan = world(f"customs.imports.protocol={protocol}", f"customs.exports.protocol={protocol}", days=40)
    model = live(plan, mode=mode)
    tally, controls = model.chronicle.tally, model.base_controls
    planned = controls.scans_per_day * 40
    assert (tally[:, :, CHOSEN].sum(axis=0) <= planned + 1).all()
    assert tally[:, :, BLIND].sum(axis=0) == pytest.approx(planned * controls.random_share, abs=1)
    assert tally[:, :, CHOSEN].sum() > tally[:, :, BLIND].sum()


@pytest.mark.parametrize("settings", [SKIP, TIERS])
def test_both_modes_make_the_same_day_of_the_boxes(settings):
    """Where boxes are called up by lot, thinned mode makes them one by one: to the last box the same."""
    ways = [live(world(*settings, days=30), mode=mode) for mode in ("micro", "thinned")]
    assert np.array_equal(*(model.chronicle.tally for model in ways))


def test_what_is_found_clean_is_called_up_less_step_by_step():
    """With hands and scanners for everything and nothing to find, all go down to the last share (Dodge 1943; Lieberman
    and Solomon 1955)."""
    shares = (1.0, 0.5, 0.25, 0.125)
    told = f"customs.imports.skip_shares={list(shares)}", f"customs.exports.skip_shares={list(shares)}"
    nothing = "commodities.cocaine.trade_share=0"
    quick = "customs.imports.clearance_number=3", "customs.exports.clearance_number=3"
    model = live(world(*SKIP, *PLENTY, *told, *quick, nothing, "commodities.cocaine.opening_stock_days=0", days=150))
    assert scanned(model, 100) == pytest.approx(shares[-1], rel=0.15)
    assert scanned(model) > scanned(model, 100)


def test_a_find_begins_the_count_of_its_like_anew():
    told = [f"customs.{side}.{what}" for side in ("imports", "exports")
            for what in ("examination_share=1", "clearance_number=100000")]  # fmt: skip
    model = live(world(*SKIP, *PLENTY, *told, days=60))
    tally, clean = model.chronicle.tally.sum(axis=0), model.clearance.scanners.clean
    assert tally[:, HITS].sum() > 5
    assert tally[:, CHOSEN].sum() == tally[:, ARRIVED].sum()
    gone = tally[:, CHOSEN].sum() - tally[:, HITS].sum() - clean.sum()
    assert gone > 0  # counts that finds have set back to nothing
    assert clean.sum() > 0.1 * tally[:, CHOSEN].sum()


def test_each_tier_of_risk_is_called_up_at_its_share():
    """Where capacity is no limit and every container counts as high, middle or low risk in turn."""
    for high, middle, share in ((-16, 0, 0.6), (16, -16, 0.2), (16, 16, 0.01)):
        told = [f"customs.{side}.{what}" for side in ("imports", "exports")
                for what in ("tier_shares=[0.6, 0.2, 0.01]", f"high_risk={high}", f"middle_risk={middle}")]  # fmt: skip
        assert scanned(live(world(*TIERS, *PLENTY, *told, days=20))) == pytest.approx(share, rel=0.02, abs=0.002)


def test_of_two_tiers_the_higher_one_is_served_first():
    """When all of a tier are called up and capacity is short, nothing of the tier below is scanned."""
    few = [f"customs.{side}.tier_shares=[1, 1, 1]" for side in ("imports", "exports")]
    tiers, by_score = (live(world(*settings, days=60)) for settings in ((*TIERS, *few), ()))
    assert tiers.clearance.by_tier[0].tolist() == [CHANCE, CHANCE, CHANCE, 0]
    hits = [model.chronicle.tally[:, :, HITS].sum() for model in (tiers, by_score)]
    assert hits[0] > 0  # far above what blind choice finds


def test_protocols_are_told_in_words():
    assert PROTOCOLS[-2:] == ("skip_lot", "risk_tiers")
    assert "whose like have long been clean" in describe(world(*SKIP), width=10_000)
    assert "three tiers of risk" in describe(world(*TIERS), width=10_000)
