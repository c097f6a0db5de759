"""Tables as Arrow holds them: the schema of each, and the check that what is written fits it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.study.tables import TABLES, Column, Kind, TableName
from sim.world.columns import Words

_ARROW: dict[Kind, pa.DataType] = {
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "date32": pa.date32(),
    "word": pa.dictionary(pa.int32(), pa.string()),
}


class TableMismatch(ValueError):
    """A table does not hold what its schema says."""


def schema(name: TableName) -> pa.Schema:
    """The Arrow schema of a table, with unit and meaning of each column as metadata."""
    return pa.schema(
        [
            pa.field(
                column.name,
                _ARROW[column.kind],
                nullable=False,
                metadata={"unit": column.unit, "meaning": column.meaning},
            )
            for column in TABLES[name]
        ]
    )


def as_table(name: TableName, columns: Mapping[str, Any]) -> pa.Table:
    """The columns of a table in their order and types.

    columns: one array or list a column, or `Words`, all of one length; integers must be integers and fit, floats must
    be finite, nothing may be missing. Raises TableMismatch, naming table and column.
    """
    fields = schema(name)
    missing = [field.name for field in fields if field.name not in columns]
    unknown = [key for key in columns if key not in fields.names]
    if missing or unknown:
        wrong = ((word, names) for word, names in (("missing", missing), ("unknown", unknown)) if names)
        raise TableMismatch(f"{name}: {'; '.join(f'{word} {", ".join(names)}' for word, names in wrong)}")
    arrays = [_column(name, column, columns[column.name]) for column in TABLES[name]]
    lengths = {len(array) for array in arrays}
    if len(lengths) > 1:
        told = ", ".join(f"{field.name} {len(array)}" for field, array in zip(fields, arrays, strict=True))
        raise TableMismatch(f"{name}: columns of different length: {told}")
    return pa.Table.from_arrays(arrays, schema=fields)


def _column(table: TableName, column: Column, given: Any) -> pa.Array:
    """One column, checked."""
    try:
        return _words(given) if column.kind == "word" else _numbers(column.kind, given)
    except (TypeError, ValueError, OverflowError) as problem:
        raise TableMismatch(f"{table}.{column.name}: {problem}") from None


def _numbers(kind: Kind, given: Any) -> pa.Array:
    """Numbers or dates, made into Arrow from their bytes alone: `pa.array` would load pandas to look for its types."""
    values = np.asarray(given, "datetime64[D]") if kind == "date32" else np.asarray(given)
    if values.dtype == object and any(value is None for value in values.flat):
        raise ValueError("has gaps")
    if kind == "float64":
        values = values.astype(np.float64)
        if not np.isfinite(values).all():
            raise ValueError("holds a number that is not finite")
    elif kind == "date32":
        if np.isnat(values).any():
            raise ValueError("has gaps")
        values = values.astype(np.int64).astype(np.int32)
    else:
        if len(values) and values.dtype.kind not in "iu":
            raise ValueError(f"holds {values.dtype}, not integers")
        limits = np.iinfo(kind)
        if len(values) and not limits.min <= values.min() <= values.max() <= limits.max:
            raise ValueError(f"holds numbers not in range of {kind}")
        values = values.astype(kind)
    return _raw(_ARROW[kind], values)


def _words(given: Any) -> pa.Array:
    """Words, encoded in order of first appearance whatever their encoding was."""
    words = given if isinstance(given, Words) else Words.of(given)
    codes, names = words.codes, words.names
    odd = {type(name).__name__ for name in names if not issubclass(type(name), str)}
    if odd:
        raise TypeError("has gaps" if "NoneType" in odd else f"holds {min(odd)}, not text")
    row = {name: at for at, name in reversed(list(enumerate(names)))}
    codes = np.array([row[name] for name in names], np.int64)[codes]  # of equal names the first
    first = np.full(len(names), len(codes))
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # what is written last stays: the first row of each
    order = np.argsort(first, kind="stable")
    order = order[first[order] < len(codes)]
    place = np.zeros(len(names), np.int32)
    place[order] = np.arange(len(order))
    texts = [names[name].encode() for name in order.tolist()]
    ends = np.cumsum([0, *map(len, texts)])
    buffers = [None, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(b"".join(texts))]
    dictionary = pa.Array.from_buffers(pa.string(), len(texts), buffers)
    return pa.DictionaryArray.from_arrays(_raw(pa.int32(), place[codes]), dictionary)


def _raw(kind: pa.DataType, values: NDArray[Any]) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])
