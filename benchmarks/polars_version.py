"""The same day in Polars: all ports in one frame, cut by ranks within each port.

Polars has no bit shifts, so the words of the boxes and their fields are made with NumPy and handed over as columns.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.numpy_version import bits, block_of, drawn, draws_of, judged, loaded_flow, mix64, unfolded
from benchmarks.workload import WIDTH, Chosen, Morning, Peer
from sim.kernels.boxes import (
    ALARMED,
    ALARMS,
    ARRIVED,
    BLIND,
    CARGO_STEPS,
    CHANCE,
    CHOSEN,
    EVEN,
    FALSE_ALARMS,
    FAMILIES,
    FOUND,
    HITS,
    MISSED,
    OPENED,
    SCANNED,
    Day,
)

SHOWN = [f"shown{f}" for f in range(FAMILIES)]


def at(table: NDArray, index: pl.Expr) -> pl.Expr:
    """Entries of a table."""
    return pl.lit(pl.Series(table)).gather(index)


class PolarsVersion(Peer):
    """Polars, lazy expressions over one frame for all ports."""

    name = f"Polars, {pl.thread_pool_size()} threads"

    def clear(self, morning: Morning, out: Day) -> Chosen:
        boxes, controls = self.world.boxes, self.world.controls
        day, today, rules, dirty = morning
        flow_at, counts = self.world.flows(today), np.diff(today, prepend=np.int32(0))
        counts[boxes.first[:-1]] = today[boxes.first[:-1]]
        place, word = unfolded(boxes, 0, len(today), day, counts)
        owner = np.repeat(np.arange(controls), np.diff(dirty.first))
        behind = np.cumsum(flow_at)[owner]  # contaminated boxes stand behind the clean ones of their control
        holds = np.insert(np.full(len(word), -1), behind, np.arange(len(owner)))
        place = np.insert(place, behind, boxes.first[owner] + dirty.place)
        word = np.insert(word, behind, dirty.word)
        flow_at = flow_at + np.diff(dirty.first)
        control = np.repeat(np.arange(controls), flow_at)
        ends = np.cumsum(flow_at)
        starts = ends - flow_at

        everything = slice(None)
        inside = loaded_flow(boxes, boxes.first[owner] + dirty.place, dirty, everything, owner).columns(boxes)
        active = (flow_at > 0) & (rules.chosen + rules.blind > 0)
        blocks = np.array([block_of(boxes.salt[c], day) for c in range(controls)])
        wanted = np.minimum(rules.chosen, flow_at) * active
        blind = np.minimum(rules.blind, flow_at - wanted) * active
        luck = judged(word, boxes.salt[control])
        fields = {"cargo": (word, 0, 10), "column": (word, 10, 8), "part": (word, 18, 16)}
        fields |= {"judgement": (luck, 56, 8), "tip": (luck, 40, 16)}
        frame = pl.DataFrame(
            {"control": control, "place": place, "holds": holds, "draw": draws_of(word, blocks[control])}
            | {name: bits(*field) for name, field in fields.items()}
        ).with_row_index("row")
        scored = self._scored(frame.lazy(), morning, inside).collect()
        by_score = scored.filter(pl.col("turn").rank("ordinal").over("control") <= at(wanted, pl.col("control")))
        picks = self._picks(by_score["row"].to_numpy(), blocks, flow_at, starts, blind)
        rows = np.sort(np.concatenate([by_score["row"].to_numpy(), picks]))
        chosen = scored[rows].with_columns(luck=mix64(word[rows] ^ boxes.salt[control[rows]]))

        settled = self._judged(chosen.lazy(), morning).collect()
        self._tell(settled, morning, out)
        out.tally[:, ARRIVED], out.tally[:, BLIND] = flow_at, blind
        cuts = np.searchsorted(rows, ends[:-1])
        return [(part - first).astype(np.int32) for part, first in zip(np.split(rows, cuts), starts, strict=True)]

    def _scored(self, frame, morning, inside) -> pl.LazyFrame:  # type: ignore[no-untyped-def]
        """What boxes show and score, and in which turn a control would take them."""
        boxes, column, rules = self.world.boxes, self.world.boxes.column, morning.rules
        mix = boxes.mix.astype(np.int64) * CARGO_STEPS
        look = at(boxes.look, 2 * pl.col("column") + (pl.col("part") >= at(boxes.own, pl.col("column")))).cast(pl.Int64)
        clean = [
            at(boxes.group, pl.col("place")),
            at(boxes.cargo, at(mix, pl.col("place")) + pl.col("cargo")),
            *(look // 4**power % 4 for power in (3, 2, 1, 0)),
            (pl.col("tip") < at(rules.tip, pl.col("control"))).cast(pl.Int32),
        ]
        full = pl.col("holds") >= 0
        inside = inside if len(inside) else np.zeros((1, FAMILIES), np.int64)
        points = rules.points.ravel()
        shown = {
            name: pl.when(full)
            .then(at(inside[:, f], pl.col("holds").clip(0)))
            .otherwise(clean[f].cast(pl.Int64) + int(column[f]))
            for f, name in enumerate(SHOWN)
        }
        total = at(boxes.noise, pl.col("judgement")).cast(pl.Int64)
        for name in SHOWN:
            total = total + at(points, pl.col("control") * WIDTH + pl.col(name)).cast(pl.Int64)
        return (
            frame.with_columns(**shown)
            .with_columns(score=total)
            .with_columns(turn=-pl.col("draw") - pl.col("score") * (1 << 32))
        )

    def _picks(self, taken, blocks, flow_at, starts, blind) -> NDArray[np.int64]:  # type: ignore[no-untyped-def]
        """Rows picked blindly among those not taken yet."""
        draws = 2 * blind + 8
        while blind.any():
            drawing = np.flatnonzero(blind)
            rows = [drawn(blocks[c], 0, draws[c], int(flow_at[c])) + starts[c] for c in drawing]
            frame = pl.DataFrame({"control": np.repeat(drawing, draws[drawing]), "row": np.concatenate(rows)})
            left = frame.filter(~pl.col("row").is_in(pl.Series(taken.astype(np.int64)).implode()))
            left = left.unique("row", keep="first", maintain_order=True)
            left = left.filter(pl.int_range(pl.len()).over("control") < at(blind, pl.col("control")))
            if len(left) == blind.sum():
                return left["row"].to_numpy()
            draws = draws * 2
        return np.zeros(0, np.int64)

    def _judged(self, chosen: pl.LazyFrame, morning: Morning) -> pl.LazyFrame:
        """Scanned, opened, and what becomes of them."""
        boxes, rules, dirty = self.world.boxes, morning.rules, morning.dirty
        kind = pl.col("shown1") - int(boxes.column[1])
        of = pl.col("control")
        full, tipped = pl.col("holds") >= 0, pl.col("shown6") > int(boxes.column[6])
        shows = dirty.shows if len(dirty.shows) else np.zeros(1)
        sees = (at(rules.alarm_full, of) * at(rules.alarm_cargo, kind)).clip(upper_bound=1.0)
        seen = (sees * at(shows, pl.col("holds").clip(0)) * CHANCE).cast(pl.Int64)
        clean = at(rules.alarm_clean.ravel(), of * rules.alarm_clean.shape[1] + kind).cast(pl.Int64)
        chance = pl.when(tipped).then(CHANCE).when(full).then(seen).otherwise(clean)
        luck = (pl.col("luck") // (1 << 24) % CHANCE).cast(pl.Int64)
        odds = pl.col("score") + at(rules.base, of)
        opens = pl.col("alarm") & (pl.col("order") <= at(rules.opened, of))
        hit = full & ((pl.col("luck") // (1 << 44)).cast(pl.Int64) < at(rules.finds, of))
        return (
            chosen.with_columns(alarm=luck < chance, odds=odds)
            .with_columns(order=(-pl.col("draw") - pl.col("odds") * (1 << 32)).rank("ordinal").over("control", "alarm"))
            .with_columns(opened=opens, full=full)
            .with_columns(
                hit=pl.col("opened") & hit,
                share=at(boxes.expected, (pl.col("odds") + EVEN).clip(0, 2 * EVEN - 1)).cast(pl.Int64),
            )
        )

    def _tell(self, judged: pl.DataFrame, morning: Morning, out: Day) -> None:
        """Count."""
        sums = judged.group_by("control").agg(
            pl.len(), pl.sum("alarm"), (pl.col("alarm") & ~pl.col("full")).sum().alias("false"), pl.sum("opened", "hit")
        )
        for name, at_column in zip(sums.columns[1:], (CHOSEN, ALARMS, FALSE_ALARMS, OPENED, HITS), strict=True):
            out.tally[sums["control"].to_numpy(), at_column] = sums[name].to_numpy()
        teaches = judged.lazy().filter(~pl.col("alarm") | pl.col("opened"))
        learned = (
            teaches.select("control", "share", "hit", *SHOWN)
            .unpivot(SHOWN, index=["control", "share", "hit"], value_name="column")
            .group_by("control", "column")
            .agg(pl.sum("share"), pl.sum("hit"))
            .collect()
        )
        where = learned["control"].to_numpy(), learned["column"].to_numpy()
        out.expected[where], out.hits[where] = learned["share"].to_numpy(), learned["hit"].to_numpy()
        loads = judged.filter("full").select(
            "holds",
            fate=pl.when("hit").then(FOUND).when("opened").then(MISSED).when("alarm").then(ALARMED).otherwise(SCANNED),
        )
        out.fate[loads["holds"].to_numpy()] = loads["fate"].to_numpy()
