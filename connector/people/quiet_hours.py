"""Quiet hours of an account: set, shown and taken back, each written to the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.core.quiet_hours import QuietHours
from connector.db.engine import Database
from connector.db.tables import account_quiet_hours as table
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.people.pauses import acting
from connector.people.person import Person


@dataclass(frozen=True, slots=True)
class AccountQuietHours:
    """The quiet hours of one account, and who set them."""

    account_id: str
    hours: QuietHours
    set_by: str
    created_at: datetime


class QuietTimes:
    """Sets and takes back. Any active author or administrator may, as with pauses; `actor` None is the server's console.

    Raises NotAllowedError (code ROLE_NEEDED) for a reader.
    """

    def __init__(self, database: Database, audit: AuditLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def set(self, actor: Person | None, account_id: str, *, spans: str, zone: str) -> QuietHours:
        """Keep background work away from an account (`1234567_SB1`) at these times of day, in place of those before.

        `spans` is `22:00-06:00` with commas, `zone` a name such as `Europe/Berlin`. Raises SettingError (BAD_QUIET_HOURS).
        """
        try:
            hours = QuietHours.parse(spans, zone)
        except ValueError as error:
            raise SettingError(
                f"These are no quiet hours: {error}.",
                code="BAD_QUIET_HOURS",
                remedy="Write 22:00-06:00, several with commas, and a zone such as Europe/Berlin.",
            ) from error
        with self._database.write() as transaction:
            name = acting(transaction, actor)
            transaction.execute(sa.delete(table).where(table.c.account_id == account_id))
            transaction.execute(
                sa.insert(table).values(
                    account_id=account_id,
                    spans=str(hours),
                    time_zone=hours.zone.key,
                    set_by=name,
                    created_at=self._clock(),
                )
            )
            self._note(transaction, name, "quiet_hours_set", account_id, spans=str(hours), zone=hours.zone.key)
        return hours

    def clear(self, actor: Person | None, account_id: str) -> None:
        """Let background work ask at any time again. Clearing twice does nothing."""
        with self._database.write() as transaction:
            name = acting(transaction, actor)
            if transaction.execute(sa.delete(table).where(table.c.account_id == account_id)).rowcount:
                self._note(transaction, name, "quiet_hours_cleared", account_id)

    def all(self) -> Mapping[str, AccountQuietHours]:
        """The accounts that have quiet hours."""
        with self._database.read() as transaction:
            rows = transaction.execute(sa.select(table).order_by(table.c.account_id)).all()
        return {
            row.account_id: AccountQuietHours(
                row.account_id, QuietHours.parse(row.spans, row.time_zone), row.set_by, row.created_at
            )
            for row in rows
        }

    def _note(self, transaction: sa.Connection, name: str, action: str, account_id: str, **detail: str) -> None:
        self._audit.add(
            actor=name,
            action=action,
            subject=account_id,
            account_id=account_id,
            detail=detail,
            transaction=transaction,
        )
