"""Displacement: which places are treated, what they lose, what comes back elsewhere, and in which month."""

import json
import math
from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sim.cli import main
from sim.report.paired import draw
from sim.report.words import place_names
from sim.study.compare import compare
from sim.study.compared import sentence
from sim.study.comparison import Comparison
from sim.study.displacement import Treated, begins_in, displacement_ratio, treated_between
from sim.study.flows import flows_by_month
from sim.study.onset import onset
from sim.study.run import live
from tests.promises.worlds import BUSY, MANY_HANDS, world

START = date(2025, 3, 10)


# Treated places ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields", "places"),
    [
        ("port_capacity", {"ports": ["westmole"]}, ("westmole",)),
        ("port_capacity", {"ports": ["NORTH"]}, ("nordhaven", "westmole")),
        ("port_capacity", {"ports": ["XC"]}, ("westmole",)),  # not the coast in that country
        ("joint_patrols", {"zones": ["middle_sea"]}, ("middle_sea",)),
    ],
)
def test_treated_are_the_places_that_the_policy_names(kind, fields, places):
    plan = world()
    assert treated_between(plan, plan.with_policy(kind, start=START, **fields)) == (places, START, plan.end)


def test_what_both_worlds_do_is_no_treatment_and_what_only_the_first_does_is():
    both = world().with_policy("port_capacity", start=START, ports=["westmole"])
    more = both.with_policy("joint_patrols", start=date(2020, 1, 1), zones=["middle_sea"])
    for pair in ((both, more), (more, both)):
        assert treated_between(*pair) == (("middle_sea",), both.start, both.end)
    assert treated_between(both, both) == ((), None, both.end)


def test_a_world_begins_with_its_own_policies_whatever_it_is_held_against():
    plain = world()
    capacity = plain.with_policy("port_capacity", start=START, ports=["westmole"])
    patrols = plain.with_policy("joint_patrols", start=date(2025, 2, 1), zones=["middle_sea"])
    assert [begins_in(capacity, other) for other in (plain, patrols)] == [START, START]
    assert begins_in(patrols, capacity) == date(2025, 2, 1)
    assert begins_in(plain, capacity) is None
    early = plain.with_policy("joint_patrols", start=date(2020, 1, 1), zones=["middle_sea"])
    assert begins_in(early, plain) == plain.start


def test_days_count_by_calendar_month_from_the_start_to_the_end():
    assert Treated((), START, date(2025, 5, 2)).days_by_month() == {"2025-03": 22, "2025-04": 30, "2025-05": 2}
    assert Treated((), None, START).days_by_month() == {}


# Flows -------------------------------------------------------------------------------------------------------------


def test_every_load_is_told_once_by_each_side_in_the_month_of_its_sending():
    model = live(world(days=120), mode="thinned")
    sent = flows_by_month(model, {"port": ("nordhaven",), "sea": ("middle_sea",), "none": (), "all": ("highlands",)})
    assert sent.months == ("2025-01", "2025-02", "2025-03", "2025-04")
    ends = np.cumsum([31, 28, 31, 30])
    months = [
        sum(load.grams for load in model.cargo.all if at <= load.planned < end)
        for at, end in zip([0, *ends], ends, strict=False)
    ]
    assert min(months) > 0
    for side in ("departure", "arrival", "mode"):
        assert sent.by["sent", side][1].sum(axis=1).tolist() == months
    of = dict(zip(sent.by["sent", "treated"][0], sent.by["sent", "treated"][1].sum(axis=0).tolist(), strict=True))
    by_arrival = dict(
        zip(sent.by["sent", "arrival"][0], sent.by["sent", "arrival"][1].sum(axis=0).tolist(), strict=True)
    )
    by_mode = dict(zip(sent.by["sent", "mode"][0], sent.by["sent", "mode"][1].sum(axis=0).tolist(), strict=True))
    assert of == {"port": by_arrival["nordhaven"], "sea": by_mode["small_craft"], "none": 0, "all": sum(months)}
    assert sent.by["sent", "zone"][1].sum() == by_mode["small_craft"]


def test_a_load_by_way_of_a_hub_counts_as_feeder_and_past_the_hub():
    """A hub between the coasts, and no lane that leads by it."""
    hub = "{name: Hub, country: XH, region: MID, role: transit, lat: 38, lon: -25, teu_thousand: 2000}"
    lanes = [("costa_alta", "hub", 3000), ("hub", "nordhaven", 600)]
    distances = ", ".join(f"{{origin: {start}, destination: {end}, nm: {nm}}}" for start, end, nm in lanes)
    plan = world(f"geography.ports.hub={hub}", f"transport.sea_distances=[{distances}]", "trade.mixes.MID={fruit: 1}")
    sent = flows_by_month(live(plan, mode="thinned"), {"hub": ("hub",)})
    assert sent.by["sent", "mode"][0] == ("feeder", "small_craft")
    assert sent.by["sent", "treated"][1].sum() == sent.by["sent", "mode"][1][:, 0].sum() > 0


# Ratio -------------------------------------------------------------------------------------------------------------


def test_the_ratio_is_the_gain_over_the_loss_with_fiellers_interval():
    """By hand: loss 2, 4, 6 and gain 1, 1, 4; both means, and the roots of (2 - 4 r)^2 = t^2 (3 - 6 r + 4 r^2) / 3."""
    found = displacement_ratio(np.array([2.0, 4.0, 6.0]), np.array([1.0, 1.0, 4.0]), ["here"])
    assert (found.loss_kg, found.gain_kg, found.ratio) == (4.0, 2.0, 0.5)
    assert math.isnan(found.low)  # t^2 = 18.5: three such pairs do not even say that there is a loss
    many = displacement_ratio(np.tile([2.0, 4.0, 6.0], 4), np.tile([1.0, 1.0, 4.0], 4))
    t, n, xx, xy, yy = 2.200985, 12, 32 / 11, 24 / 11, 24 / 11  # 4 times the sums 8, 6 and 6 of squares and products
    for end in (many.low, many.high):
        assert (2.0 - 4.0 * end) ** 2 == pytest.approx(t * t * (yy - 2 * end * xy + end * end * xx) / n, rel=1e-5)
    assert many.low < 0.5 < many.high


def test_where_nothing_is_lost_there_is_no_ratio():
    found = displacement_ratio(np.array([-1.0, 1.0, -2.0]), np.array([1.0, 1.0, 1.0]))
    assert math.isnan(found.ratio)


@pytest.mark.parametrize("pairs", [5, 10, 30])
@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_the_interval_holds_its_level(pairs, noise):
    """In 2,000 made-up studies with a ratio of 0.6 the interval holds it in 95 %, within four standard errors."""
    luck = np.random.default_rng(pairs)
    held = 0
    for _ in range(2000):
        loss = luck.normal(2.0, noise, pairs)
        gain = 0.6 * loss + luck.normal(0.0, noise, pairs)
        found = displacement_ratio(loss, gain)
        held += math.isnan(found.low) or found.low <= 0.6 <= found.high
    assert abs(held / 2000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 2000)


@pytest.mark.parametrize("pairs", [20, 30])
def test_the_interval_nearly_holds_its_level_where_pairs_are_skewed(pairs):
    luck = np.random.default_rng(pairs)
    held = 0
    for _ in range(2000):
        loss, noise = luck.gamma(2.0, 1.0, pairs), luck.gamma(2.0, 0.5, pairs) - 1.0
        found = displacement_ratio(loss, 0.6 * loss + noise)
        held += math.isnan(found.low) or found.low <= 0.6 <= found.high
    assert 0.91 < held / 2000 < 0.97


# Months ------------------------------------------------------------------------------------------------------------

DAYS = np.full(12, 30.0)


def gains(curve: list[float], pairs: int = 20, noise: float = 0.0) -> np.ndarray:
    luck = np.random.default_rng(1)
    return np.array(curve) + luck.normal(0.0, noise, (pairs, len(curve)))


@pytest.mark.parametrize(
    ("curve", "month"),
    [
        ([10] * 12, 1),
        ([0] * 4 + [10] * 8, 6),  # months 4 to 6 hold two thirds of the final level, months 3 to 5 one third
        ([0, 4, 8, 10, 10, 10, 10, 10, 10, 10, 10, 10], 4),  # (4 + 8 + 10) / 3 > 5; before it (0 + 4 + 8) / 3 < 5
        ([0] * 12, None),
        ([10] * 6 + [-10] * 6, None),
    ],
)
def test_the_month_is_the_first_that_has_come_to_half_of_the_final_level(curve, month):
    found = onset(gains(curve), DAYS)
    assert (found.months, found.low, found.high) == (month, month, month)


def test_months_of_few_days_count_for_what_they_are():
    """The policy starts on the last three days of a month, with as much a day as ever after."""
    days = np.array([3.0, *[30.0] * 11])
    assert onset(gains(list(days)), days).months == 1


def test_noise_widens_the_interval_and_too_much_of_it_leaves_none():
    found = onset(gains([0] * 4 + [10] * 8, noise=15.0), DAYS)
    assert found.low <= found.months <= found.high
    assert found.low < found.high
    assert onset(gains([1] * 12, noise=100.0), DAYS).months is None


def test_the_interval_of_months_holds_what_many_pairs_tell():
    """In 200 made-up studies of 20 pairs the interval holds month 6 in at least 90 %."""
    luck = np.random.default_rng(3)
    curve = np.array([0] * 4 + [10] * 8)
    held = 0
    for _ in range(200):
        found = onset(curve + luck.normal(0.0, 6.0, (20, 12)), DAYS)
        held += found.low <= 6 <= (found.high or 99)
    assert held >= 180


# Whole comparisons --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def study() -> Comparison:
    """Half a year with much more control at a port, with more patrols, and with a policy that does nothing."""
    plan = world(*BUSY, *MANY_HANDS, "organisations.coastal.count=8", days=180)
    hard = plan.with_policy(
        "port_capacity", ports=["nordhaven"], start=date(2025, 2, 1), scans=20, examinations=20, skill=1.3
    )
    patrols = plan.with_policy("joint_patrols", start=START, zones=["middle_sea"], units=0)
    return compare(plan, hard, patrols, plan, names=["plain", "hard", "patrols", "again"], replicates=6)


@pytest.mark.parametrize(("flow", "total"), [("sent", "dispatched_kg"), ("delivered", "delivered_kg")])
def test_changes_by_side_add_up_to_the_change_of_the_total(study, flow, total):
    effect = study.effects("hard", [total])[0]
    for side in ("departure", "arrival", "mode"):
        table = study.displacement("hard", side, flow)
        assert table["change_kg"].sum() == pytest.approx(effect.difference)
        assert table["baseline_kg"].sum() == pytest.approx(effect.baseline)
        assert (table["low"] <= table["change_kg"]).all()
        assert (table["change_kg"] <= table["high"]).all()
        assert table["change_kg"].abs().is_monotonic_decreasing


def test_the_ratio_is_told_of_the_treated_port(study):
    found = study.displacement_ratio("hard")
    port = study.displacement("hard", "arrival").loc["nordhaven"]
    assert found.places == ("nordhaven",)
    assert found.loss_kg == pytest.approx(-port["change_kg"])
    assert found.gain_kg - found.loss_kg == pytest.approx(study.displacement("hard", "mode")["change_kg"].sum())
    assert found.low < found.ratio < found.high
    months = study.months_to_displacement("hard")
    assert 1 <= months.low <= months.months <= months.high <= 6


def test_a_policy_without_effect_displaces_nothing(study):
    for side in ("departure", "arrival", "mode", "zone"):
        assert (study.displacement("patrols", side)["change_kg"] == 0).all()
    found, months = study.displacement_ratio("patrols"), study.months_to_displacement("patrols")
    assert (found.places, found.loss_kg, found.gain_kg) == (("middle_sea",), 0.0, 0.0)
    assert math.isnan(found.ratio)
    assert months.months is None
    assert "is not beyond doubt" in sentence(study, "patrols")


def test_worlds_without_a_treated_place_have_no_ratio(study):
    assert study.displacement_ratio("again") is study.months_to_displacement("again") is None
    assert "no policy that names a place" in sentence(study, "again")


@pytest.mark.parametrize("by", ["departure", "arrival", "mode", "zone"])
def test_displacement_is_drawn_as_dots_with_intervals(study, by):
    fig, ax = draw(study, "displacement", other="hard", by=by)
    places = list(study.displacement("hard", by).sort_values("change_kg", ascending=False).index)
    called = place_names(study.scenarios[0])
    shown = [called.get(place, place.replace("_", " ")) for place in places]
    assert [label.get_text() for label in ax.get_yticklabels()] == shown
    assert len(ax.collections) == 2  # intervals and dots
    plt.close(fig)


def test_flows_are_small_and_add_up(study):
    """One row for each month and place with anything in it."""
    sent = study.flows.query("by == 'mode' and flow == 'sent'").groupby("world", observed=True)["kg"].sum()
    assert sent["plain"] == pytest.approx(study.runs.query("world == 'plain'")["dispatched_kg"].sum())
    assert (study.flows["kg"] > 0).all()
    assert not study.flows.drop(columns="kg").duplicated().any()


def test_the_command_tells_displacement_in_words_in_json_and_in_files(tmp_path, capsys):
    asked = ["compare", "two_coasts", "--policy", "Joint patrols", "--days", "200", "--replicates", "2", "--quiet"]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    for side in ("departure", "arrival", "mode", "sea zone"):
        assert f"sent, by {side} " in out
    assert "\n  Displacement from middle_sea: " in out
    lines = (tmp_path / "displacement.csv").read_text().splitlines()
    assert lines[0] == "world,flow,by,place,baseline_kg,change_kg,low,high"
    assert {line.split(",")[2] for line in lines[1:]} == {"departure", "arrival", "mode", "zone"}
    assert (tmp_path / "flows.csv").read_text().startswith("world,replicate,flow,month,by,place,kg\n")

    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["displacement"]["Joint patrols"]
    for flow in ("sent", "delivered"):
        assert told[flow]["ratio"]["places"] == ["middle_sea"]
        assert set(told[flow]["months"]) == {"months", "low", "high"}
        assert set(told[flow]["by"]["arrival"]) == {"nordhaven", "westmole", "rocky_coast"}
