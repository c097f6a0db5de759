"""Authorities act on evidence, never on truth: what is inside a container changes nothing before it is scanned."""

import numpy as np
import pytest

from sim.kernels.boxes import ARRIVED, BLIND, CHOSEN, HIGH_RISK, RELEASED, Contaminated, Scanners
from sim.model import SmugglingModel
from sim.world.clearance import Lessons
from tests.promises.worlds import lived, world

BUSY = (
    "customs.imports.scan_share=0.2", "customs.exports.scan_share=0.2", "customs.posts={}",
    "organisations.coastal.count=8",
)  # fmt: skip


def heavier(shows):
    return np.ones_like(shows)


def lighter(shows):
    return np.zeros_like(shows)


def contrary(shows):
    return 1.0 - shows


@pytest.mark.parametrize("change", [heavier, lighter, contrary])
def test_customs_cannot_see_inside_a_container(change):
    """Change how well scanners see every load, heavy or light: at every control, on every day, the same boxes are
    chosen. Nothing else of what is inside reaches a control; a tip is what intelligence said of the box."""
    assert Contaminated._fields == ("first", "place", "word", "concealment", "shows", "tip")
    model = SmugglingModel(world(*BUSY, days=120))
    clearance, chosen, met = model.clearance, 0, 0
    truly = clearance.clear

    def twice(day, dirty, rules, lessons):
        nonlocal chosen, met
        before = [values.copy() for values in (*clearance.scanners, clearance.high_risk_mean)]
        other = truly(day, dirty._replace(shows=change(dirty.shows)), rules, Lessons(*map(np.copy, lessons)))
        clearance.scanners, clearance.high_risk_mean = Scanners(*before[:-1]), before[-1]
        found = truly(day, dirty, rules, lessons)
        columns = [ARRIVED, HIGH_RISK, CHOSEN, BLIND]
        assert np.array_equal(other.tally[:, columns], found.tally[:, columns])
        assert np.array_equal(other.fates > RELEASED, found.fates > RELEASED)
        assert np.array_equal(other.wait_hours, found.wait_hours)
        met, chosen = met + len(dirty.word), chosen + int((found.fates > RELEASED).sum())
        return found

    clearance.clear = twice
    while model.day < 120:
        model.step()
    assert 10 < chosen < met - 10


def test_officers_learn_from_what_was_inspected_and_from_nothing_else():
    """Where nothing is ever inspected nobody learns, however much passes."""
    model = lived("customs.imports.scan_share=0", "customs.exports.scan_share=0", "customs.posts={}", days=120)
    for officer in model.agents_by_type[_kind(model)]:
        assert np.array_equal(officer.weights, officer.start)
    assert sum(load.outcome == "delivered" for load in model.cargo.all) > 10


def test_the_points_of_a_box_come_from_its_documents_and_from_intelligence():
    """Every piece of evidence is something that a customs file shows."""
    model = SmugglingModel(world())
    names = model.clearance.evidence.names()
    assert len(names) == model.clearance.evidence.width == model.staff.points.shape[1]
    families = ("far end", "cargo", "shipper", "manifest anomaly", "routing anomaly", "seal anomaly", "tip", "no tip")
    assert all(name.startswith(families) for name in names)


def _kind(model):
    return next(kind for kind in model.agents_by_type if kind.__name__ == "CustomsOfficer")
