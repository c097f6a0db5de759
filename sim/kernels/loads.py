"""What carrying is made of: records of loads, legs and owners, of the steps that loads take, and lines of the books."""

import numpy as np

from sim.kernels.prospects import MOST_CHECKPOINTS, MOST_CREWS

MOST_LEGS = 6
"""Legs of one way: two over land, one or two over the sea, two over land."""

(
    PRODUCED, DISPATCHED, SEIZED, LOST, DELIVERED, OPENING, CONSUMED, INTERCEPTED, RESCUED, RETURNED, REFINED, RAIDED,
    WENT_BACK, STOPPED_ASHORE,
) = range(14)  # fmt: skip
"""What can happen to goods, and to people, as the books number it."""
UNDER_WAY = DISPATCHED
"""What has become of a load is what was last booked of it."""

LANDING, ASHORE, ONWARD = 14, 15, 16
"""What may come next for a load on the same day: at the end of its crossing or past import control; to be taken out of
its port; at the end of its leg."""

ON_THE_ROAD, NOWHERE, IN_PORT = -1, -2, -3
"""In place of the row of a checkpoint: seized where there is none; nothing met; seized with its crew in a port."""

LOAD = np.dtype(
    [
        ("key", np.uint64),
        ("grams", np.int64),
        ("shows", np.float64),  # factor on the chance that a scan raises an alarm: load and concealment
        ("commodity", np.int32),
        ("organisation", np.int32),
        ("way", np.int32),  # row of the organisation's table of ways
        ("legs", np.int32, (MOST_LEGS,)),  # rows of the legs of that way, -1 after the last
        ("crews", np.int32, (MOST_CREWS,)),  # rows of the cells whose crews are needed on it, -1 after the last
        ("concealment", np.int32),  # or the kind of craft, where it crosses on one
        ("planned", np.int32),  # day on which it left the production area
        ("due", np.int32),  # day of its next thing to do
        ("leg", np.int64),  # number of the leg that it is on, or about to start
        ("served", np.int32),  # how many of its crews have done their work
        ("came", np.int32),  # day on which it came to the gateway where it is, to leave by sea or to be taken ashore
        ("departed", np.int32),  # day on which its container left, or on which its craft put to sea; -1 before
        ("landed", np.bool_),  # whether it is past all controls of its leg, and only needs taking ashore
        ("zone", np.int64),  # number of the next sea zone of its crossing
        ("outcome", np.int32),
        ("ended", np.int32),
        ("place", np.int32),  # where it ended
        ("checkpoint", np.int32),  # what seized it
        ("people", np.bool_),  # whether it is people, whom nobody seizes
        ("returned", np.bool_),  # whether they were brought back from the sea to where they came from
    ],
    align=True,
)
"""A load: what, how much, whose, which way, how hidden, and how far it has come."""

LEG = np.dtype(
    [
        ("road", np.bool_),
        ("small_craft", np.bool_),
        ("mode", np.int32),
        ("origin", np.int32),
        ("destination", np.int32),
        ("days", np.int32),
        ("lane", np.int32),  # -1 when no container ship carries it
        ("checkpoints", np.int32, (MOST_CHECKPOINTS,)),  # rows of those passed, -1 after the last
        ("pool", np.int32, (2,)),  # where its lane stands in the pool of the export and of the import control
        ("seizure", np.float64),  # probability of seizure on the way, beside the checkpoints
        ("loss", np.float64),
        ("nm", np.float64),
        ("shut", np.bool_),  # whether nothing puts to sea there now
        ("watch", np.float64),  # chance that a craft is stopped before it puts to sea there
        ("crew_found", np.float64, (2,)),  # chance that a crew is found at work with the load, at either port
        ("site", np.int32, (2,)),  # rows among the sites of where a craft puts to sea, and of where the leg ends
    ],
    align=True,
)
"""A leg, as far as loads on it are concerned."""

OWNER = np.dtype([("weekday", np.int64), ("least_hands", np.int64)])
"""An organisation: the day of the week on which it decides, and without how many couriers no crew goes to work."""

SITE = np.dtype([("finds", np.float64), ("kept", np.float64)])
"""A coast with small docks, or a transit warehouse: visits in a day that would find a load that is there, and days for
which a load lies there at least."""

TERMS = np.dtype(
    [
        ("hub_days", np.int64),
        ("hold_days", np.int64),
        ("first_zone", np.int64),
        ("first_site", np.int64),
        ("first_water", np.int64),
    ]
)
"""Days at a hub between two lanes, days after which a load that nobody took out of its port is lost; row of the first
sea zone and of the first site among the checkpoints, and of the first sea zone among the places."""

STEP = np.dtype(
    [
        ("load", np.int64),
        ("control", np.int64),  # row of the port control that it is presented to, or NOWHERE
        ("pool", np.int32),  # where its lane stands in the pool of that control
        ("word", np.uint64),  # the container that it is in
        ("met", np.int64),  # row of the checkpoint that it met, ON_THE_ROAD or NOWHERE
        ("site", np.int64),  # where those work who had a hand in that
        ("turn", np.float64),  # luck of the order in which craft are boarded, while it waits for that; inf for none
        ("stopped", np.bool_),  # whether a patrol stopped the craft that it is on
        ("rescued", np.bool_),  # whether that was in distress
        ("foundered", np.bool_),  # whether nobody came
        ("through", np.bool_),  # whether those aboard were brought to where they wanted to go
        ("seized", np.bool_),
        ("cell", np.int64),  # row of the cell whose crew worked for it, or -1
    ],
    align=True,
)
"""What a load did at one moment of a day, beside what the books say."""

EVENT = np.dtype(
    [
        ("day", np.int32),
        ("event", np.int32),
        ("commodity", np.int32),
        ("load", np.int64),  # -1 for none
        ("grams", np.int64),
        ("place", np.int32),
        ("checkpoint", np.int32),  # ON_THE_ROAD and NOWHERE count from the end of the names
        ("mode", np.int32),  # -1 for none
    ],
    align=True,
)
"""A line of the books."""
