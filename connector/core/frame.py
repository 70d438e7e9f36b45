"""A frame: rows with typed columns, the time they were read and the proof that they are all there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from connector.core.column_type import ReadDate, TypedColumn, Value, convert_column, digits, type_column, wider
from connector.core.known_fields import Type
from connector.core.select_list import Item, SelectList
from connector.errors import CallerError, UnreadableError

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
"""Key on the wire → type, as earlier answers of the same query had it."""


def build_frame(
    rows: Sequence[Mapping[str, str]],
    select: SelectList,
    *,
    read_date: ReadDate,
    as_of: datetime,
    proof: Proof,
    before: Shape | None = None,
) -> tuple[Frame, Shape]:
    """Type the rows of an answer, and tell what the answer taught about its columns.

    `before` keeps a column's type where an earlier answer knew more. Raises UnreadableError (code UNEXPECTED_COLUMN)
    for an answer that is not one of this query, CallerError (code UNKNOWN_COLUMNS) where `*` stands for nothing known.
    """
    before = before or {}
    keys = set().union(*rows)
    if select.has_star:
        keys |= before.keys()
    items = select.columns(keys)
    _check_keys(keys, items)
    columns: list[Column] = []
    series: dict[str, pd.Series] = {}
    learned: dict[str, Type] = {}
    for item in items:
        texts = [row.get(item.key) for row in rows]
        typed = _typed(texts, item.type, before.get(item.key), read_date)
        if any(text is not None for text in texts):
            learned[item.key] = typed.type
        columns.append(Column(item.name, typed.type, typed.approximate))
        series[item.name] = pd.Series(pd.arrays.ArrowExtensionArray(_arrow(typed)))
    return Frame(tuple(columns), pd.DataFrame(series), as_of, proof), learned


def _check_keys(keys: Collection[str], items: Sequence[Item]) -> None:
    unknown = set(keys) - {item.key for item in items}
    if unknown:
        raise UnreadableError(
            f"NetSuite's answer has a column {min(unknown)[:60]} that the query does not name.",
            code="UNEXPECTED_COLUMN",
            remedy="Give each column of the SELECT list an alias of its own: SELECT … AS name.",
        )
    if not items:
        raise CallerError(
            "The answer has no value in it, and the query's * does not tell which columns there are.",
            code="UNKNOWN_COLUMNS",
            remedy="Name the columns: SELECT id, tranid FROM …",
        )


def _typed(texts: Sequence[str | None], known: Type | None, before: Type | None, read_date: ReadDate) -> TypedColumn:
    """A column's own type, widened by what it was before; nulls alone take what is known from elsewhere."""
    if all(text is None for text in texts):
        return convert_column(texts, before or known or Type.TEXT, read_date)
    typed = type_column(texts, known, read_date)
    if before is None or before is typed.type:
        return typed
    return convert_column(texts, wider(before, typed.type), read_date)


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
