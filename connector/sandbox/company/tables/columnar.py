"""Columns of a table made from columns of the register, all rows at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connector.sandbox.company.exchange_rates import RATE_UNIT
from connector.sandbox.company.register import EPOCH
from connector.sandbox.company.tables.build import ARROW_TYPES
from connector.sandbox.table import Column, Kind, Table

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_PLACES = 10 ** (10 - 2)  # from hundredths to the ten decimals of a rate


class Columns:
    """Collects a table's columns in their order."""

    def __init__(self, name: str, count: int) -> None:
        self._name, self._count = name, count
        self._columns: list[Column] = []
        self._arrays: list[pa.Array] = []

    def add(self, name: str, kind: Kind, values: pa.Array | pa.ChunkedArray | None, shows: str | None = None) -> None:
        """One more column; None where this company leaves it empty."""
        array = pa.nulls(self._count, ARROW_TYPES[kind]) if values is None else _whole(values)
        if array.type != ARROW_TYPES[kind]:
            array = array.cast(ARROW_TYPES[kind])
        self._columns.append(Column(name, kind, shows))
        self._arrays.append(array)

    def constant(self, name: str, kind: Kind, value: object, shows: str | None = None) -> None:
        self.add(name, kind, pa.repeat(pa.scalar(value, ARROW_TYPES[kind]), self._count), shows)

    def table(self) -> Table:
        rows = pa.Table.from_arrays(self._arrays, names=[column.name for column in self._columns])
        return Table(self._name, self._columns, rows)


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def whole(values: pa.ChunkedArray, missing: int = 0) -> Whole:
    """As numbers, with another in place of null."""
    return np.asarray(pc.fill_null(values, missing).to_numpy(), dtype=np.int64)


def where(mask: Mask, values: Whole | pa.Array) -> pa.Array:
    """The values, null where the mask is not set."""
    return pc.if_else(pa.array(mask), values if isinstance(values, pa.Array) else pa.array(values), None)


def given(values: Whole) -> pa.Array:
    """Null where there is 0, which no id is."""
    return where(values != 0, values)


def money(cents: pa.Array | pa.ChunkedArray | Whole) -> pa.Array:
    """Cents as amounts."""
    return _scaled(cents, ARROW_TYPES[Kind.MONEY], 1)


def hundredths(values: pa.Array | pa.ChunkedArray | Whole) -> pa.Array:
    """Hundredths as numbers of ten decimals."""
    return _scaled(values, ARROW_TYPES[Kind.RATE], _PLACES)


def rates(values: pa.Array | pa.ChunkedArray | Whole) -> pa.Array:
    """Exchange rates in hundred-millionths as numbers of ten decimals."""
    return _scaled(values, ARROW_TYPES[Kind.RATE], 10**10 // RATE_UNIT)


def _scaled(values: pa.Array | pa.ChunkedArray | Whole, kind: pa.DataType, factor: int) -> pa.Array:
    """Whole numbers whose digits are those of a decimal: the same bits, read with a point."""
    array = pa.array(values) if isinstance(values, np.ndarray) else _whole(values)
    if factor != 1:
        array = pc.multiply(array, factor)
    wide = array.cast(pa.decimal128(19, 0))
    return pa.Array.from_buffers(kind, len(wide), wide.buffers(), wide.null_count, wide.offset)


def dates(ordinals: pa.Array | pa.ChunkedArray | Whole) -> pa.Array:
    array = pa.array(ordinals) if isinstance(ordinals, np.ndarray) else _whole(ordinals)
    return pc.subtract(array, EPOCH).cast(pa.int32()).cast(pa.date32())


def moments(seconds: pa.Array | pa.ChunkedArray | Whole) -> pa.Array:
    array = pa.array(seconds) if isinstance(seconds, np.ndarray) else _whole(seconds)
    return pc.multiply(array, 1_000_000).cast(pa.timestamp("us"))


def flags(mask: Mask) -> pa.Array:
    """NetSuite's checkbox."""
    return choose(np.asarray(mask, dtype=np.int64), ("F", "T"))


def choose(places: Whole, values: Sequence[str | None]) -> pa.Array:
    """The value at each place."""
    return pa.array(values, pa.string()).take(pa.array(places))


def in_base(foreign: Whole, rate: Whole) -> Whole:
    """Amounts that are not negative at their rates, rounded half up."""
    return (foreign * rate + RATE_UNIT // 2) // RATE_UNIT
