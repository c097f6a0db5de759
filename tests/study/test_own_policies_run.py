"""Runs under policies of a scenario's own: in other processes, from their folders, and when a policy fails."""

import sys

import pytest

import sim
from sim.cli import main
from sim.scenario.load import load
from sim.study.branches import same_but_for_policies
from sim.study.compare import opened
from sim.study.run import PolicyFails, live
from sim.study.sealed import ResultsError
from sim.study.verify import verify
from tests.scenario.own import POLICIES, put

DAYS = 6


def scenario(folder, policies=POLICIES):
    return load(put(folder, policies), days=DAYS)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    return sim.run(scenario(folder), folder / "run", mode="thinned")


def test_the_folder_keeps_the_file_and_can_be_read_and_run_again(kept, tmp_path):
    assert (kept.folder / "policies.py").read_text() == POLICIES
    assert verify(kept.folder) == []
    assert kept.scenario.policies[0].kind == "harbour_watch"
    again = sim.run(load(kept.folder / "scenario.yaml"), tmp_path / "again", mode="thinned")
    assert again.manifest["digest"] == kept.manifest["digest"]
    again = sim.run(again.scenario, tmp_path / "again", mode="thinned", force=True)
    assert (again.folder / "policies.py").exists()


def test_a_change_in_the_file_is_found_and_it_is_not_run(kept, tmp_path):
    run = sim.run(kept.scenario, tmp_path / "run", mode="thinned")
    (run.folder / "policies.py").write_text("raise RuntimeError('this was run')\n")
    problem = f"{run.folder}/policies.py: changed since it was written"
    assert verify(run.folder) == [problem]
    with pytest.raises(ResultsError, match=r"policies\.py: changed"):
        sim.open_results(run.folder).scenario  # noqa: B018
    (run.folder / "policies.py").unlink()
    assert verify(run.folder) == [f"{run.folder}/policies.py: missing"]


def test_a_file_of_policies_is_no_part_of_a_run_without_one(tmp_path):
    run = sim.run(load("two_coasts", days=2), tmp_path / "run", mode="thinned")
    (run.folder / "policies.py").write_text(POLICIES)
    assert verify(run.folder) == [f"{run.folder}/policies.py: no part of the run"]


def test_other_processes_know_them_too_and_a_folder_goes_on_only_with_the_same_file(tmp_path):
    watched = scenario(tmp_path)
    plain = watched.without_policies()
    here = sim.compare(plain, watched, replicates=2, folder=tmp_path / "study")
    there = sim.compare(plain, watched, replicates=2, jobs=2)
    assert there.runs.equals(here.runs)
    changed = scenario(tmp_path, POLICIES + "# more\n")
    with pytest.raises(ResultsError, match="scenarios differ"):
        sim.compare(changed.without_policies(), changed, replicates=2, folder=tmp_path / "study")


def test_a_comparison_is_opened_from_its_folder_whatever_files_of_policies_its_worlds_have(tmp_path):
    watched = scenario(tmp_path)
    stricter = scenario(tmp_path, POLICIES.replace("* strength", "* strength * 2"))
    study = sim.compare(
        watched.without_policies(), watched, stricter, names=["none", "watched", "stricter"], replicates=2,
        folder=tmp_path / "study",
    )  # fmt: skip

    again = opened(tmp_path / "study")
    assert again.scenarios == study.scenarios
    assert again.runs.equals(study.runs)
    assert main(["report", str(tmp_path / "study"), "--quiet"]) == 0
    worlds = [load(tmp_path / "study" / "worlds" / f"{number:02d}.yaml") for number in range(3)]
    assert sim.compare(*worlds, names=study.names, replicates=2, folder=tmp_path / "study").runs.equals(study.runs)


def test_a_change_in_the_file_of_a_compared_world_is_found_and_it_is_not_run(tmp_path):
    watched = scenario(tmp_path)
    sim.compare(watched.without_policies(), watched, replicates=1, folder=tmp_path / "study")
    file = tmp_path / "study" / "worlds" / "01.py"
    file.write_text("raise RuntimeError('this was run')\n")
    with pytest.raises(ResultsError, match=r"01\.py: changed since it was written"):
        opened(tmp_path / "study")
    file.unlink()
    with pytest.raises(ResultsError, match=r"01\.py: No such file"):
        opened(tmp_path / "study")


def test_a_world_with_a_file_branches_off_one_without(tmp_path):
    assert same_but_for_policies(load("two_coasts", days=DAYS), scenario(tmp_path))


def test_a_policy_that_fails_is_told_with_its_line_and_day(tmp_path):
    failing = POLICIES.replace("float(self.share) * strength", "self.share / 0")
    line = failing[: failing.index("/ 0")].count("\n") + 1
    told = f"on 2025-01-04 line {line} of the file of policies fails: ZeroDivisionError"
    with pytest.raises(PolicyFails, match=told):
        live(scenario(tmp_path, failing), mode="thinned")


def test_a_policy_that_gives_no_controls_back_is_told_so(tmp_path):
    silent = POLICIES.replace("return controls.", "controls.")
    assert silent != POLICIES
    told = "on 2025-01-04 harbour_watch: `apply` gives back NoneType, not controls"
    with pytest.raises(PolicyFails, match=told):
        live(scenario(tmp_path, silent), mode="thinned")


def test_modules_are_called_by_what_is_in_them(kept):
    (policy,) = kept.scenario.policies
    assert sys.modules[type(policy).__module__].HarbourWatch is type(policy)
