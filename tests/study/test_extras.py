"""Extras: what is missing is named, with the extra that brings it."""

import sys
import tomllib

import pytest

from sim.study import extras


@pytest.mark.parametrize(
    ("needed", "module", "library", "extra"),
    [
        (extras.workbench, "ema_workbench", "the EMA Workbench", "analysis"),
        (lambda: extras.salib("sample.sobol"), "SALib.sample.sobol", "SALib", "analysis"),
        (extras.pyabc, "pyabc", "pyABC", "analysis"),
        (extras.xarray, "xarray", "xarray", "readers"),
        (extras.distributed, "dask_jobqueue", "Dask", "cluster"),
    ],
)
def test_what_is_missing_is_told_with_the_extra_that_brings_it(needed, module, library, extra, monkeypatch, checkout):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(extras.MissingExtra) as missing:
        needed()
    assert str(missing.value) == f"this needs {library}, which is not installed; pip install 'chokepoint[{extra}]'"
    known = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert extra in known


def test_a_module_of_an_extra_is_the_one_that_was_asked_for():
    assert extras.extra("analysis", "one of the library's own", "json.decoder", "json") is sys.modules["json.decoder"]
