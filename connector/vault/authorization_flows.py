"""Authorization flows on their way: from the moment a browser is sent to NetSuite until it comes back, once.

A flow is found by the hash of what the browser brings back (`state` of OAuth 2.0, the request token of TBA), and belongs to
the user and the browser session that began it. The PKCE verifier, or the secret of the request token, is sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import authorization_flow as table
from connector.db.tables import new_id, secret
from connector.errors import CallerError
from connector.vault.envelope import Envelope
from connector.vault.sealed_rows import drop_secrets, get_secrets, put_secrets
from connector.vault.user_accounts import ensure_user, user_id

LASTS = timedelta(minutes=10)
_MOST = 20
"""Flows of one user on their way at once; the oldest goes."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What a flow was begun for; `secrets` holds the verifier, or the request token's secret and the state."""

    method: str
    record_id: str
    connection_id: str | None
    connection_name: str
    scope: str
    redirect_uri: str
    secrets: Mapping[str, str] = field(repr=False)


class AuthorizationFlows:
    """Begins flows and takes them back. Threads and processes meet at the database."""

    def __init__(self, database: Database, envelope: Envelope, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._envelope = envelope
        self._clock = clock

    def begin(self, key: str, user: str, session_id: str, flow: Flow) -> None:
        """Keep a flow for ten minutes. `key` is what the browser will bring back."""
        now, flow_id = self._clock(), new_id()
        with self._database.write() as transaction:
            owner = ensure_user(transaction, user)
            self._forget_old(transaction, owner, now)
            transaction.execute(
                sa.insert(table).values(
                    id=flow_id,
                    hash=_hash(key),
                    method=flow.method,
                    user_id=owner,
                    session_id=session_id,
                    integration_record_id=flow.record_id,
                    connection_id=flow.connection_id,
                    connection_name=flow.connection_name,
                    scope=flow.scope,
                    redirect_uri=flow.redirect_uri,
                    created_at=now,
                    expires_at=now + LASTS,
                )
            )
            put_secrets(transaction, self._envelope, table=table.name, row=flow_id, origin="", values=flow.secrets)

    def take(self, key: str, user: str, session_id: str, method: str) -> Flow:
        """The flow this key belongs to, which is gone with this answer.

        Raises CallerError (code FOREIGN_STATE) for one that is not known, was taken before, is too old, or was begun by
        another user, in another browser session, or by another method; a flow of others stays theirs.
        """
        now = self._clock()
        with self._database.write() as transaction:
            mine = table.c.hash == _hash(key), table.c.session_id == session_id, table.c.method == method
            found = transaction.execute(
                sa.delete(table).where(*mine, table.c.user_id == (user_id(transaction, user) or "")).returning(*table.c)
            ).one_or_none()
            if found is not None:
                values = get_secrets(transaction, self._envelope, table=table.name, row=found.id, origin="")
                drop_secrets(transaction, table=table.name, row=found.id)
        if found is None or found.expires_at <= now:
            raise self.foreign()
        return Flow(
            method=found.method,
            record_id=found.integration_record_id,
            connection_id=found.connection_id,
            connection_name=found.connection_name,
            scope=found.scope,
            redirect_uri=found.redirect_uri,
            secrets=values,
        )

    @staticmethod
    def foreign() -> CallerError:
        """The error for an answer of NetSuite that belongs to no flow of this browser."""
        return CallerError(
            "This answer of NetSuite belongs to no connection that was begun in this browser in the last ten minutes.",
            code="FOREIGN_STATE",
            remedy="Press Connect again; an address that somebody sent you is not to be opened.",
        )

    @staticmethod
    def _forget_old(transaction: sa.Connection, owner: str, now: datetime) -> None:
        """Everybody's flows that are over, and the oldest of a user who has begun many."""
        newest = (
            sa.select(table.c.id).where(table.c.user_id == owner).order_by(table.c.created_at.desc(), table.c.id)
        ).limit(_MOST - 1)
        kept = list(transaction.scalars(newest))
        over = sa.or_(table.c.expires_at <= now, sa.and_(table.c.user_id == owner, table.c.id.not_in(kept)))
        transaction.execute(sa.delete(table).where(over))
        # Also those that went with a user, a record or a connection.
        transaction.execute(
            sa.delete(secret).where(secret.c.table_name == table.name, secret.c.row_id.not_in(sa.select(table.c.id)))
        )


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
