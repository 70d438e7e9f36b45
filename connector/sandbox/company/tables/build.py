"""Turns records into an Arrow table, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

import pyarrow as pa

from connector.sandbox.table import Column, Kind, Table

Row = TypeVar("Row")
Field = tuple[Column, Callable[[Row], object]]

ARROW_TYPES = {
    Kind.ID: pa.int64(),
    Kind.INTEGER: pa.int64(),
    Kind.TEXT: pa.string(),
    Kind.MONEY: pa.decimal128(18, 2),
    Kind.RATE: pa.decimal128(28, 10),
    Kind.BOOLEAN: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.DATETIME: pa.timestamp("us"),
}


def field(name: str, kind: Kind, value: Callable[[Row], object], shows: str | None = None) -> Field[Row]:
    """One column and how it is read off a record."""
    return Column(name, kind, shows), value


def table(name: str, rows: Sequence[Row], fields: Sequence[Field[Row]]) -> Table:
    """The table of these records, in their order."""
    columns = [column for column, _ in fields]
    arrays = [pa.array([value(row) for row in rows], ARROW_TYPES[column.kind]) for column, value in fields]
    return Table(name, columns, pa.Table.from_arrays(arrays, names=[column.name for column in columns]))


def never(_: object) -> None:
    """A column this company leaves empty."""


def flag(truth: object) -> str:
    """NetSuite's checkbox."""
    return "T" if truth else "F"


def constant(value: object) -> Callable[[object], object]:
    """The same in every row."""
    return lambda _: value


def money(cents: int | None) -> Decimal | None:
    """Cents as an amount."""
    return None if cents is None else Decimal(cents).scaleb(-2)
