"""The model: one day in the life of a trade route, in the order in which it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import mesa_core
from sim.actors.cartel import Cartel
from sim.day import DaysParts

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.terms import ControlMode


class SmugglingModel(DaysParts, mesa_core.Model):  # type: ignore[misc]
    """A scenario brought to life. `World` holds what there is, `DaysParts` what can happen; this class says when."""

    def __init__(
        self, scenario: Scenario, *, replicate: int = 0, mode: ControlMode = "micro", threads: int = 1
    ) -> None:
        mesa_core.Model.__init__(self, rng=int(scenario.seed))
        DaysParts.__init__(self, scenario, replicate=replicate, mode=mode, threads=threads)

    def step(self) -> None:
        """Live one day."""
        self.open_day()
        controls = self.controls_in_force()
        self.follow_routes()

        self.produce(controls)
        self.brokers.order(controls)
        self.underworld.turn()
        self.finance.move(controls)
        self.agents_by_type[Cartel].do("plan")
        self.integrity.tempt(controls)

        self.exchange.turn(controls)
        self.intelligence.gather()
        sea = self.fleet.put_to_sea(self.day, controls, self.intelligence.told)
        self.passage.move(self.day, sea)
        boxes = self.seen(self.intelligence.name(self.passage.presented, self.passage.boxes), controls)
        cleared = self.clearance.clear(self.day, boxes, self.rules(controls), self.staff.week)
        self.passage.settle(self.day, cleared)

        self.finish(controls)
        self.markets_clear()

        self.integrity.audit(controls)
        self.staff.lead(self.day)
        self.learn_from(self.passage)
        self.justice.hear()
        self.intelligence.learn()

        self.record(cleared)
        self.day += 1
