"""Branches: a world copied on the day on which policies part goes on as if it had been lived alone."""

from datetime import date

import numpy as np
import pytest

import sim
from sim.model import SmugglingModel
from sim.scenario.scenario import Scenario
from sim.study.arrow import as_table
from sim.study.branches import branch, days_lived, duplicate, lived, order, parting_day
from sim.study.measures import tables
from sim.study.run import born, live, until

MORE = {
    "two_coasts": ("port_capacity", {"ports": ["nordhaven"]}),
    "two_coasts_people": ("turn_backs", {"zones": ["middle_sea"]}),
    "two_coasts_finishing": ("academy", {"states": ["XC"]}),
    "two_coasts_closure": ("joint_patrols", {"zones": ["middle_sea"]}),
    "two_coasts_precursors": ("intelligence_sharing", {"states": ["XA"], "partners": ["XC"]}),
}
"""A policy for each of these worlds."""


def plain(name: str, days: int = 110) -> Scenario:
    return sim.load(name, days=days).without_policies()


def treated(name: str, day: int = 70, **more) -> Scenario:
    world = plain(name)
    kind, fields = MORE[name]
    start = date.fromordinal(world.start.toordinal() + day)
    return world.with_policy(kind, **fields, start=start, **more)


def written(model) -> dict:
    """All that a run says of itself."""
    return {name: as_table(name, columns) for name, columns in tables(model).items()}


@pytest.mark.parametrize("name", MORE)
def test_a_branch_is_what_would_have_come_of_the_policy_from_the_first_day_on(name):
    worlds = [plain(name), treated(name)]
    branched = {number: written(model) for number, model in lived(worlds, replicate=3, mode="thinned")}
    for number, world in enumerate(worlds):
        alone = written(live(world, replicate=3, mode="thinned"))
        assert branched[number].keys() == alone.keys()
        assert all(branched[number][table].equals(alone[table]) for table in alone)
    assert not all(branched[0][table].equals(branched[1][table]) for table in branched[0])


def test_it_is_known_before_in_which_order_worlds_come_and_how_many_days_are_lived(monkeypatch):
    other = plain("two_coasts_people", 20)
    late, early = (treated("two_coasts", day) for day in (90, 60))
    worlds = [plain("two_coasts"), late, other, early, plain("two_coasts")]
    days, step = [], SmugglingModel.step
    monkeypatch.setattr(SmugglingModel, "step", lambda model: (days.append(model.day), step(model)))
    assert [number for number, _ in lived(worlds, replicate=0, mode="thinned")] == order(worlds) == [3, 1, 4, 0, 2]
    assert len(days) == days_lived(worlds) == 110 + 20 + 50 + 1 + 20


def test_a_branch_leaves_what_it_comes_from_alone():
    trunk = until(born(plain("two_coasts"), mode="thinned"), date(2025, 3, 1))
    twin = branch(trunk, treated("two_coasts"))
    for _ in range(20):
        twin.step()
    alone = until(born(plain("two_coasts"), mode="thinned"), date(2025, 4, 1))
    assert all(table.equals(written(alone)[name]) for name, table in written(until(trunk, date(2025, 4, 1))).items())


def test_a_branch_holds_with_every_container_for_itself():
    worlds = [plain("two_coasts", 30), plain("two_coasts", 30).with_policy(
        "port_capacity", ports=["nordhaven"], start=date(2025, 1, 11))]  # fmt: skip
    for number, model in lived(worlds, replicate=0, mode="micro"):
        alone = written(live(worlds[number], mode="micro"))
        assert all(table.equals(alone[name]) for name, table in written(model).items())


def test_windows_on_one_array_are_windows_on_its_copy():
    whole = np.arange(6)
    whole.flags.writeable = True
    frozen = np.arange(3)
    frozen.flags.writeable = False
    thing = {"whole": whole, "part": whole[2:5], "turned": whole.reshape(2, 3).T, "frozen": frozen, "shut": whole[:2]}
    thing["shut"].flags.writeable = False
    twin = duplicate(thing)
    twin["part"][0] = 99
    assert twin["whole"].tolist() == [0, 1, 99, 3, 4, 5]
    assert twin["turned"][2, 0] == 99
    assert whole.tolist() == [0, 1, 2, 3, 4, 5]
    assert twin["frozen"] is frozen
    assert not twin["shut"].flags.writeable


def test_worlds_part_on_the_first_day_on_which_a_policy_differs():
    world = plain("two_coasts")
    early = world.with_policy("port_capacity", name="early", ports=["nordhaven"], start=date(2025, 2, 1))
    both = early.with_policy("port_capacity", name="late", ports=["westmole"], start=date(2025, 4, 1))
    assert parting_day(world, early) == date(2025, 2, 1)
    assert parting_day(early, both) == date(2025, 4, 1)
    assert parting_day(world, both) == date(2025, 2, 1)
    assert parting_day(early, early) is None
    turned = both.replaced(policies=both.policies[::-1])
    assert parting_day(both, turned) == date(2025, 2, 1)


def test_no_branch_after_policies_have_parted_or_into_another_world():
    trunk = until(born(plain("two_coasts"), mode="thinned"), date(2025, 1, 11))
    late = plain("two_coasts").with_policy("port_capacity", ports=["nordhaven"], start=date(2025, 1, 10))
    with pytest.raises(ValueError, match="part on 2025-01-10, before 2025-01-11"):
        branch(trunk, late)
    with pytest.raises(ValueError, match="more than their policies"):
        branch(trunk, plain("two_coasts").replaced(seed=2))
