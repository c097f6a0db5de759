"""Every figure draws from any run, the same every time, without a window, and stays inert whatever names say."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from sim.report import style
from sim.report.courts import justice_told
from sim.report.figures import FIGURES, WHERE_COLOURS, draw
from sim.report.maps import frame_of, great_circle, pieces
from sim.report.money import money_over_time, over_time_told
from sim.report.published import USD_PER_EUR, PublishedPrice, wholesale_prices
from sim.report.style import compact, png, svg
from sim.report.words import number
from tests.report import made_up


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_from_a_run_in_which_nothing_moves(idle, name):
    """From one without policies it does in its page."""
    fig, ax = draw(idle, name)
    assert ax.figure is fig
    ET.fromstring(svg(fig, name.replace("_", "-")))


@pytest.mark.parametrize("name", ["price", "flow"])
def test_a_line_of_a_single_day_is_seen(tmp_path, name):
    """A line to nowhere is not drawn: it has a length, or a dot."""
    _, ax = draw(made_up.run(tmp_path / "run", days=1, policies=False), name)
    assert len(ax.lines) == 1
    assert len(set(ax.lines[0].get_xdata())) > 1 or ax.lines[0].get_marker() == "o"


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_gives_the_same_svg_every_time(results, name):
    first, again = (svg(draw(results, name)[0], name.replace("_", "-")) for _ in range(2))
    assert first == again
    ET.fromstring(first)


def test_figures_in_one_page_share_no_id(results):
    found = []
    for name in ("flow", "price"):
        root = ET.fromstring(svg(draw(results, name)[0], name))
        found.append({node.get("id") for node in root.iter() if node.get("id")})
    assert found[0]
    assert found[0].isdisjoint(found[1])


def test_a_figure_loads_nothing_and_links_to_nothing_outside(results):
    text = svg(draw(results, "map")[0], "map")
    assert "<metadata" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")


def test_the_key_of_the_map_says_nothing_of_what_there_is_none_of(results, idle):
    whole, nothing = (svg(draw(run, "map")[0], "map") for run in (results, idle))
    for said in ("in containers", "by small craft", "seized a year"):
        assert said in whole
        assert said not in nothing


def test_a_figure_can_be_a_picture_too(results):
    fig, _ = draw(results, "funnel")
    assert png(fig, dpi=40) == png(fig, dpi=40)
    assert png(fig, dpi=40).startswith(b"\x89PNG")


def test_an_unknown_figure_is_named_with_the_known_ones(results):
    with pytest.raises(ValueError, match=r"pie is not a figure; known are map, flow"):
        draw(results, "pie")


def test_drawing_needs_no_window_and_changes_no_setting():
    code = (
        "import sys, matplotlib; before = dict(matplotlib.rcParams); import sim.report.figures; "
        "from sim.report.style import styled\n"
        "with styled(): pass\n"
        "assert 'matplotlib.pyplot' not in sys.modules and dict(matplotlib.rcParams) == before"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_published_prices_outside_the_run_are_left_out(results):
    points = [
        PublishedPrice(date(2022, 6, 1), 30000, "a survey", 25000, 35000),
        PublishedPrice(date(1999, 1, 1), 1, "old"),
    ]
    text = svg(draw(results, "price", published=points)[0], "price")
    assert "a survey" in text
    assert "old" not in text


def test_published_prices_are_those_of_the_years_and_the_trade_of_the_run(results, tmp_path):
    points = wholesale_prices(results)
    assert {point.told for point in points} == {"Netherlands", "Spain"}
    rotterdam = next(point for point in points if point.source == "rijn22")
    assert (rotterdam.low, rotterdam.usd_per_kg, rotterdam.high) == tuple(
        euro * USD_PER_EUR for euro in (25000, 30000, 35000)
    )
    assert rotterdam.when.year == 2022
    of_another = made_up.run(tmp_path / "run", days=400, policies=False, goods="Firearms")
    assert wholesale_prices(of_another) == []


def luminance(colour):
    """Relative luminance (WCAG 2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_colours_that_stand_on_each_other_differ_in_lightness():
    stacked = [style.DELIVERED, style.SEIZED, style.LOST]
    for one, other in pairwise(stacked):
        bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) > 1.5
    assert len(set(WHERE_COLOURS.values())) == len(WHERE_COLOURS)


def test_a_great_circle_is_the_shortest_way():
    points = np.radians(great_circle((0.0, 0.0), (90.0, 0.0), pieces=90))
    assert np.allclose(points[:, 1], 0)
    assert np.allclose(np.degrees(points[:, 0]), np.arange(91))
    over_the_pole = great_circle((0.0, 60.0), (180.0, 60.0))
    assert over_the_pole[:, 1].max() == pytest.approx(90)
    assert np.array_equal(great_circle((5.0, 5.0), (5.0, 5.0)), [[5.0, 5.0], [5.0, 5.0]])


def test_a_line_over_the_antimeridian_leaves_the_map_on_one_side_and_comes_back_on_the_other():
    west, east = pieces(great_circle((-80.0, -2.0), (151.0, -34.0)))
    assert west[0].tolist() == pytest.approx([-80.0, -2.0])
    assert east[-1].tolist() == pytest.approx([151.0, -34.0])
    assert (west[-1, 0], east[0, 0]) == (-180.0, 180.0)
    assert west[-1, 1] == east[0, 1]
    assert max(np.abs(np.diff(piece[:, 0])).max() for piece in (west, east)) < 20
    home = pieces(great_circle((151.0, -34.0), (-80.0, -2.0)))
    assert [(piece[0, 0], piece[-1, 0]) for piece in home] == [
        (pytest.approx(151.0), 180.0),
        (-180.0, pytest.approx(-80.0)),
    ]
    whole = great_circle((0.0, 0.0), (90.0, 0.0))
    assert pieces(whole)[0] is whole


def test_a_frame_holds_all_points_and_suits_a_page():
    for points in ([(0.0, 50.0), (1.0, 51.0)], [(-80.0, 0.0), (5.0, 0.5)], [(0.0, -60.0), (2.0, 60.0)], [(5.0, 5.0)]):
        frame = frame_of(points)
        for lon, lat in points:
            assert frame.west < lon < frame.east
            assert frame.south < lat < frame.north
        ratio = (frame.north - frame.south) / (frame.east - frame.west)
        assert 0.3 < ratio < 3


def test_names_of_states_do_not_lie_on_each_other(results):
    fig, ax = draw(results, "cooperation_network")
    fig.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert boxes
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize(("months", "word", "bars"), [(12, "month", 12), (60, "quarter", 20), (186, "year", 16)])
def test_money_is_drawn_by_periods_whose_bars_can_be_told_apart(months, word, bars):
    first = pd.Timestamp("2000-01-01")
    table = pd.DataFrame({"month": [first + pd.DateOffset(months=month) for month in range(months)]})
    for name in ("frozen", "confiscated", "released"):
        table[f"{name}_cents"] = 100_000_000  # one million dollars
    whole = SimpleNamespace(start=first, end=first + pd.DateOffset(months=months, days=-1))
    fig, ax = money_over_time(SimpleNamespace(money=table, scenario=whole))
    assert fig.legends[0].get_title().get_text().endswith(f"million USD a {word}")
    assert len(ax.patches) == 3 * bars
    assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(3 * months)
    most = {"month": "January 2000", "quarter": "the quarter that begins in January 2000", "year": "2000"}[word]
    told = over_time_told(SimpleNamespace(money=table))[1].replace("\u00a0", " ")
    assert told.startswith(f"Most was frozen in {most}: USD")


def test_a_month_that_the_run_cuts_short_has_bars_as_narrow():
    months = {f"{name}_cents": [100, 100, 100] for name in ("frozen", "confiscated", "released")}
    table = pd.DataFrame({"month": pd.date_range("2000-01-01", periods=3, freq="MS"), **months})
    cut = SimpleNamespace(start=pd.Timestamp("2000-01-17"), end=pd.Timestamp("2000-03-10"))
    _, ax = money_over_time(SimpleNamespace(money=table, scenario=cut))
    wide = [bar.get_width() for bar in ax.patches[:3]]
    assert [each / wide[1] for each in wide] == pytest.approx([15 / 29, 1, 10 / 29])


def test_nothing_is_said_of_judgments_where_there_were_none():
    few = SimpleNamespace(kpis={"cases_opened": 3, "final_conviction_share": 0.0})
    assert "within half of the run." in " ".join(justice_told(few))
    assert "it took" not in " ".join(justice_told(few))
    none = justice_told(SimpleNamespace(kpis={"cases_opened": 0}))
    assert not any("first half of the run" in sentence for sentence in none)


def test_small_numbers_are_written_out():
    assert [number(value) for value in (0.0457, 1.68e-05, -2.5e-07, 1e-12)] == [
        "0.0457",
        "0.0000168",
        "−0.00000025",
        "0",
    ]
    assert [compact(value) for value in (-2000, 0.05, 3e6)] == ["−2,000", "0.05", "3 m"]
