"""Removal needs more pressure than prevention: groups that are there withstand what keeps new ones from arising.

Van Elteren, Vasconcelos and Lees (2024), Scientific Reports 14:17678: criminal organisations show hysteresis; once
established they persist under conditions in which none would have formed.
"""

import sim
from sim.world.membership import Membership
from tests.field.pairs import told

PATHS, WEEKS = 30, 800
EQUAL = {"concentration": 0, "ties": False, "conflict": 0}
"""150 groups of equal size that do not fight, with the published rates of recruitment, saturation and arrests."""


def left(members: float, arrests: float) -> list[float]:
    """Share of the members at the start that is left under so many times the published arrests a week, by path."""
    plan = Membership(members=members, incapacitation=110.0 * arrests, **EQUAL)
    path = sim.membership(plan, weeks=WEEKS, replicates=PATHS)
    return (path.members[:, -1].sum(axis=1) / members).tolist()


def few(arrests: float) -> list[float]:
    """Of 10,000 members."""
    return left(10_000, arrests)


def established(arrests: float) -> list[float]:
    """Of 115,000, as there were in Mexico in 2012."""
    return left(115_000, arrests)


def test_arrests_that_keep_groups_from_arising_do_not_remove_those_that_are_there():
    """The same arrests, and twice as many: of few members nobody is left in any path, the others grow."""
    for arrests in (1.0, 2.0):
        assert not any(few(arrests))
        assert told(established(arrests)).low > 1.0, told(established(arrests))


def test_removal_takes_several_times_the_arrests_that_prevention_takes():
    """Half of the published arrests prevent; twice as many do not remove, four times as many do."""
    assert not any(few(0.5))
    assert told(established(2.0)).low > 1.0, told(established(2.0))
    assert not any(established(4.0))
