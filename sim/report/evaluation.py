"""Evaluation: what an independent evaluator of a run's policies would need to know, measure and doubt."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.report.pieces import Section, Table
from sim.report.words import NONE, apart, day, number, several, things
from sim.scenario.mistakes import harmless
from sim.study.compare import asked_in
from sim.study.parts import kept_table, spoilt
from sim.study.results import Results, ResultsError
from sim.study.sealed import shown
from sim.study.verify import SCENARIO

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario

POWER = 0.8
"""Chance with which a difference of the least size that counts as detectable is found."""
LEVEL = 0.05


class Indicator(NamedTuple):
    """Something that an evaluator would measure."""

    total: str
    """Its name among the totals of a run."""
    called: str
    unit: str
    collect: str
    """What must be collected to know it, and from whom."""


INDICATORS = (
    Indicator("seized_kg", "seized", "kg", "records by place, mode and load, with laboratory weights"),
    Indicator("interception_share", "seized of what came to an end", "share",
              "seizures and an estimate of flow from other data: production, wastewater, prices"),
    Indicator("price_usd_per_kg_mean", "wholesale price", "USD/kg", "purchases and intelligence by month, with purity"),
    Indicator("retail_purity_mean", "purity by the gram", "share", "laboratory analyses of small seizures"),
    Indicator("boxes_scanned", "containers scanned", "containers", "customs records: every scan and its reason"),
    Indicator("opened_per_1000", "legal containers opened", "per 1,000", "customs records, with the result of each"),
    Indicator("false_alarms_per_1000", "false alarms", "per 1,000", "image analysts' decisions against what was found"),
    Indicator("opened_gini_by_origin", "inequality of opening by origin", "1", "openings and arrivals by origin"),
    Indicator("delay_hours_mean", "delay of a container", "hours", "gate and terminal time stamps of all containers"),
    Indicator("couriers_recruited", "couriers recruited", "people", "not observed: cases, interviews, programmes"),
    Indicator("couriers_arrested", "couriers arrested", "people", "police and court records, by place"),
    Indicator("policy_cost_usd", "cost of the policies", "USD", "accounts of those who carry the policies out"),
)  # fmt: skip
THREATS = (
    "Selection: places get a policy because something happened there, and part of what follows would have come anyway.",
    "Displacement: places that are held up as untreated receive what the treated lose. Count flows over all of them.",
    "Measurement: seizures rise with effort as well as with flow. Fix how effort is counted before the start.",
    "Anticipation and adaptation: traffickers move before the start and for months after it. Measure long enough.",
    "Other changes at the same time: prices, harvests, other policies, trade disrupted for reasons of its own.",
    "Few events: a handful of large loads makes a year's total. Test counts and loads apart.",
    "Choosing among many indicators afterwards: name the main one in advance, and correct for the number of others.",
)
BEYOND = (
    "Whether a policy works in the world: the model says what follows from its assumptions.",
    "How large an effect is where magnitudes are assumed; over their ranges it may change its sign.",
    "What happens to rights, trust and legitimacy beyond counts of inspections, alarms and delay.",
    "What a real port or state will find: places must not be judged by it.",
)


def comparison(folder: Path, run: Results) -> pd.DataFrame:
    """The runs of a comparison that `chokepoint compare --out` wrote, of the scenario of a run; raises ResultsError.

    Policies and luck may be others than those of the run: they are what is compared, and what intervals are about.
    """
    file = folder / "runs.csv"
    if not file.is_file():
        raise ResultsError(f"{shown(folder)}: holds no runs.csv; give a folder that `chokepoint compare --out` wrote")
    runs = kept_table(file, ("world",), ("replicate",))
    lived = runs.groupby("world")["replicate"].apply(sorted)
    if len(lived) < 2 or any(each != lived.iloc[0] for each in lived):
        raise spoilt(file)
    _of_one_scenario(folder, asked_in(folder).scenarios, run)
    return runs


def _of_one_scenario(folder: Path, worlds: Sequence[Scenario], run: Results) -> None:
    """Refuse a comparison of which no world is that of the run, but for policies and luck."""
    scenario = run.scenario
    differ = [[part for part in apart(scenario, world) if part != "seed"] for world in worlds]
    if [] in differ:
        return
    ours, theirs = harmless(scenario.title), harmless(worlds[0].title)
    again = shlex.join(["chokepoint", "compare", str(run.folder / SCENARIO), "--out", "DIR"])
    raise ResultsError(
        f"{shown(folder)}: is a comparison of “{theirs}”, and {shown(run.folder)} a run of “{ours}”: they differ in "
        f"{several(differ[0])}; compare the policies of the run, {again}, or leave --comparison out"
    )


def detectable(base: list[float], other: list[float]) -> float | None:
    """The least mean difference that as many pairs find with a chance of 80 %, two-sided at 5 % (Cohen 1988).

    None for fewer than three pairs, or where nothing varies.
    """
    from scipy.special import stdtrit

    gaps = [b - a for a, b in zip(base, other, strict=True)]
    n = len(gaps)
    if n < 3:
        return None
    mean = math.fsum(gaps) / n
    variance = math.fsum((gap - mean) ** 2 for gap in gaps) / (n - 1)
    if variance <= 0.0:
        return None
    return float(stdtrit(n - 1, 1.0 - LEVEL / 2.0) + stdtrit(n - 1, POWER)) * math.sqrt(variance / n)


def section(results: Results, compared: pd.DataFrame | None) -> Section:
    """What an evaluator needs."""
    run = results.replicates[0]
    scenario = run.scenario
    policies = [policy.called.replace("_", " ") for policy in scenario.policies]
    starts = [policy.start for policy in scenario.policies]
    first = max(min(starts), scenario.start) if starts else None
    told = [f"The question: {scenario.question}"]
    if policies:
        told.append(
            f"What is to be evaluated: {several(policies)}, from {day(min(starts))}. The counterfactual is the same "
            "world with the same luck and without them; in the world outside there is none, and comparable places, or "
            "the order in which places are given a policy, must stand in for it."
        )
    else:
        told.append("No policy is in force: what stands below is a baseline for one, not an evaluation.")
    if first is not None and first > scenario.start:
        before = things((first - scenario.start).days, "day")
        told.append(f"In this run the time before {day(first)} is a baseline of {before}.")
    if compared is None:
        told.append(
            f"No comparison was given, so that no {'baseline without the policies and no ' if policies else ''}"
            "detectable effect is told: run chokepoint compare with --out, and this report with --comparison."
        )
    else:
        pairs = int(compared.groupby("world").size().min())
        told.append(
            f"Detectable is the least difference that {things(pairs, 'pair')} of runs find with a chance of 80 %, "
            "two-sided at 5 %, by the variance of their own paired differences. The world has no pairs with common "
            "luck: an evaluation there needs more."
        )
    return Section(
        "evaluation",
        "For an independent evaluation",
        told=told,
        points=(*THREATS, *(f"Beyond the model: {text[0].lower()}{text[1:]}" for text in BEYOND)),
        tables=[_indicators(results, compared, treated=bool(policies))],
    )


def _indicators(results: Results, compared: pd.DataFrame | None, *, treated: bool) -> Table:
    """Indicators with their baselines, and what can be detected.

    treated: whether policies are in force in the run, so that its own totals are no baseline for them.
    """
    worlds = list(dict.fromkeys(compared["world"])) if compared is not None else []
    rows = []
    for indicator in INDICATORS:
        baseline, cells = results.kpis.get(indicator.total), []
        if compared is not None and indicator.total in compared.columns:
            each = [compared[compared["world"] == world].sort_values("replicate")[indicator.total] for world in worlds]
            baseline = float(each[0].mean())
            cells = [_number(detectable(each[0].tolist(), other.tolist())) for other in each[1:]]
        elif compared is not None:
            cells = [NONE] * (len(worlds) - 1)
        unit = "" if indicator.unit == "1" else indicator.unit
        rows.append((indicator.called, unit, indicator.collect, _number(baseline), *cells))
    these, whose = ("this run", "its") if len(results.replicates) == 1 else ("mean of these runs", "their")
    own = f"{these}, with {whose} policies" if treated else f"baseline: {these}"
    base = own if compared is None else f"baseline: {worlds[0]}"
    head = ("indicator", "unit", "data to collect", base, *(f"detectable: {world}" for world in worlds[1:]))
    return Table("Indicators, what they come to, and what it takes to know them", head, rows, left=3, small=True)


def _number(value: float | None) -> str:
    return NONE if value is None else number(value)
