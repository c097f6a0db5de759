"""Membership studies as a notebook asks for them."""

import numpy as np
import pytest

import sim
from sim.world.atlas import published
from sim.world.membership import Membership

STRANGERS = {"ties": False, "conflict": 0.0, "concentration": 0.0}


def test_the_shipped_ties_are_those_of_the_paper():
    kinds = [tie["kind"] for tie in published("membership_ties")]
    assert (kinds.count("rivalry"), kinds.count("alliance")) == (92, 91)
    tension = Membership().tension()
    assert tension.shape == (150, 150)
    assert not tension.diagonal().any()
    assert tension[149, 0] == tension[149, 1] == 1.0  # the last has no ties: everybody is a stranger


def test_a_rivalry_raises_tension_on_both_sides_and_alliances_lower_it_for_those_who_have_them():
    ties = published("membership_ties")
    first = next(tie for tie in ties if tie["kind"] == "rivalry")
    one, other, strength = int(first["group"]) - 1, int(first["other"]) - 1, float(first["strength"])
    tension = Membership().tension()
    allied = [sum(float(tie["strength"]) for tie in ties if tie["kind"] == "alliance" and str(at + 1) in
                  (tie["group"], tie["other"])) for at in (one, other)]  # fmt: skip
    assert tension[one, other] == pytest.approx((strength + 1) / (allied[0] + 1))
    assert tension[other, one] == pytest.approx((strength + 1) / (allied[1] + 1))


def test_published_ties_take_as_many_groups_as_were_published():
    with pytest.raises(ValueError, match="those of 150 groups, not of 10"):
        Membership(groups=10)


def test_a_path_goes_on_where_it_stood():
    whole, parts = sim.membership(weeks=20), sim.membership(weeks=12).then(8)
    assert parts.first_week == 12
    assert np.array_equal(whole.members[:, 12:], parts.members)
    whole, parts = (path.table() for path in (sim.membership(weeks=20, replicates=2),
                                              sim.membership(weeks=12, replicates=2).then(8)))  # fmt: skip
    later = whole[whole["week"] > 12].reset_index(drop=True)
    assert later.equals(parts[parts["week"] > 12].reset_index(drop=True))


def test_fewer_paths_than_none_cannot_be_followed():
    with pytest.raises(ValueError, match="-1 paths cannot be followed"):
        sim.membership(weeks=3, replicates=-1)


def test_a_table_has_a_row_a_replicate_and_week():
    table = sim.membership(weeks=3, replicates=2, seed=4).table()
    assert table["replicate"].tolist() == [0] * 4 + [1] * 4
    assert table["week"].tolist() == [0, 1, 2, 3] * 2
    gained = table["recruits"] - table[["incapacitated", "killed", "saturated", "left"]].sum(axis=1)
    for number in (0, 1):
        mine = table["replicate"] == number
        assert table["members"][mine].diff().dropna().tolist() == gained[mine].tolist()[1:]


def test_half_the_recruitment_is_half_as_many_recruits_at_once():
    path = sim.membership(weeks=10)
    rates = [path.then(1, recruitment=by).table()["recruits"][0] for by in (1.0, 0.5, 0.0)]
    assert rates == pytest.approx([rates[0], rates[0] / 2, 0.0])


@pytest.mark.parametrize("wrong", [{"weeks": -1}, {"weeks": 1, "recruitment": -0.5}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Give 0 or more"):
        sim.membership(weeks=1).then(**wrong)


def test_equal_groups_tip_where_the_closed_form_says():
    """C = (r -+ sqrt(r^2 - 4 w e / n)) / (2 w / n): 150 groups, arrests as published, no conflict."""
    plan = Membership(**STRANGERS)
    low, high = plan.rest_points
    assert low == pytest.approx(43_723.4, abs=0.05)
    assert plan.critical_incapacitation == pytest.approx(5_988.9, abs=0.05)

    def after(members: float) -> float:
        return float(sim.membership(plan.model_copy(update={"members": members}), weeks=520).members[0, -1].sum())

    assert after(low * 0.99) < low * 0.99
    assert after(low * 1.01) > low * 1.01
    assert after(low) == pytest.approx(low, rel=1e-6)
    assert after(high) == pytest.approx(high, rel=1e-6)


def test_a_single_group_cannot_outgrow_the_published_arrests():
    """Saturation caps one group too low: 110 arrests a week are beyond its critical 39.93."""
    plan = Membership(groups=1, members=115_000, **STRANGERS)
    assert plan.critical_incapacitation == pytest.approx(39.93, abs=0.005)
    assert plan.rest_points is None
    assert sim.membership(plan, weeks=2000).members[0, -1].sum() == 0.0


def test_groups_that_nothing_but_arrests_holds_back_have_a_size_below_which_they_die_out_and_grow_without_end():
    """120 arrests a week are as many as 48,000 members bring recruits, of 0.0025 each."""
    alone = {**STRANGERS, "groups": 10, "saturation": 0.0, "recruitment": 0.0025, "incapacitation": 120.0}
    plan = Membership(**alone)
    assert plan.critical_incapacitation == np.inf
    assert plan.rest_points == pytest.approx((48_000, np.inf))
    for members, fate in ((47_000.0, -1), (49_000.0, 1)):
        path = sim.membership(Membership(**alone, members=members), weeks=100)
        assert np.sign(path.members[0, -1].sum() - members) == fate
    assert Membership(**{**alone, "recruitment": 0.0}).rest_points is None
    assert Membership(**{**alone, "recruitment": 0.0, "incapacitation": 0.0}).rest_points == (0.0, 0.0)
