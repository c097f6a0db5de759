"""Detection technology: scanners that see more, raise fewer false alarms, and take less time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.policies.policy import Policy
from sim.quantity import ASSUMED, PositiveNumber, Quantity, Share, Usd
from sim.terms import Direction, Name

if TYPE_CHECKING:
    from sim.world.levers import Controls


class DetectionTechnology(Policy):
    """Better scanners at the named ports: they miss less, most of all of what is well hidden, raise fewer false alarms,
    and take less time.

    They scan no more containers a day: that takes staff and room (`port_capacity`). The lanes that there are stay, so
    that shorter scans shorten the queue.
    """

    kind: Literal["detection_technology"] = "detection_technology"
    ports: tuple[Name, ...] = Field(min_length=1)
    """Ports, regions or countries."""
    direction: Direction = "import"
    sensitivity: Share = Quantity(0.4, "share", 0.0, 0.8, ASSUMED)
    """Share of what a scan of a very large load misses that is seen (analysts are guessed to see 0.6, 0.3 to 0.85, of
    drugs in cargo; no public field figure was found)."""
    penetration: Share = Quantity(0.3, "share", 0.0, 0.7, ASSUMED)
    """Share of what a way to hide takes from the chance of an alarm that is won back: it matters most where least is
    seen, as in the structure of the container."""
    false_alarms: PositiveNumber = Quantity(0.6, "1", 0.2, 1.0, ASSUMED)
    """Factor on the chance of a false alarm (guessed at 0.03, 0.005 to 0.1)."""
    scan_time: PositiveNumber = Quantity(0.5, "1", 0.13, 1.0, ASSUMED)
    """Factor on the time of a scan (older fixed scanners serve 20 containers an hour, drive-through portals 150, which
    would be 0.13: source onb09)."""
    capital_usd: Usd = Quantity(48_000_000, "USD", 12_000_000, 150_000_000, "belga_scan")
    """Cost of setting it up (a mobile scanner costs about 12 million: nine in Belgium for 100 million EUR)."""
    running_usd_per_year: Usd = Quantity(5_000_000, "USD", 1_000_000, 20_000_000, ASSUMED)

    def places(self) -> tuple[str, ...]:
        """The ports it speaks of."""
        return self.ports

    def apply(self, controls: Controls, strength: float) -> Controls:
        """Raise sensitivity and penetration, lower false alarms and the time of a scan."""
        for lever, share in (("sensitivity", self.sensitivity), ("penetration", self.penetration)):
            controls = controls.towards(lever, self.ports, self.direction, 1.0, float(share) * strength)
        for lever, factor in (("false_alarm", self.false_alarms), ("scan_time", self.scan_time)):
            controls = controls.scaled(lever, self.ports, self.direction, 1.0 + (float(factor) - 1.0) * strength)
        return controls
