"""What of people is over by itself: nobody could use it any more. On the caller's transaction."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from connector.db.tables import attempt, browser_session, device_code, invitation, revoke_link
from connector.people.attempts import FORGOTTEN_AFTER
from connector.people.sessions import over


def forget_passed(transaction: sa.Connection, now: datetime) -> None:
    """Remove sessions, device codes, guesses, invitations and links whose time has passed."""
    transaction.execute(sa.delete(browser_session).where(over(now)))
    transaction.execute(sa.delete(device_code).where(device_code.c.expires_at <= now))
    transaction.execute(sa.delete(invitation).where(invitation.c.expires_at <= now))
    transaction.execute(sa.delete(revoke_link).where(revoke_link.c.expires_at <= now))
    transaction.execute(sa.delete(attempt).where(attempt.c.last_at < now - FORGOTTEN_AFTER))
