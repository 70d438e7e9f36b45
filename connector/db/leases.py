"""Leases: work that one process of many does at a time, and when it was last done.

A lease that its holder does not give back is over at its time, so that a process that dies holds nobody up for long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import lease as table
from connector.db.tables import new_id
from connector.db.utc_time import utc_now


class Leases:
    """Takes and gives back. Threads and processes meet at the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    @contextmanager
    def held(self, name: str, lasts: timedelta, *, every: timedelta | None = None) -> Iterator[bool]:
        """Whether the work inside is this caller's to do now; of many who ask one is answered yes.

        With `every`, yes is answered only where that long has passed since the work last ended well. After an exception
        it counts as not done.
        """
        holder = new_id()
        if not self._taken(name, holder, lasts, every):
            yield False
            return
        try:
            yield True
        except BaseException:
            self._give_back(name, holder)
            raise
        self._give_back(name, holder, ran_at=self._clock())

    def begin(self, name: str) -> None:
        """Work that was never done counts as done now."""
        with self._database.read() as transaction:
            if self._row(transaction, name) is not None:
                return
        with self._database.write() as transaction:
            if self._row(transaction, name) is None:
                transaction.execute(sa.insert(table).values(name=name, ran_at=self._clock()))

    @staticmethod
    def _row(transaction: sa.Connection, name: str) -> sa.Row[tuple[object, ...]] | None:
        return transaction.execute(sa.select(table).where(table.c.name == name)).one_or_none()

    def _taken(self, name: str, holder: str, lasts: timedelta, every: timedelta | None) -> bool:
        now = self._clock()
        mine = {"holder": holder, "until": now + lasts}
        with self._database.read() as transaction:  # a look costs no writer its turn
            row = self._row(transaction, name)
        if row is not None and not _is_free(row, now, every):
            return False
        with self._database.write() as transaction:
            row = self._row(transaction, name)
            if row is None:
                transaction.execute(sa.insert(table).values(name=name, **mine))
            elif _is_free(row, now, every):
                transaction.execute(sa.update(table).where(table.c.name == name).values(**mine))
            else:
                return False
        return True

    def _give_back(self, name: str, holder: str, **done: datetime) -> None:
        """Whoever took it over meanwhile keeps it."""
        ours = sa.update(table).where(table.c.name == name, table.c.holder == holder)
        with self._database.write() as transaction:
            transaction.execute(ours.values(holder=None, until=None, **done))


def _is_free(row: sa.Row[tuple[object, ...]], now: datetime, every: timedelta | None) -> bool:
    held = row.until is not None and row.until > now
    return not held and (every is None or row.ran_at is None or now - row.ran_at >= every)
