"""Tables of the page of a comparison: effects, before and after, displacement, money's worth and chances."""

from __future__ import annotations

import math

from sim.report.pieces import Table
from sim.report.words import NONE, SPACE, change, day, mass, money, number, percent, place_names
from sim.scenario.resolved import scenario_hash
from sim.study.compared import IN_WORDS
from sim.study.comparison import SIDES, Comparison
from sim.study.effects import Effect
from sim.study.folder import version
from sim.study.intervals import LEVEL
from sim.study.periods import MEASURES, before_and_after
from sim.study.totals import APART, KPIS

CHANCES = {
    "delivered_kg": "least delivered",
    "seized_kg": "most seized",
    "interception_share": "largest share seized",
    "false_alarms": "fewest false alarms",
    "delay_hours_mean": "least delay",
    "couriers_recruited": "fewest recruits",
    "policy_cost_usd": "least cost",
}
"""Totals of which the chance of the best mean is told, and what the best is of each."""
OPEN = 2
"""How many worlds' tables are unfolded."""
FINEST = 1e-5
"""Share of a total below which a change of it is told as none."""
_COLUMNS = {column.name: column for column in KPIS}


def in_per_cent(effect: Effect) -> tuple[float, float, float]:
    """A difference and the ends of its interval, in per cent of the first world; nan where that has nothing."""
    scale = 100.0 / abs(effect.baseline) if effect.baseline else math.nan
    return effect.difference * scale, effect.low * scale, effect.high * scale


def signed(per_cent: float) -> str:
    """A change in per cent, to a tenth."""
    if not math.isfinite(per_cent):
        return NONE
    return f"{per_cent:+.1f}{SPACE}%".replace("-", "−") if abs(per_cent) >= 0.05 else f"0.0{SPACE}%"


def effect_tables(study: Comparison) -> list[Table]:
    """What each world changes against the first."""
    return [
        _changes(study.effects(name), f"{name} against {study.names[0]}", ("without", "with"), folded=place >= OPEN)
        for place, name in enumerate(study.names[1:])
    ]


def apart_tables(study: Comparison) -> list[Table]:
    """Totals by which no policy is to be judged, for all worlds together."""
    rows = [
        (name, _COLUMNS[effect.measure].meaning, *_numbers(effect))
        for name in study.names[1:]
        for effect in study.effects(name, APART)
    ]
    head = ("world", "total", "without", "with", "change", f"interval, {LEVEL:.0%}")
    return [Table("Apart from the others: no policy is to be judged by these", head, rows, 2, folded=True, small=True)]


def before_tables(study: Comparison) -> list[Table]:
    """What the last year of each world came to against the year before its policies, and the same of the first."""
    tables = []
    for place, name in enumerate(study.names[1:]):
        spans = before_and_after(study.begins(name), study.first, study.last)
        if spans is None:
            continue
        before, after = spans
        told = [measure for measure in MEASURES if measure not in APART]
        rows = [
            (
                _rate(seen.measure),
                *_numbers(seen),
                _change(drift.difference, seen.measure, FINEST * abs(drift.baseline)),
            )
            for seen, drift in zip(study.since_before(name, told), study.drift(name, told), strict=True)
        ]
        caption = (
            f"{name}: {after.days} days from {day(after.first)} against {before.days} days before {day(before.after)}"
        )
        head = ("measure", "before", "after", "change", f"interval, {LEVEL:.0%}", "change without")
        tables.append(Table(caption, head, rows, folded=place >= OPEN, small=True))
    return tables


def moved_tables(study: Comparison) -> list[Table]:
    """Changes of what is sent, by place and mode, for each world."""
    tables = []
    for name, scenario in zip(study.names[1:], study.scenarios[1:], strict=True):
        called = place_names(scenario)
        rows = [
            (
                called.get(str(place), str(place).replace("_", " ")), IN_WORDS[side].removeprefix("sent, "),
                mass(base), change(moved, mass(moved)), _ends(mass(low), mass(high), low),
            )
            for side in SIDES
            for place, base, moved, low, high in study.displacement(name, side).itertuples()
        ]  # fmt: skip
        head = ("place or mode", "told by", "without", "change", f"interval, {LEVEL:.0%}")
        if rows:
            tables.append(Table(f"{name}: change of what is sent over the run", head, rows, 2, folded=True, small=True))
    return tables


def worth_table(study: Comparison) -> list[Table]:
    """What programmes cost for what they prevent or gain."""
    rows = []
    for name in study.names[1:]:
        (cost,) = study.effects(name, ["policy_cost_usd"])
        if cost.difference <= 0.0:
            continue
        rows.append((name, "all of it", money(cost.difference), ""))
        for each in study.worth(name):
            if math.isnan(each.usd):
                rows.append((name, f"per {each.per}", "nothing gained", NONE))
            else:
                ends = (
                    _ends(money(each.low), money(each.high), each.low) if math.isfinite(each.low) else "too uncertain"
                )
                rows.append((name, f"per {each.per}", money(each.usd), ends))
    head = ("world", "what for", "cost", f"interval, {LEVEL:.0%}")
    return [Table("Cost of the policies for what they prevent or gain", head, rows, 2, small=True)] if rows else []


def chances_table(study: Comparison) -> Table:
    """The chance of the best mean by several totals, of those that have a value in every run."""
    told = [measure for measure in CHANCES if study.runs[measure].notna().all()]
    known = {measure: study.ranking(measure)["chance_best"] for measure in told}
    rows = [(name, *(percent(chances.loc[name]) for chances in known.values())) for name in study.names]
    head = ("world", *(CHANCES[measure] for measure in known))
    return Table("Chance of the best mean, by other totals; worlds that are equal share it", head, rows, small=True)


def passport_table(study: Comparison) -> Table:
    """What was run, and on what."""
    rows = [
        *((f"W{at}: {name}", scenario_hash(study.scenarios[at])) for at, name in enumerate(study.names)),
        ("seed", str(study.scenarios[0].seed)),
        ("replicates", str(study.replicates)),
        ("mode of control", study.mode),
        ("Chokepoint", version("chokepoint")),
    ]
    return Table("What was run: worlds with the SHA-256 of their scenarios", ("", ""), rows, left=2, small=True)


def _changes(effects: list[Effect], caption: str, sides: tuple[str, str], *, folded: bool) -> Table:
    rows = []
    for effect in effects:
        middle, _, _ = in_per_cent(effect)
        rows.append((_total(effect.measure), *_numbers(effect), signed(middle)))
    head = ("total", *sides, "change", f"interval, {LEVEL:.0%}", "relative")
    return Table(caption, head, rows, folded=folded, small=True)


def _numbers(effect: Effect) -> tuple[str, str, str, str]:
    """Both worlds, their difference, and its interval."""
    base, other = (_value(value, effect.measure) for value in (effect.baseline, effect.other))
    least = FINEST * max(abs(effect.baseline), abs(effect.other))
    moved, low, high = (_change(end, effect.measure, least) for end in (effect.difference, effect.low, effect.high))
    return base, other, moved, _ends(low, high, effect.low)


def _ends(low: str, high: str, value: float) -> str:
    return f"{low} to {high}" if math.isfinite(value) else NONE


def _value(value: float, measure: str) -> str:
    unit = _COLUMNS[measure].unit
    if not math.isfinite(value):
        return NONE
    return percent(value) if unit == "share" else money(value) if unit == "USD" else number(value)


def _change(value: float, measure: str, least: float) -> str:
    """A difference with its sign; that of shares in percentage points; nothing below the least that is told."""
    if not math.isfinite(value):
        return NONE
    if abs(value) <= least:
        return "0"
    if _COLUMNS[measure].unit == "share":
        points = f"{100.0 * value:+.1f}".replace("-", "−")
        return f"{points if points[1:] != '0.0' else '0.0'}{SPACE}points"
    return change(value, _value(value, measure))


def _total(measure: str) -> str:
    """A total with its unit."""
    column = _COLUMNS[measure]
    bare = column.unit in ("share", "containers", "people", "persons", "USD", "1")
    return column.meaning if bare else f"{column.meaning}, {column.unit}"


def _rate(measure: str) -> str:
    """A measure as it is told over time."""
    followed = MEASURES[measure]
    return f"{_total(measure)}{' a year' if followed.yearly and not followed.by else ''}"
