"""A made-up contraband with round numbers, for tests of markets and supply."""

from sim.world.commodity import Drug


def good(**fields) -> Drug:
    """Demand of 1,000 kg a day at 10,000 USD a kilogram, made at 2,000 kg a day, unless told otherwise."""
    return Drug.model_validate(
        {
            "name": "Goods",
            "production_by_year": {2025: 365.25 * 2.0},
            "trade_share": 1.0,
            "purity": 1.0,
            "supply_elasticity": 0.0,
            "market_price": 10_000,
            "demand": 365.25,
            "demand_growth": 0.0,
            "elasticity": -0.5,
            "stock_days": 10,
            "pipeline_days": 5,
            "opening_stock_days": 3,
            "price_speed": 0.01,
            "concealments": {"declared": {"name": "Declared"}},
            **fields,
        }
    )
