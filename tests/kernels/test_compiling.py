"""Compiled code on disk: never stale, never somebody else's, and never a reason not to start."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from sim.kernels import compiling

SOURCE = Path(compiling.__file__)
CALLER = """
from sim.kernels.compiling import jit
from sim.kernels.callee import step

@jit
def answer(x):
    return step(x) + 1

def warm():
    answer(1)
"""
CALLEE = """
from sim.kernels.compiling import jit

@jit
def step(x):
    return x + {step}
"""
ASK = "from sim.kernels.caller import answer; print(answer(1))"


@pytest.fixture
def house(tmp_path):
    """A package with two small kernels, one of which calls the other, and a home of its own."""
    package = tmp_path / "src" / "sim" / "kernels"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").touch()  # a package of its own, whatever is installed
    (package / "compiling.py").write_bytes(SOURCE.read_bytes())
    (package / "caller.py").write_text(CALLER)
    (package / "callee.py").write_text(CALLEE.format(step=5))
    return tmp_path


def run(house, *arguments, where="src", **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA", "XDG"))}
    homes = {"HOME": str(house / "home"), "LOCALAPPDATA": str(house / "home"), "TMPDIR": str(house)}
    told = subprocess.run(
        [sys.executable, *arguments], cwd=house / where, capture_output=True, text=True, check=True,
        env={**kept, **homes, "PYTHONPATH": str(house / "src"), **environment},
    )  # fmt: skip
    return told.stdout.strip(), told.stderr.strip()


@pytest.fixture
def asked_afresh(monkeypatch):
    """Forget where the cache is, and what was warned of, before and after."""
    compiling.cache_folder.cache_clear()
    monkeypatch.setattr(compiling, "_WARNED", [])
    yield
    compiling.cache_folder.cache_clear()


def test_a_changed_callee_in_another_file_never_leaves_old_machine_code_running(house):
    assert run(house, "-c", ASK) == ("7", "")
    assert run(house, "-c", ASK) == ("7", "")
    (house / "src" / "sim" / "kernels" / "callee.py").write_text(CALLEE.format(step=6))
    assert run(house, "-c", ASK) == ("8", "")


def test_kernels_are_compiled_ahead_and_known_to_be(house):
    ask = "import sys; from sim.kernels.compiling import compiled_before as c; print(c(), 'numba' in sys.modules)"
    assert run(house, "-c", ask) == ("False False", "")
    line, warnings = run(house, "-m", "sim.kernels.compiling")
    assert line.startswith("kernels ready in ")
    assert Path(line.rpartition("kept in ")[2]).parent.name == "chokepoint"
    assert (len(line.splitlines()), warnings) == (1, "")
    assert run(house, "-c", ask) == ("True False", "")
    assert not list((house / "src").rglob("*.nb?")), "machine code lies beside the sources"


def test_the_same_code_in_another_place_has_a_folder_of_its_own_and_is_known_to_be_without_machine_code(house):
    ask = "from sim.kernels.compiling import cache_folder as f, compiled_before as c; print(f().name, c())"
    run(house, "-m", "sim.kernels.compiling")
    shutil.copytree(house / "src", house / "moved" / "src")
    places = (str(house / place) for place in ("src", "moved/src"))
    there, moved = (run(house, "-P", "-c", ask, PYTHONPATH=place)[0].split() for place in places)
    assert (there[1], moved[1]) == ("True", "False")
    assert there[0] != moved[0]


def test_whoever_has_a_folder_called_sim_can_compile_beside_it(house):
    (house / "mine" / "sim").mkdir(parents=True)
    (house / "mine" / "sim" / "__init__.py").touch()
    run(house, "-P", "-c", "from sim.kernels.compiling import prepare; prepare()", where="mine")
    assert len(list((house / "home").rglob("*.nbi"))) == 2


def test_a_kernel_that_cannot_be_compiled_is_not_passed_over(house):
    with (house / "src" / "sim" / "kernels" / "callee.py").open("a") as file:
        file.write("\ndef warm():\n    step('no number')\n")
    with pytest.raises(subprocess.CalledProcessError) as told:
        run(house, "-m", "sim.kernels.compiling")
    assert "TypingError" in told.value.stderr


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize("thinned", [False, True])
def test_each_kernel_is_compiled_by_one_process(workers, thinned):
    asked = [name for names in compiling._work(compiling.modules(), workers, thinned=thinned) for name in names]
    assert sorted(asked) == [name for name in compiling.modules() if thinned or name != "thinned"]


def test_numba_cache_dir_says_where(house):
    run(house, "-c", ASK, NUMBA_CACHE_DIR=str(house / "elsewhere"))
    assert list((house / "elsewhere").rglob("*.nbi"))
    assert not (house / "home").exists()


def test_a_home_that_cannot_be_written_costs_one_line_and_not_the_run(house):
    (house / "home").write_text("not a folder")
    answer, warning = run(house, "-c", ASK)
    assert answer == "7"
    assert len(warning.splitlines()) == 1
    assert f"{house}{os.sep}chokepoint" in warning
    private = next(house.glob("chokepoint*"))
    assert list(private.rglob("*.nbi"))
    assert os.name == "nt" or private.stat().st_mode & 0o777 == 0o700


def test_python_can_run_the_kernels_without_compiling_them(house):
    assert run(house, "-c", ASK, NUMBA_DISABLE_JIT="1") == ("7", "")
    assert not (house / "home").exists()


def test_looking_into_the_package_loads_no_compiler(checkout):
    ask = "import sim.kernels, sim.kernels.compiling, sys; print('numba' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", ask], cwd=checkout, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


@pytest.mark.usefixtures("asked_afresh")
def test_with_nowhere_to_write_kernels_still_run(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(compiling, "_places", lambda: iter([tmp_path / "file" / "a", tmp_path / "file" / "b"]))
    assert compiling.jit(lambda x: x + 1)(1) == 2
    assert compiling.jit(lambda x: x + 2)(1) == 3
    assert not compiling.compiled_before()
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows gives each user a temporary folder")
@pytest.mark.usefixtures("asked_afresh")
@pytest.mark.parametrize("trap", ["another user's", "open to all", "a link"])
def test_a_folder_that_somebody_else_could_fill_is_refused(trap, monkeypatch, tmp_path, capsys):
    folder = tmp_path / "cache"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    monkeypatch.setattr(compiling.tempfile, "tempdir", str(tmp_path / "temporary"))
    ours, me = compiling.cache_folder(), os.getuid()
    compiling.cache_folder.cache_clear()
    if trap == "another user's":
        monkeypatch.setattr(os, "getuid", lambda: me + 1)
    elif trap == "open to all":
        ours.chmod(0o777)
    else:
        ours.rename(tmp_path / "theirs")
        ours.symlink_to(tmp_path / "theirs")
    assert compiling.cache_folder() != ours
    assert "can be changed by another user" in capsys.readouterr().err


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_numbas_own_folder_is_left_to_others():
    before = numba.config.CACHE_DIR
    compiling.jit(lambda x: x)
    assert before == numba.config.CACHE_DIR


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_kernels_are_compiled_without_fast_maths_and_let_others_run():
    options = compiling.jit(lambda x: x).targetoptions
    assert (options["fastmath"], options["nogil"], options["error_model"]) == (False, True, "numpy")
