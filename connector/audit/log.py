"""The audit log: events are appended, never changed, and each is chained to the one before.

Sequence numbers have no gaps: they are given inside the writing transaction, of which there is one at a time. The table
`audit_chain` holds the two ends: the last event, so that one cut off behind is missed, and the last one that a retention
cut removed, so that the rest can still be verified. A cut is itself an event; without it the beginning is broken.

Who may write to the database can write a whole new chain. Against that there are anchors: send `anchor()` elsewhere
(syslog, a webhook, paper), and give it to `verify` later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from connector.audit.chain import ChainReader, Ends, Verdict, line_of, select_stored
from connector.audit.event import GENESIS, AuditEvent, canonical_json, chained, checked_detail, short_text
from connector.audit.together import Together
from connector.db.engine import Database
from connector.db.tables import audit_chain, audit_event
from connector.db.utc_time import utc_now

__all__ = ["AuditEvent", "AuditLog", "Verdict"]

_MOST_LISTED = 1_000
_BATCH = 500
_BEFORE_ALL = -(2**62)
CUT = "audit_cut"


@dataclass(frozen=True, slots=True)
class _Brought:
    """An event before it has its number and its time."""

    actor: str
    action: str
    subject: str
    connection_id: str | None
    account_id: str | None
    outcome: str
    detail: Mapping[str, object]


class AuditLog:
    """Writes and reads the log. Threads and processes meet at the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._together = Together(self._append_all)

    def add(
        self,
        *,
        actor: str,
        action: str,
        subject: str = "",
        connection_id: str | None = None,
        account_id: str | None = None,
        outcome: str = "ok",
        detail: Mapping[str, object] | None = None,
        claimed: Mapping[str, object] | None = None,
        transaction: sa.Connection | None = None,
    ) -> None:
        """Append an event, in `transaction` where the act has one: then there is no act without its event.

        Text is cut to its length and made printable; `claimed` is what the client says of itself. Raises TypeError or
        ValueError where a detail is neither number, boolean nor text.
        """
        brought = _Brought(
            short_text(actor, 100),
            short_text(action, 60),
            short_text(subject),
            None if connection_id is None else short_text(connection_id, 32),
            None if account_id is None else short_text(account_id, 50),
            short_text(outcome, 60),
            checked_detail(detail, claimed),
        )
        if transaction is None:
            self._together.add(brought)
        else:
            self._append(transaction, brought)

    def _append_all(self, brought: Sequence[_Brought]) -> None:
        with self._database.write() as transaction:
            for one in brought:
                self._append(transaction, one)

    def _append(self, transaction: sa.Connection, brought: _Brought) -> None:
        ends = _ends(transaction)
        event = AuditEvent(ends.last_sequence + 1, self._clock(), *astuple(brought))
        _append(transaction, event, ends.last_hash)

    def verify(self, anchors: Sequence[str] = ()) -> Verdict:
        """Compute every hash again. `anchors` are what `anchor` answered earlier: each must still be in the chain."""
        reader = ChainReader(tuple(anchors))
        with self._database.read() as transaction:
            ends = _ends(transaction)
            return reader.verdict(_stored(transaction), ends, CUT)

    def export(self, write: Callable[[str], object]) -> None:
        """Every event as a line of JSON with its hash in hex, the oldest first.

        The line without `hash` is the text that was hashed, after the bytes of the hash before.
        """
        after = _BEFORE_ALL
        while True:
            # Short transactions: a slow reader holds nobody up.
            with self._database.read() as transaction:
                rows = _page(transaction, after)
            for row in rows:
                write(line_of(row) + "\n")
            if len(rows) < _BATCH:
                return
            after = rows[-1]["sequence"]

    def anchor(self) -> str:
        """`SEQUENCE:HASH` of the newest event, to be kept where whoever writes to this database cannot."""
        with self._database.read() as transaction:
            return _ends(transaction).anchor()

    def cut(self, before: datetime, *, actor: str) -> int:
        """Remove the events before a time, as the retention setting says, and write that down. Answers how many."""
        with self._database.write() as transaction:
            first_kept = transaction.scalar(
                sa.select(sa.func.min(audit_event.c.sequence)).where(audit_event.c.at >= before)
            )
            ends = _ends(transaction)
            through = ends.last_sequence if first_kept is None else first_kept - 1
            count = through - ends.cut_sequence
            if count <= 0:
                return 0
            last_hash = transaction.scalar(sa.select(audit_event.c.hash).where(audit_event.c.sequence == through))
            if last_hash is None:
                return 0  # the chain is broken there: what is left is evidence
            transaction.execute(sa.delete(audit_event).where(audit_event.c.sequence <= through))
            transaction.execute(sa.update(audit_chain).values(cut_sequence=through, cut_hash=last_hash))
            self.add(
                actor=actor,
                action=CUT,
                detail={"through": through, "hash": last_hash.hex(), "events": count},
                transaction=transaction,
            )
            return count

    def list(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        connection_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEvent]:
        """The newest events first, up to `limit` (1,000 at most) of those before the sequence number `before`.

        `since` is included, `until` is not; both are aware times.
        """
        columns = audit_event.c
        asked: tuple[tuple[object, Callable[[Any], sa.ColumnElement[bool]]], ...] = (
            (actor, lambda given: columns.actor == short_text(given, 100)),
            (action, lambda given: columns.action == short_text(given, 60)),
            (connection_id, lambda given: columns.connection_id == short_text(given, 32)),
            (since, columns.at.__ge__),
            (until, columns.at.__lt__),
            (before, columns.sequence.__lt__),
        )
        conditions = [condition(given) for given, condition in asked if given is not None]
        query = (
            sa.select(audit_event)
            .where(*conditions)
            .order_by(columns.sequence.desc())
            .limit(max(1, min(limit, _MOST_LISTED)))
        )
        with self._database.read() as transaction:
            return [_event(row) for row in transaction.execute(query).mappings()]


def _stored(transaction: sa.Connection) -> Iterator[sa.RowMapping]:
    """All rows in order, some at a time."""
    after = _BEFORE_ALL
    while rows := _page(transaction, after):
        yield from rows
        after = rows[-1]["sequence"]


def _page(transaction: sa.Connection, after: int) -> Sequence[sa.RowMapping]:
    query = select_stored().where(audit_event.c.sequence > after).limit(_BATCH)
    return transaction.execute(query).mappings().all()


def _event(row: sa.RowMapping) -> AuditEvent:
    fields = {name: row[name] for name in AuditEvent.__dataclass_fields__}
    return AuditEvent(**fields | {"detail": json.loads(row["detail"])})


def _ends(transaction: sa.Connection) -> Ends:
    row = transaction.execute(sa.select(audit_chain)).mappings().one_or_none()
    if row is None:
        return Ends(0, GENESIS, 0, GENESIS)
    return Ends(row["last_sequence"], row["last_hash"], row["cut_sequence"], row["cut_hash"])


def _append(transaction: sa.Connection, event: AuditEvent, previous: bytes) -> None:
    hashed = chained(event.canonical(), previous)
    fields = {name: getattr(event, name) for name in event.__dataclass_fields__}
    transaction.execute(
        sa.insert(audit_event).values(**fields | {"detail": canonical_json(event.detail), "hash": hashed})
    )
    moved = transaction.execute(sa.update(audit_chain).values(last_sequence=event.sequence, last_hash=hashed))
    if moved.rowcount == 0:
        transaction.execute(
            sa.insert(audit_chain).values(
                id=1, last_sequence=event.sequence, last_hash=hashed, cut_sequence=0, cut_hash=GENESIS
            )
        )
