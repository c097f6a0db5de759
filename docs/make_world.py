"""Makes sim/data/world_ports.csv, world_distances.npz and sea_network.npz: the container ports of the world and the sea
between them.

python docs/make_world.py PORTS

PORTS is a table of ports with the columns locode, name, iso2, lat, lon, teu_thousand and teu_status. Needs NumPy, SciPy
and searoute 1.6.0 (`pip install scipy searoute==1.6.0`), whose sea network it takes; takes about half a minute.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parents[1] / "sim" / "data"
COLUMNS = ("locode", "name", "country", "lat", "lon", "teu_thousand", "teu_status", "teu_source")
COMPILED = "gsp19"
"""Source of the throughputs that PORTS calls a compilation of 2019."""
MENDED = {"USPAE": (47.98, -122.22), "USPWM": (43.66, -70.25), "VCCRP": (13.1, -61.14)}
"""Positions, degrees north and east, where that of PORTS lies elsewhere: Everett, Portland (Maine), Campden Park."""
DROPPED = frozenset({"ASPGO"})
"""Rows that PORTS has by a wrong match: a port of American Samoa that lies in Panama."""
RIVER_NM = {"PYASU": 755.0}
"""Nautical miles up a river that the sea network does not have, as in `sea_distances.csv` (from memory)."""
RIVERS = (((-57.64, -25.28), (-58.85, -27.47), (-60.70, -31.65), (-60.63, -32.95), (-58.9, -34.0)),)
"""The same rivers on maps, degrees east and north, down to the sea: the Paraguay and the Parana (from memory)."""
SHUT = "northwest"
"""The passage that no liner takes."""
EARTH_NM = 6371.0088 / 1.852
PER_DEGREE = 180
"""Steps in which places of the network are written, so that they fit 16 bits."""


def main(given: Path) -> None:
    """Write the three files."""
    with given.open(encoding="utf-8") as file:
        given_ports = sorted(csv.DictReader(file), key=lambda port: port["locode"])
    with (DATA / "ports.csv").open(encoding="utf-8") as file:
        known = {row["locode"]: row for row in csv.DictReader(file)}
    ports = [row_of(port, known) for port in given_ports if port["locode"] not in DROPPED]
    with (DATA / "world_ports.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(ports)
    nm = distances([port["locode"] for port in ports], [(float(port["lon"]), float(port["lat"])) for port in ports])
    np.savez_compressed(DATA / "world_distances.npz", nm=nm)
    at, links = drawn_network()
    places = np.rint(at * PER_DEGREE).astype(np.int16)
    np.savez_compressed(DATA / "sea_network.npz", places=places, links=links.astype(np.uint16))


def row_of(port: dict[str, str], known: dict[str, dict[str, str]]) -> dict[str, str]:
    """A port as `ports.csv` has it, if it does: its position, and the source of a published throughput.

    Other throughputs are from a compilation, or estimated from connectivity.
    """
    name = port["locode"]
    lat, lon = MENDED.get(name, (port["lat"], port["lon"]))
    row = dict(zip(COLUMNS, (name, port["name"], port["iso2"], str(lat), str(lon), port["teu_thousand"]), strict=False))
    if name in known:
        row |= {column: known[name][column] for column in ("name", "lat", "lon")}
    if port["teu_status"] == "published":
        return row | {column: known[name][column] for column in ("teu_status", "teu_source")}
    if port["teu_status"].startswith("published"):
        return row | {"teu_status": "seen-secondary", "teu_source": COMPILED}
    return row | {"teu_status": "estimated", "teu_source": "estimated"}


def distances(names: list[str], places: list[tuple[float, float]]) -> NDArray[np.uint16]:
    """Nautical miles between each two ports, uint16[P * (P - 1) / 2], by the first and then the second.

    Along the sea network between the nodes nearest to them; between ports at the same node as the crow flies. Pairs of
    `sea_distances.csv` have the distance that stands there.
    """
    nm = network_nm(places) + np.add.outer(*[np.array([RIVER_NM.get(name, 0.0) for name in names])] * 2)
    at = np.radians(np.array(places))
    first, second = np.triu_indices(len(names), 1)
    found = np.where(nm[first, second] > 0.0, nm[first, second], great_circle_nm(at[first], at[second]))
    if not np.isfinite(found).all():
        raise SystemExit("Some ports are not joined by sea.")
    row = {name: number for number, name in enumerate(names)}
    nm[first, second] = nm[second, first] = np.clip(np.rint(found), 1, None)
    with (DATA / "sea_distances.csv").open(encoding="utf-8") as file:
        for pair in csv.DictReader(file):
            here, there = row[pair["origin"]], row[pair["destination"]]
            nm[here, there] = nm[there, here] = float(pair["distance_nm"])
    return nm[first, second].astype(np.uint16)


def network_nm(places: list[tuple[float, float]]) -> NDArray[np.float64]:
    """Nautical miles along the sea network between the nodes nearest to all places, float64[P, P]."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    network, at, ends = sea_network()
    nodes, (row, column), at = {node: row for row, node in enumerate(network.nodes)}, ends.T, np.radians(at)
    length = np.maximum(great_circle_nm(at[row], at[column]), 1e-6)
    graph = csr_array((length, (row, column)), shape=(len(nodes), len(nodes)))
    snapped = np.array([nodes[network.kdtree.query(place)] for place in places])
    starts, which = np.unique(snapped, return_inverse=True)
    found = dijkstra(graph, directed=False, indices=starts)
    return np.asarray(found[which][:, snapped], dtype=np.float64)


def sea_network() -> tuple[Any, NDArray[np.float64], NDArray[np.int64]]:
    """The sea network; its nodes, degrees east and north: float64[N, 2]; and which two each link joins: int64[E, 2]."""
    from searoute.searoute import setup_M

    network = setup_M()
    nodes = {node: row for row, node in enumerate(network.nodes)}
    ends = [
        (nodes[start], nodes[end])
        for start, end, edge in network.edges(data=True)
        if edge.get("passage") != SHUT and start != end
    ]
    return network, np.array(list(nodes), dtype=np.float64), np.array(ends)


def drawn_network() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The sea network as maps draw it, with the rivers that it lacks: nodes, float64[N, 2], and links, int64[E, 2]."""
    network, at, links = sea_network()
    row = {node: number for number, node in enumerate(network.nodes)}
    for way in RIVERS:
        first, mouth = len(at), row[network.kdtree.query(way[-1])]
        at, rows = np.vstack([at, way]), [*range(first, first + len(way)), mouth]
        links = np.vstack([links, np.column_stack([rows[:-1], rows[1:]])])
    at[:, 0] -= 360.0 * (at[:, 0] > 180.0)
    return at, links


def great_circle_nm(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nautical miles on a sphere between points in radians, by the haversine formula."""
    (lon, lat), (far_lon, far_lat) = start.T, end.T
    chord = np.sin((far_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(far_lat) * np.sin((far_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_NM * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
