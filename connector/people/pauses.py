"""Pauses: one click, and nothing asks a NetSuite account any more until it is resumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import account_pause as table
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError
from connector.people.person import ACTIVE, ADMINISTRATOR, READER, Person, person_with, role_needed
from connector.vault.user_accounts import OPERATOR


class Pauses:
    """Pauses and resumes accounts. Any active author or administrator may: a stop must be quick.

    `actor` None is whoever sits at the server's command line. Raises NotAllowedError (code ROLE_NEEDED) for a reader.
    """

    def __init__(self, database: Database, audit: AuditLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def pause(self, actor: Person | None, account_id: str) -> None:
        """Stop every question to an account (`1234567_SB1`); what is on its way ends. Pausing twice does nothing."""
        with self._database.write() as transaction:
            name = acting(transaction, actor)
            if transaction.execute(sa.select(table).filter_by(account_id=account_id)).first() is None:
                row = {"account_id": account_id, "paused_by": name, "created_at": self._clock()}
                transaction.execute(sa.insert(table).values(**row))
                self._note(transaction, name, "account_paused", account_id)

    def resume(self, actor: Person | None, account_id: str) -> None:
        """Let questions through again: whoever paused may, and an administrator. Raises NotAllowedError (NOT_YOUR_PAUSE)."""
        with self._database.write() as transaction:
            name = acting(transaction, actor)
            paused_by = transaction.scalar(sa.select(table.c.paused_by).where(table.c.account_id == account_id))
            is_theirs = actor is None or person_with(transaction, actor.id).role == ADMINISTRATOR or paused_by == name
            if paused_by is not None and not is_theirs:
                raise NotAllowedError(
                    f"{paused_by} paused this account.",
                    code="NOT_YOUR_PAUSE",
                    remedy=f"Ask {paused_by} or an administrator of this service to let questions through again.",
                )
            if transaction.execute(sa.delete(table).where(table.c.account_id == account_id)).rowcount:
                self._note(transaction, name, "account_resumed", account_id)

    def paused(self) -> Mapping[str, str]:
        """The accounts that are paused, and who paused them."""
        with self._database.read() as transaction:
            rows = transaction.execute(sa.select(table.c.account_id, table.c.paused_by).order_by(table.c.account_id))
            return {row.account_id: row.paused_by for row in rows}

    def _note(self, transaction: sa.Connection, name: str, action: str, account_id: str) -> None:
        self._audit.add(actor=name, action=action, subject=account_id, account_id=account_id, transaction=transaction)


def acting(transaction: sa.Connection, actor: Person | None) -> str:
    """The name of who pauses, as they are now. Raises NotAllowedError (code ROLE_NEEDED) for a reader."""
    if actor is None:
        return OPERATOR
    now = person_with(transaction, actor.id)
    if now.role == READER or now.state != ACTIVE:
        raise role_needed(now.role)
    return now.name
