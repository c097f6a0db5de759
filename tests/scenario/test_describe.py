"""A scenario told back, and its numbers with their sources."""

import re

import pytest

from sim.scenario.describe import assumptions, describe, quantities
from sim.scenario.load import load
from sim.scenario.phrases import figure, usd
from sim.scenario.shipped import shipped


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_number_in_force_is_told_with_its_unit_range_and_source(name):
    scenario = load(name)
    page = " ".join(describe(scenario, width=10_000).split())
    for path, quantity, _ in quantities(scenario):
        assert f" {path.rpartition('.')[2]} = {quantity.told()}." in page, path


def test_the_page_says_what_is_asked_where_who_what_and_what_is_done():
    page = " ".join(describe(load("two_coasts")).split())
    for sentence in (
        "Does scanning every high-risk container at the largest port lower what arrives",
        "From 1 January 2025 to 31 December 2025, 365 days.",
        "Containers leave, under export control, from 2 ports: Costa Alta and Puerto Sereno;",
        "The product is made in The Highlands (100%).",
        "Coastal groups: 3 organisations with about USD 150 million of capital each.",
        "Exports of SOUTH: fresh fruit 50%, general cargo 30% and coffee and cocoa 20%.",
        "Nordhaven, imports: scan share 0.03 and analysts 8.",
        "1. Screening at Nordhaven (high risk screening), from 1 April 2025 for good, in full after 60 days.",
        "It costs USD 108 million to set up and USD 12 million a year.",
        "numbers are assumed: nothing published gives them.",
    ):
        assert sentence in page, sentence


def test_a_world_without_policies_says_so():
    assert "None: governments change nothing over these days." in describe(load("two_coasts").without_policies())


@pytest.mark.parametrize("width", [60, 100])
def test_lines_are_broken_at_the_width(width):
    long = [line for line in describe(load("two_coasts"), width).splitlines() if len(line) > width]
    assert not [line for line in long if len(line.split()) > 3]


def test_what_is_assumed_is_counted_and_listed():
    scenario = load("two_coasts")
    assumed = assumptions(scenario)
    page = describe(scenario)
    assert f"{len(assumed)} of {len(quantities(scenario))} numbers are assumed" in page
    listed = page[page.index("What is assumed") :]
    assert all(re.search(rf"\b{number.path.rpartition('.')[2]}\b", listed) for number in assumed)
    assert {number.source for number in assumed} == {"assumed"}
    (demand,) = [number for number in assumed if number.path == "commodities.cocaine.demand"]
    assert (demand.value, demand.unit, demand.low, demand.high) == (45.0, "t/year", 25.0, 60.0)
    assert demand.label.startswith("Demand of all markets")


def test_a_published_number_is_not_assumed():
    sourced = {path for path, quantity, _ in quantities(load("two_coasts")) if not quantity.assumed}
    assert "waters.middle_sea.boarding" in sourced
    assert not sourced & {number.path for number in assumptions(load("two_coasts"))}


def test_paths_of_numbers_are_what_a_setting_takes():
    scenario = load("two_coasts")
    for path, quantity, _ in quantities(scenario)[::7]:
        again = load(
            "two_coasts", overrides=[f"{path}={{value: {float(quantity)!r}, unit: '{quantity.unit}', source: tested}}"]
        )
        assert {entry.path: entry.quantity.source for entry in quantities(again)}[path] == "tested"


def test_every_number_has_words():
    assert not [path for path, _, label in quantities(load("latam_europe")) if not label]


def test_a_post_counts_only_what_it_changes():
    paths = [path for path, _, _ in quantities(load("two_coasts")) if path.startswith("customs.posts.")]
    assert paths == ["customs.posts.nordhaven.imports.scan_share", "customs.posts.nordhaven.imports.analysts"]


@pytest.mark.parametrize("name", ["latam_europe", "bali_process", "two_coasts"])
def test_one_of_a_thing_is_told_as_one(name):
    words = describe(load(name)).partition("Every number in force")[0]
    assert not re.findall(r"(?<![\d.,])1 (?:days|times|units|transfers|organisations|ports)\b", words)


def test_what_all_organisations_have_in_common_is_told_once():
    world = load("two_coasts")
    assert describe(world).count("At a comfortable margin") == 1
    other = " ".join(describe(load("two_coasts", overrides=["organisations.inland.core.people=5"])).split())
    assert "Of Coastal groups, at a comfortable margin" in other
    assert "Of Inland groups, at a comfortable margin" in other


def test_levers_of_policies_are_told_in_words():
    page = " ".join(describe(load("policies/intelligence_sharing")).split())
    assert "binding: no" in page
    assert "days 5 days" not in page
    assert "False" not in page


def test_of_single_states_only_what_they_change_is_told_and_counted():
    """What an entry leaves out is that of its region, its role or everywhere, not the default of its noun."""
    scenario = load(
        "two_coasts",
        overrides=(
            "money.tracing={units: 10, looks_per_day: 3}",
            "money.at={XB: {abroad: 0.5}, XC: {units: 0}}",
            "oversight={most_opened: 0.01, period_days: 90}",
            "oversight.at={XB: {most_scanned: 0.05}, XC: {most_opened: null, period_days: 7}}",
        ),
    )
    page = " ".join(describe(scenario).split())
    for sentence in (
        "- XB: 50% of its rate kept across a border. - XC: 0 units a state.",
        "- XB: 5% of the containers scanned at most. "
        "- XC: no cap on how many containers are opened and containers counted over 7 days.",
    ):
        assert sentence in page, sentence
    told = [entry.path for entry in quantities(scenario) if ".at." in entry.path]
    assert told == [
        "oversight.at.XB.most_scanned", "oversight.at.XC.period_days", "money.at.XB.abroad", "money.at.XC.units",
    ]  # fmt: skip


def test_people_are_not_said_to_hide_in_legal_trade():
    """Of several commodities the last that was told may be people."""
    page = " ".join(describe(load("two_coasts_people")).split())
    assert "Goods hide in legal trade of 4 cargo classes:" in page
    assert "It hides" not in page


def test_a_list_of_no_market_is_told_as_what_it_means():
    page = " ".join(describe(load("two_coasts", overrides=["organisations.coastal.markets=[]"])).split())
    assert "They buy in The Highlands, sell in every market" in page


def test_large_and_small_figures_are_told_in_full():
    assert [figure(number) for number in (9999.4, 9999.7, 10_000.2)] == ["9,999", "10,000", "10,000"]
    assert [usd(amount) for amount in (0.4, 2.5, 91_000)] == ["USD 0.4", "USD 2.5", "USD 91,000"]


def test_what_a_forum_speaks_of_and_whether_states_pass_on_what_they_were_told_is_said():
    """What it speaks of as well from a date on says little beside that."""
    more = "widening: [{start: 2025-03-01, commodities: [cocaine]}]"
    forum = f"cooperation.forum={{members: {{XB: 2025-01-01}}, candidates: [XA], commodities: [precursors], {more}}}"
    page = " ".join(describe(load("two_coasts", overrides=[forum, "cooperation.onward=true"])).split())
    assert "coast and consignment about precursors, after 7 days; from 1 March 2025 also Cocaine." in page
    assert "What they were told they pass on too." in page
    assert "pass on too" not in describe(load("two_coasts", overrides=[forum]))
