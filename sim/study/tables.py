"""What the tables of a run hold: every column with its type, unit and meaning."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

TableName = Literal[
    "daily", "ports", "zones", "events", "consignments", "by_commodity", "oversight", "people", "intelligence",
    "cooperation", "cases", "justice", "money", "sites",
]  # fmt: skip
TABLE_NAMES: tuple[TableName, ...] = get_args(TableName)

Kind = Literal["int32", "int64", "float64", "date32", "word"]
"""The type of a column; a `word` is a text that repeats, stored as a dictionary."""


class Column(NamedTuple):
    """One column of a table, or one figure of the totals."""

    name: str
    kind: Kind
    unit: str
    meaning: str


_DAY = Column("day", "int32", "days", "Day of the run; the first is 0")
_DATE = Column("date", "date32", "date", "Calendar date of the day")

TABLES: dict[TableName, tuple[Column, ...]] = {
    "daily": (
        _DAY,
        _DATE,
        Column("produced_g", "int64", "g", "Made in the production areas on the day"),
        Column("dispatched_g", "int64", "g", "Sent on its way on the day"),
        Column("seized_g", "int64", "g", "Seized on the day, at all controls together"),
        Column("lost_g", "int64", "g", "Lost on the way on the day: foundered, jettisoned, not recovered"),
        Column("delivered_g", "int64", "g", "Delivered to markets on the day"),
        Column("consumed_g", "int64", "g", "Consumed at the markets on the day"),
        Column("stock_g", "int64", "g", "In store at the production areas at the end of the day"),
        Column("in_transit_g", "int64", "g", "Under way at the end of the day"),
        Column("market_stock_g", "int64", "g", "In store at the markets at the end of the day"),
        Column("price_usd_per_kg", "float64", "USD/kg", "Wholesale price, mean over markets"),
        Column("retail_usd_per_kg", "float64", "USD/kg", "Price of a pure kilogram by the gram, mean over markets"),
        Column("retail_purity", "float64", "share", "Purity of what is sold by the gram, mean over markets"),
        Column("source_usd_per_kg", "float64", "USD/kg", "Price at the production areas, mean by their shares"),
        Column("leaf_g", "int64", "g", "Product that the leaf of the day would give, were nothing else short"),
        Column("laboratories", "int32", "laboratories", "Laboratories at work on the day"),
        Column("precursors_diverted_g", "int64", "g", "Precursors diverted from legal trade on the day"),
        Column("precursors_seized_g", "int64", "g", "Precursors seized on the day, at all controls together"),
        Column("precursor_stock_g", "int64", "g", "Precursors in store at the production areas at the end of the day"),
        Column("boxes_arrived", "int64", "containers", "Legal containers that arrived at controls"),
        Column("boxes_scanned", "int64", "containers", "Containers scanned"),
        Column("boxes_examined", "int64", "containers", "Containers opened by hand"),
        Column("false_alarms", "int64", "containers", "Alarms on containers that hold nothing illicit"),
        Column("hits", "int64", "containers", "Alarms that physical examination confirmed"),
        Column("delay_box_hours", "float64", "container hours", "Delay of legal containers by inspection, added up"),
        Column("couriers", "int32", "people", "Couriers in cells at the end of the day"),
        Column("recruited", "int32", "people", "Couriers recruited on the day"),
        Column("arrested", "int32", "people", "Couriers arrested on the day"),
        Column("refused", "int32", "people", "People who were asked to be couriers on the day and refused"),
        Column("cooperated", "int32", "people", "Arrested couriers who cooperated with investigators on the day"),
        Column("replaced", "int32", "people", "Couriers hired on the day in place of arrested ones"),
        Column("replacement_days", "int32", "days", "Days since the arrests of those replaced, added up"),
        Column("offer_usd_per_job", "float64", "USD", "Mean offer to a crew for a job, over all cells, at its end"),
        Column("organisations", "int32", "organisations", "Organisations active at the end of the day"),
        Column("entrants", "int32", "organisations", "Organisations that entered on the day"),
        Column("exits", "int32", "organisations", "Organisations that gave up or were ended on the day"),
        Column("splits", "int32", "organisations", "Organisations that fell apart on the day"),
        Column("contests", "int32", "places", "Places that organisations contested; once a week"),
        Column("violence", "float64", "index", "Index of violence; 100: a dispute a year for each first organisation"),
        Column("capital_cents", "int64", "US cents", "Working capital of all organisations at the end of the day"),
        Column("policy_cost_cents", "int64", "US cents", "Cost of the policies on the day, set-up included"),
        Column("corrupted", "int32", "people", "Port inspectors in the pay of organisations, at all controls"),
        Column("dismissed", "int32", "people", "Port inspectors found by audits on the day, and dismissed"),
        Column("bribes_cents", "int64", "US cents", "Bribes paid to port inspectors on the day"),
        Column(
            "passed_corrupted_g",
            "int64",
            "g",
            "Passed controls on the day where the owner had somebody on duty",
        ),
        Column("unfinished_g", "int64", "g", "In laboratories at the markets at the end of the day, to be finished"),
        Column("finished_g", "int64", "g", "Product that they made on the day"),
        Column("raided_g", "int64", "g", "Taken on the day by raids on them"),
        Column("finishing_usd_per_kg", "float64", "USD/kg", "What they ask for a kilogram; 0 where there are none"),
        Column("prevented_g", "int64", "g", "Demand of the day that treatment and education prevented"),
    ),
    "ports": (
        _DAY,
        _DATE,
        Column("checkpoint", "word", "name", "The control: port and direction"),
        Column("port", "word", "name", "Key of the port"),
        Column("direction", "word", "export, import", "Direction of the traffic under control"),
        Column("boxes_arrived", "int32", "containers", "Containers that arrived at the control"),
        Column("boxes_selected", "int32", "containers", "Containers that targeting chose"),
        Column("boxes_scanned", "int32", "containers", "Containers scanned"),
        Column("random_scanned", "int32", "containers", "Of these, picked blindly"),
        Column("alarms", "int32", "containers", "Alarms raised by scans"),
        Column("false_alarms", "int32", "containers", "Of these, on containers that hold nothing illicit"),
        Column("boxes_examined", "int32", "containers", "Containers opened by hand"),
        Column("hits", "int32", "containers", "Alarms that physical examination confirmed"),
        Column("contaminated_boxes", "int32", "containers", "Containers with something illicit that arrived"),
        Column("contraband_g", "int64", "g", "Illicit load that arrived at the control, precursors included"),
        Column("seized_g", "int64", "g", "Seized at the control, precursors included"),
        Column("delay_box_hours", "float64", "container hours", "Delay of containers by inspection, added up"),
    ),
    "zones": (
        _DAY,
        _DATE,
        Column("zone", "word", "name", "Key of the sea zone"),
        Column("crossings", "int32", "craft", "Small craft that came to the zone"),
        Column("detected", "int32", "craft", "Of these, detected by patrols"),
        Column("boarded", "int32", "craft", "Of these, boarded by a unit that was free and had the right to"),
        Column("seized", "int32", "craft", "Of these, stopped with goods aboard"),
        Column("seized_g", "int64", "g", "Seized in the zone"),
        Column("intercepted", "int64", "persons", "People in boats that patrols intercepted in the zone"),
        Column("rescued", "int64", "persons", "People in distress whom patrols rescued in the zone"),
        Column("patrol_hours", "float64", "hours", "Hours searched in the zone, added up over patrol units"),
    ),
    "events": (
        _DAY,
        _DATE,
        Column(
            "event", "word", "name", "What happened: produced, dispatched, seized, lost, delivered, opening, consumed"
        ),
        Column("commodity", "word", "name", "Key of the commodity, or `precursors`"),
        Column("consignment", "int64", "number", "The consignment; -1 for none"),
        Column("from_account", "word", "account", "Account of the books that the load left"),
        Column("to_account", "word", "account", "Account of the books that it went to"),
        Column("grams", "int64", "g", "How much; of people, how many"),
        Column("place", "word", "name", "Key of the place where it happened; empty for none"),
        Column("checkpoint", "word", "name", "The control at which it happened; empty for none"),
        Column("mode", "word", "mode", "Mode of transport at the time; empty for none"),
        Column("organisation", "word", "name", "The organisation that owned it; empty for none"),
    ),
    "consignments": (
        Column("consignment", "int64", "number", "Number of the consignment"),
        Column("commodity", "word", "name", "Key of the commodity, or `precursors`"),
        Column("organisation", "word", "name", "The organisation or supply broker that owns it"),
        Column("grams", "int64", "g", "Its load; of people, how many"),
        Column("area", "word", "name", "Production area it was bought in; of precursors, where they were diverted"),
        Column("market", "word", "name", "Market it is meant for; of precursors, the production area"),
        Column("departure", "word", "name", "Gateway it leaves by: a port or a dock"),
        Column("arrival", "word", "name", "Gateway it is to arrive at: a port or a dock"),
        Column("mode", "word", "container, small_craft", "How it crosses the ocean"),
        Column("concealment", "word", "name", "Class of concealment; empty on small craft"),
        Column("craft", "word", "name", "Kind of small craft; empty in containers"),
        Column("planned_day", "int32", "days", "Day on which it was planned"),
        Column(
            "dispatched_day", "int32", "days", "Day on which it set out from the production area; -1 when it has not"
        ),
        Column("outcome", "word", "delivered, seized, lost, under_way, intercepted, rescued", "What became of it"),
        Column("outcome_day", "int32", "days", "Day of the outcome; -1 while under way"),
        Column("outcome_place", "word", "name", "Place of the outcome; empty for none"),
        Column(
            "outcome_checkpoint",
            "word",
            "name",
            "Control that seized it; `road` on the road, `port` with its crew in a port, empty for none",
        ),
    ),
    "by_commodity": (
        _DAY,
        _DATE,
        Column("commodity", "word", "name", "Key of the commodity, or `precursors`"),
        Column("unit", "word", "g, persons", "What its amounts are counted in"),
        Column("produced", "int64", "units", "Made or diverted on the day; of people, who came to wait for a passage"),
        Column("dispatched", "int64", "units", "Sent on its way on the day; of people, who departed"),
        Column("stopped", "int64", "units", "Seized on the day; of people, intercepted or rescued"),
        Column("lost", "int64", "units", "Lost on the way on the day; of people, lost at sea"),
        Column("delivered", "int64", "units", "Delivered to markets on the day; of people, who arrived"),
        Column("stock", "int64", "units", "At the areas at the end of the day; of people, who wait there"),
        Column("in_transit", "int64", "units", "Under way at the end of the day"),
        Column("price_usd", "float64", "USD", "Wholesale price of a kilogram, or what a person pays on arrival"),
    ),
    "people": (
        _DAY,
        _DATE,
        Column("commodity", "word", "", "Which people, where several are modelled"),
        Column("waiting", "int64", "persons", "People who wait for a passage at the end of the day"),
        Column("departed", "int64", "persons", "People who set out on the day, as often as they do"),
        Column("departed_again", "int64", "persons", "Of these, people who had set out before and come back"),
        Column("attempts", "int64", "journeys", "Journeys that began on the day, each in a boat of its own"),
        Column("arrived", "int64", "persons", "People who arrived by themselves on the day"),
        Column("intercepted", "int64", "persons", "People whom a state intercepted on the day, and brought to safety"),
        Column("rescued", "int64", "persons", "People in distress at sea whom a state rescued on the day"),
        Column("returned", "int64", "persons", "Of these two, returned on the day to where they came from"),
        Column("went_back", "int64", "persons", "People who went back on the day because nobody took them to sea"),
        Column("lost", "int64", "persons", "People lost at sea on the day"),
        Column("person_days_at_sea", "int64", "person days", "People in boats at sea at the end of the day"),
        Column("chance_to_arrive", "float64", "probability", "What people who wait take their chance to arrive to be"),
    ),
    "cases": (
        Column("case", "int64", "number", "Number of the case"),
        Column("kind", "word", "find, organisation, corruption", "What it is about"),
        Column("state", "word", "code", "State whose case it is"),
        Column("opened_day", "int32", "days", "Day on which it was opened"),
        Column("organisation", "word", "name", "Whose it was, as far as the case knows; empty when it does not"),
        Column("commodity", "word", "name", "Key of what was found; empty for none"),
        Column("grams", "int64", "g", "How much was found"),
        Column("couriers", "int32", "people", "Couriers, and people of an organisation's core, accused"),
        Column("officers", "int32", "people", "Officials accused"),
        Column("leaders", "int32", "people", "Leaders accused"),
        Column("evidence", "float64", "share", "Quality of the evidence at the end, or now, from 0 to 1"),
        Column("abroad", "word", "code", "State whose help is needed; empty for none"),
        Column("stage", "word", "stage", "Stage that it is in: response to appeal, or closed"),
        Column("stage_day", "int32", "days", "Day on which it came to that stage"),
        Column("investigation_day", "int32", "days", "Day on which the first response was done; -1 for none"),
        Column("charge_day", "int32", "days", "Day on which it was brought to court; -1 for none"),
        Column("judgment_day", "int32", "days", "Day of the first judgment, by plea or trial; -1 for none"),
        Column("closed_day", "int32", "days", "Day on which it was closed; -1 while open"),
        Column("pleaded", "int32", "0, 1", "Whether it ended by a plea"),
        Column("outcome", "word", "outcome", "open, cold, dropped, lapsed, acquitted, convicted"),
    ),
    "justice": (
        Column("month", "date32", "date", "First day of the calendar month"),
        Column("state", "word", "code", "State"),
        Column("stage", "word", "stage", "Stage: response, investigation, prosecution, trial, appeal"),
        Column("entered", "int32", "cases", "Cases that came to the stage in the month"),
        Column("left", "int32", "cases", "Cases that left it in the month"),
        Column("waiting", "int32", "cases", "Cases that wait for a slot there at the end of the month"),
        Column("mean_days", "float64", "days", "Days that those that left had been there, mean; 0 when none left"),
    ),
}

TABLES["oversight"] = (
    Column("month", "word", "month", "Calendar month"),
    Column("state", "word", "code", "State whose controls these are"),
    Column("direction", "word", "export, import", "Direction of the traffic under control"),
    Column("by", "word", "origin, destination, shipper", "What the group is told by"),
    Column("group", "word", "name", "Country of the far end of the lane, `rest_of_world`, or history of the shipper"),
    Column("boxes", "float64", "containers", "Containers that arrived, by the group's share of the mean flow"),
    Column("scanned", "float64", "containers", "Containers without contraband that were scanned; thinned mode: mean"),
    Column("false_alarms", "int64", "containers", "Of these, that gave an alarm"),
    Column("opened", "int64", "containers", "Of these, that were opened by hand"),
    Column("found", "int64", "containers", "Containers in which something was found"),
)

TABLES["intelligence"] = (
    Column("month", "word", "month", "Calendar month"),
    Column("state", "word", "code", "State that holds the items"),
    Column("born", "int64", "items", "Items of intelligence that arose with the state"),
    Column("received", "int64", "items", "Items that it came to know from partners"),
    Column("expired", "int64", "items", "Items that it deleted without their having helped"),
    Column("hits", "int64", "items", "Items that spoke of something that was then found there"),
    Column("hits_shared", "int64", "items", "Of these, partners' items on a load that it knew nothing of by itself"),
    Column("days_to_partner", "float64", "days", "Mean days from the signal to its knowing of it, of those received"),
)
TABLES["cooperation"] = (
    Column("sender", "word", "code", "State that passed items on"),
    Column("receiver", "word", "code", "State that got them"),
    Column("channel", "word", "agreement, forum", "By which it got them"),
    Column("kind", "word", "kind of item", "What they speak of"),
    Column("items", "int64", "items", "How many it came to know"),
    Column("days_mean", "float64", "days", "Mean days from one state's knowing to the other's"),
    Column("hits", "int64", "items", "Of these, that spoke of something that was then found there"),
)
TABLES["money"] = (
    Column("month", "date32", "date", "First day of the calendar month"),
    Column("state", "word", "code", "State"),
    Column("transfers", "int64", "transfers", "Transfers that set out from its markets in the month"),
    Column("proceeds_cents", "int64", "US cents", "What they held, fees of brokers included"),
    Column("laundered_cents", "int64", "US cents", "Brought home to organisations of the state, less fees"),
    Column("frozen_cents", "int64", "US cents", "Frozen by units of the state"),
    Column("confiscated_cents", "int64", "US cents", "Of what they froze, confiscated by final judgment in the month"),
    Column("released_cents", "int64", "US cents", "Of what they froze, given back in the month"),
    Column("brokers_exposed", "int64", "transfers", "Times that they found out a broker"),
)
TABLES["sites"] = (
    Column("month", "date32", "date", "First day of the calendar month"),
    Column("checkpoint", "word", "name", "The control: kind and key of the site"),
    Column("site", "word", "name", "Key of the coast or of the warehouse"),
    Column("state", "word", "code", "State in which it lies"),
    Column("commodity", "word", "name", "Key of the commodity"),
    Column("loads", "int64", "consignments", "Loads that lay there while the site was visited"),
    Column("load_g", "int64", "g", "What they held; of people, how many"),
    Column("found", "int64", "consignments", "Of these loads, found by a visit"),
    Column("found_g", "int64", "g", "What those held; of people, how many"),
)
