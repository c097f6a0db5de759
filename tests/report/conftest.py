"""Made-up runs that the tests of figures and pages share."""

import pytest

import sim
from sim.report.page import build
from sim.study.compare import compare
from tests.report import made_up


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A run of 500 days with two policies."""
    return made_up.run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="session")
def calm(tmp_path_factory):
    """A short run without policies."""
    return made_up.run(tmp_path_factory.mktemp("runs") / "calm", days=90, policies=False)


@pytest.fixture(scope="session")
def idle(tmp_path_factory):
    """Two days in which nothing moves."""
    made = made_up.tables(2, policies=False)
    made["consignments"] = {name: values[:0] for name, values in made["consignments"].items()}
    made["cases"] = {name: values[:0] for name, values in made["cases"].items()}
    still = [place for place, event in enumerate(made["events"]["event"]) if event == "produced"]
    made["events"] = {name: [values[place] for place in still] for name, values in made["events"].items()}
    moved = ("dispatched_g", "seized_g", "lost_g", "delivered_g", "consumed_g", "in_transit_g", "market_stock_g")
    made["daily"] |= {name: [0, 0] for name in moved}
    folder = tmp_path_factory.mktemp("runs") / "idle"
    return made_up.run(
        folder, days=2, policies=False, tables=made, kpis=made_up.kpis(made_up.tables(2, policies=False))
    )


@pytest.fixture(scope="session")
def page_of(results, calm, idle):
    """The page of a made-up run by its name, built once."""
    runs, built = {"results": results, "calm": calm, "idle": idle}, {}

    def page(name):
        if name not in built:
            built[name] = build(runs[name])
        return built[name]

    return page


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """Where the comparison is kept."""
    return tmp_path_factory.mktemp("comparisons") / "study"


@pytest.fixture(scope="session")
def study(kept):
    """Four months with scanning, with patrols from March on, and once more without any policy."""
    plain = sim.load("two_coasts", days=120).without_policies()
    screened = plain.with_policy("high_risk_screening", ports=["nordhaven"], start="2025-02-01")
    patrols = plain.with_policy("joint_patrols", zones=["middle_sea"], units=8, start="2025-03-01")
    names = ["no policy", "screened", "patrols", "again"]
    return compare(plain, screened, patrols, plain, names=names, replicates=3, folder=kept)
