"""A game told back in plain words: what is asked and played, how both sides learn, what is known, and every number."""

from __future__ import annotations

from collections.abc import Iterator

from sim.games.contest import Contest
from sim.games.learners import Learner
from sim.scenario.numbers import quantities
from sim.terms import purpose


def sections(contest: Contest) -> tuple[tuple[str, Iterator[str] | list[str]], ...]:
    """Headings, with the sentences below each."""
    return (
        ("The question", [contest.question]),
        ("What is played", contest.game.told()),
        ("How both sides learn", _learning(contest)),
        ("What is known", _known(contest)),
        ("Every number in force", _numbers(contest)),
    )


def _learning(contest: Contest) -> Iterator[str]:
    for name, learner in (("inspector", contest.inspector), ("smuggler", contest.smuggler)):
        yield f"The {name}, {_kind(learner)}: {_purpose(learner)}"
    yield (
        f"They play {contest.rounds:,} rounds, of which the last {contest.counted:,} count, and do so "
        f"{contest.replicates} times, each with luck of its own, from seed {contest.seed}. Nothing that learns knows "
        f"the values below."
    )


def _kind(learner: Learner) -> str:
    return str(type(learner).model_fields["kind"].default).replace("_", " ")


def _purpose(learner: Learner) -> str:
    return purpose(type(learner))


def _known(contest: Contest) -> Iterator[str]:
    for measure in contest.measures():
        known = (
            f"{measure.known:.6f}" if measure.known is not None else "nothing, where a side does not look for its best"
        )
        yield f"  {measure.name}: {known}"


def _numbers(contest: Contest) -> Iterator[str]:
    for entry in quantities(contest):
        yield f"  {entry.path} = {entry.quantity.told()}. {entry.label}"
