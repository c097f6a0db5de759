"""Metamorphic relations that hold exactly in any world: what must follow, or must not matter, to the last bit.

Each takes a plan and raises AssertionError where it fails; `Pointless` where the plan has nothing to try it on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import ValidationError

from sim.kernels.boxes import BLIND
from sim.model import SmugglingModel
from sim.quantity import Quantity
from sim.scenario.horizon import lasting
from sim.scenario.load import load, resolved
from sim.scenario.scenario import Scenario
from sim.study import measures
from sim.study.run import live
from sim.world.consignment import Consignment
from tests.promises.random_worlds import with_quantities
from tests.promises.worlds import KINDS, before, tables

WEEKS = 7 * 52  # days: the same weekday about a year later
FREE = {"capital_usd": 0, "running_usd_per_year": 0}

RELATIONS: dict[str, Callable[[Scenario], None]] = {}


class Pointless(Exception):
    """The plan has nothing to try a relation on."""


def relation(check: Callable[[Scenario], None]) -> Callable[[Scenario], None]:
    RELATIONS[check.__name__] = check
    return check


def lived(plan: Scenario, **more: Any) -> SmugglingModel:
    return live(plan, **{"mode": "thinned", **more})


@lru_cache(16)
def _usual(text: str) -> dict:
    return tables(lived(_read(text)))


def usual(plan: Scenario) -> dict:
    """The tables of a plan as it stands, lived once for all relations."""
    return _usual(resolved(plan))


def _read(text: str) -> Scenario:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "again.yaml"
        path.write_text(text)
        return load(path)


def part(plan: Scenario, **changes: Any) -> Scenario:
    """The plan with values set by dotted path, `__` for a dot."""
    data = plan.model_dump(mode="python", exclude_unset=True)
    for path, value in changes.items():
        *keys, last = path.split("__")
        at = data
        for key in keys:
            at = at.setdefault(key, {})
        at[last] = value
    return Scenario.model_validate(data)


def every_craft(**fields: Any) -> dict[str, Any]:
    """Changes of all kinds of small craft alike, as `part` takes them."""
    return {f"transport__small_craft__{kind}__{name}": value for kind in KINDS for name, value in fields.items()}


def controls(plan: Scenario, **fields: Any) -> Scenario:
    """The plan with every control of ports changed alike, those of single places too."""
    sides = ("imports", "exports", "precursors")
    changed = {f"customs__{side}__{name}": value for side in sides for name, value in fields.items()}
    return part(plan, **changed, customs__posts={})


def blank(plan: Scenario) -> Scenario:
    """Without what differs at single places, and without policies."""
    return part(plan, customs__posts={}).without_policies()


def seized_at_ports(model: SmugglingModel) -> int:
    ports = set(model.checkpoints.names[: model.checkpoints.n_ports])
    return sum(load.outcome == "seized" and load.checkpoint in ports for load in model.cargo.all)


def contraband(model: SmugglingModel) -> list[Consignment]:
    """The loads of the first commodity."""
    return [load for load in model.cargo.all if load.commodity == model.commodity_name]


def balance(model: SmugglingModel) -> dict[str, int]:
    return model.ledger.balance[model.commodity_name]


def without(found: dict, *columns: str) -> dict:
    """Tables without some of their columns."""
    return {
        name: {column: values for column, values in table.items() if column not in columns}
        for name, table in found.items()
    }


# The same again ----------------------------------------------------------------------------------------------------


@relation
def a_world_lived_twice_is_the_same(plan: Scenario) -> None:
    assert tables(lived(plan)) == usual(plan)


@relation
def threads_do_not_matter(plan: Scenario) -> None:
    short, _ = lasting(plan.without_policies(), min(plan.days, 25))
    assert tables(live(short, mode="micro", threads=2)) == tables(live(short, mode="micro"))


@relation
def looking_at_a_run_does_not_change_it(plan: Scenario) -> None:
    model = SmugglingModel(plan, mode="thinned")
    while model.day < plan.days:
        model.step()
        if model.day % 10 == 0:
            measures.totals(model), measures.tables(model), list(model.cargo.all)
    assert tables(model) == usual(plan)


@relation
def what_is_written_out_reads_back_the_same(plan: Scenario) -> None:
    again = _read(resolved(plan))
    assert again == plan
    assert resolved(again) == resolved(plan)
    assert tables(lived(again)) == usual(plan)


@relation
def a_file_under_another_name_with_its_entries_turned_round_is_the_same(plan: Scenario) -> None:
    data = yaml.safe_load(resolved(plan))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quite another name.yaml"
        path.write_text(yaml.safe_dump(_turned(data), sort_keys=False))
        assert load(path) == plan


def _turned(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _turned(data[key]) for key in reversed(data)}
    return [_turned(item) for item in data] if isinstance(data, list) else data


@relation
def the_order_of_sea_distances_does_not_matter(plan: Scenario) -> None:
    distances = tuple(reversed(plan.transport.sea_distances))
    assert tables(lived(part(plan, transport__sea_distances=distances))) == usual(plan)


@relation
def what_people_call_things_does_not_matter(plan: Scenario) -> None:
    def renamed(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: "Called otherwise" if key == "name" and isinstance(value, str) else renamed(value)
                    for key, value in data.items()}  # fmt: skip
        return data

    policies = plan.policies
    data = renamed(plan.without_policies().model_dump(mode="python", exclude_unset=True, exclude={"policies"}))
    again = Scenario.model_validate({**data, "title": "Another", "question": "Another?", "policies": policies})
    assert without(tables(lived(again)), "organisation") == without(usual(plan), "organisation")


# Time and luck -----------------------------------------------------------------------------------------------------


@relation
def a_longer_run_begins_like_a_shorter_one(plan: Scenario) -> None:
    days = max(1, plan.days // 2)
    short = tables(lived(lasting(plan, days)[0]))
    assert before(usual(plan), days) == before(short, days)


@relation
def other_luck_is_another_world(plan: Scenario) -> None:
    if set(usual(plan)["consignments"]["commodity"]) <= {"precursors"}:
        raise Pointless  # lots of one size, that all may arrive
    for other in (lived(plan.replaced(seed=plan.seed ^ 1)), lived(plan, replicate=1)):
        assert tables(other)["events"] != usual(plan)["events"]


@relation
def the_year_matters_only_through_season_and_production(plan: Scenario) -> None:
    """Some whole weeks later, policies, disruptions and all, in a world without season, in which no organisation comes
    or falls apart on the first of a month."""
    nobody = {f"organisations__{group}__life__{rate}": 0
              for group in plan.organisations for rate in ("entry_per_year", "split_per_year")}  # fmt: skip
    calm = part(plan, trade__season=0, **nobody)
    weeks = timedelta(days=WEEKS)
    policies, disruptions = (
        tuple(each.model_copy(update={"start": each.start and each.start + weeks, "end": each.end and each.end + weeks})
              for each in dated)
        for dated in (plan.policies, plan.disruptions)
    )  # fmt: skip
    later = calm.replaced(start=plan.start + weeks, policies=policies, disruptions=disruptions)
    told = [{name: table for name, table in without(tables(lived(each)), "date").items() if "month" not in table}
            for each in (later, calm)]  # fmt: skip
    assert told[0] == told[1]


# Policies ----------------------------------------------------------------------------------------------------------


def governed(plan: Scenario, kind: str, from_day: int, **fields: Any) -> Scenario:
    return plan.with_policy(kind, name="tried", start=plan.start + timedelta(days=from_day), **{**FREE, **fields})


def trial(plan: Scenario) -> tuple[str, dict[str, Any]]:
    """A policy that bites: from world to world another one, where there is a place for it."""
    ports, zones = sorted(plan.ports()), sorted(plan.waters)
    found: list[tuple[str, dict[str, Any]]] = [
        ("port_capacity", {"ports": ports, "scans": 30, "examinations": 30, "skill": 1.3}),
        ("high_risk_screening", {"ports": ports}),
        ("joint_patrols", {"zones": zones, "units": 40}),
    ]
    return found[plan.seed % (3 if zones else 2)]


PLACEBOS: dict[str, dict[str, Any]] = {
    "port_capacity": {"scans": 1, "examinations": 1, "skill": 1},
    "high_risk_screening": {"share": 0},
    "joint_patrols": {"units": 0},
}


@relation
def a_policy_changes_nothing_before_its_first_day(plan: Scenario) -> None:
    day, (kind, fields) = plan.days // 2, trial(plan)
    assert before(tables(lived(governed(plan, kind, day, **fields))), day) == before(usual(plan), day)


@relation
def a_policy_without_effect_changes_nothing_at_all(plan: Scenario) -> None:
    kind, fields = trial(plan)
    assert tables(lived(governed(plan, kind, 0, **{**fields, **PLACEBOS[kind]}))) == usual(plan)


@relation
def a_policy_of_any_kind_that_comes_on_the_last_day_changes_only_that_day(plan: Scenario) -> None:
    last = [policy.model_copy(update={"start": plan.end, "end": None, "ramp_days": 0}) for policy in plan.policies]
    if not last:
        raise Pointless
    late, none = (tables(lived(plan.replaced(policies=policies))) for policies in (tuple(last), ()))
    assert before(late, plan.days - 1) == before(none, plan.days - 1)


@relation
def a_policy_that_ends_after_the_run_is_one_that_stays(plan: Scenario) -> None:
    kind, fields = trial(plan)
    ends = governed(plan, kind, 5, **fields, end=plan.end + timedelta(days=1))
    assert tables(lived(ends)) == tables(lived(governed(plan, kind, 5, **fields)))


@relation
def a_policy_in_force_for_long_is_one_from_the_first_day(plan: Scenario) -> None:
    kind, fields = trial(plan)
    assert tables(lived(governed(plan, kind, -300, **fields))) == tables(lived(governed(plan, kind, 0, **fields)))


@relation
def policies_that_touch_different_things_may_stand_in_any_order(plan: Scenario) -> None:
    if not plan.waters:
        raise Pointless
    screened = governed(plan.without_policies(), "high_risk_screening", 3, ports=sorted(plan.ports()))
    both = screened.with_policy("joint_patrols", start=plan.start, zones=sorted(plan.waters), units=40)
    assert tables(lived(both)) == tables(lived(both.replaced(policies=both.policies[::-1])))


@relation
def two_halves_of_a_policy_are_one_whole(plan: Scenario) -> None:
    if not plan.waters:
        raise Pointless
    zones, bare = sorted(plan.waters), plan.without_policies()
    whole = bare.with_policy("joint_patrols", start=plan.start, zones=zones, units=8, **FREE)
    halves = bare
    for name in ("one", "other"):
        halves = halves.with_policy("joint_patrols", name=name, start=plan.start, zones=zones, units=4, **FREE)
    assert tables(lived(halves)) == tables(lived(whole))


# Nothing comes of nothing ------------------------------------------------------------------------------------------


@relation
def customs_that_cannot_find_seize_nothing_whatever_the_reason(plan: Scenario) -> None:
    blind = [
        controls(blank(plan), scans_per_day=0, scan_share=0),
        controls(blank(plan), examinations_per_day=0, examination_share=0),
        controls(blank(plan), examination_sensitivity=0),
    ]
    models = list(map(lived, blind))
    assert not any(map(seized_at_ports, models))
    first, *others = (tables(model)["events"] for model in models)
    assert all(other == first for other in others)


@relation
def without_scanners_there_is_no_alarm_no_search_and_no_delay(plan: Scenario) -> None:
    daily = lived(controls(blank(plan), scans_per_day=0, scan_share=0)).chronicle.daily
    for column in ("boxes_scanned", "boxes_examined", "false_alarms", "hits", "delay_box_hours"):
        assert sum(daily[column]) == 0, column


@relation
def scanners_that_never_err_raise_no_false_alarm(plan: Scenario) -> None:
    sure = controls(part(blank(plan), trade__evidence__tip_clean=0), false_alarm=0)
    assert sum(lived(sure).chronicle.daily["false_alarms"]) == 0


@relation
def where_nobody_searches_nothing_is_seized(plan: Scenario) -> None:
    free = controls(blank(plan), scans_per_day=0, scan_share=0)
    free = part(free, transport__road__origin_seizure=0, transport__road__destination_seizure=0)
    for zone in plan.waters:
        free = part(free, **{f"waters__{zone}__patrol_units": 0})
    assert balance(lived(free))["seized"] == 0


@relation
def roads_on_which_everything_is_found_deliver_nothing(plan: Scenario) -> None:
    model = lived(part(plan, transport__road__destination_seizure=1e9))
    assert balance(model)["delivered"] == 0


@relation
def ports_that_scan_everything_and_miss_nothing_let_nothing_pass(plan: Scenario) -> None:
    sure = controls(
        blank(plan), protocol="top_capacity", scans_per_day=1e6, examinations_per_day=1e6, sensitivity=1,
        examination_sensitivity=1, tip=0,
    )  # fmt: skip
    sure = part(sure, oversight={})  # no cap holds them back
    kind = next(iter(plan.commodities))
    changes: dict[str, Any] = {f"commodities__{kind}__kg_half": 0}
    changes |= {"customs__inspectors__skill_spread": 0, "customs__inspectors__fatigue_loss": 0}
    changes |= {f"commodities__{kind}__concealments__{name}__visibility": 1
                for name in plan.commodities[kind].concealments}  # fmt: skip
    if plan.commodities[kind].finishing is not None:
        changes[f"commodities__{kind}__finishing__visibility"] = 1
    changes |= {f"trade__cargo_classes__{name}__nii_factor": 1 for name in plan.trade.cargo_classes}
    model = lived(part(sure, **changes, customs__inspectors__on_shift=1))
    boxed = [load for load in contraband(model) if load.route.mode == "container"]
    assert not [load for load in boxed if load.outcome == "delivered"]


@relation
def seas_that_take_everything_deliver_nothing(plan: Scenario) -> None:
    rough = part(plan, transport__liner__loss=1, transport__feeder__loss=1, **every_craft(loss=1))
    assert balance(lived(rough))["delivered"] == 0


@relation
def seas_and_holds_that_take_nothing_lose_nothing(plan: Scenario) -> None:
    """Where no cell is taken down or lost to others and all ships sail: what waits for a crew or a ship
    that is no more is lost, too."""
    calm = part(
        plan.replaced(disruptions=()), transport__liner__loss=0, transport__feeder__loss=0, transport__hold_days=1000,
        justice__networks__arrests=0, rivalry__push_out=0, **every_craft(loss=0),
    )  # fmt: skip
    assert balance(lived(calm))["lost"] == 0


@relation
def without_production_nothing_is_sent(plan: Scenario) -> None:
    kind = next(iter(plan.commodities))
    model = lived(part(plan, **{f"commodities__{kind}__trade_share": 0}))
    assert balance(model)["production"] == 0
    assert not contraband(model)


@relation
def without_demand_nothing_is_consumed_and_the_price_never_rises(plan: Scenario) -> None:
    kind = next(iter(plan.commodities))
    model = lived(part(plan, **{f"commodities__{kind}__demand": 0}))
    assert sum(model.chronicle.daily["consumed_g"]) == 0
    assert (np.diff(model.chronicle.daily["price_usd_per_kg"]) <= 0).all()


@relation
def without_buyers_nothing_is_sent(plan: Scenario) -> None:
    bare = part(plan, **{f"organisations__{name}__buying": 0 for name in plan.organisations},
                **{f"organisations__{name}__largest_lot": 0 for name in plan.organisations})  # fmt: skip
    assert not contraband(lived(bare))


@relation
def patrols_that_may_not_board_are_no_patrols(plan: Scenario) -> None:
    if not plan.waters or any(good.unit == "persons" for good in plan.commodities.values()):
        raise Pointless  # rescue needs no right to board
    toothless = part(plan.without_policies(), **{f"waters__{zone}__boarding": 0 for zone in plan.waters})
    ashore = part(plan.without_policies(), **{f"waters__{zone}__patrol_units": 0 for zone in plan.waters})
    seen, unseen = (tables(lived(world)) for world in (toothless, ashore))
    assert sum(seen.pop("zones")["seized"]) == 0
    assert sum(unseen.pop("zones")["detected"]) == 0
    assert seen == unseen


# What is enough, and what touches nothing --------------------------------------------------------------------------


@relation
def capacity_beyond_all_boxes_is_no_capacity_more(plan: Scenario) -> None:
    """Box by box: drawn in aggregate, the legal containers of a day are as many in law, not in number."""
    ample, _ = lasting(controls(blank(plan), random_share=0, protocol="top_capacity"), min(plan.days, 40))
    enough, plenty = (
        lived(controls(ample, scans_per_day=much, examinations_per_day=much), mode="micro") for much in (1e6, 4e6)
    )
    assert tables(enough)["events"] == tables(plenty)["events"]
    assert np.array_equal(np.delete(enough.chronicle.tally, BLIND, 2), np.delete(plenty.chronicle.tally, BLIND, 2))


NOWHERE: dict[str, Any] = {
    "trade__cargo_classes__aaa": {"name": "Nothing"},
    "trade__mixes__NOWHERE": None,
    "geography__production_areas__aaa": {"name": "None", "country": "XA", "lat": -16, "lon": -14, "share": 0},
    "geography__warehouses__aaa": {"name": "Far", "country": "XZ", "side": "origin", "lat": 60, "lon": 150},
    "waters__zzz": {"name": "Far sea", "area_nm2": 1000},
    "geography__ports__aaa": {
        "name": "Nowhere", "country": "XZ", "region": "NORTH", "role": "destination", "lat": -60, "lon": 100,
        "teu_thousand": 0,
    },
}  # fmt: skip


@relation
def what_touches_nothing_changes_nothing(plan: Scenario) -> None:
    for path, thing in list(NOWHERE.items())[plan.seed % 2 :: 2]:
        more = thing if thing is not None else {next(iter(plan.trade.cargo_classes)): 1}
        assert tables(lived(part(plan, **{path: more})))["events"] == usual(plan)["events"], path


@relation
def money_of_half_the_worth_and_twice_the_numbers_changes_no_decision(plan: Scenario) -> None:
    def doubled(value: Quantity) -> float:
        return 2.0 * value if value.unit.startswith("USD") else value

    try:
        rich = with_quantities(plan, doubled)
    except ValidationError as beyond:  # no number can be twice its bound
        raise Pointless from beyond
    assert isinstance(rich, Scenario)
    model = lived(rich)
    assert tables(model)["events"] == usual(plan)["events"]
    prices = usual(plan)["daily"]["price_usd_per_kg"]
    np.testing.assert_allclose(model.chronicle.daily["price_usd_per_kg"], 2 * np.array(prices), rtol=1e-12)


@relation
def a_policy_that_only_costs_changes_only_the_cost(plan: Scenario) -> None:
    model = lived(governed(plan, "high_risk_screening", 2, ports=sorted(plan.ports()), share=0, capital_usd=1_000_000))
    gap = np.subtract(model.chronicle.daily["policy_cost_cents"], usual(plan)["daily"]["policy_cost_cents"])
    assert gap[2] == 100_000_000
    assert gap.sum() == gap[2]
    assert without(tables(model), "policy_cost_cents") == without(usual(plan), "policy_cost_cents")
