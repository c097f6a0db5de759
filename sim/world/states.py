"""States: the jurisdictions in play in a fixed order, the part that each plays, and which place belongs to which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.terms import Country, Label, Noun, Role

if TYPE_CHECKING:
    from sim.world.checkpoints import Checkpoints
    from sim.world.site import Geography, Port
    from sim.world.waters import SeaZone

Differing = TypeVar("Differing", bound=Noun)
ROLES: tuple[Role, ...] = ("origin", "transit", "destination")


class State(Noun):
    """What a scenario says of a jurisdiction beyond its places; states of which it says nothing are in play too."""

    name: Label | None = None
    """What people call it; its code when not given."""
    role: Role | None = None
    """The part that it plays; follows from its places when not given: origin where contraband is made or ports are
    origin ports, destination where there are markets or destination ports, transit where both or neither hold."""


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The jurisdictions in play, one row each."""

    codes: tuple[Country, ...]
    """In the order in which the places name them: ports, areas, warehouses, docks, markets; then any that are only
    declared."""
    names: tuple[str, ...]
    role: tuple[Role, ...]
    of_site: Mapping[str, int]
    """Row of the state of every place, by the name of the place; of a sea zone, the state that answers for what is
    found there."""
    of_checkpoint: NDArray[np.int64]
    """int64[C]: the same by row of the checkpoints."""
    regions: Mapping[str, tuple[int, ...]]
    """Rows of the states with ports in a trade region."""
    keys: NDArray[np.uint64]
    """uint64[S]: what their luck is addressed by."""

    @classmethod
    def of(
        cls,
        declared: Mapping[Country, State],
        geography: Geography,
        ports: Mapping[str, Port],
        waters: Mapping[str, SeaZone],
        checkpoints: Checkpoints,
    ) -> Self:
        """The states of all places, and those that the scenario declares beside them."""
        from sim.kernels.draws import entity_key  # a scenario is read without Numba

        areas, markets = geography.production_areas, geography.markets
        sites = {**ports, **areas, **geography.warehouses, **geography.docks, **markets}
        codes = tuple(dict.fromkeys([*(site.country for site in sites.values()), *declared]))
        row = {code: number for number, code in enumerate(codes)}
        of_site = {name: row[site.country] for name, site in sites.items()}
        for zone, water in waters.items():
            coasts = (dock.country for dock in geography.docks.values() if zone in dock.zones)
            of_site[zone] = row[water.state or next(coasts, codes[0])]
        makes = {area.country for area in areas.values()} | {p.country for p in ports.values() if p.role == "origin"}
        buys = {at.country for at in markets.values()} | {p.country for p in ports.values() if p.role == "destination"}
        regions: dict[str, dict[int, None]] = {}
        for port in ports.values():
            regions.setdefault(port.region, {})[row[port.country]] = None
        said = [declared.get(code, State()) for code in codes]
        return cls(
            codes=codes,
            names=tuple(state.name or code for state, code in zip(said, codes, strict=True)),
            role=tuple(
                state.role or _role(code in makes, code in buys) for state, code in zip(said, codes, strict=True)
            ),
            of_site=of_site,
            of_checkpoint=np.array([of_site[place] for place in checkpoints.place], np.int64),
            regions={name: tuple(rows) for name, rows in regions.items()},
            keys=np.array([entity_key(f"state {code}") for code in codes], np.uint64),
        )

    def __len__(self) -> int:
        return len(self.codes)

    def row(self, code: Country) -> int:
        """The row of a state by its code; raises ValueError when it is not in play."""
        return self.codes.index(code)

    def rows(self, names: Iterable[str]) -> list[int]:
        """Rows that the names of states, roles or trade regions stand for, in order, each once."""
        found: set[int] = set()
        for name in names:
            found.update(row for row, code in enumerate(self.codes) if name in (code, self.role[row]))
            found.update(self.regions.get(name, ()))
        return sorted(found)

    def each(self, usual: Differing, at: Mapping[str, Differing]) -> list[Differing]:
        """What holds in every state, row by row: what is usual, but for the fields that `at` sets for its role, region
        or code; a state's own entry outranks its region's, which outranks its role's."""
        found = []
        for row, code in enumerate(self.codes):
            regions = [name for name, rows in self.regions.items() if row in rows]
            here = usual
            for name in (self.role[row], *regions, code):
                if name in at:
                    change = at[name]
                    here = here.model_copy(update={field: getattr(change, field) for field in change.model_fields_set})
            found.append(here)
        return found

    @property
    def known(self) -> dict[str, None]:
        """All names by which a scenario can speak of states."""
        return dict.fromkeys([*self.codes, *ROLES, *self.regions])


def _role(makes: bool, buys: bool) -> Role:
    if makes == buys:
        return "transit"
    return "origin" if makes else "destination"
