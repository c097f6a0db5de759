"""The picture and the page: what the results say, in tables."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HEAD = """# Benchmarks

How fast and how large Chokepoint is, against other ways to do the same. `make bench` measures anew and rewrites this
page; `python -m benchmarks --quick` takes two minutes and keeps what it finds in `runs/bench`, `--full` adds a day of
100 million boxes.

Every peer is given the same day: boxes of {controls} controls of very different sizes, made from their words, scored,
4 % of them chosen and scanned, alarms opened, lessons counted. Each timed call is checked: **a peer whose tallies,
lessons, fates or chosen boxes are not the kernel's gets no figure.** The queue before the scanners is left out on both
sides. Mesa's containers and Polars get the hashing done by NumPy. Peers take turns in one process; a figure is the
median of its rounds, with the least and the most. Read ratios: they hold on other machines, seconds do not.
"""

RATIOS = {
    "two threads against one": "Two threads against one",
    "kernel against C": "The kernel's rate against C's, one thread each",
    "two threads of C against one": "Two threads of C against one",
    "thinned mode against micro mode": "Thinned mode against micro mode, at one contaminated box in 10,000",
}
"""Ratios of the year of world trade, by their names in the results, as the page calls them."""


def write(found: dict[str, Any]) -> str:
    """The page."""
    parts = [HEAD.format(controls="100 or 900"), _machine(found), _peers(found), "![Peers and scaling](peers.png)\n"]
    parts += [_year(found), _scaling(found), _simulations(found), _memory(found), _cold(found)]
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _figure(value: float) -> str:
    """Three digits, as people write them."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _spread(of: dict[str, Any]) -> str:
    once = of["rounds"] == 1
    return _figure(of["median"]) + ("" if once else f" ({_figure(of['least'])}–{_figure(of['most'])})")


def _machine(found: dict[str, Any]) -> str:
    said = "; ".join(f"{name} {value}" for name, value in found["machine"].items() if name not in ("date", "processor"))
    busy = found.get("share used by others")
    lines = [f"Measured {found['machine']['date']} on {found['machine']['processor']}; {said}."]
    lines += [f"Mode: {found['mode']}, {found['minutes']} minutes."]
    lines += [f"Other programs used {busy:.0%} of the processors meanwhile."] if busy is not None else []
    return "\n".join([*lines, *(f"Missing: {line}" for line in found["missing"])]) + "\n"


def _peers(found: dict[str, Any]) -> str:
    parts = ["## One day, peer by peer\n\nMillions of boxes a second, and how many times faster the kernel is.\n"]
    for day in found["peers"]:
        rows = [
            [name, _spread(each["rate"]), _spread(each["times slower"]), str(each["rate"]["rounds"])]
            for name, each in day["peers"].items()
        ]
        parts.append(f"**{day['boxes']:,} boxes a day at {day['controls']} controls**\n")
        parts.append(_table(["peer", "million boxes a second", "kernel is faster by", "rounds"], rows))
    return "\n".join(parts)


def _year(found: dict[str, Any]) -> str:
    year = found["year"]
    rows = [
        [name, _spread(seconds), _figure(year["boxes"] / seconds["median"] / 1e6)]
        for name, seconds in year["seconds"].items()
    ]
    lines = [f"## A year of world trade\n\n{year['boxes']:,} boxes at 900 controls in 365 days, in turn day by day.\n"]
    lines.append(_table(["peer", "seconds", "million boxes a second"], rows))
    lines += [f"- {RATIOS[name]}: {_spread(year[name])} times." for name in RATIOS if name in year]
    tables = _spread({name: 1000 * value for name, value in year["seconds to lay out all tables"].items()})
    lines.append(f"- The tables of thinned mode are laid out before; for all controls that takes {tables} ms.")
    draws = year["seconds of two draws a control and day"]["median"]
    most = year["seconds"]["Chokepoint, 1 thread"]["median"] / draws
    lines.append(
        f"- To draw how many boxes arrive, and how many scans of clean ones give an alarm, by control and day, takes "
        f"{_figure(1000 * draws)} ms: tallies by day that hold both are at most {_figure(most)} times micro mode."
    )
    return "\n".join(lines) + "\n"


def _scaling(found: dict[str, Any]) -> str:
    lines = ["## Scaling\n\nThe kernel, one thread; cost grows with the power that fits best (1 is linear).\n"]
    for name, grown in found["scaling"].items():
        lines.append(f"**{name}: power {grown['power']:.3f}**\n")
        rows = [
            [
                f"{int(n):,}",
                f"{grown['boxes a control'][n]:,}",
                _figure(seconds * 1000),
                _figure(seconds / int(n) * 1e9),
            ]
            for n, seconds in grown["seconds"].items()
        ]
        lines.append(_table([name.partition(",")[0], "boxes a control", "milliseconds", "nanoseconds each"], rows))
    return "\n".join(lines)


def _simulations(found: dict[str, Any]) -> str:
    rows = [
        [
            name,
            str(each["days"]),
            _spread(each["days a second, whole command"]),
            _spread(each["days a second, after the first"]),
            _spread(each["seconds of one day, whole command"]),
            _figure(each["peak MiB"]),
        ]
        for name, each in found["simulations"].items()
    ]
    head = ["scenario", "days", "days a second, whole command", "after the first day", "one day, s", "peak MiB"]
    return "## Whole simulations\n\n`chokepoint run`, every agent awake.\n\n" + _table(head, rows)


def _memory(found: dict[str, Any]) -> str:
    rows = [
        [name, *(f"{_figure(peak)} ({count.removesuffix(' boxes')})" for count, peak in each.items())]
        for name, each in found["memory"].items()
    ]
    return (
        "## Memory\n\nPeak MiB of a process that clears one day of so many boxes. Each has loaded the libraries of all "
        "peers:\nonly what a day adds differs.\n\n"
    ) + _table(["peer", "small day (boxes)", "large day (boxes)"], rows)


def _cold(found: dict[str, Any]) -> str:
    rows = [[f"`chokepoint {command}`", _spread(each)] for command, each in found["cold start"].items()]
    compiling = [[f"{mode} mode", _spread(each)] for mode, each in found["compilation"].items()]
    return (
        "## Cold start\n\nMilliseconds of a fresh process.\n\n" + _table(["command", "ms"], rows) + "\n"
        "Seconds that the first run on a machine spends on compiling, with all of its processors (`make` does it "
        "ahead).\n\n" + _table(["run in", "s"], compiling)
    )


def draw(found: dict[str, Any], path: Path) -> None:
    """Rates of the peers on the largest day that most took part in, and how cost grows, beside each other."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    day = max(found["peers"], key=lambda each: (len(each["peers"]), each["boxes"]))
    rates = sorted((each["rate"]["median"], name) for name, each in day["peers"].items())
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.8), width_ratios=(3, 2), layout="constrained")
    ours = ["#0072b2" if name.startswith("Chokepoint") else "#999999" for _, name in rates]
    bars = left.barh([name for _, name in rates], [rate for rate, _ in rates], color=ours)
    left.bar_label(bars, [_figure(rate) for rate, _ in rates], padding=3)
    left.set(xscale="log", xlabel="million boxes a second (log)", xlim=(rates[0][0] / 3, rates[-1][0] * 5))
    left.set_title(f"One day of {day['boxes']:,} boxes at {day['controls']} controls", loc="left")
    for (name, grown), colour in zip(found["scaling"].items(), ("#0072b2", "#009e73", "#d55e00"), strict=True):
        counts, seconds = [int(n) for n in grown["seconds"]], list(grown["seconds"].values())
        right.plot(counts, seconds, "o-", color=colour, label=f"{name}: power {grown['power']:.2f}")
    right.set(xscale="log", yscale="log", xlabel="how many (log)", ylabel="seconds (log)")
    right.set_title("The kernel, one thread", loc="left")
    most = max(seconds for grown in found["scaling"].values() for seconds in grown["seconds"].values())
    right.set_ylim(top=most * 100)  # room for the legend
    right.legend(frameon=False, loc="upper left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130, metadata={"Software": None})
    pyplot.close(figure)
