"""The shipped facts: ports, sea distances, sailing lines, coastlines, published figures and their sources."""

from __future__ import annotations

import csv
import functools
import json
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

from sim.quantity import ASSUMED, Quantity
from sim.world.route import Transport
from sim.world.site import Geography, Port

Point = tuple[float, float]
"""Longitude and latitude, degrees east and north."""

Table = Literal["seizures", "prices", "production", "consignments_rotterdam", "parameters"]

_PUBLISHED = ("seen", "seen-secondary", "derived")
_UNPUBLISHED_RANGE = 0.3  # of the value, either way: the width to sweep where a throughput is not published


class Source(NamedTuple):
    """Where a figure comes from."""

    title: str
    where: str
    date: str


def ports_of(geography: Geography) -> dict[str, Port]:
    """All ports in play by name: the dataset's in its own order, then further ports in the order of the scenario.

    A port of the scenario that bears the name of a port of the dataset takes its place.
    """
    shipped = _ports(geography.dataset) if geography.dataset is not None else {}
    kept = {name: port for name, port in shipped.items() if geography.only is None or name in geography.only}
    return kept | geography.ports


def sea_distances(geography: Geography, transport: Transport) -> dict[tuple[str, str], float]:
    """Nautical miles by (origin, destination) among the ports in play; a pair that is absent has no lane.

    Pairs are directional: the dataset has those out of Latin America and out of Africa. Distances given in the scenario
    outrank the dataset's.
    """
    ports = ports_of(geography)
    shipped = _distances(geography.dataset) if geography.dataset is not None else {}
    given = {(pair.origin, pair.destination): pair.nm for pair in transport.sea_distances}
    return {pair: nm for pair, nm in (shipped | given).items() if pair[0] in ports and pair[1] in ports}


def sea_lines(origin: str, destination: str) -> tuple[Point, ...] | None:
    """The simplified sailing line between two ports of the dataset, for maps only; None where there is none."""
    line = _lines().get(f"{origin}-{destination}")
    return _points(line) if line is not None else None


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
def _ports(dataset: str) -> dict[str, Port]:
    return {
        row["locode"]: Port.model_validate(
            {
                "name": row["name"],
                "country": row["country"],
                "lat": float(row["lat"]),
                "lon": float(row["lon"]),
                "region": row["region"],
                "role": row["role"],
                "teu_thousand": _throughput(row),
            }
        )
        for row in _rows("ports.csv")
    }


def _throughput(row: dict[str, str]) -> Quantity:
    teu, unit = float(row["teu_thousand"]), "thousand TEU/year"
    if row["teu_status"] in _PUBLISHED:
        return Quantity(teu, unit, source=row["teu_source"])
    return Quantity(teu, unit, teu * (1 - _UNPUBLISHED_RANGE), teu * (1 + _UNPUBLISHED_RANGE), ASSUMED)


@functools.cache
def _distances(dataset: str) -> dict[tuple[str, str], float]:
    return {(row["origin"], row["destination"]): float(row["distance_nm"]) for row in _rows("sea_distances.csv")}


@functools.cache
def _lines() -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = json.loads(_text("sea_routes.json"))
    return found


def _points(line: list[list[float]]) -> tuple[Point, ...]:
    return tuple((float(lon), float(lat)) for lon, lat in line)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(name).splitlines()))


def _text(name: str) -> str:
    return files("sim").joinpath("data", name).read_text(encoding="utf-8")
