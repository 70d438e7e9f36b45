"""The access token of one grant, renewed before it ends by one asker at a time, whatever threads and processes want it.

Who renews takes a lease on the grant's row and writes `asked_at` there, before NetSuite is asked and outside any
transaction; the new tokens, the end of the lease and the end of `asked_at` are one write. So a process that died between
NetSuite's answer and that write leaves `asked_at` behind. A token that is good for one use is then never sent again: it may
have been used, and the consent is told as lost. One that does not rotate is simply sent again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.tables import new_id, oauth_grant
from connector.errors import ConnectorError, LoginRefusedError, UnavailableError, UnreadableError
from connector.vault.connection_rows import Connection
from connector.vault.grants import Grants, GrantState, IssuedTokens
from connector.vault.troubles import (
    GRANT_ENDED,
    REFRESH_LOST,
    clear_trouble,
    mark_trouble,
    reconsent_needed,
)

Renew = Callable[[str], IssuedTokens]
"""Refresh token → tokens, over the network. Raises LoginRefusedError (code GRANT_ENDED), RemoteError."""

LEASE = timedelta(seconds=60)
"""Longer than an answer of NetSuite's token endpoint may be silent."""
_WAIT = timedelta(seconds=65)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
_STILL_GOOD = timedelta(seconds=10)
_ANSWER_LOST = {"TIMEOUT", "DROPPED", "CLOSED"}
"""Errors after which the question may have been heard and answered; before the others it was not, or the answer is known."""


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    """A token in this process's memory."""

    token: str
    renew_at: datetime
    expires_at: datetime


class GrantTokens:
    """The access tokens of one connection. Threads share one; processes meet at the grant's row."""

    def __init__(
        self,
        grants: Grants,
        connection: Connection,
        renew: Renew,
        *,
        lease: timedelta = LEASE,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`wait` pauses for so many seconds while another process renews."""
        self._grants = grants
        self._connection = connection
        self._renew = renew
        self._lease = lease
        self._wait = wait
        self._lock = threading.Lock()
        self._kept: _Kept | None = None
        self._outcomes = 0
        self._error: ConnectorError | None = None

    def access_token(self, refused: str | None = None) -> str:
        """A token that is good now; another than `refused` where there can be one.

        Raises LoginRefusedError (code RECONSENT_NEEDED where only a new consent helps, and NetSuite was not asked),
        NotAllowedError (CONNECTION_REVOKED), UnavailableError (REFRESH_BUSY), SettingError, RemoteError.
        """
        kept, now = self._kept, self._grants.clock()
        if kept is not None and kept.token != refused and now < kept.renew_at:
            return kept.token
        before = self._outcomes
        if not self._lock.acquire(blocking=False):
            if kept is not None and kept.token != refused and now + _STILL_GOOD < kept.expires_at:
                return kept.token  # another thread renews; this token is good meanwhile
            self._lock.acquire()
        try:
            return self._current(refused, before)
        finally:
            self._lock.release()

    def _current(self, refused: str | None, before: int) -> str:
        """As `access_token`, one thread at a time. What the thread before met while this one waited is met again."""
        kept = self._kept
        if kept is not None and kept.token != refused and self._grants.clock() < kept.renew_at:
            return kept.token
        if self._error is not None and self._outcomes != before:
            raise self._error
        self._error = None
        try:
            self._kept = self._found_or_renewed(refused)
        except ConnectorError as error:
            self._error = error
            raise
        finally:
            self._outcomes += 1
        return self._kept.token

    def _found_or_renewed(self, refused: str | None) -> _Kept:
        deadline = self._grants.clock() + _WAIT
        pause = _FIRST_PAUSE
        while True:
            with self._grants.database.read() as transaction:
                state = self._grants.state(transaction, self._connection)
            if state.trouble is not None:
                raise reconsent_needed(self._connection.name, state.trouble)
            now = self._grants.clock()
            taken = state.access_token != refused
            if taken and now < state.renew_at:
                return _kept(state)
            is_good = taken and now + _STILL_GOOD < state.access_expires_at
            if (claimed := self._claim(state, now)) is not None:
                if (renewed := self._asked(claimed, is_good=is_good)) is not None:
                    return renewed
            elif is_good:
                return _kept(state)  # another process renews; this token is good meanwhile
            elif now >= deadline:
                raise UnavailableError(
                    f"Another process has been renewing the access token of {self._connection.name} for too long.",
                    code="REFRESH_BUSY",
                )
            else:
                self._wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _claim(self, seen: GrantState, now: datetime) -> GrantState | None:
        """Take the lease and write down that NetSuite is asked; None where that is for others, or not to be done."""
        if seen.lease is not None and seen.lease_until is not None and now < seen.lease_until:
            return None
        with self._grants.database.write() as transaction:
            state = self._grants.state(transaction, self._connection)
            if (state.version, state.lease, state.trouble) != (seen.version, seen.lease, seen.trouble):
                return None
            if state.refresh_token is None:
                mark_trouble(transaction, self._connection.id, GRANT_ENDED)
                return None
            if state.asked_at is not None and state.rotates:
                mark_trouble(transaction, self._connection.id, REFRESH_LOST)
                return None
            self._set(transaction, lease=new_id(), lease_until=now + self._lease, asked_at=now)
            return self._grants.state(transaction, self._connection)

    def _asked(self, claimed: GrantState, *, is_good: bool) -> _Kept | None:
        """Ask NetSuite and settle the claim; None where the row has to be looked at again."""
        try:
            tokens = self._renew(claimed.refresh_token or "")
        except ConnectorError as error:
            if self._settle_failure(claimed, error):
                return None
            if is_good and error.retryable:
                return _kept(claimed, renew_at=self._grants.clock() + _STILL_GOOD)
            raise
        self._store(claimed, tokens)
        return None

    def _store(self, claimed: GrantState, tokens: IssuedTokens) -> None:
        """Write new tokens before anything uses them. They count also where the lease ran out meanwhile.

        Where the grant is another one by now (a new consent, or a second renewal of what does not rotate), they are dropped.
        """
        for tries_left in (2, 1, 0):
            try:
                with self._grants.database.write() as transaction:
                    if self._is_as(transaction, claimed):
                        self._grants.renewed(transaction, self._connection, claimed, tokens)
                        clear_trouble(transaction, self._connection.id)
            except ConnectorError as error:
                if error.code != "DATABASE_BUSY" or not tries_left:
                    raise
            else:
                return

    def _settle_failure(self, claimed: GrantState, error: ConnectorError) -> bool:
        """Write down what a failed question means. Whether the row has to be looked at again."""
        ended = isinstance(error, LoginRefusedError) and error.code == GRANT_ENDED
        lost = claimed.rotates and (error.code in _ANSWER_LOST or isinstance(error, UnreadableError))
        with self._grants.database.write() as transaction:
            if not self._is_as(transaction, claimed):
                return True  # another process has renewed it, or the owner has consented anew
            state = self._grants.state(transaction, self._connection)
            if state.lease == claimed.lease:
                self._set(transaction, lease=None, lease_until=None, asked_at=state.asked_at if lost else None)
            if ended or lost:
                mark_trouble(transaction, self._connection.id, GRANT_ENDED if ended else REFRESH_LOST)
        return ended or lost

    def _is_as(self, transaction: sa.Connection, claimed: GrantState) -> bool:
        """Whether the grant is still the one that was claimed."""
        row = transaction.execute(
            sa.select(oauth_grant.c.version, oauth_grant.c.created_at).where(
                oauth_grant.c.connection_id == self._connection.id
            )
        ).one_or_none()
        return row is not None and tuple(row) == (claimed.version, claimed.created_at)

    def _set(self, transaction: sa.Connection, **values: object) -> None:
        transaction.execute(
            sa.update(oauth_grant).where(oauth_grant.c.connection_id == self._connection.id).values(**values)
        )


def _kept(state: GrantState, *, renew_at: datetime | None = None) -> _Kept:
    return _Kept(state.access_token, renew_at or state.renew_at, state.access_expires_at)
