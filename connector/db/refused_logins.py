"""What is known of refused logins, shared by all processes: five failures lock the NetSuite user for half an hour.

A row stands for one set of credentials (the hash of what tells it apart) and goes once a login was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import account_pace as pace
from connector.db.tables import netsuite_request as request
from connector.db.tables import new_id
from connector.db.tables import refused_login as table
from connector.db.utc_time import utc_now

WINDOW = timedelta(minutes=30)
MOST_REFUSALS = 4
"""Refused logins in half an hour: the fifth would lock the user (Oracle subsect_156935170194)."""
_SHUT = timedelta(seconds=60)
_TRIAL = timedelta(seconds=120)
_OVERLOADED_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A login that was refused: why, how often within half an hour, and until when none is tried.

    `is_tried` says that somebody is trying it at the moment.
    """

    code: str
    message: str
    remedy: str
    refusals: int
    shut_for: float
    is_tried: bool


class RefusedLogins:
    """Reads and writes the rows. Threads and processes meet at the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def of(self, login: str) -> Refusal | None:
        """How a login stands; None where nothing speaks against it."""
        now = self._clock()
        with self._database.read() as transaction:
            row = transaction.execute(sa.select(table).where(table.c.login == login)).one_or_none()
        if row is None:
            return None
        is_tried = row.trial_until is not None and row.trial_until > now
        shut_for = max(0.0, (row.shut_until - now).total_seconds())
        return Refusal(row.code, row.message, row.remedy, row.refusals, shut_for, is_tried)

    def refuse(
        self, login: str, account: str, *, code: str, message: str, remedy: str, trial: str | None
    ) -> str | None:
        """Count a refusal; answers a trial where this caller may try once more, when nobody else is under way.

        `trial` is the one that was refused just now: then there is no other.
        """
        now = self._clock()
        with self._database.write() as transaction:
            row = transaction.execute(sa.select(table).where(table.c.login == login)).one_or_none()
            is_fresh = row is None or now - row.first_at >= WINDOW
            refusals, first_at = (1, now) if row is None or is_fresh else (row.refusals + 1, row.first_at)
            is_tried = row is not None and row.trial_until is not None and row.trial_until > now and row.trial != trial
            mine = new_id() if trial is None and not is_tried and refusals < MOST_REFUSALS else None
            shut = now + _SHUT
            if refusals >= MOST_REFUSALS and not _is_overloaded(transaction, account, now):
                shut = first_at + WINDOW
            values = {"refusals": refusals, "first_at": first_at, "shut_until": shut, "code": code, "message": message}
            values |= {"remedy": remedy}
            if not is_tried:
                values |= {"trial": mine, "trial_until": now + _TRIAL if mine else None}
            if row is None:
                transaction.execute(sa.insert(table).values(login=login, **values))
            else:
                transaction.execute(sa.update(table).where(table.c.login == login).values(**values))
        return mine

    def begin_trial(self, login: str) -> str | None:
        """Try a login again once it is no longer shut; None where somebody else does."""
        now, mine = self._clock(), new_id()
        is_free = sa.or_(table.c.trial_until.is_(None), table.c.trial_until <= now)
        may = sa.update(table).where(table.c.login == login, is_free, table.c.shut_until <= now)
        with self._database.write() as transaction:
            taken = transaction.execute(may.values(trial=mine, trial_until=now + _TRIAL))
        return mine if taken.rowcount else None

    def end_trial(self, login: str, trial: str, *, was_taken: bool | None) -> None:
        """Say how a trial ended: the login was taken, or (None) nothing was learned of it."""
        ours = table.c.login == login, table.c.trial == trial
        with self._database.write() as transaction:
            if was_taken:
                transaction.execute(sa.delete(table).where(*ours))
            else:
                transaction.execute(sa.update(table).where(*ours).values(trial=None, trial_until=None))

    def under_way(self, login: str) -> int:
        """How many requests with this login are on their way, of all processes."""
        going = request.c.login == login, request.c.held_at.is_not(None), request.c.until >= self._clock()
        with self._database.read() as transaction:
            return int(transaction.scalar(sa.select(sa.func.count()).where(*going)) or 0)


def _is_overloaded(transaction: sa.Connection, account: str, now: datetime) -> bool:
    """Whether NetSuite refused requests as too many just now: an overloaded account refuses good logins too."""
    row = transaction.execute(sa.select(pace).where(pace.c.account_id == account)).one_or_none()
    return row is not None and row.changed_at is not None and now - row.changed_at < _OVERLOADED_FOR
