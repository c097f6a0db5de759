"""Relations between worlds: what must follow, or must not matter, whatever the right numbers are."""

from collections import Counter

import numpy as np
import pytest

from sim.kernels.boxes import ARRIVED, BLIND, CHOSEN
from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.scenario.shipped import find
from sim.study.run import live
from tests.promises.worlds import at_ports, before, dispatched, every_craft, left, lived, outcome_kg, tables, world

DAYS = 120


def both(setting: str) -> tuple[str, str]:
    """A setting of import and of export controls."""
    return f"customs.imports.{setting}", f"customs.exports.{setting}"


def money(model: SmugglingModel, column: str) -> list[float]:
    return model.chronicle.daily[column]


def events(model: SmugglingModel) -> dict:
    return tables(model)["events"]


@pytest.fixture(scope="module")
def usual() -> SmugglingModel:
    return lived(days=DAYS)


BLIND_CUSTOMS = {
    "scanners and tips that show nothing": (*both("sensitivity=0"), *both("tip=0")),
    "searches that find nothing": both("examination_sensitivity=0"),
    "no scanners": (*both("scan_share=0"), "customs.posts={}"),
    "nobody to open a box": both("examination_share=0"),
    "analysts who see nothing": ("customs.inspectors.fatigue_loss=1", "customs.inspectors.scans_when_tired=0.000001",
                                 *both("sensitivity=0"), *both("tip=0")),
}  # fmt: skip


@pytest.fixture(scope="module")
def uncontrolled() -> dict[str, SmugglingModel]:
    return {name: lived(*settings, days=DAYS) for name, settings in BLIND_CUSTOMS.items()}


# Nothing comes of nothing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BLIND_CUSTOMS)
def test_customs_that_cannot_find_seize_nothing(uncontrolled, usual, name):
    assert at_ports(uncontrolled[name]) == []
    assert len(at_ports(usual)) > 3


def test_it_does_not_matter_why_customs_find_nothing(uncontrolled):
    """To those who smuggle, no scanner, no eyes and no hands are the same world."""
    first, *others = map(events, uncontrolled.values())
    assert all(other == first for other in others)


def test_without_scans_there_is_no_alarm_and_no_delay(uncontrolled):
    found = uncontrolled["no scanners"]
    for column in ("boxes_scanned", "boxes_examined", "false_alarms", "hits", "delay_box_hours"):
        assert sum(money(found, column)) == 0, column


def test_without_hands_to_open_boxes_there_are_alarms_but_no_hits(uncontrolled):
    found = uncontrolled["nobody to open a box"]
    assert sum(money(found, "boxes_examined")) == sum(money(found, "hits")) == 0
    assert sum(money(found, "false_alarms")) > 0


def test_scanners_that_never_err_raise_no_false_alarm():
    settings = (*both("false_alarm=0"), *both("examination_sensitivity=1"), "trade.evidence.tip_clean=0")
    found = lived(*settings, days=DAYS)
    assert sum(money(found, "false_alarms")) == 0
    assert sum(money(found, "boxes_examined")) == sum(money(found, "hits")) > 0


def test_where_nobody_controls_and_nothing_is_lost_everything_arrives():
    found = lived(
        *BLIND_CUSTOMS["no scanners"], "waters.middle_sea.patrol_units=0", "transport.road.origin_seizure=0",
        "transport.road.destination_seizure=0", "transport.liner.loss=0", *every_craft("loss=0"),
        "rivalry.crews_per_coast=1000", days=DAYS,
    )  # fmt: skip
    assert {load.outcome for load in found.cargo.all} == {"delivered", "under_way"}


@pytest.mark.parametrize(
    "nothing",
    [
        ("commodities.cocaine.production_by_year={2025: 0}",),
        ("commodities.cocaine.trade_share=0",),
        ("organisations.coastal.capital_usd=0", "organisations.inland.capital_usd=0"),
        ("organisations.coastal.buying=0", "organisations.inland.buying=0", "organisations.coastal.largest_lot=0",
         "organisations.inland.largest_lot=0"),
        ("transport.liner.loss=1", "transport.feeder.loss=1", *every_craft("loss=1")),
        ("commodities.cocaine.market_price=1",),
    ],
    ids=["no production", "no trade", "no capital", "no buyers", "all is known to be lost at sea", "worthless"],
)  # fmt: skip
def test_nothing_is_sent(nothing):
    found = lived(*nothing, days=60)
    assert dispatched(found) == 0
    assert outcome_kg(found) == {"seized": 0, "lost": 0, "delivered": 0}


def test_without_demand_nothing_is_consumed_and_the_price_only_falls():
    found = lived("commodities.cocaine.demand=0", days=60)
    assert sum(money(found, "consumed_g")) == 0
    assert (np.diff(money(found, "price_usd_per_kg")) < 0).all()


def test_patrols_that_may_not_board_stop_nobody_and_no_patrol_is_the_same():
    toothless = lived("waters.middle_sea.boarding=0", days=DAYS)
    ashore = lived("waters.middle_sea.patrol_units=0", days=DAYS)
    assert events(toothless) == events(ashore)
    assert not [load for load in ashore.cargo.all if load.checkpoint.startswith("zone")]


def test_what_a_sea_takes_is_lost_and_not_delivered():
    found = lived("transport.liner.loss=1", days=200)
    carried = [load for load in found.cargo.all if load.route.mode == "container"]
    assert not [load for load in carried if load.outcome == "delivered"]


# Certainty ---------------------------------------------------------------------------------------------------------

CERTAIN = (
    *both("scans_per_day=100000"), *both("examinations_per_day=100000"), *both("sensitivity=1"),
    *both("examination_sensitivity=1"), "customs.posts={}", "customs.inspectors.skill_spread=0",
    "customs.inspectors.fatigue_loss=0", "commodities.cocaine.kg_half=0",
    "commodities.cocaine.concealments.structure.visibility=1", "trade.cargo_classes.fruit.nii_factor=1",
    "trade.cargo_classes.machines.nii_factor=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def certain() -> SmugglingModel:
    return lived(*CERTAIN, days=200)


def test_nothing_passes_controls_that_scan_everything_and_miss_nothing(certain):
    outcomes = Counter((load.route.mode, load.outcome) for load in certain.cargo.all)
    assert outcomes["container", "seized"] > 10
    assert outcomes["container", "delivered"] == outcomes["container", "lost"] == 0


def test_what_is_shut_out_of_ports_goes_by_small_craft(certain):
    """A larger part of the loads of the last weeks, in the mean over eight seeds; in the first ones nobody knew.

    Crews at the coasts bound how much larger.
    """

    def by_craft(*settings: str) -> float:
        models = [lived(*settings, f"seed={seed}", days=200, mode="thinned") for seed in range(1, 9)]
        late = [load for model in models for load in model.cargo.all if load.planned >= 100]
        return float(np.mean([load.route.mode == "small_craft" for load in late]))

    assert by_craft(*CERTAIN) > by_craft() + 0.03
    assert outcome_kg(certain)["delivered"] > 0


def test_capacity_beyond_all_boxes_is_no_capacity_more():
    enough = lived(*both("scans_per_day=50000"), *both("examinations_per_day=50000"), days=60)
    plenty = lived(*both("scans_per_day=5000000"), *both("examinations_per_day=5000000"), days=60)
    assert events(plenty) == events(enough)
    assert np.array_equal(plenty.chronicle.tally, enough.chronicle.tally - _blind(enough, plenty))


def _blind(enough: SmugglingModel, plenty: SmugglingModel) -> np.ndarray:
    """Boxes called blind picks: a share of the capacity, as long as the scores leave any box to be picked."""
    gap = np.zeros_like(enough.chronicle.tally)
    gap[:, :, BLIND] = enough.chronicle.tally[:, :, BLIND] - plenty.chronicle.tally[:, :, BLIND]
    return gap


def test_when_everything_is_scanned_it_does_not_matter_how_it_was_chosen():
    protocols = [
        lived(*both("scans_per_day=100000"), *both(f"protocol={protocol}"), "customs.posts={}", days=60)
        for protocol in ("random", "top_capacity", "flagged_lanes")
    ]
    assert events(protocols[0]) == events(protocols[1]) == events(protocols[2])


def test_a_threshold_that_nothing_reaches_leaves_only_the_blind_picks():
    found = lived(*both("protocol=threshold"), *both("high_risk=16"), days=30)
    tally = found.chronicle.tally
    assert np.array_equal(tally[:, :, CHOSEN], tally[:, :, BLIND])
    assert tally[:, :, BLIND].sum() > 0


# Time, replicates, seeds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "policies", ["[]", "[{kind: joint_patrols, start: 2025-01-20, zones: [middle_sea], units: 9}]"]
)
def test_a_longer_run_begins_like_a_shorter_one(policies):
    short, long = (tables(lived(f"policies={policies}", days=days)) for days in (60, 100))
    assert before(long, 60) == before(short, 60)
    assert len(long["daily"]["day"]) == 100


@pytest.mark.parametrize("other", [{"seed": 2}, {"replicate": 1}], ids=["seed", "replicate"])
def test_other_luck_is_another_world_of_the_same_kind(usual, other):
    replicate = other.pop("replicate", 0)
    found = live(world(days=DAYS, **other), replicate=replicate)
    assert events(found) != events(usual)
    assert not np.array_equal(*(model.chronicle.tally[:, :, ARRIVED] for model in (found, usual)))
    arrived = [sum(money(model, "boxes_arrived")) for model in (usual, found)]
    assert abs(arrived[0] - arrived[1]) < 6 * np.sqrt(sum(arrived))


@pytest.mark.parametrize("start", ["2025-01-08", "2026-01-07", "2031-01-01"])
def test_the_calendar_matters_only_through_seasons_weekdays_and_years_of_production(start):
    """Another year, or another week of it: with no season the same weekdays bring the same days."""
    here, there = (lived("trade.season=0", f"start={day}", days=60) for day in ("2025-01-01", start))
    assert here.plan.start.weekday() == there.plan.start.weekday()
    told = [{name: {k: v for k, v in table.items() if k != "date"}
             for name, table in tables(found).items() if "month" not in table}
            for found in (here, there)]  # fmt: skip
    assert told[0] == told[1]


# Order, names, units -----------------------------------------------------------------------------------------------


def test_the_order_in_which_a_file_lists_things_does_not_matter(usual, tmp_path):
    """Ports, sites, cargo classes, concealments, groups: read from a file turned upside down, the same world."""
    text = find("two_coasts").read_text().partition("policies:")[0]
    head, *blocks = _blocks(text)
    turned = "".join([head, *reversed([_turned(block) for block in blocks])])
    path = tmp_path / "turned.yaml"
    path.write_text(turned)
    found = live(load(path, days=DAYS))
    assert list(found.plan.geography.ports) == list(usual.plan.geography.ports)
    assert tables(found) == tables(usual)


def _blocks(text: str) -> list[str]:
    """The comment above, and each top entry with what is below it."""
    found = [""]
    for line in text.splitlines(keepends=True):
        if line[0] not in " #\n":
            found.append("")
        found[-1] += line
    return found


def _turned(block: str) -> str:
    """The entries of a block in the reverse order, and those below them."""
    first, *lines = block.splitlines(keepends=True)
    lines = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return block
    depth = len(lines[0]) - len(lines[0].lstrip())
    entries: list[list[str]] = []
    for line in lines:
        if len(line) - len(line.lstrip()) == depth:
            entries.append([])
        entries[-1].append(line)
    inside = [_turned("".join(entry)) for entry in reversed(entries)]
    return first + "".join(inside)


def test_the_order_of_sea_distances_does_not_matter(usual):
    distances = [
        f"{{origin: {pair.origin}, destination: {pair.destination}, nm: {pair.nm}}}"
        for pair in reversed(usual.plan.transport.sea_distances)
    ]
    assert tables(lived(f"transport.sea_distances=[{', '.join(distances)}]", days=DAYS)) == tables(usual)


def test_policies_that_touch_different_things_may_stand_in_any_order():
    patrols = "{kind: joint_patrols, start: 2025-01-20, zones: [middle_sea], units: 9}"
    screening = "{kind: high_risk_screening, start: 2025-02-10, ports: [nordhaven], ramp_days: 10}"
    one, other = (lived(f"policies=[{', '.join(pair)}]", days=DAYS)
                  for pair in ((patrols, screening), (screening, patrols)))  # fmt: skip
    assert tables(one) == tables(other)


def test_two_policies_of_half_the_size_are_one_of_the_whole():
    def patrols(name: str, units: int) -> str:
        return f"{{kind: joint_patrols, name: {name}, start: 2025-01-20, zones: [middle_sea], units: {units}}}"

    whole = lived(f"policies=[{patrols('Whole', 8)}]", days=DAYS)
    halves = lived(f"policies=[{patrols('One', 4)}, {patrols('Other', 4)}]", days=DAYS)
    assert events(whole) == events(halves)


def test_what_things_are_called_by_people_does_not_matter(usual):
    found = lived(
        "title=Another title", "question=Another question?", "geography.ports.nordhaven.name=Altona",
        "commodities.cocaine.name=Sugar", "waters.middle_sea.name=Sea", "organisations.coastal.name=Others", days=DAYS,
    )  # fmt: skip
    assert tables(found) == tables(usual)


def test_money_of_half_the_worth_and_twice_the_numbers_changes_no_decision(usual):
    doubled = [
        "commodities.cocaine.source_price=4000", "commodities.cocaine.market_price=66000",
        "transport.road.usd_per_kg_1000km=3000", *every_craft("usd_per_kg_1000nm=600"),
        "geography.communities.legal_wage_origin=10800",
        "geography.communities.legal_wage_destination=130000",
    ]  # fmt: skip
    plan = world(days=DAYS)
    for name, group in plan.organisations.items():
        doubled.append(f"organisations.{name}.capital_usd={2 * group.capital_usd}")
        doubled += [
            f"organisations.{name}.cells.{field}={2 * getattr(group.cells, field)}"
            for field in ("setup_usd", "origin_pay_usd", "destination_pay_usd")
        ]
    for name, kind in plan.transport.small_craft.kinds.items():
        doubled.append(f"transport.small_craft.{name}.craft_usd={2 * kind.craft_usd}")
    for name, method in plan.commodities["cocaine"].concealments.items():
        doubled.append(f"commodities.cocaine.concealments.{name}.fixed_usd={2 * method.fixed_usd}")
    found = lived(*doubled, days=DAYS)
    assert events(found) == events(usual)
    assert found.price == pytest.approx(2 * usual.price, rel=1e-12)


# What touches nothing ----------------------------------------------------------------------------------------------

NOWHERE = {
    "a cargo class that nobody ships": "trade.cargo_classes.aaa={name: Nothing}",
    "a region without ports": "trade.mixes.NOWHERE={fruit: 1}",
    "an area without product":
        "geography.production_areas.aaa={name: Nothing, country: XA, lat: -16, lon: -14, share: 0}",
    "a warehouse out of reach":
        "geography.warehouses.aaa={name: Far, country: XZ, side: origin, lat: 60, lon: 150}",
    "a coast out of reach":
        "geography.docks.aaa={name: Far, country: XZ, side: origin, lat: 60, lon: 150, zones: [middle_sea]}",
}  # fmt: skip


@pytest.mark.parametrize("setting", NOWHERE.values(), ids=NOWHERE)
def test_what_touches_nothing_changes_nothing(usual, setting):
    assert events(lived(setting, days=DAYS)) == events(usual)


@pytest.mark.parametrize(
    "setting",
    [
        "waters.zzz={name: Far sea, area_nm2: 1000}",
        "geography.ports.aaa={name: Nowhere, country: XZ, region: NORTH, role: destination, lat: -60, lon: 100,"
        " teu_thousand: 0}",
    ],
    ids=["a sea that nobody crosses", "a port without trade"],
)
def test_a_control_that_nobody_passes_changes_nothing(usual, setting):
    assert events(lived(setting, days=DAYS)) == events(usual)


def test_the_longest_voyage_changes_no_arrivals_on_other_lanes():
    """Boxes are drawn by lane and day alone, however far back the model has to begin."""
    near, far = (SmugglingModel(world(f"transport.liner.port_days={days}", days=5)) for days in (2, 3))
    assert far.clearance.sailings.before > near.clearance.sailings.before
    for lane, name in enumerate(near.lanes.names):
        near.lanes.boxes_per_day[lane] = far.lanes.boxes_per_day[lane] = 50.0 + len(name)
    for lane in range(len(near.lanes)):
        for day in range(-3, 5):
            assert left(near, lane, day) == left(far, lane, day) > 0
