"""People who cross the sea in a report: persons, not attempts, and nothing where there are none."""

import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.report import crossings, telling
from sim.report.sections import asked, sections
from sim.report.style import svg
from sim.study.tables import TABLES
from tests.report import made_up


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    return crossed_from("2024-01-01", tmp_path_factory.mktemp("runs") / "crossed")


def crossed_from(first, folder):
    """Ninety days on which ten people set out, four of them again; six arrive, one is stopped ashore, and the others
    are returned."""
    tables = made_up.tables(90, policies=False)
    days = np.arange(90)
    people = {column.name: np.zeros(90, np.int64) for column in TABLES["people"]}
    people |= {"day": days, "date": np.datetime64(first) + days, "commodity": ["cocaine"] * 90}
    people |= {"chance_to_arrive": np.full(90, 0.5)}
    for name, persons in (
        ("departed", 10),
        ("departed_again", 4),
        ("arrived", 6),
        ("intercepted", 3),
        ("returned", 3),
        ("stopped_ashore", 1),
    ):
        people[name] = np.full(90, persons)
    tables["people"] = people
    return made_up.run(folder, days=90, policies=False, tables=tables)


def test_persons_are_told_apart_from_their_attempts(crossed):
    first, second, third = crossings.told(crossed)
    assert first.startswith("540 persons set out 900 times, 360 of these by people who had set out before")
    assert "540 arrived by themselves" in second
    assert "270 were intercepted by a state and 0 rescued in distress, of whom 270 were returned" in second
    assert "90 were stopped before they put to sea" in second
    assert "100 % are safe" in third.replace("\u202f", " ").replace("\u00a0", " ")


def test_months_hold_all_that_days_do(crossed):
    table = crossings.by_month(crossed)
    assert table["departed"].sum() == 900
    assert (table["arrived"] + table["safe"] + table["returned"] + table["lost"] + table["ashore"]).sum() == 900


def test_a_first_month_that_is_cut_short_is_drawn_and_told_as_short_as_it_is(crossed, tmp_path):
    late = crossed_from("2024-01-28", tmp_path / "late")
    assert crossings.by_month(late)["month"].iloc[0] == np.datetime64("2024-01-28")
    _, ax = crossings.people(late)
    widths = [bar.get_width() for bar in ax.containers[0]]
    assert widths == pytest.approx([0.86 * days for days in (4, 29, 31, 26)])
    ends = [f"The {which} month has no more than {days} days." for which, days in (("first", 4), ("last", 26))]
    assert crossings.told(late)[-2:] == ends
    assert len(crossings.told(crossed)) == 3


def test_the_section_is_there_where_people_are(crossed, calm):
    (section,) = crossings.section(crossed)
    assert section.title == "People who cross the sea"
    ET.fromstring(svg(crossings.people(crossed)[0], "people"))
    assert crossings.section(calm) == []


def test_patrols_are_said_to_stop_goods_and_to_bring_in_people(tmp_path):
    """Boats in distress are detected and not boarded, and boats with people are no craft stopped with goods."""
    tables = made_up.tables(90, policies=False)
    tables["zones"] |= {"intercepted": np.full(180, 2), "rescued": np.full(180, 3)}
    calm = made_up.run(tmp_path / "calm", days=90, policies=False, tables=tables)
    assert len(telling.seas_told(calm)) == 2
    assert "boats" not in " ".join(telling.seas_told(calm))
    (table,) = next(each for each in sections(calm) if each.key == "seas").tables
    assert "people rescued" not in table.head
    tables["people"] = {column.name: np.ones(90, np.int64) for column in TABLES["people"]}
    tables["people"] |= {"date": np.datetime64("2024-01-01") + np.arange(90), "commodity": ["cocaine"] * 90}
    run = made_up.run(tmp_path / "run", days=90, policies=False, tables=tables)
    _, boarded, people = telling.seas_told(run)
    assert "or having been boats in distress, which are rescued and not boarded" in boarded
    assert boarded.endswith("were stopped with goods aboard.")
    assert people == "Of people in boats, patrols intercepted 360 and rescued 540 in distress."
    (table,) = next(each for each in sections(run) if each.key == "seas").tables
    assert [row[6:8] for row in table.rows] == [("180", "270"), ("180", "270")]
    assert table.head[6:8] == ("people intercepted", "people rescued")


def test_people_are_told_apart_from_goods():
    first, second, *_ = asked(SimpleNamespace(scenario=sim.load("two_coasts_people"))).told
    assert first.startswith("Cocaine from 1 production area to 2 markets, moved by 9 organisations")
    assert second == "People who cross the sea: persons, who are no goods and are counted apart."
    assert "persons" not in " ".join(asked(SimpleNamespace(scenario=sim.load("two_coasts_linked"))).told)
