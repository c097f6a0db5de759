"""Streams of like boxes past each control, and the tables of thinned control with nothing laid out in them yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import CARGO_STEPS, F32, I32, U8, Boxes, chances_of_levels
from sim.kernels.flow import BINS, WINDOW, Flow


class Streams(NamedTuple):
    """Lanes of a control with like boxes, put together: those of one column, cargo mix and far end."""

    dated: NDArray[np.int64]
    """int64[K]: control * `apart` + lag of each column, in order."""
    apart: int
    alike: NDArray[np.int64]
    """int64[S]: (column * mixes + mix) * groups + group of each stream, in order."""
    mixes: int
    groups: int
    which: NDArray[np.intp]
    """intp[P]: the stream of each place in the pools of the controls."""

    @classmethod
    def of(cls, boxes: Boxes) -> Streams:
        """The streams of all boxes."""
        control = np.repeat(np.arange(len(boxes.first) - 1), np.diff(boxes.first))
        apart = int(boxes.lag.max(initial=0)) + 1
        dated, column = np.unique(control * apart + boxes.lag, return_inverse=True)
        mixes, groups = int(boxes.mix.max(initial=0)) + 1, int(boxes.group.max(initial=0)) + 1
        alike, which = np.unique((column * mixes + boxes.mix) * groups + boxes.group, return_inverse=True)
        return cls(dated, apart, alike, mixes, groups, which)

    def rates(self, boxes: Boxes) -> NDArray[np.float64]:
        """float64[S]: boxes of each on a mean day."""
        return np.bincount(self.which, weights=boxes.rate, minlength=len(self.alike))


def blank(boxes: Boxes, classes: int, width: int) -> Flow:
    """Tables with nothing in them yet, all of them stale; classes: of cargo, width: pieces of evidence."""
    streams, controls = Streams.of(boxes), len(boxes.first) - 1
    dated, apart, alike, mixes, groups, _ = streams
    lag_first, columns = np.searchsorted(dated, np.arange(controls + 1) * apart), len(dated)
    of_column = alike // (mixes * groups)
    mixed, pair = np.unique(
        dated[of_column] // apart * mixes + alike // groups % mixes, return_inverse=True
    )  # mixes of each control
    judged, times = np.unique(boxes.noise, return_counts=True)
    noise = np.zeros(int(judged[-1]) - int(judged[0]) + 1)
    noise[int(judged[-1]) - judged.astype(np.int64)] = times / len(boxes.noise)
    kinds = [np.bincount(row, minlength=classes) / CARGO_STEPS for row in boxes.cargo.reshape(-1, CARGO_STEPS)]
    return Flow(
        lag_first=lag_first.astype(I32),
        lag=(dated % apart).astype(I32),
        stream_first=np.searchsorted(of_column, lag_first).astype(I32),
        column=(of_column - lag_first[dated[of_column] // apart]).astype(I32),
        mix=(alike // groups % mixes).astype(I32),
        group=(alike % groups).astype(I32),
        rate=streams.rates(boxes),
        down=np.zeros(len(alike), I32),
        above=np.zeros((len(mixed), 2 * BINS), F32),
        begin=np.zeros(controls, I32),
        upto=np.zeros(WINDOW * columns, np.complex64),
        total=np.zeros(columns),
        total_alarms=np.zeros(columns),
        top=np.zeros(controls, I32),
        bins=np.zeros(controls, I32),
        lesson=np.zeros((controls, width)),
        seen=np.zeros((controls, width)),
        pair=pair.astype(I32),
        alarmed=np.zeros((len(mixed), BINS), F32),
        plain=np.zeros((2, controls, BINS), F32),
        stale=np.ones(controls, U8),
        singly=np.zeros(controls, U8),
        near=np.zeros(controls, I32),
        scans=np.zeros((2, controls)),
        noise=noise.astype(F32),
        noise_top=I32(judged[-1]),
        levels=chances_of_levels(boxes.own, boxes.look).astype(F32),
        tips=np.zeros((controls, 2), F32),
        kinds=np.array(kinds, F32),
    )
