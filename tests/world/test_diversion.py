"""Diversion: goods out of a stock that is there, and what is paid for them."""

from datetime import date

import numpy as np
import pytest

from sim.model import SmugglingModel
from sim.scenario.load import load
from sim.world.commodity import Firearms
from sim.world.diversion import Diversion
from sim.world.ledger import Ledger
from sim.world.market import Book
from sim.world.site import ProductionArea

TODAY, NO_RAIDS = date(2025, 1, 1), np.zeros(1)


def arms(**fields) -> Firearms:
    """1,000 kg a day, unless told otherwise."""
    known = {"name": "Firearms", "diverted_by_year": {2025: 365.25}, "opening_stock_days": 10, "source_price": 100}
    return Firearms.model_validate({**known, "concealments": {"hidden": {"name": "Hidden"}}, **fields})


def diversion(**fields) -> tuple[Diversion, Ledger]:
    yard = ProductionArea.model_validate(
        {"name": "Yard", "country": "XB", "lat": 0, "lon": 0, "share": 1, "commodity": "firearms"}
    )
    return Diversion("firearms", arms(**fields), {"yard": yard}), Ledger(["firearms"], ["yard"])


def test_what_is_diverted_is_booked_with_what_lay_there_before():
    found, books = diversion(supply_elasticity=0)
    for day in range(3):
        found.produce(day, TODAY, NO_RAIDS, books)
    books.add_up()
    assert found.stock_g["yard"] == books.balance["firearms"]["stock"] == 13_000_000


def test_more_is_diverted_where_it_has_become_scarce():
    found, books = diversion(supply_elasticity=1, source_speed=1, source_response=1)
    found.produce(0, TODAY, NO_RAIDS, books)
    assert found.source_usd("yard") == pytest.approx(100 * 20 / 21)  # 20 days' worth is usual, 21 are there
    found.take("yard", found.stock_g["yard"])
    found.produce(1, TODAY, NO_RAIDS, books)
    assert found.stock_g["yard"] == pytest.approx(1_000_000 * 20 / 21, abs=1)
    assert found.source_usd("yard") > 150


def test_firearms_are_sold_on_as_they_are():
    book = Book(arms(market_price=600, demand=365.25, elasticity=-1, demand_growth=0), 1.0)
    assert (book.retail, book.purity) == (600.0, 1.0)
    book.clear(0)
    assert book.retail == book.price > 600.0  # nothing was in stock
    assert book.demand_g_per_day(0) == pytest.approx(1_000_000 * 600 / book.price)


def test_a_scanner_sees_what_its_own_half_load_says():
    chains = SmugglingModel(load("two_coasts_linked", days=1)).chains
    assert chains.visibility("firearms", 15.0) == pytest.approx(0.5)
    assert chains.visibility("cocaine", 15.0) < 0.4
    assert chains.visibility("cocaine", 60.0) == pytest.approx(0.5)


def test_what_goes_the_other_way_meets_export_control_where_it_leaves_and_import_control_where_it_arrives():
    model = SmugglingModel(load("two_coasts_linked", days=1))
    marks, network = model.checkpoints, model.network
    back = [
        network.leg(row)
        for row in range(len(network.legs.mode))
        if network.legs.origin[row] == network.names.index("nordhaven")
    ]
    sea = [leg for leg in back if leg.mode in ("liner", "feeder")]
    assert sea
    for leg in sea:
        assert leg.checkpoints == (marks.row("nordhaven", "export"), marks.row(leg.destination, "import"))
