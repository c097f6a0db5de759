"""Logit: each way and concealment is chosen with a chance that rises with its value, and so is not sending."""

from __future__ import annotations

from typing import Literal

from sim.actors.behaviours.behaviour import (
    Behaviour,
    Choice,
    PositivePriceShare,
    PriceShare,
    Seen,
)
from sim.quantity import ASSUMED, PositiveUsdPerKg, Quantity


class Logit(Behaviour):
    """Chooses among ways, concealments and not sending with chances exp(value / temperature) (McFadden 1974)."""

    kind: Literal["logit"] = "logit"
    temperature: PositivePriceShare = Quantity(0.1, "share", 0.02, 0.5, ASSUMED)
    """Scale of what is not known of its reasons, in value per kilogram as a share of the market's starting price: the
    lower, the surer the best is taken."""
    temperature_usd: PositiveUsdPerKg | None = None
    """The same in USD per kilogram, in place of the share."""
    outside: PriceShare = Quantity(0.0, "share", -0.2, 0.5, ASSUMED)
    """Utility of not sending a lot, per kilogram, as a share of the market's starting price."""

    def choose(self, seen: Seen) -> Choice:
        """The share of the price as money, by mean beliefs."""
        price, usd = seen.starting_price_usd, self.temperature_usd
        return Choice(
            draws="logit",
            sampled=False,
            temperature_usd=float(usd) if usd is not None else float(self.temperature) * price,
            outside_usd=float(self.outside) * price,
        )
