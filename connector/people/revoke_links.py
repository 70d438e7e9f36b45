"""A link that ends one token: it stands in a mail, and whoever holds it can end that token and do nothing else.

The page behind it asks first: mail programs open links by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import api_token, user_account
from connector.db.tables import revoke_link as table
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError
from connector.people.one_time_tokens import hashed, new_token

LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RevokeRequest:
    """The token that a link ends: what its page shows. `revoked_at` is None while it holds."""

    token_id: str
    owner: str
    kind: str
    label: str
    address: str | None
    created_at: datetime
    revoked_at: datetime | None


class RevokeLinks:
    """Makes, shows and uses. Threads and processes meet at the database."""

    def __init__(self, database: Database, audit: AuditLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def make(self, token_id: str) -> str:
        """The text of a link for this token, good for 30 days; it is kept as a hash."""
        text, now = new_token(), self._clock()
        with self._database.write() as transaction:
            transaction.execute(sa.delete(table).where(table.c.expires_at <= now))
            transaction.execute(sa.insert(table).values(hash=hashed(text), token_id=token_id, expires_at=now + LASTS))
        return text

    def view(self, text: str) -> RevokeRequest:
        """What the page of this link shows; nothing changes. Raises NotAllowedError (code REVOKE_LINK_OVER)."""
        with self._database.read() as transaction:
            return self._found(transaction, text)

    def use(self, text: str) -> RevokeRequest:
        """End the token; the links to it are gone with it. Raises NotAllowedError (code REVOKE_LINK_OVER)."""
        with self._database.write() as transaction:
            found = self._found(transaction, text)
            transaction.execute(
                sa.update(api_token)
                .where(api_token.c.id == found.token_id, api_token.c.revoked_at.is_(None))
                .values(revoked_at=self._clock())
            )
            transaction.execute(sa.delete(table).where(table.c.token_id == found.token_id))
            self._audit.add(
                actor=found.owner,
                action="token_revoked",
                subject=found.token_id,
                detail={"by_link": True},
                transaction=transaction,
            )
        return found

    def _found(self, transaction: sa.Connection, text: str) -> RevokeRequest:
        columns = [api_token.c[name] for name in ("kind", "label", "address", "created_at", "revoked_at")]
        query = (
            sa.select(api_token.c.id.label("token_id"), user_account.c.name.label("owner"), *columns)
            .select_from(table)
            .join(api_token, api_token.c.id == table.c.token_id)
            .join(user_account, user_account.c.id == api_token.c.owner_id)
            .where(table.c.hash == hashed(text), table.c.expires_at > self._clock())
        )
        row = transaction.execute(query).mappings().one_or_none()
        if row is None:
            raise NotAllowedError(
                "This link is not known, was used, or is older than 30 days.",
                code="REVOKE_LINK_OVER",
                remedy="Sign in and revoke the token in Tokens and devices.",
            )
        return RevokeRequest(**row)
