"""The legal container trade: lanes fitted to what every port ships, and what their containers carry for whom."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.kernels.boxes import QUANTILES
from sim.terms import DAYS_PER_YEAR
from sim.world.commodity import Concealment
from sim.world.distances import SeaDistances
from sim.world.gravity import Floats, Margin, Rows, cells_of, fitted, port_margin
from sim.world.route import Transport
from sim.world.site import Port
from sim.world.trade import Trade

REST = "REST"
"""The rest of the world: every port that the scenario does not model, as one partner."""
REST_OF_WORLD = "rest_of_world"
"""The cargo mix of what comes from there."""
CLASS_QUANTILES = 1024
SHIPPER_QUANTILES = 4096
ANOMALY_CUTS = (1.0, 2.0, 3.0)
"""Where a standard normal anomaly turns from none to slight, clear and glaring."""
CERTIFIED, ESTABLISHED, OCCASIONAL, NEW = range(4)
"""A shipper's history with customs."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How well the lanes meet the figures they were fitted to."""

    sweeps: int
    """Rounds of proportional fitting."""
    export_gap: Floats
    """Relative gap between a port's loaded exports over all its lanes and its throughput, by port row."""
    import_gap: Floats
    """The same for loaded imports."""
    block_gap: dict[str, float]
    """The same for each figure of `gravity.region_boxes`."""


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """The legal container trade from port to port, one row a lane, as columns.

    Lanes between ports in play come first, by origin and destination in port order; then each port's imports from the
    rest of the world, then its exports to it.

    The rest of the world also holds what hubs transship. Throughput counts a transshipped container twice, once
    unloaded and once loaded, but most of it travels between ports that the scenario does not model (Asia to the west
    coast of South America by way of Panama): only what `gravity.region_boxes` pins to or from hubs is on a lane.
    The same goes for every flow without a sea distance, such as Europe's exports to Latin America.
    """

    ports: tuple[str, ...]
    """Names of the ports, in row order."""
    names: tuple[str, ...]
    """Name of each lane for people and for addressed draws: `ECGYE>BEANR`, `REST>BEANR`."""
    origin: Rows
    """int32[L], row of the port of loading; -1: the rest of the world."""
    destination: Rows
    """int32[L], row of the port of discharge; -1: the rest of the world."""
    boxes_per_day: Floats
    """float64[L], mean number of loaded containers a day while nothing is disrupted."""
    transit_days: Rows
    """int32[L], days from the export gate to the import gate, at least 1; 0 with the rest of the world."""
    nm: Floats
    """float64[L], sea distance, nautical miles; 0 with the rest of the world."""
    feeder: NDArray[np.bool_]
    """bool[L], whether a feeder sails it."""
    mix: Rows
    """int32[L], row of the cargo mix, in the order of `trade.mixes`."""
    fit: Fit

    def __len__(self) -> int:
        return len(self.names)

    def lane_of(self, origin: str, destination: str) -> int:
        """The row of the lane between two ports by name, or REST for the rest of the world; -1 when there is none."""
        name = f"{origin}>{destination}"
        return self.names.index(name) if name in self.names else -1

    def boxes_by_port(self, boxes_per_day: Floats | None = None) -> dict[str, float]:
        """Containers a day that each port ships and receives on lanes to ports in play; of other flows, where given:
        float64[L]."""
        between = (self.origin >= 0) & (self.destination >= 0)
        boxes = (self.boxes_per_day if boxes_per_day is None else boxes_per_day)[between]
        totals = [
            np.bincount(end[between], weights=boxes, minlength=len(self.ports))
            for end in (self.origin, self.destination)
        ]
        return dict(zip(self.ports, (totals[0] + totals[1]).tolist(), strict=True))


def lanes_of(ports: Mapping[str, Port], distances: SeaDistances, trade: Trade, transport: Transport) -> Lanes:
    """Spread each port's published throughput over its lanes.

    A port's loaded exports are throughput / 2 * loaded share / TEU per container, and so are its imports. The matrix of
    all pairs with a sea distance, bordered by the rest of the world, starts from a gravity model (Tinbergen 1962) and
    is fitted to these margins and to the pinned blocks by iterative proportional fitting (Deming and Stephan 1940).

    Raises ValueError when pinned blocks do not fit the ports, or when `rest_of_world` has no cargo mix.
    """
    gravity, names = trade.gravity, tuple(ports)
    loaded = diverted(ports, trade)
    if not gravity.domestic:
        distances = distances.abroad([port.country for port in ports.values()])
    cells = cells_of(loaded, distances, gravity, transport)
    origin, destination = cells.origin, cells.destination

    exports, imports = port_margin(origin, loaded), port_margin(destination, loaded)
    blocks = {
        name: _block_margin(name, float(boxes), ports, loaded, origin, destination)
        for name, boxes in gravity.region_boxes.items()
    }
    flow, sweeps = fitted(
        cells.seed,
        {f"region_boxes {name}": block for name, block in blocks.items()} | {"imports": imports, "exports": exports},
    )

    labels = (*names, REST)  # -1 reads the last
    ends = zip(origin.tolist(), destination.tolist(), strict=True)
    return Lanes(
        ports=names,
        names=tuple(f"{labels[start]}>{labels[end]}" for start, end in ends),
        origin=origin,
        destination=destination,
        boxes_per_day=flow / DAYS_PER_YEAR,
        transit_days=np.ceil(cells.days).astype(np.int32),
        nm=cells.nm,
        feeder=cells.feeder,
        mix=_mix_rows(list(ports.values()), trade)[origin],
        fit=Fit(
            sweeps=sweeps,
            export_gap=exports.gaps(exports.totals(flow)),
            import_gap=imports.gaps(imports.totals(flow)),
            block_gap={name: block.worst_gap(block.totals(flow)) for name, block in blocks.items()},
        ),
    )


def diverted(ports: Mapping[str, Port], trade: Trade) -> list[float]:
    """Loaded containers a year that each port ships, and receives: its published throughput, less the trade that
    extorted bribes drive away, which the ports of its region take up in proportion to what they have kept."""
    gravity, places = trade.gravity, list(ports.values())
    loaded = [float(port.teu_thousand) * 1000.0 / 2.0 * gravity.loaded_share / gravity.teu_per_box for port in places]
    if not trade.extortion:
        return loaded
    asked = [
        next((float(trade.extortion[at]) for at in (name, port.country, port.region) if at in trade.extortion), 0.0)
        for name, port in ports.items()
    ]
    kept = [
        boxes * math.pow(1.0 + bribes, -gravity.cost_elasticity) for boxes, bribes in zip(loaded, asked, strict=True)
    ]
    regions = [port.region for port in places]
    scale = {
        region: math.fsum(_of(loaded, regions, region)) / (math.fsum(_of(kept, regions, region)) or 1.0)
        for region in dict.fromkeys(regions)
    }
    return [boxes * scale[region] for boxes, region in zip(kept, regions, strict=True)]


def _of(boxes: Sequence[float], regions: Sequence[str], region: str) -> list[float]:
    return [count for count, here in zip(boxes, regions, strict=True) if here == region]


def _block_margin(
    name: str, boxes: float, ports: Mapping[str, Port], loaded: Sequence[float], origin: Rows, destination: Rows
) -> Margin:
    """The margin of one entry of `region_boxes`, FROM>TO: each a region or a role, or else a country or a port."""
    ends = name.split(">")
    groups = [
        np.array([end in (port.region, port.role, port.country, own) for own, port in ports.items()] + [False])
        for end in (part.strip() for part in ends)
    ]  # the last entry is the rest of the world, which -1 reads
    where = f"gravity.region_boxes {name}"
    if len(groups) != 2:
        raise ValueError(f"{where}: give FROM>TO, each a region or a role.")
    cells = np.flatnonzero(groups[0][origin] & groups[1][destination])
    if not len(cells):
        raise ValueError(f"{where}: no lane goes that way. Name regions or roles of ports that have a sea distance.")
    sent = math.fsum(loaded[row] for row in np.unique(origin[cells]).tolist())
    taken = math.fsum(loaded[row] for row in np.unique(destination[cells]).tolist())
    if boxes >= min(sent, taken):
        raise ValueError(
            f"{where}: {boxes:,.0f} containers a year are more than these ports can carry, "
            f"{sent:,.0f} loaded out and {taken:,.0f} in. Give less, or raise the ports' throughput."
        )
    return Margin(cells, np.zeros(len(cells), dtype=np.intp), np.array([boxes]))


def _mix_rows(ports: Sequence[Port], trade: Trade) -> Rows:
    """int32[ports + 1]: row of the cargo mix by port of loading; the last entry is the rest of the world."""
    row = {name: number for number, name in enumerate(trade.mixes)}
    if REST_OF_WORLD not in row:
        raise ValueError(f"trade.mixes: {REST_OF_WORLD} is missing. Give the cargo mix of imports from elsewhere.")
    rest = row[REST_OF_WORLD]
    return np.array([*(row.get(port.region, rest) for port in ports), rest], dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class CargoTables:
    """What a container carries and for whom, by a quantile that its bill of lading draws."""

    class_of_quantile: NDArray[np.uint8]
    """uint8[mixes, 1024], row of the cargo class."""
    shipper_of_quantile: NDArray[np.uint16]
    """uint16[4096], rank of the shipper among the port's exporters, 0 the largest."""
    history_of_quantile: NDArray[np.uint8]
    """uint8[4096], the shipper's history: certified, established, occasional or new."""


def cargo_tables(trade: Trade) -> CargoTables:
    """The cargo mixes and the shippers of the scenario as tables of quantiles."""
    classes = list(trade.cargo_classes)
    volumes = _zipf_shares(max(1, round(trade.shippers.per_port)), trade.shippers.zipf)
    shipper = _by_quantile(volumes, SHIPPER_QUANTILES)
    history = _histories(volumes, trade.shippers.certified_share, trade.shippers.new_share)
    return CargoTables(
        class_of_quantile=np.array(
            [
                np.repeat(
                    np.arange(len(classes)),
                    _apportioned([float(mix.get(name, 0.0)) for name in classes], CLASS_QUANTILES),
                )
                for mix in trade.mixes.values()
            ],
            dtype=np.uint8,
        ),
        shipper_of_quantile=np.array(shipper, dtype=np.uint16),
        history_of_quantile=np.array([history[rank] for rank in shipper], dtype=np.uint8),
    )


def anomaly_chances(shift: float) -> list[float]:
    """Chances of the levels (0 to 3) of an anomaly: a standard normal moved up by `shift`, cut at 1, 2 and 3."""
    below = [_normal_cdf(cut - shift) for cut in ANOMALY_CUTS]
    return [upper - lower for lower, upper in zip([0.0, *below], [*below, 1.0], strict=True)]


def anomaly_levels(shift: float, size: int) -> NDArray[np.uint8]:
    """The level of an anomaly by quantile: uint8[size]; a level rarer than half a quantile does not occur."""
    return np.array(_by_quantile(anomaly_chances(shift), size), dtype=np.uint8)


def anomalies_of(concealments: Iterable[Concealment], declared: float = 1.0) -> NDArray[np.uint8]:
    """Levels of anomalies by quantile, uint8[3 * concealments, 4096]: of manifest, routing and seal of each.

    declared: factor on what manifest and routing show, where what both ends declare is held against each other.
    """
    return np.array(
        [
            anomaly_levels(float(shift), QUANTILES)
            for kind in concealments
            for shift in (declared * kind.manifest_shift, declared * kind.routing_shift, kind.seal_shift)
        ],
        np.uint8,
    )


def chances_of_clean_looks(history_of_quantile: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Chances of history * 64 + manifest * 16 + routing * 4 + seal of a clean container: float64[256]."""
    history = np.bincount(history_of_quantile, minlength=4) / len(history_of_quantile)
    anomaly = np.array(anomaly_chances(0.0))
    chances = history
    for _ in range(3):
        chances = np.multiply.outer(chances, anomaly)
    return np.asarray(chances.ravel())


def _normal_cdf(z: float) -> float:
    return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))


def _zipf_shares(count: int, exponent: float) -> list[float]:
    """Share of each exporter in the volume, the largest first: rank^-exponent (Zipf 1949)."""
    weights = [math.pow(rank, -exponent) for rank in range(1, count + 1)]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def _histories(volumes: Sequence[float], certified_share: float, new_share: float) -> list[int]:
    """History by rank: the largest shippers are certified, the smallest new; the volume between them is halved.

    A shipper belongs where the middle of his volume falls, so that shares come out as near as whole shippers allow.
    """
    halfway = certified_share + (1.0 - certified_share - new_share) / 2.0
    cuts = (certified_share, halfway, 1.0 - new_share)
    found, before = [], 0.0
    for volume in volumes:
        middle = before + volume / 2.0
        found.append(sum(middle >= cut for cut in cuts))
        before += volume
    return found


def _by_quantile(shares: Sequence[float], size: int) -> list[int]:
    """Which entry the middle of each of `size` quantiles falls into."""
    middles = (np.arange(size) + 0.5) / size
    entries = np.searchsorted(np.cumsum(shares), middles, side="right")
    found: list[int] = np.minimum(entries, len(shares) - 1).tolist()
    return found


def _apportioned(shares: Sequence[float], size: int) -> list[int]:
    """`size` seats in proportion to shares, by largest remainder; ties go to the earlier entry."""
    total = math.fsum(shares)
    quotas = [share / total * size for share in shares]
    seats = [math.floor(quota) for quota in quotas]
    order = sorted(range(len(quotas)), key=lambda entry: (seats[entry] - quotas[entry], entry))
    for entry in order[: size - sum(seats)]:
        seats[entry] += 1
    return seats
