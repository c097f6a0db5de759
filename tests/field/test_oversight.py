"""What the literature on proportionate and equal control expects of inspection."""

import numpy as np
import pytest
from scipy import stats

from sim.kernels.boxes import ARRIVED, OPENED, OPENED_OF, SCANS_OF
from sim.model import SmugglingModel
from sim.scenario.scenario import Scenario
from sim.study.proportion import equality
from sim.study.run import live
from tests.field.pairs import SURE, told
from tests.promises.worlds import world

PAIRS = 30
DAYS = 60
CAP = 0.0005
SUSPECT = "customs.known_origins={XA: 1.5}"


def at_import(model: SmugglingModel, what: int) -> tuple[np.ndarray, np.ndarray]:
    """Boxes at import controls by country of origin; and those of them to which something was done."""
    ends, controls = model.treatment.far_ends, model.checkpoints.n_ports
    into = [row for row in range(controls) if model.checkpoints.kind[row] == "import"]
    arrived = model.chronicle.tally[:, :, ARRIVED].sum(axis=0)
    months = model.treatment.months
    boxes = (arrived[:, None] * months[0].shares)[into, : len(ends)].sum(axis=0)
    done = sum(month.counted[what] for month in months)[into, : len(ends)].sum(axis=0)
    return boxes[boxes > 0], done[boxes > 0]


def lived(plan: Scenario, mode: str = "thinned") -> list[SmugglingModel]:
    return [live(plan, replicate=number, mode=mode) for number in range(PAIRS)]


def opened_of_suspects(model: SmugglingModel) -> float:
    """Boxes opened per 1,000 of the suspect origin, above those of all others."""
    (suspect, others) = (1, 0) if model.treatment.far_ends.index("XA") else (0, 1)
    boxes, opened = at_import(model, OPENED_OF)
    return 1000 * (opened[suspect] / boxes[suspect] - opened[others] / boxes[others])


@pytest.fixture(scope="module")
def targeted() -> list[SmugglingModel]:
    return lived(world(SUSPECT, days=DAYS))


def test_targeting_by_origin_opens_more_of_the_boxes_of_suspect_origins(targeted):
    """Who is searched follows from what is believed of groups, whether or not the person is guilty: statistical
    discrimination (Knowles, Persico and Todd 2001, Journal of Political Economy 109; Harcourt 2007, Against
    prediction)."""
    plain = lived(world("customs.known_origins={}", days=DAYS))
    more = told(
        [opened_of_suspects(one) - opened_of_suspects(other) for one, other in zip(targeted, plain, strict=True)]
    )
    assert more.above < SURE, more


def test_a_cap_on_opened_boxes_bounds_what_falls_on_suspect_origins(targeted):
    """Proportionality: a limit on the means bounds the burden (Article 5 of the Treaty on European Union; WTO Trade
    Facilitation Agreement 2013, Article 7.4, risk management without arbitrary discrimination)."""
    capped = lived(world(SUSPECT, f"oversight={{most_opened: {CAP}}}", days=DAYS))
    less = told(
        [opened_of_suspects(one) - opened_of_suspects(other) for one, other in zip(capped, targeted, strict=True)]
    )
    assert less.below < SURE, less
    for one in capped:
        tally = one.chronicle.tally.sum(axis=0)
        assert (tally[:, OPENED] <= 1.5 * CAP * tally[:, ARRIVED] + 1).all()


def test_random_selection_falls_on_all_origins_alike():
    """Blind choice has no groups: scans by origin are those of a fair lot at each control (chi-squared).

    Days are alike here: else more boxes of a group come on days on which each is chosen less often.
    """
    even = ("trade.weekday=[1, 1, 1, 1, 1, 1, 1]", "trade.season=0", SUSPECT, "customs.posts={}")
    lots = world("customs.imports.protocol=random", "customs.exports.protocol=random", *even, days=DAYS)
    found = [at_import(live(lots, replicate=number), SCANS_OF) for number in range(4)]
    boxes, scanned = (np.sum(part, axis=0) for part in zip(*found, strict=True))
    fair = boxes / boxes.sum() * scanned.sum()
    assert stats.chisquare(scanned, fair).pvalue > 0.01, (scanned, fair)
    chosen = equality(*at_import(live(world(*even, days=DAYS)), SCANS_OF))
    assert equality(boxes, scanned).gini < 0.1 * chosen.gini
