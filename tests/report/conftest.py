"""Made-up runs that the tests of figures and pages share."""

import pytest

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
