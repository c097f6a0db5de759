"""What the totals of a run hold: every figure with its type, unit and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.study.tables import Column

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

KPIS: tuple[Column, ...] = (
    Column("simulated_days", "int64", "days", "Days lived through"),
    Column("produced_kg", "float64", "kg", "Produced for this trade"),
    Column("dispatched_kg", "float64", "kg", "Dispatched"),
    Column("delivered_kg", "float64", "kg", "Delivered to markets"),
    Column("seized_kg", "float64", "kg", "Seized"),
    Column("lost_kg", "float64", "kg", "Lost on the way"),
    Column("in_transit_kg", "float64", "kg", "Still under way at the end"),
    Column("stock_kg", "float64", "kg", "In store at the production areas at the end"),
    Column("interception_share", "float64", "share", "Seized, as a share of seized, lost and delivered"),
    Column("boxes_arrived", "int64", "containers", "Containers at controls, counted at export and again at import"),
    Column("boxes_scanned", "int64", "containers", "Containers scanned"),
    Column("boxes_examined", "int64", "containers", "Containers opened by hand"),
    Column("false_alarms", "int64", "containers", "False alarms"),
    Column("hits", "int64", "containers", "Hits"),
    Column("delay_hours_mean", "float64", "hours", "Delay of an average legal container by inspection"),
    Column("price_usd_per_kg_mean", "float64", "USD/kg", "Wholesale price, mean over the run"),
    Column("retail_usd_per_kg_mean", "float64", "USD/kg", "Price of a pure kilogram by the gram, mean over the run"),
    Column("retail_purity_mean", "float64", "share", "Purity of what is sold by the gram, mean over the run"),
    Column("source_usd_per_kg_mean", "float64", "USD/kg", "Price at the production areas, mean over the run"),
    Column("precursors_diverted_kg", "float64", "kg", "Precursors diverted from legal trade"),
    Column("precursors_seized_kg", "float64", "kg", "Precursors seized"),
    Column("consignments", "int64", "consignments", "Consignments of contraband planned"),
    Column("consignment_kg_mean", "float64", "kg", "Mean load of a consignment"),
    Column("seized_consignment_kg_mean", "float64", "kg", "Mean load of a seized consignment"),
    Column(
        "seized_at_destination_kg",
        "float64",
        "kg",
        "Seized at import controls of destination ports and off their coasts",
    ),
    Column("couriers_recruited", "int64", "people", "Couriers recruited"),
    Column("couriers_arrested", "int64", "people", "Couriers arrested"),
    Column("couriers_refused", "int64", "people", "Refusals of people who were asked to be couriers"),
    Column("couriers_cooperated", "int64", "people", "Arrested couriers who cooperated with investigators"),
    Column("couriers_working_mean", "float64", "people", "Couriers in cells, mean over the days"),
    Column("replacement_days_mean", "float64", "days", "Days from the arrest of a courier to a replacement, mean"),
    Column("offer_usd_per_job_mean", "float64", "USD", "Offer to a crew for a job, mean over cells and days"),
    Column("organisations_entered", "int64", "organisations", "Organisations that entered"),
    Column("organisations_gave_up", "int64", "organisations", "Organisations that gave up"),
    Column("organisations_split", "int64", "organisations", "Organisations that fell apart"),
    Column("corrupted_inspectors_mean", "float64", "people", "Port inspectors in organisations' pay, on a mean day"),
    Column("inspectors_dismissed", "int64", "people", "Port inspectors found by audits and dismissed"),
    Column("bribes_usd", "float64", "USD", "Bribes paid to port inspectors"),
    Column("passed_corrupted_kg", "float64", "kg", "Passed controls where the owner had somebody on duty"),
    Column("finished_kg", "float64", "kg", "Product made at the markets of what travelled as an intermediate"),
    Column("raided_kg", "float64", "kg", "Taken by raids on the laboratories that do so"),
    Column("demand_prevented_kg", "float64", "kg", "Demand that treatment and education prevented"),
    Column("found_at_docks_kg", "float64", "kg", "Found by visits to coasts with small docks"),
    Column("found_in_warehouses_kg", "float64", "kg", "Found by visits to transit warehouses"),
    Column("policy_cost_usd", "float64", "USD", "Cost of the policies"),
    Column("people_departed", "int64", "persons", "People who set out for the sea, all attempts"),
    Column("people_departed_again", "int64", "persons", "Of these, attempts of people who had set out before"),
    Column("people_arrived", "int64", "persons", "People who arrived by themselves"),
    Column(
        "people_intercepted",
        "int64",
        "persons",
        "People intercepted by a state, at sea or behind it, and brought to safety",
    ),
    Column("people_rescued", "int64", "persons", "People in distress at sea whom a state rescued"),
    Column("people_returned", "int64", "persons", "Of these two, returned to where they came from"),
    Column("people_went_back", "int64", "persons", "People who went back because nobody took them to sea"),
    Column("people_stopped_ashore", "int64", "persons", "People stopped before they put to sea, who went back"),
    Column("people_lost", "int64", "persons", "People lost at sea"),
    Column("people_days_at_sea", "int64", "person days", "Days that people spent at sea in boats, added up"),
    Column("items_born", "int64", "items", "Items of intelligence that arose"),
    Column("items_shared", "int64", "items", "Of these, passed on to any other state"),
    Column("items_received", "int64", "items", "Items received from partners, over all states"),
    Column("items_expired_unused", "int64", "items", "Items deleted without having helped, over all who held them"),
    Column("items_hit", "int64", "items", "Items that spoke of something that was then found, likewise"),
    Column("finds_due_to_sharing", "int64", "loads", "Loads found of which only partners' items had told"),
    Column("days_to_partner_mean", "float64", "days", "Days from a signal to a partner's knowing of it, mean"),
    Column("days_to_partner_median", "float64", "days", "The same, median"),
    Column("days_to_partner_p90", "float64", "days", "The same, ninth decile"),
    Column("forum_members", "int64", "states", "Members of the forum at the end"),
    Column("forum_level_mean", "float64", "share", "How far they take part then, mean"),
    Column("cases_opened", "int64", "cases", "Criminal cases opened"),
    Column("cases_with_suspects", "int64", "cases", "Of these, cases in which somebody was accused"),
    Column("cases_open", "int64", "cases", "Cases open at the end"),
    Column("cases_lapsed", "int64", "cases", "Cases that lapsed because they were not judged in time"),
    Column("final_convictions", "int64", "cases", "Cases that ended in a final conviction"),
    Column("final_acquittals", "int64", "cases", "Cases that ended in a final acquittal"),
    Column(
        "final_conviction_share",
        "float64",
        "share",
        "Final convictions within half of the run, of cases of its first half in which somebody was accused",
    ),
    Column("clearance_share", "float64", "share", "Closed, of cases in which somebody was accused"),
    Column("convicted_seizure_share", "float64", "share", "Seized mass for which somebody was finally convicted"),
    Column(
        "response_days_mean",
        "float64",
        "days",
        "Days from the opening of a case to the end of the first response, mean",
    ),
    Column(
        "judgment_days_mean",
        "float64",
        "days",
        "Days from the opening of these cases to a final judgment in that time, mean",
    ),
    Column("judgment_days_median", "float64", "days", "The same, median"),
    Column("leaders_accused", "int64", "people", "Leaders of organisations accused"),
    Column("networks_uncovered", "int64", "organisations", "Organisations that investigations uncovered"),
    Column("networks_disrupted", "int64", "organisations", "Organisations that lost leader, core or cells to justice"),
    Column("networks_dismantled", "int64", "organisations", "Organisations that justice ended"),
    Column("networks_split", "int64", "organisations", "Organisations that fell apart when justice took their leader"),
    Column("violence_mean", "float64", "index", "Index of violence, mean over the run"),
    Column("proceeds_usd", "float64", "USD", "Proceeds of deliveries, as the markets paid them"),
    Column("laundered_usd", "float64", "USD", "Brought home to organisations, fees of brokers taken off"),
    Column("broker_fees_usd", "float64", "USD", "Fees of financial brokers"),
    Column("money_frozen_usd", "float64", "USD", "Frozen while it was under way"),
    Column("money_confiscated_usd", "float64", "USD", "Of that, confiscated by final judgment"),
    Column("money_released_usd", "float64", "USD", "Of that, given back"),
    Column("money_under_way_usd", "float64", "USD", "Proceeds still under way at the end"),
    Column("capital_confiscated_usd", "float64", "USD", "Capital confiscated when leaders were convicted for good"),
    Column("frozen_share", "float64", "share", "Frozen, as a share of proceeds"),
    Column("confiscated_share", "float64", "share", "Confiscated for good, as a share of proceeds"),
    Column("days_to_freeze_mean", "float64", "days", "Days from a market's payment to its being frozen, mean"),
    Column("brokers_exposed", "int64", "transfers", "Times that a financial broker was found out"),
    Column("brokers_closed", "int64", "people", "Financial brokers who closed"),
    Column("opened_per_1000", "float64", "per 1,000", "Legal containers opened, per 1,000 at controls"),
    Column("false_alarms_per_1000", "float64", "per 1,000", "False alarms, per 1,000 containers at controls"),
    Column(
        "opened_ratio_by_origin",
        "float64",
        "1",
        "Highest to lowest rate of opening at import, by country of origin",
    ),
    Column("opened_gini_by_origin", "float64", "1", "Gini index of opening at import over countries of origin"),
    Column("opened_theil_by_origin", "float64", "1", "Theil index of opening at import over countries of origin"),
)
"""The totals of a run that every reader can count on; a run may hold more."""

APART = ("violence_mean",)
"""Totals that are told apart from the others: no policy is to be judged by them alone."""

PEOPLE = (
    "people_departed", "people_arrived", "people_intercepted", "people_rescued", "people_returned",
    "people_stopped_ashore", "people_lost",
)  # fmt: skip
"""The main totals of a run in which people cross the sea."""

HEADLINES: dict[str, tuple[str, ...]] = {
    "What was smuggled": (
        "produced_kg", "dispatched_kg", "delivered_kg", "seized_kg", "lost_kg", "interception_share",
        "price_usd_per_kg_mean",
    ),
    "People at sea": PEOPLE,
    "Legal trade": (
        "boxes_arrived", "boxes_scanned", "boxes_examined", "false_alarms", "hits", "delay_hours_mean",
    ),
    "Couriers and organisations": (
        "couriers_recruited", "couriers_arrested", "networks_uncovered", "networks_disrupted", "networks_dismantled",
    ),
    "Justice": ("cases_opened", "cases_with_suspects", "final_convictions"),
    "Intelligence": ("items_born", "items_shared", "finds_due_to_sharing"),
    "Money": ("proceeds_usd", "money_frozen_usd", "money_confiscated_usd", "policy_cost_usd"),
}  # fmt: skip
"""The totals that are told first, under headings."""


def absent(total: str, scenario: Scenario) -> str:
    """Why runs of a scenario have no such total; nothing where they have it."""
    if total.startswith("people_") and not scenario.has_people:
        return f"{total} is told of people, and none cross the sea in this scenario"
    return ""
