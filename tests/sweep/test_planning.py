"""Planning: a design of any size is laid out in columns, and one that cannot be written leaves nothing behind."""

import pytest

from sim.cli import main
from sim.sweep import planning

TORNADO = """\
title: Tornado
scenario: two_coasts
days: 3
design: one_at_a_time
parameters:
  customs.imports.scan_share: { low: 0.01, high: 0.1 }
  organisations.coastal.behaviour: [logit, salience]
  trade.cargo_classes.fruit.reefer: [true, false]
replicates: 1500
policies: [none]
"""


def test_switches_and_texts_that_most_points_leave_as_they_are_can_be_planned_for_many_runs(plan):
    """The first point alone, which leaves all as it is, and those of the other parameters are thousands of rows."""
    swept = plan(TORNADO)
    assert swept.passport["tasks"] == 7 * 1500
    first = [swept.column(path)[::1500].tolist() for path in swept.parameters[1:]]
    assert first == [[None, None, None, "logit", "salience", None, None], [None] * 5 + [True, False]]


def test_a_design_that_cannot_be_written_leaves_nothing_half_written(plan, tmp_path, monkeypatch):
    tables = planning._tables

    def broken(*given):
        yield next(tables(*given))
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("sim.sweep.planning._tables", broken)
        with pytest.raises(MemoryError):
            plan()
    assert [place.name for place in (tmp_path / "swept").iterdir()] == ["sweep.lock"]
    assert len(plan().ids) == 6


def test_a_sweep_of_too_many_runs_is_refused_before_anything_is_made(write, tmp_path, capsys):
    file = write("title: T\nscenario: two_coasts\ndays: 3\npolicies: [none]\nreplicates: 1000000\n"
                 "parameters: {customs.imports.scan_share: {low: 0.01, high: 0.1, steps: 5000}}\n")  # fmt: skip
    for more in (["--dry-run"], ["--plan-only", "-o", str(tmp_path / "big")]):
        assert main(["sweep", file, *more]) == 2
        assert "5,000,000,000 runs are more than a sweep may have (10,000,000)" in capsys.readouterr().err
    assert not (tmp_path / "big").exists()


SOBOL = """\
title: S
scenario: two_coasts
design: sobol
points: {points}
parameters: {{ customs.imports.sensitivity: range }}
"""


@pytest.mark.parametrize(("points", "told"), [(5, True), (4, False)])
def test_a_base_sample_that_is_no_power_of_2_is_said_to_be_less_even(write, tmp_path, capsys, points, told):
    file = write(SOBOL.format(points=points))

    assert main(["sweep", str(file), "--plan-only", "-o", str(tmp_path / "swept")]) == 0

    assert ("a base sample of 5 is less even than one of a power of 2" in capsys.readouterr().err) is told
