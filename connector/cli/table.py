"""A frame as a table in a terminal."""

from __future__ import annotations

import sys
from decimal import Decimal

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from connector.core.column_type import Value
from connector.core.frame import Frame
from connector.core.known_fields import Type
from connector.core.wire import plain, rows_of, timestamp


def print_table(frame: Frame) -> None:
    """Rows to standard output; when they were read and as whom to standard error."""
    table = Table(show_edge=False, pad_edge=False)
    for column in frame.columns:
        numeric = column.type in (Type.INTEGER, Type.DECIMAL)
        table.add_column(Text(column.name), justify="right" if numeric else "left", overflow="fold")
    for row in rows_of(frame):
        table.add_row(*(Text(_shown(value)) for value in row))
    Console(file=sys.stdout, soft_wrap=False).print(table)
    rows = f"{len(frame):,} row{'' if len(frame) == 1 else 's'}"
    click.echo(f"{rows} as of {timestamp(frame.as_of)}, read as {frame.proof.scope}", err=True)


def _shown(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    text = str(value)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def print_matrix(console: Console, columns: list[dict[str, object]], values: list[list[object]]) -> None:
    """The rows of a formula's answer, its header first."""
    table = Table(show_edge=False, pad_edge=False)
    for column in columns:
        numeric = column["type"] in ("integer", "decimal")
        table.add_column(Text(str(column["name"])), justify="right" if numeric else "left", overflow="fold")
    for row in values[1:]:
        table.add_row(*(Text(_of_cell(cell)) for cell in row))
    console.print(table)


def _of_cell(cell: object) -> str:
    if isinstance(cell, dict):
        return str(cell["date"])
    if isinstance(cell, float):
        return f"{cell:,.2f}"
    return "" if cell is None else "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(cell))
