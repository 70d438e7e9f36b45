"""A frame as bytes and back: an Arrow IPC stream with zstd, whose metadata hold what the table cannot."""

from __future__ import annotations

import json
from datetime import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.ipc

from connector.core.frame import Column, Frame, Proof
from connector.core.known_fields import Type

_META = b"nsquery"


def to_bytes(frame: Frame) -> bytes:
    """What `from_bytes` reads back to the same frame."""
    meta = {
        "columns": [[column.name, column.type.value, column.approximate] for column in frame.columns],
        "as_of": frame.as_of.isoformat(),
        "proof": [frame.proof.all_pages, frame.proof.consistent, frame.proof.scope],
        "rows": len(frame),
    }
    arrays = [pa.array(frame.table[column.name].array) for column in frame.columns]
    names = [str(number) for number in range(len(arrays))]  # names of columns may repeat nothing, and hold anything
    table = pa.table(dict(zip(names, arrays, strict=True))).replace_schema_metadata({_META: json.dumps(meta)})
    sink = pa.BufferOutputStream()
    options = pyarrow.ipc.IpcWriteOptions(compression="zstd")
    with pyarrow.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def from_bytes(stored: bytes) -> Frame:
    """Raises ValueError for what `to_bytes` did not make."""
    with pyarrow.ipc.open_stream(pa.BufferReader(stored)) as reader:
        table = reader.read_all()
    meta = json.loads(table.schema.metadata[_META])
    columns = tuple(Column(name, Type(kind), approximate) for name, kind, approximate in meta["columns"])
    series = {
        column.name: pd.Series(pd.arrays.ArrowExtensionArray(table.column(number)))
        for number, column in enumerate(columns)
    }
    all_pages, consistent, scope = meta["proof"]
    return Frame(
        columns, pd.DataFrame(series), datetime.fromisoformat(meta["as_of"]), Proof(all_pages, consistent, scope)
    )
