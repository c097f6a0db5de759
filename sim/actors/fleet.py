"""The fleet: all patrol units in columns, commissioned as the levers have it, and the sea that they search."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.actors.patrol_unit import PatrolUnit
from sim.kernels.items import Told
from sim.kernels.search import COUNTS, DETECTED, SEA_LUCK, UNIT, ZONE, Sea, muster
from sim.terms import DAYS_PER_WEEK, HOURS_PER_DAY, KM_PER_NM
from sim.world.columns import Records, Table
from sim.world.levers import Controls
from sim.world.methods import crafts_of
from sim.world.network import great_circle_km
from sim.world.waters import Patrol, PatrolGroup, SeaZone

if TYPE_CHECKING:
    from sim.model import SmugglingModel
    from sim.world.site import Site


LEVERS = ("patrol_units", "joint_units", "cue", "boarding", "returns")
"""What of the controls the sea follows."""


class Fleet:
    """The units of all zones. They are agents, and this holds what the compiled day asks about each."""

    def __init__(self, model: SmugglingModel, waters: Mapping[str, SeaZone], places: Mapping[str, Site]) -> None:
        """Places: where units can have their base, by name."""
        self.model, self._waters, self._places = model, waters, places
        self.units: list[PatrolUnit] = []
        self.tally = np.zeros((len(waters), COUNTS), np.int64)
        """int64[Z, 7]: what was counted in each zone today."""
        self.hours = np.zeros(len(waters))
        """float64[Z]: patrol hours in each zone today."""
        self._detected = np.zeros(len(waters), np.int64)
        self._table = Table(UNIT)
        self._zones = np.array([self._zone(zone) for zone in waters.values()], ZONE).reshape(len(waters))
        self._crafts = crafts_of(model.plan.transport.small_craft)
        self._luck = np.array([model.draws.key(purpose) for purpose in SEA_LUCK], np.uint64)
        self._due: list[list[int]] = [[] for _ in range(DAYS_PER_WEEK)]
        self._berths: dict[tuple[int, bool], list[int]] = {}
        self._in_force: Controls | None = None

    @staticmethod
    def _zone(zone: SeaZone) -> tuple[float, ...]:
        area = float(zone.area_nm2)
        return area, area * zone.cued_area, float(zone.crossing_nm), float(zone.national_rights), 0.0, 0.0, 0.0, 0.0

    def put_to_sea(self, day: int, controls: Controls, told: Told) -> Sea:
        """The sea as it is searched today: units are sent for a week, and those that are out are on patrol."""
        self._detected += self.tally[:, DETECTED]
        if controls is not self._in_force:
            if not controls.alike(self._in_force, LEVERS):
                self._obey(controls)
            self._in_force = controls
        due = self._due[day % DAYS_PER_WEEK]
        if due:
            detected = self._detected.tolist()
            for row in due:
                self.units[row].hear(detected)
                self._send(row)
        sea = Sea(self._crafts, self._zones, self._table.rows, self.tally, self._luck, told)
        muster(day, self.model.draws.key("on duty"), sea, self.hours)
        return sea

    # ------------------------------------------------------------------ units

    def _obey(self, controls: Controls) -> None:
        """Commission and stand down units as the levers have it."""
        self._zones["cue"], self._zones["boarding"] = controls.cue, controls.boarding
        self._zones["returns"] = controls.returns
        pool = tuple(np.flatnonzero(controls.joint_units > 0.0).tolist())
        for joint, wanted in ((False, controls.patrol_units), (True, controls.joint_units)):
            for zone, count in enumerate(wanted.tolist()):
                berths = self._berths.setdefault((zone, joint), [])
                while len(berths) < math.ceil(count):
                    berths.append(self._commission(zone, len(berths), joint=joint))
                for number, row in enumerate(berths):
                    self._table.rows["duty"][row] = min(1.0, max(0.0, count - number))
                    self._assign(row, pool)

    def _commission(self, home: int, number: int, *, joint: bool) -> int:
        """A new unit of a zone; returns its row."""
        name, zone = list(self._waters.items())[home]
        listed = [group for group in zone.patrols if group.joint == joint for _ in range(group.units)]
        group = listed[number] if number < len(listed) else None
        traits: Patrol = group or zone.unit
        called = f"{'joint ' if joint else ''}patrol {number + 1} of {name}"
        unit = PatrolUnit(self.model, called, traits, self._base_nm(group), home=home, joint=joint)
        if group is not None and group.zones:
            unit.serves = tuple(row for row, other in enumerate(self._waters) if other == name or other in group.zones)
        row, cycle = len(self.units), max(1, round(traits.days_at_sea + traits.days_in_port))
        self.units.append(unit)
        self._table.append(
            unit.key, home, 0.0, 0.0, max(1, round(traits.days_at_sea)), cycle, int(unit.key) // DAYS_PER_WEEK % cycle,
            0.0, joint, int(traits.boardings_per_day), round(traits.escort_days), 0, 0,
        )  # fmt: skip
        return row

    def _base_nm(self, group: PatrolGroup | None) -> list[float]:
        """Distance from a base to the middle of each zone: as the zone says, unless the base has a name."""
        base = self._places[group.base] if group is not None and group.base is not None else None
        return [
            great_circle_km(base, zone.middle) / KM_PER_NM if base and zone.middle else float(zone.base_nm)
            for zone in self._waters.values()
        ]

    def _assign(self, row: int, pool: tuple[int, ...]) -> None:
        """Tell a unit which zones it serves; one that is not in any of them goes at once. Pool: zones with joint units,
        which those serve together that are of no group of the scenario."""
        unit = self.units[row]
        if unit.joint and pool and not isinstance(unit.traits, PatrolGroup):
            unit.serves = pool
        due = self._due[unit.weekday]
        if len(unit.serves) > 1 and row not in due:
            unit.listen(self._detected.tolist())
            due.append(row)
        if unit.zone not in unit.serves:
            self._send(row)

    def _send(self, row: int) -> None:
        """A unit takes its zone for a week."""
        unit, record = self.units[row], self._table.rows
        unit.go()
        hours = unit.hours(unit.zone)
        swept = float(unit.traits.sweep_width_nm) * float(unit.traits.knots) * hours / HOURS_PER_DAY
        record["zone"][row], record["hours"][row], record["sweep"][row] = unit.zone, hours, swept

    @property
    def rows(self) -> Records:
        """UNIT[U], one row a unit."""
        return self._table.rows
