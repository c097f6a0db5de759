"""The books: every gram moves from one account to another, and what does not add up stops the run."""

import pytest

from sim.kernels.loads import (
    CONSUMED,
    DELIVERED,
    DISPATCHED,
    INTERCEPTED,
    LOST,
    ON_THE_ROAD,
    OPENING,
    PRODUCED,
    RAIDED,
    REFINED,
    RESCUED,
    RETURNED,
    SEIZED,
    STOPPED_ASHORE,
    WENT_BACK,
)
from sim.world.ledger import ACCOUNTS, EVENTS, MOVES, BooksDoNotBalance, Ledger

LIFE = [
    ("opening", 30),
    ("produced", 100),
    ("dispatched", 80),
    ("seized", 20),
    ("lost", 5),
    ("delivered", 40),
    ("consumed", 60),
]


def lived() -> Ledger:
    """The books after one of each event: 20 g left at the source, 15 on their way, 10 at the market."""
    ledger = Ledger(("goods",), ("somewhere",))
    for event, grams in LIFE:
        ledger.book(3, event, "goods", grams, place="somewhere")
    ledger.add_up()
    return ledger


def words(ledger: Ledger) -> dict[str, list]:
    """The event table as lists."""
    return {name: list(column) for name, column in ledger.columns().items()}


def test_every_event_takes_from_one_account_and_gives_to_another():
    for event, (source, target) in MOVES.items():
        ledger = Ledger(("goods",), ("here",))
        ledger.book(0, event, "goods", 7, place="here")
        ledger.add_up()
        moved = {name: grams for name, grams in ledger.balance["goods"].items() if grams}
        assert moved == {source: -7, target: 7} | ({"market": 7} if event == "delivered" else {})
        assert (words(ledger)["from_account"], words(ledger)["to_account"]) == ([source], [target])


def test_a_life_of_goods_leaves_what_it_must():
    balance = lived().balance["goods"]
    assert balance == {
        "production": -100, "stock": 20, "transit": 15, "seized": 20, "lost": 5, "delivered": 40,
        "opening": -30, "market": 10, "consumed": 60, "safety": 0, "residue": 0, "raided": 0,
    }  # fmt: skip
    assert set(balance) == set(ACCOUNTS)


def test_books_that_balance_close_and_tell_the_flows_of_the_day():
    ledger = Ledger(("goods",), ("somewhere",))
    for event, grams in LIFE:
        ledger.book(3, event, "goods", grams, place="somewhere")
    ledger.close(3, {"goods": 15}, {"goods": 20})
    assert ledger.today == {"goods": dict.fromkeys(EVENTS, 0) | dict(LIFE)}
    ledger.book(4, "seized", "goods", 15, place="somewhere")
    ledger.close(4, {"goods": 0}, {"goods": 20})
    assert ledger.today["goods"]["seized"] == 15
    assert sum(ledger.today["goods"].values()) == 15


def test_the_event_table_tells_the_whole_life():
    ledger = Ledger(("goods",), ("highlands", "nordhaven"), ("nordhaven import",), ("road", "liner"))
    ledger.book(2, "dispatched", "goods", 9, place="nordhaven", load=4, mode="liner")
    assert words(ledger) == {
        "day": [2], "event": ["dispatched"], "commodity": ["goods"], "consignment": [4], "from_account": ["stock"],
        "to_account": ["transit"], "grams": [9], "place": ["nordhaven"], "checkpoint": [""], "mode": ["liner"],
    }  # fmt: skip


def test_what_kernels_book_of_a_load_reads_like_what_is_booked_by_name():
    """A seizure on the road, and one at the only control."""
    ledger = Ledger(("goods",), ("highlands", "nordhaven"), ("nordhaven import",), ("road", "liner"))
    lines = ledger.table.room(2)
    lines[0] = (5, SEIZED, 0, 7, 11, 0, ON_THE_ROAD, 0)
    lines[1] = (5, SEIZED, 0, 8, 13, 1, 0, 1)
    ledger.table.add(2)
    told = words(ledger)
    assert told["event"] == ["seized", "seized"]
    assert told["checkpoint"] == ["road", "nordhaven import"]
    assert (told["place"], told["mode"]) == (["highlands", "nordhaven"], ["road", "liner"])
    ledger.add_up()
    assert ledger.balance["goods"]["seized"] == 24


def test_events_are_numbered_as_the_kernels_number_them():
    numbers = [
        PRODUCED, DISPATCHED, SEIZED, LOST, DELIVERED, OPENING, CONSUMED, INTERCEPTED, RESCUED, RETURNED, REFINED,
        RAIDED, WENT_BACK, STOPPED_ASHORE,
    ]  # fmt: skip
    assert numbers == list(range(len(MOVES)))
    assert [EVENTS[number] for number in numbers] == [
        "produced", "dispatched", "seized", "lost", "delivered", "opening", "consumed", "intercepted", "rescued",
        "returned", "refined", "raided", "went_back", "stopped_ashore",
    ]  # fmt: skip


@pytest.mark.parametrize("grams", [0, -5])
def test_nothing_is_booked_where_nothing_moves(grams):
    ledger = Ledger(("goods",), ("here",))
    ledger.book(0, "produced", "goods", grams, place="here")
    ledger.add_up()
    assert not len(ledger.table)
    assert not any(ledger.balance["goods"].values())


@pytest.mark.parametrize(
    ("account", "says"),
    [
        ("production", "produced = stock"),
        ("stock", "produced = stock"),
        ("seized", "produced = stock"),
        ("opening", r"delivered \+ opening = market \+ consumed \+ residue \+ raided"),
        ("market", r"delivered \+ opening = market \+ consumed"),
        ("consumed", r"delivered \+ opening = market \+ consumed"),
    ],
)
def test_a_gram_too_many_in_an_account_stops_the_run_and_says_where(account, says):
    ledger = lived()
    ledger.amounts[0, ACCOUNTS.index(account)] += 1
    with pytest.raises(BooksDoNotBalance, match=f"day 3, goods: {says}.* g against"):
        ledger.close(3, {"goods": 15}, {"goods": 20})


@pytest.mark.parametrize(
    ("in_transit", "in_stock", "says"), [(14, 20, "what the consignments hold"), (15, 21, "what the stores hold")]
)
def test_books_are_held_against_the_goods_themselves(in_transit, in_stock, says):
    with pytest.raises(BooksDoNotBalance, match=f"day 3, goods: .*{says}"):
        lived().close(3, {"goods": in_transit}, {"goods": in_stock})


def test_no_account_of_goods_goes_below_zero():
    ledger = lived()
    ledger.book(3, "consumed", "goods", 11, place="somewhere")
    with pytest.raises(BooksDoNotBalance, match="day 3, goods: market below zero"):
        ledger.close(3, {"goods": 15}, {"goods": 20})


def test_every_commodity_has_books_of_its_own():
    ledger = Ledger(("goods", "others"), ("here",))
    ledger.book(0, "produced", "others", 5, place="here")
    ledger.add_up()
    assert not any(ledger.balance["goods"].values())
    with pytest.raises(BooksDoNotBalance, match="day 0, others"):
        ledger.close(0, {"goods": 0, "others": 0}, {"goods": 0, "others": 4})
