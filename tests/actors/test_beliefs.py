"""What organisations believe: learned from what they meet and hear, faded by time, and never read off the truth."""

import numpy as np
import pytest

from sim.actors.beliefs import Beliefs
from sim.actors.traits import Beliefs as Traits
from sim.kernels.loads import LOAD, STEP
from sim.model import SmugglingModel
from sim.world.columns import Records
from tests.promises.worlds import lived, world

PORTS, METHODS = 3, ("declared", "rip_on")
NAMES = ("one export", "one import", "other import", "zone sea")


def beliefs(count: int = 2, **traits) -> Beliefs:
    known = {"prior_weight": 10, "prior_risk": 0.2, "prior_risk_sea": 0.05, "weekly_memory": 0.9, "rumour": 0.1}
    return Beliefs([Traits.model_validate(known | traits)] * count, NAMES, PORTS, METHODS, ("go_fast",))


def met(row: int, *, seized: bool, owner: int = 0, concealment: int = 1) -> tuple[Records, Records]:
    """A step of the only load there is, and that load: as much of both as a belief asks about."""
    steps, loads = np.zeros(1, STEP), np.zeros(1, LOAD)
    steps["met"], steps["seized"] = row, seized
    loads["organisation"], loads["concealment"] = owner, concealment
    return steps, loads


def mean(found: Beliefs, organisation: int, row: int, method: int = 1) -> float:
    losses, passages = found.losses[organisation, row, method], found.passages[organisation, row, method]
    return losses / (losses + passages)


def test_everybody_starts_with_the_belief_of_the_scenario():
    found = beliefs()
    assert [mean(found, 0, row) for row in range(4)] == pytest.approx([0.2, 0.2, 0.2, 0.05])
    assert found.losses + found.passages == pytest.approx(np.full((2, 4, 2), 10.0))


@pytest.mark.parametrize("seized", [True, False])
def test_the_owner_learns_in_full_and_all_others_by_rumour(seized):
    found = beliefs()
    found.learn(*met(2, seized=seized))
    counts, start = (found.losses, 2.0) if seized else (found.passages, 8.0)
    assert counts[:, 2, 1] - start == pytest.approx([1.0, 0.1])
    assert (mean(found, 0, 2) > 0.2) == seized


def test_a_meeting_teaches_nothing_of_other_places_or_concealments():
    found, before = beliefs(), beliefs()
    found.learn(*met(2, seized=True, concealment=0))
    before.losses[:, 2, 0] = found.losses[:, 2, 0]
    assert np.array_equal(found.losses, before.losses)
    assert np.array_equal(found.passages, before.passages)


def test_without_rumour_nobody_hears_of_others_and_with_full_rumour_everybody_knows():
    deaf, all_ears = beliefs(rumour=0.0), beliefs(rumour=1.0)
    for found in (deaf, all_ears):
        found.learn(*met(0, seized=True))
    assert mean(deaf, 1, 0) == pytest.approx(0.2)
    assert mean(all_ears, 1, 0) == pytest.approx(mean(all_ears, 0, 0)) == pytest.approx(3 / 11)


def test_evidence_fades_by_the_weekly_memory_towards_the_starting_belief():
    found = beliefs()
    for _ in range(10):
        found.learn(*met(1, seized=True))
    gap = [found.losses[0, 1, 1] - 2.0]
    for _ in range(3):
        found.fade(0)
        gap.append(found.losses[0, 1, 1] - 2.0)
    assert gap == pytest.approx([10.0, 9.0, 8.1, 7.29])
    for _ in range(500):
        found.fade(0)
    assert mean(found, 0, 1) == pytest.approx(0.2)


def test_forgetting_is_each_organisations_own():
    found = beliefs()
    found.learn(*met(1, seized=True, owner=1))
    heard = found.losses[1].copy()
    found.fade(0)
    assert np.array_equal(found.losses[1], heard)


def test_with_a_perfect_memory_beliefs_approach_what_is_met():
    found = beliefs(weekly_memory=1.0)
    for number in range(4000):
        found.learn(*met(0, seized=number % 4 == 0))
        if number % 10 == 0:
            found.fade(0)
    assert mean(found, 0, 0) == pytest.approx(0.25, abs=0.002)


def plans(*settings: str, days: int) -> list[tuple]:
    """What was sent, in a world with other controls than its organisations can know."""
    return [
        (load.planned, load.organisation, load.grams, load.concealment, load.route.sites)
        for load in lived(*settings, days=days).cargo.all
    ]


def test_what_is_true_of_a_control_changes_no_plan_before_somebody_has_met_it():
    """The roads to the ports take days: until then scanners could be perfect or absent, nobody knows."""
    perfect = ("customs.imports.sensitivity=1", "customs.exports.sensitivity=1", "customs.exports.scan_share=1",
               "customs.imports.scan_share=1", "waters.middle_sea.patrol_units=50")  # fmt: skip
    absent = ("customs.imports.scan_share=0", "customs.exports.scan_share=0", "waters.middle_sea.patrol_units=0")
    first_meeting = _first_meeting(*perfect)

    early = plans(days=first_meeting + 1)
    assert len(early) >= 3
    assert plans(*perfect, days=first_meeting + 1) == plans(*absent, days=first_meeting + 1) == early
    assert plans(*perfect, days=120) != plans(*absent, days=120)


def _first_meeting(*settings: str) -> int:
    model = SmugglingModel(world(*settings))
    while not model.passage.encounters:
        model.step()
    return model.day - 1


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_organisations_that_meet_harder_controls_come_to_fear_them_more(seed):
    lax = lived("customs.imports.sensitivity=0.1", "customs.exports.sensitivity=0.1", f"seed={seed}", days=150)
    strict = lived("customs.imports.scan_share=1", "customs.exports.scan_share=1", "customs.imports.sensitivity=1",
                   "customs.exports.sensitivity=1", f"seed={seed}", days=150)  # fmt: skip
    fear = [(m.beliefs.losses / (m.beliefs.losses + m.beliefs.passages))[:, : m.checkpoints.n_ports].mean()
            for m in (lax, strict)]  # fmt: skip
    assert max(fear[0], 0.12) < fear[1]  # more than elsewhere, and than at the start
