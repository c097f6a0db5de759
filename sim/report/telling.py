"""Sentences that say what a figure shows, made from the same numbers as the figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

import numpy as np
import pandas as pd

from sim.report import views
from sim.report.maps import sailed
from sim.report.words import change, count, day, mass, money, month, number, percent, several, things
from sim.study.results import Results
from sim.terms import CENTS_PER_USD, DAYS_PER_WEEK

_SHORTEST_MONTH = 28  # days


def map_told(results: Results) -> list[str]:
    """What the map shows."""
    flows = views.flows(results)
    still = _still_under_way(results)
    if not flows:
        return ["No load is known to have set out across the ocean within the run.", *still]
    called = views.names(results)
    total = _crossed_kg(results)
    drawn = sum(flow.kg for flow in flows)
    craft = sum(flow.kg for flow in flows if flow.craft)
    largest = flows[0]
    start = called.get(largest.origin, largest.origin) + (" and other ports of its region" if largest.bundled else "")
    end = called.get(largest.destination, largest.destination)
    told = [
        f"{mass(total)} set out across the ocean, {percent(craft / total)} of it by small craft.",
        *still,
        f"The widest line runs from {start} to {end}: {mass(largest.kg)}.",
    ]
    if any(flow.bundled for flow in flows):
        told.append("Loads from ports of one region to one gateway share a line, drawn from the port that sent most.")
    if drawn < 0.999 * total:
        told.append(f"The lines drawn stand for {percent(drawn / total)} of all kilograms; the smallest are left out.")
    if any(sailed(flow, results) is None for flow in flows):
        told.append("Where no way by sea is known, the shortest way over the globe is drawn, be it over land.")
    told.append("Circles count containers at both controls of a port. The map shows flows and seizures, not chances.")
    return told


def flow_told(results: Results) -> list[str]:
    """What the flow over time shows."""
    table, word = views.by_period(results)
    per_day = {name: table[name].sum() / table["days"].sum() for name in ("dispatched", "delivered", "seized", "lost")}
    length = 7 if word == "week" else views.DAYS_PER_MONTH
    mean = {name: mass(1000 * value * length) for name, value in per_day.items()}
    told = [
        f"On average {mean['dispatched']} were dispatched a {word}, {mean['delivered']} delivered, "
        f"{mean['seized']} seized and {mean['lost']} lost."
    ]
    if table["delivered"].max() > 0:
        peak = cast("pd.Timestamp", table["delivered"].idxmax()).date()
        when = month(peak) if word == "month" else f"the week of {day(peak)}"
        told.append(f"Most was delivered in {when}: {mass(1000 * table['delivered'].max())}.")
    first = results.daily.loc[results.daily["delivered_g"] > 0, "day"]
    if len(first) and first.iloc[0] >= 7:
        told.append(f"The run starts with nothing under way: the first delivery comes after {first.iloc[0]} days.")
    return told + cut_short(table["days"].tolist(), word)


def cut_short(days: Sequence[int], word: str) -> list[str]:
    """Which ends of a run are cut short, so that less happens there than in the others; days: of each week or month."""
    ends = {"first": days[0], "last": days[-1]} if len(days) > 1 else {"only": days[0]}
    whole = DAYS_PER_WEEK if word == "week" else _SHORTEST_MONTH
    short = {which: things(many, "day") for which, many in ends.items() if many < whole}
    return [f"The {which} {word} has no more than {length}." for which, length in short.items()]


def funnel_told(results: Results) -> list[str]:
    """What the funnel shows."""
    steps = {step.name: step.kg for step in views.funnel(results)}
    total = steps["dispatched"]
    if total <= 0:
        return ["Nothing was dispatched."]
    seized = {name: steps[f"seized {name}"] for name in views.WHERE.values()}
    all_seized, market = sum(seized.values()), steps["delivered"]
    told = [
        f"Of {mass(total)} dispatched, {mass(market)} ({percent(market / total)}) reached a market, "
        f"{mass(all_seized)} ({percent(all_seized / total)}) were seized and {mass(steps['lost on the way'])} lost."
    ]
    if all_seized > 0:
        where = max(seized, key=lambda name: seized[name])
        told.append(f"{percent(seized[where] / all_seized)} of what was seized was seized {where}.")
    if steps["still under way"] > 0:
        told.append(f"{mass(steps['still under way'])} were still under way when the run ended.")
    return told


def seizures_told(results: Results) -> list[str]:
    """What the seizures by place show."""
    kg = views.seized_by_place(results).sum(axis=1)
    if kg.empty:
        return ["Nothing was seized."]
    called = views.names(results)
    top = [called.get(str(place), str(place)) for place in kg.index[:3]]
    told = [f"Loads were seized at {things(len(kg), 'place')}."]
    if len(kg) > 3:
        told.append(f"{several(top)} together hold {percent(kg.iloc[:3].sum() / kg.sum())} of all kilograms seized.")
    told.append("A seizure is the result of flow and of control: a place with more seizures may see more of either.")
    return told


def displacement_told(results: Results) -> list[str]:
    """What the change by gateway shows."""
    found = views.displacement(results)
    if found is None or found.table.empty:
        return ["Too little was sent to compare two spans of the run."]
    called = views.names(results)
    spans = f"{_span(*found.before)} against {_span(*found.after)}"
    before, gained = found.total_before_kg, found.total_change_kg
    share = f" ({change(gained, percent(gained / before))})" if before else ""
    told = [
        f"Compared: {spans}. All gateways together went from {mass(before)} to {mass(before + gained)} a month{share}.",
        f"{mass(views.displaced_kg(found))} a month moved from one gateway to another: the part of the bars that the "
        "change of the total does not explain.",
    ]
    moved = found.table["change_kg"]
    if moved.max() > 0 > moved.min():
        up, down = (str(place) for place in (moved.idxmax(), moved.idxmin()))
        told.append(f"Most was gained by {called.get(up, up)}, most was lost by {called.get(down, down)}.")
    beside = ", and what disruptions of trade do" if results.scenario.disruptions else ""
    if found.policy is None and results.scenario.policies:
        told.append(
            "All policies are in force from the first day on, so there is no time before them: this is the drift that "
            f"comes under them{beside}."
        )
    elif found.policy is None:
        told.append(f"No policy is in force, so this is the drift that comes without one{beside}.")
    else:
        told.append(
            f"{found.policy.mark} is “{found.policy.name}”. A change after its start is not by itself caused by it: "
            "compare with a run without it."
        )
    return told


def sizes_told(results: Results) -> list[str]:
    """What the sizes of seizures show."""
    sizes = np.sort(views.seizure_sizes(results))[::-1]
    if len(sizes) == 0:
        return ["Nothing was seized."]
    tenth = max(1, len(sizes) // 10)
    return [
        f"{count(len(sizes))} consignments were seized, from {mass(float(sizes[-1]))} to {mass(float(sizes[0]))}.",
        f"The largest tenth holds {percent(float(sizes[:tenth].sum() / sizes.sum()))} of all kilograms seized.",
    ]


def price_told(results: Results) -> list[str]:
    """What the price over time shows."""
    daily = results.daily
    price = daily["price_usd_per_kg"]
    first, last = float(price.iloc[0]), float(price.iloc[-1])
    told = [
        f"The wholesale price began at {money(first)} a kilogram and ended at {money(last)}"
        + (f" ({change(last - first, percent(last / first - 1))})." if first else ".")
    ]
    low, high = (daily["date"][at].date() for at in (price.idxmin(), price.idxmax()))
    told.append(
        f"It was lowest in {month(low)} ({money(price.min())}) and highest in {month(high)} ({money(price.max())})."
    )
    return told


def trade_told(results: Results) -> list[str]:
    """What control meant for legal trade."""
    daily = results.daily
    sums = {
        name: float(daily[name].sum())
        for name in ("boxes_arrived", "boxes_scanned", "boxes_examined", "false_alarms", "hits")
    }
    boxes, hours = sums["boxes_arrived"], float(daily["delay_box_hours"].sum())
    if boxes <= 0:
        return ["No legal container was controlled."]
    told = [
        f"Of {count(boxes)} containers at controls, {percent(sums['boxes_scanned'] / boxes)} were scanned and "
        f"{percent(sums['boxes_examined'] / boxes)} opened by hand.",
        f"Control delayed an average container by {delay(hours / boxes)}, in all by {count(hours)} container hours.",
    ]
    if sums["hits"] > 0:
        alarms, scans = (number(sums[name] / sums["hits"]) for name in ("false_alarms", "boxes_scanned"))
        told.append(f"For each hit there were {alarms} false alarms and {scans} scans.")
    else:
        told.append(f"There were {count(sums['false_alarms'])} false alarms and no hit.")
    told.append("Ports stand in the order of the containers they handle.")
    return told


def people_told(results: Results) -> list[str]:
    """What happened to the people whom organisations hire."""
    daily = results.daily
    recruited, arrested = int(daily["recruited"].sum()), int(daily["arrested"].sum())
    replaced, waited = int(daily["replaced"].sum()), int(daily["replacement_days"].sum())
    return [
        f"{things(recruited, 'courier was', 'couriers were')} recruited and {count(arrested)} arrested"
        + (f": {number(100 * arrested / recruited)} arrests for every hundred recruits." if recruited else "."),
        f"{things(int(daily['refused'].sum()), 'time')} somebody refused to be one. "
        + (
            f"{count(replaced)} of the arrested were replaced, after {delay(24 * waited / replaced)} on average. "
            if replaced
            else ""
        )
        + f"Of the arrested, {count(int(daily['cooperated'].sum()))} cooperated with investigators.",
        f"Organisations had {count(daily['couriers'].iloc[0])} couriers after the first day and "
        f"{count(daily['couriers'].iloc[-1])} at the end.",
        f"{number(float(daily['corrupted'].mean()))} port inspectors were in their pay on a mean day, and "
        f"{things(int(daily['dismissed'].sum()), 'was', 'were')} found by audits and dismissed; bribes came to "
        f"{money(int(daily['bribes_cents'].sum()) / CENTS_PER_USD)}.",
    ]


def organisations_told(results: Results) -> list[str]:
    """How organisations came and went, and what they contested."""
    daily = results.daily
    first, last = (int(daily["organisations"].iloc[day]) for day in (0, -1))
    entered, gone, split = (int(daily[column].sum()) for column in ("entrants", "exits", "splits"))
    weeks = len(daily) // DAYS_PER_WEEK  # places are contested at the end of each whole week of the run, and then alone
    return [
        f"{things(first, 'organisation was', 'organisations were')} active on the first day and {count(last)} at the "
        f"end: {count(entered)} entered, {count(split)} split off from others, {count(gone)} came to an end.",
        f"In a mean week {number(daily['contests'].sum() / weeks)} places were contested."
        if weeks
        else "Places are contested at the end of a week, which the run does not come to.",
    ]


def violence_told(results: Results) -> list[str]:
    """How the index of violence went, and what it cannot say."""
    index = results.daily["violence"]
    half = len(index) // 2
    return [
        f"The index of violence was {number(index.iloc[:half].mean() if half else 0)} in the mean of the first half of "
        f"the run and {number(index.iloc[half:].mean())} in the second; its highest was {number(index.max())}.",
        "It starts at 0, and would stay at 100 if there were one dispute a year for each organisation of the first "
        "day. It counts disputes between organisations and disruptions of them, by assumed weights; it is no number "
        "of victims, and can only be compared with itself under another policy.",
    ]


def seas_told(results: Results) -> list[str]:
    """What patrols did with the craft that they could have met."""
    total = views.seas(results).sum(numeric_only=True)
    if not total["crossings"]:
        return ["No small craft came to a sea zone within the run."]
    share = percent(total["detected"] / total["crossings"])
    told = [f"Small craft came to a sea zone {count(total['crossings'])} times; patrols detected {share} of them."]
    people, distress, goods = len(results.people) > 0, "", ""
    if people:
        distress, goods = ", or having been boats in distress, which are rescued and not boarded", " with goods aboard"
    if total["detected"]:
        told.append(
            f"Of those detected {percent(total['boarded'] / total['detected'])} were boarded, the others having met no "
            f"unit that was free and had the right to{distress}; {percent(total['seized'] / total['detected'])} were "
            f"stopped{goods}."
        )
    if people:
        told.append(
            f"Of people in boats, patrols intercepted {count(total['intercepted'])} and rescued "
            f"{count(total['rescued'])} in distress."
        )
    return told


def _still_under_way(results: Results) -> list[str]:
    """What the map does not show, as nobody wrote down where it was."""
    kg = views.under_way_kg(results)
    told = "more were still under way at the end; how far they had come is not recorded, so they are not drawn."
    return [f"{mass(kg)} {told}"] if kg else []


def _crossed_kg(results: Results) -> float:
    """Kilograms of all loads that are known to have set out across the ocean."""
    return sum(flow.kg for flow in views.flows(results, most=10**9))


def _span(first: date, last: date) -> str:
    return f"{day(first)} to {day(last)}"


def delay(hours: float) -> str:
    """A length of time in the unit that suits it."""
    if hours >= 48:
        return f"{number(hours / 24)} days"
    return f"{hours:.1f} hours" if hours >= 2 else f"{60 * hours:.1f} minutes"
