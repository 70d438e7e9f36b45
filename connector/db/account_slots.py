"""Which requests may be on their way to a NetSuite account: one queue for all processes, in the database.

A request waits in its lane, interactive before background; among its like the one goes first whose asker has least on
its way, then the one that has waited longest. A row whose process died is over at its time, so that a slot is not lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import account_pace as pace
from connector.db.tables import netsuite_request as table
from connector.db.tables import new_id
from connector.db.utc_time import utc_now

LEASE = timedelta(seconds=30)
MOST_OF_ONE_LOGIN = 4
"""Signed requests of one login on their way: were its token revoked now, all of them would be failures."""
_SLOWER_AT_MOST_EVERY = timedelta(seconds=2)
_FASTER_EVERY = timedelta(seconds=15)


class Lane(IntEnum):
    """Whom an answer is for: somebody who waits, or work that nobody looks at."""

    INTERACTIVE = 0
    BACKGROUND = 1


@dataclass(frozen=True, slots=True)
class Request:
    """What wants to go: the account, whose it is, the login it uses, and how many may go at once at most."""

    account: str
    login: str
    asker: str
    lane: Lane
    share: int


class AccountSlots:
    """The queue as one process sees it. Threads share one."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self.process = new_id()

    def ask(self, request: Request) -> tuple[str, bool]:
        """Take a place in the queue; answers its id, and whether the request may go at once."""
        ticket, now = new_id(), self._clock()
        with self._database.write() as transaction:
            transaction.execute(
                sa.insert(table).values(
                    id=ticket,
                    account_id=request.account,
                    process=self.process,
                    lane=int(request.lane),
                    asker=request.asker,
                    login=request.login,
                    asked_at=now,
                    until=now + LEASE,
                )
            )
            let_go = self._advance(transaction, request.account, request.share, now)
        return ticket, ticket in let_go

    def give_back(self, ticket: str, request: Request, *, was_busy: bool) -> list[str]:
        """End a request or leave the queue; answers which of this process may go now.

        `was_busy` says that NetSuite had too many requests at once: half as many go from then on, and one more every
        quarter of a minute in which it does not say so again.
        """
        now = self._clock()
        with self._database.write() as transaction:
            transaction.execute(sa.delete(table).where(table.c.id == ticket))
            self._pace(transaction, request, now, was_busy=was_busy)
            return self._advance(transaction, request.account, request.share, now)

    def may_go(self) -> list[str]:
        """The requests of this process that may go."""
        mine = sa.select(table.c.id).where(table.c.process == self.process, table.c.held_at.is_not(None))
        with self._database.read() as transaction:
            return list(transaction.scalars(mine))

    def beat(self, shares: Collection[tuple[str, int]]) -> list[str]:
        """Say that this process lives, and let go what others left behind in its accounts, given with their shares."""
        now = self._clock()
        with self._database.write() as transaction:
            transaction.execute(sa.update(table).where(table.c.process == self.process).values(until=now + LEASE))
            return [ticket for account, share in shares for ticket in self._advance(transaction, account, share, now)]

    def place(self, ticket: str) -> int:
        """How many requests stand before this one, itself counted; 0 once it may go."""
        with self._database.read() as transaction:
            row = transaction.execute(sa.select(table).where(table.c.id == ticket)).one_or_none()
            if row is None or row.held_at is not None:
                return 0
            before = sa.or_(
                table.c.lane < row.lane, sa.and_(table.c.lane == row.lane, table.c.asked_at <= row.asked_at)
            )
            waiting = sa.select(sa.func.count()).where(
                table.c.account_id == row.account_id, table.c.held_at.is_(None), before
            )
            return int(transaction.scalar(waiting) or 0)

    def limit(self, account: str) -> tuple[int | None, datetime | None]:
        """The account's own limit as it was last read, and when that was."""
        with self._database.read() as transaction:
            row = transaction.execute(sa.select(pace).where(pace.c.account_id == account)).one_or_none()
        return (None, None) if row is None else (row.base, row.read_at)

    def know_limit(self, account: str, base: int | None) -> None:
        """Keep what NetSuite says of the account's limit; None where it did not say."""
        with self._database.write() as transaction:
            _upsert(transaction, account, base=base, read_at=self._clock())

    def _advance(self, transaction: sa.Connection, account: str, share: int, now: datetime) -> list[str]:
        """Let go as many as may; answers those of this process, which it wakes itself."""
        of_account = table.c.account_id == account
        transaction.execute(sa.delete(table).where(of_account, table.c.until < now))
        held = transaction.execute(
            sa.select(table.c.asker, table.c.login).where(of_account, table.c.held_at.is_not(None))
        )
        askers, logins, going = Counter[str](), Counter[str](), 0
        for row in held:
            askers[row.asker] += 1
            logins[row.login] += 1
            going += 1
        room = self._room(transaction, account, share) - going
        if room <= 0:
            return []
        waiting = list(transaction.execute(sa.select(table).where(of_account, table.c.held_at.is_(None))))
        chosen = _first(waiting, room, askers, logins)
        if chosen:
            ids = [row.id for row in chosen]
            transaction.execute(sa.update(table).where(table.c.id.in_(ids)).values(held_at=now, until=now + LEASE))
        return [row.id for row in chosen if row.process == self.process]

    def _room(self, transaction: sa.Connection, account: str, share: int) -> int:
        row = transaction.execute(sa.select(pace).where(pace.c.account_id == account)).one_or_none()
        known = () if row is None else (row.base, row.at_once)
        return max(1, min([share, *(int(number) for number in known if number is not None)]))

    def _pace(self, transaction: sa.Connection, request: Request, now: datetime, *, was_busy: bool) -> None:
        row = transaction.execute(sa.select(pace).where(pace.c.account_id == request.account)).one_or_none()
        at_once = row.at_once if row is not None else None
        changed = row.changed_at if row is not None else None
        if was_busy:
            if changed is None or at_once is None or now - changed >= _SLOWER_AT_MOST_EVERY:
                slower = max(1, min(at_once or request.share, request.share) // 2)
                _upsert(transaction, request.account, at_once=slower, changed_at=now)
        elif at_once is not None and changed is not None and now - changed >= _FASTER_EVERY:
            faster = at_once + 1 if at_once + 1 < request.share else None
            _upsert(transaction, request.account, at_once=faster, changed_at=now)


def _first(
    waiting: Sequence[sa.Row[tuple[object, ...]]], room: int, askers: Counter[str], logins: Counter[str]
) -> list[sa.Row[tuple[object, ...]]]:
    """Those whose turn it is; `askers` and `logins` count what each has on its way."""
    left, chosen = list(waiting), list[sa.Row[tuple[object, ...]]]()
    while len(chosen) < room:
        able = [row for row in left if logins[row.login] < MOST_OF_ONE_LOGIN]
        if not able:
            break
        row = min(able, key=lambda one: (one.lane, askers[one.asker], one.asked_at))
        left.remove(row)
        chosen.append(row)
        askers[row.asker] += 1
        logins[row.login] += 1
    return chosen


def _upsert(transaction: sa.Connection, account: str, **values: object) -> None:
    changed = transaction.execute(sa.update(pace).where(pace.c.account_id == account).values(**values))
    if not changed.rowcount:
        transaction.execute(sa.insert(pace).values(account_id=account, **values))
