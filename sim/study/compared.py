"""What a comparison says in words: effects, the way there, displacement, money's worth, and which world is best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sim.study.comparison import SIDES, By, Comparison, Flow
from sim.study.effects import Effect
from sim.study.intervals import LEVEL
from sim.study.onset import Onset
from sim.study.periods import before_and_after
from sim.study.totals import APART

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.rankings import Rankings

IN_WORDS: dict[By, str] = {
    "departure": "sent, by departure",
    "arrival": "sent, by arrival",
    "mode": "sent, by mode",
    "zone": "sent, by sea zone",
}
MOST_NAMED = 3
"""Treated places that a sentence names."""
MOST_PLACES = 8
"""Places that a table of displacement shows; what the others changed by is told together."""
FOLLOWED = {"delivered_kg": "delivered", "seized_kg": "seized"}
"""Measures of which it is told in which month the effect has come to half of its final level."""


def effects_told(found: Comparison, name: str) -> list[str]:
    """Effects on a world against the first, as lines of a table."""
    lines = [f"{name} against {found.names[0]}, {found.replicates} pairs, {LEVEL:.0%} intervals"]
    lines.append(
        f"  {'':26}{'without':>16}{'with':>16}{'difference':>16}   interval; variance of independent runs over it"
    )
    lines += _lines(found.effects(name))
    return [*lines, "  apart from these", *_lines(found.effects(name, APART))]


def before_told(found: Comparison, name: str) -> list[str]:
    """What the last year came to against the year before the policy, with and without it."""
    spans = before_and_after(found.begins(name), found.first, found.last)
    if spans is None:
        return ["  There is no time before the policy to hold the time after it against."]
    before, after = spans
    lines = [
        f"{name}: {after.days} days from {after.first} against {before.days} days before {before.after}; sums by year",
        f"  {'':26}{'before':>16}{'after':>16}{'change':>16}   interval; the same without",
    ]
    apart = zip(found.since_before(name), found.drift(name), strict=True)
    return lines + [f"{_line(change)}; {_number(drift.difference)}" for change, drift in apart]


def worth_told(found: Comparison, name: str) -> list[str]:
    """What the programme cost for what it prevented or gained."""
    cost = found.effects(name, ["policy_cost_usd"])[0].difference
    if not cost > 0.0:
        return []
    lines = [f"  programme cost {cost:,.0f} USD"]
    for each in found.worth(name):
        if math.isnan(each.usd):
            lines.append(f"  {'per ' + each.per:34}{'nothing gained':>16}")
        elif math.isnan(each.low):
            lines.append(f"  {'per ' + each.per:34}{each.usd:>16,.0f}   too uncertain for an interval")
        else:
            lines.append(f"  {'per ' + each.per:34}{each.usd:>16,.0f}   {each.low:,.0f} to {each.high:,.0f} USD")
    return lines


def onset_told(found: Comparison, name: str) -> list[str]:
    """In which month effects were there."""
    said = []
    for measure, word in FOLLOWED.items():
        reached = found.months_to_effect(measure, name)
        if reached is not None and reached.months is not None:
            said.append(f"half of the change of what is {word} is there in month {reached.months}{_range(reached)}")
    since = found.treated[name].since
    return [f"  Counted from {since}, {'; '.join(said)}."] if said else []


def ranking_told(found: Comparison, measure: str) -> list[str]:
    """Which world is best by a measure, and how surely."""
    table, chances = found.ranking(measure), found.better(measure)
    names = list(table.index)
    wide = max(26, *map(len, names))
    lines = [
        f"ranking by {measure}, with chances to have the best mean and to be the best in one history",
        f"  {'':{wide}}{'mean':>16}{'best mean':>16}{'best history':>16}   better than the next",
    ]
    for name, after in zip(names, [*names[1:], None], strict=True):
        row = table.loc[name]
        sure = f"   {_better_than(found, measure, name, after, chances)}" if after is not None else ""
        lines.append(
            f"  {name:{wide}}{_number(row['mean']):>16}{row['chance_best']:>16.0%}{row['best_share']:>16.0%}{sure}"
        )
    return lines


def _better_than(found: Comparison, measure: str, name: str, after: str, chances: pd.DataFrame) -> str:
    """The chance to be better than the next, or that both come to the same in every replicate."""
    alike = (found.measured(measure, name) == found.measured(measure, after)).all()
    return "the same" if alike else f"{chances.loc[name, after]:.0%}"


def rules_told(again: Rankings) -> list[str]:
    """Which world is best under each behaviour of organisations, and whether that differs."""
    if not again.by_rule:
        return []
    table, names = again.rules(), again.worlds[1:]
    lines = [
        "",
        f"ranking by {again.measure} under each behaviour of organisations, and changes against {again.worlds[0]}",
    ]
    for rule, row in table.iterrows():
        changes = ", ".join(f"{name} {_number(row[name])}" for name in names)
        alike = all(row[name] == 0.0 for name in names)
        best = "all worlds alike" if alike else f"{row['best']} ({row['chance_best']:.0%})"
        lines.append(f"  {rule:26}{best}; {changes}")
    flips = again.flips()
    said = f"another is best beyond doubt under {', '.join(flips)}: the answer hangs on how organisations choose"
    return [*lines, f"  {said if flips else 'under none is another the best beyond doubt'}."]


def futures_told(again: Rankings) -> list[str]:
    """How often each world is the best when assumed numbers lie anywhere in their ranges."""
    if again.by_future.empty:
        return []
    known, count = again.known, len(again.by_future)
    if known.empty:
        return ["", f"no ranking in futures: in none of {count} have all worlds a value of {again.measure}"]
    lines = [
        f"ranking by {again.measure} in {len(known)} futures, in which assumed numbers lie anywhere in their ranges",
        f"  {'':26}{'best in':>16}{'mean change':>16}{'lowest':>16}{'highest':>16}",
    ]
    for name, row in again.futures().iterrows():
        numbers = "".join(f"{_number(row[column]):>16}" for column in ("mean_change", "lowest", "highest"))
        lines.append(f"  {name:26}{row['best_share']:>16.0%}{numbers}")
    if len(known) < count:
        lines.append(f"  {count - len(known)} of {count} futures do not count: some world has no {again.measure} there")
    if alike := int((known.nunique(axis=1) == 1).sum()):
        lines.append(f"  in {alike} of them all worlds come to the same, and share being the best")
    if again.left_out:
        shown = ", ".join(again.left_out[:MOST_NAMED]) + (" and others" if len(again.left_out) > MOST_NAMED else "")
        lines.append(f"  {len(again.left_out)} numbers kept their values in some, as others contradict: {shown}.")
    return ["", *lines]


def displacement_told(found: Comparison, name: str) -> list[str]:
    """Where loads went instead: lines of a table for each side of the way, and a sentence."""
    lines = []
    for side in SIDES:
        table = found.displacement(name, side)
        if len(table):
            lines += _side_told(side, table)
    return [*lines, f"  {sentence(found, name)}"]


def _side_told(side: By, table: pd.DataFrame) -> list[str]:
    shown, others = table.head(MOST_PLACES), table.iloc[MOST_PLACES:]
    lines = [f"  {IN_WORDS[side]:26}{'without, kg':>16}{'change, kg':>16}   interval"]
    for place, base, change, low, high in shown.itertuples():
        lines.append(f"  {place:26}{base:>16,.0f}{change:>16,.0f}   {low:,.0f} to {high:,.0f}")
    if len(others):
        base, change = others["baseline_kg"].sum(), others["change_kg"].sum()
        lines.append(f"  {f'{len(others)} others':26}{base:>16,.0f}{change:>16,.0f}")
    return lines


def sentence(found: Comparison, name: str, called: Mapping[str, str] | None = None) -> str:
    """Displacement in plain words. called: what to call places; their keys where nothing is given."""
    treated = found.treated[name]
    if not treated.places:
        return "Displacement: the worlds differ in no policy that names a place, so no way is the treated one."
    more = len(treated.places) - MOST_NAMED
    named = [(called or {}).get(place, place) for place in treated.places[:MOST_NAMED]]
    where = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    told = (_ratio_told(found, name, "sent", "is sent"), _ratio_told(found, name, "delivered", "arrives"))
    return f"Displacement from {where}: {'; '.join(told)}. {_when(found, name)}"


def _ratio_told(found: Comparison, name: str, flow: Flow, does: str) -> str:
    ratio = found.displacement_ratio(name, flow)
    if ratio is None or math.isnan(ratio.low):
        return f"that less {does} that way is not beyond doubt"
    gain, low, high = (f"{100 * value:,.0f}" for value in (ratio.ratio, ratio.low, ratio.high))
    return f"for 100 kg less that {does} that way {gain} kg ({low} to {high}) more {does} by others"


def _when(found: Comparison, name: str) -> str:
    months = found.months_to_displacement(name)
    if months is None or months.months is None:
        return "What is sent by others does not rise and stay so."
    since = found.treated[name].since
    return f"Half of the rise of what is sent by others is there in month {months.months}{_range(months)} from {since}."


def _range(months: Onset) -> str:
    low, high = (str(end) if end is not None else "never" for end in (months.low, months.high))
    return f" ({low} to {high})"


def _lines(effects: Sequence[Effect]) -> list[str]:
    return [
        _line(each) + ("" if math.isnan(each.variance_ratio) else f"; {each.variance_ratio:,.1f}") for each in effects
    ]


def _line(each: Effect) -> str:
    numbers = "".join(f"{_number(value):>16}" for value in (each.baseline, each.other, each.difference))
    return f"  {each.measure:26}{numbers}   {_number(each.low)} to {_number(each.high)}"


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}"
