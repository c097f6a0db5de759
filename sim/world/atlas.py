"""The shipped facts: ports, sea distances, the network of the sea, coastlines, published figures and their sources."""

from __future__ import annotations

import csv
import functools
import json
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

from sim.quantity import ASSUMED, Quantity
from sim.terms import Role
from sim.world.site import Dataset, Geography, Port

Point = tuple[float, float]
"""Longitude and latitude, degrees east and north."""

Table = Literal[
    "arrivals", "consignments_rotterdam", "membership_ties", "natural_experiments", "parameters", "prices",
    "production", "seizures",
]  # fmt: skip

CANALS = ("panama",)
"""Canals of the dataset `latin_america_europe` of which the distances around them are known."""

_PUBLISHED = ("seen", "seen-secondary", "derived")
_UNPUBLISHED_RANGE = {"memory": 0.3, "estimated": 0.5}
"""Width to sweep where a throughput is not published, as a share of the value either way."""


class Source(NamedTuple):
    """Where a figure comes from."""

    title: str
    where: str
    date: str


def ports_of(geography: Geography) -> dict[str, Port]:
    """All ports in play by name: the dataset's in its own order, then further ports in the order of the scenario.

    A port of the scenario that bears the name of a port of the dataset takes its place.
    """
    shipped = _in_roles(geography.dataset, tuple(geography.roles.items())) if geography.dataset is not None else {}
    kept = {name: port for name, port in shipped.items() if geography.only is None or name in geography.only}
    return kept | geography.ports


@functools.lru_cache(16)
def _in_roles(dataset: Dataset, given: tuple[tuple[str, Role], ...]) -> dict[str, Port]:
    """The ports of a dataset, each with the role that a scenario gives to it, its country or its region."""
    roles = dict(given)

    def role_of(name: str, port: Port) -> Role:
        return next((roles[place] for place in (name, port.country, port.region) if place in roles), port.role)

    return {
        name: port if (role := role_of(name, port)) == port.role else port.model_copy(update={"role": role})
        for name, port in _ports(dataset).items()
    }


def port_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of the ports of a dataset, in its own order."""
    return tuple(_ports(dataset))


@functools.cache
def land() -> tuple[tuple[Point, ...], ...]:
    """The world's coastlines at 1:110 million, one closed ring for each piece of land."""
    return tuple(_points(ring) for ring in json.loads(_text("land_110m.json"))["rings"])


def sources() -> dict[str, Source]:
    """Title, place and date of every source that a quantity or a published figure may name, by its key."""
    return {row["source_key"]: Source(row["title"], row["where"], row["date"]) for row in _rows("sources.csv")}


def published(table: Table) -> list[dict[str, str]]:
    """Published figures row by row, as text, each with its year, status and source key.

    Raises ValueError for a table that is not shipped.
    """
    if table not in get_args(Table):
        raise ValueError(f"{table} is not shipped; the tables are {', '.join(get_args(Table))}")
    return _rows(f"{table}.csv")


@functools.cache
def _ports(dataset: Dataset) -> dict[str, Port]:
    if dataset == "latin_america_europe":
        return {row["locode"]: _port(row, row["region"], row["role"]) for row in _rows("ports.csv")}
    region = {row["country"]: row["region"] for row in _rows("world_regions.csv")}
    return {row["locode"]: _port(row, region[row["country"]], "destination") for row in _rows("world_ports.csv")}


def _port(row: dict[str, str], region: str, role: str) -> Port:
    return Port.model_validate(
        {
            "name": row["name"],
            "country": row["country"],
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
            "region": region,
            "role": role,
            "teu_thousand": _throughput(row),
        }
    )


def _throughput(row: dict[str, str]) -> Quantity:
    teu, unit, status = float(row["teu_thousand"]), "thousand TEU/year", row["teu_status"]
    if status in _PUBLISHED:
        return Quantity(teu, unit, source=row["teu_source"])
    off = _UNPUBLISHED_RANGE[status]
    return Quantity(teu, unit, teu * (1 - off), teu * (1 + off), ASSUMED)


def listed_distances() -> list[tuple[str, str, float]]:
    """The distances of the dataset `latin_america_europe`: origin, destination, nautical miles, row by row."""
    return [(row["origin"], row["destination"], float(row["distance_nm"])) for row in _rows("sea_distances.csv")]


def listed_detours(canal: str) -> list[tuple[str, str, float | None]]:
    """The pairs of the same dataset that sail through a canal: origin, destination, and the nautical miles around it,
    None where no way around is known. Only the Panama Canal is known to have any."""
    around = f"distance_nm_if_{canal}_closed"
    return [
        (row["origin"], row["destination"], float(row[around]) if row.get(around) else None)
        for row in _rows("sea_distances.csv")
        if canal in CANALS and canal in row["passages"].split("|")
    ]


def matrix_file() -> bytes:
    """The distances of the dataset `world` as a NumPy archive: `nm`, uint16 nautical miles between each two ports."""
    return files("sim").joinpath("data", "world_distances.npz").read_bytes()


def network_file() -> bytes:
    """The network of the sea as a NumPy archive: `places`, int16[N, 2], degrees east and north in 180ths; `links`,
    uint16[E, 2], which two of them each link joins. For maps only."""
    return files("sim").joinpath("data", "sea_network.npz").read_bytes()


def _points(line: list[list[float]]) -> tuple[Point, ...]:
    return tuple((float(lon), float(lat)) for lon, lat in line)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(name).splitlines()))


def _text(name: str) -> str:
    return files("sim").joinpath("data", name).read_text(encoding="utf-8")
