"""The command line: one verb for each thing that one does with a scenario."""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim import analysis_verbs, study_verbs, sweep_verbs
from sim.command import (
    DONE,
    FAILED,
    INTERRUPTED,
    INVALID,
    USAGE,
    AsJson,
    Days,
    Force,
    InMode,
    Out,
    Quiet,
    ScenarioFile,
    Seed,
    Sets,
    Threads,
    app,
    as_text,
    bold,
    loaded,
    say,
    say_left_out,
    tell,
    verb,
)  # fmt: skip

if TYPE_CHECKING:
    from sim.games.contest import Contest
    from sim.scenario.mistakes import Mistake
    from sim.scenario.scenario import Scenario

_UsageError: Any = typer.BadParameter.__base__
"""The base of everything that typer calls wrong usage; it has no public name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments, or those of the process; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # no terminal is so poor that a message fails
    gc.disable()  # nothing to collect in a verb that reads and answers; those that compute turn it on again
    atexit.register(gc.freeze)  # nor in leaving: the system takes back all memory at once
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some takes time; none has a say here
    try:
        code = app(args=None if arguments is None else list(arguments), prog_name="chokepoint", standalone_mode=False)
    except _UsageError as wrong:
        from sim.scenario.mistakes import harmless

        path = wrong.ctx.command_path if wrong.ctx is not None else "chokepoint"
        told = harmless(wrong.format_message().replace("Value error, ", ""), most=240).rstrip(".")
        say(f"{path}: {told}{'' if told.endswith('?') else '.'} `{path} --help` tells how to use it.")
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    finally:
        gc.enable()
    return code if isinstance(code, int) else DONE


def _either(scenario: str, sets: list[str] | None, **options: Any) -> Scenario | Contest:
    from sim.scenario.load import load_either

    return load_either(scenario, overrides=sets or (), **options)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Simulate maritime smuggling and what governments do against it, for policy analysis."""
    if not version:
        if context.invoked_subcommand is None:
            tell(context.get_help())
            raise typer.Exit(USAGE)
    else:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as version_of

        try:
            tell(f"chokepoint {version_of('chokepoint')}")
        except PackageNotFoundError:
            tell("chokepoint, not installed")
        raise typer.Exit


@verb
def run(
    scenario: ScenarioFile,
    out: Out = None,
    seed: Seed = None,
    replicates: Annotated[
        int | None, typer.Option(min=1, help="Runs with luck of their own; 1 when not given, in a game what it says.")
    ] = None,
    days: Days = None,
    sets: Sets = None,
    mode: InMode = "micro",
    threads: Threads = None,
    force: Force = False,
    whole: Annotated[bool, typer.Option("--all", help="Print all totals, not the main ones alone.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Run a scenario and write its results, or play a game and say what it came to."""
    late: list[str] = []
    found = _either(  # refused before heavy imports
        scenario, sets, seed=seed, days=days, replicates=replicates, late=late.extend
    )  # fmt: skip
    say_left_out(late, quiet)
    gc.enable()
    from sim.scenario.scenario import Scenario

    if not isinstance(found, Scenario):
        from sim.study.play import play_command

        given = {"--mode": mode != "micro", "--threads": threads is not None, "--all": whole}
        if idle := [option for option, is_given in given.items() if is_given]:
            say(f"chokepoint: a game takes no {', '.join(idle)}. Leave out what is for worlds.")
            return USAGE
        if force and out is None:
            say("chokepoint: a game is written only where --out says, so there is nothing to --force.")
            return USAGE
        return play_command(found, out, force, as_json, quiet)
    from sim.study.run import run_command

    place = out or Path("runs") / Path(scenario).stem
    return run_command(found, place, replicates or 1, mode, threads or 1, force, whole, as_json, quiet)


verb(study_verbs.compare, goes_on=True)
verb(study_verbs.portfolio, goes_on=True)
verb(analysis_verbs.calibrate, goes_on=True)
verb(analysis_verbs.sensitivity)
verb(analysis_verbs.discover)
for _verb in (sweep_verbs.sweep, sweep_verbs.chunk, sweep_verbs.status, sweep_verbs.collect):
    verb(_verb)


@verb
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of results.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="The page to write.")] = None,
    comparison: Annotated[
        Path | None,
        typer.Option("--comparison", metavar="DIR", help="A folder of `compare --out`: tells what can be detected."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Make one page with figures and maps of a folder of results, of a run or of a comparison."""
    gc.enable()
    from sim.report.page import report_command

    return report_command(folder, out, force, quiet, comparison)


@verb
def verify(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of results.")],
    quiet: Quiet = False,
) -> int:
    """Check that results are byte for byte what a run or a sweep wrote."""
    gc.enable()
    from sim.study.verify import verify as problems_of
    from sim.sweep.checking import is_sweep_folder
    from sim.sweep.checking import problems as problems_of_sweep

    found = [
        problem
        for folder in folders
        for problem in (problems_of_sweep(folder) if is_sweep_folder(folder) else problems_of(folder))
    ]
    for problem in found:
        say(f"chokepoint: {problem}")
    if not found and not quiet:
        tell(f"{', '.join(map(str, folders))}: as written")
    return FAILED if found else DONE


@verb
def validate(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Scenarios, games, sweeps or calibrations: files, or names of shipped ones."
        ),
    ],
    sets: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Check scenarios, sweeps and calibrations: every mistake of them, each in a line with file, line and column."""
    from sim.scenario.mistakes import InvalidScenario, harmless

    mistakes: list[Mistake] = []
    for scenario in scenarios:
        try:
            title = _title(scenario, sets)
        except InvalidScenario as invalid:
            mistakes += invalid.mistakes
        else:
            if not (quiet or as_json):
                tell(f"{harmless(scenario, most=240)}: valid, {title}")
    if as_json:
        tell(as_text({"valid": not mistakes, "mistakes": [_fields(mistake) for mistake in mistakes]}))
    elif mistakes:
        raise InvalidScenario(mistakes)
    return INVALID if mistakes else DONE


def _title(file: str, sets: list[str] | None) -> str:
    """The title of a file that is valid."""
    from sim.scenario.load import study_in
    from sim.scenario.mistakes import InvalidScenario, Mistake, Place, harmless

    study = study_in(file)
    if study is None:
        return _either(file, sets).title
    if sets:
        text = f"is for worlds and games, and {harmless(file, most=240)} is a {study}. Change the value in the file."
        raise InvalidScenario([Mistake(*Place(f"--set {harmless(sets[0], most=120)}"), "", text)])
    if study == "calibration":
        from sim.analysis.calibration_file import read_calibration

        return read_calibration(file).plan.title
    from sim.sweep.asked import read_sweep

    return read_sweep(file).file.title


def _fields(mistake: Mistake) -> dict[str, Any]:
    return {name: getattr(mistake, name) for name in ("file", "line", "column", "path", "text")}


@verb
def describe(scenario: ScenarioFile, sets: Sets = None, as_json: AsJson = False) -> int:
    """Tell a scenario back in plain words, with every number in force, its source, and what is assumed."""
    from sim.scenario.describe import describe as told
    from sim.scenario.describe import quantities

    found = _either(scenario, sets)
    if as_json:
        tell(as_text([_number(*entry) for entry in quantities(found)]))
    else:
        tell(told(found, width=min(shutil.get_terminal_size((100, 24)).columns, 120)).rstrip("\n"))
    return DONE


def _number(path: str, number: Any, label: str) -> dict[str, Any]:
    return {"path": path, "label": label, **number.as_mapping(), "assumed": number.assumed}


@verb
def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="A file to write instead.")] = None,
    sweep: Annotated[bool, typer.Option("--sweep", help="That of sweep files.")] = False,
    force: Force = False,
) -> int:
    """Print the JSON Schema of scenario files, or of sweep files, for editors that check as one types."""
    if sweep:
        from sim.sweep.schema import schema_text
    else:
        from sim.scenario.schema import schema_text

    text = schema_text()
    if out is None:
        tell(text.rstrip("\n"))
    else:
        try:
            with out.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            return _is_there(out)
        say(f"wrote {out}")
    return DONE


@verb
def new(
    name: Annotated[str, typer.Argument(metavar="NAME.yaml", help="The file to write.")],
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Write a commented scenario to start from."""
    from sim.scenario.mistakes import harmless
    from sim.scenario.scaffold import scaffold

    try:
        written = harmless(str(scaffold(name, force=force)), most=240)
    except FileExistsError as there:
        return _is_there(there.filename)
    except ValueError:
        say(f"chokepoint: {harmless(name)} is not a file name.")
        return USAGE
    if not quiet:
        say(f"wrote {written}; next: chokepoint describe {shlex.quote(written)}")
    return DONE


def _is_there(file: str | Path) -> int:
    """Refuse to write over a file; returns the exit code."""
    from sim.scenario.mistakes import harmless

    say(f"chokepoint: {harmless(str(file), most=240)} is there already. Give another name, or --force.")
    return USAGE


@verb
def policies(
    scenario: Annotated[str | None, typer.Argument(metavar="SCENARIO", help="With the kinds of its own.")] = None,
    as_json: AsJson = False,
) -> int:
    """List the kinds of policies with their fields, units and defaults."""
    from sim.scenario.kinds import policy_kinds

    kinds = policy_kinds(loaded(scenario, None).policies_from if scenario is not None else None)
    if as_json:
        tell(as_text([kind.as_mapping() for kind in kinds]))
        return DONE
    for kind in kinds:
        tell(f"{bold(kind.name)}: {kind.purpose}")
        for field in kind.fields:
            tell(f"  {field}")
    return DONE


@verb
def list_(as_json: AsJson = False) -> int:
    """List the shipped scenarios, games, sweeps and calibrations."""
    from sim.scenario.shipped import titles

    found = titles()
    if as_json:
        tell(as_text([{"name": name, "title": title, "question": question} for name, title, question in found]))
    else:
        width = max((len(name) for name, _, _ in found), default=0)
        for name, title, question in found:
            tell(f"{bold(name)}{' ' * (width - len(name))}  {title}: {question}")
    return DONE
