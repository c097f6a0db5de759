"""Games as files: few lines, checked like scenarios, told back, listed, and played by the same command."""

import csv
import errno
import json
import re

import jsonschema
import pytest

import sim
from sim.cli import main
from sim.games.contest import Contest
from sim.scenario.describe import describe
from sim.scenario.load import InvalidScenario, load, load_either
from sim.scenario.nodes import plain
from sim.scenario.reader import read
from sim.scenario.schema import schema
from sim.scenario.shipped import calibrations, games, policies, shipped, sweeps
from sim.study.play import play
from tests.report import made_up

GAMES = sorted(games())
CHECK = jsonschema.Draft202012Validator(schema())


def contest(name: str, *sets: str) -> Contest:
    found = load_either(name, overrides=sets)
    assert isinstance(found, Contest)
    return found


@pytest.mark.parametrize("name", GAMES)
def test_a_shipped_game_has_few_lines_fits_its_schema_and_is_told_back(name):
    text = games()[name].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 20
    assert text.startswith("# yaml-language-server: $schema=../scenario.schema.json\n")
    assert not [error.message for error in CHECK.iter_errors(plain(read(text.encode(), name)[0]))]
    found = contest(name)
    assert found == contest(str(games()[name]))
    page = " ".join(describe(found).split())
    assert found.title in page
    assert found.question in page
    for measure in found.measures():
        assert f"{measure.name}: {measure.known:.6f}" in page


MISTAKES = {
    "a game of no kind": ("inspection", "game.kind=inspektion", "did you mean inspection?"),
    "a payoff below 0": ("inspection", "game.loss=-1", "game.loss: -1 is below 0. Give a number, 0 to 1000000."),
    "a probability above 1": ("inspection", "game.detection=1.5", "is above 1. Give a probability, 0 to 1."),
    "an unknown field": ("inspection", "game.penalty=1", "is not known here"),
    "a rule of no kind": ("inspection", "smuggler.kind=weight", "did you mean weights?"),
    "beliefs of the inspector": ("inspection", "inspector.kind=beliefs", "only a smuggler can learn by this rule."),
    "a smuggler who commits": ("coverage", "smuggler={kind: commits, shares: {north: 1}}", "only an inspector can"),
    "an action misspelt": ("deterrence", "inspector.shares={inspct: 1}", "is not an action, did you mean inspect?"),
    "shares that miss 1": ("deterrence", "inspector.shares.wait=0.4", "the shares add up to 0.95."),
    "beliefs in a sequence": ("sequential", "smuggler.kind=beliefs", "cannot play a sequential game."),
    "inspections for all": ("sequential", "game.inspections=4", "Give fewer than periods."),
    "a patrol for all": ("coverage", "game.patrols=4", "Give fewer than targets."),
    "a network in pieces": ("interdiction", "game.sink=x", "has no path from s to x. Add the arcs that are missing."),
    "a sink at the source": ("interdiction", "game.sink=s", "Give source and sink different names."),
    "an arc given twice": ("interdiction", "game.arcs.1={start: s, end: north, detection: 1}", "has two arcs from s"),
    "rounds too few": ("inspection", "rounds=1", "1 is below 100."),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_place_and_way_out(mistake):
    name, setting, says = MISTAKES[mistake]
    with pytest.raises(InvalidScenario) as refused:
        contest(f"games/{name}", setting)
    told = str(refused.value)
    assert says in told
    assert "\n" not in told
    assert re.match(r"(--set |.*\.yaml:\d+:\d+  )", told)


def test_a_network_with_too_many_paths_is_refused_and_does_not_hang(tmp_path):
    arcs = [f"{{start: n{a}, end: n{b}, detection: 1}}" for a in range(14) for b in range(14) if a != b]
    text = f"kind: interdiction, source: n0, sink: SINK, arcs: [{', '.join(arcs)}, {{start: x, end: n0, detection: 1}}]"
    for sink in ("n1", "x"):
        path = tmp_path / f"{sink}.yaml"
        path.write_text(f"title: Many\nquestion: How many?\ngame: {{ {text.replace('SINK', sink)} }}\n")
        with pytest.raises(InvalidScenario, match="Take arcs away"):
            contest(str(path))


def test_a_world_is_no_game_and_a_game_no_world():
    with pytest.raises(ValueError, match="holds a world, not a game"):
        sim.play("two_coasts")
    with pytest.raises(InvalidScenario, match=r"inspection\.yaml:5:1  game: makes this a game"):
        load("games/inspection")


def test_a_game_can_build_on_another(tmp_path):
    (tmp_path / "a.yaml").write_text(games()["games/inspection"].read_text(encoding="utf-8"))
    (tmp_path / "b.yaml").write_text("extends: a.yaml\ngame: { loss: { value: 9, range: [4, 20], source: assumed } }\n")
    found = contest(str(tmp_path / "b.yaml"))
    assert [measure.known for measure in found.measures()] == pytest.approx([0.125, 0.03125])


def test_a_game_can_build_on_a_shipped_one_by_name(tmp_path):
    (tmp_path / "a.yaml").write_text("extends: games/inspection\nseed: 7\n")
    assert contest(str(tmp_path / "a.yaml")).seed == 7


def test_nothing_is_known_where_a_side_does_not_look_for_its_best():
    found = contest("games/coverage", "smuggler.kind=quantal_response", "rounds=100", "replicates=2")
    assert {row.known for row in play(found).table()} == {None}


def test_same_seed_same_play_and_more_replicates_leave_the_first_alone():
    few, many, other = (
        play(contest("games/interdiction_beliefs", "rounds=500", f"replicates={count}", f"seed={seed}"))
        for count, seed in ((2, 1), (3, 1), (2, 2))
    )
    assert [one.ways.tolist() for one in few.plays] == [one.ways.tolist() for one in many.plays[:2]]
    assert few.plays[0].ways.tolist() != few.plays[1].ways.tolist()
    assert few.plays[0].ways.tolist() != other.plays[0].ways.tolist()


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, talk = capsys.readouterr()
    assert "Traceback" not in out + talk
    return code, out, talk


def test_the_command_plays_a_game_and_prints_what_it_came_to(capsys, tmp_path):
    arguments = ["run", "games/inspection", "--set", "rounds=1000", "--replicates", "3", "--out", str(tmp_path / "out")]
    code, out, talk = said(capsys, *arguments)
    assert code == 0
    assert talk.startswith("3 times 1,000 rounds")
    assert re.search(r"Rounds with an inspection +0\.\d+ +0\.\d+ +0\.250000 +-?\d+\.\d s\.e\.", out)
    with open(tmp_path / "out" / "replicates.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    measures = json.loads(said(capsys, *arguments, "--force", "--json", "--quiet")[1])["measures"]
    name = "Rounds with an inspection"
    assert len(rows) == 3
    assert measures[0]["measure"] == name
    assert measures[0]["reached"] == pytest.approx(sum(float(row[name]) for row in rows) / 3)


def files(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_game_takes_nobodys_place(capsys, tmp_path, monkeypatch):
    """Not that of another game or run without --force, and never that of what no run wrote; it is looked first."""
    run = ["run", "games/inspection", "--set", "rounds=100", "--replicates", "2", "--quiet", "--out"]
    made_up.run(tmp_path / "world", days=20)
    assert said(capsys, *run, str(tmp_path / "game"))[0] == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "replicates.csv").write_text("precious")
    before = files(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("sim.study.play.play", lambda _: pytest.fail("played before it was looked"))
        for name in ("world", "game", "mine"):
            code, out, talk = said(capsys, *run, str(tmp_path / name))
            assert (code, out) == (1, "")
            assert talk.endswith(f"/{name}: exists already; choose another folder, or replace it with --force\n")
        assert said(capsys, *run, str(tmp_path / "mine"), "--force")[0] == 1
    assert files(tmp_path) == before
    for name in ("world", "game"):
        assert said(capsys, *run, str(tmp_path / name), "--force")[0] == 0
        assert [path.name for path in (tmp_path / name).iterdir()] == ["replicates.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["game", "mine", "world"]


def test_a_game_that_is_broken_off_leaves_what_was_there(capsys, tmp_path, monkeypatch):
    run = ["run", "games/inspection", "--set", "rounds=100", "--quiet", "--out", str(tmp_path / "game"), "--force"]
    assert said(capsys, *run)[0] == 0
    before = files(tmp_path)

    def full(_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("sim.study.folder.sync", full)
    assert said(capsys, *run)[0] == 1
    assert files(tmp_path) == before


@pytest.mark.parametrize("options", [["--mode", "thinned"], ["--threads", "2"], ["--all"], ["--force"]], ids=" ".join)
def test_options_of_worlds_are_refused_in_a_game(capsys, options):
    code, out, talk = said(capsys, "run", "games/inspection", *options)
    assert (code, out, talk.count("\n")) == (2, "", 1)
    assert options[0] in talk


def test_a_game_has_no_days_and_cannot_be_compared(capsys):
    code, _, talk = said(capsys, "run", "games/inspection", "--days", "3")
    assert (code, talk) == (3, "--days 3  a game has rounds, not days. Give --set rounds=NUMBER.\n")
    code, _, talk = said(capsys, "compare", "games/inspection")
    assert code == 3
    assert "Games are played by `chokepoint run`" in talk


def test_games_are_listed_described_and_validated(capsys):
    listed = [entry["name"] for entry in json.loads(said(capsys, "list", "--json")[1])]
    assert listed == [*sorted(shipped()), *sorted(policies()), *GAMES, *sorted(sweeps()), *sorted(calibrations())]
    assert said(capsys, "validate", *GAMES)[1].count(": valid, ") == len(GAMES)
    studies = [*sweeps(), *calibrations()]
    assert said(capsys, "validate", *studies)[1].count(": valid, ") == len(studies)
    assert said(capsys, "describe", "games/coverage")[1].startswith("Security game on four coasts\n")
    numbers = json.loads(said(capsys, "describe", "games/inspection", "--json")[1])
    assert "game.detection" in [number["path"] for number in numbers]


def test_a_game_that_misses_what_is_known_by_the_same_in_every_replicate_answers_in_json(capsys):
    """It is off by endlessly many standard errors, for which JSON has no word."""
    sides = [f"{side}={{kind: fictitious_play}}" for side in ("inspector", "smuggler")]
    settings = [part for setting in (*sides, "rounds=100") for part in ("--set", setting)]
    code, out, _ = said(capsys, "run", "games/inspection", "--replicates", "2", *settings, "--json")
    first = json.loads(out, parse_constant=pytest.fail)["measures"][0]
    assert (code, first["error"], first["standard_errors_off"]) == (0, 0.0, None)
