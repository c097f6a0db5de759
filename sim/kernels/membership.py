"""Members of criminal groups week by week: recruits, arrests, killings and other losses, as rates or one by one."""

import math

import numpy as np

from sim.kernels.compiling import jit, jit_part
from sim.kernels.samplers import binomial_of, poisson, word_at

RATES = np.dtype(
    [
        ("recruitment", np.float64),  # recruits that one member brings in a week
        ("arrivals", np.float64),  # recruits that come to a group in a week, however many members it has
        ("incapacitation", np.float64),  # members arrested in a week, all groups together
        ("conflict", np.float64),  # chance in a week that one member is killed by one of a group at a tension of 1
        ("saturation", np.float64),  # chance in a week that a member leaves, by member of the own group
        ("departure", np.float64),  # chance in a week that a member leaves for any other reason
    ]
)
"""Weekly rates, all of them for the limit of a short time."""

FLOWS = ("recruits", "incapacitated", "killed", "saturated", "left")
"""What changes the number of members, as columns of the flows have it; the first adds, all others take away."""


@jit_part
def _hazards(members, tension, rates, hazard):  # type: ignore[no-untyped-def]
    """Rates at which a member of each group is lost, by cause: float64[4, groups], in the order of `FLOWS`."""
    total = 0.0
    for i in range(len(members)):
        total += members[i]
    for i in range(len(members)):
        threat = 0.0
        for j in range(len(members)):
            threat += tension[i, j] * members[j]
        hazard[0, i] = rates["incapacitation"] / total if total > 0.0 else 0.0
        hazard[1, i] = rates["conflict"] * threat
        hazard[2, i] = rates["saturation"] * members[i]
        hazard[3, i] = rates["departure"]


@jit_part
def _flows(members, rates, hazard, flows):  # type: ignore[no-untyped-def]
    """The flows of all groups together: float64[5]."""
    flows[:] = 0.0
    for i in range(len(members)):
        flows[0] += rates["arrivals"] + rates["recruitment"] * members[i]
        for cause in range(4):
            flows[1 + cause] += hazard[cause, i] * members[i]


@jit_part
def _slopes(members, tension, rates, hazard, slope):  # type: ignore[no-untyped-def]
    """Change of each group in a week, by the equation: float64[groups]."""
    _hazards(members, tension, rates, hazard)
    for i in range(len(members)):
        lost = hazard[0, i] + hazard[1, i] + hazard[2, i] + hazard[3, i]
        slope[i] = rates["arrivals"] + (rates["recruitment"] - lost) * members[i]


@jit
def by_equation(rates, tension, path, flows):  # type: ignore[no-untyped-def]
    """Follow the equation by one Runge-Kutta step of fourth order a week; a group never falls below nobody.

    rates: RATES[1]; tension: float64[groups, groups]; path: float64[weeks + 1, groups], its first row given, filled
    from there; flows: float64[weeks + 1, 5], the rates at the beginning of each week, is filled.
    """
    groups, now = path.shape[1], rates[0]
    hazard, slope, mean, there = np.empty((4, groups)), np.empty(groups), np.empty(groups), np.empty(groups)
    for week in range(len(path)):
        here = path[week]
        _slopes(here, tension, now, hazard, slope)
        _flows(here, now, hazard, flows[week])
        if week + 1 == len(path):
            break
        mean[:] = slope / 6.0
        for ahead, weight in ((0.5, 3.0), (0.5, 3.0), (1.0, 6.0)):
            for i in range(groups):
                there[i] = max(0.0, here[i] + ahead * slope[i])
            _slopes(there, tension, now, hazard, slope)
            mean += slope / weight
        for i in range(groups):
            path[week + 1, i] = max(0.0, here[i] + mean[i])


@jit
def one_by_one(rates, tension, entities, purposes, first_week, path, flows):  # type: ignore[no-untyped-def]
    """Live through the weeks with whole people: who is lost, to what, and how many join, group by group.

    In a week each member of group i is lost with probability 1 - exp(-h), h being the sum of its hazards at the
    beginning of the week, and to each cause in proportion; each who stays brings a Poisson number of recruits of mean
    exp(recruitment) - 1, and arrivals come as a Poisson number, thinned by the same hazards. For constant hazards the
    expected members are those of the equation at the end of every week.

    rates: RATES[1]; tension: float64[groups, groups]; entities: uint64[groups]; purposes: uint64[2], of losses and of
    recruits; first_week: number of the first week, for the address of its draws; path: int64[weeks + 1, groups], its
    first row given, and flows: int64[weeks + 1, 5], of the week that ends: both are filled.
    """
    groups, now = path.shape[1], rates[0]
    hazard = np.empty((4, groups))
    flows[0] = 0
    brought = math.exp(now["recruitment"]) - 1.0
    for at in range(1, len(path)):
        week, members, flow = first_week + at, path[at - 1], flows[at]
        _hazards(members, tension, now, hazard)
        flow[:] = 0
        for i in range(groups):
            rest = hazard[0, i] + hazard[1, i] + hazard[2, i] + hazard[3, i]
            lost_share = 1.0 - math.exp(-rest)
            lost = binomial_of(word_at(purposes[0], entities[i], week, 0), members[i], lost_share)
            arrivals = now["arrivals"] * (lost_share / rest if rest > 0.0 else 1.0)
            joined = poisson(purposes[1], entities[i], week, 0, arrivals + (members[i] - lost) * brought)
            path[at, i] = members[i] - lost + joined
            flow[0] += joined
            for cause in range(4):
                share = min(1.0, hazard[cause, i] / rest) if rest > 0.0 else 0.0
                taken = lost if cause == 3 else binomial_of(
                    word_at(purposes[0], entities[i], week, 1 + cause), lost, share
                )  # fmt: skip
                flow[1 + cause] += taken
                lost -= taken
                rest -= hazard[cause, i]
