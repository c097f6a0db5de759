"""Chunks: whoever lives them, in whatever order and however often, the results are the same bytes."""

import json

import pyarrow.parquet as pq
import pytest

from sim.cli import main
from sim.scenario.load import with_values
from sim.study.measures import totals
from sim.study.parts import put
from sim.study.run import live as live_run
from sim.study.sealed import ResultsError, sealed
from sim.sweep import part
from sim.sweep.asked import read_sweep
from sim.sweep.checking import problems
from sim.sweep.chunk import MOST_TOLD, MOST_TRACED, give_up, live
from sim.sweep.collecting import collect
from sim.sweep.journal import Held, journal
from sim.sweep.plan import Plan
from sim.sweep.planning import foreseen
from sim.sweep.retrying import forget_failures
from sim.sweep.status import status
from sim.sweep.sweep import Sweep
from tests.sweep.conftest import TINY
from tests.sweep.marks import marks


def lived(plan, chunks=None):
    for chunk in range(plan.chunks) if chunks is None else chunks:
        live(plan.folder, chunk)
    return Sweep.open(plan.folder)


def test_every_run_is_the_one_that_would_have_been_lived_by_itself(plan):
    sweep = lived(plan())
    table = sweep.table()
    assert len(table) == 6
    row = table.iloc[4]
    values = {path: float(row[path]) for path in sweep.parameters}
    alone = totals(live_run(with_values(sweep.plan.scenario, values), replicate=0, mode="thinned"))
    assert {name: row[name] for name in sweep.outcomes if alone[name] is not None} == {
        name: alone[name] for name in sweep.outcomes if alone[name] is not None
    }


def test_results_do_not_depend_on_how_chunks_are_cut_or_ordered(plan, monkeypatch):
    one = lived(plan())
    monkeypatch.setattr("sim.sweep.planning.LEAST_CHUNKS", 2)
    other = plan(folder="other")
    assert (one.plan.chunks, other.chunks) == (6, 2)
    assert lived(other, reversed(range(2))).digest == one.digest
    assert one.table().equals(Sweep.open(other.folder).table())


def test_a_chunk_that_is_whole_is_not_lived_again(plan):
    swept = plan()
    lived(swept, [0])
    before = part.part_file(swept.folder, 0).stat()
    begun = part.times_file(swept.folder, 0).read_text()
    lived(swept, [0])
    assert part.part_file(swept.folder, 0).stat().st_mtime_ns == before.st_mtime_ns
    assert part.times_file(swept.folder, 0).read_text() == begun


def test_tasks_that_stand_in_the_journal_are_not_lived_again(plan, monkeypatch):
    monkeypatch.setattr("sim.sweep.planning.LEAST_CHUNKS", 1)
    swept = plan()

    class Killed(BaseException):
        pass

    def die_at_the_third(word, task):
        if word == "begun" and len(begun(swept, 0)) == 3:
            raise Killed

    with pytest.raises(Killed):
        live(swept.folder, 0, die_at_the_third)
    place = part.journal_file(swept.folder, 0)
    with place.open("ab") as file:
        file.write(b'0123456789abcdef {"task":"half')
    digest = lived(swept).digest

    assert len(begun(swept, 0)) == 7, "the one that was being lived is lived again, and no other"
    assert not place.exists()
    assert digest == lived(plan(folder="undisturbed")).digest


def begun(plan, chunk):
    return [line for line in part.times_file(plan.folder, chunk).read_text().splitlines() if ",begun," in line]


class Killed(BaseException):
    """Nobody catches it on the way."""


def broken_off(plan, word, task):
    """Live the first chunk until a task is begun, or has ended."""

    def die(*told):
        if told == (word, task):
            raise Killed

    with pytest.raises(Killed):
        live(plan.folder, 0, die)


def test_a_chunk_is_lived_by_one_at_a_time(plan):
    swept = plan()
    with journal(part.journal_file(swept.folder, 0)), pytest.raises(Held, match="chunk 0 is being lived by process"):
        live(swept.folder, 0)


def test_damaged_parts_are_noticed_and_lived_again(plan):
    swept = plan()
    digest = lived(swept).digest
    files = [part.part_file(swept.folder, chunk) for chunk in range(6)]
    whole = [file.read_bytes() for file in files]
    flipped = bytearray(whole[0])
    flipped[len(flipped) // 2] ^= 4
    for file, harmed in zip(files, [bytes(flipped), whole[1][:-1], b"", whole[4]], strict=False):
        file.write_bytes(harmed)
    files[4].unlink()
    assert swept.missing() == [0, 1, 2, 3, 4]
    assert [problem.partition("parts/")[2][:6] for problem in problems(swept.folder)] == [f"{n:06d}" for n in range(4)]
    assert Sweep.open(swept.folder).digest != digest
    assert lived(swept).digest == digest
    assert swept.missing() == problems(swept.folder) == []


def test_runs_of_a_damaged_part_are_told_to_be_missing(plan, capsys):
    swept = plan()
    lived(swept)
    capsys.readouterr()
    part.part_file(swept.folder, 2).write_bytes(b"")
    assert main(["collect", str(swept.folder)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0].endswith("parts/000002.parquet was changed; the next `sweep` lives its runs again")
    assert told[1] == "5 of 6 runs done; 5 of 6 chunks whole"


def test_empty_folders_that_were_lost_in_copying_are_made_anew(plan):
    swept = plan()
    lived(swept, [0])
    for name in ("journal", "failed"):
        (swept.folder / name).rmdir()
    assert (status(swept).done, problems(swept.folder)) == (1, [])
    assert len(lived(plan()).table()) == 6


def test_a_chunk_or_a_run_is_lived_and_not_both(plan, capsys):
    swept = plan()
    task = swept.tasks(0)[0].id
    assert main(["chunk", str(swept.folder)]) == main(["chunk", str(swept.folder), "0", "--task", task]) == 2
    assert capsys.readouterr().err.count("give numbers of chunks, or --task") == 2


def test_a_chunk_that_is_named_twice_counts_once(plan, capsys):
    swept = plan()
    give_up(swept.folder, 0, swept.tasks(0)[0].id, "TakesTooLong", "took longer than 1 s")
    lived(swept, [0])
    assert main(["chunk", str(swept.folder), "0", "0"]) == 0
    assert "1 failed; the first: took longer than 1 s" in capsys.readouterr().err


def test_a_run_that_took_too_long_is_seen_to_take_too_long_again(plan, capsys):
    swept = plan()
    task = swept.tasks(0)[0].id
    give_up(swept.folder, 0, task, "TakesTooLong", "took longer than 0.001 s", 0.001)
    lived(swept, [0])
    command = Sweep.open(swept.folder).failed()["command"][0]
    assert command.endswith(f"--task {task} --limit 0.001")
    assert main(command.split()[1:]) == 1
    assert "longer than 0.001 s" in capsys.readouterr().err


def test_collected_tables_that_were_cut_or_changed_are_noticed(plan):
    sweep = lived(plan(), [0, 1])
    collect(sweep)
    assert problems(sweep.plan.folder) == []
    cut, changed, gone = (sweep.plan.folder / name for name in ("results.csv", "series.parquet", "series.csv"))
    cut.write_bytes(cut.read_bytes()[:-5])
    changed.write_bytes(changed.read_bytes()[:-1] + b"!")
    gone.unlink()
    assert [line.rpartition("/")[2] for line in problems(sweep.plan.folder)] == [
        "results.csv: changed since it was written",
        "series.csv: No such file or directory",
        "series.parquet: changed since it was written",
    ]
    lived(sweep.plan)
    collect(Sweep.open(sweep.plan.folder))
    assert problems(sweep.plan.folder) == []


def test_every_damaged_byte_of_a_part_is_noticed(plan):
    swept = plan()
    lived(swept, [0])
    place = part.part_file(swept.folder, 0)
    content = place.read_bytes()
    for at in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[at] ^= 1 << (at % 8)
        place.write_bytes(damaged)
        with pytest.raises(ResultsError):
            part.opened(swept, 0)


def test_points_that_are_no_possible_world_are_failed_tasks_and_the_others_go_on(plan):
    swept = plan(TINY.replace("parameters:", "parameters:\n  geography.markets.lowlands.demand_share: [0.7, 0.6]"))
    sweep = lived(swept)
    failed = sweep.failed()
    assert len(sweep.table()) == len(failed) == 6
    assert set(failed["kind"]) == {"InvalidScenario"}
    assert failed["message"].str.contains("add up to 0.9").all()
    assert swept.missing() == []


def test_a_run_that_fails_is_kept_with_its_traceback(plan, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr("sim.sweep.chunk.lived_through", broken)
    sweep = lived(plan())
    failed = sweep.failed()
    assert len(failed) == 6
    assert failed["traceback"].str.contains("nothing to divide by").all()


def test_a_run_that_fails_with_a_long_story_is_kept_with_some_of_it(plan, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("nothing to divide by, " * 200_000)

    monkeypatch.setattr("sim.sweep.planning.LEAST_CHUNKS", 1)
    monkeypatch.setattr("sim.sweep.chunk.lived_through", broken)
    swept = plan()
    failed = lived(swept).failed()
    assert (len(failed), swept.missing()) == (6, [])
    assert (failed["message"].str.len().max(), failed["traceback"].str.len().max()) == (MOST_TOLD, MOST_TRACED)


def test_a_run_that_fails_without_a_word_is_told_by_the_kind_of_its_failure(plan, monkeypatch, capsys):
    def broken(*_, **__):
        raise MemoryError

    monkeypatch.setattr("sim.sweep.chunk.lived_through", broken)
    folder = lived(plan()).plan.folder
    assert main(["chunk", str(folder), "0", "-q"]) == 0
    assert capsys.readouterr().err.startswith("1 failed; the first: MemoryError\n")


def test_a_chunk_of_many_failures_is_whole_and_tells_all_of_them(plan, monkeypatch):
    monkeypatch.setattr("sim.sweep.planning.LEAST_CHUNKS", 1)
    swept = plan()
    failed = {task.id: {"task": task.id, "traceback": "failed " * 200_000} for task in swept.tasks(0)}
    part.keep(swept, 0, list(failed), part.Kept({}, failed))
    assert part.failed_file(swept.folder, 0).stat().st_size > 5_000_000
    assert (part.whole(swept, 0), len(part.failures(swept, 0))) == (True, 6)


def test_a_run_that_has_ended_is_not_set_aside(plan, monkeypatch):
    """It ended just before it was found to take too long: its record stands in the journal, or even in the part."""
    monkeypatch.setattr("sim.sweep.planning.LEAST_CHUNKS", 1)
    swept = plan()
    first = swept.tasks(0)[0].id

    broken_off(swept, "ended", first)
    for _ in range(2):
        give_up(swept.folder, 0, first, "TakesTooLong", "took longer than 1 s")
        sweep = lived(swept)
        assert (len(sweep.table()), len(sweep.failed()), swept.missing()) == (6, 0, [])
        assert not list((swept.folder / "journal").iterdir())


def test_a_run_that_was_kept_and_set_aside_counts_as_lived(plan):
    swept = plan()
    lived(swept, [0])
    task = {"task": swept.tasks(0)[0].id, "kind": "TakesTooLong"}
    put(part.failed_file(swept.folder, 0), sealed({"about": part._about(swept, 0), "tasks": [task]}))
    assert (swept.missing()[0], len(problems(swept.folder))) == (0, 1)
    sweep = lived(swept)
    assert (len(sweep.table()), len(sweep.failed()), swept.missing(), problems(swept.folder)) == (6, 0, [], [])


def test_failures_are_forgotten_also_where_a_power_failure_brought_their_journals_back(plan, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("nothing to divide by")

    swept = plan()
    with monkeypatch.context() as patch:
        patch.setattr("sim.sweep.chunk.lived_through", broken)
        patch.setattr("sim.sweep.journal.Journal.remove", lambda self: None)
        assert len(lived(swept).failed()) == 6
    forget_failures(swept, range(swept.chunks))
    assert len(lived(swept).table()) == 6


def test_failures_of_a_chunk_that_was_broken_off_are_forgotten_and_nothing_else(plan, monkeypatch):
    monkeypatch.setattr("sim.sweep.planning.LEAST_CHUNKS", 1)
    swept = plan()
    first, second, third = (task.id for task in swept.tasks(0)[:3])
    give_up(swept.folder, 0, second, "TakesTooLong", "took longer than 1 s")

    broken_off(swept, "begun", third)
    with journal(part.journal_file(swept.folder, 0)):
        forget_failures(swept, range(swept.chunks))
    with journal(part.journal_file(swept.folder, 0)) as written:
        assert [record["task"] for record in written.records] == [second, first], "somebody held it"
    left = swept.folder / "journal" / "000000.partial-0a1b2c3d"
    left.write_bytes(b"half")
    forget_failures(swept, range(swept.chunks))
    sweep = lived(swept)
    assert (len(sweep.table()), len(sweep.failed())) == (6, 0)
    assert marks(swept.folder)[first] == marks(swept.folder)[second] == ["begun", "ended"]
    assert not list((swept.folder / "journal").iterdir())


def test_a_policy_is_in_its_worlds_also_where_what_it_is_called_varies(plan):
    text = """\
title: Renamed
scenario: two_coasts
days: 95
parameters: { policies.0.name: [Screening at Nordhaven, Screening] }
policies: [none, Screening at Nordhaven]
outcomes: [policy_cost_usd]
"""
    without, within, without_too, renamed = lived(plan(text)).table()["policy_cost_usd"]
    assert within == renamed > without == without_too == 0


def test_worlds_that_share_their_first_days_are_the_ones_lived_alone(plan, monkeypatch):
    text = """\
title: Arms
scenario: two_coasts
days: 130
policies: [none, Screening at Nordhaven]
"""
    shared = lived(plan(text))
    monkeypatch.setattr("sim.sweep.chunk.worth_sharing", lambda worlds: False)
    assert lived(plan(text, folder="alone")).digest == shared.digest
    assert shared.table()["policies"].tolist() == ["none", "Screening at Nordhaven"]
    assert list(marks(shared.plan.folder).values()) == [["begun", "ended"]] * 2


def test_days_that_worlds_share_are_foreseen_once(write):
    text = "title: Arms\nscenario: two_coasts\ndays: 130\npolicies: [{}Screening at Nordhaven]\n"
    of_two, of_one = (foreseen(read_sweep(write(text.format(other))), 1)["seconds"] for other in ("none, ", ""))
    assert 130 + 40 < 130 * of_two / of_one < 130 + 90, "90 days once, 40 twice, and what it takes to make a world"


def test_a_part_is_plain_parquet(plan):
    swept = plan()
    lived(swept, [0])
    table = pq.read_table(part.part_file(swept.folder, 0))
    assert table.column_names[0] == "task"
    assert table.column("task").to_pylist() == [task.id for task in swept.tasks(0)]
    polars = pytest.importorskip("polars")
    assert polars.read_parquet(part.part_file(swept.folder, 0))["monthly.seized_kg"].to_list() == [[0.0]]


def test_tables_are_read_by_others(plan):
    swept = plan()
    pytest.importorskip("xarray")
    assert Sweep.open(swept.folder).to_xarray()["boxes_scanned"].isnull().all(), "nothing has been lived yet"
    sweep = lived(swept)
    boxes = sweep.table()["boxes_scanned"]
    found = sweep.to_xarray()
    assert found["boxes_scanned"].sel(policies="as written", replicate=0).values.tolist() == boxes.tolist()
    assert found["customs.imports.scan_share"].values.tolist() == [0.01, 0.05, 0.1] * 2
    duckdb = pytest.importorskip("duckdb")
    folder = sweep.plan.folder
    asked = f"SELECT sum(boxes_scanned) FROM '{folder}/design.parquet' JOIN '{folder}/parts/*.parquet' USING (task)"
    assert duckdb.sql(asked).fetchall() == [(boxes.sum(),)]


def test_plans_are_the_same_bytes_whenever_they_are_made(plan):
    one, other = plan(), plan(folder="other")
    assert (one.folder / "design.parquet").read_bytes() == (other.folder / "design.parquet").read_bytes()
    assert (one.folder / "sweep.json").read_bytes() == (other.folder / "sweep.json").read_bytes()
    assert json.loads((one.folder / "sweep.json").read_text())["tasks"] == 6
    assert len(set(Plan.open(one.folder).ids.tolist())) == 6
