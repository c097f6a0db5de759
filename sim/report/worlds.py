"""The page of a comparison: which worlds were compared, what differs between them, and how surely."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.report.fans import FEWEST_DAYS, too_short
from sim.report.flips import flips
from sim.report.moved import changes
from sim.report.paired import draw
from sim.report.pieces import Card, Item, Picture, Section, page, picture
from sim.report.sections import LIMITS, policy_does, policy_facts
from sim.report.words import SPACE, apart, day, percent, place_names, several, things
from sim.report.worlds_tables import (
    apart_tables,
    before_tables,
    chances_table,
    effect_tables,
    in_per_cent,
    moved_tables,
    passport_table,
    signed,
    worth_table,
)
from sim.scenario.describe_disruptions import each_disruption
from sim.scenario.scenario import Scenario
from sim.study.compared import onset_told, sentence
from sim.study.comparison import Comparison
from sim.study.effects import GOALS
from sim.study.folder import version
from sim.study.intervals import LEVEL
from sim.study.parts import kept_table
from sim.study.periods import before_and_after

PAGE = "comparison.html"
BY = "delivered_kg"
"""The total by which worlds are ranked where nobody asked for another."""
MAPS_SAY = (
    "Marks show how flows change under a policy: filled where the interval of the change does not hold 0, hollow where "
    "it does. They say nothing of the chance of passing any control, and no place can be ranked by them."
)
READING = (
    "Every difference is between two worlds that meet the same luck wherever they do the same thing. It is what the "
    "policy did and what followed from it, not what chance did.",
    f"An interval of {LEVEL:.0%} is about the mean that endlessly many replicates would have. It becomes narrower with "
    "more of them. Where it holds 0, the replicates do not show the direction of the change; that is not a proof "
    "that nothing changes.",
    "Bands over time hold shares of the replicates: they say what luck makes of a single history, and do not become "
    "narrower. The interval of the mean is drawn apart from them.",
    "Every interval is for itself. Of many, some miss: with eight worlds, one comparison in three has one that does. "
    "Name the total that counts before you look.",
    "The chance of the best mean says how sure the order of the means is after these replicates. It says nothing of "
    "how much better the best is: that is told by the effects.",
    "Money's worth is a ratio of two means with Fieller's interval. There is none where the change itself may be 0.",
    "The same luck wears off: what is seized changes what its owner does next. The longer the run, the wider the "
    "intervals.",
    "Intervals hold for luck, given the scenarios. They say nothing of assumed values and rules being wrong.",
)


def build(study: Comparison, by: str = BY, folder: Path | None = None) -> str:
    """The page of a comparison as HTML.

    by: the total by which worlds are ranked. folder: where rankings under other rules and values lie, if anywhere.

    Raises ValueError for a comparison that does not know its scenarios.
    """
    if not study.scenarios:
        raise ValueError("this comparison does not know its scenarios, so there is no page of it")
    scenario = study.scenarios[0]
    return page(
        "report.html",
        title=scenario.title,
        question=scenario.question,
        kicker=f"Chokepoint · comparison of {len(study.names)} worlds",
        facts=f"{day(study.first)} to {day(study.last)} · {things(study.replicates, 'pair')} of runs for each policy · "
        f"{things(len(scenario.ports()), 'port')} · seed {scenario.seed}",
        sections=sections(study, by, folder),
        footer=f"Made with Chokepoint {version('chokepoint')} from the replicates beside this page.",
    )


def ranked_by(folder: Path) -> str:
    """The total by which the comparison in a folder ranked its worlds; raises ResultsError."""
    file = folder / "ranking.csv"
    asked = str(kept_table(file, ("world", "by"))["by"].iloc[0]) if file.is_file() else BY
    return asked if asked in GOALS else BY


def sections(study: Comparison, by: str, folder: Path | None = None) -> list[Section]:
    """All sections in their order."""
    further = flips(folder, by) if folder is not None else None
    return [
        _asked(study),
        _effects(study),
        _before(study),
        *_over_time(study),
        _displacement(study),
        _worth(study),
        _best(study, by),
        *([further] if further is not None else []),
        Section("reading", "How to read the intervals", points=READING),
        Section("limits", "What the model cannot say", points=LIMITS),
        _again(study),
    ]


def _asked(study: Comparison) -> Section:
    first = study.names[0]
    told = [
        f"Every world is held against {first}, over the same replicates: the same luck, and nothing different but what "
        "is listed here. What worlds have in common up to the first day on which they differ was lived once."
    ]
    items = [
        Item(f"W{number}", name, _does(scenario, number), _facts(scenario, study.scenarios[0]))
        for number, (name, scenario) in enumerate(zip(study.names, study.scenarios, strict=True))
    ]
    return Section("asked", "What was compared", told=told, items=items)


def _does(scenario: Scenario, number: int) -> str:
    held = "What the others are held against. " if number == 0 else ""
    told = " ".join(dict.fromkeys(policy_does(policy) for policy in scenario.policies))
    return held + (told or "No policy is in force.")


def _facts(scenario: Scenario, first: Scenario) -> list[str]:
    """Where, when and at what cost policies work, and what else differs from the first world."""
    called, several_of = place_names(scenario), len(scenario.policies) > 1
    facts = []
    for policy in scenario.policies:
        name = f"{policy.called.replace('_', ' ')}: " if several_of else ""
        facts.append(name + ", ".join(policy_facts(policy, called)))
    facts += [told.rstrip(".") for told in each_disruption(scenario)]
    others = apart(scenario, first)
    return facts + ([f"differs beyond policies in {several(others)}"] if others else [])


def _effects(study: Comparison) -> Section:
    shown = picture(draw(study, "effects")[0], "effects", [
        f"Dots are means over {things(study.replicates, 'pair')}, bars intervals of {LEVEL:.0%}. A bar that crosses "
        "the line at 0 shows no direction."
    ])  # fmt: skip
    return Section(
        "effects", "What the policies change", cards=list(_cards(study)), pictures=[shown],
        tables=[*effect_tables(study), *apart_tables(study)],
    )  # fmt: skip


def _cards(study: Comparison) -> Iterable[Card]:
    """The change of what is delivered, a world each."""
    for name in study.names[1:]:
        (delivered,) = study.effects(name, ["delivered_kg"])
        middle, low, high = in_per_cent(delivered)
        sure = "" if low > 0.0 or high < 0.0 else f"; the interval holds{SPACE}0"
        more = f"delivered; {signed(low)} to {signed(high)}{sure}" if math.isfinite(low) else "delivered"
        yield Card(name, signed(middle), more, warm=middle > 0.0)


def _before(study: Comparison) -> Section:
    told = [
        "The same world before and after its policies: what those see who have no other world to look at. Beside it, "
        f"how {study.names[0]} changed over the same days, without them: the part of the change that would have come "
        "anyway."
    ]
    tables = before_tables(study)
    if not tables:
        told = [
            f"What the other worlds have and {study.names[0]} has not is in force from the first day, or never, so "
            "there is no time before it."
        ]
    return Section("before", "Against the day before", told=told, tables=tables)


def _over_time(study: Comparison) -> Iterable[Section]:
    for measure, title in (("delivered_kg", "Over time: delivered"), ("seized_kg", "Over time: seized")):
        key = f"over-time-{measure.removesuffix('_kg')}"
        told = [
            "Differences by month, told as rates for a year. Bands hold the middle 50, 80 and 95 per cent of the "
            f"replicates; the dashed line is the day on which begins what the world has and {study.names[0]} has not."
        ]
        if any(study.begins_in_first(name) is not None for name in study.names[1:]):
            told.append(f"The dotted line is the day on which begins what {study.names[0]} has and the world has not.")
        if too_short(study, study.path(measure, study.names[0])[0]).any():
            told.append(f"Months of which the runs hold fewer than {FEWEST_DAYS} days are left out.")
        if measure == "delivered_kg":
            told += [f"{name}. {line.strip()}" for name in study.names[1:] for line in _onset(study, name)]
        yield Section(key, title, pictures=[picture(draw(study, "over_time", measure=measure)[0], key, told)])


def _onset(study: Comparison, name: str) -> Sequence[str]:
    spans = before_and_after(study.treated[name].since, study.first, study.last)
    return onset_told(study, name) if spans is not None else []


def _displacement(study: Comparison) -> Section:
    pictures, told = list[Picture](), [MAPS_SAY]
    called = place_names(study.scenarios[0])
    for number, name in enumerate(study.names[1:], start=1):
        if changes(study, name):
            drawn = draw(study, "displacement_map", other=name)[0]
            pictures.append(picture(drawn, f"map-{number}", [f"{name}. {sentence(study, name, called)}"]))
        else:
            told.append(f"{name}: no load is sent from, towards or through another place.")
    return Section("displacement", "Where loads went instead", told=told, pictures=pictures, tables=moved_tables(study))


def _worth(study: Comparison) -> Section:
    shown = picture(draw(study, "trade_off")[0], "trade-off", [
        "Bars are intervals both ways. Worlds with a ring are those that no other one beats in both, by their means; "
        "where bars overlap, more replicates may change which these are."
    ])  # fmt: skip
    told = [
        "Costs of the policies alone: capital in full on the first day, running cost by the day. What control costs "
        "legal trade is told beside it, in hours of delay. What is not gained has no price."
    ]
    return Section("worth", "Money's worth", told=told, pictures=[shown], tables=worth_table(study))


def _best(study: Comparison, by: str) -> Section:
    told = [best_told(study, by)]
    shown = picture(draw(study, "ranking", measure=by)[0], "ranking", told)
    return Section("best", "Which is best, and how surely", pictures=[shown], tables=[chances_table(study)])


def best_told(study: Comparison, by: str) -> str:
    """Which world is the best, or which share the best mean, with chances against the one that comes next."""
    table, chances = study.ranking(by), study.better(by)
    means, total = table["mean"], by.replace("_", " ")
    leaders = [str(name) for name in table.index[means == means.iloc[0]]]
    first, others = leaders[0], table.index[len(leaders) :]
    if not len(others):
        return f"All {len(study.names)} worlds come to the same mean, by {total}: none of them is the best."
    sure, second = percent(chances.loc[first, others[0]]), others[0]
    if len(leaders) > 1:
        return (
            f"{several(leaders)} come to the same mean, the best of {len(study.names)} worlds, by {total}: none of "
            f"them is better than another. The chance that {first} is better than the next, {second}, is {sure}."
        )
    return (
        f"{first} has the best mean of {len(study.names)} worlds, by {total}. The chance that it stays the best with "
        f"more replicates is {percent(table.loc[first, 'chance_best'])}; that it is better than the next, {second}, is "
        f"{sure}. In {percent(table.loc[first, 'best_share'])} of the replicates it was the best in one and the same "
        "history."
    )


def _again(study: Comparison) -> Section:
    worlds = ", ".join(json.dumps(name, ensure_ascii=False) for name in study.names)
    commands = (
        "import sim\n\n"
        f'worlds = [sim.load(f"worlds/{{number:02d}}.yaml") for number in range({len(study.names)})]\n'
        f"names = [{worlds}]\n"
        f'study = sim.compare(*worlds, names=names, replicates={study.replicates}, mode="{study.mode}", folder="again")'
    )
    told = [
        "The worlds stand in full, every default included, in the folder worlds beside this page. The same worlds, "
        "seed and version give the same numbers. In Python, in this folder:"
    ]
    return Section("provenance", "How to run it again", told=told, commands=commands, tables=[passport_table(study)])
