"""The page opens alone, says what is so, trusts no text, and ranks nobody by the chance to pass."""

import re
import shlex
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

import sim
from sim.cli import main
from sim.report import telling, worlds
from sim.report.page import build, report_command
from sim.report.sections import LIMITS, ONE_RUN, asked, sections
from sim.report.words import number
from sim.scenario.describe import assumptions
from sim.study.folder import several, verify
from sim.study.results import Results
from sim.study.totals import KPIS
from tests.report import made_up

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></svg><script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "--><b>out</b><!--",
    "]]><b>out</b>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "=HYPERLINK('x')",
    "$\\frac{1}{0}$ \\url{x} %s {0}",
    "&lt;script&gt; &amp; &#x3c;b>",
    "港口 🚢 ميناء",
]


class Reader(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def text(page_of):
    return page_of("results")


def words(page):
    return re.sub(r"\s+", " ", " ".join(Reader(page).texts))


def test_the_page_is_one_file_that_loads_nothing(text):
    page = Reader(text)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video"}
    assert ("meta", "http-equiv", "Content-Security-Policy") in page.attributes
    policy = next(value for _, name, value in page.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("href", "src"):
            assert value.startswith("#"), (tag, value)
    assert "@import" not in text
    assert "url(http" not in text


def test_links_within_the_page_lead_somewhere(text):
    page = Reader(text)
    names = [value for _, name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))
    targets = {value[1:] for tag, name, value in page.attributes if tag == "a" and name == "href"}
    assert targets <= set(names)
    assert "provenance" in targets


def test_the_same_run_gives_the_same_page(results, text):
    assert build(Results.open(results.folder)) == text


def test_the_page_says_what_was_asked_and_what_was_done(text):
    told = words(text)
    for said in (made_up.QUESTION, "Scan all high-risk containers in the North", "USD\u00a0108\u00a0million"):
        assert re.sub(r"\s+", " ", said) in told


def test_the_page_says_that_one_run_is_one_draw_of_luck(text):
    told = words(text)
    for sentence in (*ONE_RUN, *LIMITS):
        assert sentence in told


def test_the_page_shows_all_assumed_numbers(results, text):
    told = words(text)
    assert all(item.path in told for item in assumptions(results.scenario))


def test_the_page_names_its_sources_and_no_machine(results, text):
    told = words(text)
    assert results.manifest["digest"] in told
    assert "chokepoint run scenario.yaml --seed 1 --mode micro --out again" in told
    assert str(results.folder) not in text
    assert results.folder.parent.name not in text


@pytest.mark.parametrize(("replicates", "of"), [(1, ""), (2, ""), (2, "replicate-001")])
def test_the_commands_of_a_page_make_its_results_again(tmp_path, monkeypatch, capsys, replicates, of):
    sim.run(sim.load("two_coasts", days=2, seed=5), tmp_path / "run", replicates=replicates)
    results = Results.open(tmp_path / "run" / of)
    monkeypatch.chdir(results.folder)
    again, verify = (shlex.split(line) for line in sections(results)[-1].commands.splitlines())
    assert main([*again[1:], "--quiet"]) == main(verify[1:]) == 0
    made = Results.open(verify[-1])
    assert [run.manifest["digest"] for run in made.replicates] == [run.manifest["digest"] for run in results.replicates]


def test_sentences_are_made_from_the_numbers(results):
    first = telling.funnel_told(results)[0]
    kpis = results.kpis
    assert f"{kpis['delivered_kg'] / kpis['dispatched_kg']:.0%}".replace("%", "\u00a0%") in first
    assert f"{kpis['dispatched_kg'] / 1000:,.0f}\u00a0t dispatched" in first
    people = telling.people_told(results)[0]
    assert people.startswith(f"{kpis['couriers_recruited']:,} couriers were recruited")
    assert "12 organisations were active on the first day and 12 at the end" in telling.organisations_told(results)[0]


def test_a_page_tells_what_is_closed_or_slowed_and_does_not_call_it_drift(tmp_path):
    strike = "Strike at Nordhaven, from 1 April 2025 to 30 June 2025: Nordhaven closed"
    run = sim.run(sim.load("two_coasts_closure", days=100), tmp_path / "run")
    assert strike in asked(run).told[-1]
    assert telling.displacement_told(run)[-1].endswith("without one, and what disruptions of trade do.")
    study = sim.compare(run.scenario, run.scenario.replaced(disruptions=()), replicates=2)
    first, second = worlds.sections(study, "delivered_kg")[0].items
    assert [fact.startswith(strike) for fact in first.facts] == [True]
    assert second.facts == ["differs beyond policies in disruptions"]


def test_one_courier_and_one_refusal_are_told_as_one(results):
    day = results.daily.head(1).assign(recruited=1, refused=1)
    first, second, *_ = telling.people_told(SimpleNamespace(daily=day))
    assert first.startswith("1 courier was recruited")
    assert second.startswith("1 time somebody refused to be one.")


def test_contests_are_told_by_the_weeks_at_whose_end_they_were(tmp_path):
    """On the 7th and the 14th of 20 days; a run of six days comes to no such day."""
    runs = [sim.run(sim.load("two_coasts", days=days), tmp_path / f"{days}") for days in (6, 20)]
    contests = runs[1].daily["contests"]
    assert contests.iloc[[6, 13]].sum() == contests.sum() > 0
    short, long = (telling.organisations_told(run)[1] for run in runs)
    assert short == "Places are contested at the end of a week, which the run does not come to."
    assert long == f"In a mean week {number(contests.sum() / 2)} places were contested."


def test_a_page_of_replicates_tells_totals_over_all_and_the_rest_of_the_first(tmp_path):
    """Halves of the run are those of the first, not of the days of all in a row; each total has a mean and two ends."""
    many = sim.run(sim.load("two_coasts", days=40), tmp_path / "many", replicates=2)
    page = {section.key: section for section in sections(many)}
    assert page["violence"].told == telling.violence_told(many.replicates[0])
    (totals,) = page["answer"].tables
    assert {len(row) for row in totals.rows} == {len(totals.head)} == {4}
    assert page["evaluation"].tables[0].head[-1] == "baseline: mean of these runs"


def test_violence_is_told_apart_from_the_totals(results, text):
    index = next(column for column in KPIS if column.name == "violence_mean")
    assert index.meaning not in words(text)
    assert f"its highest was {number(results.daily['violence'].max())}" in words(text)


@pytest.mark.parametrize("tell", [getattr(telling, name) for name in dir(telling) if name.endswith("_told")])
@pytest.mark.parametrize("run", ["results", "calm", "idle"])
def test_every_section_tells_something_of_every_run(tell, run, request):
    told = tell(request.getfixturevalue(run))
    assert told
    assert all(sentence.endswith((".", "market.")) and "nan" not in sentence.lower() for sentence in told)


@pytest.mark.parametrize("run", ["results", "calm", "idle"])
def test_every_picture_is_told_to_those_who_cannot_see_it(run, request):
    pictures = [picture for section in sections(request.getfixturevalue(run)) for picture in section.pictures]
    assert len(pictures) > 8
    for picture in pictures:
        title, _, told = picture.alt.partition(". ")
        assert title
        assert told.endswith(".")


def test_a_run_in_which_nothing_moves_has_a_page(page_of):
    assert "Nothing was dispatched." in words(page_of("idle"))


def test_nothing_is_ranked_by_the_chance_to_pass(results, text):
    told = words(text).lower()
    for word in ("evasion", "evade", "undetected", "least controlled", "success rate", "safest", "easiest"):
        assert word not in told
    # No table sets what passed a control against what was stopped there: illicit load by control is in no table.
    heads = re.findall(r"<thead>.*?</thead>", text, re.DOTALL)
    assert heads
    assert not any("contraband" in head or "contaminated" in head for head in heads)


def test_names_are_inert(tmp_path, text):
    page = build(made_up.run(tmp_path / "run", days=100, told=HOSTILE))
    read, plain = Reader(page), Reader(text)
    assert read.tags <= plain.tags
    assert {(tag, name) for tag, name, _ in read.attributes} <= {(tag, name) for tag, name, _ in plain.attributes}
    for hostile in HOSTILE[: len(made_up.ARRIVALS)]:
        assert read.texts.count(hostile) >= 2, hostile
    assert "\n".join(HOSTILE) in read.texts


def test_replicates_share_a_page(tmp_path):
    with several(tmp_path / "runs", force=False) as partial:
        for number in range(2):
            made_up.write(partial / f"replicate-{number:03d}", days=60, policies=False, replicate=number)
    told = words(build(Results.open(tmp_path / "runs")))
    assert "These are 2 runs of one scenario" in told
    assert "mean lowest highest" in told


def test_the_report_goes_into_the_folder_and_the_run_stays_whole(tmp_path, capsys, monkeypatch, text):
    monkeypatch.setattr("sim.report.page.build", lambda *_: text)
    run = made_up.run(tmp_path / "run", days=40)
    assert report_command(run.folder, None, False, False) == 0
    assert capsys.readouterr().out == f"{run.folder / 'report.html'}\n"
    assert report_command(run.folder, None, False, True) == 0
    assert capsys.readouterr().out == ""
    assert verify(run.folder) == []
    assert (run.folder / "report.html").read_text().startswith("<!doctype html>")


def test_a_file_that_is_no_report_is_not_overwritten(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sim.report.page.build", lambda *_: "<!doctype html>")
    run = made_up.run(tmp_path / "run", days=40)
    (tmp_path / "thesis.html").write_text("dear")
    assert report_command(run.folder, tmp_path / "thesis.html", False, False) == 1
    assert "is not a report" in capsys.readouterr().err
    assert (tmp_path / "thesis.html").read_text() == "dear"
    assert report_command(run.folder, tmp_path / "thesis.html", True, True) == 0
    assert (tmp_path / "thesis.html").read_text() == "<!doctype html>"


@pytest.mark.parametrize(
    "text",
    ["", "x", "world;replicate\na;0\n", "world,replicate\na,0\n", "world,replicate\na,0\na,1\nb,0\n", "\udcff\udcfe"],
)
def test_runs_of_a_comparison_that_were_changed_are_named(tmp_path, capsys, text):
    run = made_up.run(tmp_path / "run", days=40)
    (tmp_path / "runs.csv").write_bytes(text.encode(errors="surrogateescape"))
    assert report_command(run.folder, None, False, False, tmp_path) == 1
    told = "is not as the comparison wrote it; run the comparison again, in its folder"
    assert capsys.readouterr().err == f"chokepoint: {tmp_path / 'runs.csv'}: {told}\n"
    assert not (run.folder / "report.html").exists()


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_a_folder_that_is_no_run_gives_one_line(tmp_path, capsys, place):
    (tmp_path / "file").write_text("")
    assert report_command(tmp_path / place, tmp_path / "report.html", False, False) == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert place in said.err
    assert not (tmp_path / "report.html").exists()
