"""Figures of comparisons hold the numbers of the comparison, and say where its intervals hold 0."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sim
from sim.report import style
from sim.report.fans import BANDS, fan, too_short
from sim.report.moved import changes, spots
from sim.report.paired import FIGURES, SHOWN, draw
from sim.report.style import png, svg
from sim.report.weighing import traded
from sim.report.worlds import best_told
from sim.study.comparison import Comparison
from sim.study.effects import GOALS
from sim.study.totals import PEOPLE


def made_up(costs, delivered):
    """A comparison of worlds with these costs and kilograms by replicate; nothing else is known of it."""
    runs = pd.DataFrame(
        {"world": world, "replicate": number, "policy_cost_usd": costs[world], "delivered_kg": kg}
        for world, values in delivered.items()
        for number, kg in enumerate(values)
    )
    return Comparison(tuple(delivered), runs, pd.DataFrame(), pd.DataFrame(), {})


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_the_same_every_time(study, name):
    first, again = (svg(draw(study, name)[0], name.replace("_", "-")) for _ in range(2))
    assert first == again
    ET.fromstring(first)


def test_an_unknown_figure_is_named_with_the_known_ones(study):
    with pytest.raises(ValueError, match=r"pie is not a figure of a comparison; known are effects, over_time"):
        sim.plot(study, "pie")


def test_the_forest_plot_shows_every_world_at_its_changes_in_per_cent(study):
    _, ax = draw(study, "effects")
    dots = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    assert list(dots) == ["screened", "patrols", "again"]
    effect = study.effects("patrols", ["seized_kg"])[0]
    shown = [label.get_text() for label in ax.get_yticklabels()]
    place = shown.index(SHOWN["seized_kg"])
    assert dots["patrols"].get_xdata()[place] == pytest.approx(100 * effect.difference / effect.baseline)
    assert len({line.get_marker() for line in dots.values()}) == len({line.get_color() for line in dots.values()}) == 3
    assert set(SHOWN) <= set(GOALS) | {"lost_kg", "boxes_scanned", *PEOPLE}


def test_marks_of_worlds_never_repeat():
    many = [style.mark(number) for number in range(30)]
    assert len(set(many)) == 30
    assert len({colour for colour, _ in many[: len(style.MARKS)]}) == len(style.MARKS)


def test_a_fan_is_made_of_the_paired_differences(study):
    found = fan(study, "patrols", "seized_kg")
    gap = study.path("seized_kg", "patrols")[1] - study.path("seized_kg", "no policy")[1]
    assert found.median == pytest.approx(np.median(gap, axis=0))
    assert found.mean[0] == pytest.approx(gap.mean(axis=0))
    assert found.bands.shape == (len(BANDS), 2, len(found.months))
    wide, _, narrow = found.bands
    assert (wide[0] <= narrow[0]).all()
    assert (narrow[1] <= wide[1]).all()
    before = found.months < np.datetime64("2025-03")
    assert before.sum() == 2
    assert (found.bands[:, :, before] == 0).all(), "nothing differs before the policy starts"


def test_months_without_a_value_are_left_open(study):
    found = fan(study, "patrols", "interception_share")
    gaps = study.path("interception_share", "patrols")[1] - study.path("interception_share", "no policy")[1]
    empty = np.isfinite(gaps).sum(axis=0) < 2
    assert np.isnan(found.median[empty]).all()
    assert np.isfinite(found.median[~empty]).all()


def test_a_month_of_a_few_days_is_left_out_of_a_fan():
    """A rate for a year from four days would be the largest of all, by chance."""
    months = np.array(["2025-01", "2025-02", "2025-03"], "datetime64[M]")
    spans = {(date(2025, 1, 1), date(2025, 3, 4)): [False, False, True],
             (date(2025, 1, 25), date(2025, 3, 31)): [True, False, False],
             (date(2025, 1, 30), date(2025, 2, 2)): [False, False]}  # fmt: skip
    for (first, last), short in spans.items():
        found = too_short(SimpleNamespace(first=first, last=last), months[: len(short)])
        assert found.tolist() == short


def test_places_on_the_map_are_those_that_changed_and_filled_where_that_is_sure(study):
    found = changes(study, "patrols")
    for by in ("departure", "arrival", "zone"):
        table = study.displacement("patrols", by)
        shown = {each.place: each for each in found if each.by == by}
        assert {place: each.kg for place, each in shown.items()} == pytest.approx(
            table.loc[table["change_kg"] != 0, "change_kg"].to_dict()
        )
        for place, each in shown.items():
            assert each.sure == (table.loc[place, "low"] > 0 or table.loc[place, "high"] < 0)
    assert changes(study, "again") == []


def test_a_sea_zone_without_a_middle_lies_amid_its_coasts():
    where = spots(sim.load("two_coasts"))
    assert where["middle_sea"] == pytest.approx(((-15.5 + 43.5) / 2, (-19.8 - 24.5) / 2))
    assert where["nordhaven"] == (46.0, -22.0)


def test_a_map_needs_to_know_where_places_lie():
    with pytest.raises(ValueError, match="does not know its scenarios"):
        draw(made_up({"a": 0, "b": 1}, {"a": [1.0, 2.0], "b": [0.0, 1.0]}), "displacement_map")


def test_worlds_that_another_beats_in_both_have_no_ring():
    """Prevented: 0, 10, 20 and 5 kg for 0, 3, 5 and 4 million: the last is beaten by the second."""
    costs = {"first": 0.0, "cheap": 3e6, "dear": 5e6, "beaten": 4e6}
    delivered = {"first": [100, 110], "cheap": [90, 100], "dear": [79, 91], "beaten": [95, 105]}
    found = {each.name: each for each in traded(made_up(costs, delivered))}
    assert {name: each.best for name, each in found.items()} == {
        "first": True, "cheap": True, "dear": True, "beaten": False,
    }  # fmt: skip
    assert found["dear"].prevented.value == pytest.approx(20)
    assert found["dear"].prevented.high - 20 == pytest.approx(12.706 * 1.0, rel=1e-3), "t of 1 degree, error 1"
    assert found["dear"].cost == (5e6, 5e6, 5e6)


def marks_of(fig, axis):
    """The boxes of the marks at an axis that are within it, once the figure has found its layout."""
    png(fig, dpi=100)
    low, high = sorted(axis.get_view_interval())
    return [tick.label1.get_window_extent() for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@pytest.mark.parametrize(("delay", "apart"), [(0, 0), (0.0057, 0.0012), (-0.1234, 0.01), (0.0, 0.0041), (12345, 9876)])
def test_marks_of_the_trade_off_do_not_lie_on_each_other(delay, apart):
    study = made_up({"a": 0.0, "b": 3.4e7}, {"a": [1.0, 2.0], "b": [900.0, 2.0]})
    study = replace(study, runs=study.runs.assign(delay_hours_mean=[0, 0, delay, delay + apart]))
    fig, _ = draw(study, "trade_off")
    for ax in fig.axes:
        boxes = marks_of(fig, ax.xaxis)
        assert len(boxes) > 2
        assert not any(one.overlaps(other) for one, other in pairwise(boxes))


def test_a_trade_off_of_nothing_has_axes_of_one_unit_and_a_title_that_fits():
    long = "a world with a name that is long enough to run out of any figure, as names of worlds may do"
    study = made_up({long: 0.0, "b": 0.0}, {long: [7.0, 9.0], "b": [7.0, 9.0]})
    fig, ax = draw(replace(study, runs=study.runs.assign(delay_hours_mean=0.1)), "trade_off")
    fig.draw_without_rendering()
    assert [ax.get_xlim(), ax.get_ylim()] == [(-1.0, 1.0)] * 2
    assert fig.legends[0].get_window_extent().x1 < fig.bbox.x1


def test_the_table_of_chances_tells_each_against_each(study):
    _, ax = draw(study, "ranking")
    told = [text.get_text() for text in ax.texts]
    assert told.count("–") == len(study.names)
    assert len(told) == len(study.names) * (len(study.names) + 1)
    best = study.ranking().index[0]
    assert ax.get_yticklabels()[0].get_text() == f"1. {best}"


ALIKE = {"a": [2.0, 4.0, 3.0], "b": [2.0, 4.0, 3.0], "c": [2.0, 4.0, 3.0]}


def test_no_world_is_told_as_the_best_of_those_that_come_to_the_same():
    alike = made_up(dict.fromkeys(ALIKE, 0.0), ALIKE)
    assert best_told(alike, "delivered_kg") == (
        "All 3 worlds come to the same mean, by delivered kg: none of them is the best."
    )
    two = made_up(dict.fromkeys(ALIKE, 0.0), ALIKE | {"a": [5.0, 9.0, 6.0]})
    assert best_told(two, "delivered_kg").startswith("b and c come to the same mean, the best of 3 worlds")
    assert best_told(two, "delivered_kg").endswith("that b is better than the next, a, is 98\u00a0%.")
    one = made_up(dict.fromkeys(ALIKE, 0.0), ALIKE | {"a": [1.0, 3.0, 2.5]})
    assert best_told(one, "delivered_kg").startswith("a has the best mean of 3 worlds")


def test_the_table_of_chances_says_which_worlds_tie_and_what_is_better_by_the_goal_of_the_total():
    costs = {"a": 5.0, "b": 5.0, "c": 5.0}
    for measure, goal in (("policy_cost_usd", "less is better"), ("delivered_kg", "less is better")):
        fig, ax = draw(made_up(costs, ALIKE), "ranking", measure=measure)
        assert fig.get_suptitle().endswith(goal)
        assert [label.get_text() for label in ax.get_yticklabels()] == ["1. a", "2. b (as 1)", "3. c (as 1)"]
    seized = made_up(costs, ALIKE)
    seized = replace(seized, runs=seized.runs.rename(columns={"delivered_kg": "seized_kg"}))
    assert draw(seized, "ranking", measure="seized_kg")[0].get_suptitle().endswith("more is better")


def test_the_start_of_a_policy_is_marked(study):
    _, ax = draw(study, "over_time", other="patrols")
    dashed = [line for line in ax.lines if line.get_linestyle() == "--" and len(set(line.get_xdata())) == 1]
    assert [np.datetime64(int(line.get_xdata()[0]), "D").item() for line in dashed] == [date(2025, 3, 1)]
