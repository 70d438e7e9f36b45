"""A frame: rows with typed columns, the time they were read and the proof that they are all there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from connector.core.column_type import ReadDate, TypedColumn, Value, digits, type_column, wider
from connector.core.known_fields import Type
from connector.core.select_list import SelectList

_DECIMAL128_DIGITS = 38


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, its type, and whether a number in it is a double that may differ past its 15th digit."""

    name: str
    type: Type
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of an answer's completeness; None where it was not measured.

    `all_pages`: rows held = rows announced. `consistent`: the announced total did not move while reading. `scope`:
    whose eyes saw the rows; NetSuite leaves out what a role may not see and says nothing.
    """

    all_pages: bool | None
    consistent: bool | None
    scope: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Typed rows. `table` is a pandas frame whose columns have Arrow types and the names of `columns`, in order."""

    columns: tuple[Column, ...]
    table: pd.DataFrame
    as_of: datetime
    proof: Proof

    def __len__(self) -> int:
        return len(self.table)

    def values(self, name: str) -> list[Value | None]:
        """One column as Python values: str, int, Decimal, date, bool or None."""
        array = pa.array(self.table[name].array)
        values: list[Value | None] = array.to_pylist()
        return values


Shape = Mapping[str, Type]
"""Column name → type, as an earlier answer of the same query had it."""


def build_frame(
    rows: Sequence[Mapping[str, str]],
    select: SelectList,
    *,
    read_date: ReadDate,
    as_of: datetime,
    proof: Proof,
    before: Shape | None = None,
) -> Frame:
    """Type the rows of an answer. `before` keeps a column's type where an earlier answer knew more."""
    before = before or {}
    keys = dict.fromkeys(key for row in rows for key in row)
    seen_before = [name for name in before if name not in keys and select.has_star]
    columns: list[Column] = []
    series: dict[str, pd.Series] = {}
    for item in select.columns([*keys, *seen_before]):
        texts = [row.get(item.key) for row in rows]
        typed = _sticky(texts, item.type, before.get(item.name), read_date)
        columns.append(Column(item.name, typed.type, typed.approximate))
        series[item.name] = pd.Series(pd.arrays.ArrowExtensionArray(_arrow(typed)))
    table = pd.DataFrame(series) if series else pd.DataFrame(index=pd.RangeIndex(len(rows)))
    return Frame(tuple(columns), table, as_of, proof)


def shape_of(frame: Frame, before: Shape | None = None) -> dict[str, Type]:
    """What to remember of a frame for the next answer of its query; a column of nulls teaches nothing."""
    learned = {
        column.name: column.type
        for column in frame.columns
        if column.name in (before or {}) or not frame.table[column.name].isna().all()
    }
    return {**(before or {}), **learned}


def _sticky(texts: Sequence[str | None], known: Type | None, before: Type | None, read_date: ReadDate) -> TypedColumn:
    typed = type_column(texts, known or before, read_date)
    if before is None or before is typed.type or all(text is None for text in texts):
        return typed
    return type_column(texts, wider(before, typed.type), read_date)


def _arrow(column: TypedColumn) -> pa.Array:
    return pa.array(column.values, type=_arrow_type(column))


def _arrow_type(column: TypedColumn) -> pa.DataType:
    match column.type:
        case Type.TEXT:
            return pa.string()
        case Type.INTEGER:
            return pa.int64()
        case Type.DATE:
            return pa.date32()
        case Type.BOOLEAN:
            return pa.bool_()
        case Type.DECIMAL:
            sizes = [digits(value) for value in column.values if isinstance(value, Decimal)]
            before = max((size[0] for size in sizes), default=1)
            behind = max((size[1] for size in sizes), default=0)
            if before + behind > _DECIMAL128_DIGITS:
                return pa.decimal256(before + behind, behind)
            return pa.decimal128(_DECIMAL128_DIGITS, behind)
