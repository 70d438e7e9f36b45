"""Mail on its way: written in the transaction of what it tells, sent later by whichever process is first.

Whoever sends takes the mail first: it is due again only after that long, so that two processes never send one twice, and
a process that dies in between loses none. The address is looked up when it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import new_id, told_notice, user_account
from connector.db.tables import outgoing_mail as table
from connector.db.utc_time import utc_now
from connector.notices.letter import Words

_TAKEN_FOR = timedelta(minutes=15)
"""Longer than a mail server may be silent in all steps together."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail that this process sends now. `address` is None where its person has none; `revokes` is a token's id."""

    id: str
    lease: str
    address: str | None
    subject: str
    body: str
    revokes: str | None
    attempts: int
    created_at: datetime


class Outbox:
    """Keeps mail until it is sent. Threads and processes meet at the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now, *, is_open: bool = True) -> None:
        """One that is not open, since there is no mail server, takes nothing; then nothing counts as told either."""
        self.is_open = is_open
        self._database = database
        self._clock = clock

    def put(self, transaction: sa.Connection, user_id: str, said: Words, *, revokes: str | None = None) -> None:
        """Keep a mail to a person, in the caller's transaction. `revokes` is a token that a link in it can end."""
        if not self.is_open:
            return
        now = self._clock()
        transaction.execute(
            sa.insert(table).values(
                id=new_id(),
                user_id=user_id,
                subject=said.subject,
                body=said.body,
                revokes=revokes,
                created_at=now,
                due_at=now,
                attempts=0,
            )
        )

    def is_news(self, transaction: sa.Connection, subject: str) -> bool:
        """Whether this was not told before; from now on it counts as told."""
        if not self.is_open or self.was_told(transaction, subject):
            return False
        transaction.execute(sa.insert(told_notice).values(subject=subject, told_at=self._clock()))
        return True

    @staticmethod
    def was_told(transaction: sa.Connection, subject: str) -> bool:
        """Whether this was told."""
        return transaction.scalar(sa.select(told_notice.c.told_at).filter_by(subject=subject)) is not None

    @staticmethod
    def told(transaction: sa.Connection, prefix: str) -> list[str]:
        """What was told and begins so."""
        query = sa.select(told_notice.c.subject).where(told_notice.c.subject.startswith(prefix, autoescape=True))
        return list(transaction.scalars(query))

    @staticmethod
    def forget(transaction: sa.Connection, subject: str) -> None:
        """It may be told again."""
        transaction.execute(sa.delete(told_notice).where(told_notice.c.subject == subject))

    def take(self) -> Outgoing | None:
        """The mail that has been due longest, for this caller alone; None where none is due."""
        now, lease = self._clock(), new_id()
        due = sa.select(table.c.id).where(table.c.due_at <= now).order_by(table.c.due_at, table.c.id).limit(1)
        with self._database.read() as transaction:
            if transaction.scalar(due) is None:
                return None
        with self._database.write() as transaction:
            mail_id = transaction.scalar(due)
            if mail_id is None:
                return None
            this = sa.update(table).where(table.c.id == mail_id)
            transaction.execute(this.values(lease=lease, due_at=now + _TAKEN_FOR))
            row = transaction.execute(_select().where(table.c.id == mail_id)).mappings().one()
        address = row["email"] if row["state"] == "active" else None
        return Outgoing(lease=lease, address=address, **{name: row[name] for name in _KEPT})

    def sent(self, mail: Outgoing) -> None:
        """It was taken by the mail server, or nobody can ever be written to: nothing of it is kept."""
        with self._database.write() as transaction:
            transaction.execute(sa.delete(table).where(_held(mail)))

    def later(self, mail: Outgoing, pause: timedelta, *, others: bool) -> None:
        """Try it again after a pause; with `others` everything that is due waits too, since the server takes nothing."""
        now = self._clock()
        with self._database.write() as transaction:
            ours = sa.update(table).where(_held(mail))
            transaction.execute(ours.values(lease=None, due_at=now + pause, attempts=mail.attempts + 1))
            if others:
                transaction.execute(sa.update(table).where(table.c.due_at <= now).values(due_at=now + pause))

    def waiting(self) -> int:
        """How many mails are on their way."""
        with self._database.read() as transaction:
            return transaction.scalar(sa.select(sa.func.count()).select_from(table)) or 0


_KEPT = ("id", "subject", "body", "revokes", "attempts", "created_at")


def _select() -> sa.Select[tuple[object, ...]]:
    return sa.select(table, user_account.c.email, user_account.c.state).join(user_account)


def _held(mail: Outgoing) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.id == mail.id, table.c.lease == mail.lease)
