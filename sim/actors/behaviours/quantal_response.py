"""Quantal response: better ways are taken more often, the more so the more rational an organisation is."""

from __future__ import annotations

from typing import Literal

from sim.actors.behaviours.behaviour import Behaviour, Choice, Seen
from sim.quantity import ASSUMED, PositiveNumber, Quantity


class QuantalResponse(Behaviour):
    """Takes each way and concealment with a chance exp(rationality * utility), and always sends (Shieh et al. 2012)."""

    kind: Literal["quantal_response"] = "quantal_response"
    rationality: PositiveNumber = Quantity(0.76, "1", 0.1, 1.5, ASSUMED)
    """Lambda: 0 chooses blindly, the best is taken ever more surely as it rises (0.76 stands in Shieh et al. 2012, from
    memory)."""
    scale: PositiveNumber = Quantity(10, "1", 5, 20, ASSUMED)
    """Utility of a value per kilogram as high as the market's starting price: payoffs of the games that lambda was
    fitted to go up to 10 (from memory)."""

    def choose(self, seen: Seen) -> Choice:
        """A logit without an outside option, by mean beliefs: utility = scale * value / starting price."""
        temperature = seen.starting_price_usd / (float(self.scale) * float(self.rationality))
        return Choice(draws="logit", sampled=False, temperature_usd=temperature)
