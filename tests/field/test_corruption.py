"""What the literature says of corruption in ports."""

import numpy as np
import pytest

from sim.model import SmugglingModel
from sim.study.run import live
from sim.world.lanes import diverted
from tests.field.pairs import SURE, told
from tests.promises.worlds import BUSY, world

pytestmark = pytest.mark.slow

PAIRS = 30
BOUGHT = "nordhaven"
HONEST, CHEAP = "1e6", "0.01"
"""Bribes that inspectors would take, in years of their wage: none that anybody offers, and any."""
ALONE = (
    *BUSY,
    "organisations={one: {name: One group, count: 1, areas: [highlands]}}",
    "customs.imports.tip=0", "customs.exports.tip=0", "commodities.cocaine.kg_half=10",
    "customs.corruption.approach=0.2", "customs.corruption.most_insiders=4",
    *(f"customs.{side}.{what}" for side in ("imports", "exports")
      for what in ("audits_per_year=0", f"integrity_wages={HONEST}")),
)  # fmt: skip
"""One organisation, so that nobody else bids; scans that show what they scan; no audits."""
AWARE = 60
"""Days after which it has had time to notice."""


def port_where(wages: str, replicate: int) -> SmugglingModel:
    """Some months with inspectors of one port who ask so much."""
    post = f"customs.posts={{{BOUGHT}: {{imports: {{scan_share: 0.3, analysts: 4, integrity_wages: {wages}}}}}}}"
    return live(world(*ALONE, post, days=200), replicate=replicate, mode="thinned")


@pytest.fixture(scope="module")
def pairs() -> list[tuple[SmugglingModel, SmugglingModel]]:
    """The same luck with inspectors who can be bought at one port, and without."""
    return [(port_where(CHEAP, number), port_where(HONEST, number)) for number in range(PAIRS)]


def sent_kg(model: SmugglingModel) -> tuple[float, float]:
    """Towards the port, and towards everywhere else, once the organisation may have noticed."""
    loads, arrival = model.cargo.rows[:], np.array(list(model.cargo.columns(model.passage.legs)["arrival"]))
    late, here = loads["planned"] >= AWARE, arrival == BOUGHT
    return tuple(int(loads["grams"][late & side].sum()) / 1000 for side in (here, ~here))


def test_collusive_corruption_attracts_what_is_illicit(pairs):
    """More is sent through the port whose inspectors take bribes, less elsewhere: collusion lowers the cost of those
    who bribe (Sequeira and Djankov 2010, An empirical study of corruption in ports)."""
    moved = [np.subtract(sent_kg(bought), sent_kg(honest)) for bought, honest in pairs]
    here, elsewhere = told([port for port, _ in moved]), told([others for _, others in moved])
    assert here.above < SURE, here
    assert elsewhere.below < SURE, elsewhere


def test_bought_inspectors_let_their_principal_pass_and_are_paid_for_it(pairs):
    """A smaller share of what comes to the port is found there, and bribes raise an official's pay several times over
    (by up to 600 %: Sequeira and Djankov 2008, On the waterfront)."""

    def found(model: SmugglingModel) -> float:
        row = model.checkpoints.row(BOUGHT, "import")
        return model.chronicle.seized_g[:, row].sum() / model.chronicle.contraband_g[:, row].sum()

    fewer = told([found(bought) - found(honest) for bought, honest in pairs])
    assert fewer.below < SURE, fewer
    for bought, honest in pairs:
        row, wage = (
            bought.checkpoints.row(BOUGHT, "import"),
            float(bought.plan.geography.communities.legal_wage_destination),
        )
        assert 1.0 <= bought.integrity.offers[row] / wage <= 6.0
        assert sum(bought.chronicle.daily["bribes_cents"]) > 0 == sum(honest.chronicle.daily["bribes_cents"])


def test_coercive_corruption_diverts_legal_trade_to_the_cleaner_port_of_the_region():
    """Bribes of 14 % of the cost of shipping, as at the worse of two ports (Sequeira and Djankov 2008), cost it
    1 - 1.14^-2.5 = 28 % of its trade against its neighbour's, which takes up all of that; ports elsewhere keep theirs.

    The elasticity of trade with respect to transport costs is about -2.5 (Limao and Venables 1999).
    """
    clean, coerced = world(), world("trade.extortion={nordhaven: 0.14}")
    names = list(clean.ports())
    before, after = (dict(zip(names, diverted(plan.ports(), plan.trade), strict=True)) for plan in (clean, coerced))
    ratio = {name: after[name] / before[name] for name in names}
    assert ratio["nordhaven"] / ratio["westmole"] == pytest.approx(1.14**-2.5)
    assert ratio["nordhaven"] < 1.0 < ratio["westmole"]
    assert after["nordhaven"] + after["westmole"] == pytest.approx(before["nordhaven"] + before["westmole"])
    assert (ratio["costa_alta"], ratio["puerto_sereno"]) == (1.0, 1.0)
    boxes = [SmugglingModel(plan).lanes.boxes_by_port() for plan in (clean, coerced)]
    assert boxes[1]["nordhaven"] < boxes[0]["nordhaven"]
    assert boxes[1]["westmole"] > boxes[0]["westmole"]


def test_bribes_that_are_asked_everywhere_divert_nothing():
    clean, coerced = world(), world("trade.extortion={NORTH: 0.14}")
    assert diverted(coerced.ports(), coerced.trade) == pytest.approx(diverted(clean.ports(), clean.trade))
    own = world("trade.extortion={NORTH: 0.14, XB: 0.1, nordhaven: 0}")
    here = list(own.ports()).index("nordhaven")  # its own entry outranks its country's, which outranks its region's
    assert diverted(own.ports(), own.trade)[here] > diverted(clean.ports(), clean.trade)[here]
