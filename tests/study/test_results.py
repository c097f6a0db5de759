"""Results are read when asked for, are believed only when whole, and can be recomputed from the events."""

import json
import re
import shutil

import numpy as np
import pytest

from sim.study.folder import several
from sim.study.results import Results, ResultsError, figure
from sim.study.sealed import sealed
from sim.study.totals import HEADLINES, KPIS
from tests.report import made_up

DAYS = 100


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return made_up.run(tmp_path_factory.mktemp("runs") / "run", days=DAYS)


def test_tables_and_totals_come_back(results):
    assert results.kpis == json.loads((results.folder / "kpis.json").read_text())
    assert len(results.daily) == results.manifest["days"] == results.scenario.days == DAYS
    assert results.daily["date"].iloc[0].date() == results.scenario.start
    assert results.replicates == (results,)
    for name, made in made_up.tables(DAYS).items():
        assert list(getattr(results, name).columns) != []
        assert len(getattr(results, name)) == len(next(iter(made.values())))


@pytest.mark.parametrize("what", ["nowhere", "empty", "file"])
def test_what_is_no_run_is_refused_in_one_line(tmp_path, what):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError) as refused:
        Results.open(tmp_path / what)
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_changed_table_is_not_believed(tmp_path):
    run = made_up.run(tmp_path / "run", days=DAYS)
    content = (run.folder / "daily.parquet").read_bytes()
    (run.folder / "daily.parquet").write_bytes(content[:-9] + b"x" + content[-8:])
    assert len(run.events) > 0
    with pytest.raises(ResultsError, match=r"daily\.parquet: changed since it was written"):
        _ = run.daily


def test_a_run_of_another_format_is_refused(tmp_path):
    run = made_up.run(tmp_path / "run", days=DAYS)
    later = {word: value for word, value in run.manifest.items() if word != "seal"} | {"format_version": 99}
    (run.folder / "manifest.json").write_bytes(sealed(later))
    with pytest.raises(ResultsError, match="format 99"):
        Results.open(run.folder)


def test_the_books_balance_every_day(results):
    books = results.balance()
    assert (books["difference_g"] == 0).all()
    assert (books["lowest_g"] >= 0).all()
    last = books.iloc[-1]
    assert last["produced_g"] == results.daily["produced_g"].sum()
    assert last["market_g"] == results.daily["market_stock_g"].iloc[-1]
    assert results.disagreements() == []


def test_a_gram_that_comes_from_nowhere_is_found(tmp_path):
    made = made_up.tables(DAYS)
    delivered = made["events"]["event"].index("delivered")
    made["events"]["from_account"][delivered] = "nowhere"
    run = made_up.run(tmp_path / "run", days=DAYS, tables=made)
    day = int(made["events"]["day"][delivered])
    assert run.disagreements()[0] == f"day {day}, cocaine: the books do not balance"


def test_a_daily_figure_that_the_events_do_not_give_is_found(tmp_path):
    made = made_up.tables(DAYS)
    made["daily"]["seized_g"][50] += 1
    made["daily"]["stock_g"][60] -= 1
    run = made_up.run(tmp_path / "run", days=DAYS, tables=made)
    assert run.disagreements() == [
        "day 50: seized_g of the daily table is not what the events add up to",
        "day 60: stock_g of the daily table is not what the events add up to",
    ]


def test_a_total_that_the_events_do_not_give_is_found(tmp_path):
    made = made_up.tables(DAYS)
    kpis = made_up.kpis(made)
    run = made_up.run(tmp_path / "run", days=DAYS, tables=made, kpis=kpis | {"seized_kg": kpis["seized_kg"] + 1})
    assert run.disagreements() == ["seized_kg of the totals is not what the events add up to"]


def test_months_add_up_to_the_run(results):
    months = results.monthly()
    assert months["days"].sum() == DAYS
    assert months["seized_g"].sum() == results.daily["seized_g"].sum()
    assert months["stock_g"].iloc[-1] == results.daily["stock_g"].iloc[-1]


def test_months_hold_stocks_at_their_end_and_levels_in_the_mean(tmp_path):
    made = made_up.tables(DAYS)
    days = np.arange(DAYS)
    for column in ("unfinished_g", "corrupted", "offer_usd_per_job"):
        made["daily"][column] = days.astype(np.asarray(made["daily"][column]).dtype)
    run = made_up.run(tmp_path / "run", days=DAYS, tables=made)
    months = run.monthly()
    ends = months["days"].cumsum() - 1
    assert months["unfinished_g"].tolist() == ends.tolist()
    assert months["corrupted"].tolist() == ends.tolist()
    assert months["offer_usd_per_job"].tolist() == (ends - (months["days"] - 1) / 2).tolist()


def test_a_whole_summary_has_a_line_for_every_total(results):
    text = results.summary(whole=True)
    assert len(text.splitlines()) == len(results.kpis)
    assert any(line.startswith("Seized  ") and line.endswith("kg") for line in text.splitlines())


def test_a_summary_has_the_main_totals_under_headings(results):
    lines, whole = results.summary().splitlines(), results.summary(whole=True)
    told = [line.strip() for line in lines if line.startswith("  ")]
    meanings = {column.meaning for column in KPIS}
    assert lines[0] == "What was smuggled"
    assert "People at sea" not in lines, "nobody crosses in this world"
    assert 20 < len(told) < 40
    assert all(re.split(r"\s{2,}", line)[0] in meanings for line in told)
    assert all(re.split(r"\s{2,}", line)[1] in whole for line in told)


def test_all_headlines_are_totals():
    names = [name for part in HEADLINES.values() for name in part]
    assert len(names) == len(set(names))
    assert set(names) <= {column.name for column in KPIS}


def test_replicates_are_read_as_one(tmp_path):
    with several(tmp_path / "runs", force=False) as partial:
        for number in range(3):
            made_up.write(partial / f"replicate-{number:03d}", days=DAYS, replicate=number)
    results = Results.open(tmp_path / "runs")
    each = [run.kpis["seized_kg"] for run in results.replicates]
    assert len(set(each)) == 3
    assert results.kpis["seized_kg"] == pytest.approx(sum(each) / 3)
    assert list(results.daily.groupby("replicate")["seized_g"].sum() / 1000) == pytest.approx(each)
    assert list(results.monthly().index.names) == ["replicate", "month"]
    assert results.disagreements() == []
    assert "(" in results.summary()


def test_a_missing_replicate_is_told(tmp_path):
    with several(tmp_path / "runs", force=False) as partial:
        for number in range(2):
            made_up.write(partial / f"replicate-{number:03d}", days=DAYS, replicate=number)
    shutil.rmtree(tmp_path / "runs" / "replicate-000")
    with pytest.raises(ResultsError, match="replicate-000 is missing"):
        Results.open(tmp_path / "runs")


def test_replicates_of_different_scenarios_are_not_mixed(tmp_path):
    with several(tmp_path / "runs", force=False) as partial:
        made_up.write(partial / "replicate-000", days=DAYS)
        made_up.write(partial / "replicate-001", days=DAYS - 1)
    with pytest.raises(ResultsError, match="replicate-001 is of another scenario"):
        Results.open(tmp_path / "runs")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (1234567, "1,234,567"), (1234.5, "1,234"), (12.34, "12.3"), (0.01234, "0.0123"), ("x", "x")],
)
def test_totals_are_written_for_people(value, text):
    assert figure(value) == text
