"""Passage: a load goes its way leg by leg, meets every control on it once, and ends in one place."""

from collections import Counter

import numpy as np
import pytest

from sim.kernels.boxes import ARRIVED
from sim.kernels.draws import child_key
from sim.kernels.loads import LOST
from sim.model import SmugglingModel
from sim.world.consignment import Consignment
from sim.world.route import Transport
from tests.promises.worlds import every_craft, left, lived, send, world

NOBODY_PLANS = ("organisations.coastal.capital_usd=0", "organisations.inland.capital_usd=0")
OPEN_DOORS = (
    "customs.posts={}",
    "customs.imports.scan_share=0",
    "customs.exports.scan_share=0",
    "waters.middle_sea.patrol_units=0",
    "transport.road.origin_seizure=0",
    "transport.road.destination_seizure=0",
    "transport.liner.loss=0",
    *every_craft("loss=0"),
)
CLOSED_PORT = (
    "{side}.scans_per_day=100000", "{side}.examinations_per_day=100000", "{side}.sensitivity=1", "{side}.tip=1",
    "{side}.examination_sensitivity=1",
)  # fmt: skip


def closed(side: str) -> list[str]:
    """Settings under which nothing gets past the controls of one direction."""
    return [setting.format(side=f"customs.{side}") for setting in CLOSED_PORT]


class Journey:
    """A world in which nobody plans anything, and the days of loads that are sent by hand."""

    def __init__(self, *settings: str, days: int = 400) -> None:
        self.model = SmugglingModel(world(*NOBODY_PLANS, *OPEN_DOORS, *settings, days=days))
        self.model.step()  # the areas have made their first goods
        self.met: list[tuple[int, int, str, bool]] = []

    def way(self, departure: str, arrival: str) -> int:
        """Row of the first way between two gateways."""
        routes = enumerate(self.model.cartels[0].ways.routes)
        return next(row for row, route in routes if (route.departure, route.arrival) == (departure, arrival))

    def send(self, departure: str, arrival: str, *, grams: int = 50_000, method: int = 0) -> Consignment:
        """Send a load that needs no hands; it can do its first thing today."""
        way, owner = self.way(departure, arrival), self.model.cartels[0]
        assert self.model.supply.take(owner.ways.routes[way].area, grams) == grams
        send(self.model, owner, way, method=method, grams=grams, draw=len(self.model.cargo.all))
        return self.model.cargo.all[-1]

    def until(self, load: Consignment) -> Consignment:
        """Live until the load has come to its end."""
        while load.outcome == "under_way" and self.model.day < 390:
            self.model.step()
            self.met += [
                (self.model.day - 1, meeting.row, meeting.site, meeting.seized)
                for meeting in self.model.passage.encounters
                if meeting.consignment == load
            ]
        return load


def test_a_load_that_nothing_stops_arrives_after_the_days_of_its_legs():
    """A day to get aboard, and the days that each leg takes."""
    journey = Journey()
    load = journey.until(journey.send("costa_alta", "nordhaven"))
    assert load.outcome == "delivered"
    assert load.place == load.route.market
    assert load.ended - load.planned == sum(leg.days for leg in load.route.legs) + 1


@pytest.mark.parametrize("departure", ["costa_alta", "puerto_sereno"])
def test_a_container_meets_export_control_as_it_leaves_and_import_control_as_it_arrives(departure):
    journey = Journey()
    load = journey.until(journey.send(departure, "westmole"))
    sea = next(leg for leg in load.route.legs if leg.lane >= 0)
    names = [journey.model.checkpoints.names[row] for _, row, _, _ in journey.met]
    assert names == [f"{departure} export", "westmole import"]
    left, came = (day for day, *_ in journey.met)
    assert (left, came - left) == (load.departed, sea.days)


def test_a_load_stays_in_the_container_that_it_left_in():
    """Export and import control see one container, and look at it with luck of their own."""
    journey, words = Journey(), []
    load = journey.send("costa_alta", "nordhaven")
    while load.outcome == "under_way":
        journey.model.step()
        words += journey.model.passage.boxes.word.tolist()
    assert words == [child_key(load.key, next(n for n, leg in enumerate(load.route.legs) if leg.lane >= 0))] * 2


def test_the_boxes_that_left_a_port_are_those_that_arrive_when_their_voyage_is_over():
    """At every control, on every day: exports the day they leave, imports after the days of their lane."""
    model = SmugglingModel(world(*NOBODY_PLANS, days=60))
    lanes, marks = model.lanes, model.checkpoints
    while model.day < 60:
        model.step()
        today = model.day - 1
        for row in range(marks.n_ports):
            exporting = marks.kind[row] == "export"
            here = np.flatnonzero((lanes.origin if exporting else lanes.destination) == marks.port[row])
            days = [0 if exporting else int(lanes.transit_days[lane]) for lane in here]
            due = sum(left(model, int(lane), today - days_ago) for lane, days_ago in zip(here, days, strict=True))
            assert model.chronicle.tally[today, row, ARRIVED] == due


@pytest.mark.parametrize(
    ("side", "checkpoint", "meetings"), [("exports", "costa_alta export", 1), ("imports", "nordhaven import", 2)]
)
def test_what_a_control_finds_goes_no_further(side, checkpoint, meetings):
    journey = Journey(*closed(side))
    load = journey.until(journey.send("costa_alta", "nordhaven"))
    assert (load.outcome, load.checkpoint) == ("seized", checkpoint)
    assert [seized for *_, seized in journey.met] == [False] * (meetings - 1) + [True]
    assert load.ended == journey.met[-1][0]
    for _ in range(30):
        journey.model.step()
    assert (load.outcome, load.ended) == ("seized", journey.met[-1][0])


def test_roads_seize_where_controls_do_not():
    journey = Journey("transport.road.origin_seizure=1000")
    load = journey.until(journey.send("costa_alta", "nordhaven"))
    assert (load.outcome, load.checkpoint, load.place) == ("seized", "road", "highlands")
    assert journey.met == [(load.ended, -1, "highlands", True)]


def test_small_craft_cross_their_zones_and_no_port_control():
    journey = Journey()
    load = journey.until(journey.send("mangrove_coast", "rocky_coast"))
    assert load.outcome == "delivered"
    assert [journey.model.checkpoints.names[row] for _, row, _, _ in journey.met] == ["zone middle_sea"]


def test_patrols_that_miss_nothing_stop_every_crossing():
    journey = Journey(
        "waters.middle_sea.patrol_units=50", "waters.middle_sea.area_nm2=1", "waters.middle_sea.boarding=1",
        "waters.middle_sea.national_rights=1",
    )  # fmt: skip
    load = journey.until(journey.send("mangrove_coast", "rocky_coast"))
    assert (load.outcome, load.checkpoint, load.place) == ("seized", "zone middle_sea", "middle_sea")


@pytest.mark.parametrize(
    ("mode", "ways"), [("liner", ("costa_alta", "nordhaven")), ("small_craft", ("mangrove_coast", "rocky_coast"))]
)
def test_a_sea_that_takes_everything_leaves_nothing_to_deliver(mode, ways):
    losses = every_craft("loss=1") if mode == "small_craft" else ("transport.liner.loss=1",)
    journey = Journey(*losses)
    load = journey.until(journey.send(*ways))
    assert (load.outcome, load.place) == ("lost", ways[1])
    assert journey.model.ledger.balance["cocaine"]["lost"] == load.grams


HUB = (
    "geography.ports.midway={name: Midway, country: XD, region: MIDDLE, role: transit, lat: 20.0, lon: -25.0,"
    " teu_thousand: 800}",
    "trade.mixes.MIDDLE={general: 1.0}",
    "transport.sea_distances=[{origin: costa_alta, destination: midway, nm: 2200},"
    " {origin: puerto_sereno, destination: midway, nm: 2300}, {origin: midway, destination: nordhaven, nm: 1700},"
    " {origin: midway, destination: westmole, nm: 1650}]",
)


def test_at_a_hub_a_load_is_controlled_twice_and_waits_for_its_second_ship():
    journey = Journey(*HUB, "transport.hub_days=9")
    load = journey.until(journey.send("costa_alta", "nordhaven"))
    names = [journey.model.checkpoints.names[row] for _, row, _, _ in journey.met]
    assert names == ["costa_alta export", "midway import", "midway export", "nordhaven import"]
    days = [day for day, *_ in journey.met]
    assert days[2] - days[1] == 9
    assert load.outcome == "delivered"


def test_a_load_waits_for_a_day_on_which_a_box_leaves():
    journey = Journey()
    load = journey.send("costa_alta", "nordhaven")
    lane = next(leg.lane for leg in load.route.legs if leg.lane >= 0)
    journey.model.clearance.lanes.boxes_per_day[lane] = 0.0
    for _ in range(30):
        journey.model.step()
    assert (load.outcome, load.departed) == ("under_way", -1)
    journey.model.clearance.lanes.boxes_per_day[lane] = 50.0
    assert journey.until(load).outcome == "delivered"
    assert load.departed == 31


def test_no_box_holds_two_loads():
    """Forty loads, a few boxes a day: each load has a box to itself, so that who opens it has all there is."""
    journey, words = Journey(*closed("imports")), Counter()
    loads = [journey.send("costa_alta", "nordhaven", grams=5_000) for _ in range(40)]
    lane = next(leg.lane for leg in loads[0].route.legs if leg.lane >= 0)
    journey.model.clearance.lanes.boxes_per_day[lane] = 4.0
    while any(load.outcome == "under_way" for load in loads):
        journey.model.step()
        words.update(journey.model.passage.boxes.word.tolist())
    assert len(words) == len(loads)
    assert set(words.values()) == {2}  # once at export, once at import
    assert {load.checkpoint for load in loads} == {"nordhaven import"}


def test_loads_that_nobody_puts_aboard_do_not_leave():
    """Pay that nobody takes: what needs hands stays in port, on the origin side."""
    model = lived("organisations.coastal.cells.origin_pay_usd=0", "organisations.inland.cells.origin_pay_usd=0",
                  *OPEN_DOORS, days=120)  # fmt: skip
    crewed = [load for load in model.cargo.all if load.route.mode == "small_craft" or load.concealment > 0]
    assert crewed
    assert {(load.outcome, load.departed) for load in crewed} == {("under_way", -1)}


def test_a_container_that_nobody_empties_goes_on_and_its_load_is_lost():
    model = lived("organisations.coastal.cells.destination_pay_usd=0",
                  "organisations.inland.cells.destination_pay_usd=0", *OPEN_DOORS, days=150)  # fmt: skip
    ended = [
        load for load in model.cargo.all if load.route.mode == "container" and load.concealment > 0 and load.ended >= 0
    ]
    assert ended
    for load in ended:
        assert (load.outcome, load.place) == ("lost", load.route.arrival)
        sea = next(leg for leg in load.route.legs if leg.lane >= 0)
        assert load.ended - load.departed - sea.days == round(Transport().hold_days)


def test_a_craft_that_nobody_meets_waits_for_as_many_days_as_a_container():
    """From the day on which it came in, whatever the stages of its crossing made of its days at sea."""
    model = lived("organisations.coastal.cells.destination_pay_usd=0",
                  "organisations.inland.cells.destination_pay_usd=0", *OPEN_DOORS, days=150)  # fmt: skip
    loads, small_craft = model.cargo.rows, model.passage.legs["small_craft"]
    lost = loads[loads["landed"] & (loads["outcome"] == LOST)]
    given_up = lost[small_craft[lost["legs"][np.arange(len(lost)), lost["leg"]]]]
    assert len(given_up)
    assert set((given_up["ended"] - given_up["came"]).tolist()) == {round(Transport().hold_days)}


def test_crews_stop_waiting_for_a_load_that_will_not_come():
    model = lived("commodities.cocaine.concealments.declared.crew=true", days=120)
    assert any(load.outcome == "seized" and load.crews_ahead for load in model.cargo.all)
    ahead = Counter(
        (load.organisation, site)
        for load in model.cargo.all
        if load.outcome == "under_way"
        for site in load.crews_ahead
    )
    for cartel in model.cartels:
        assert {
            site: cartel.cells.at(site)["waiting"] for site in cartel.ways.places if cartel.cells.at(site)["waiting"]
        } == {site: count for (owner, site), count in ahead.items() if owner == cartel.number}


def test_every_load_comes_to_one_end_and_keeps_it():
    model = lived(days=200)
    for load in model.cargo.all:
        assert (load.outcome == "under_way") == (load.ended == -1)
        if load.ended >= 0:
            assert load.planned < load.ended < model.day
    ends = Counter(
        number
        for number, event in zip(*map(model.ledger.columns().get, ("consignment", "event")), strict=True)
        if event in ("seized", "lost", "delivered")
    )
    assert set(ends.values()) == {1}
