"""Made-up results: tables that look like those of a run, over the real ports, with books that balance."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sim.study.folder import write_run
from sim.study.results import Results
from sim.study.tables import TABLES
from sim.world.atlas import ports_of
from sim.world.site import Geography

START = date(2022, 1, 1)

SCENARIO = """\
title: {title}
question: {question}
start: 2022-01-01
days: {days}
seed: 7
geography:
  dataset: latin_america_europe
  ports: {ports}
  production_areas:
    south: {{name: Southern valleys, country: CO, lat: 1.8, lon: -77.5, share: 0.6}}
    east: {{name: Eastern valleys, country: PE, lat: -12.5, lon: -73.8, share: 0.4}}
  warehouses:
    near: {{name: Coastal warehouses, country: EC, lat: -1.0, lon: -80.0, side: origin}}
    far: {{name: Inland warehouses, country: BE, lat: 51.0, lon: 4.5, side: destination}}
  docks:
    guajira: {{name: Guajira coast, country: CO, lat: 11.9, lon: -72.0, side: origin, zones: [caribbean]}}
    galicia: {{name: {coast}, country: ES, lat: 42.6, lon: -8.9, side: destination, zones: [atlantic]}}
  markets:
    north: {{name: {market}, country: NL, lat: 52.1, lon: 5.2, demand_share: 1.0}}
waters:
  caribbean: {{name: Caribbean Sea, area_nm2: 200000}}
  atlantic: {{name: Eastern Atlantic, area_nm2: 400000}}
trade:
  cargo_classes:
    fruit: {{name: Fruit, reefer: true}}
    other: {{name: Other goods}}
  mixes:
    LATAM_PAC: {{fruit: 0.5, other: 0.5}}
    LATAM_CAR: {{fruit: 0.3, other: 0.7}}
    LATAM_ATL: {{fruit: 0.1, other: 0.9}}
    AFRICA: {{fruit: 0.1, other: 0.9}}
    rest_of_world: {{other: 1.0}}
commodities:
  {good}:
    name: {goods}
    production_by_year: {{2022: 2750}}
    concealments:
      rip_on: {{name: In an honest shipper's container}}
organisations:
  cartels: {{name: Trafficking organisations, count: 12, areas: [south, east]}}
policies: {policies}
"""
QUESTION = "What happens to flow, displacement and legal trade when two ports scan all high-risk containers?"
POLICIES = """
  - kind: high_risk_screening
    name: {policy}
    ports: [BEANR, NLRTM]
    start: {first}
    ramp_days: 90
  - kind: joint_patrols
    zones: [caribbean]
    start: {second}
"""

DEPARTURES = {
    "ECGYE": 30, "ECPSJ": 8, "COCTG": 12, "COTRB": 9, "BRSSZ": 13, "BRPNG": 6, "PACTB": 4,
    "CRMOB": 5, "PECLL": 5, "DOCAU": 3, "guajira": 9,
}  # fmt: skip
ARRIVALS = {
    "BEANR": 30, "NLRTM": 22, "ESALG": 9, "DEHAM": 7, "ESVLC": 5, "FRLEH": 6, "GBLGP": 4, "PTSIE": 3,
    "ITGIT": 5, "ESVGO": 2, "SEHEL": 1, "GRPIR": 2,
}  # fmt: skip
SIDES = ("origin", "destination")


def first_start(days: int) -> int:
    """The day on which the first policy begins."""
    return days * 2 // 5


def scenario_text(days: int, policies: bool = True, told: Sequence[str] = (), goods: str = "Cocaine") -> str:
    """A resolved scenario; `told` takes the place of every text that people may choose, names of ports included."""
    texts = (
        "Screening in the North",
        "Scan all high-risk containers in the North",
        "Galician coast",
        "Northern Europe",
    )
    title, policy, coast, market = (json.dumps(text, ensure_ascii=False) for text in (told[:4] or texts))
    first, second = (START + timedelta(days=day) for day in (first_start(days), days * 2 // 3))
    ports = {
        place: {"name": name, "country": "XX", "region": "EU_NORTH", "role": "destination", "lat": 40.0 + 3 * number,
                "lon": -10.0, "teu_thousand": 4000}
        for number, (place, name) in enumerate(zip(ARRIVALS, told, strict=False))
    }  # fmt: skip
    return SCENARIO.format(
        title=title,
        question=json.dumps("\n".join(told) or QUESTION, ensure_ascii=False),
        days=days,
        ports=json.dumps(ports, ensure_ascii=False),
        coast=coast,
        goods=goods,
        good=goods.lower(),
        market=market,
        policies=POLICIES.format(policy=policy, first=first, second=second) if policies else "[]",
    )


def tables(days: int, policies: bool = True, seed: int = 1, name_of_the_first: str = "organisation 1") -> dict:
    """The tables of a run."""
    rng = np.random.default_rng(seed)
    cargo = _consignments(rng, days, policies, name_of_the_first)
    events = _events(cargo, days)
    ports = _ports(rng, cargo, days, policies)
    zones, daily = _zones(rng, cargo, days), _daily(rng, events, ports, days)
    return {
        "daily": daily,
        "ports": ports,
        "zones": zones,
        "events": events,
        "consignments": cargo,
        "by_commodity": _by_commodity(daily, days),
        "oversight": _oversight(ports),
        "people": {name: [] for name, *_ in TABLES["people"]},
        "intelligence": {
            "month": ["2024-01", "2024-01", "2024-02"], "state": ["BE", "EC", "BE"], "born": [9, 4, 6],
            "received": [3, 5, 2], "expired": [0, 1, 4], "hits": [2, 1, 1], "hits_shared": [1, 0, 1],
            "days_to_partner": [4.5, 6.0, 3.0],
        },
        "cooperation": {
            "sender": ["EC", "BE", "EC"], "receiver": ["BE", "EC", "BE"],
            "channel": ["agreement", "agreement", "forum"],
            "kind": ["consignment", "lane", "consignment"], "items": [4, 5, 1], "days_mean": [4.0, 6.0, 5.0],
            "hits": [1, 1, 0],
        },
        "cases": _cases(rng, cargo, days),
        "justice": _justice(rng, days),
        "money": _money(),
        "sites": {name: [] for name, *_ in TABLES["sites"]},
    }  # fmt: skip


def _money() -> dict:
    """Proceeds of two markets in two months, of which a little was frozen."""
    cells = [(when, state) for when in ("2022-01-01", "2022-02-01") for state in ("BE", "CO")]
    amounts = {"BE": (9, 900_000, 0, 20_000, 8_000, 2_000, 2), "CO": (0, 0, 800_000, 5_000, 1_000, 0, 1)}
    names = ("transfers", "proceeds_cents", "laundered_cents", "frozen_cents", "confiscated_cents", "released_cents",
             "brokers_exposed")  # fmt: skip
    return {
        "month": np.array([when for when, _ in cells], "datetime64[D]"),
        "state": [state for _, state in cells],
        **{name: [amounts[state][at] for _, state in cells] for at, name in enumerate(names)},
    }


def _oversight(ports: dict) -> dict:
    """Import control of two groups of origins and two of shippers, in the month of the first day and the next."""
    boxes = 1.0 + sum(ports["boxes_arrived"]) / 4.0
    rows = [
        (month, "BE", "import", by, group, share * boxes, 0.02 * boxes, part, part, part // 20)
        for month in ("2024-01", "2024-02")
        for by, group, share, part in (
            ("origin", "EC", 0.4, 60), ("origin", "rest_of_world", 0.6, 30),
            ("shipper", "established", 0.9, 50), ("shipper", "new", 0.1, 40),
        )
    ]  # fmt: skip
    names = ("month", "state", "direction", "by", "group", "boxes", "scanned", "false_alarms", "opened", "found")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


STAGES = ("response", "investigation", "prosecution", "trial", "appeal")
PACE = (2, 40, 30, 120, 100)


def _cases(rng: np.random.Generator, cargo: dict, days: int) -> dict:
    """A case for each load that was seized, those of some with suspects."""
    rows = [row for row, outcome in enumerate(cargo["outcome"]) if outcome == "seized"]
    opened = np.array([cargo["outcome_day"][row] for row in rows], np.int64)
    count, suspects = len(rows), rng.integers(0, 3, len(rows))
    at = opened[:, None] + np.cumsum(PACE)
    come = np.concatenate([opened[:, None], at[:, :-1]], axis=1) < days
    come[:, 2:] &= suspects[:, None] > 0
    reached = come.sum(axis=1) - 1
    over = (suspects > 0) & (at[:, 4] < days)
    outcome = np.where(over, np.where(rng.random(count) < 0.8, "convicted", "acquitted"), "open")
    charge, judged = np.where(come[:, 3], at[:, 2], -1), np.where(come[:, 4], at[:, 3], -1)
    return {
        "case": list(range(count)),
        "kind": ["find"] * count,
        "state": [("BE", "NL", "EC")[row % 3] for row in range(count)],
        "opened_day": opened.tolist(),
        "organisation": [cargo["organisation"][row] if row % 2 else "" for row in rows],
        "commodity": [cargo["commodity"][row] for row in rows],
        "grams": [cargo["grams"][row] for row in rows],
        "couriers": suspects.tolist(),
        "officers": [0] * count,
        "leaders": [0] * count,
        "evidence": rng.random(count).tolist(),
        "abroad": [""] * count,
        "stage": ["closed" if done else STAGES[stage] for done, stage in zip(over, reached.tolist(), strict=True)],
        "stage_day": opened.tolist(),
        "investigation_day": np.where(come[:, 1], at[:, 0], -1).tolist(),
        "charge_day": charge.tolist(),
        "judgment_day": judged.tolist(),
        "closed_day": np.where(over, at[:, 4], -1).tolist(),
        "pleaded": [0] * count,
        "outcome": outcome.tolist(),
    }


def _justice(rng: np.random.Generator, days: int) -> dict:
    """Queues that grow."""
    last = (START + timedelta(days=days - 1)).replace(day=1)
    months = np.arange(np.datetime64(START, "M"), np.datetime64(last, "M") + np.timedelta64(1, "M")).astype(
        "datetime64[D]"
    )
    states, rows = ("BE", "NL", "EC"), len(months) * 3 * len(STAGES)
    entered = rng.integers(0, 9, rows)
    return {
        "month": np.repeat(months, 3 * len(STAGES)),
        "state": [state for _ in months for state in states for _ in STAGES],
        "stage": [stage for _ in months for _ in states for stage in STAGES],
        "entered": entered,
        "left": entered // 2,
        "waiting": np.repeat(np.arange(len(months)), 3 * len(STAGES)),
        "mean_days": rng.random(rows) * 100,
    }


def kpis(made: dict) -> dict:
    """Totals that agree with the tables."""
    daily, cargo = made["daily"], made["consignments"]
    total = {
        word: int(daily[f"{word}_g"].sum()) / 1000 for word in ("produced", "dispatched", "delivered", "seized", "lost")
    }
    ended = total["seized"] + total["lost"] + total["delivered"]
    taken = cargo["grams"][cargo["outcome"] == "seized"]
    boxes = int(daily["boxes_arrived"].sum())
    return {
        "simulated_days": len(daily["day"]),
        **{f"{word}_kg": kg for word, kg in total.items()},
        "in_transit_kg": int(daily["in_transit_g"][-1]) / 1000,
        "stock_kg": int(daily["stock_g"][-1]) / 1000,
        "interception_share": total["seized"] / ended if ended else None,
        **{
            word: int(daily[word].sum())
            for word in ("boxes_arrived", "boxes_scanned", "boxes_examined", "false_alarms", "hits")
        },
        "delay_hours_mean": float(daily["delay_box_hours"].sum()) / boxes,
        "consignments": len(cargo["grams"]),
        "seized_at_destination_kg": 0.6 * total["seized"],
        "price_usd_per_kg_mean": float(daily["price_usd_per_kg"].mean()),
        "consignment_kg_mean": float(cargo["grams"].mean()) / 1000 if len(cargo["grams"]) else None,
        "seized_consignment_kg_mean": float(taken.mean()) / 1000 if len(taken) else None,
        "couriers_recruited": int(daily["recruited"].sum()),
        "couriers_arrested": int(daily["arrested"].sum()),
        "couriers_refused": int(daily["refused"].sum()),
        "couriers_cooperated": int(daily["cooperated"].sum()),
        "couriers_working_mean": float(daily["couriers"].mean()),
        "replacement_days_mean": 30.0,
        "offer_usd_per_job_mean": 120_000.0,
        "organisations_entered": int(daily["entrants"].sum()),
        "organisations_gave_up": int(daily["exits"].sum()),
        "organisations_split": int(daily["splits"].sum()),
        "corrupted_inspectors_mean": float(daily["corrupted"].mean()),
        "inspectors_dismissed": int(daily["dismissed"].sum()),
        "bribes_usd": int(daily["bribes_cents"].sum()) / 100,
        "passed_corrupted_kg": int(daily["passed_corrupted_g"].sum()) / 1000,
        "finished_kg": 0.0,
        "raided_kg": 0.0,
        "demand_prevented_kg": 0.0,
        "found_at_docks_kg": 0.0,
        "found_in_warehouses_kg": 0.0,
        "policy_cost_usd": int(daily["policy_cost_cents"].sum()) / 100,
        "items_born": 19,
        "items_shared": 8,
        "items_received": 10,
        "items_expired_unused": 5,
        "items_hit": 4,
        "finds_due_to_sharing": 2,
        "days_to_partner_mean": 5.0,
        "days_to_partner_median": 4.0,
        "days_to_partner_p90": 9.0,
        "forum_members": 2,
        "forum_level_mean": 0.5,
        "violence_mean": float(daily["violence"].mean()),
        **_of_cases(made["cases"], total["seized"]),
    }


def _of_cases(cases: dict, seized_kg: float) -> dict:
    """Totals of justice."""
    outcome, accused = np.array(cases["outcome"]), np.array(cases["couriers"]) > 0
    ended, convicted = np.array(cases["closed_day"]) >= 0, np.array(cases["outcome"]) == "convicted"
    days = (np.array(cases["closed_day"]) - np.array(cases["opened_day"]))[ended]
    return {
        "cases_opened": len(outcome),
        "cases_with_suspects": int(accused.sum()),
        "cases_open": int((~ended).sum()),
        "cases_lapsed": 0,
        "final_convictions": int(convicted.sum()),
        "final_acquittals": int((outcome == "acquitted").sum()),
        "final_conviction_share": float(convicted.sum() / ended.sum()) if ended.any() else None,
        "clearance_share": float(ended.sum() / accused.sum()) if accused.any() else None,
        "convicted_seizure_share": float(np.array(cases["grams"])[convicted].sum()) / 1000 / seized_kg
        if seized_kg
        else None,
        "response_days_mean": 2.0 if len(outcome) else None,
        "judgment_days_mean": float(days.mean()) if len(days) else None,
        "judgment_days_median": float(np.median(days)) if len(days) else None,
        "leaders_accused": 0,
        "networks_uncovered": 3,
        "networks_disrupted": 2,
        "networks_dismantled": 0,
        "networks_split": 1,
    }


def write(folder: Path, *, days: int = 500, policies: bool = True, seed: int = 1, force: bool = False, **more) -> str:
    """A whole run folder; returns its digest. `told` takes the place of every text that people may choose."""
    told, replicate = more.pop("told", ()), more.pop("replicate", 0)
    text = scenario_text(days, policies, told, more.pop("goods", "Cocaine"))
    made = tables(days, policies, seed + replicate, told[0] if told else "organisation 1")
    given = {
        "scenario_text": text,
        "manifest": {
            "title": told[0] if told else "Screening in the North",
            "seed": seed,
            "replicate": replicate,
            "days": days,
            "mode": "micro",
            "scenario_hash": hashlib.sha256(text.encode()).hexdigest(),
            "version": "0",
            "versions": {"python": "3"},
        },
        "tables": made,
        "kpis": kpis(made),
        "run_info": {"wall_seconds": 12.5, "threads": 2},
    }
    return write_run(folder, **{**given, **more}, force=force)


def run(folder: Path, **more) -> Results:
    """A whole run folder, opened."""
    write(folder, **more)
    return Results.open(folder)


def _consignments(rng, days, policies, name_of_the_first):
    count = rng.poisson(6.5 * days)
    planned = np.sort(rng.integers(0, days, count))
    departure = rng.choice(list(DEPARTURES), count, p=np.array(list(DEPARTURES.values())) / sum(DEPARTURES.values()))
    departure = departure.astype(object)
    craft = departure == "guajira"
    calm, hardened = (
        dict(ARRIVALS),
        dict(ARRIVALS) | {"BEANR": 17, "NLRTM": 15, "ESVGO": 7, "SEHEL": 5, "FRLEH": 9, "PTSIE": 6},
    )
    after = (planned >= first_start(days)) & policies
    arrival = np.where(
        after, *(rng.choice(list(w), count, p=np.array(list(w.values())) / sum(w.values())) for w in (hardened, calm))
    )
    arrival = arrival.astype(object)
    arrival[craft] = "galicia"
    grams = (1000 * np.clip(rng.lognormal(4.3, 1.15, count), 2, 7000)).astype(np.int64)
    dispatched = planned + rng.integers(1, 6, count)
    luck = rng.random(count)
    harder = after & np.isin(arrival, ["BEANR", "NLRTM"])
    cut = np.cumsum([np.where(craft, 0, 0.035), np.where(craft, 0.14, 0), np.where(craft, 0.04, 0.012),
                     np.where(craft, 0, np.where(harder, 0.23, 0.12)), np.full(count, 0.015)], axis=0)  # fmt: skip
    stage = (luck >= cut).sum(axis=0)  # 0 export, 1 sea, 2 lost, 3 import, 4 road, 5 delivered
    ended = dispatched + np.array([0, 9, 12, 19, 22, 25])[stage]
    outcome = np.array(["seized", "seized", "lost", "seized", "seized", "delivered"])[stage]
    dispatched = np.where(dispatched < days, dispatched, -1)
    open_end = (ended >= days) | (dispatched < 0)
    place = np.select([stage == 0, stage == 1, stage == 2, stage == 3, stage == 4],
                      [departure, "caribbean", "", arrival, "far"], "north").astype(object)  # fmt: skip
    checkpoint = np.select([stage == 0, stage == 1, stage == 3, stage == 4],
                           [departure + " export", "zone caribbean", arrival + " import", "road"], "")  # fmt: skip
    checkpoint = checkpoint.astype(object)
    outcome, place, checkpoint = outcome.astype(object), place, checkpoint
    outcome[open_end], place[open_end], checkpoint[open_end] = "under_way", "", ""
    owners = np.array([name_of_the_first, *(f"organisation {number}" for number in range(2, 13))], dtype=object)
    return {
        "consignment": np.arange(count),
        "commodity": np.full(count, "cocaine", object),
        "organisation": owners[rng.integers(0, 12, count)],
        "grams": grams,
        "area": rng.choice(["south", "east"], count),
        "market": np.full(count, "north", object),
        "departure": departure,
        "arrival": arrival,
        "mode": np.where(craft, "small_craft", "container"),
        "concealment": np.where(craft, "", "rip_on").astype(object),
        "craft": np.where(craft, "fishing_vessel", "").astype(object),
        "planned_day": planned,
        "dispatched_day": dispatched,
        "outcome": outcome,
        "outcome_day": np.where(open_end, -1, ended),
        "outcome_place": place,
        "outcome_checkpoint": checkpoint,
    }


def _by_commodity(daily, days):
    """The daily table again, in the columns of all commodities."""
    names = {"stopped": "seized", "stock": "stock", "in_transit": "in_transit"}
    names |= {name: name for name in ("produced", "dispatched", "lost", "delivered")}
    return {
        "day": daily["day"],
        "date": daily["date"],
        "commodity": ["cocaine"] * days,
        "unit": ["g"] * days,
        **{column: daily[f"{name}_g"] for column, name in names.items()},
        "price_usd": daily["price_usd_per_kg"],
    }


def _zones(rng, cargo, days):
    day, zone = np.repeat(np.arange(days), 2), np.tile(["caribbean", "atlantic"], days).astype(object)
    stopped = (cargo["outcome_checkpoint"] == "zone caribbean") & (cargo["outcome_day"] < days)
    seized, grams = np.zeros(2 * days, np.int64), np.zeros(2 * days, np.int64)
    np.add.at(seized, 2 * cargo["outcome_day"][stopped], 1)
    np.add.at(grams, 2 * cargo["outcome_day"][stopped], cargo["grams"][stopped])
    detected = 2 * seized + rng.poisson(0.1, 2 * days)
    return {
        "day": day,
        "date": _dates(day),
        "zone": zone,
        "crossings": 3 * detected,
        "detected": detected,
        "boarded": seized + rng.binomial(detected - seized, 0.5),
        "seized": seized,
        "seized_g": grams,
        "intercepted": np.zeros(2 * days, np.int64),
        "rescued": np.zeros(2 * days, np.int64),
        "patrol_hours": rng.uniform(0, 60, 2 * days),
    }


def _events(cargo, days):
    rows = []
    for day in range(days):
        rows.append((day, 0, "produced", -1, "production", "stock", 1_100_000, "south", "", "", ""))
    for number in range(len(cargo["grams"])):
        grams, mode, owner = int(cargo["grams"][number]), cargo["mode"][number], cargo["organisation"][number]
        at_sea = mode if mode == "small_craft" else "liner"
        if cargo["dispatched_day"][number] >= 0:
            rows.append(
                (
                    cargo["dispatched_day"][number],
                    1,
                    "dispatched",
                    number,
                    "stock",
                    "transit",
                    grams,
                    cargo["area"][number],
                    "",
                    "road",
                    owner,
                )
            )
        outcome = cargo["outcome"][number]
        if outcome != "under_way":
            place, control = cargo["outcome_place"][number], cargo["outcome_checkpoint"][number]
            by = "road" if place in ("far", "north") else at_sea
            rows.append(
                (cargo["outcome_day"][number], 2, outcome, number, "transit", outcome, grams, place, control, by, owner)
            )
    rows.sort(key=lambda row: (row[0], row[1], row[3]))
    day = np.array([row[0] for row in rows])
    delivered = np.bincount(day, [row[6] if row[2] == "delivered" else 0 for row in rows], days).astype(np.int64)
    held, eaten = 0, []
    for today in range(days):
        held += int(delivered[today])
        eaten.append(held // 40)
        held -= eaten[-1]
    rows += [
        (today, 3, "consumed", -1, "market", "consumed", grams, "north", "", "", "")
        for today, grams in enumerate(eaten)
        if grams
    ]
    rows.sort(key=lambda row: (row[0], row[1], row[3]))
    names = (
        "day",
        "",
        "event",
        "consignment",
        "from_account",
        "to_account",
        "grams",
        "place",
        "checkpoint",
        "mode",
        "organisation",
    )
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names) if name}
    columns["date"] = _dates(np.array(columns["day"]))
    columns["commodity"] = ["cocaine"] * len(rows)
    return {
        name: np.array(values) if name in ("day", "consignment", "grams") else values
        for name, values in columns.items()
    }


def _ports(rng, cargo, days, policies):
    ports = ports_of(Geography.model_validate({
        "dataset": "latin_america_europe",
        "production_areas": {"a": {"name": "a", "country": "CO", "lat": 0, "lon": 0, "share": 1}},
        "warehouses": {s: {"name": s, "country": "CO", "lat": 0, "lon": 0, "side": s} for s in SIDES},
        "markets": {"m": {"name": "m", "country": "NL", "lat": 0, "lon": 0, "demand_share": 1}},
    }))  # fmt: skip
    sides = [
        (name, side)
        for side, other in (("export", "destination"), ("import", "origin"))
        for name, port in ports.items()
        if port.role != other
    ]
    each, day = len(sides), np.repeat(np.arange(days), len(sides))
    row_of = {f"{name} {side}": row for row, (name, side) in enumerate(sides)}
    mean = np.tile([float(ports[name].teu_thousand) * 0.26 for name, _ in sides], days)
    share = np.tile([rng.uniform(0.008, 0.03) for _ in sides], days)
    hardened = (
        np.tile([name in ("BEANR", "NLRTM") and side == "import" for name, side in sides], days)
        & (day >= first_start(days))
        & policies
    )
    arrived = rng.poisson(mean)
    scanned = rng.binomial(arrived, np.where(hardened, 0.045, share))
    false_alarms = rng.binomial(scanned, 0.028)
    weights, boxes, seized = (np.zeros(each * days, np.int64) for _ in range(3))
    for number in range(len(cargo["grams"])):
        grams, outcome, when = int(cargo["grams"][number]), cargo["outcome"][number], int(cargo["outcome_day"][number])
        leaves, comes = f"{cargo['departure'][number]} export", f"{cargo['arrival'][number]} import"
        set_out = int(cargo["dispatched_day"][number])
        if leaves in row_of and set_out >= 0:
            at = set_out * each + row_of[leaves]
            weights[at] += grams
            boxes[at] += 1
        control = cargo["outcome_checkpoint"][number]
        if (
            comes in row_of
            and outcome != "under_way"
            and not control.endswith(" export")
            and outcome != "lost"
            and set_out + 19 < days
        ):
            at = (set_out + 19) * each + row_of[comes]
            weights[at] += grams
            boxes[at] += 1
        if control in row_of:
            seized[when * each + row_of[control]] += grams
    hits = (seized > 0).astype(int)
    return {
        "day": day,
        "date": _dates(day),
        "checkpoint": [f"{name} {side}" for name, side in sides] * days,
        "port": [name for name, _ in sides] * days,
        "direction": [side for _, side in sides] * days,
        "boxes_arrived": arrived,
        "boxes_selected": scanned,
        "boxes_scanned": scanned,
        "random_scanned": scanned // 20,
        "alarms": false_alarms + hits,
        "false_alarms": false_alarms,
        "boxes_examined": false_alarms + hits,
        "hits": hits,
        "contaminated_boxes": boxes,
        "contraband_g": weights,
        "seized_g": seized,
        "delay_box_hours": scanned * rng.gamma(4, 0.6, len(day)) + false_alarms * 60.0,
    }


def _daily(rng, events, ports, days):
    kinds, when = np.array(events["event"]), events["day"]
    flow = {kind: np.bincount(when[kinds == kind], events["grams"][kinds == kind], days).astype(np.int64)
            for kind in ("produced", "dispatched", "seized", "lost", "delivered", "consumed")}  # fmt: skip
    recruited = rng.poisson(3.2, days)
    arrested = np.minimum(rng.poisson(0.9, days), recruited)
    noise = np.cumsum(rng.normal(0, 0.003, days))
    cost = np.zeros(days, np.int64)
    cost[first_start(days) :] += 12_000_000 * 100 // 365
    cost[first_start(days)] += 108_000_000 * 100

    def of_ports(name):
        return np.bincount(ports["day"], ports[name], days)

    return {
        "day": np.arange(days),
        "date": _dates(np.arange(days)),
        **{f"{kind}_g": grams for kind, grams in flow.items()},
        "stock_g": np.cumsum(flow["produced"] - flow["dispatched"]),
        "in_transit_g": np.cumsum(flow["dispatched"] - flow["seized"] - flow["lost"] - flow["delivered"]),
        "market_stock_g": np.cumsum(flow["delivered"] - flow["consumed"]),
        "price_usd_per_kg": 33000 * np.exp(noise + 0.00008 * np.arange(days)),
        "retail_usd_per_kg": 91000 * np.exp(noise + 0.00008 * np.arange(days)),
        "retail_purity": np.full(days, 0.7),
        "source_usd_per_kg": 2000 * np.exp(noise),
        "leaf_g": flow["produced"],
        "laboratories": np.full(days, 160),
        **dict.fromkeys(
            ("precursors_diverted_g", "precursors_seized_g", "precursor_stock_g"), np.zeros(days, np.int64)
        ),
        **{
            name: of_ports(name).astype(np.int64)
            for name in ("boxes_arrived", "boxes_scanned", "boxes_examined", "false_alarms", "hits")
        },
        "delay_box_hours": of_ports("delay_box_hours"),
        "couriers": 240 + np.cumsum(recruited - arrested) // 8,
        "recruited": recruited,
        "arrested": arrested,
        "refused": rng.poisson(1.1, days),
        "cooperated": arrested // 3,
        "replaced": arrested,
        "replacement_days": arrested * 30,
        "offer_usd_per_job": np.full(days, 120_000.0),
        "organisations": np.full(days, 12),
        "entrants": np.zeros(days, np.int64),
        "exits": np.zeros(days, np.int64),
        "splits": np.zeros(days, np.int64),
        "contests": rng.poisson(0.5, days),
        "violence": rng.gamma(2.0, 30.0, days),
        "capital_cents": 180_000_000_000 + np.cumsum(flow["delivered"]) * 2,
        "policy_cost_cents": cost,
        "corrupted": np.full(days, 3),
        "dismissed": (np.arange(days) % 200 == 199).astype(np.int64),
        "bribes_cents": np.full(days, 123_456),
        "passed_corrupted_g": flow["delivered"] // 50,
        "unfinished_g": np.zeros_like(flow["delivered"]),
        "finished_g": np.zeros_like(flow["delivered"]),
        "raided_g": np.zeros_like(flow["delivered"]),
        "finishing_usd_per_kg": np.zeros(len(flow["delivered"])),
        "prevented_g": np.zeros_like(flow["delivered"]),
        "sent_on_g": np.zeros_like(flow["delivered"]),
    }


def _dates(days):
    return [START + timedelta(days=int(day)) for day in days]
