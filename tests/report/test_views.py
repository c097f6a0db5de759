"""What figures and sentences are made from adds up to what the tables hold."""

import re

import numpy as np
import pytest
from matplotlib.dates import date2num

from sim.report import telling, views
from sim.report.figures import draw
from sim.report.style import svg
from sim.report.words import change
from tests.report import made_up


def test_the_funnel_ends_with_all_that_was_dispatched(results):
    first, *others = views.funnel(results)
    assert first.kg == pytest.approx(results.kpis["dispatched_kg"])
    assert sum(step.kg for step in others) == pytest.approx(first.kg)
    assert others[-1].kg == pytest.approx(results.kpis["delivered_kg"])
    assert next(step.kg for step in others if step.kind == "under_way") == pytest.approx(results.kpis["in_transit_kg"])


def test_seizures_by_place_are_all_seizures(results):
    table = views.seized_by_place(results)
    assert table.to_numpy().sum() == pytest.approx(results.kpis["seized_kg"])
    assert (np.diff(table.sum(axis=1)) <= 0).all()
    assert {"BEANR", "ECGYE", "caribbean", "far"} <= set(table.index)
    assert table.loc["BEANR", "import"] == table.loc["BEANR"].sum()
    assert table.loc["ECGYE", "export"] == table.loc["ECGYE"].sum()
    assert table.loc["caribbean", "sea"] == table.loc["caribbean"].sum()
    assert table.loc["far", "inland"] == table.loc["far"].sum()


def test_periods_add_up_to_the_run(results, calm):
    for run, word in ((results, "month"), (calm, "week")):
        table, period = views.by_period(run)
        assert period == word
        assert table["days"].sum() == run.manifest["days"]
        assert table["seized"].sum() == pytest.approx(run.kpis["seized_kg"] / 1000)


def test_periods_that_are_cut_short_are_drawn_and_told_as_short_as_they_are(results, calm):
    """The first week of a run that begins on a Saturday has two days."""
    table, _ = views.by_period(calm)
    assert table["days"].tolist() == [2, *[7] * 12, 4]
    _, ax = draw(calm, "flow")
    starts, widths = zip(*((bar.get_x(), bar.get_width()) for bar in ax.containers[0]), strict=True)
    assert starts[0] == date2num(made_up.START) == ax.get_xlim()[0]
    assert widths == pytest.approx(0.86 * table["days"])
    assert telling.flow_told(calm)[-2:] == [
        "The first week has no more than 2 days.",
        "The last week has no more than 4 days.",
    ]
    assert telling.flow_told(results)[-1] == "The last month has no more than 15 days."
    assert telling.cut_short([1], "week") == ["The only week has no more than 1 day."]


def test_displacement_parts_at_the_first_policy(results):
    found = views.displacement(results)
    cut = made_up.first_start(500)
    loads = results.consignments
    sent = loads[loads["dispatched_day"] >= 0]
    before = sent.loc[sent["dispatched_day"] < cut, "grams"].sum() / 1000 / cut * views.DAYS_PER_MONTH
    after = sent.loc[sent["dispatched_day"] >= cut, "grams"].sum() / 1000 / (500 - cut) * views.DAYS_PER_MONTH
    assert found.policy.mark == "P1"
    assert found.total_before_kg == pytest.approx(before)
    assert found.total_before_kg + found.total_change_kg == pytest.approx(after)
    assert found.table["share_kg"].sum() == pytest.approx(found.total_change_kg)


def test_a_change_shared_by_all_displaces_nothing(results):
    found = views.displacement(results)
    evenly = found.table.assign(change_kg=found.table["share_kg"])
    assert views.displaced_kg(views.Displacement(evenly, found.before, found.after, None)) == 0
    moved = evenly.assign(change_kg=evenly["share_kg"] + np.array([100.0, -100.0, *[0.0] * (len(evenly) - 2)]))
    assert views.displaced_kg(views.Displacement(moved, found.before, found.after, None)) == pytest.approx(100)


def test_without_a_policy_the_first_part_stands_against_the_last(calm):
    found = views.displacement(calm)
    assert found.policy is None
    assert (found.before[1] - found.before[0]).days == (found.after[1] - found.after[0]).days == 44


def test_policies_in_force_from_the_first_day_are_not_told_as_none(calm, tmp_path):
    text = re.sub(r"    start: \S+", "    start: 2022-01-01", made_up.scenario_text(60))
    run = made_up.run(tmp_path / "run", days=60, scenario_text=text)
    assert {policy.start for policy in run.scenario.policies} == {made_up.START}
    assert telling.displacement_told(run)[-1].startswith("All policies are in force from the first day on")
    assert telling.displacement_told(calm)[-1].startswith("No policy is in force")


def test_only_loads_that_are_known_to_have_set_out_to_sea_are_flows(results):
    loads = results.consignments[results.consignments["dispatched_day"] >= 0]
    stopped = loads.loc[loads["outcome_checkpoint"].astype("str").str.endswith(" export"), "grams"].sum() / 1000
    still = views.under_way_kg(results)
    all_flows = views.flows(results, most=10_000)
    assert still > 0
    assert sum(flow.kg for flow in all_flows) == pytest.approx(loads["grams"].sum() / 1000 - stopped - still)
    assert not any(flow.bundled for flow in all_flows)


@pytest.mark.parametrize(
    ("outcome", "place", "checkpoint"),
    [("lost", "departure", ""), ("seized", "departure", "port"), ("seized", "guajira", "road"), ("under_way", "", "")],
)
def test_loads_that_never_left_and_loads_of_which_it_is_not_known_are_no_flow(tmp_path, outcome, place, checkpoint):
    made = made_up.tables(60, policies=False)
    loads = made["consignments"]
    loads["outcome"][:], loads["outcome_checkpoint"][:] = outcome, checkpoint
    loads["outcome_place"] = loads["departure"] if place == "departure" else np.full(len(loads["grams"]), place, object)
    run = made_up.run(tmp_path / "run", days=60, policies=False, tables=made)
    assert views.flows(run) == []
    told = telling.map_told(run)
    assert told[0] == "No load is known to have set out across the ocean within the run."
    assert ("how far they had come is not recorded" in " ".join(told)) == (outcome == "under_way")
    assert "in containers" not in svg(draw(run, "map")[0], "map")


def test_many_flows_are_bundled_by_region_without_losing_any(results):
    bundles = views.flows(results, most=60)
    assert len(bundles) <= 60
    assert any(flow.bundled for flow in bundles)
    assert sum(flow.kg for flow in bundles) == pytest.approx(sum(flow.kg for flow in views.flows(results, most=10_000)))


def test_legal_trade_stands_in_the_order_of_containers_not_of_control(results):
    table = views.legal_trade(results)
    sizes = table.groupby("port", sort=False)["boxes_arrived"].sum()
    assert (np.diff(sizes) <= 0).all()
    assert table["boxes_scanned"].sum() == results.kpis["boxes_scanned"]


def test_a_run_in_which_nothing_moves_has_empty_views(idle):
    assert views.flows(idle) == []
    assert views.seized_by_place(idle).empty
    assert len(views.seizure_sizes(idle)) == 0
    assert views.displacement(idle).table.empty


def test_no_change_has_no_sign():
    assert [change(kg, f"{abs(kg)} kg") for kg in (2, 0)] == ["+2 kg", "0 kg"]
    assert change(-2, "−2 kg") == "−2 kg"
