"""Chokepoint: an agent-based simulation of maritime smuggling, for those who decide and study what to do against it.

All that a notebook needs::

    import sim

    baseline = sim.load("latam_europe").without_policies()
    screened = baseline.with_policy("high_risk_screening", ports=["BEANR"], start="2021-01-01")
    study = sim.compare(baseline, screened, replicates=20)
    study.table()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import networkx as nx
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.scenario.numbers import Assumption
    from sim.scenario.scenario import Scenario
    from sim.study.comparison import Comparison
    from sim.study.membership import MembershipPath
    from sim.study.play import Outcome
    from sim.study.portfolio import Portfolio
    from sim.study.results import Results
    from sim.sweep.sweep import Sweep
    from sim.terms import ControlMode
    from sim.world.membership import Membership

__all__ = [
    "assumptions", "compare", "describe", "ema_model", "load", "membership", "network", "open_results", "open_sweep",
    "page", "play", "plot", "portfolio", "run", "run_sweep",
]  # fmt: skip


def load(
    scenario: str | Path, *, sets: Sequence[str] = (), days: int | None = None, seed: int | None = None
) -> Scenario:
    """Read a scenario file, or a shipped one by name; raises InvalidScenario with every mistake and its place.

    sets: replacements as on the command line, for example "customs.imports.scan_share=0.1". days: another number of
    days; policies, disruptions and agreements that start after them are left out. seed: another root of all luck.
    """
    from sim.scenario.load import load

    return load(scenario, overrides=sets, days=days, seed=seed)


def assumptions(scenario: Scenario) -> list[Assumption]:
    """Every number in force that nothing published gives: its path, meaning, value, unit, range."""
    from sim.scenario.describe import assumptions

    return assumptions(scenario)


def describe(scenario: Scenario) -> str:
    """The scenario told back in plain words, with every assumption."""
    from sim.scenario.describe import describe

    return describe(scenario)


def run(
    scenario: Scenario,
    out: str | Path,
    *,
    replicates: int = 1,
    mode: ControlMode = "micro",
    threads: int = 1,
    force: bool = False,
) -> Results:
    """Run a scenario and write its results into a folder; raises ResultsError when that cannot be done."""
    from sim.study.run import run

    return run(scenario, out, replicates=replicates, mode=mode, threads=threads, force=force)


def compare(
    *scenarios: Scenario,
    names: list[str] | None = None,
    replicates: int = 20,
    mode: ControlMode = "thinned",
    jobs: int = 1,
    until: Sequence[str] = (),
    folder: str | Path | None = None,
) -> Comparison:
    """Run worlds with the same luck and pair them; the first is what the others are compared with.

    until: half-widths at which to stop, as "delivered_kg=5%"; replicates are then the most. jobs: processes at work;
    results do not depend on them. folder: where replicates are kept, so that a comparison which was broken off goes on.
    Raises ValueError for what is no total, for worlds of other seeds or days and for names that are not one a world,
    ResultsError for a folder that holds something else.
    """
    from sim.study.compare import compare

    return compare(*scenarios, names=names, replicates=replicates, mode=mode, jobs=jobs, until=until, folder=folder)


def portfolio(
    scenario: Scenario,
    *,
    budget_usd: float,
    goals: Sequence[str] = ("delivered_kg", "policy_cost_usd"),
    steps: int = 2,
    futures: int = 8,
    nominal: bool = False,
    robust: Literal["mean", "worst"] = "mean",
    evaluations: int = 200,
    mode: ControlMode = "thinned",
    jobs: int = 1,
    folder: str | Path | None = None,
) -> Portfolio:
    """Search the mixes of a scenario's policies for those that none other beats within a budget over the whole run.

    Every mix (each policy to some extent, in so many steps) is lived in the same futures, in which assumed numbers are
    drawn over their ranges; nominal: they differ by luck alone. robust: whether mixes are judged by their mean over
    futures or by the worst. jobs: processes at work. folder: where runs are kept, so that a search goes on. Its `front`
    tells what was found. Raises ValueError for what cannot be searched, ImportError where the extra `analysis` is
    missing, ResultsError.
    """
    from sim.study.portfolio import portfolio

    return portfolio(
        scenario, budget_usd=budget_usd, goals=goals, steps=steps, futures=futures, nominal=nominal, robust=robust,
        evaluations=evaluations, mode=mode, jobs=jobs, folder=folder,
    )  # fmt: skip


def ema_model(sweep: str | Path) -> Any:
    """A model of the EMA Workbench whose experiments are runs as a sweep file, or a shipped sweep, asks for them.

    Raises InvalidScenario with every mistake, ImportError where the extra `analysis` is missing.
    """
    from sim.sweep.asked import read_sweep
    from sim.sweep.workbench import ema_model

    return ema_model(read_sweep(sweep))


def play(game: str | Path, *, sets: Sequence[str] = (), replicates: int | None = None) -> Outcome:
    """Play a game file, or a shipped one by name as in "games/inspection"; its `table()` says what it came to.

    Raises InvalidScenario for a file with mistakes, ValueError for one that holds a world.
    """
    from sim.scenario.load import load_either
    from sim.scenario.scenario import Scenario
    from sim.study.play import play

    found = load_either(game, overrides=sets, replicates=replicates)
    if isinstance(found, Scenario):
        raise ValueError(f"{game} holds a world, not a game: load it, and use sim.run")
    return play(found)


def open_results(folder: str | Path) -> Results:
    """Results of an earlier run; raises ResultsError when the folder holds none."""
    from sim.study.results import Results

    return Results.open(folder)


def run_sweep(sweep: str | Path, out: str | Path, *, jobs: int = 1) -> Sweep:
    """Live a sweep file, or a shipped one by name as in "sweeps/scanning", in so many processes; its `table()` has one
    row a run. What a folder holds of it already is not lived again.

    Raises InvalidScenario with every mistake in the file, ResultsError for a folder that holds something else.
    """
    from sim.sweep.asked import read_sweep
    from sim.sweep.driving import drive
    from sim.sweep.planning import planned
    from sim.sweep.sweep import Sweep

    drive(planned(read_sweep(sweep), out), jobs=jobs)
    return Sweep.open(out)


def open_sweep(folder: str | Path) -> Sweep:
    """A sweep in its folder, as much of it as has been lived; raises ResultsError when the folder holds none."""
    from sim.sweep.sweep import Sweep

    return Sweep.open(folder)


def membership(
    plan: Membership | None = None, *, weeks: int = 520, replicates: int = 0, seed: int = 1
) -> MembershipPath:
    """Members of criminal groups week by week, by default those of Mexico as published, 2012 to 2022.

    replicates: 0 for the equation, else so many paths of whole people. What follows under a policy: `then` of the path.
    """
    from sim.study.membership import membership

    return membership(plan, weeks=weeks, replicates=replicates, seed=seed)


def network(scenario: Scenario) -> nx.MultiDiGraph:
    """The route graph of a scenario: sites as nodes, legs as edges keyed by their mode."""
    from sim.genesis import route_network

    return route_network(scenario)


def plot(of: Results | Comparison, name: str, **more: Any) -> tuple[Figure, Axes]:
    """One figure of a run or of a comparison, by name; raises ValueError with the known names for others."""
    from sim.report import figures, paired
    from sim.study.comparison import Comparison

    if isinstance(of, Comparison):
        return paired.draw(of, name, **more)
    return figures.draw(of, name, **more)


def page(of: Results | Comparison) -> str:
    """A whole page about a run or a comparison, as HTML that needs nothing else."""
    from sim.report import page as runs
    from sim.report import worlds
    from sim.study.comparison import Comparison

    return worlds.build(of) if isinstance(of, Comparison) else runs.build(of)
