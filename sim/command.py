"""What all verbs of the command line are made with: the command, its exit codes, and options that they share."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sim.terms import ControlMode

if TYPE_CHECKING:
    from sim.scenario.load import Late
    from sim.scenario.scenario import Scenario

DONE, FAILED, USAGE, INVALID, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: all went well, the run failed, wrong usage, the scenario is invalid, interrupted. A sweep that is
asked to end leaves with 128 and the number of the signal."""

app = typer.Typer(
    name="chokepoint",
    help="Simulate maritime smuggling and what governments do against it, for policy analysis.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 invalid scenario, 130 interrupted, 143 ended.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a shipped one.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder for the results.")]
Seed = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="Another root of all luck than the scenario's.")]
Days = Annotated[
    int | None,
    typer.Option(min=1, max=36525, help="Another number of days; what starts after them is left out."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Replace a value, as in customs.imports.scan_share=0.05; can be given again.",
    ),
]
InMode = Annotated[
    ControlMode,
    typer.Option("--mode", help="micro: every legal container by itself; thinned: clean ones in aggregate, same law."),
]
Threads = Annotated[int | None, typer.Option(min=1, help="Threads of the compiled code; of replicates, processes.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Processes; results do not depend on them. All cores, if there is much."),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Brief = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what it comes to, and errors.")]
"""The same for verbs whose answer is what one asks them for, with a folder or without."""


def verb(action: Callable[..., int], *, goes_on: bool = False) -> Callable[..., NoReturn]:
    """A command whose result is the exit code, and whose foreseeable troubles are told in one line each.

    goes_on: with a folder for its results it keeps what is done, and is taken up there by the same command.
    """

    @functools.wraps(action)
    def guarded(*args: Any, **options: Any) -> NoReturn:
        kept = options.get("out") if goes_on else None
        raise typer.Exit(_guarded(functools.partial(action, *args, **options), kept))

    app.command(action.__name__.rstrip("_"))(guarded)
    return guarded


def _guarded(action: Callable[[], int], kept: Path | None = None) -> int:
    from sim.scenario.mistakes import InvalidScenario

    try:
        return action()
    except InvalidScenario as invalid:
        say(str(invalid))
        return INVALID
    except KeyboardInterrupt:
        say("interrupted" + (f"; the same command goes on with what is in {kept}" if kept is not None else ""))
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as wrong:
        from sim.scenario.mistakes import harmless

        where = f"{harmless(str(wrong.filename), most=240)}: " if wrong.filename is not None else ""
        say(f"chokepoint: {where}{wrong.strerror or type(wrong).__name__}")
        return FAILED


def say(text: str) -> None:
    """Talk goes to the error stream, so that data can be piped."""
    print(text, file=sys.stderr)  # noqa: T201


def tell(text: str) -> None:
    """Data goes to the output."""
    print(text, flush=True)  # noqa: T201


def bold(text: str) -> str:
    """A text as a terminal sets it apart, where there is one."""
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return text if plain else f"\033[1m{text}\033[0m"


def as_text(data: Any) -> str:
    """Data as JSON for people and programs."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def loaded(
    scenario: str,
    sets: list[str] | None,
    seed: int | None = None,
    days: int | None = None,
    late: Late | None = None,
) -> Scenario:
    """The scenario of a file, or the shipped one of that name, with values set from outside."""
    from sim.scenario.load import load

    return load(scenario, overrides=sets or (), seed=seed, days=days, late=late)


def say_left_out(late: Sequence[str], quiet: bool) -> None:
    """Name what starts after the last day, where there is anything."""
    if late and not quiet:
        from sim.scenario.load import left_out

        say(left_out(late))
