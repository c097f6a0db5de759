"""The route graph: what can reach what, at which cost, past which checkpoints."""

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from sim.world.atlas import ports_of
from sim.world.candidates import Ways, passages_of
from sim.world.checkpoints import Checkpoints
from sim.world.distances import sea_distances
from sim.world.lanes import lanes_of
from sim.world.network import network_of
from sim.world.route import Road, SmallCraft, Transport
from sim.world.site import Geography
from sim.world.trade import Trade
from sim.world.waters import SeaZone
from sim.world.ways import Admitted, Route, WayTable


def site(country: str, lat: float, lon: float, **more) -> dict:
    return {"name": f"Somewhere in {country}", "country": country, "lat": lat, "lon": lon, **more}


SITES = {
    "production_areas": {
        "catatumbo": site("CO", 8.6, -73.0, share=0.6),
        "chapare": site("BO", -17.0, -65.3, share=0.4),
    },
    "warehouses": {
        "caribbean": site("CO", 10.4, -75.0, side="origin"),
        "santa_cruz": site("BO", -17.7, -63.1, side="origin"),
        "ruhr": site("DE", 51.4, 7.0, side="destination"),
        "madrid": site("ES", 40.3, -3.8, side="destination"),
    },
    "docks": {
        "guajira": site("CO", 11.6, -72.8, side="origin", zones=["caribbean", "open_atlantic"]),
        "galicia": site("ES", 42.6, -8.8, side="destination", zones=["iberian_waters", "open_atlantic"]),
    },
    "markets": {"north": site("DE", 51.0, 9.0, demand_share=0.5), "south": site("ES", 40.0, -4.2, demand_share=0.5)},
}
WATERS = {name: SeaZone(name=name, area_nm2=400000) for name in ("caribbean", "open_atlantic", "iberian_waters")}
TRADE = Trade.model_validate(
    {
        "cargo_classes": {"dry": {"name": "Dry goods"}},
        "mixes": {"rest_of_world": {"dry": 1.0}},
        "gravity": {
            "region_boxes": {"origin>destination": 1.4e6, "origin>transit": 5e5, "transit>destination": 7e5}
        },
    }
)  # fmt: skip


class World:
    """A route graph with all that it was made of."""

    def __init__(self, trade=TRADE, transport=None, waters=WATERS, **fields) -> None:
        transport = transport or Transport()
        self.geography = Geography.model_validate({"dataset": "latin_america_europe", **SITES, **fields})
        self.ports = ports_of(self.geography)
        self.lanes = lanes_of(self.ports, sea_distances(self.geography, transport), trade, transport)
        self.checkpoints = Checkpoints.of(self.ports, waters)
        self.network = network_of(self.geography, self.ports, self.lanes, self.checkpoints, transport)
        self.graph = self.network.graph()

    def table(self, area: str, market: str, most: int) -> WayTable:
        """The table of the candidate ways from an area to a market."""
        ways = {(area, market): passages_of(self.network).candidates(area, market, most)}
        return WayTable.of(self.network, ways, (area,), (market,), {area: Admitted(0b111, -1)})

    def routes(self, area: str, market: str, most: int) -> tuple[Route, ...]:
        """The same as values."""
        return tuple(self.table(area, market, most).routes)

    def edges(self, *modes: str):
        return [
            (start, end, edge) for start, end, mode, edge in self.graph.edges(keys=True, data=True) if mode in modes
        ]

    def names(self, rows) -> list[str]:
        return [self.checkpoints.names[row] for row in rows]


def small_world(*distances: tuple[str, str, float], dock: bool = False) -> World:
    """One origin port, one hub, one destination port, and the given sea distances."""
    port = {"region": "AMERICA", "role": "origin", "teu_thousand": 1000}
    return World(
        trade=TRADE.model_copy(update={"gravity": TRADE.gravity.model_copy(update={"region_boxes": {}})}),
        transport=Transport.model_validate(
            {"sea_distances": [dict(zip(("origin", "destination", "nm"), pair, strict=True)) for pair in distances]}
        ),
        dataset=None,
        ports={
            "A": site("CO", 10.4, -75.5, **port),
            "HUB": site("SN", 14.7, -17.4, **port | {"region": "AFRICA", "role": "transit"}),
            "B": site("BE", 51.2, 4.4, **port | {"region": "EUROPE", "role": "destination"}),
        },
        docks=SITES["docks"] if dock else {},
    )


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def routes(world):
    return world.routes("catatumbo", "north", 400)


def test_the_graph_opens_in_networkx_with_all_sites_in_order(world):
    graph = world.graph
    assert isinstance(graph, nx.MultiDiGraph)
    assert list(graph) == [
        *SITES["production_areas"], *SITES["warehouses"], *world.ports, *SITES["docks"], *SITES["markets"]
    ]  # fmt: skip
    assert {graph.nodes[name]["kind"] for name in graph} == {"area", "warehouse", "port", "dock", "market"}
    assert nx.has_path(graph, "catatumbo", "south")


def test_no_road_leaves_its_side_of_the_ocean(world):
    side = world.graph.nodes.data("side")
    assert world.edges("road")
    assert all(side[start] == side[end] for start, end, _ in world.edges("road"))


def test_hubs_in_africa_are_reached_by_sea_only(world):
    assert world.graph.nodes["MAPTM"]["side"] == world.graph.nodes["SNDKR"]["side"] == "transit"
    assert not [(start, end) for start, end, _ in world.edges("road") if "MAPTM" in (start, end)]


def test_hubs_in_latin_america_are_reached_by_road_too(world):
    assert world.graph.has_edge("caribbean", "PACTB", "road")


def test_no_haul_is_longer_than_the_reach_of_a_lorry(world):
    assert max(edge["distance_km"] for _, _, edge in world.edges("road")) <= 3200
    assert not world.graph.has_edge("catatumbo", "santa_cruz")


def test_what_is_seized_on_the_road_grows_with_the_way(world):
    edge = world.graph.edges["catatumbo", "caribbean", "road"]
    assert edge["distance_km"] == pytest.approx(298 * 1.4, rel=0.01)
    assert edge["seizure"] == pytest.approx(1 - math.exp(-Road().origin_seizure * edge["distance_km"] / 1000))
    assert edge["usd_per_kg"] == pytest.approx(Road().usd_per_kg_1000km * edge["distance_km"] / 1000)
    assert edge["days"] == 2


def test_contraband_hides_in_lanes_with_enough_containers_only(world):
    carried = {edge["lane"] for _, _, edge in world.edges("liner", "feeder")}
    for lane in range(len(world.lanes)):
        modelled = min(world.lanes.origin[lane], world.lanes.destination[lane]) >= 0
        assert (lane in carried) == (modelled and world.lanes.boxes_per_day[lane] * 365.25 >= 52)


def test_a_lanes_edge_is_the_lane_of_its_ports(world):
    for start, end, edge in world.edges("liner", "feeder"):
        assert world.lanes.names[edge["lane"]] == f"{start}>{end}"


@pytest.mark.parametrize(
    ("origin", "destination", "mode", "passed"),
    [
        ("ECGYE", "BEANR", "liner", ["ECGYE export", "BEANR import"]),
        ("COCTG", "PABLB", "feeder", ["COCTG export", "PABLB import"]),
        ("MAPTM", "ESALG", "feeder", ["MAPTM export", "ESALG import"]),
    ],
)
def test_a_container_passes_export_then_import_control(world, origin, destination, mode, passed):
    edge = world.graph.edges[origin, destination, mode]
    assert world.names(edge["checkpoints"]) == passed
    assert edge["loss"] == 0.01


def test_a_small_craft_crosses_the_zones_from_coast_to_coast_each_once(world):
    edge = world.graph.edges["guajira", "galicia", "small_craft"]
    assert world.names(edge["checkpoints"]) == ["zone caribbean", "zone open_atlantic", "zone iberian_waters"]
    assert edge["usd_fixed"] == float(SmallCraft().fishing_vessel.craft_usd)
    assert edge["days"] == -(-edge["nm"] // (24 * 9))
    assert edge["nm"] == pytest.approx(3787 * 1.15, rel=0.002)  # 63.1 degrees of arc


def test_a_crossing_is_made_by_kinds_that_reach_across_and_that_both_docks_admit(world):
    """Go-fast craft do not reach across an ocean; a leg has the figures of what carries a full load for least."""
    kinds = list(SmallCraft().kinds)
    across = world.graph.edges["guajira", "galicia", "small_craft"]
    assert [kind for m, kind in enumerate(kinds) if across["admits"] >> m & 1] == [
        "fishing_vessel", "sailing_yacht", "semi_submersible",
    ]  # fmt: skip
    picky = {**SITES["docks"], "galicia": {**SITES["docks"]["galicia"], "craft": ["sailing_yacht", "go_fast"]}}
    edge = World(docks=picky).graph.edges["guajira", "galicia", "small_craft"]
    assert (edge["admits"], edge["capacity_kg"], edge["usd_fixed"]) == (0b0010, 1000.0, 200_000.0)
    nobody = {**SITES["docks"], "galicia": {**SITES["docks"]["galicia"], "craft": ["go_fast"]}}
    assert not World(docks=nobody).edges("small_craft")


def test_small_craft_cross_the_ocean_one_way(world):
    assert [(start, end) for start, end, _ in world.edges("small_craft")] == [("guajira", "galicia")]


def test_a_way_runs_without_a_gap_from_the_area_to_the_market(world, routes):
    for route in routes:
        assert route.sites[0] == "catatumbo"
        assert route.sites[-1] == "north"
        assert all(first.destination == second.origin for first, second in pairwise(route.legs))
        kinds = [world.graph.nodes[place]["kind"] for place in route.sites]
        gateways = ["dock"] * 2 if route.mode == "small_craft" else ["port"] * (len(route.legs) - 3)
        assert kinds == ["area", "warehouse", *gateways, "warehouse", "market"]
        assert {route.departure, route.arrival} <= set(route.sites)


def test_a_way_adds_up_its_legs(routes):
    for route in routes:
        assert route.usd_per_kg == pytest.approx(sum(leg.usd_per_kg for leg in route.legs))
        assert route.days == sum(leg.days for leg in route.legs)


def test_a_way_changes_ship_at_one_hub_at_most(world, routes):
    for route in routes:
        hubs = route.sites[3:-3]
        assert len(hubs) <= 1
        assert all(world.ports[hub].role == "transit" for hub in hubs)


def test_ways_go_by_a_hub_beside_the_direct_lane(world, routes):
    direct = {(route.departure, route.arrival) for route in routes if len(route.legs) == 5}
    beside = [route for route in routes if len(route.legs) == 6 and (route.departure, route.arrival) in direct]
    assert 0 < len(beside) <= 400 / 5
    assert len({route.sites[3] for route in beside}) >= 10


def test_no_way_comes_twice(routes):
    assert len({route.sites for route in routes}) == len(routes) == 400


def test_the_cheapest_way_comes_first(routes):
    containers = [route.usd_per_kg for route in routes if route.mode == "container"]
    assert containers == pytest.approx(sorted(containers))
    assert routes[0].departure == "COCTG"  # the port nearest to the only warehouse in reach


def test_small_craft_are_weighed_with_their_price_spread_over_a_full_load(routes):
    position = next(place for place, route in enumerate(routes) if route.mode == "small_craft")
    cost = routes[position].usd_per_kg + 700_000 / 3300
    assert all(route.usd_per_kg <= cost for route in routes[:position])
    assert all(route.usd_per_kg >= cost for route in routes[position + 1 :])


@pytest.mark.parametrize("market", ["north", "south"])
def test_no_gateway_disappears_when_only_some_ways_fit(world, market):
    every = world.routes("catatumbo", market, 100_000)
    few = world.routes("catatumbo", market, 150)
    assert len(few) == 150
    assert {route.departure for route in few} == {route.departure for route in every}
    assert {route.arrival for route in few} == {route.arrival for route in every}


def test_every_gateway_keeps_its_cheapest_way(world):
    every = world.routes("chapare", "south", 100_000)
    few = world.routes("chapare", "south", 150)
    for end in ("departure", "arrival"):
        cheapest = {}
        for route in every:
            cheapest.setdefault(getattr(route, end), route)
        assert set(cheapest.values()) <= set(few)


@pytest.mark.parametrize("most", [1, 3, 10])
def test_no_more_ways_are_given_than_asked_for(world, most):
    assert len(world.routes("catatumbo", "north", most)) == most


def test_passages_found_once_serve_every_pair(world, routes):
    passages = passages_of(world.network)
    passages.candidates("chapare", "south", 400)
    ways = {("catatumbo", "north"): passages.candidates("catatumbo", "north", 400)}
    found = WayTable.of(world.network, ways, ("catatumbo",), ("north",), {"catatumbo": Admitted(0b111, -1)})
    assert tuple(found.routes) == routes


def test_every_leg_of_a_way_is_an_edge_of_the_graph(world, routes):
    for route in routes:
        for leg in route.legs:
            edge = world.graph.edges[leg.origin, leg.destination, leg.mode]
            assert all(edge[name] == getattr(leg, name) for name in ("days", "lane", "usd_per_kg", "checkpoints"))


def test_a_pair_without_a_lane_goes_by_a_hub():
    small = small_world(("A", "HUB", 3000.0), ("HUB", "B", 2500.0))
    (route,) = small.routes("catatumbo", "north", 10)
    assert route.sites == ("catatumbo", "caribbean", "A", "HUB", "B", "ruhr", "north")
    passed = [row for leg in route.legs for row in leg.checkpoints]
    assert small.names(passed) == ["A export", "HUB import", "HUB export", "B import"]


def test_the_direct_lane_is_preferred_and_the_hub_stands_beside_it():
    small = small_world(("A", "HUB", 3000.0), ("HUB", "B", 2500.0), ("A", "B", 5000.0))
    routes = small.routes("catatumbo", "north", 10)
    assert [route.sites[2:-2] for route in routes] == [("A", "B"), ("A", "HUB", "B")]


def test_without_a_ship_there_is_no_way():
    assert small_world().routes("catatumbo", "north", 10) == ()


def test_without_a_warehouse_in_reach_there_is_no_way():
    near = {**SITES["warehouses"], "santa_cruz": SITES["warehouses"]["caribbean"]}
    assert World(warehouses=near).routes("chapare", "north", 10) == ()


def test_the_table_says_what_the_ways_say(world, routes):
    table = world.table("catatumbo", "north", 400)
    facts = table.facts
    assert facts["row"].tolist() == list(range(400))
    for row, route in enumerate(routes):
        marks = [mark for leg in route.legs for mark in leg.checkpoints]
        assert facts["checkpoints"][row].tolist() == marks + [-1] * (6 - len(marks))
        at_sea = [leg for leg in route.legs if leg.mode != "road"]
        assert [table.places[place] for place in table.crews[row] if place >= 0] == [
            site for leg in at_sea for site in (leg.origin, leg.destination)
        ]
        assert facts["small_craft"][row] == (route.mode == "small_craft")
        assert table.areas[facts["area"][row]] == route.area
        crossing = [leg for leg in route.legs if leg.mode == "small_craft"]
        assert facts["nm"][row] == pytest.approx(sum(leg.distance_km / 1.852 for leg in crossing))
        assert facts["admits"][row] == (crossing[0].admits if crossing else 0b111)
    by_land_and_lane = [[leg for leg in route.legs if leg.mode != "small_craft"] for route in routes]
    np.testing.assert_array_equal(
        facts["usd_per_kg"], [sum(leg.usd_per_kg for leg in legs) for legs in by_land_and_lane]
    )
    assert set(facts["usd_fixed"]) == {0.0}


def test_what_arrives_survived_every_leg():
    small = small_world(("A", "B", 5000.0))
    (route,) = small.routes("catatumbo", "north", 1)
    survived = 0.99  # at sea
    for leg in route.legs:
        survived *= 1 - leg.seizure
    assert small.table("catatumbo", "north", 1).facts["known_loss"][0] == pytest.approx(1 - survived, rel=1e-12)


def test_a_table_of_no_ways_is_empty():
    assert len(small_world().table("catatumbo", "north", 10).facts) == 0


def test_a_way_past_too_many_checkpoints_is_told_in_words():
    zones = [f"zone_{number}" for number in range(7)]
    waters = WATERS | {zone: SeaZone(name=zone, area_nm2=1000) for zone in zones}
    docks = {**SITES["docks"], "guajira": {**SITES["docks"]["guajira"], "zones": zones}}
    many = World(waters=waters, docks=docks)
    with pytest.raises(ValueError, match=r"guajira > galicia > .* passes 9 checkpoints; 6 is the most"):
        many.table("catatumbo", "north", 400)


def test_ways_are_picked_in_rounds_as_if_each_gateway_sent_its_cheapest_in_turn():
    ways = [
        (float(5 * out % 3 + to % 2), 10 + out * to % 4, out, 0 if (out + to) % 3 else -1, to)
        for out in range(7) for to in range(9)
    ]  # fmt: skip
    sent: dict[tuple[int, int], int] = {}
    rounds = {}
    for way in sorted(ways):
        counts = [sent.get((end, way[end]), 0) for end in (2, 4)]
        rounds[way] = min(counts)
        for end, count in zip((2, 4), counts, strict=True):
            sent[end, way[end]] = count + 1
    plain = sorted(sorted(ways), key=rounds.__getitem__)

    columns = Ways(*map(np.array, zip(*reversed(ways), strict=True))).in_order()

    for most in (0, 1, 10, 63, 100):
        picked = columns.picked(most, "departure", "arrival")
        assert list(zip(*(column.tolist() for column in picked), strict=True)) == plain[:most]


def test_ways_do_not_depend_on_the_order_in_which_python_hashes(printed_under_two_hash_seeds):
    script = (
        "import hashlib; import test_network as t; world = t.World();"
        "print(hashlib.sha256(repr([world.routes('catatumbo', 'south', 200),"
        " list(world.graph.edges(keys=True))]).encode()).hexdigest())"
    )
    assert len(printed_under_two_hash_seeds(script)) == 1
