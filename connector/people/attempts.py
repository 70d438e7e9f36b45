"""Guesses are counted in the database, so that all processes share one limit.

A guess is counted before it is looked at: however many come at once, no more are looked at than may be. After the free
ones each failure closes the subject for twice as long as the one before. What is closed counts no further, so that
nobody is shut out longer by somebody who goes on trying. Subjects are kept as hashes: now and then somebody types a
password where the name belongs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import attempt as table
from connector.errors import NotAllowedError

FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures are free; then pauses grow from `first` to `longest`."""

    free: int
    first: timedelta
    longest: timedelta

    def pause(self, failures: int) -> timedelta | None:
        """How long nothing is looked at after so many failures."""
        beyond = failures - self.free
        return min(self.longest, self.first * 2 ** min(beyond, 20)) if beyond >= 0 else None


PER_NAME_AND_ADDRESS = Limit(5, timedelta(seconds=5), timedelta(minutes=15))
PER_ADDRESS = Limit(20, timedelta(seconds=5), timedelta(minutes=15))
PER_NAME = Limit(50, timedelta(seconds=5), timedelta(minutes=15))
"""Of all addresses: a stranger shuts nobody out with a few guesses, and many strangers guess little."""
PER_PROOF = Limit(5, timedelta(seconds=5), timedelta(minutes=15))
"""Of one session: who has it open knows the name already, and shuts nobody else out."""
PER_DEVICE_CODE = Limit(5, timedelta(seconds=10), timedelta(minutes=15))
"""Five guesses, then ever fewer: of 20**8 codes that live ten minutes, RFC 8628 section 5.1 asks no more."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is limited: a name, an address, whoever types a code."""

    kind: str
    text: str
    limit: Limit

    def key(self) -> str:
        """What stands in the table."""
        return f"{self.kind}:{hashlib.sha256(self.text.encode('utf-8', 'surrogatepass')).hexdigest()}"


class Attempts:
    """Counts guesses. Threads and processes meet at the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, subjects: Sequence[Subject]) -> None:
        """Count a guess for each subject. Raises NotAllowedError (code TOO_MANY_ATTEMPTS) and counts none where one is closed."""
        now = self._clock()
        with self._database.write() as transaction:
            transaction.execute(sa.delete(table).where(table.c.last_at < now - FORGOTTEN_AFTER))
            known = {subject: _row(transaction, subject) for subject in subjects}
            ends = [row.closed_until for row in known.values() if row and row.closed_until and row.closed_until > now]
            if not ends:
                for subject, row in known.items():
                    _count(transaction, subject, (row.failures if row else 0) + 1, now)
        if ends:
            raise too_many_attempts((max(ends) - now).total_seconds())

    def take_back(self, subjects: Sequence[Subject]) -> None:
        """The guess was none: count one less for each."""
        with self._database.write() as transaction:
            for subject in subjects:
                row = _row(transaction, subject)
                if row is not None:
                    left = max(0, row.failures - 1)
                    closed = row.closed_until if left >= subject.limit.free else None
                    transaction.execute(_update(subject).values(failures=left, closed_until=closed))

    def clear(self, subject: Subject) -> None:
        """The guess was right: forget the wrong ones before."""
        with self._database.write() as transaction:
            transaction.execute(sa.delete(table).where(table.c.subject == subject.key()))


def _count(transaction: sa.Connection, subject: Subject, failures: int, now: datetime) -> None:
    pause = subject.limit.pause(failures)
    values = {"failures": failures, "last_at": now, "closed_until": None if pause is None else now + pause}
    if transaction.execute(_update(subject).values(**values)).rowcount == 0:
        transaction.execute(sa.insert(table).values(subject=subject.key(), **values))


def _update(subject: Subject) -> sa.Update:
    return sa.update(table).where(table.c.subject == subject.key())


def _row(transaction: sa.Connection, subject: Subject) -> sa.Row[tuple[object, ...]] | None:
    return transaction.execute(sa.select(table).where(table.c.subject == subject.key())).one_or_none()


def too_many_attempts(seconds: float) -> NotAllowedError:
    """The error while nothing is looked at; `retry_after` is in seconds."""
    return NotAllowedError(
        "There were too many attempts.",
        code="TOO_MANY_ATTEMPTS",
        remedy="Wait a while and try again; each further mistake makes the pause longer.",
        retryable=True,
        retry_after=max(1.0, seconds),
    )
