"""A second bookkeeper: everything that a run publishes, recomputed from its events, by other code than the model's.

It reads tables only: plain lists, one for each column. What it finds wrong it says in a line each.
"""

import math
from collections import defaultdict
from datetime import timedelta

import numpy as np

from sim.kernels.boxes import ARRIVED, CHOSEN, OPENED
from sim.kernels.tracing import STATUS
from sim.model import SmugglingModel
from sim.study import measures
from sim.world.making import PRECURSORS
from tests.promises.worlds import tables

BELOW_ZERO = {
    "capital_cents", "consignment", "dispatched_day", "outcome_day", "investigation_day", "charge_day", "judgment_day",
    "closed_day",
}  # fmt: skip
"""Columns that may hold a number below zero: debts, and -1 for none."""
FOR_PEOPLE = ("intercepted", "rescued", "went_back", "stopped_ashore")
"""How journeys of people can end, and no load of goods."""
ENDS = ("seized", "lost", "delivered", *FOR_PEOPLE)


def wrong_with(model: SmugglingModel) -> list[str]:
    """All that does not hold: mass, money, time, names, numbers, totals."""
    found, totals = tables(model), measures.totals(model)
    return [
        *wrong_mass(model, found), *wrong_loads(model, found), *wrong_people(model, found, totals),
        *wrong_controls(found), *wrong_numbers(found, totals), *wrong_totals(model, found, totals),
        *wrong_costs(model, found), *wrong_restraint(model), *wrong_groups(model, found),
        *wrong_money(model, found, totals), *wrong_sites(model, found, totals),
    ]  # fmt: skip


def rows(table: dict[str, list], *columns: str):
    return zip(*(table[column] for column in columns), strict=True)


def wrong_mass(model, found):
    """Grams by commodity and account after every day, added up from the events: the daily table says the same, what
    only gives is a source, and nothing else is ever below zero."""
    accounts, moved, gives, gets = defaultdict(int), defaultdict(int), set(), set()
    by_day = defaultdict(list)
    for line in rows(found["events"], "day", "event", "commodity", "from_account", "to_account", "grams"):
        by_day[line[0]].append(line[1:])
        gives.add(line[3])
        gets.add(line[4])
    main = model.commodity_name
    for day in range(model.day):
        moved.clear()
        for event, kind, source, target, grams in by_day[day]:
            if grams <= 0:
                yield f"day {day}: an event moves {grams} g"
            accounts[kind, source] -= grams
            accounts[kind, target] += grams
            accounts[kind, "market"] += grams * (target == "delivered")
            moved[kind, event] += grams
        yield from (
            f"day {day}: {account} of {kind} stands at {grams} g"
            for (kind, account), grams in accounts.items()
            if grams < 0 and (account in gets or account not in gives)
        )
        yield from _apart(found["by_commodity"], day, model.ledger.commodities, accounts, moved)
        names = {"stock_g": "stock", "in_transit_g": "transit", "market_stock_g": "market"}
        told = {column: accounts[main, account] for column, account in names.items()}
        told |= {f"{event}_g": moved[main, event]
                 for event in ("produced", "dispatched", "seized", "lost", "delivered", "consumed")}  # fmt: skip
        yield from (
            f"day {day}: {column} is {found['daily'][column][day]}, the events say {grams}"
            for column, grams in told.items()
            if found["daily"][column][day] != grams
        )
    if set(by_day) - set(range(model.day)):
        yield "an event lies outside the run"


def _apart(told, day, commodities, accounts, moved):
    """Where the table of all commodities says something else than the events."""
    for n, kind in enumerate(commodities):
        row = day * len(commodities) + n
        held = {"stock": accounts[kind, "stock"], "in_transit": accounts[kind, "transit"]}
        events = {name: moved[kind, name] for name in ("produced", "dispatched", "lost", "delivered")}
        events["stopped"] = sum(moved[kind, name] for name in ("seized", "intercepted", "rescued"))
        for column, amount in (held | events).items():
            if (told["commodity"][row], told["day"][row], told[column][row]) != (kind, day, amount):
                yield f"day {day}: {column} of {kind} is {told[column][row]}, the events say {amount}"


def wrong_loads(model, found):
    """Each load is sent once and ends once at most, whole, no earlier than it was sent, at places that there are."""
    loads, events = found["consignments"], found["events"]
    sent, ended = {}, {}
    for number, day, event, grams, place, checkpoint in rows(
        events, "consignment", "day", "event", "grams", "place", "checkpoint"
    ):
        if number >= 0:
            if event not in ("dispatched", *ENDS):
                continue
            book = sent if event == "dispatched" else ended
            if number in book:
                yield f"load {number}: {event} twice"
            book[number] = (event, day, grams, place, checkpoint)
    places = {*model.inbound.network.names, *model.plan.waters}
    if set(events["place"]) - places - {""} or set(events["checkpoint"]) - {
        *model.checkpoints.names,
        "road",
        "port",
        "",
    }:
        yield "an event happens at a place that there is not"
    if set(sent) != set(range(len(loads["consignment"]))) or set(ended) - set(sent):
        yield "the events speak of other loads than the table of loads"
        return
    areas, owners = model.plan.geography.production_areas, {cartel.name for cartel in model.cartels}
    markets = model.plan.geography.markets
    for number, kind, grams, day, outcome, outcome_day, place, checkpoint, owner, area, market in rows(
        loads, "consignment", "commodity", "grams", "planned_day", "outcome", "outcome_day", "outcome_place",
        "outcome_checkpoint", "organisation", "area", "market",
    ):  # fmt: skip
        end = ended.get(number, ("under_way", -1, grams, "", ""))
        if sent[number][1:4] != (day, grams, area) or end != (outcome, outcome_day, grams, place, checkpoint):
            yield f"load {number}: the events tell another story: {sent[number]}, {end}"
        if outcome != "under_way" and not day < outcome_day < model.day:
            yield f"load {number}: sent on day {day}, {outcome} on day {outcome_day}"
        needed = kind == PRECURSORS  # which a broker orders for an area
        if (owner != f"supply broker {market}" or market not in areas) if needed else (
            owner not in owners or market not in markets):  # fmt: skip
            yield f"load {number}: owned by {owner} for {market}"
        persons = kind in model.goods and model.goods[kind].unit == "persons"
        if outcome in (("seized",) if persons else FOR_PEOPLE):
            yield f"load {number}: {kind} {outcome}"
        if outcome == "delivered" and place != market:
            yield f"load {number}: delivered at {place} instead of {market}"


def wrong_people(model, found, totals):
    """What became of people, from the events: everybody who set out has come to an end or is under way."""
    people, words = found["people"], ("departed", "arrived", "returned", "lost", *FOR_PEOPLE)
    names = {kind for kind, good in model.goods.items() if good.unit == "persons"}
    if len(people["day"]) != (model.day if names else 0):
        yield f"people has {len(people['day'])} rows"
    told = dict(zip(words, ("dispatched", "delivered", "returned", "lost", *FOR_PEOPLE), strict=True))
    for word, event in told.items():
        by_day = [0] * model.day
        for day, what, kind, persons in rows(found["events"], "day", "event", "commodity", "grams"):
            if what == event and kind in names and day < model.day:
                by_day[day] += persons
        if names and (people[word] != by_day or totals[f"people_{word}"] != sum(by_day)):
            yield f"people.{word} is not what the events say"
    for zone in ("intercepted", "rescued"):
        if sum(found["zones"][zone]) > sum(people[zone]):
            yield f"the zones tell of more people {zone} than there were"


def wrong_controls(found):
    """Nothing is scanned that did not arrive, opened that gave no alarm, found that was not there; days add up."""
    ports, daily = found["ports"], found["daily"]
    sums = defaultdict(float)
    for line in rows(
        ports, "day", "boxes_arrived", "boxes_scanned", "alarms", "false_alarms", "boxes_examined", "hits",
        "contaminated_boxes", "contraband_g", "seized_g", "delay_box_hours",
    ):  # fmt: skip
        day, arrived, scanned, alarms, false, opened, hits, dirty, contraband, seized, delay = line
        if not (arrived >= scanned >= alarms >= max(false, opened) and opened >= hits and dirty >= hits
                and arrived >= dirty and contraband >= seized and (seized > 0) == (hits > 0)):  # fmt: skip
            yield f"day {day}: a control does more than it can: {line}"
        for name, value in zip(("boxes_arrived", "boxes_scanned", "false_alarms", "boxes_examined", "hits"),
                               (arrived, scanned, false, opened, hits), strict=True):  # fmt: skip
            sums[name, day] += value
        sums["delay_box_hours", day] += delay
    for (name, day), value in sums.items():
        if not math.isclose(daily[name][day], value, rel_tol=1e-9, abs_tol=1e-9):
            yield f"day {day}: {name} is {daily[name][day]}, the controls say {value}"


def wrong_numbers(found, totals):
    """No number is none, or below zero where it cannot be; no total either."""
    for name, table in (*found.items(), ("totals", {key: [value] for key, value in totals.items()})):
        for column, values in table.items():
            numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
            if not all(map(math.isfinite, numbers)) or (column not in BELOW_ZERO and min(numbers, default=0) < 0):
                yield f"{name}.{column} holds {min(numbers)} to {max(numbers)}"


def wrong_totals(model, found, totals):
    """The totals, from the events and the table of controls."""
    grams, count, seized_loads = defaultdict(int), 0, []
    for event, moved, kind in rows(found["events"], "event", "grams", "commodity"):
        grams[event] += moved * (kind == model.commodity_name)
        count += event == "dispatched" and kind == model.commodity_name
        if event == "seized" and kind == model.commodity_name:
            seized_loads.append(moved)
    ended = grams["seized"] + grams["lost"] + grams["delivered"]
    boxes = {name: sum(found["ports"][name])
             for name in ("boxes_arrived", "boxes_scanned", "boxes_examined", "false_alarms", "hits")}  # fmt: skip
    if found["daily"]["price_usd_per_kg"][-1] != model.price:
        yield f"the last price is {found['daily']['price_usd_per_kg'][-1]}, the markets have {model.price}"
    prices, delay = found["daily"]["price_usd_per_kg"], math.fsum(found["ports"]["delay_box_hours"])
    told = {
        **{f"{event}_kg": grams[event] / 1000 for event in ("produced", "dispatched", "delivered", "seized", "lost")},
        **boxes,
        "simulated_days": model.plan.days,
        "stock_kg": (grams["produced"] - grams["dispatched"]) / 1000,
        "in_transit_kg": (grams["dispatched"] - ended) / 1000,
        "interception_share": grams["seized"] / ended if ended else None,
        "consignments": count,
        "consignment_kg_mean": grams["dispatched"] / count / 1000 if count else None,
        "seized_consignment_kg_mean": sum(seized_loads) / len(seized_loads) / 1000 if seized_loads else None,
        "price_usd_per_kg_mean": math.fsum(prices) / len(prices),
        "delay_hours_mean": delay / boxes["boxes_arrived"] if boxes["boxes_arrived"] else None,
        "couriers_recruited": sum(found["daily"]["recruited"]),
        "couriers_arrested": sum(found["daily"]["arrested"]),
        "policy_cost_usd": sum(found["daily"]["policy_cost_cents"]) / 100,
    }
    for name, value in told.items():
        same = value == totals[name] if value is None else totals[name] is not None and math.isclose(
            totals[name], value, rel_tol=1e-12, abs_tol=0.0 if name != "delay_hours_mean" else 1e-12)  # fmt: skip
        if not same:
            yield f"{name} is {totals[name]}, the events say {value}"


def wrong_costs(model, found):
    """What policies cost, cent by cent, from the calendar alone."""
    plan = model.plan
    for day, cents in enumerate(found["daily"]["policy_cost_cents"]):
        today, cost = plan.start + timedelta(days=day), 0.0
        for policy in plan.policies:
            if policy.start <= today and (policy.end is None or today <= policy.end):
                whole = float(policy.running_usd_per_year) / 365.25
                whole += float(policy.capital_usd) if today == max(policy.start, plan.start) else 0.0
                cost += whole * float(policy.extent)
        if abs(cents - 100 * cost) > 0.51:
            yield f"day {day}: policies cost {cents} cents, not {100 * cost}"


def wrong_restraint(model):
    """Caps on inspection: whenever anything is scanned or opened, no more are than the period of that day allows."""
    tally, period = model.chronicle.tally.astype(int), model.restraint.period.tolist()
    for lever, column in (("boxes_per_opening", OPENED), ("boxes_per_scan", CHOSEN)):
        for day in range(model.day):
            model.day, lived = day, model.day
            needed = getattr(model.controls_in_force(), lever)
            model.day = lived
            for control, days in enumerate(period):
                if needed[control] <= 1.0 or not tally[day, control, column]:
                    continue
                first = max(0, day + 1 - days)
                arrived, done = tally[first : day + 1, control, [ARRIVED, column]].sum(axis=0).tolist()
                if done * needed[control] > arrived * (1 + 1e-12):
                    yield f"day {day}: control {control} has {done} of {arrived} by {lever} {needed[control]}"


def wrong_groups(model, found):
    """What is told by group adds up to what is told by port; by far end and by shipper it is the same.

    A container with a load that lands in a month in which no other does has no far end. Scans are of those without one,
    and by thinned mode a mean; none is scanned more than twice in a direction, at a hub and at the port itself.
    """
    sums, ports, alone, day = defaultdict(float), defaultdict(int), defaultdict(int), 0
    for month in model.treatment.months:
        for control in np.flatnonzero(~month.shares[:, : len(model.treatment.far_ends)].any(axis=1)).tolist():
            lone = model.chronicle.tally[day : day + month.days, control, ARRIVED].sum()
            alone[model.checkpoints.kind[control]] += int(lone)
        day += month.days
    held = 2 * found["consignments"]["mode"].count("container")
    for line in rows(found["oversight"], "direction", "by", "boxes", "scanned", "false_alarms", "opened", "found"):
        for at, value in enumerate(line[2:]):
            sums[line[0], line[1] == "shipper", at] += value
    for line in rows(
        found["ports"], "direction", "boxes_arrived", "boxes_scanned", "false_alarms", "boxes_examined", "hits"
    ):
        for at, value in enumerate(line[1:]):
            ports[line[0], at] += value
    for (direction, shipper, at), told in sums.items():
        whole = ports[direction, at] - (alone[direction] if at == 0 and not shipper else 0)
        few = 0.02 * whole + 60 + held if at == 1 else 1e-6 * whole
        if abs(told - whole) > few and at != 3:
            yield f"groups at {direction} ({'shipper' if shipper else 'far end'}): column {at} is {told}, not {whole}"


def wrong_money(model, found, totals):
    """Every cent that markets paid, from transfer to transfer: what is told by state adds up, and to the totals."""
    transfers = model.finance.books.rows.tolist()
    names = model.finance.books.rows.dtype.names
    sums = defaultdict(int)
    for line in transfers:
        one = dict(zip(names, line, strict=True))
        sums["proceeds"] += one["cents"]
        sums["ever frozen"] += one["cents"] * (one["traced"] >= 0)
        sums[STATUS[one["status"]]] += one["cents"]
        sums["fees"] += one["fee"] * (STATUS[one["status"]] == "home")
        if not one["day"] <= (one["traced"] if one["traced"] >= 0 else one["day"]) < one["due"]:
            yield f"a transfer of day {one['day']} that is due on {one['due']} is traced on {one['traced']}"
        if STATUS[one["status"]] == "home" and one["settled"] != one["due"]:
            yield f"a transfer that is due on {one['due']} is at home on {one['settled']}"
        if (one["traced"] >= 0) != (one["case"] >= 0):
            yield f"a transfer that was traced on {one['traced']} has the case {one['case']}"
    whole = sum(sums[status] for status in STATUS)
    if whole != sums["proceeds"]:
        yield f"of {sums['proceeds']} cents {whole} are anywhere"
    told = {
        "proceeds_usd": sums["proceeds"], "money_frozen_usd": sums["ever frozen"], "broker_fees_usd": sums["fees"],
        "laundered_usd": sums["home"] - sums["fees"], "money_confiscated_usd": sums["confiscated"],
        "money_released_usd": sums["released"], "money_under_way_usd": sums["moving"],
    }  # fmt: skip
    wrong = {name: cents / 100 for name, cents in told.items() if abs(totals[name] - cents / 100) > 1}
    yield from (f"{name} is {totals[name]}, not {usd}" for name, usd in wrong.items())
    columns = {"proceeds_cents": "proceeds", "frozen_cents": "ever frozen", "confiscated_cents": "confiscated"}
    for column, name in columns.items():
        if sum(found["money"][column]) != sums[name]:
            yield f"{column} add up to {sum(found['money'][column])}, not {sums[name]}"


def wrong_sites(model, found, totals):
    """What was found at sites, by site and commodity, is what events say was stopped there."""
    stopped, table, kinds = defaultdict(int), defaultdict(int), defaultdict(int)
    for event, kind, checkpoint, grams in rows(found["events"], "event", "commodity", "checkpoint", "grams"):
        if event in ("seized", "intercepted", "stopped_ashore") and checkpoint.startswith(("dock ", "warehouse ")):
            stopped[checkpoint, kind] += grams
            kinds[checkpoint.partition(" ")[0]] += grams * (kind == model.commodity_name)
    columns = "checkpoint", "commodity", "loads", "load_g", "found", "found_g"
    for checkpoint, kind, loads, load_g, found_loads, found_g in rows(found["sites"], *columns):
        table[checkpoint, kind] += found_g
        if not (loads >= found_loads and load_g >= found_g >= found_loads):
            yield f"{checkpoint}: {found_loads} of {loads} loads were found, {found_g} of {load_g} g"
    if {site: grams for site, grams in table.items() if grams} != stopped:
        yield f"sites: {dict(table)} g found, by events {dict(stopped)}"
    for name, kind in (("found_at_docks_kg", "dock"), ("found_in_warehouses_kg", "warehouse")):
        if totals[name] != kinds[kind] / 1000:
            yield f"{name} is {totals[name]}, by events {kinds[kind] / 1000}"
