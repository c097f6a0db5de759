"""Justice: a figure and sentences on what became of cases, and on how many wait."""

from __future__ import annotations

from matplotlib.dates import date2num

from sim.report import style
from sim.report.style import Drawing, beside, canvas, dates, drawn, entitle, horizontal, upright
from sim.report.words import count, number, percent, things
from sim.study.results import Results

_QUEUES = {
    "investigation": style.UNDER_WAY,
    "prosecution": style.SEIZED_EXPORT,
    "trial": style.SEIZED,
    "appeal": style.SEIZED_INLAND,
}


_LONG = ("final_conviction_share", "judgment_days_mean", "judgment_days_median")


def pipeline(results: Results) -> list[tuple[str, int]]:
    """How many cases came how far, from the opening to a final conviction."""
    cases = results.cases
    accused = cases["couriers"] + cases["officers"] + cases["leaders"] > 0
    return [
        ("opened", len(cases)),
        ("somebody accused", int(accused.sum())),
        ("to court, or plea", int(((cases["charge_day"] >= 0) | (cases["pleaded"] > 0)).sum())),
        ("judged", int((cases["judgment_day"] >= 0).sum())),
        ("finally convicted", int((cases["outcome"] == "convicted").sum())),
    ]


@drawn
def justice(results: Results) -> Drawing:
    """How far cases came, and how many wait for a slot at the end of each month, by stage."""
    from pandas.tseries.offsets import MonthEnd

    steps, table = pipeline(results), results.justice
    fig, first = canvas(2.9)
    first.remove()
    left, right = fig.subplots(1, 2, gridspec_kw={"width_ratios": (1.0, 1.25), "wspace": 0.3})
    most = max(1, steps[0][1])
    for row, (_, many) in enumerate(steps):
        left.barh(row, many, height=0.66, color=style.SEIZED if row == len(steps) - 1 else style.LOST)
        beside(left, many, row, f"{count(many)}" + (f" ({percent(many / most)})" if row else ""))
    left.set_yticks(range(len(steps)), [name for name, _ in steps])
    left.invert_yaxis()
    left.set_xlim(0, 1.5 * most)
    left.set_xticks([])
    horizontal(left)
    left.set_title("cases that came so far", fontsize=8.5, fontweight="normal", pad=5)
    highest = 1.0
    for stage, colour in _QUEUES.items():
        waits = table[table["stage"] == stage].groupby("month", observed=True)["waiting"].sum()
        if len(waits):
            right.plot(
                date2num((waits.index + MonthEnd(1)).to_pydatetime()), waits.to_numpy(), color=colour, label=stage
            )
            highest = max(highest, float(waits.max()))
    right.set_ylim(0, 1.12 * highest)
    dates(right, date2num(results.scenario.start), date2num(results.scenario.end) + 1, most=5)
    upright(right)
    right.set_title("cases that wait, at the end of each month", fontsize=8.5, fontweight="normal", pad=5)
    entitle(fig, "From cases to final judgments", right.get_legend_handles_labels()[0])
    return fig, right


def justice_told(results: Results) -> list[str]:
    """What became of cases, how long it took, and what it did to organisations."""
    kpis = results.kpis
    get = kpis.get
    share, days, middle = (get(name) for name in _LONG)
    judged = ""
    if share is not None:
        judged = (
            f"Of the cases of the first half of the run in which somebody was accused {percent(share)} ended in a "
            "final conviction within half of the run"
        )
        if days is not None and middle is not None:
            judged += (
                f"; from the opening to a final judgment in that time it took {number(days)} days in the mean and "
                f"{number(middle)} in the median"
            )
    return [
        f"{things(get('cases_opened', 0), 'case was', 'cases were')} opened; somebody was accused in "
        f"{count(get('cases_with_suspects', 0))} of them, {count(get('final_convictions', 0))} ended in a final "
        f"conviction and {count(get('final_acquittals', 0))} in an acquittal, {count(get('cases_lapsed', 0))} lapsed, "
        f"and {count(get('cases_open', 0))} are open at the end.",
        *([f"{judged}."] if judged else []),
        f"Investigations uncovered {things(get('networks_uncovered', 0), 'organisation')}; "
        f"{count(get('networks_disrupted', 0))} lost a leader, core members or a cell to justice, "
        f"{count(get('networks_split', 0))} fell apart on it, "
        f"and {count(get('networks_dismantled', 0))} came to an end by it.",
        "Slots of courts are assumed for every state, so that states must not be compared by their backlogs.",
    ]
