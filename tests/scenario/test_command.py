"""The command line: what goes where, and which code it leaves with."""

import json
import re
import subprocess
import sys
from typing import get_args

import pytest

from sim.cli import main
from sim.command import Sets
from sim.policies.policy import Policy
from sim.scenario.load import load
from sim.scenario.shipped import calibrations, games, policies, shipped, sweeps

VERBS = ["run", "compare", "report", "validate", "describe", "schema", "new", "policies", "list", "sweep", "chunk",
         "status", "collect"]  # fmt: skip


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and talk of a command."""
    code = main(arguments)
    out, talk = capsys.readouterr()
    assert "Traceback" not in out + talk
    assert "\x1b" not in out + talk, "colour is for terminals"
    return code, out, talk


def test_help_names_every_verb(capsys):
    code, out, talk = said(capsys, "--help")
    assert (code, talk) == (0, "")
    assert all(f" {verb} " in out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(capsys, verb):
    code, out, _ = said(capsys, verb, "-h")
    assert code == 0
    assert f"chokepoint {verb}" in out


def test_the_version_is_told(capsys):
    code, out, _ = said(capsys, "--version")
    assert code == 0
    assert out.startswith("chokepoint")


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"], ["run"], ["run", "two_coasts", "--sede", "3"], ["run", "two_coasts", "--seed", "x"], ["run",
        "two_coasts", "--days", "0"],
        ["run", "two_coasts", "--replicates", "0"], ["run", "two_coasts", "--threads", "-1"], ["compare", "two_coasts",
        "--replicates", "1"],
        ["validate"], ["new"], ["report"], ["run", "two_coasts", "\x1b[31m"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_one_line_and_code_2(capsys, arguments):
    code, out, talk = said(capsys, *arguments)
    assert (code, out) == (2, "")
    assert talk.startswith("chokepoint")
    assert talk.count("\n") == 1


def test_a_misspelt_verb_or_option_suggests_the_nearest(capsys):
    assert "'run'" in said(capsys, "ruun")[2]
    assert "--seed" in said(capsys, "run", "two_coasts", "--sede", "3")[2]


def test_what_asks_back_ends_with_its_question_mark(capsys):
    told = said(capsys, "ruun")[2]
    assert "Did you mean 'run'? `chokepoint --help` tells" in told


def test_valid_scenarios_are_told_on_the_output(capsys):
    names = [*shipped(), *policies()]
    code, out, talk = said(capsys, "validate", *names)
    assert (code, talk) == (0, "")
    assert out.count(": valid, ") == len(names)


def test_mistakes_of_several_files_are_told_together(capsys, tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.yaml").write_text("extends: two_coasts\ndays: 0\n")
    code, out, talk = said(capsys, "validate", str(tmp_path / "b.yaml"), "two_coasts", str(tmp_path / "a.yaml"))
    assert code == 3
    assert out.startswith("two_coasts: valid")
    assert [line.split(":")[0].rpartition("/")[2] for line in talk.splitlines()] == ["a.yaml", "b.yaml"]


def test_mistakes_come_as_json_too(capsys, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("extends: two_coasts\ndays: 0\n")
    code, out, talk = said(capsys, "validate", "--json", str(path))
    assert (code, talk) == (3, "")
    assert json.loads(out) == {
        "valid": False,
        "mistakes": [
            {"file": str(path), "line": 2, "column": 7, "path": "days",
            "text": "0 is below 1. Give a whole number, 1 to 36525."}
        ],
    }  # fmt: skip
    assert json.loads(said(capsys, "validate", "--json", "two_coasts")[1]) == {"valid": True, "mistakes": []}


def test_describe_prints_words_or_json(capsys):
    code, out, talk = said(capsys, "describe", "two_coasts", "--set", "title=Another")
    assert (code, talk) == (0, "")
    assert out.startswith("Another\n=======\n")
    numbers = json.loads(said(capsys, "describe", "two_coasts", "--json")[1])
    assert {"path", "label", "value", "unit", "source", "assumed"} <= set(numbers[0])


def test_the_example_of_a_setting_in_the_help_works(capsys):
    (example,) = re.findall(r"as in (\S+=\S+);", get_args(Sets)[1].help)
    assert said(capsys, "validate", "two_coasts", "--set", example)[0] == 0


def test_policies_that_start_after_fewer_days_are_named_where_they_are_left_out(capsys, tmp_path):
    run = ["run", "two_coasts", "--mode", "thinned", "--days", "5", "--force", "--out", str(tmp_path / "run")]
    line = "left out, starting after the last day: Screening at Nordhaven, Joint patrols"
    assert line in said(capsys, *run)[2].splitlines()
    assert said(capsys, *run, "--quiet")[2] == ""


@pytest.mark.parametrize(("where", "when"), [("__init__", ""), ("step", "on 2025-01-01 ")])
def test_numbers_that_overflow_together_are_told_in_a_line(capsys, tmp_path, monkeypatch, where, when):
    def overflows(*_, **__):
        raise OverflowError("math range error")

    monkeypatch.setattr(f"sim.model.SmugglingModel.{where}", overflows)
    code, out, talk = said(capsys, "run", "two_coasts", "--quiet", "--out", str(tmp_path / "run"))
    assert (code, out) == (1, "")
    assert talk == f"chokepoint: {when}a number of the scenario is too large to be reckoned with: math range error\n"
    assert not list(tmp_path.iterdir())


def test_a_total_that_is_beyond_all_bounds_is_told_in_a_line(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.study.measures.sites.totals", lambda _: {"sites_kg": float("inf")})
    run = ["run", "two_coasts", "--days", "2", "--mode", "thinned", "--quiet", "--out", str(tmp_path / "run")]
    told = "chokepoint: a number of the scenario is too large to be reckoned with: sites_kg comes to inf\n"
    assert said(capsys, *run) == (1, "", told)
    assert not list(tmp_path.iterdir())


LEFT_OUT = "These are left out, starting after the last day: Screening at Nordhaven, Joint patrols; give more days."


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--policy", "Joint patrols", "--days", "10"], f"Joint patrols; its policies: none. {LEFT_OUT}"),
        (["--days", "10"], f"to compare; its policies: none. {LEFT_OUT}"),
        (["--policy", "Joint patrol"], "Joint patrol; did you mean Joint patrols?"),
        (["--policy", "xyzzy"], "xyzzy; its policies: Screening at Nordhaven, Joint patrols."),
    ],
)  # fmt: skip
def test_a_policy_that_is_not_there_is_told_with_those_that_are_and_those_left_out(capsys, asked, told):
    code, out, talk = said(capsys, "compare", "two_coasts", *asked)
    assert (code, out, talk) == (2, "", f"chokepoint: two_coasts has no policy {told}\n")


def test_schema_prints_or_writes_json(capsys, tmp_path):
    _, out, _ = said(capsys, "schema")
    code, silence, talk = said(capsys, "schema", "-o", str(tmp_path / "s.json"))
    assert (code, silence, talk) == (0, "", f"wrote {tmp_path / 's.json'}\n")
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == out


def test_a_schema_takes_no_ones_place(capsys, tmp_path):
    path = tmp_path / "thesis.json"
    path.write_text("precious")
    code, _, talk = said(capsys, "schema", "--out", str(path))
    assert (code, path.read_text()) == (2, "precious")
    assert talk == f"chokepoint: {path} is there already. Give another name, or --force.\n"
    assert said(capsys, "schema", "--sweep", "--out", str(path), "--force")[0] == 0
    assert path.read_text(encoding="utf-8") == said(capsys, "schema", "--sweep")[1]


@pytest.mark.parametrize(("study", "what"), [("sweeps/tornado", "sweep"), ("calibrations/two_coasts", "calibration")])
def test_a_setting_is_not_for_studies(capsys, study, what):
    code, out, talk = said(capsys, "validate", study, "--set", "days=3")
    assert (code, out) == (3, "")
    assert talk == f"--set days=3  is for worlds and games, and {study} is a {what}. Change the value in the file.\n"


def test_the_next_command_can_be_pasted_whatever_the_folder_is_called(capsys, tmp_path):
    file, folder = tmp_path / "my coasts.yaml", tmp_path / "a run"
    assert said(capsys, "new", str(file))[2] == f"wrote {file}; next: chokepoint describe '{file}'\n"
    run = ["run", "two_coasts", "--mode", "thinned", "--days", "2", "--out", str(folder)]
    assert said(capsys, *run)[2].splitlines()[-1] == f"next: chokepoint report '{folder}'"


def test_verbs_that_are_asked_for_an_answer_give_it_quietly_too(capsys):
    compare = ("compare", "two_coasts", "--days", "95", "--replicates", "2", "--jobs", "1", "--quiet")
    code, out, talk = said(capsys, *compare)
    assert (code, talk) == (0, "")
    assert "Screening at Nordhaven against no policy, 2 pairs" in out
    for verb in ("compare", "portfolio", "sensitivity"):
        told = " ".join(re.sub(r"[│╭╰─╮╯]", " ", said(capsys, verb, "--help")[1]).split())
        assert "Say nothing but what it comes to, and errors." in told, verb


def test_a_field_whose_default_is_an_empty_list_says_none(capsys):
    told = said(capsys, "policies")[1]
    assert "; none when not given. Sea zones in which patrols are told of what left." in told
    assert ";  when not given" not in told


def test_policies_lists_every_kind_with_its_fields(capsys):
    _, out, _ = said(capsys, "policies")
    kinds = json.loads(said(capsys, "policies", "--json")[1])
    assert [kind["name"] for kind in kinds] == list(Policy.every())
    for kind in kinds:
        assert f"{kind['name']}: {kind['purpose']}" in out
        assert {field["name"] for field in kind["fields"]} == set(Policy.every()[kind["name"]].model_fields) - {"kind"}


def test_list_names_every_shipped_scenario_and_game_with_its_question(capsys):
    _, out, _ = said(capsys, "list")
    assert [line.split()[0] for line in out.splitlines()] == [
        *sorted(shipped()),
        *sorted(policies()),
        *sorted(games()),
        *sorted(sweeps()),
        *sorted(calibrations()),
    ]
    listed = json.loads(said(capsys, "list", "--json")[1])
    assert [entry["title"] for entry in listed[: len(shipped())]] == [load(name).title for name in sorted(shipped())]


def test_a_new_scenario_is_valid_explained_and_named_after_its_file(capsys, tmp_path):
    path = tmp_path / "my_ports.yaml"
    code, out, talk = said(capsys, "new", str(path))
    assert (code, out) == (0, "")
    assert talk == f"wrote {path}; next: chokepoint describe {path}\n"
    assert load(path).title == "My ports"
    text = path.read_text(encoding="utf-8")
    sections = [line for line in text.splitlines() if line[:1].isalpha() and line.endswith(":")]
    assert all(text.splitlines()[text.splitlines().index(section) - 1].startswith("# ") for section in sections)


def test_commands_in_a_new_scenario_can_be_pasted_whatever_it_is_called(capsys, tmp_path):
    said(capsys, "new", f"{tmp_path}/my coasts.yaml")
    assert "#   chokepoint run 'my coasts.yaml' " in (tmp_path / "my coasts.yaml").read_text(encoding="utf-8")


def test_a_new_scenario_takes_no_ones_place(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("precious")
    code, _, talk = said(capsys, "new", str(path))
    assert (code, path.read_text()) == (2, "precious")
    assert talk.count("\n") == 1
    assert "--force" in talk
    assert said(capsys, "new", str(path), "--force")[0] == 0
    assert load(path).title == "Mine"


@pytest.mark.parametrize(
    "name",
    [
        "a: b",
        "'quoted'",
        '"',
        "#x",
        "é",
        "x" * 200,
        "-",
        "[1",
        "\x1b[31m",
        "tab\there",
        "line\nbreak",
        "{}",
        "&a *b !c",
    ],
)
def test_a_new_scenario_of_any_name_is_valid(capsys, tmp_path, name):
    assert said(capsys, "new", f"{tmp_path}/{name}")[0] == 0
    (path,) = tmp_path.iterdir()
    load(path)


@pytest.mark.parametrize("name", ["", "x" * 300, "nul\0", "no/such/folder/x", "."])
def test_a_new_scenario_that_cannot_be_written_is_told_in_a_line(capsys, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    code, _, talk = said(capsys, "new", name)
    assert code in (1, 2)
    assert talk.count("\n") == 1
    assert not list(tmp_path.iterdir())


def in_a_process(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "sim", *arguments], capture_output=True, text=True, check=False, **options
    )


def test_the_package_runs_as_a_module_and_survives_a_poor_terminal(checkout):
    done = in_a_process(
        "describe", "latam_europe", cwd=checkout, env={"PYTHONIOENCODING": "ascii", "TERM": "dumb", "NO_COLOR": "1"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nari\\xf1o" in done.stdout


def test_a_reader_who_leaves_early_is_no_error(checkout):
    command = f"{sys.executable} -m sim schema | head -c 10"
    done = subprocess.run(["sh", "-c", command], cwd=checkout, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ('{\n "$schema'[:10], "")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("two_coast", "Did you mean two_coasts?"),
        ("latam", "Did you mean latam_europe?"),
        ("forum", "Did you mean policies/forum?"),
        ("tornado.yaml", "Did you mean sweeps/tornado?"),
        ("xyzzy", "Give a file, or a name that `chokepoint list` shows."),
    ],
)
def test_a_scenario_that_is_not_there_is_refused_with_the_name_that_comes_near(
    capsys, tmp_path, monkeypatch, given, told
):
    monkeypatch.chdir(tmp_path)
    code, out, talk = said(capsys, "validate", given)
    assert (code, out) == (3, "")
    assert talk == f"{given}  cannot be read: no such file or directory. {told}\n"


@pytest.mark.parametrize("verb", [["status"], ["collect"], ["chunk"], ["report"], ["verify"]])
def test_a_folder_that_holds_something_else_is_told_by_what_it_lacks(capsys, tmp_path, verb):
    more = ["0"] if verb == ["chunk"] else []
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    what = "run, it has no manifest.json" if verb[0] in ("report", "verify") else "sweep, it has no sweep.json"
    for name, why in {"nowhere": "no such folder", "file": "no folder, but a file",
                      "empty": f"not the folder of a {what}"}.items():  # fmt: skip
        code, out, talk = said(capsys, *verb, str(tmp_path / name), *more)
        assert (code, out) == (1, "")
        assert talk == f"chokepoint: {tmp_path / name}: {why}\n"


def test_the_folder_of_a_portfolio_is_called_one(capsys, tmp_path):
    (tmp_path / "portfolio.json").write_text("{}")
    _, _, talk = said(capsys, "report", str(tmp_path))
    assert talk.endswith("it has no manifest.json; it is that of a portfolio, see its front.svg and front.csv\n")


def test_a_page_is_not_written_into_a_folder_that_is_not_there(capsys, tmp_path):
    code, _, talk = said(capsys, "report", str(tmp_path), "--out", str(tmp_path / "nowhere" / "page.html"))
    assert (code, talk) == (1, f"chokepoint: {tmp_path / 'nowhere'}: no such folder\n")


@pytest.mark.parametrize(
    ("verb", "given", "what"),
    [
        ("sweep", "two_coasts", "geography: makes this a world"),
        ("sweep", "two_coasts_closure", "extends: makes this a world"),
        ("sweep", "games/inspection", "game: makes this a game"),
        ("sweep", "calibrations/two_coasts", "targets: makes this a calibration"),
        ("calibrate", "two_coasts", "geography: makes this a world"),
        ("calibrate", "sweeps/scanning", "parameters: makes this a sweep"),
    ],
)
def test_a_file_that_is_no_study_of_that_kind_is_refused_in_one_line(capsys, tmp_path, verb, given, what):
    code, out, talk = said(capsys, verb, given, "--out", str(tmp_path / "folder"))
    wanted = "sweep" if verb == "sweep" else "calibration"
    assert (code, out) == (3, "")
    assert talk.endswith(f"  {what}, and here a {wanted} is asked for, which names a world under `scenario`.\n")
    assert talk.count("\n") == 1
    assert not (tmp_path / "folder").exists()
