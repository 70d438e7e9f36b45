"""The column types an earlier answer of a query taught us, for each connection: types are sticky per query version."""

from __future__ import annotations

import json
from collections.abc import Mapping

import sqlalchemy as sa

from connector.core.known_fields import Type
from connector.db.engine import Database
from connector.db.tables import column_shape, connection
from connector.db.utc_time import utc_now


class ColumnShapes:
    """Remembers a mapping of column name → type, in column order. Merging old and new is the caller's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, connection_id: str, query_fingerprint: str) -> dict[str, Type] | None:
        """What was put last; None where nothing was, or where a later version put a type unknown here."""
        with self._database.read() as transaction:
            text = transaction.scalar(
                sa.select(column_shape.c.columns).where(
                    column_shape.c.connection_id == connection_id,
                    column_shape.c.query_fingerprint == query_fingerprint,
                )
            )
        try:
            return None if text is None else {name: Type(kind) for name, kind in json.loads(text)}
        except ValueError:
            return None

    def put(self, connection_id: str, query_fingerprint: str, columns: Mapping[str, Type]) -> None:
        """Remember the columns. Does nothing for a connection that was removed meanwhile."""
        key = {"connection_id": connection_id, "query_fingerprint": query_fingerprint}
        text = json.dumps([(name, kind.value) for name, kind in columns.items()])
        with self._database.write() as transaction:
            if transaction.scalar(sa.select(connection.c.id).where(connection.c.id == connection_id)) is None:
                return
            transaction.execute(sa.delete(column_shape).filter_by(**key))
            transaction.execute(sa.insert(column_shape).values(**key, columns=text, updated_at=utc_now()))
