"""Supply: what the production areas make, hold, and give."""

from datetime import date

import pytest

from sim.world.ledger import Ledger
from sim.world.site import ProductionArea
from sim.world.supply import Supply
from tests.world.goods import good

DAY_G = 2_000_000  # a day's production at the starting price, grams
NEW_YEAR = date(2025, 1, 1)


def supply(shares: dict[str, float] | None = None, **fields) -> tuple[Supply, Ledger]:
    areas = {
        name: ProductionArea(name=name, country="XA", lat=0, lon=0, share=share)
        for name, share in (shares or {"hills": 1.0}).items()
    }
    return Supply("goods", good(**fields), areas), Ledger(("goods",), tuple(areas))


def made(days: int, relative_price: float = 1.0, today: date = NEW_YEAR, **fields) -> int:
    store, ledger = supply(**fields)
    for day in range(days):
        store.produce(day, today, relative_price, ledger)
    return sum(store.stock_g.values())


def test_a_year_makes_a_years_production():
    assert made(days=1461, opening_stock_days=0) == pytest.approx(4 * 365.25 * DAY_G, abs=1)


def test_only_the_share_for_this_trade_is_made_and_gross_weight_counts():
    assert made(1, opening_stock_days=0, trade_share=0.25, purity=0.8) == pytest.approx(DAY_G * 0.25 / 0.8, abs=1)


def test_the_first_day_books_what_the_areas_held():
    assert made(1) == 4 * DAY_G  # three days of production, and the day's own
    assert made(2) == 5 * DAY_G


def test_a_higher_price_draws_product_into_the_trade():
    assert made(1, relative_price=4.0, opening_stock_days=0) == pytest.approx(DAY_G * 4.0**0.5, abs=1)
    assert made(1, relative_price=4.0, opening_stock_days=0, supply_elasticity=0) == DAY_G


def test_areas_share_production_and_fractions_of_a_gram_are_not_lost():
    store, ledger = supply({"hills": 1 / 3, "valley": 2 / 3}, production_by_year={2025: 0.001}, opening_stock_days=0)
    for day in range(1000):
        store.produce(day, NEW_YEAR, 1.0, ledger)
    whole = 0.001 * 1e6 / 365.25 * 1000
    assert store.stock_g["hills"] == pytest.approx(whole / 3, abs=1)
    assert store.stock_g["valley"] == pytest.approx(whole * 2 / 3, abs=1)


@pytest.mark.parametrize(("year", "tonnes"), [(2015, 10), (2020, 10), (2021, 10), (2023, 30), (2030, 30)])
def test_a_year_without_a_figure_takes_the_nearest_one(year, tonnes):
    store, _ = supply(production_by_year={2020: 10, 2023: 30})
    assert store.tonnes_per_year(year) == tonnes


def test_a_store_never_gives_more_than_it_holds():
    store, ledger = supply()
    store.produce(0, NEW_YEAR, 1.0, ledger)
    assert store.take("hills", 1_000) == 1_000
    assert store.take("hills", 10**12) == 4 * DAY_G - 1_000
    assert store.take("hills", 1) == 0
    assert store.stock_g["hills"] == 0


def test_what_is_made_is_booked_gram_for_gram_by_area():
    store, ledger = supply({"hills": 0.25, "valley": 0.75})
    for day in range(5):
        store.produce(day, NEW_YEAR, 1.1, ledger)
    for area, held in store.stock_g.items():
        assert (
            sum(
                g
                for g, place in zip(ledger.columns()["grams"], ledger.columns()["place"], strict=True)
                if place == area
            )
            == held
        )
    ledger.add_up()
    assert ledger.balance["goods"]["stock"] == sum(store.stock_g.values()) == -ledger.balance["goods"]["production"]


def test_without_production_nothing_is_made_or_booked():
    store, ledger = supply(production_by_year={2025: 0})
    store.produce(0, NEW_YEAR, 1.0, ledger)
    assert store.stock_g == {"hills": 0}
    assert not len(ledger.table)
