"""A run folder is written whole or not at all, is the same for the same input, and shows every damage."""

import hashlib
import json
import os
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.kernels.docket import KINDS, OUTCOMES
from sim.scenario.load import load
from sim.scenario.resolved import scenario_hash
from sim.study.arrow import TableMismatch, as_table
from sim.study.folder import may_write, passport, several, verify
from sim.study.sealed import ResultsError, canonical, read_sealed, sealed
from sim.study.tables import TABLE_NAMES, TABLES
from sim.study.verify import STABLE
from sim.world.columns import Words
from tests.report import made_up

DAYS = 40


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    made_up.write(folder, days=DAYS)
    return folder


@pytest.fixture
def run(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "run")


def tree(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_same_input_gives_the_same_bytes(whole, tmp_path):
    made_up.write(tmp_path / "again", days=DAYS)
    assert tree(tmp_path / "again") == tree(whole)


def test_lists_and_arrays_give_the_same_bytes(whole, tmp_path):
    lists = {
        name: {column: list(values) for column, values in table.items()} for name, table in made_up.tables(DAYS).items()
    }
    made_up.write(tmp_path / "lists", days=DAYS, tables=lists)
    assert tree(tmp_path / "lists") == tree(whole)


def test_words_encoded_in_another_order_give_the_same_bytes(whole, tmp_path):
    tables = made_up.tables(DAYS)
    places = list(tables["events"]["place"])
    order = sorted({*places, "a place that no row names"}, reverse=True)
    codes = np.array([order.index(place) for place in places])
    tables["events"]["place"] = Words(codes, order)
    made_up.write(tmp_path / "other", days=DAYS, tables=tables)
    assert tree(tmp_path / "other") == tree(whole)


def test_volatile_facts_change_no_digest(whole, tmp_path):
    digest = made_up.write(tmp_path / "later", days=DAYS, run_info={"wall_seconds": 99.0, "threads": 64})
    assert digest == json.loads((whole / "manifest.json").read_text())["digest"]
    assert (tmp_path / "later" / "manifest.json").read_bytes() == (whole / "manifest.json").read_bytes()


def test_anyone_can_recompute_the_digest(whole):
    manifest = json.loads((whole / "manifest.json").read_text())
    others = sorted(path.name for path in whole.iterdir() if path.name not in ("manifest.json", "run-info.json"))
    lines = [f"{hashlib.sha256((whole / name).read_bytes()).hexdigest()}  {name}\n" for name in others]
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == manifest["digest"]


def test_json_is_canonical(whole):
    for name in ("manifest.json", "kpis.json", "run-info.json"):
        raw = (whole / name).read_bytes()
        assert canonical(json.loads(raw)) == raw


def test_every_column_says_its_unit_and_meaning(whole):
    for name in TABLE_NAMES:
        stored = pq.read_schema(whole / f"{name}.parquet")
        for field, column in zip(stored, TABLES[name], strict=True):
            assert (field.name, field.metadata[b"unit"].decode()) == (column.name, column.unit)
            assert field.metadata[b"meaning"].decode() == column.meaning
        assert json.loads(stored.metadata[b"chokepoint"])["table"] == name


def test_the_table_of_cases_names_every_kind_and_outcome_of_a_case():
    columns = {column.name: column for column in TABLES["cases"]}
    assert columns["kind"].unit.split(", ") == list(KINDS)
    assert columns["outcome"].meaning.split(", ") == list(OUTCOMES)


def test_an_existing_folder_is_refused_without_force(run):
    before = tree(run)
    with pytest.raises(ResultsError, match=r"run: exists already; .* --force"):
        made_up.write(run, days=DAYS)
    assert tree(run) == before


def test_a_run_is_replaced_by_force_and_nothing_is_left_beside(run):
    (run / "report.html").write_text("a page")
    made_up.write(run, days=DAYS, seed=2, force=True)
    assert verify(run) == []
    assert json.loads((run / "manifest.json").read_text())["seed"] == 2
    assert os.listdir(run.parent) == ["run"]


@pytest.mark.parametrize("manifest", [None, "", "{}", '{"name": "a web page", "manifest_version": 3}'])
def test_a_folder_that_is_no_run_is_never_replaced(tmp_path, manifest):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"dear")
    if manifest is not None:
        (folder / "manifest.json").write_text(manifest)
    before = tree(folder)
    with pytest.raises(ResultsError, match="photos"):
        made_up.write(folder, days=DAYS, force=True)
    assert tree(folder) == before
    assert os.listdir(tmp_path) == ["photos"]


def test_a_run_with_a_strangers_file_is_not_replaced(run):
    (run / "notes.txt").write_text("dear")
    with pytest.raises(ResultsError, match=r"not replaced, it holds what no run wrote: .*notes\.txt"):
        made_up.write(run, days=DAYS, force=True)
    assert (run / "notes.txt").read_text() == "dear"


def test_an_empty_folder_is_replaced_by_force(tmp_path):
    (tmp_path / "new").mkdir()
    made_up.write(tmp_path / "new", days=DAYS, force=True)
    assert verify(tmp_path / "new") == []


def test_links_and_files_are_not_replaced(run, tmp_path):
    (tmp_path / "link").symlink_to(run)
    (tmp_path / "file").write_text("dear")
    for name in ("link", "file"):
        with pytest.raises(ResultsError, match="not a folder"):
            made_up.write(tmp_path / name, days=DAYS, force=True)
    assert verify(run) == []


@pytest.mark.parametrize("name", ["file/below", "x" * 300])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(tmp_path, name):
    (tmp_path / "file").write_text("dear")
    with pytest.raises(ResultsError) as refused:
        may_write(tmp_path / name, force=False)
    assert "\n" not in str(refused.value)
    assert os.listdir(tmp_path) == ["file"]


def test_parents_are_made(tmp_path):
    made_up.write(tmp_path / "a" / "b" / "run", days=DAYS)
    assert verify(tmp_path / "a" / "b" / "run") == []


def test_a_table_that_does_not_fit_leaves_nothing_behind(tmp_path):
    tables = made_up.tables(DAYS)
    del tables["ports"]["hits"]
    with pytest.raises(TableMismatch, match="ports: missing hits"):
        made_up.write(tmp_path / "run", days=DAYS, tables=tables)
    assert os.listdir(tmp_path) == []


def test_a_run_that_stood_there_survives_a_failed_replacement(run):
    before = tree(run)
    with pytest.raises(TableMismatch):
        made_up.write(run, days=DAYS, tables=made_up.tables(DAYS) | {"daily": {}}, force=True)
    assert tree(run) == before
    assert os.listdir(run.parent) == ["run"]


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("grams", [1.5, 2.0], "integers"),
        ("grams", [1, None], "gaps"),
        ("outcome_day", [2**40, 1], "not in range"),
        ("mode", [1, 2], "not text"),
        ("mode", ["container", None], "gaps"),
        ("grams", [1], "different length"),
    ],
)
def test_a_wrong_column_is_named(column, values, told):
    made = {field.name: ["x", "y"] if field.kind == "word" else [1, 2] for field in TABLES["consignments"]}
    with pytest.raises(TableMismatch, match=rf"consignments.*{column}.*{told}|consignments: .*{told}"):
        as_table("consignments", made | {column: values})


def test_numbers_that_are_not_finite_are_refused():
    made = made_up.tables(DAYS)["daily"]
    for bad in (np.nan, np.inf):
        price = np.array(made["price_usd_per_kg"])
        price[3] = bad
        with pytest.raises(TableMismatch, match=r"daily\.price_usd_per_kg"):
            as_table("daily", made | {"price_usd_per_kg": price})


def test_a_whole_run_is_whole(run):
    assert verify(run) == []
    (run / "report.html").write_text("pages come later")
    assert verify(run) == []


def flip(content):
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]


@pytest.mark.parametrize("name", ["manifest.json", "run-info.json", *STABLE])
@pytest.mark.parametrize(
    "damage",
    [flip, lambda content: content[:-1], lambda content: b"", lambda content: content + b" ", lambda content: None],
    ids=["a bit", "a byte short", "emptied", "a byte longer", "gone"],
)
def test_every_damage_is_found_and_named(run, name, damage):
    damaged = damage((run / name).read_bytes())
    (run / name).unlink()
    if damaged is not None:
        (run / name).write_bytes(damaged)
    problems = verify(run)
    assert len(problems) == 1
    assert name in problems[0]


@pytest.mark.parametrize("name", ["manifest.json", "run-info.json", "kpis.json"])
def test_a_digit_that_was_changed_is_found(run, name):
    text = (run / name).read_text()
    at = next(place for place, sign in enumerate(text) if sign.isdigit())
    (run / name).write_text(f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}")
    assert len(verify(run)) == 1


def test_swapped_and_added_files_are_found(run):
    (run / "daily.parquet").rename(run / "kept")
    (run / "ports.parquet").rename(run / "daily.parquet")
    (run / "kept").rename(run / "ports.parquet")
    shutil.copy(run / "kpis.json", run / "kpis-copy.json")
    told = " ".join(verify(run))
    assert all(name in told for name in ("daily.parquet", "ports.parquet", "kpis-copy.json"))


def test_a_manifest_never_leads_out_of_its_folder(run):
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["files"]["../secret"] = "0" * 64
    del manifest["seal"]
    seal = hashlib.sha256(canonical(manifest)).hexdigest()
    (run / "manifest.json").write_bytes(canonical({**manifest, "seal": seal}))
    assert verify(run) == [f"{run}: its manifest.json contradicts itself"]


def test_replicates_take_their_place_together(tmp_path):
    place = tmp_path / "runs"
    with several(place, force=False) as partial:
        for number in range(2):
            made_up.write(partial / f"replicate-{number:03d}", days=DAYS, replicate=number)
        assert not place.exists()
    assert verify(place) == []
    shutil.rmtree(place / "replicate-001")
    assert "replicate-001" in verify(place)[0]


def test_replicates_that_were_not_finished_leave_nothing(tmp_path):
    def half_done():
        with several(tmp_path / "runs", force=False) as partial:
            made_up.write(partial / "replicate-000", days=DAYS)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half_done()
    assert os.listdir(tmp_path) == []


def test_a_replicate_of_another_run_is_found(tmp_path):
    with several(tmp_path / "runs", force=False) as partial:
        made_up.write(partial / "replicate-000", days=DAYS)
    made_up.write(tmp_path / "runs" / "replicate-000", days=DAYS, seed=5, force=True)
    assert "not the replicate that was written there" in verify(tmp_path / "runs")[0]


def test_replicates_are_replaced_by_force_only_when_all_of_it_is_ours(tmp_path):
    with several(tmp_path / "runs", force=False) as partial:
        made_up.write(partial / "replicate-000", days=DAYS)
    made_up.write(tmp_path / "runs", days=DAYS, force=True)
    assert verify(tmp_path / "runs") == []
    with several(tmp_path / "runs", force=True) as partial:
        made_up.write(partial / "replicate-000", days=DAYS)
    (tmp_path / "runs" / "notes.txt").write_text("dear")
    with pytest.raises(ResultsError, match="no run wrote"):
        may_write(tmp_path / "runs", force=True)


def test_what_was_sealed_can_be_read_however_much_it_is(tmp_path):
    content = {"values": [number / 7 for number in range(250_000)]}
    (tmp_path / "long.json").write_bytes(sealed(content))
    assert (tmp_path / "long.json").stat().st_size > 5_000_000
    assert read_sealed(tmp_path / "long.json") == content


def test_a_message_obeys_no_terminal(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError) as refused:
        may_write(tmp_path / "file" / "\x1b[2Jgone\r\n", force=False)
    assert str(refused.value).isprintable()


def test_a_passport_names_scenario_luck_and_versions():
    scenario = load("two_coasts")
    found = passport(
        title=scenario.title, seed=3, replicate=1, mode="micro", days=3, scenario_hash=scenario_hash(scenario)
    )
    assert found["scenario_hash"] == scenario_hash(scenario)
    assert set(found["versions"]) == {"python", "numpy", "numba", "mesa", "networkx", "pyarrow"}
