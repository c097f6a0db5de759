"""Membership of criminal groups: what recruits, arrests, killings and saturation do to it, and where it tips."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sim.kernels.membership import RATES
from sim.quantity import Count, Factor, Measure, Quantity
from sim.terms import Noun
from sim.world.atlas import published
from sim.world.columns import Records

PerWeek = Annotated[Quantity, Measure("per week", ge=0.0, le=1e6)]
PeoplePerWeek = Annotated[Quantity, Measure("people/week", ge=0.0, le=1e9)]
PerMemberWeek = Annotated[Quantity, Measure("per member and week", ge=0.0, le=1e6)]

SOURCE = "prieto23"


class Membership(Noun):
    """Criminal groups that recruit, are arrested, fight each other and crowd themselves; as published for Mexico,
    2012 (Prieto-Curiel, Campedelli and Hope 2023). Ranges are those of the authors' own fit."""

    groups: int = Field(default=150, ge=1, le=2000)
    """How many there are."""
    members: Count = Quantity(115_000, "count", 110_000, 115_000, SOURCE)
    """Members of all groups at the start."""
    concentration: Factor = Quantity(1.0, "1", 0.0, 1.5, SOURCE)
    """The group of rank r has a share in proportion to r to the power of minus this; 0: groups of equal size."""
    ties: bool = True
    """Whether groups have the published rivalries and alliances, which takes 150 of them; if not, all are strangers."""
    recruitment: PerWeek = Quantity(0.002527474, "per week", 0.002, 0.003, SOURCE)
    """Recruits that one member brings."""
    arrivals: PeoplePerWeek = Quantity(0.0, "people/week", 0.0, 0.0, SOURCE)
    """Recruits that come to a group however many members it has; none in the published model."""
    incapacitation: PeoplePerWeek = Quantity(110.0, "people/week", 110.0, 120.0, SOURCE)
    """Members arrested, all groups together; each member runs the same risk."""
    conflict: PerMemberWeek = Quantity(1.549231e-8, "per member and week", 1e-8, 2e-8, SOURCE)
    """Rate at which a member is killed by each member of a group at a tension of 1."""
    saturation: PerMemberWeek = Quantity(4e-8, "per member and week", 4e-8, 1e-7, SOURCE)
    """Rate at which a member leaves, by member of the own group."""
    departure: PerWeek = Quantity(0.0, "per week", 0.0, 0.0, SOURCE)
    """Rate at which a member leaves for any other reason; none in the published model."""

    @model_validator(mode="after")
    def _ties_fit(self) -> Membership:
        if self.ties and self.groups != 150:
            raise ValueError(f"the published ties are those of 150 groups, not of {self.groups}. Set ties to false.")
        return self

    def rates(self) -> Records:
        """RATES[1] of the kernels."""
        rates = np.zeros(1, RATES)
        for name in RATES.names or ():
            rates[name] = float(getattr(self, name))
        return rates

    def sizes(self) -> NDArray[np.float64]:
        """Members of each group at the start, the largest first: float64[groups]."""
        power = -float(self.concentration)
        share = np.array([math.pow(rank, power) for rank in range(1, self.groups + 1)])
        return share * (float(self.members) / math.fsum(share.tolist()))

    def tension(self) -> NDArray[np.float64]:
        """How much each group suffers from each other one, float64[groups, groups].

        (strength of their rivalry + 1) / (strength of all alliances of the group that suffers + 1); 0 to itself.
        """
        rivalry, allied = np.zeros((self.groups, self.groups)), np.zeros(self.groups)
        for tie in published("membership_ties") if self.ties else ():
            one, other, strength = int(tie["group"]) - 1, int(tie["other"]) - 1, float(tie["strength"])
            if tie["kind"] == "rivalry":
                rivalry[one, other] = rivalry[other, one] = strength
            else:
                allied[one] += strength
                allied[other] += strength
        found: NDArray[np.float64] = (rivalry + 1.0) / (allied + 1.0)[:, None]
        np.fill_diagonal(found, 0.0)
        return found

    # ------------------------------------------------------------------ groups of equal size, without conflict

    @property
    def critical_incapacitation(self) -> float:
        """Arrests a week above which equal groups without conflict die out from any size: groups r^2 / (4 w); infinite
        where nothing but arrests holds them back."""
        recruitment, saturation = float(self.recruitment), float(self.saturation)
        if not saturation:
            return math.inf if recruitment else 0.0
        return recruitment * recruitment * self.groups / (4.0 * saturation)

    @property
    def rest_points(self) -> tuple[float, float] | None:
        """Members at which equal groups without conflict, arrivals and departures neither grow nor shrink: below the
        first they die out, to the second they grow, without end where there is no saturation; None where arrests are
        beyond critical.

        Roots of r C - e - w C^2 / groups = 0.
        """
        r, w, e = float(self.recruitment), float(self.saturation) / self.groups, float(self.incapacitation)
        if e > self.critical_incapacitation:
            return None
        both = r + math.sqrt(max(0.0, r * r - 4.0 * w * e))
        if not both:
            return 0.0, 0.0
        return 2.0 * e / both, both / (2.0 * w) if w else math.inf
