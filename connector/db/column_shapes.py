"""The column types that earlier answers of a query taught us, for each connection: types are sticky per query version."""

from __future__ import annotations

import json
from collections.abc import Mapping

import sqlalchemy as sa

from connector.core.column_type import wider
from connector.core.known_fields import Type
from connector.db.engine import Database
from connector.db.tables import column_shape, connection
from connector.db.utc_time import utc_now


class ColumnShapes:
    """Remembers a mapping of key on the wire → type. Threads and processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, connection_id: str, query_fingerprint: str) -> dict[str, Type] | None:
        """What was learned so far; None where nothing was, or where a later version put a type unknown here."""
        with self._database.read() as transaction:
            return _stored(transaction, connection_id, query_fingerprint)

    def learn(self, connection_id: str, query_fingerprint: str, learned: Mapping[str, Type]) -> None:
        """Add what one more answer taught: a type only grows wider, whichever of two answers comes first.

        Does nothing for a connection that was removed meanwhile.
        """
        if _merged(self.get(connection_id, query_fingerprint), learned) is None:
            return
        key = {"connection_id": connection_id, "query_fingerprint": query_fingerprint}
        with self._database.write() as transaction:
            merged = _merged(_stored(transaction, connection_id, query_fingerprint), learned)
            known = transaction.scalar(sa.select(connection.c.id).where(connection.c.id == connection_id))
            if merged is None or known is None:
                return
            text = json.dumps([(name, kind.value) for name, kind in merged.items()])
            transaction.execute(sa.delete(column_shape).filter_by(**key))
            transaction.execute(sa.insert(column_shape).values(**key, columns=text, updated_at=utc_now()))


def _merged(before: Mapping[str, Type] | None, learned: Mapping[str, Type]) -> dict[str, Type] | None:
    """Both in one; None where that is nothing new."""
    merged = dict(before or {})
    for name, kind in learned.items():
        merged[name] = wider(merged.get(name, kind), kind)
    return None if merged == (before or {}) else merged


def _stored(transaction: sa.Connection, connection_id: str, query_fingerprint: str) -> dict[str, Type] | None:
    text = transaction.scalar(
        sa.select(column_shape.c.columns).where(
            column_shape.c.connection_id == connection_id, column_shape.c.query_fingerprint == query_fingerprint
        )
    )
    try:
        return None if text is None else {name: Type(kind) for name, kind in json.loads(text)}
    except ValueError:
        return None
