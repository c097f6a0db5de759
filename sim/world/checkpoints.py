"""Checkpoints in a fixed order: the export controls of ports, then their import controls, sea zones, and sites."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from sim.terms import Direction
from sim.world.site import Dock, Port, Warehouse
from sim.world.waters import SeaZone

SiteKind = Literal["dock", "warehouse"]
Kind = Literal["export", "import", "zone", SiteKind]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoints:
    """All places where something illicit can be stopped, one row each, as columns.

    Origin ports control exports, destination ports imports, transit ports both. Where precursors arrive, imports are
    controlled too, and where goods go the other way both are at all of them. Sites are places without a control of
    their own, where loads lie or are handled: coasts with small docks, and transit warehouses. Nobody controls them
    unless a policy does.
    """

    names: tuple[str, ...]
    """What people call them: `ECGYE export`, `BEANR import`, `zone caribbean`, `dock azores`, `warehouse milan`."""
    kind: tuple[Kind, ...]
    place: tuple[str, ...]
    """Name of the port, the sea zone or the site."""
    country: tuple[str, ...]
    """Jurisdiction; empty for sea zones."""
    port: NDArray[np.int32]
    """Row of the port among the ports in play; -1 for the others."""
    n_ports: int
    """How many rows are controls of ports; they come first."""
    first_site: int
    """Row of the first site, behind the last sea zone."""
    _rows: dict[tuple[str, Kind], int]
    _groups: dict[tuple[str, Kind], list[int]]

    @classmethod
    def of(
        cls,
        ports: Mapping[str, Port],
        waters: Mapping[str, SeaZone],
        inward: Collection[str] = (),
        outward: Collection[str] = (),
        docks: Mapping[str, Dock] | None = None,
        warehouses: Mapping[str, Warehouse] | None = None,
    ) -> Self:
        """The checkpoints of ports, waters and sites; inward: origin ports that control imports too; outward:
        destination ports that control exports too."""
        listed: list[tuple[str, Kind, str, str, int]] = []
        groups: dict[tuple[str, Kind], list[int]] = {}
        sides: tuple[tuple[Direction, str, Collection[str]], ...] = (
            ("export", "destination", outward),
            ("import", "origin", inward),
        )
        for direction, uncontrolled, too in sides:
            for number, (place, port) in enumerate(ports.items()):
                if port.role != uncontrolled or place in too:
                    for group in dict.fromkeys((place, port.region, port.country)):
                        groups.setdefault((group, direction), []).append(len(listed))
                    listed.append((f"{place} {direction}", direction, place, port.country, number))
        n_ports = len(listed)
        listed += [(f"zone {zone}", "zone", zone, "", -1) for zone in waters]
        first_site = len(listed)
        listed += [(f"dock {name}", "dock", name, dock.country, -1) for name, dock in (docks or {}).items()]
        listed += [
            (f"warehouse {name}", "warehouse", name, house.country, -1) for name, house in (warehouses or {}).items()
        ]
        return cls(
            names=tuple(entry[0] for entry in listed),
            kind=tuple(entry[1] for entry in listed),
            place=tuple(entry[2] for entry in listed),
            country=tuple(entry[3] for entry in listed),
            port=np.array([entry[4] for entry in listed], dtype=np.int32),
            n_ports=n_ports,
            first_site=first_site,
            _rows={(entry[2], entry[1]): row for row, entry in enumerate(listed)},
            _groups=groups,
        )

    def __len__(self) -> int:
        return len(self.names)

    def row(self, place: str, kind: Kind = "zone") -> int:
        """The row of a port's control in one direction, of a sea zone or of a site; raises KeyError when there is
        none."""
        return self._rows[place, kind]

    def find(self, place: str, kind: Kind = "zone") -> int:
        """The same, or -1 when there is none: an origin port controls no imports."""
        return self._rows.get((place, kind), -1)

    def rows_of(self, place: str, direction: Direction) -> list[int]:
        """Rows of all port controls in one direction that a port, a region or a country stands for; may be empty."""
        return list(self._groups.get((place, direction), ()))
