"""Playing: a contest played over its replicates, and what it came to, held against what is known."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.games.contest import Contest
from sim.games.game import Measure, Round
from sim.games.learners import Learner
from sim.games.sequential import Sequential
from sim.kernels import games
from sim.kernels.draws import Draws, child_keys, entity_key
from sim.study.folder import ResultsError, may_write, write_play

if TYPE_CHECKING:
    from sim.kernels.words import Floats

RULES = {
    "commits": games.COMMITS,
    "fictitious_play": games.FICTITIOUS_PLAY,
    "regret_matching": games.REGRET_MATCHING,
    "quantal_response": games.QUANTAL_RESPONSE,
    "weights": games.WEIGHTS,
    "beliefs": games.BELIEFS,
}
_GAME = entity_key("game")


@dataclass(frozen=True, slots=True)
class Reached:
    """What a measure came to over replicates, and what it is known to be."""

    measure: str
    reached: float
    error: float
    """Standard error of the mean over replicates."""
    known: float | None

    @property
    def off(self) -> float | None:
        """How far off the known value it is, in standard errors; 0 where it is met to the last digit."""
        if self.known is None:
            return None
        gap = self.reached - self.known
        return gap / self.error if self.error > 0.0 else math.copysign(math.inf, gap) if gap else 0.0


class Play(NamedTuple):
    """One replicate: average payoffs, shares of actions and ways, and what each side missed."""

    inspector: float
    smuggler: float
    actions: Floats
    """float64[I]: shares of the rounds that count."""
    ways: Floats
    """float64[J]"""
    regrets: tuple[float, float]
    """What the best single action in all rounds would have brought more than what was done, a round: inspector's,
    smuggler's. In a game of which one wins what the other loses, the value lies no further from the payoff."""

    def comes_to(self, measure: Measure) -> float:
        """What a measure comes to."""
        if measure.of == "inspector":
            return self.inspector
        if measure.of == "smuggler":
            return self.smuggler
        shares = self.actions if measure.of == "actions" else self.ways
        return math.fsum(weight * share for weight, share in zip(measure.weights, shares.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Outcome:
    """All replicates of a contest."""

    contest: Contest
    plays: list[Play]

    def table(self) -> list[Reached]:
        """Every measure over the replicates."""
        return [self._reached(measure) for measure in self.contest.measures()]

    def _reached(self, measure: Measure) -> Reached:
        values = [play.comes_to(measure) for play in self.plays]
        mean = math.fsum(values) / len(values)
        spread = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
        return Reached(measure.name, mean, math.sqrt(spread / len(values)), measure.known)

    def regrets(self) -> tuple[float, float]:
        """Mean regret of inspector and smuggler."""
        inspector, smuggler = (
            math.fsum(play.regrets[side] for play in self.plays) / len(self.plays) for side in range(2)
        )
        return inspector, smuggler


def play(contest: Contest) -> Outcome:
    """Play a contest; replicate r has the same luck whatever the number of replicates."""
    one = _sequential if isinstance(contest.game, Sequential) else _repeated
    return Outcome(contest, [one(contest, Draws(contest.seed, number)) for number in range(contest.replicates)])


def stage_of(found: Round) -> games.Stage:
    """What is played in a round, as arrays."""
    actions, ways = range(len(found.actions)), range(len(found.ways))
    chance = np.array([[found.chance(i, j) for j in ways] for i in actions])
    through, stopped = np.array(found.through), np.array(found.stopped)
    inspector = chance * found.find - (1.0 - chance) * np.array(found.harm) - np.array(found.costs)[:, None]
    stops = np.array(found.stops)
    passes = np.full((len(ways), max(1, *map(len, found.passes))), -1, np.int64)
    for way, path in enumerate(found.passes):
        passes[way, : len(path)] = path
    return games.Stage(
        inspector=np.ascontiguousarray(inspector.T),
        smuggler=(1.0 - chance) * through + chance * stopped,
        stops=stops,
        passes=passes,
        through=through,
        stopped=stopped,
        keys=child_keys("checkpoint of a game", 0, stops.shape[1])[:, None],
    )


def _side(learner: Learner) -> np.ndarray[Any, np.dtype[np.void]]:
    facts = {
        name: float(getattr(learner, name))
        for name in ("precision", "step", "recent", "memory", "rumour")
        if getattr(learner, name, None) is not None
    }
    weight, risk = getattr(learner, "prior_weight", 0.0), getattr(learner, "prior_risk", 0.0)
    kind = str(getattr(learner, "kind", ""))
    return games.side(RULES[kind], losses=weight * risk, passages=weight * (1.0 - risk), **facts)


def _sides(contest: Contest) -> np.ndarray[Any, np.dtype[np.void]]:
    return np.concatenate([_side(contest.inspector), _side(contest.smuggler)])


def _repeated(contest: Contest, draws: Draws) -> Play:
    found, chances = contest.game.round(), contest.commitment()
    stage, sides = stage_of(found), _sides(contest)
    seats = (
        games.seat(len(found.actions), np.array(chances) if chances else None),
        games.seat(len(found.ways)),
    )
    beliefs = np.empty((2, stage.stops.shape[1], 1))
    beliefs[0], beliefs[1] = sides[1]["losses"], sides[1]["passages"]
    shares = (np.zeros(len(found.actions)), np.zeros(len(found.ways)))
    keys = np.array([draws.key("moves of a game"), draws.key("beliefs in a game")], np.uint64)
    aside = contest.rounds - contest.counted
    earned, gained = games.play(keys, _GAME, contest.rounds, aside, stage, sides, seats, beliefs, shares)
    regrets = tuple(float(one[games.TOTAL].max() - one[games.EARNED, 0]) / contest.rounds for one in seats)
    return Play(earned, gained, *shares, (regrets[0], regrets[1]))


def _sequential(contest: Contest, draws: Draws) -> Play:
    game = contest.game
    assert isinstance(game, Sequential)  # noqa: S101  # whoever calls has looked
    n, m = game.periods, game.inspections
    seats, worth, shares = np.zeros((2, n + 1, m + 1, 4, 2)), np.zeros((n + 1, m + 1)), np.zeros(2)
    worth[1:, 0] = -1.0
    value = games.play_in_turn(
        draws.key("moves of a game"), _GAME, contest.rounds, contest.rounds - contest.counted, n, m,
        _sides(contest), seats, worth, shares,
    )  # fmt: skip
    first = seats[:, n, m]
    regrets = [float(one[games.TOTAL].max() - one[games.EARNED, 0]) / contest.rounds for one in first]
    actions, ways = (np.array([share, 1.0 - share]) for share in shares)
    return Play(value, -value, actions, ways, (regrets[0], regrets[1]))


def play_command(contest: Contest, folder: Path | None, force: bool, as_json: bool, quiet: bool) -> int:
    """`chokepoint run` of a game: play it, and say what it came to beside what is known; returns the exit code.

    folder: where to write every replicate as a table, if anywhere. force: replace a run or a game that stands there.
    """
    try:
        if folder is not None:
            may_write(folder, force=force)
        if not quiet:
            times = f"{contest.replicates} times {contest.rounds:,} rounds"
            _say(f"{times}; compiling happens once, and takes some seconds")
        found = play(contest)
        if folder is not None:
            write_play(folder, as_csv(found), force=force)
    except ResultsError as refused:
        _say(f"chokepoint: {refused}")
        return 1
    if as_json:
        measures = [{**asdict(row), "standard_errors_off": _finite(row.off)} for row in found.table()]
        facts = {"rounds": contest.rounds, "replicates": contest.replicates, "regrets": found.regrets()}
        print(json.dumps({"measures": measures, **facts}, allow_nan=False))  # noqa: T201
    elif not quiet:
        print(told(found))  # noqa: T201
    return 0


def _finite(number: float | None) -> float | None:
    """A number as JSON has it, which knows none without end."""
    return number if number is not None and math.isfinite(number) else None


def told(found: Outcome) -> str:
    """What was reached, as a table."""
    lines = [f"{'':40}{'reached':>12}{'s.e.':>12}{'known':>12}{'off by':>12}"]
    for row in found.table():
        known = f"{row.known:12.6f}{f'{row.off:.1f} s.e.':>12}" if row.known is not None else f"{'none':>12}"
        lines.append(f"{row.measure:40}{row.reached:12.6f}{row.error:12.6f}{known}")
    inspector, smuggler = found.regrets()
    lines.append(
        f"More a round by the best single action: {inspector:.6f} for the inspector, {smuggler:.6f} for the smuggler."
    )
    return "\n".join(lines)


def as_csv(found: Outcome) -> str:
    """One row a replicate, one column a measure."""
    measures, text = found.contest.measures(), io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["replicate", *(measure.name for measure in measures)])
    for number, one in enumerate(found.plays):
        rows.writerow([number, *(one.comes_to(measure) for measure in measures)])
    return text.getvalue()


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
