"""Games of inspection, played round after round by two sides that learn: compiled loops over rules, nothing solved."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.compiling import jit
from sim.kernels.prospects import Records, sample_risk
from sim.kernels.samplers import word_at
from sim.kernels.words import Floats, block_fraction, nth_key

COMMITS, FICTITIOUS_PLAY, REGRET_MATCHING, QUANTAL_RESPONSE, WEIGHTS, BELIEFS = range(6)
"""Rules by which a side chooses what to do next."""

SIDE = np.dtype(
    [
        ("rule", np.int64),
        ("precision", np.float64),  # of a quantal response, per unit of payoff; with beliefs 0 is Thompson sampling
        ("step", np.float64),  # of weights, per span of the payoffs
        ("recent", np.float64),  # rounds over which weights look at what lately paid
        ("memory", np.float64),  # share of the evidence of beliefs that is kept for a round
        ("rumour", np.float64),  # weight of what one did not meet oneself
        ("losses", np.float64),  # starting belief
        ("passages", np.float64),
    ],
    align=True,
)
"""How a side learns; each rule reads what it needs."""

TOTAL, RECENT, MIX, EARNED = range(4)
"""Rows of what a side remembers, float64[4, n actions]: what each action would have brought in all rounds together, and
lately on average; the chances with which it takes them; first in the last row, what it earned."""


class Stage(NamedTuple):
    """One round: J ways of the smuggler, I actions of the inspector, C checkpoints."""

    inspector: Floats
    """float64[J, I]: payoff to the inspector."""
    smuggler: Floats
    """float64[I, J]: payoff to the smuggler."""
    stops: Floats
    """float64[I, C]: chance that an action stops a load at a checkpoint."""
    passes: NDArray[np.int64]
    """int64[J, C]: checkpoints on each way in their order, -1 after the last."""
    through: Floats
    """float64[J]: payoff to the smuggler when the load comes through."""
    stopped: Floats
    """float64[J]: the same when it is stopped."""
    keys: NDArray[np.uint64]
    """uint64[C, 1]: what beliefs about a checkpoint are addressed by."""


@jit
def consider(side, seat, rounds, span):  # type: ignore[no-untyped-def]
    """Fill in the chances with which a side takes its actions, after so many rounds.

    span: how far the payoffs of the game lie apart. Fictitious play answers what the other did on average (Brown 1951);
    of equals the first. Regret matching takes actions in proportion to what they would have brought more than what was
    done (Hart and Mas-Colell 2000, their unconditional rule). A quantal response is logit in average payoffs (McKelvey
    and Palfrey 1995). Weights are exponential in total payoffs (Freund and Schapire 1999), where the average of recent
    rounds counts as if it went on for as many more (optimistic: Rakhlin and Sridharan 2013). Who commits has his
    chances already.
    """
    total, recent, mix, rule = seat[TOTAL], seat[RECENT], seat[MIX], side["rule"]
    actions = mix.size
    if rule == FICTITIOUS_PLAY:
        best = 0
        for a in range(actions):
            mix[a] = 0.0
            if total[a] > total[best]:
                best = a
        mix[best] = 1.0
    elif rule == REGRET_MATCHING:
        regrets = 0.0
        for a in range(actions):
            mix[a] = max(0.0, total[a] - seat[EARNED, 0])
            regrets += mix[a]
        for a in range(actions):
            mix[a] = mix[a] / regrets if regrets > 0.0 else 1.0 / actions
    elif rule == QUANTAL_RESPONSE:
        for a in range(actions):
            mix[a] = side["precision"] * total[a] / max(rounds, 1)
        logit(mix)
    elif rule == WEIGHTS:
        for a in range(actions):
            mix[a] = side["step"] * (total[a] + side["recent"] * recent[a]) / span
        logit(mix)


@jit
def logit(mix):  # type: ignore[no-untyped-def]
    """Turn utilities into chances in proportion to their exponentials, in place: float64[n]."""
    highest, sum_ = -math.inf, 0.0
    for a in range(mix.size):
        highest = max(highest, mix[a])
    for a in range(mix.size):
        mix[a] = math.exp(mix[a] - highest)
        sum_ += mix[a]
    for a in range(mix.size):
        mix[a] /= sum_


@jit
def taken(mix, u):  # type: ignore[no-untyped-def]
    """The action that a uniform number chooses by these chances."""
    cumulative = 0.0
    for a in range(mix.size - 1):
        cumulative += mix[a]
        if u < cumulative:
            return a
    return mix.size - 1


@jit
def remember(side, seat, payoffs, action):  # type: ignore[no-untyped-def]
    """A round is over: each action would have brought so much, and one was taken. payoffs: float64[n]."""
    total, recent = seat[TOTAL], seat[RECENT]
    for a in range(payoffs.size):
        total[a] += payoffs[a]
        recent[a] += (payoffs[a] - recent[a]) / side["recent"]
    seat[EARNED, 0] += payoffs[action]


@jit
def by_belief(side, mix, stage, counts, risk):  # type: ignore[no-untyped-def]
    """Fill in a smuggler's chances over ways by what he believes of the checkpoints.

    He takes the best by expected payoff with the sampled risks, float64[C, 1]; where there is a precision, a logit in
    expected payoffs with the means of the counts. Of equals the first.
    """
    precision, best = side["precision"], 0
    for j in range(mix.size):
        survives = 1.0
        for k in range(stage.passes.shape[1]):
            c = stage.passes[j, k]
            if c < 0:
                break
            mean = counts[0, c, 0] / (counts[0, c, 0] + counts[1, c, 0])
            survives *= 1.0 - (mean if precision > 0.0 else risk[c, 0])
        mix[j] = survives * stage.through[j] + (1.0 - survives) * stage.stopped[j]
        if mix[j] > mix[best]:
            best = j
    for j in range(mix.size):
        if precision > 0.0:
            mix[j] *= precision
        else:
            mix[j] = 1.0 if j == best else 0.0
    if precision > 0.0:
        logit(mix)


@jit
def meet(side, stage, action, way, counts, met, block):  # type: ignore[no-untyped-def]
    """What a round teaches a smuggler with beliefs: what he met counts in full, all else at the discount of rumour.

    Evidence fades towards the starting belief first. counts: float64[2, C, 1]; met: bool[C], working space.
    """
    keep, first = side["memory"], 2  # uniform numbers of the round that were used for the actions
    for c in range(met.size):
        met[c] = False
        counts[0, c, 0] += (1.0 - keep) * (side["losses"] - counts[0, c, 0])
        counts[1, c, 0] += (1.0 - keep) * (side["passages"] - counts[1, c, 0])
    for k in range(stage.passes.shape[1]):
        c = stage.passes[way, k]
        if c < 0:
            break
        lost = block_fraction(block, first + c) < stage.stops[action, c]
        counts[0 if lost else 1, c, 0] += 1.0
        met[c] = True
        if lost:
            break
    for c in range(met.size):
        if not met[c] and side["rumour"] > 0.0:
            lost = block_fraction(block, first + c) < stage.stops[action, c]
            counts[0 if lost else 1, c, 0] += side["rumour"]


@jit
def play(keys, entity, rounds, aside, stage, sides, seats, beliefs, taken_by):  # type: ignore[no-untyped-def]
    """Play so many rounds of a stage; returns the average payoffs of inspector and smuggler in those that count.

    keys: uint64[2], of the moves and of beliefs; entity: uint64; aside: rounds, the first ones, that do not count;
    sides: SIDE[2], the inspector's first; seats: float64[4, I] and float64[4, J]; beliefs: float64[2, C, 1], the
    smuggler's; taken_by: float64[I] and float64[J], filled with the share of the rounds in which each action was taken.
    Payoffs are those expected of the actions that were taken. After a round both see what the other did; who has
    beliefs sees what he met, and hears of the rest.
    """
    inspector, smuggler = sides[0], sides[1]
    spans = _span(stage.inspector), _span(stage.smuggler)
    checkpoints = stage.stops.shape[1]
    asked, risk, met = np.arange(checkpoints), np.zeros((checkpoints, 1)), np.zeros(checkpoints, np.bool_)
    believes, earned, gained = smuggler["rule"] == BELIEFS, 0.0, 0.0
    for t in range(rounds):
        consider(inspector, seats[0], t, spans[0])
        if believes:
            if smuggler["precision"] == 0.0:
                sample_risk(keys[1], entity, stage.keys, t, 0, beliefs, asked, risk)
            by_belief(smuggler, seats[1][MIX], stage, beliefs, risk)
        else:
            consider(smuggler, seats[1], t, spans[1])
        block = word_at(keys[0], entity, t, 0)
        i, j = taken(seats[0][MIX], block_fraction(block, 0)), taken(seats[1][MIX], block_fraction(block, 1))
        if believes:
            meet(smuggler, stage, i, j, beliefs, met, block)
        remember(inspector, seats[0], stage.inspector[j], i)
        remember(smuggler, seats[1], stage.smuggler[i], j)
        if t >= aside:
            earned += stage.inspector[j, i]
            gained += stage.smuggler[i, j]
            taken_by[0][i] += 1.0
            taken_by[1][j] += 1.0
    counted = float(rounds - aside)
    for share in taken_by:
        for a in range(share.size):
            share[a] /= counted
    return earned / counted, gained / counted


@jit
def _span(payoffs):  # type: ignore[no-untyped-def]
    """How far payoffs lie apart; 1 where they do not."""
    span = payoffs.max() - payoffs.min()
    return span if span > 0.0 else 1.0


@jit
def play_in_turn(key, entity, rounds, aside, periods, inspections, sides, seats, worth, taken_by):  # type: ignore[no-untyped-def]
    """Play every state of a sequential game once a round; returns the inspector's average payoff in the first state.

    In state (n, m) there are n periods to go and m inspections left. The inspector inspects or not, the smuggler acts
    or refrains. Who acts is caught (1) or not (-1), and the game is over; else it goes on in state (n - 1, m - 1) or
    (n - 1, m), which is worth what it brought on average, later rounds counting more. seats: float64[2, N + 1, M + 1,
    4, 2], the inspector's first; worth: float64[N + 1, M + 1], its ends filled in; taken_by: float64[2], filled with
    the shares of inspecting and acting in the first state.
    """
    earned, mine, his = 0.0, np.empty(2), np.empty(2)
    for t in range(rounds):
        moment = nth_key(nth_key(key, t), 0) ^ entity
        for n in range(2, periods + 1):
            for m in range(max(1, inspections - (periods - n)), min(inspections, n - 1) + 1):
                one, other, block = seats[0, n, m], seats[1, n, m], nth_key(nth_key(moment, n), m)
                consider(sides[0], one, t, 2.0)
                consider(sides[1], other, t, 2.0)
                i, j = taken(one[MIX], block_fraction(block, 0)), taken(other[MIX], block_fraction(block, 1))
                goes_on = worth[n - 1, m - 1] if i == 0 else worth[n - 1, m]
                mine[0] = 1.0 if j == 0 else worth[n - 1, m - 1]
                mine[1] = -1.0 if j == 0 else worth[n - 1, m]
                his[0], his[1] = (-1.0 if i == 0 else 1.0), -goes_on
                remember(sides[0], one, mine, i)
                remember(sides[1], other, his, j)
                worth[n, m] += (mine[i] - worth[n, m]) * 2.0 / (t + 2.0)
                if t >= aside and n == periods and m == inspections:
                    earned += mine[i]
                    taken_by[0] += 1.0 - i
                    taken_by[1] += 1.0 - j
    counted = float(rounds - aside)
    for a in range(2):
        taken_by[a] /= counted
    return earned / counted


def seat(actions: int, mix: Floats | None = None) -> Floats:
    """What a side remembers before the first round; `mix`: the chances to which it commits itself."""
    found = np.zeros((4, actions))
    if mix is not None:
        found[MIX] = mix
    return found


def side(rule: int, **facts: float) -> Records:
    """How one side learns, as SIDE[1]; what is not given plays no part in the rule."""
    found = np.zeros(1, SIDE)
    found["recent"] = 1.0
    found["rule"] = rule
    for name, value in facts.items():
        found[name] = value
    return found
