"""What is known of the clean boxes of each control in thinned mode, and the space in which that is laid out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import F32, I32, LEVELS

BINS = 768
"""Most points between the highest and the lowest box of a control; where there are more, boxes are made one by one."""
SPAN = 4000
"""Most points between the highest and the lowest box that there can be. No power of two, so that tables side by side do
not compete for the same places of a cache."""
WINDOW = 256
"""Bins about the cut of a mean day whose sums stand ready, column by column; those of others are added up when they are
asked for."""
HIGHER = 192
"""So many of them stand above the cut: the alarms of a day are all over these bins."""
FAMILIES_OF_LOOKS = 4


class Flow(NamedTuple):
    """The clean boxes of each control as numbers by points, from the highest down: bin b holds top - b points."""

    lag_first: NDArray[np.int32]
    """int32[C + 1]: control c has the columns `lag_first[c]` to `lag_first[c + 1]`."""
    lag: NDArray[np.int32]
    """int32[K]: days since the boxes of a column departed."""
    stream_first: NDArray[np.int32]
    """int32[C + 1]: control c has the streams `stream_first[c]` to `stream_first[c + 1]`: lanes with like boxes."""
    column: NDArray[np.int32]
    """int32[S]: column of each stream among those of its control."""
    mix: NDArray[np.int32]
    """int32[S]: its cargo mix."""
    group: NDArray[np.int32]
    """int32[S]: its far end."""
    rate: NDArray[np.float64]
    """float64[S]: its boxes on a mean day."""
    down: NDArray[np.int32]
    """int32[S]: bins that its highest boxes stand below the highest of the control."""
    above: NDArray[np.float32]
    """float32[pairs, 2 * BINS]: chance that a box of a mix stands in a bin or one before it, as if its lane were the
    highest, and behind it that it stands there and gives an alarm."""
    begin: NDArray[np.int32]
    """int32[C]: bin in which the window of each control begins."""
    upto: NDArray[np.complex64]
    """complex64[K * WINDOW]: boxes expected on a mean day in a bin and those before it, and as the imaginary part how
    many of them would give an alarm: both are looked up together. The window of control c begins at `WINDOW *
    lag_first[c]`; its columns stand side by side, bin after bin, so that what a day looks at lies close together."""
    total: NDArray[np.float64]
    """float64[K]: all boxes expected on a mean day."""
    total_alarms: NDArray[np.float64]
    top: NDArray[np.int32]
    """int32[C]: points in bin 0."""
    bins: NDArray[np.int32]
    """int32[C]"""
    lesson: NDArray[np.float64]
    """float64[C, F]: finds that the officer's score expects of one scanned clean box, by evidence, in the mean."""
    seen: NDArray[np.float64]
    """float64[C, F]: share of the scanned clean boxes that come from each far end, and from shippers with each history,
    in the mean."""
    pair: NDArray[np.int32]
    """int32[S]: row of the control and mix of each stream in `alarmed`."""
    alarmed: NDArray[np.float32]
    """float32[pairs, BINS]: chance that a box of a mix gives an alarm, by points without those of its lane."""
    plain: NDArray[np.float32]
    """float32[2, C, BINS]: chances of points of the look and the judgement alone; without and with the history of the
    shipper."""
    stale: NDArray[np.uint8]
    """uint8[C]: 1 where the tables have to be laid out anew."""
    singly: NDArray[np.uint8]
    """uint8[C]: 1 where boxes are too far apart for the tables, and are made one by one."""
    near: NDArray[np.int32]
    """int32[C]: bin of the last cut, where the search for the next begins."""
    scans: NDArray[np.float64]
    """float64[2, C]: mean scans a day, by score and blind."""
    noise: NDArray[np.float32]
    """float32[judgements]: chances of the assessor's judgement, from the highest down."""
    noise_top: np.int32
    """Points of the first of them."""
    levels: NDArray[np.float32]
    """float32[4, 4]: chances of the shipper's history, and of the three anomalies."""
    tips: NDArray[np.float32]
    """float32[C, 2]: chances of no tip and of one."""
    kinds: NDArray[np.float32]
    """float32[mixes, classes]: chances of the cargo classes."""


class Working(NamedTuple):
    """Working space for laying out the tables of one control."""

    known: NDArray[np.float32]
    """float32[5, span]: chances of points, more and more families added."""
    worth: NDArray[np.float32]
    """float32[2, span]: what boxes of so many points teach, families taken away again."""
    cargo: NDArray[np.float32]
    """float32[mixes, span]: chances of points by cargo mix, without tips."""
    mixed: NDArray[np.float32]
    """float32[mixes, span]: the same with tips."""
    taught: NDArray[np.float32]
    """float32[mixes, span]: what boxes of a mix teach, by points without those of their lane."""
    told: NDArray[np.float32]
    """float32[mixes, span]: what a box of a mix teaches in the mean, by how far its lane stands below the highest; -1
    where that is not known yet."""
    used: NDArray[np.int32]
    """int32[mixes]: 1 more than the row of the mix in `Flow.alarmed`, 0 for mixes that the control does not have."""
    sums: NDArray[np.float32]
    """float32[lags, 2 * window]: boxes and alarms added up, column by column."""
    pairs: NDArray[np.complex64]
    """complex64[lags, window]: the same memory, a sum and the alarms in it together."""
    lanes: NDArray[np.float32]
    """float32[64]: sums side by side."""
    weight: NDArray[np.float64]
    """float64[lags]: factors of the day."""
    depth: NDArray[np.float64]
    """float64[loads]: bins from the top down to each contaminated box, its draw among equals included."""
    order: NDArray[np.int32]
    """int32[loads]: contaminated boxes, the highest first."""
    passed: NDArray[np.float64]
    """float64[loads]: clean boxes that gave way to these: where they stand."""
    odds: NDArray[np.float64]
    """float64[streams or more]: running sums of chances."""

    @classmethod
    def of(cls, flow: Flow, loads: int) -> Working:
        """Space for the tables of any control, and for so many contaminated boxes."""
        mixes, classes = flow.kinds.shape
        lags, streams = (int(np.diff(first).max(initial=0)) for first in (flow.lag_first, flow.stream_first))
        sums = np.zeros((lags, 2 * WINDOW), F32)
        return cls(
            known=np.zeros((1 + FAMILIES_OF_LOOKS, SPAN), F32),
            worth=np.zeros((2, SPAN), F32),
            cargo=np.zeros((mixes, SPAN), F32),
            mixed=np.zeros((mixes, SPAN), F32),
            taught=np.zeros((mixes, SPAN), F32),
            told=np.zeros((mixes, SPAN), F32),
            used=np.zeros(mixes, I32),
            sums=sums,
            pairs=sums.view(np.complex64),
            lanes=np.zeros(64, F32),
            weight=np.zeros(lags),
            depth=np.zeros(loads),
            order=np.zeros(loads, np.int32),
            passed=np.zeros(loads),
            odds=np.zeros(max(streams, 2 * classes, LEVELS)),
        )
