"""Sweeps and the EMA Workbench: handed over without loss, lived by it to the same results, and searched by PRIM."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.discovery import Condition, NotFound, discover
from sim.cli import main
from sim.study.extras import workbench
from sim.sweep.asked import read_sweep
from sim.sweep.chunk import live
from sim.sweep.designs import points_of
from sim.sweep.part import part_file
from sim.sweep.planning import planned
from sim.sweep.sweep import Sweep
from sim.sweep.workbench import identifiers
from tests.analysis.swept import ISHIGAMI, swept

TINY = """\
title: Tiny
scenario: world.yaml
days: 5
parameters:
  customs.imports.scan_share: [0.01, 0.1]
  customs.imports.protocol: [risk_tiers, random]
policies: [none, screening]
outcomes: [dispatched_kg, boxes_scanned, replacement_days_mean]
series: [seized_kg]
"""

WORLD = """\
extends: two_coasts
policies: [{kind: high_risk_screening, name: screening, start: 2025-01-02, ports: [nordhaven], share: 0.9}]
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ema")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "world.yaml").write_text(WORLD, encoding="utf-8")
    plan = planned(read_sweep(folder / "tiny.yaml"), folder / "swept")
    for chunk in range(plan.chunks):
        live(plan.folder, chunk)
    return Sweep.open(plan.folder)


def test_every_run_is_handed_over_with_all_that_it_came_to(tiny):
    experiments, outcomes = tiny.to_ema()
    table = tiny.table()

    assert list(experiments.columns) == [
        "customs__imports__protocol", "customs__imports__scan_share", "policies", "replicate", "scenario", "policy",
        "model",
    ]  # fmt: skip
    assert experiments["customs__imports__scan_share"].tolist() == table["customs.imports.scan_share"].tolist()
    assert experiments["customs__imports__protocol"].dtype == "category"
    assert experiments["scenario"].tolist() == table["point"].tolist()
    assert outcomes["boxes_scanned"].tolist() == table["boxes_scanned"].tolist()
    assert np.isnan(outcomes["replacement_days_mean"]).tolist() == table["replacement_days_mean"].isna().tolist()
    assert outcomes["monthly_seized_kg"].shape == (8, 1)


def test_the_workbench_saves_and_loads_it(tiny, tmp_path):
    ema = workbench()
    experiments, outcomes = tiny.to_ema()

    ema.save_results((experiments, outcomes), str(tmp_path / "tiny.tar.gz"))
    again, came_to = ema.load_results(str(tmp_path / "tiny.tar.gz"))

    pd.testing.assert_frame_equal(again, experiments, check_categorical=False, rtol=1e-14)
    assert came_to.keys() == outcomes.keys()
    for name, values in outcomes.items():
        np.testing.assert_allclose(came_to[name].reshape(values.shape), values, rtol=1e-14)


def test_a_model_of_the_workbench_lives_what_the_sweep_lives(tiny):
    ema = workbench()
    from ema_workbench.em_framework.points import Sample

    model = sim.ema_model(tiny.plan.folder.parent / "tiny.yaml")
    table = tiny.table()
    points = table[table["policies"] == "none"][["customs.imports.protocol", "customs.imports.scan_share"]]
    scenarios = [
        Sample(str(at), customs__imports__scan_share=share, customs__imports__protocol=protocol)
        for at, (protocol, share) in enumerate(points.itertuples(index=False))
    ][:2]

    with ema.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(
            scenarios, [Sample(name, policies=name) for name in ("none", "screening")]
        )

    asked = experiments.assign(**outcomes).set_index(["customs__imports__scan_share", "policies"])
    for row in table[table["point"] < 2].to_dict("records"):
        found = asked.loc[(row["customs.imports.scan_share"], row["policies"])]
        assert found["customs__imports__protocol"] == row["customs.imports.protocol"]
        assert found["dispatched_kg"] == row["dispatched_kg"]
        assert found["boxes_scanned"] == row["boxes_scanned"]
    assert asked["boxes_scanned"].nunique() > 1


ONE = """\
title: One of each
scenario: two_coasts
days: 5
parameters:
  customs.imports.scan_share: [0.01, 0.1]
  customs.imports.random_share: [0.1]
outcomes: [boxes_scanned]
"""


def test_what_has_one_value_in_a_sweep_has_it_in_its_model(tmp_path):
    ema = workbench()
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    plan = planned(read_sweep(tmp_path / "one.yaml"), tmp_path / "swept")
    for chunk in range(plan.chunks):
        live(plan.folder, chunk)

    model = sim.ema_model(tmp_path / "one.yaml")
    with ema.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(4)

    table = Sweep.open(plan.folder).table().set_index("customs.imports.scan_share")["boxes_scanned"]
    assert [each.name for each in model.uncertainties] == ["customs__imports__scan_share"]
    assert not len(model.levers)
    assert (
        outcomes["boxes_scanned"].tolist() == table[experiments["customs__imports__scan_share"].astype(float)].tolist()
    )


ALL = """\
title: All that is assumed
scenario: latam_europe_screening
days: 800
design: latin_hypercube
points: 4
every: assumed
policies: [none, Screen all high-risk containers at Antwerp]
"""


def test_a_model_draws_only_what_the_sweep_draws(tmp_path):
    (tmp_path / "all.yaml").write_text(ALL, encoding="utf-8")
    asked = read_sweep(tmp_path / "all.yaml")
    drawn = points_of(asked)
    assert drawn.left_out

    model = sim.ema_model(tmp_path / "all.yaml")

    assert {each.name for each in model.uncertainties} == set(identifiers([*drawn.columns]).values())


def test_parameters_have_names_that_the_workbench_takes():
    found = identifiers(["a.b", "a__b", "trade.origin>destination", "policies.0.share"])

    assert found["a.b"] == "a__b"
    assert len(set(found.values())) == 4
    assert all(name.isidentifier() for name in found.values())


def corner(values, *_):
    """What is asked for happens where the first is high and the second low, and nowhere else."""
    return float(values[0] > 0.12 and values[1] < 0.06)


@pytest.fixture(scope="module")
def cornered(tmp_path_factory):
    text = ISHIGAMI.format(design="latin_hypercube", points=160, replicates=1)
    return swept(tmp_path_factory.mktemp("corner"), text, corner)


def test_the_corner_in_which_something_happens_is_found(cornered):
    found = discover(cornered, "seized_kg>0.5", density=0.95)
    box = found.boxes[0]
    limits = box.limits.set_index("parameter")

    assert found.share == pytest.approx(0.4 * 0.5, abs=0.04)
    assert set(limits.index) == {"customs.imports.random_share", "customs.imports.scan_share"}
    assert limits.loc["customs.imports.random_share", "low"] == pytest.approx(0.12, abs=0.02)
    assert limits.loc["customs.imports.scan_share", "high"] == pytest.approx(0.06, abs=0.01)
    assert box.density >= 0.95
    assert box.coverage > 0.8


def test_replicates_of_a_point_are_no_independent_runs(tmp_path, capsys):
    """Points differ by nothing but luck, which all replicates of one share."""
    luck = np.random.default_rng(1).random(40)
    text = ISHIGAMI.format(design="latin_hypercube", points=40, replicates=4)
    sweep = swept(tmp_path, text, lambda *run: float(luck[run[2]]))

    found = discover(sweep, "seized_kg>0.8")

    assert len(found.boxes[0].limits)
    assert found.boxes[0].limits[["chance_low", "chance_high"]].isna().all(axis=None)
    assert (found.points, found.runs) == (40, 160)
    assert main(["discover", str(sweep.plan.folder), "--where", "seized_kg>0.8"]) == 0
    assert "Which limits may be luck is not told" in capsys.readouterr().out


def test_runs_that_are_missing_are_not_passed_over(cornered, capsys):
    place = part_file(cornered.plan.folder, 0)
    whole = place.read_bytes()
    place.write_bytes(whole[:-1])
    assert main(["discover", str(cornered.plan.folder), "--where", "seized_kg>0.5"]) == 0
    place.write_bytes(whole)
    missing = int(cornered.plan.starts[1])
    assert f"{missing} runs of the sweep are not lived yet" in capsys.readouterr().err


def test_the_command_tells_the_box(cornered, capsys):
    assert main(["discover", str(cornered.plan.folder), "--where", "seized_kg>0.5"]) == 0
    assert "customs.imports.random_share from 0.1" in capsys.readouterr().out
    assert main(["discover", str(cornered.plan.folder), "--where", "seized_kg>0.5", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["boxes"][0]["limits"]) == 2
    assert main(["discover", str(cornered.plan.folder), "--where", "seized_kg>7"]) == 2
    assert "holds for none of 160 runs" in capsys.readouterr().err


def test_the_command_names_what_has_to_be_installed(cornered, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    assert main(["discover", str(cornered.plan.folder), "--where", "seized_kg>0.5"]) == 1
    assert "pip install 'chokepoint[analysis]'" in capsys.readouterr().err


def test_a_condition_can_ask_for_a_share_of_the_runs():
    values = np.array([1.0, 2.0, 3.0, 4.0, np.nan])

    assert Condition.read("a<50%").holds(values).tolist() == [True, True, False, False, False]
    assert Condition.read("a >= 25%").holds(values).tolist() == [False, False, False, True, False]
    assert Condition.read("a>2").holds(values).tolist() == [False, False, True, True, False]
    for wrong in ("a", "a=3", "a<x", "a<150%"):
        with pytest.raises(NotFound):
            Condition.read(wrong)


ONE_AT_A_TIME = """\
title: One at a time
scenario: world.yaml
days: 2
design: one_at_a_time
parameters:
  customs.imports.protocol: [risk_tiers, random, flagged_lanes]
  policies.0.ramp_days: [5, 10, 20]
  trade.cargo_classes.fruit.reefer: [true, false]
  customs.imports.scan_share: [0.01, 0.02]
outcomes: [seized_kg, delivered_kg]
"""


def test_values_that_are_as_the_scenario_has_them_are_words_among_words(tmp_path, capsys):
    (tmp_path / "world.yaml").write_text(WORLD, encoding="utf-8")
    sweep = swept(tmp_path, ONE_AT_A_TIME, lambda values, *_: float(values[0] is not None or values[2] == 20))

    assert main(["discover", str(sweep.plan.folder), "--where", "seized_kg>0.5", "--density", "1"]) == 0
    assert "customs.imports.protocol one of flagged_lanes, random, risk_tiers" in capsys.readouterr().out
    assert main(["discover", str(sweep.plan.folder), "--where", "seized_kg<0.5", "--density", "1"]) == 0
    assert "customs.imports.protocol one of as it is" in capsys.readouterr().out


def test_policies_that_the_sweep_does_not_have_are_not_said_to_be_missing_runs(cornered):
    with pytest.raises(NotFound, match="the sweep has no policies none; it has as written"):
        discover(cornered, "seized_kg>0.5", policies="none")


CONTRADICTING = """\
title: Shares
scenario: two_coasts
days: 2
parameters:
  trade.mixes.SOUTH.coffee: [0.2, 0.9]
outcomes: [boxes_scanned]
"""


def test_an_experiment_that_is_no_world_takes_no_other_along(tmp_path, caplog):
    """Shares of a mix that add up to more than 1."""
    ema = workbench()
    from ema_workbench.em_framework.points import Sample

    (tmp_path / "shares.yaml").write_text(CONTRADICTING, encoding="utf-8")
    scenarios = [Sample(str(share), trade__mixes__SOUTH__coffee=share) for share in (0.9, 0.2, 0.9)]

    with ema.SequentialEvaluator(sim.ema_model(tmp_path / "shares.yaml")) as evaluator:
        _, outcomes = evaluator.perform_experiments(scenarios)

    assert np.isnan(outcomes["boxes_scanned"]).tolist() == [True, False, True]
    assert "the shares add up to 1.7" in caplog.text


def test_a_model_of_several_replicates_and_what_a_sweep_came_to_can_be_used_in_one_session(tmp_path, cornered):
    """The Workbench has one kind of outcome for a name: of a sweep it is a number, of such a model an array."""
    (tmp_path / "two.yaml").write_text(
        ISHIGAMI.format(design="latin_hypercube", points=4, replicates=2), encoding="utf-8"
    )
    kinds = []
    for _ in range(2):
        cornered.to_ema()
        kinds.append({type(each).__name__ for each in sim.ema_model(tmp_path / "two.yaml").outcomes})

    assert kinds == [{"ArrayOutcome"}] * 2


def test_runs_without_the_outcome_are_told(tmp_path, capsys):
    text = ISHIGAMI.format(design="latin_hypercube", points=40, replicates=1)
    sweep = swept(tmp_path, text, lambda values, _, point: None if point < 10 else values[0])

    assert main(["discover", str(sweep.plan.folder), "--where", "seized_kg>50%"]) == 0
    out = capsys.readouterr().out
    assert "holds for 37.5% of 40 runs\n10 of them have no seized_kg" in out

    (tmp_path / "none").mkdir()
    with pytest.raises(NotFound, match="none of 40 runs has seized_kg"):
        discover(swept(tmp_path / "none", text, lambda *_: None), "seized_kg>50%")
