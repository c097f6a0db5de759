"""The books balance: every gram of every day is accounted for, three times over, or the run stops and says where."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from sim.model import SmugglingModel
from sim.study import measures
from sim.world.ledger import ACCOUNTS, BooksDoNotBalance
from tests.promises.recomputed import BELOW_ZERO
from tests.promises.worlds import every_craft, lived, world

WORLDS = {
    "as shipped": (),
    "no way past customs": ("customs.imports.scans_per_day=100000", "customs.exports.scans_per_day=100000"),
    "many small organisations": ("organisations.coastal.count=25", "organisations.coastal.capital_usd=2000000"),
    "one organisation": ("organisations={alone: {name: One, count: 1, areas: [highlands]}}",),
    "rough seas": (*every_craft("loss=0.5"), "transport.liner.loss=0.3"),
    "dangerous roads": ("transport.road.origin_seizure=1", "transport.road.destination_seizure=1"),
    "a flood": ("commodities.cocaine.production_by_year={2025: 3000}", "commodities.cocaine.demand=1"),
    "a drought": ("commodities.cocaine.production_by_year={2025: 0.01}",),
    "nobody works": ("organisations.coastal.cells.origin_pay_usd=1", "organisations.inland.cells.origin_pay_usd=1"),
    "tiny loads": ("organisations.coastal.largest_lot=7", "organisations.coastal.least_lot=6"),
    "quick roads": ("transport.road.km_per_day=100000", "transport.liner.knots=100", "transport.liner.port_days=0"),
    "all are arrested": ("commodities.cocaine.arrests_per_seizure=1", "customs.exports.scan_share=0.5"),
}  # fmt: skip


def balance_by_hand(model: SmugglingModel) -> Counter:
    """Accounts added up from the event table alone; what is delivered is at the market too."""
    found: Counter = Counter()
    columns = model.ledger.columns()
    for source, target, grams in zip(*(columns[n] for n in ("from_account", "to_account", "grams")), strict=True):
        found[source] -= grams
        found[target] += grams
        found["market"] += grams if target == "delivered" else 0
    return found


def grams_by_outcome(model: SmugglingModel) -> Counter:
    found: Counter = Counter()
    for load in model.cargo.all:
        found[load.outcome] += load.grams
    return found


@pytest.mark.parametrize("settings", WORLDS.values(), ids=WORLDS)
def test_every_gram_is_somewhere_on_every_day(settings):
    """By the books, by the event table added up by hand, and by the loads, stores and markets themselves."""
    model = SmugglingModel(world(*settings, days=110))
    while model.day < 110:
        model.step()
        books, by_hand, loads = model.ledger.balance["cocaine"], balance_by_hand(model), grams_by_outcome(model)

        assert {name: by_hand[name] for name in books} == books
        assert sum(books.values()) == books["delivered"]  # which is counted at the market as well
        assert -books["production"] == sum(books[n] for n in ("stock", "transit", "seized", "lost", "delivered"))
        assert (
            books["delivered"] - books["opening"]
            == books["market"] + books["consumed"] + books["residue"] + books["raided"]
        )
        assert books["stock"] == sum(model.supply.stock_g.values())
        assert books["market"] == sum(market.stock_g for market in model.markets.values())
        assert books["transit"] == loads["under_way"]
        for outcome in ("seized", "lost", "delivered"):
            assert books[outcome] == loads[outcome]


@pytest.mark.parametrize("settings", [WORLDS["as shipped"], WORLDS["rough seas"]], ids=["as shipped", "rough seas"])
def test_every_published_number_follows_from_the_event_table(settings):
    model = lived(*settings, days=200)
    totals, found = measures.totals(model), measures.tables(model)
    grams: defaultdict[str, Counter] = defaultdict(Counter)
    for day, event, moved in zip(*(found["events"][n] for n in ("day", "event", "grams")), strict=True):
        grams[event][day] += moved

    for event in ("produced", "dispatched", "seized", "lost", "delivered", "consumed"):
        assert found["daily"][f"{event}_g"] == [grams[event][day] for day in range(200)]
    for name in ("produced", "dispatched", "seized", "lost", "delivered"):
        assert totals[f"{name}_kg"] == sum(grams[name].values()) / 1000
    ended = sum(sum(grams[event].values()) for event in ("seized", "lost", "delivered"))
    assert totals["interception_share"] == sum(grams["seized"].values()) / ended
    assert totals["stock_kg"] + totals["in_transit_kg"] == pytest.approx(
        (sum(grams["produced"].values()) - ended) / 1000, abs=1e-9
    )


def test_the_consignments_table_tells_what_the_event_table_tells():
    model = lived(days=200)
    found = measures.tables(model)
    loads = found["consignments"]
    ends = {
        number: (event, day, place, checkpoint, grams)
        for number, event, day, place, checkpoint, grams in zip(
            *(found["events"][n] for n in ("consignment", "event", "day", "place", "checkpoint", "grams")), strict=True
        )
        if event in ("seized", "lost", "delivered")
    }
    told = {
        number: ending
        for number, *ending in zip(
            *(
                loads[n]
                for n in ("consignment", "outcome", "outcome_day", "outcome_place", "outcome_checkpoint", "grams")
            ),
            strict=True,
        )
        if ending[0] != "under_way"
    }
    assert {number: tuple(ending) for number, ending in told.items()} == ends


def test_the_ports_table_tells_what_the_event_table_tells():
    model = lived(days=200)
    found = measures.tables(model)
    ports, events = found["ports"], found["events"]
    by_control: Counter = Counter()
    for day, event, checkpoint, grams in zip(
        *(events[n] for n in ("day", "event", "checkpoint", "grams")), strict=True
    ):
        if event == "seized" and checkpoint in model.checkpoints.names[: model.checkpoints.n_ports]:
            by_control[day, checkpoint] += grams
    told = {
        (day, name): grams
        for day, name, grams in zip(ports["day"].tolist(), ports["checkpoint"], ports["seized_g"].tolist(), strict=True)
        if grams
    }
    assert told == dict(by_control)
    assert (np.asarray(ports["seized_g"]) <= np.asarray(ports["contraband_g"])).all()
    hits = sum(load.checkpoint in model.checkpoints.names[: model.checkpoints.n_ports] for load in model.cargo.all)
    assert int(np.sum(ports["hits"])) == hits


def test_no_table_holds_a_number_that_is_none():
    model = lived(days=120)
    for table in measures.tables(model).values():
        for name, values in table.items():
            column = np.asarray(values)
            if column.dtype.kind == "f":
                assert np.isfinite(column).all(), name
            if column.dtype.kind in "if" and name not in BELOW_ZERO:
                assert (column >= 0).all(), name


def steal_from_a_store(model: SmugglingModel) -> None:
    model.supply.stock_g["highlands"] -= 1


def drop_a_load(model: SmugglingModel) -> None:
    load = next(load.number for load in model.cargo.all if load.outcome == "under_way")
    model.cargo.rows["grams"][load] -= 1


def forget_a_seizure(model: SmugglingModel) -> None:
    model.ledger.amounts[0, ACCOUNTS.index("seized")] -= 1


def print_goods(model: SmugglingModel) -> None:
    model.ledger.amounts[0, ACCOUNTS.index("market")] += 1


@pytest.mark.parametrize(
    ("crime", "says"),
    [
        (steal_from_a_store, r"stock = what the stores hold fails: \d+ g against \d+ g"),
        (drop_a_load, r"transit = what the consignments hold fails: \d+ g against \d+ g"),
        (
            forget_a_seizure,
            r"produced = stock \+ transit \+ seized \+ lost \+ delivered \+ safety fails: \d+ g against \d+ g",
        ),
        (print_goods, r"delivered \+ opening = market \+ consumed \+ residue \+ raided fails: \d+ g against \d+ g"),
    ],
)
def test_a_gram_that_goes_missing_stops_the_run_and_says_where(crime, says):
    model = SmugglingModel(world(days=40))
    while model.day < 20:
        model.step()
    crime(model)
    with pytest.raises(BooksDoNotBalance, match=f"^day 20, cocaine: {says}$"):
        model.step()
