"""The shape of the account's data: tables, typed columns, and what `BUILTIN.DF` shows for a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    """One record type: its columns in order, and its rows (an Arrow table with the same columns).

    `source` is the rows, or what makes them: it is called when they are read and not before, so that an account that
    comes out of a kept file never makes any.
    """

    name: str
    columns: Sequence[Column]
    source: pa.Table | Callable[[], pa.Table]

    @property
    def rows(self) -> pa.Table:
        """The rows at the beginning. Made anew for each reading, where they are made at all."""
        return self.source() if callable(self.source) else self.source


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything SuiteQL can see. `lists` maps a list name to its value → display text (statuses and so on)."""

    tables: Mapping[str, Table]
    lists: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """What one act changes: rows removed by the values of a column, then rows added; all of it or nothing.

    `removed` maps a table to the column and the values, `added` to rows with exactly that table's columns.
    """

    removed: Mapping[str, tuple[str, Sequence[int]]]
    added: Mapping[str, pa.Table]
