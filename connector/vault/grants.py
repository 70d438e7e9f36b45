"""Grants of the authorization code flow: how long a consent lasts, and its tokens, sealed under the grant's version.

A confidential client's consent ends seven days after it was given, whatever is refreshed; a public client's ends with the
record's Maximum Time For Token Rotation, and each of its refresh tokens is good for one use (Oracle section_158081952044,
section_161071224088).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import connection, oauth_grant
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.vault.connection_rows import Connection
from connector.vault.envelope import Envelope
from connector.vault.sealed_rows import drop_secrets, full_origin, get_secrets, put_secrets

CONFIDENTIAL_HOURS = 168
"""How long a confidential client's refresh token and consent last."""


class IssuedTokens(Protocol):
    """What the token endpoint gave; `expires_in` is in seconds."""

    @property
    def access_token(self) -> str:
        """The access token."""

    @property
    def expires_in(self) -> float:
        """Seconds for which it is good."""

    @property
    def refresh_token(self) -> str | None:
        """The refresh token; None where the one in use stays."""


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A consent just given: its tokens, and how long they and it last."""

    tokens: IssuedTokens = field(repr=False)
    scope: str
    rotates: bool
    refresh_hours: int = CONFIDENTIAL_HOURS
    total_hours: int = CONFIDENTIAL_HOURS


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant without its tokens. After `ends_at` only a new consent helps."""

    version: int
    scope: str
    rotates: bool
    created_at: datetime
    refreshed_at: datetime | None
    access_expires_at: datetime
    refresh_expires_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class GrantState:
    """All that a decision needs, from one moment; the tokens are for `connection.origin` alone."""

    version: int
    created_at: datetime
    rotates: bool
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    access_expires_at: datetime
    renew_at: datetime
    refresh_span: timedelta
    lease: str | None
    lease_until: datetime | None
    asked_at: datetime | None
    trouble: str | None


_RENEW_BEFORE = timedelta(minutes=2)


class Grants:
    """Keeps, reads and drops grants. Threads may share it."""

    def __init__(self, database: Database, envelope: Envelope, clock: Callable[[], datetime] = utc_now) -> None:
        self.database = database
        self._envelope = envelope
        self.clock = clock

    def keep(self, transaction: sa.Connection, connection_id: str, origin: str, new: NewGrant) -> None:
        """Store a new consent in place of the one before, in the caller's transaction.

        The version goes on counting, so that whoever refreshes the old grant at this moment finds another one.
        """
        now = self.clock()
        before = transaction.scalar(
            sa.select(oauth_grant.c.version).where(oauth_grant.c.connection_id == connection_id)
        )
        self.drop(transaction, connection_id)
        transaction.execute(
            sa.insert(oauth_grant).values(
                connection_id=connection_id,
                version=(before or 0) + 1,
                access_expires_at=now + timedelta(seconds=new.tokens.expires_in),
                refresh_expires_at=now + timedelta(hours=new.refresh_hours),
                ends_at=now + timedelta(hours=new.total_hours),
                rotates=new.rotates,
                scope=new.scope,
                created_at=now,
            )
        )
        self._seal(
            transaction,
            connection_id,
            origin=origin,
            version=(before or 0) + 1,
            access_token=new.tokens.access_token,
            refresh_token=new.tokens.refresh_token,
        )

    def renewed(
        self, transaction: sa.Connection, connection: Connection, state: GrantState, tokens: IssuedTokens
    ) -> None:
        """Store refreshed tokens in place of those of `state`, lift the lease and the mark of the question: one write."""
        now = self.clock()
        # A token that is good for one use and came without a new one is used up; what does not rotate stays.
        kept = tokens.refresh_token or (None if state.rotates else state.refresh_token)
        rotated = {"refresh_expires_at": now + state.refresh_span} if tokens.refresh_token else {}
        drop_secrets(transaction, table=oauth_grant.name, row=connection.id)
        transaction.execute(
            sa.update(oauth_grant)
            .where(oauth_grant.c.connection_id == connection.id)
            .values(
                version=state.version + 1,
                access_expires_at=now + timedelta(seconds=tokens.expires_in),
                refreshed_at=now,
                lease=None,
                lease_until=None,
                asked_at=None,
                **rotated,
            )
        )
        self._seal(
            transaction,
            connection.id,
            origin=connection.origin,
            version=state.version + 1,
            access_token=tokens.access_token,
            refresh_token=kept,
        )

    def get(self, connection: Connection) -> Grant | None:
        """The grant of a connection; None where it has none."""
        with self.database.read() as transaction:
            row = transaction.execute(_of(connection.id)).mappings().one_or_none()
        return None if row is None else Grant(**{name: row[name] for name in Grant.__dataclass_fields__})

    def state(self, transaction: sa.Connection, of: Connection) -> GrantState:
        """Tokens and lease. Raises SettingError (codes NO_GRANT, VAULT_UNREADABLE)."""
        query = _of(of.id).add_columns(connection.c.trouble).join(connection)
        row = transaction.execute(query).mappings().one_or_none()
        if row is None:
            raise SettingError(
                f"The connection {of.name} holds no consent any more.",
                code="NO_GRANT",
                remedy="Press Connect on the connection's page in the console.",
            )
        values = get_secrets(
            transaction,
            self._envelope,
            table=oauth_grant.name,
            row=of.id,
            origin=full_origin(of.origin),
            version=row["version"],
        )
        since = row["refreshed_at"] or row["created_at"]
        lifetime = row["access_expires_at"] - since
        return GrantState(
            version=row["version"],
            created_at=row["created_at"],
            rotates=row["rotates"],
            access_token=values.get("access_token", ""),
            refresh_token=values.get("refresh_token"),
            access_expires_at=row["access_expires_at"],
            renew_at=row["access_expires_at"] - min(_RENEW_BEFORE, lifetime / 10),
            refresh_span=(row["refresh_expires_at"] or row["access_expires_at"]) - since,
            lease=row["lease"],
            lease_until=row["lease_until"],
            asked_at=row["asked_at"],
            trouble=row["trouble"],
        )

    def refresh_token(self, connection: Connection) -> str | None:
        """The refresh token, to be revoked at NetSuite; None where there is none."""
        with self.database.read() as transaction:
            if transaction.execute(_of(connection.id)).first() is None:
                return None
            return self.state(transaction, connection).refresh_token

    @staticmethod
    def drop(transaction: sa.Connection, connection_id: str) -> None:
        """Forget a grant and its tokens."""
        drop_secrets(transaction, table=oauth_grant.name, row=connection_id)
        transaction.execute(sa.delete(oauth_grant).where(oauth_grant.c.connection_id == connection_id))

    def _seal(
        self,
        transaction: sa.Connection,
        connection_id: str,
        *,
        origin: str,
        version: int,
        access_token: str,
        refresh_token: str | None,
    ) -> None:
        put_secrets(
            transaction,
            self._envelope,
            table=oauth_grant.name,
            row=connection_id,
            origin=full_origin(origin),
            values={"access_token": access_token}
            | ({"refresh_token": refresh_token} if refresh_token is not None else {}),
            version=version,
        )


def _of(connection_id: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(oauth_grant).where(oauth_grant.c.connection_id == connection_id)
