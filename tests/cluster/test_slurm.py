"""Sweeps on a real Slurm: by an array of jobs that nobody watches, and by Dask's workers in jobs."""

import pytest

from sim.sweep.sweep import Sweep

pytestmark = pytest.mark.cluster


def shares(place):
    """Chunks of every array task of a submission."""
    return [[int(word) for word in line.split()] for line in (place / "chunks.txt").read_text().splitlines()]


def number(place):
    """The job of a submission."""
    return (place / "job.id").read_text().strip()


@pytest.fixture
def here(chokepoint, tmp_path):
    """The digest of the sweep when workers of this machine live it."""
    chokepoint("sweep", "few.yaml", "-o", "here", "--jobs", 2)
    return Sweep.open(tmp_path / "here").digest


def test_an_array_lives_a_sweep_and_a_task_that_was_cancelled_is_submitted_again_alone(
    chokepoint, ask, when, here, tmp_path
):
    folder = tmp_path / "there"
    submit = ("sweep", "few.yaml", "-o", "there", "--slurm", "--array", 4, "--jobs", 2, "--sbatch=--comment=short")
    first, again = folder / "slurm" / "001", folder / "slurm" / "002"

    assert " chunks in 4 tasks of an array" in chokepoint(*submit)
    when(lambda lines: [number(first), "1", "R"] in lines)
    assert "Comment=short" in ask("scontrol", "show", "job", number(first))
    ask("scancel", f"{number(first)}_1")
    when(lambda lines: [number(first), "1", "R"] not in lines)
    chokepoint(*submit)

    lost = [chunk for share in shares(again) for chunk in share]
    assert lost
    assert set(lost) <= set(shares(first)[1])
    when(lambda lines: not lines)
    found = Sweep.open(folder)
    assert not found.plan.missing()
    assert found.digest == here
    assert (again / "collect.log").read_text().splitlines()[-1] == here
    assert len(found.table()) == 12
    assert "nothing is missing" in chokepoint(*submit)


def test_what_waits_in_the_queue_is_not_submitted_twice(chokepoint, ask, when, tmp_path):
    submit = ("sweep", "few.yaml", "-o", "held", "--slurm", "--array", 3, "--sbatch=--hold")
    place = tmp_path / "held" / "slurm"
    chokepoint(*submit)

    assert "wait or run already" in chokepoint(*submit)
    ask("scancel", f"{number(place / '001')}_2")
    chokepoint(*submit)

    assert [chunk for share in shares(place / "002") for chunk in share] == shares(place / "001")[2]
    for submission in ("001", "002"):
        ask("scancel", number(place / submission), *(place / submission / "collect.id").read_text().split())
    when(lambda lines: not lines)


def test_what_slurm_refuses_is_told_in_its_own_words(chokepoint):
    said = chokepoint("sweep", "few.yaml", "-o", "refused", "--slurm", "--partition", "nowhere", code=1)

    assert "invalid partition specified: nowhere" in said


def test_workers_of_dask_in_jobs_come_to_the_same(chokepoint, when, here, tmp_path):
    chokepoint("sweep", "few.yaml", "-o", "dask", "--dask", "slurm", "--jobs", 2, "--partition", "main")

    found = Sweep.open(tmp_path / "dask")
    assert not found.plan.missing()
    assert found.digest == here
    when(lambda lines: not lines)


def test_runs_that_take_too_long_in_a_job_are_set_aside_and_can_be_tried_again(chokepoint, when, here, tmp_path):
    by_dask = ("sweep", "few.yaml", "-o", "late", "--dask", "slurm", "--jobs", 2, "--partition", "main")

    assert "of them failed" in chokepoint(*by_dask, "--limit", 0.001, code=1)
    chokepoint(*by_dask, "--limit", 300, "--retry")

    assert Sweep.open(tmp_path / "late").digest == here
    when(lambda lines: not lines)
