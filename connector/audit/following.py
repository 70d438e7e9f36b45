"""Reading on in the audit log from a bookmark: what is new is seen once, in the transaction that acts on it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from connector.audit.event import AuditEvent
from connector.db.tables import audit_bookmark, audit_chain, audit_event

_MOST = 500
"""Events a transaction: it holds up other writers."""


@dataclass(frozen=True, slots=True)
class Window:
    """Events after the sequence number `after`, up to `through`, that were asked for."""

    after: int
    through: int
    events: tuple[AuditEvent, ...]


class AuditFollower:
    """One reader of the log, by its name. The first time it begins at the end: what is old is no news."""

    def __init__(self, reader: str) -> None:
        self._reader = reader

    def is_behind(self, transaction: sa.Connection) -> bool:
        """Whether there is something to read, or the bookmark is still to be laid in."""
        return self._bookmark(transaction) != _last(transaction)

    def read_on(self, transaction: sa.Connection, *, actions: Collection[str], outcomes: Collection[str]) -> Window:
        """The next events with one of these actions or outcomes; the bookmark moves behind them with this transaction."""
        through = _last(transaction)
        after = self._bookmark(transaction)
        if after is None:
            transaction.execute(sa.insert(audit_bookmark).values(reader=self._reader, sequence=through))
            return Window(through, through, ())
        columns = audit_event.c
        wanted = sa.or_(columns.action.in_(actions), columns.outcome.in_(outcomes))
        query = sa.select(audit_event).where(columns.sequence > after, columns.sequence <= through, wanted)
        rows = transaction.execute(query.order_by(columns.sequence).limit(_MOST)).mappings().all()
        if len(rows) == _MOST:
            through = int(rows[-1]["sequence"])
        transaction.execute(
            sa.update(audit_bookmark).where(audit_bookmark.c.reader == self._reader).values(sequence=through)
        )
        return Window(after, through, tuple(_event(row) for row in rows))

    def _bookmark(self, transaction: sa.Connection) -> int | None:
        return transaction.scalar(sa.select(audit_bookmark.c.sequence).where(audit_bookmark.c.reader == self._reader))


def went_well(transaction: sa.Connection, window: Window, connection_id: str) -> bool:
    """Whether a question over this connection was answered within the window."""
    columns = audit_event.c
    within = sa.and_(columns.sequence > window.after, columns.sequence <= window.through)
    answered = sa.and_(columns.action.in_(("query", "connection_tested")), columns.outcome == "ok")
    query = sa.select(columns.sequence).where(columns.connection_id == connection_id, within, answered).limit(1)
    return transaction.scalar(query) is not None


def _last(transaction: sa.Connection) -> int:
    return int(transaction.scalar(sa.select(audit_chain.c.last_sequence)) or 0)


def _event(row: sa.RowMapping) -> AuditEvent:
    fields = {name: row[name] for name in AuditEvent.__dataclass_fields__}
    return AuditEvent(**fields | {"detail": json.loads(row["detail"])})
