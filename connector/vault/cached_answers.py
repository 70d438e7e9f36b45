"""Answers that were read before, for whoever is content with one of some age: sealed, bounded, and gone with their right.

A row belongs to a connection as it was when it was read (its version): with other credentials, another role or after it
was revoked the row is never found again. Each row has a data key of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import cached_answer as table
from connector.db.tables import connection
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.vault.envelope import Envelope, Place, Sealed


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What an answer is of: the connection in one version of its rights, and a question with all its values hashed."""

    connection_id: str
    version: int
    question: str

    def place(self) -> Place:
        """Where the answer belongs: moved to another row it does not open."""
        return Place("cached_answer", f"{self.connection_id} {self.question}", "answer", self.version, "")


class CachedAnswers:
    """Keeps up to `room` bytes, the most lately used. Threads and processes share the rows."""

    def __init__(
        self, database: Database, envelope: Envelope, *, room: int, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._envelope = envelope
        self._room = room
        self._clock = clock

    def get(self, key: AnswerKey, max_age: timedelta) -> bytes | None:
        """An answer that is no older; one that cannot be opened any more is none."""
        oldest = self._clock() - max_age
        of_key = _of(key)
        with self._database.read() as transaction:
            row = transaction.execute(sa.select(table).where(*of_key, table.c.read_at >= oldest)).one_or_none()
        if row is None:
            return None
        try:
            answer = self._envelope.open_bytes(key.place(), Sealed(row.key_id, row.wrapped_key, row.ciphertext))
        except SettingError:
            answer = None  # a key of the ring is gone, or somebody wrote into the table
        with self._database.write() as transaction:
            if answer is None:
                transaction.execute(sa.delete(table).where(*of_key))
            else:
                transaction.execute(sa.update(table).where(*of_key).values(used_at=self._clock()))
        return answer

    def put(self, key: AnswerKey, answer: bytes, read_at: datetime) -> None:
        """Keep an answer in place of an older one, where its connection is still as it was and there is room for it."""
        if len(answer) > self._room // 4:
            return
        data_key = self._envelope.new_data_key()
        sealed = self._envelope.seal_bytes(data_key, key.place(), answer)
        is_current = sa.select(connection.c.id).where(
            connection.c.id == key.connection_id,
            connection.c.version == key.version,
            connection.c.state == "enabled",
        )
        with self._database.write() as transaction:
            if transaction.execute(is_current).one_or_none() is None:
                return
            transaction.execute(sa.delete(table).where(*_of(key)))
            transaction.execute(
                sa.insert(table).values(
                    connection_id=key.connection_id,
                    version=key.version,
                    question=key.question,
                    key_id=sealed.key_id,
                    wrapped_key=sealed.wrapped_key,
                    ciphertext=sealed.ciphertext,
                    size=len(sealed.ciphertext),
                    read_at=read_at,
                    used_at=self._clock(),
                )
            )
            self._make_room(transaction)

    def _make_room(self, transaction: sa.Connection) -> None:
        """Drop what no right leads to any more, then what was not used for longest."""
        current = sa.select(connection.c.id).where(
            connection.c.id == table.c.connection_id, connection.c.version == table.c.version
        )
        transaction.execute(sa.delete(table).where(~sa.exists(current)))
        taken = 0
        rows = sa.select(table.c.connection_id, table.c.question, table.c.size).order_by(table.c.used_at.desc())
        for row in transaction.execute(rows).all():
            taken += row.size
            if taken > self._room:
                ours = table.c.connection_id == row.connection_id, table.c.question == row.question
                transaction.execute(sa.delete(table).where(*ours))


def forget_answers(transaction: sa.Connection, connection_id: str) -> None:
    """Drop what was read over a connection: its right ended, or somebody's share of it."""
    transaction.execute(sa.delete(table).where(table.c.connection_id == connection_id))


def forget_old_answers(transaction: sa.Connection, before: datetime) -> None:
    """Drop what was read before a moment."""
    transaction.execute(sa.delete(table).where(table.c.read_at < before))


def _of(key: AnswerKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.connection_id == key.connection_id,
        table.c.version == key.version,
        table.c.question == key.question,
    )
