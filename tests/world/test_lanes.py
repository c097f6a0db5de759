"""Legal trade: every port ships what it publishes, and containers carry what their region exports."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world.atlas import ports_of
from sim.world.distances import SeaDistances, sea_distances
from sim.world.lanes import CERTIFIED, ESTABLISHED, NEW, OCCASIONAL, anomaly_levels, cargo_tables, lanes_of
from sim.world.route import Transport
from sim.world.site import Geography, Port
from sim.world.trade import Trade

SOMEWHERE = {"name": "Somewhere", "country": "CO", "lat": 4.0, "lon": -75.0}
GEOGRAPHY = Geography.model_validate(
    {
        "dataset": "latin_america_europe",
        "production_areas": {"area": {**SOMEWHERE, "share": 1}},
        "warehouses": {"near": {**SOMEWHERE, "side": "origin"}, "far": {**SOMEWHERE, "side": "destination"}},
        "markets": {"market": {**SOMEWHERE, "demand_share": 1}},
    }
)
PINS = {"origin>destination": 1_400_000, "origin>transit": 500_000, "transit>destination": 700_000}


def trade(pins=None, **gravity) -> Trade:
    return Trade.model_validate(
        {
            "cargo_classes": {"fruit": {"name": "Fruit", "reefer": True}, "dry": {"name": "Dry goods"}},
            "mixes": {"LATAM_PAC": {"fruit": 0.7, "dry": 0.3}, "rest_of_world": {"dry": 1.0}},
            "gravity": {"region_boxes": pins or {}, **gravity},
        }
    )


def dataset_lanes(pins=None, **gravity):
    return lanes_of(ports_of(GEOGRAPHY), sea_distances(GEOGRAPHY, Transport()), trade(pins, **gravity), Transport())


def own_lanes(ports, distances, legal=None):
    return lanes_of(ports, SeaDistances.of(distances, ports), legal or trade(), Transport())


def boxes_per_year(lanes, origins, destinations) -> float:
    """Containers a year from some ports to some others, by row; -1 is the rest of the world."""
    chosen = np.isin(lanes.origin, origins) & np.isin(lanes.destination, destinations)
    return math.fsum((lanes.boxes_per_day[chosen] * 365.25).tolist())


def port(role: str, teu_thousand: float = 100) -> Port:
    return Port(name=role, country="CO", lat=0, lon=0, region="LATAM_PAC", role=role, teu_thousand=teu_thousand)


@pytest.fixture(scope="module")
def lanes():
    return dataset_lanes(PINS)


def test_every_port_ships_and_receives_what_it_publishes(lanes):
    everywhere = np.arange(-1, len(lanes.ports))
    for row, dataset_port in enumerate(ports_of(GEOGRAPHY).values()):
        loaded = dataset_port.teu_thousand * 1000 / 2 * 0.78 / 1.65
        assert boxes_per_year(lanes, [row], everywhere) == pytest.approx(loaded, rel=1e-9)
        assert boxes_per_year(lanes, everywhere, [row]) == pytest.approx(loaded, rel=1e-9)


def test_the_fit_reports_what_it_misses(lanes):
    assert lanes.fit.sweeps > 0
    assert lanes.fit.export_gap.max() < 1e-9
    assert lanes.fit.import_gap.max() < 1e-9
    assert list(lanes.fit.block_gap) == list(PINS)
    assert max(lanes.fit.block_gap.values()) < 1e-9


@pytest.mark.parametrize("block", PINS)
def test_trade_between_groups_of_ports_is_what_the_scenario_pins(lanes, block):
    roles = [dataset_port.role for dataset_port in ports_of(GEOGRAPHY).values()]
    groups = [np.flatnonzero([role == end for role in roles]) for end in block.split(">")]
    assert boxes_per_year(lanes, *groups) == pytest.approx(PINS[block], rel=1e-9)


def test_one_pin_may_lie_within_another():
    lanes = dataset_lanes(PINS | {"LATAM_PAC>BEANR": 100_000})
    assert max(lanes.fit.block_gap.values()) < 1e-9
    assert lanes.fit.export_gap.max() < 1e-9


def test_ports_ship_what_they_publish_with_no_pin_at_all():
    lanes = dataset_lanes()
    assert max(lanes.fit.export_gap.max(), lanes.fit.import_gap.max()) < 1e-9
    inner = boxes_per_year(lanes, range(109), range(109))
    assert 0.05 < inner / boxes_per_year(lanes, range(109), range(-1, 109)) < 0.95


@pytest.mark.parametrize("exponents", [{"size": 0.7, "distance_decay": 1.2}, {"size": 1.2, "distance_decay": 0.2}])
def test_ports_ship_what_they_publish_at_the_edges_of_the_gravity_model(exponents):
    lanes = dataset_lanes(PINS, **exponents)
    assert max(lanes.fit.export_gap.max(), lanes.fit.import_gap.max(), *lanes.fit.block_gap.values()) < 1e-9


def test_a_pin_larger_than_the_ports_can_carry_is_refused_in_plain_words():
    with pytest.raises(
        ValueError, match="origin>destination: 9,000,000 containers a year are more than these ports can"
    ):
        dataset_lanes({"origin>destination": 9_000_000})


def test_pins_that_contradict_each_other_are_refused():
    ports = {"A": port("origin"), "B": port("destination")}
    pins = {"origin>destination": 10_000, "A>B": 12_000}
    with pytest.raises(ValueError, match="the figures contradict each other"):
        own_lanes(ports, {("A", "B"): 5000.0}, trade(pins))


@pytest.mark.parametrize("block", ["origin>MARS", "destination>origin"])
def test_a_pin_that_names_no_lane_is_refused(block):
    with pytest.raises(ValueError, match=f"{block}: no lane goes that way"):
        dataset_lanes({block: 1000})


@pytest.mark.parametrize("block", ["origin", "origin>transit>destination"])
def test_a_pin_goes_from_one_group_to_one_other(block):
    with pytest.raises(ValueError, match="give FROM>TO"):
        dataset_lanes({block: 1000})


def test_only_pairs_with_a_sea_distance_have_a_lane_the_rest_of_the_world_excepted(lanes):
    modelled = {
        (lanes.ports[origin], lanes.ports[destination])
        for origin, destination in zip(lanes.origin.tolist(), lanes.destination.tolist(), strict=True)
        if min(origin, destination) >= 0
    }
    assert modelled == set(sea_distances(GEOGRAPHY, Transport()).by_pair(lanes.ports))
    assert len(lanes) == 3684 + 2 * 109
    assert lanes.lane_of("BEANR", "ECGYE") == -1
    assert lanes.names[lanes.lane_of("ECGYE", "BEANR")] == "ECGYE>BEANR"
    assert lanes.names[lanes.lane_of("REST", "BEANR")] == "REST>BEANR"
    assert lanes.destination[lanes.lane_of("ECGYE", "REST")] == -1


def test_a_ship_from_guayaquil_to_antwerp_takes_seventeen_days(lanes):
    assert lanes.transit_days[lanes.lane_of("ECGYE", "BEANR")] == 17  # source msc14
    assert lanes.transit_days[(lanes.origin >= 0) & (lanes.destination >= 0)].min() >= 1


def test_short_lanes_are_served_by_feeders(lanes):
    assert lanes.feeder[lanes.lane_of("MAPTM", "ESALG")]
    assert not lanes.feeder[lanes.lane_of("ECGYE", "BEANR")]
    assert not lanes.feeder[lanes.lane_of("REST", "BEANR")]


def test_a_nearer_port_of_the_same_size_gets_more():
    ports = {"A": port("origin"), "NEAR": port("destination"), "FAR": port("destination")}
    lanes = own_lanes(ports, {("A", "FAR"): 9000.0, ("A", "NEAR"): 4000.0})
    assert lanes.names[:2] == ("A>NEAR", "A>FAR")
    assert lanes.boxes_per_day[0] > lanes.boxes_per_day[1]


def test_a_fraction_of_a_mile_counts():
    ports = {"A": port("origin"), "B": port("destination"), "C": port("destination"), "D": port("destination")}
    lanes = own_lanes(ports, {("A", "B"): 3000.25, ("A", "C"): 3000.75, ("A", "D"): 0.5})
    nearer, farther = (lanes.boxes_per_day[lanes.lane_of("A", end)] for end in "BC")
    assert nearer > farther
    assert lanes.nm[lanes.lane_of("A", "D")] == 0.5


def test_neighbouring_terminals_are_not_each_others_best_customers():
    ports = {"A": port("origin"), "NEXT": port("transit"), "FAR": port("destination")}
    lanes = own_lanes(ports, {("A", "NEXT"): 2.0, ("A", "FAR"): 5000.0})
    assert lanes.boxes_per_day[0] < 10 * lanes.boxes_per_day[1]


def test_a_port_without_containers_has_no_lane():
    ports = {"A": port("origin"), "IDLE": port("origin", 0), "B": port("destination")}
    lanes = own_lanes(ports, {("A", "B"): 5000.0, ("IDLE", "B"): 4000.0})
    assert lanes.names == ("A>B", "REST>A", "REST>B", "A>REST", "B>REST")


def test_ports_that_trade_with_nobody_in_play_trade_with_the_rest_of_the_world():
    lanes = own_lanes({"A": port("origin")}, {})
    np.testing.assert_allclose(lanes.boxes_per_day * 365.25, 100_000 / 2 * 0.78 / 1.65)


def test_without_a_rest_of_the_world_ports_trade_with_each_other_alone():
    ports = {"A": port("origin"), "B": port("destination"), "C": port("destination")}
    pairs = {(here, there): 5000.0 for here in ports for there in ports if here != there}
    lanes = own_lanes(ports, pairs, trade(rest_of_world=0))
    assert set(lanes.names) == {f"{here}>{there}" for here, there in pairs}
    np.testing.assert_allclose(lanes.boxes_per_day * 365.25, 100_000 / 4 * 0.78 / 1.65)


def test_a_smaller_rest_of_the_world_leaves_more_trade_to_the_ports_in_play():
    ports = {"A": port("origin"), "B": port("destination")}
    boxes = [
        own_lanes(ports, {("A", "B"): 5000.0}, trade(rest_of_world=rest)).boxes_per_day[0] for rest in (2, 1, 0.5, 0.1)
    ]
    assert boxes == sorted(boxes)


def test_pairs_that_trade_little_have_no_lane_but_every_port_keeps_its_largest_partners():
    every, few = dataset_lanes(), dataset_lanes(least_boxes=500, partners=2)
    flow = dict(zip(every.names, every.boxes_per_day * 365.25, strict=True))
    dropped = set(every.names) - set(few.names)
    assert 0 < len(dropped) < len(every)
    assert max(flow[name] for name in dropped) < 600
    assert np.array_equal(few.fit.import_gap < 1e-9, np.ones(len(few.ports), bool))
    kept = [name.split(">") for name in few.names if "REST" not in name]
    sea = [name.split(">") for name in every.names if "REST" not in name]
    for end in (0, 1):
        had, has = Counter(pair[end] for pair in sea), Counter(pair[end] for pair in kept)
        assert all(has[name] >= min(2, had[name]) for name in had)


def test_lanes_may_be_kept_to_those_that_cross_a_border():
    ports = {"A": port("origin"), "B": port("destination"), "C": port("destination")}
    ports["C"] = ports["C"].model_copy(update={"country": "XX"})
    pairs = {("A", "B"): 4000.0, ("A", "C"): 4000.0}
    assert "A>B" in own_lanes(ports, pairs).names
    abroad = own_lanes(ports, pairs, trade(domestic=False)).names
    assert "A>B" not in abroad
    assert "A>C" in abroad


def test_containers_carry_the_mix_of_the_region_they_come_from(lanes):
    assert lanes.mix[lanes.lane_of("ECGYE", "BEANR")] == 0
    assert lanes.mix[lanes.lane_of("BRSSZ", "BEANR")] == 1  # a region without a mix of its own
    assert lanes.mix[lanes.lane_of("REST", "ECGYE")] == 1


def test_a_scenario_without_a_mix_for_the_rest_of_the_world_is_refused():
    poor = Trade.model_validate({"cargo_classes": {"dry": {"name": "Dry"}}, "mixes": {"LATAM_PAC": {"dry": 1.0}}})
    with pytest.raises(ValueError, match="rest_of_world is missing"):
        own_lanes({"A": port("origin")}, {}, poor)


def test_lanes_do_not_depend_on_the_order_in_which_python_hashes(printed_under_two_hash_seeds):
    script = (
        "import hashlib; import test_lanes as t;"
        "lanes = t.dataset_lanes(t.PINS);"
        "print(hashlib.sha256(lanes.boxes_per_day.tobytes() + repr(lanes.names).encode()).hexdigest())"
    )
    assert len(printed_under_two_hash_seeds(script)) == 1


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.floats(min_value=0.001, max_value=1.0), min_size=1, max_size=8
    )
)  # fmt: skip
def test_every_cargo_class_keeps_its_share_to_a_quantile(weights):
    total = math.fsum(weights.values())
    shares = {name: weight / total for name, weight in weights.items()}
    spec = {"cargo_classes": {name: {"name": name} for name in weights}, "mixes": {"rest_of_world": shares}}
    row = cargo_tables(Trade.model_validate(spec)).class_of_quantile[0]
    assert row.shape == (1024,)
    for number, share in enumerate(shares.values()):
        assert abs(np.count_nonzero(row == number) / 1024 - share) < 1 / 1024 + 1e-12


def test_shipper_volumes_follow_zipf():
    rank = cargo_tables(trade()).shipper_of_quantile
    assert rank.dtype == np.uint16
    assert (np.diff(rank.astype(int)) >= 0).all()
    volume = np.bincount(rank, minlength=300) / 4096
    harmonic = sum(1 / number for number in range(1, 301))
    for number in (1, 2, 10, 100, 300):
        assert volume[number - 1] == pytest.approx(1 / number / harmonic, abs=1 / 4096)


def test_the_largest_shippers_are_certified_and_the_smallest_are_new():
    tables = cargo_tables(trade())
    history = tables.history_of_quantile
    assert (np.diff(history.astype(int)) >= 0).all()
    for kind, share in ((CERTIFIED, 0.3), (ESTABLISHED, 0.33), (OCCASIONAL, 0.33), (NEW, 0.04)):
        assert np.count_nonzero(history == kind) / 4096 == pytest.approx(share, abs=0.02)


def test_a_shipper_has_one_history():
    tables = cargo_tables(trade())
    pairs = set(zip(tables.shipper_of_quantile.tolist(), tables.history_of_quantile.tolist(), strict=True))
    assert len(pairs) == len({rank for rank, _ in pairs})


def test_the_largest_pool_of_shippers_still_has_new_ones():
    many = trade().model_copy(update={"shippers": trade().shippers.model_copy(update={"per_port": 4000})})
    tables = cargo_tables(many)
    assert tables.shipper_of_quantile.max() > 3900
    assert np.count_nonzero(tables.history_of_quantile == NEW) / 4096 == pytest.approx(0.04, abs=0.002)


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.7, 3.0])
def test_anomalies_show_as_often_as_a_shifted_normal_says(shift):
    levels = anomaly_levels(shift, 4096)
    for level in (1, 2, 3):
        exceeding = 0.5 * math.erfc((level - shift) / math.sqrt(2))
        assert np.count_nonzero(levels >= level) / 4096 == pytest.approx(exceeding, abs=1 / 4096)


def test_a_contaminated_container_never_looks_cleaner_than_a_clean_one_with_the_same_luck():
    assert (anomaly_levels(1.0, 128) >= anomaly_levels(0.0, 128)).all()
