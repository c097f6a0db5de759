"""What choosing leaves behind: premiums on cost that perceived risk asks for, and the ways that are in use."""

from __future__ import annotations

import numpy as np

from sim.kernels.choosing import MOST_LOTS, chance_of_loss, look_into, survey
from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.prospects import admits, method_of


@jit_bare
def move_premiums(rule, counts, start, keys, premium):  # type: ignore[no-untyped-def]
    """Move the premium on cost at each checkpoint towards what its perceived risk r asks for.

    premium <- (1 - step) premium + step * min(most, max(1, (r / from)^2)), r over all methods by which it is passed: so
    it stays between 1 and the most, and comes back. keys: uint64[C, M], 0 for a method by which nobody passes.
    """
    for c in range(len(premium)):
        losses, all_of_it, losses_first, all_first = 0.0, 0.0, 0.0, 0.0
        for m in range(counts.shape[2]):
            if keys[c, m] != 0:
                losses += counts[0, c, m]
                all_of_it += counts[0, c, m] + counts[1, c, m]
                losses_first += start[0, c, m]
                all_first += start[0, c, m] + start[1, c, m]
        share = rule["information"]
        over = (share * losses / all_of_it + (1.0 - share) * losses_first / all_first) / rule["premium_from"]
        asked = min(rule["premium_most"], max(1.0, over * over))
        premium[c] += rule["premium_step"] * (asked - premium[c])


@jit_part
def give_up_ways(rule, facts, methods, counts, start, in_use):  # type: ignore[no-untyped-def]
    """Give up so many ways of those in use, the ones of highest perceived risk first; one always stays."""
    left = 0
    for row in range(len(in_use)):
        left += 1 if in_use[row] else 0
    for _ in range(rule["fewer"]):
        if left <= 1:
            break
        worst, highest = -1, -1.0
        for row in range(len(in_use)):
            if in_use[row]:
                risk = _least_loss(rule, facts[row], methods, counts, start)
                if risk > highest:
                    worst, highest = row, risk
        in_use[worst] = False
        left -= 1


@jit_part
def _least_loss(rule, way, methods, counts, start):  # type: ignore[no-untyped-def]
    """Perceived chance of loss of a way with the concealment or kind of craft that runs the least."""
    least = 1.0
    for m in range(methods.shape[1]):
        if admits(way, m):
            method = method_of(way, methods, m)
            least = min(least, chance_of_loss(rule, way, method, 1.0, m, counts, start))
    return least


@jit_part
def best_value(methods, ways, options, worth):  # type: ignore[no-untyped-def]
    """Write down the highest value of each way: worth[row] of the table, float64[table]."""
    for r in range(len(ways)):
        highest = -np.inf
        for m in range(methods):
            highest = max(highest, options.value[r, m])
        worth[ways[r]["row"]] = highest


@jit_part
def take_up_ways(rule, rows, worth, in_use):  # type: ignore[no-untyped-def]
    """Take so many more ways into use, the most valued first, of those looked at; none that is worth nothing."""
    for _ in range(rule["more"]):
        at, highest = -1, 0.0
        for row in rows:
            if not in_use[row] and worth[row] > highest:
                at, highest = row, worth[row]
        if at < 0:
            break
        in_use[at] = True


@jit_part
def used_ways(in_use, there, rows):  # type: ignore[no-untyped-def]
    """Fill rows with the ways in use that there are now; returns how many."""
    count = 0
    for row in range(len(in_use)):
        if in_use[row] and there[row]:
            rows[count] = row
            count += 1
    return count


@jit_part
def revise(means, habits, chances, cells, counts, entity, day, capital, rows, desk):  # type: ignore[no-untyped-def]
    """Give up ways in use and take up others of those looked at; returns how many there are, the first of the desk's
    rows.

    rows: int64[looked at].
    """
    rule = habits.rule[0]
    give_up_ways(rule, means.facts, means.methods, counts, habits.start, habits.in_use)
    if rule["more"] > 0:
        for area in range(len(chances.stock)):
            count, risks = survey(means, habits, chances, cells, area, rows, desk)
            every = np.bool_(True)
            look_into(means, habits, counts, entity, day, area * MOST_LOTS, area, risks, count, every, capital, desk)
            best_value(means.methods.shape[1], desk.ways[:count], desk.options, desk.worth)
        take_up_ways(rule, rows, desk.worth, habits.in_use)
    return used_ways(habits.in_use, means.there, desk.rows)
