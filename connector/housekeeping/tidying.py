"""Removing what is over: old events of the audit log as the setting says, and what has ended by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.utc_time import utc_now
from connector.housekeeping.watch import HOUSEKEEPER
from connector.people import passing as passing_people
from connector.vault import passing as passing_secrets
from connector.vault.cached_answers import forget_old_answers


class Tidying:
    """Removes; nothing that is removed could have been used any more."""

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        *,
        audit_days: int | None,
        cache_days: int = 7,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._audit = audit
        self._audit_days = audit_days
        self._cache_days = cache_days
        self._clock = clock

    def cut_the_log(self) -> None:
        """Remove events older than the setting says; the chain of the rest stays whole, and the cut is an event."""
        if self._audit_days is not None:
            self._audit.cut(self._clock() - timedelta(days=self._audit_days), actor=HOUSEKEEPER)

    def forget_what_is_over(self) -> None:
        """End sessions, flows, hand-offs, device codes, guesses, invitations, links and kept answers that are over."""
        now = self._clock()
        with self._database.write() as transaction:
            passing_people.forget_passed(transaction, now)
            passing_secrets.forget_passed(transaction, now)
            forget_old_answers(transaction, now - timedelta(days=self._cache_days))
