"""The table of deleted records: empty until somebody deletes something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.sandbox.company.tables.build import Field, constant, field, never, table
from connector.sandbox.table import Kind, Table


@dataclass(frozen=True, slots=True)
class Deletion:
    """One record that is gone. `record` is its type as `transaction.recordtype` names it."""

    id: int
    record: str
    name: str
    external: str | None
    at: datetime


def deleted_record(gone: Sequence[Deletion] = ()) -> Table:
    return table("deletedrecord", gone, _DELETED)


_DELETED: Sequence[Field[Deletion]] = (
    field("recordid", Kind.ID, lambda d: d.id),
    field("type", Kind.TEXT, lambda d: d.record),
    field("name", Kind.TEXT, lambda d: d.name),
    field("externalid", Kind.TEXT, lambda d: d.external),
    field("deleteddate", Kind.DATETIME, lambda d: d.at),
    field("deletedby", Kind.ID, constant(-5)),
    field("context", Kind.TEXT, constant("UIF")),
    field("scriptid", Kind.TEXT, never),
    field("iscustomrecord", Kind.BOOLEAN, constant("F")),
)
