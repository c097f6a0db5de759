"""Communities in a fixed order: one around every port in play, then one along every coast with small docks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from sim.world.site import Community, Dock, Port

Audience = Literal["youth", "port_workers", "fishing_communities"]
"""Whom a programme speaks to: young people live everywhere, the others around ports or along coasts."""


@dataclass(frozen=True, slots=True, eq=False)
class Communities:
    """All communities that couriers come from, one row each, as columns."""

    sites: tuple[str, ...]
    """Port or coast."""
    origin: NDArray[np.bool_]
    """bool[S]: whether they live on the origin side of the ocean, or at a hub."""
    people: NDArray[np.int64]
    """int64[S]: who could be asked."""
    legal_wage: NDArray[np.float64]
    """float64[S]: USD a year, before any policy."""
    n_ports: int
    """How many rows are around ports; they come first."""
    _groups: dict[str, list[int]]

    @classmethod
    def of(cls, ports: Mapping[str, Port], docks: Mapping[str, Dock], traits: Community) -> Self:
        """The communities of ports and coasts."""
        groups: dict[str, list[int]] = {}
        for row, (site, place) in enumerate([*ports.items(), *docks.items()]):
            region = (place.region,) if isinstance(place, Port) else ()
            for group in dict.fromkeys((site, *region, place.country)):
                groups.setdefault(group, []).append(row)
        origin = [port.role != "destination" for port in ports.values()]
        origin += [dock.side != "destination" for dock in docks.values()]
        per_teu, per_coast = float(traits.at_risk_per_million_teu), float(traits.at_risk_per_coast)
        around = [per_teu * float(port.teu_thousand) / 1000.0 for port in ports.values()] + [per_coast] * len(docks)
        wages = float(traits.legal_wage_origin), float(traits.legal_wage_destination)
        return cls(
            sites=(*ports, *docks),
            origin=np.array(origin, np.bool_),
            people=np.array([int(max(people, per_coast / 10.0)) for people in around], np.int64),
            legal_wage=np.array([wages[0] if here else wages[1] for here in origin]),
            n_ports=len(ports),
            _groups=groups,
        )

    def __len__(self) -> int:
        return len(self.sites)

    def rows(self, places: Iterable[str], audience: Audience) -> list[int]:
        """Rows of the communities that ports, coasts, regions or countries stand for and where the audience lives."""
        named = sorted({row for place in places for row in self._groups.get(place, ())})
        if audience == "port_workers":
            return [row for row in named if row < self.n_ports]
        if audience == "fishing_communities":
            return [row for row in named if row >= self.n_ports]
        return named
