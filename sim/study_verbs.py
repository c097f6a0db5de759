"""The verbs of studies: compare the policies of a scenario, and find the mixes of them that none other beats."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.command import AsJson, Brief, Days, InMode, Jobs, Out, ScenarioFile, Seed, Sets, loaded, say_left_out

if TYPE_CHECKING:
    from sim.study.comparison import Comparison


def compare(
    scenario: ScenarioFile,
    policies: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="NAME",
            help='A policy of the scenario, by name; several with " + " between; all when not given.',
        ),
    ] = None,
    against: Annotated[
        str,
        typer.Option(metavar="none|today|NAME", help="The world without, the year before, or another policy."),
    ] = "none",
    replicates: Annotated[int, typer.Option(min=2, help="Pairs of runs with the same luck, at most.")] = 20,
    until: Annotated[
        list[str] | None,
        typer.Option(metavar="TOTAL=HALF", help="Stop when intervals are this narrow, as in delivered_kg=5%."),
    ] = None,
    rank: Annotated[str, typer.Option(metavar="TOTAL", help="The total by which worlds are ranked.")] = "delivered_kg",
    behaviours: Annotated[
        bool, typer.Option("--behaviours", help="Rank again under every behaviour of organisations.")
    ] = False,
    futures: Annotated[
        int, typer.Option(min=0, metavar="N", help="Rank again in N futures: assumed numbers drawn over their ranges.")
    ] = 0,
    days: Days = None,
    seed: Seed = None,
    sets: Sets = None,
    mode: InMode = "thinned",
    jobs: Jobs = None,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Brief = False,
) -> int:
    """Compare the policies of a scenario, each with the same luck as the world without it."""
    late: list[str] = []
    found = loaded(scenario, sets, seed, days, late.extend)
    gc.enable()
    from sim.study.compare_command import compare_command

    def page(study: Comparison, folder: Path, by: str) -> None:
        from sim.report.page import write_comparison

        write_comparison(study, folder, by)

    return compare_command(
        found, scenario, late, policies or [], against, replicates, until or [], rank, behaviours, futures, mode,
        jobs, out, as_json, quiet, page,
    )  # fmt: skip


def portfolio(
    scenario: ScenarioFile,
    budget: Annotated[float, typer.Option(metavar="USD", help="The most that a mix may cost over the whole run.")],
    goals: Annotated[
        list[str] | None,
        typer.Option("--goal", metavar="TOTAL", help="What mixes are for; delivered_kg and policy_cost_usd."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=20, help="Steps in which each policy can be done.")] = 2,
    futures: Annotated[int, typer.Option(min=2, max=1000, help="Futures in which every mix is lived.")] = 8,
    nominal: Annotated[bool, typer.Option("--nominal", help="Futures differ by luck alone.")] = False,
    robust: Annotated[
        Literal["mean", "worst"], typer.Option(help="Judge mixes by their mean over futures, or by the worst.")
    ] = "mean",
    evaluations: Annotated[
        int, typer.Option(min=4, help="How many mixes are asked for at least, in generations of 20.")
    ] = 200,
    days: Days = None,
    seed: Seed = None,
    sets: Sets = None,
    mode: InMode = "thinned",
    jobs: Jobs = None,
    out: Out = None,
    as_json: AsJson = False,
    quiet: Brief = False,
) -> int:
    """Find the mixes of a scenario's policies that none other beats under a budget."""
    late: list[str] = []
    found = loaded(scenario, sets, seed, days, late.extend)
    say_left_out(late, quiet)
    gc.enable()
    from sim.report.portfolio_command import portfolio_command

    return portfolio_command(
        found, budget, goals or [], steps, futures, nominal, robust, evaluations, mode, jobs, out, as_json, quiet,
    )  # fmt: skip
