"""Membership studies: groups followed week by week, by the equation or one by one, and from there under a policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.draws import Draws, entity_key
from sim.kernels.membership import FLOWS, by_equation, one_by_one
from sim.quantity import Quantity
from sim.world.membership import Membership

if TYPE_CHECKING:
    import pandas as pd

Amounts = NDArray[np.number[Any]]
"""Rates or members of the equation, float64, or whole people, int64."""
PURPOSES = ("members lost", "members recruited")


@dataclass(frozen=True, slots=True, eq=False)
class MembershipPath:
    """Groups over some weeks: one path of the equation, or one of whole people for each replicate."""

    plan: Membership
    seed: int
    first_week: int
    members: Amounts
    """[paths, weeks + 1, groups]: float64 by the equation, int64 one by one."""
    flows: Amounts
    """[paths, weeks + 1, 5], in the order of `FLOWS`: by the equation the rates of the moment, people a week; one by
    one, people in the week that ends."""

    @property
    def one_by_one(self) -> bool:
        """Whether these are whole people."""
        return self.members.dtype.kind == "i"

    def table(self) -> pd.DataFrame:
        """One row a path and week: members of all groups together, and what changes them."""
        import pandas as pd

        paths, weeks = self.members.shape[:2]
        return pd.DataFrame(
            {
                "replicate": np.repeat(np.arange(paths), weeks),
                "week": np.tile(self.first_week + np.arange(weeks), paths),
                "members": self.members.sum(axis=2).ravel(),
                **{name: self.flows[:, :, column].ravel() for column, name in enumerate(FLOWS)},
            }
        )

    def then(
        self, weeks: int, *, recruitment: float = 1.0, incapacitation: float = 1.0, conflict: float = 1.0
    ) -> MembershipPath:
        """What follows when rates are multiplied from now on: recruitment=0.5 is half as many recruits a member."""
        factors = {"recruitment": recruitment, "incapacitation": incapacitation, "conflict": conflict}
        plan = self.plan.model_copy(update={name: _times(getattr(self.plan, name), by) for name, by in factors.items()})
        return _followed(plan, self.seed, self.first_week + self.members.shape[1] - 1, self.members[:, -1], weeks)


def _times(rate: Quantity, factor: float) -> Quantity:
    if not factor >= 0.0:
        raise ValueError(f"a rate cannot be multiplied by {factor}. Give 0 or more.")
    return rate if factor == 1.0 else Quantity(float(rate) * factor, rate.unit)


def membership(
    plan: Membership | None = None, *, weeks: int = 520, replicates: int = 0, seed: int = 1
) -> MembershipPath:
    """Follow the members of criminal groups, by default those of Mexico as published, 2012 to 2022.

    replicates: 0 for the equation, else so many paths of whole people, whose luck is that of seed and replicate.
    """
    plan = plan if plan is not None else Membership()
    if replicates < 0:
        raise ValueError(f"{replicates} paths cannot be followed. Give 0 or more.")
    start = plan.sizes()
    if replicates:
        return _followed(plan, seed, 0, np.tile(np.rint(start).astype(np.int64), (replicates, 1)), weeks)
    return _followed(plan, seed, 0, start[None], weeks)


def _followed(plan: Membership, seed: int, first_week: int, start: Amounts, weeks: int) -> MembershipPath:
    if weeks < 0:
        raise ValueError(f"{weeks} weeks cannot be lived through. Give 0 or more.")
    members = np.zeros((len(start), weeks + 1, plan.groups), start.dtype)
    flows = np.zeros((len(start), weeks + 1, len(FLOWS)), start.dtype)
    members[:, 0] = start
    rates, tension = plan.rates(), plan.tension()
    entities = np.array([entity_key(f"group {number + 1}") for number in range(plan.groups)], np.uint64)
    for replicate in range(len(start)):
        if start.dtype.kind == "f":
            by_equation(rates, tension, members[replicate], flows[replicate])
        else:
            draws = Draws(seed, replicate)
            purposes = np.array([draws.key(purpose) for purpose in PURPOSES], np.uint64)
            one_by_one(rates, tension, entities, purposes, first_week, members[replicate], flows[replicate])
    return MembershipPath(plan, seed, first_week, members, flows)
