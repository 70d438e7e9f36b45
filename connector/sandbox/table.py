"""The shape of the account's data: tables, typed columns, and what `BUILTIN.DF` shows for a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Kind(StrEnum):
    """How a column is stored and how SuiteQL prints it."""

    ID = "id"  # BIGINT; printed plain
    INTEGER = "integer"  # BIGINT
    TEXT = "text"  # VARCHAR; the empty string is NULL, as in Oracle
    MONEY = "money"  # DECIMAL(18,2)
    RATE = "rate"  # DECIMAL(28,10): exchange rates, quantities, percentages
    BOOLEAN = "boolean"  # VARCHAR 'T' or 'F'
    DATE = "date"  # DATE
    DATETIME = "datetime"  # TIMESTAMP, in the account's time zone


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `shows` is what BUILTIN.DF prints: `table.column` looked up by id, `list:name` looked up by value, or
    `list:name by column` looked up by that column of the same row, a colon and the value (`CustInvc:A`).
    """

    name: str
    kind: Kind
    shows: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One record type: its columns in order, and its rows (an Arrow table with the same columns)."""

    name: str
    columns: Sequence[Column]
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything SuiteQL can see. `lists` maps a list name to its value → display text (statuses and so on)."""

    tables: Mapping[str, Table]
    lists: Mapping[str, Mapping[str, str]]
