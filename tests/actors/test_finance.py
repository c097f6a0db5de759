"""Money on its way home: who brings it, what it costs, who traces it, and what becomes of it."""

import math

import numpy as np
import pytest

from sim.kernels.docket import CLOSED, CONVICTED, OPEN
from sim.kernels.tracing import FROZEN, TRANSFER, move
from sim.model import SmugglingModel
from sim.world.ledger import BooksDoNotBalance
from tests.promises.worlds import world


def model_of(*settings: str) -> SmugglingModel:
    return SmugglingModel(world(*settings, days=400))


def market_of(model: SmugglingModel) -> str:
    return next(iter(model.markets))


def sent(model: SmugglingModel, usd: float = 1e6, times: int = 1) -> None:
    cartel = model.cartels[0]
    for _ in range(times):
        cartel.paid(usd, model.commodity, market_of(model))


def a_day(rows: np.ndarray, looks: list[float], link: np.ndarray, traced: float, day: int = 1) -> int:
    """Move all transfers for a day; returns how many are traced."""
    n = len(rows)
    left, _ = move(
        day, rows, np.arange(n), n, np.array(looks), link, traced, np.uint64(7), np.zeros(2, np.int64), np.zeros(n, int)
    )
    assert left == (rows["status"] == 0).sum()
    return int((rows["status"] == FROZEN).sum())


def transfers(n: int, market: int, home: int) -> np.ndarray:
    rows = np.zeros(n, TRANSFER)
    rows["key"], rows["due"], rows["market"], rows["home"] = np.arange(n) * 977 + 5, 50, market, home
    rows["traced"] = -1
    return rows


def test_looks_are_shared_out_among_all_transfers_that_pass_a_state():
    n, link = 200_000, np.eye(2)
    found = a_day(transfers(n, 0, 0), [0.2 * n, 0.0], link, 0.5)
    expected = 1 - math.exp(-0.1)
    assert found / n == pytest.approx(expected, abs=5 * math.sqrt(expected / n))


@pytest.mark.parametrize("abroad", [0.0, 0.3, 1.0])
def test_across_a_border_a_unit_keeps_a_share_of_its_rate(abroad):
    n, link = 200_000, np.array([[1.0, abroad], [abroad, 1.0]])
    rows = transfers(n, 0, 1)
    found = a_day(rows, [0.2 * n, 0.1 * n], link, 0.5)
    expected = 1 - math.exp(-abroad * (0.1 + 0.05))
    assert found / n == pytest.approx(expected, abs=5 * math.sqrt((expected + 1e-9) / n))
    if found:
        assert (rows["state"][rows["status"] == FROZEN] == 0).mean() == pytest.approx(2 / 3, abs=0.02)


def test_what_is_due_is_at_home_and_is_not_looked_into():
    assert a_day(transfers(100, 0, 0), [1e9, 1e9], np.eye(2), 1.0, day=50) == 0


def test_frozen_money_is_gone_at_once_and_comes_back_only_without_a_conviction():
    for outcome, comes_back in ((CONVICTED, False), (OPEN + 1, True)):
        model = model_of("money.traced=1", "money.tracing.looks_per_day=5", "money.tracing.abroad=0.9")
        sent(model, times=3)
        model.day += 1
        before = model.cartels[0].capital_cents
        model.finance.move(model.in_force)
        books, cases = model.finance.books, model.justice.cases
        assert books.accounts["frozen"] == 300_000_000
        assert model.cartels[0].capital_cents == before
        books.close(model.day)
        held = books.rows["case"].tolist()
        assert (cases["kind"][held] == 3).all()
        cases["stage"][held], cases["outcome"][held] = CLOSED, outcome
        model.day = 7
        model.finance.move(model.in_force)
        books.close(model.day)
        assert model.cartels[0].capital_cents - before == 300_000_000 * comes_back
        assert books.accounts["confiscated"] == 300_000_000 * (not comes_back)


def test_whoever_freezes_money_learns_whose_it_was():
    """By the odds that tracing is given, in the state that traced it and in no other."""
    model = model_of("money.traced=1", "money.tracing.looks_per_day=5", "money.tracing.abroad=0.9",
                     "intelligence.tracing=12")  # fmt: skip
    sent(model)
    model.day += 1
    model.finance.move(model.in_force)
    state = int(model.finance.books.rows["state"][0])
    known = [model.intelligence.about_organisation(0, row) for row in range(len(model.states))]
    assert known[state] == pytest.approx(math.log(12.0))
    assert sum(known) == known[state]


def test_who_is_found_out_asks_for_more_or_closes():
    model = model_of("money.brokers.closes=0", "money.brokers.dearer=0.5", "money.brokers.calms=0.2")
    broker = model.finance.brokers[0]
    first = broker.fee
    broker.expose()
    assert broker.fee == pytest.approx(1.5 * first)
    broker.calm()
    assert broker.fee == pytest.approx(1.4 * first)
    model = model_of("money.brokers.closes=0.5", "money.brokers.successor_days=14")
    broker = model.finance.brokers[0]
    while broker.back_on < 0:
        broker.expose()
    model.day = 13
    model.finance.move(model.in_force)
    assert model.finance.brokers[0] is broker
    model.day = 14
    model.finance.move(model.in_force)
    assert model.finance.brokers[0].name == "financial broker 1.2"
    assert model.finance.closed == 1


def test_who_has_closed_does_not_close_anew():
    model = model_of("money.brokers.closes=1", "money.brokers.successor_days=14")
    broker = model.finance.brokers[0]
    broker.expose()
    model.day = 10
    broker.expose()
    assert broker.back_on == 14


def test_a_successor_is_not_blamed_for_what_his_predecessor_had_under_way():
    model = model_of("money.brokers.count=1", "money.brokers.closes=1", "money.brokers.successor_days=3")
    finance = model.finance
    sent(model)
    finance.brokers[0].expose()
    model.day = 3
    finance.move(model.in_force)
    (successor,) = finance.brokers
    assert successor.name == "financial broker 1.2"
    felt = finance.felt.copy()
    finance.books.rows["status"][0], finance.books.rows["state"][0] = FROZEN, 0
    finance._settle(0)
    assert (successor.back_on, successor.raised, successor.under_way_cents) == (-1, 1.0, 0)
    assert np.array_equal(finance.felt, felt)
    assert finance.exposed == 1


def test_organisations_prefer_who_is_cheaper_and_was_not_found_out():
    model = model_of("money.brokers.count=2", "money.brokers.attention=40", "money.brokers.fee_spread=0")
    model.finance.felt[:, 0] = 10.0, 90.0
    model.finance.felt[:, 1] = 2.0, 98.0
    owner = model.cartels[0]
    chosen = [model.finance.choose(owner.seat, owner.key, 0.08, 100, k).seat for k in range(4000)]
    assert np.mean(chosen) == pytest.approx(1 / (1 + math.exp(-40 * 0.08)), abs=0.02)


def test_more_than_one_can_carry_goes_to_others():
    model = model_of("money.brokers.capacity_usd=1000000", "money.brokers.count=3")
    sent(model, usd=6e5, times=3)
    assert sorted(broker.under_way_cents for broker in model.finance.brokers) == [60_000_000] * 3
    sent(model, usd=6e5)  # nobody has room: somebody takes it all the same
    assert max(broker.under_way_cents for broker in model.finance.brokers) == 120_000_000


def test_a_missing_cent_stops_the_run():
    model = model_of()
    sent(model)
    model.finance.books.close(0)
    model.finance.books.rows["cents"][0] -= 1
    with pytest.raises(BooksDoNotBalance, match="moving = what transfers under way hold"):
        model.finance.books.close(0)
