"""What was published on recruitment and arrests in criminal groups.

Prieto-Curiel, Campedelli and Hope (2023), Science 381(6664), with the rates and ties of their published code. Values of
the equation are those that it has from a start that is not random; theirs is, so they allow 1 to 2 %.
"""

import pytest
from scipy import stats

import sim
from sim.world.membership import Membership
from tests.field.pairs import told

PATHS = 40
POLICIES = {
    "as before": {},
    "twice the arrests": {"incapacitation": 2.0},
    "half the recruitment": {"recruitment": 0.5},
    "no recruitment": {"recruitment": 0.0},
}
EXPECTED = {  # five years after 2022: members, casualties a week
    "as before": (213_745, 169.4),
    "twice the arrests": (184_036, 126.4),
    "half the recruitment": (156_683, 92.3),
    "no recruitment": (113_274, 48.8),
}
IN_2022 = (173_837, 124.3)


@pytest.fixture(scope="module")
def equation():
    return sim.membership()


@pytest.fixture(scope="module")
def people():
    return sim.membership(replicates=PATHS)


def end(path) -> tuple[float, float]:
    """Members and casualties a week at the end of a path of the equation."""
    last = path.table().iloc[-1]
    return float(last["members"]), float(last["killed"])


def ends(path):
    """The last week of every path."""
    table = path.table()
    return table[table["week"] == table["week"].max()]


def test_the_decade_is_the_published_one(equation):
    """115,000 members in 2012 and between 160,000 and 185,000 in 2022, with 350 to 370 recruits a week at the least."""
    first, last = (equation.table().iloc[at] for at in (0, -1))
    assert first["members"] == pytest.approx(115_000)
    assert (first["recruits"], first["killed"]) == pytest.approx((290.66, 67.2), rel=0.02)
    assert last["members"] == pytest.approx(IN_2022[0], rel=0.02)
    assert (last["recruits"], last["killed"], last["saturated"]) == pytest.approx((439.4, 124.3, 64.1), rel=0.02)
    assert equation.members[0, -1].max() / last["members"] == pytest.approx(0.165, rel=0.02)
    assert equation.table()["recruits"].mean() > 350.0


@pytest.mark.parametrize("policy", POLICIES)
def test_five_years_of_each_policy_come_to_the_published_numbers(equation, policy):
    assert end(equation.then(260, **POLICIES[policy])) == pytest.approx(EXPECTED[policy], rel=0.02)


def test_against_today_only_less_recruitment_lowers_violence_against_no_policy_arrests_do_too(equation):
    """More arrests: members and casualties above those of 2022, and below those without the policy."""
    without, arrests, prevention = (
        end(equation.then(260, **POLICIES[name])) for name in ("as before", "twice the arrests", "half the recruitment")
    )
    for measure in (0, 1):
        assert prevention[measure] < IN_2022[measure] < arrests[measure] < without[measure]


def test_whole_people_have_the_equation_within_the_interval_of_their_mean(people):
    found = ends(people)
    assert people.one_by_one
    for measure, expected in zip(("members", "killed"), IN_2022, strict=True):
        mean = told(found[measure])
        assert mean.low < expected < mean.high, (measure, mean)


@pytest.mark.parametrize("policy", POLICIES)
def test_so_have_they_five_years_into_each_policy(people, policy):
    found = ends(people.then(260, **POLICIES[policy]))
    for measure, expected in zip(("members", "killed"), EXPECTED[policy], strict=True):
        mean = told(found[measure])
        assert mean.low < expected < mean.high, (measure, mean)


def test_recruits_that_come_by_themselves_make_a_poisson_number_of_members():
    """M/G/infinity: 12 recruits a month who stay for 30 months on average are a Poisson number of mean 360."""
    weeks_a_month = 365.25 / 12 / 7
    plan = Membership(
        groups=1, ties=False, members=360, recruitment=0, incapacitation=0, conflict=0, saturation=0,
        arrivals=12 / weeks_a_month, departure=1 / (30 * weeks_a_month),
    )  # fmt: skip
    found = sim.membership(plan, weeks=1000, replicates=1000).members[:, -1, 0]
    mean = told(found)
    assert mean.low < 360.0 < mean.high
    spread = found.var(ddof=1) / 360.0  # of Poisson numbers: chi-square over 999
    assert stats.chi2.ppf(0.005, 999) < 999 * spread < stats.chi2.ppf(0.995, 999)
