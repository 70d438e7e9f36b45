"""A frame on its way out: a spreadsheet's matrix, CSV, JSON or Arrow.

What comes from NetSuite is data: text stays text in every door, a null stays empty, a number keeps its exact digits.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pandas as pd
import pyarrow as pa

from connector.core.column_type import CELL_DIGITS, Value, significant_digits
from connector.core.frame import Column, Frame, Proof
from connector.core.known_fields import Type

Cell = str | int | float | bool | dict[str, str] | None
"""A cell on the wire; a date is {"date": "2026-01-31"}."""

_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def rows_of(frame: Frame) -> Iterator[tuple[Value | None, ...]]:
    """The rows as Python values."""
    if not frame.columns:
        return iter([()] * len(frame))
    return zip(*(frame.values(column.name) for column in frame.columns), strict=True)


def matrix(frame: Frame, *, headers: bool = True, as_of: bool = False) -> list[list[Cell]]:
    """Rows of cells, all of one width. An empty answer is its header; with `as_of` the first row tells the time."""
    width = max(len(frame.columns), 1)
    lead: list[list[Cell]] = []
    if as_of:
        lead.append([f"as of {timestamp(frame.as_of)}", *[None] * (width - 1)])
    if headers:
        lead.append([column.name for column in frame.columns])
    return lead + [[cell(value) for value in row] for row in rows_of(frame)]


def cell(value: Value | None) -> Cell:
    """One value as a spreadsheet takes it: a decimal that a cell would change is text."""
    if isinstance(value, Decimal):
        return float(value) if significant_digits(value) <= CELL_DIGITS else plain(value)
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def plain(number: Decimal) -> str:
    """A decimal's digits without an exponent and without zeros at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def timestamp(moment: datetime) -> str:
    """UTC, to the second, as `2026-02-01T07:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_csv(frame: Frame, *, guard: bool = False) -> str:
    """RFC 4180 with a header. `guard` puts an apostrophe before text that a spreadsheet would run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_guarded(column.name) if guard else column.name for column in frame.columns])
    for row in rows_of(frame):
        writer.writerow([_guarded(text) if guard and isinstance(v, str) else text for v in row for text in [_text(v)]])
    return out.getvalue()


def to_json(frame: Frame) -> bytes:
    """An array of objects; a decimal is a string with its exact digits, a date is `2026-01-31`."""
    names = [column.name for column in frame.columns]
    objects = [dict(zip(names, map(_json_value, row), strict=True)) for row in rows_of(frame)]
    return orjson.dumps(objects, option=orjson.OPT_APPEND_NEWLINE)


def to_arrow(frame: Frame, *, compression: str | None = None) -> bytes:
    """An Arrow IPC stream; what a frame knows beside its values stands in the schema's metadata."""
    table = pa.table({column.name: pa.array(frame.table[column.name].array) for column in frame.columns})
    proof = {"all_pages": frame.proof.all_pages, "consistent": frame.proof.consistent, "scope": frame.proof.scope}
    meaning = {
        "columns": [{"name": c.name, "type": c.type.value, "approximate": c.approximate} for c in frame.columns],
        "as_of": frame.as_of.isoformat(),
        "proof": proof,
    }
    table = table.replace_schema_metadata({b"nsquery": orjson.dumps(meaning)})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def from_arrow(stream: bytes) -> Frame:
    """The frame that `to_arrow` wrote."""
    table = pa.ipc.open_stream(stream).read_all()
    meaning = orjson.loads(table.schema.metadata[b"nsquery"])
    columns = tuple(Column(c["name"], Type(c["type"]), c["approximate"]) for c in meaning["columns"])
    series = {name: pd.Series(pd.arrays.ArrowExtensionArray(table.column(name))) for name in table.column_names}
    return Frame(columns, pd.DataFrame(series), datetime.fromisoformat(meaning["as_of"]), Proof(**meaning["proof"]))


def describe(columns: Sequence[Column]) -> list[dict[str, str | bool]]:
    """The columns as the API tells them; only a decimal can be approximate."""
    return [
        {"name": column.name, "type": column.type.value}
        | ({"approximate": column.approximate} if column.type is Type.DECIMAL else {})
        for column in columns
    ]


def _text(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)


def _json_value(value: Value | None) -> str | int | bool | None:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _guarded(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
