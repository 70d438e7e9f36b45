"""Why a connection does not work at the moment: written where it is found, told to its owner once.

A consent that has ended, or a refresh token that was lost, pauses everything that depends on the connection. NetSuite is
not asked again until the owner has consented anew.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from connector.db.tables import connection as table
from connector.errors import LoginRefusedError, NotAllowedError

GRANT_ENDED = "GRANT_ENDED"
REFRESH_LOST = "REFRESH_LOST"
_CAUSES = {
    GRANT_ENDED: "Its consent has ended.",
    REFRESH_LOST: "Its refresh token was sent to NetSuite, and the new one was lost before it could be stored.",
}


def mark_trouble(transaction: sa.Connection, connection_id: str, trouble: str) -> None:
    """Write a trouble down, to be told; one that is there already stays as it is, told or not."""
    transaction.execute(
        sa.update(table)
        .where(table.c.id == connection_id, sa.or_(table.c.trouble.is_(None), table.c.trouble != trouble))
        .values(trouble=trouble, trouble_told_at=None)
    )


def clear_trouble(transaction: sa.Connection, connection_id: str) -> None:
    """The connection works again."""
    transaction.execute(
        sa.update(table)
        .where(table.c.id == connection_id, table.c.trouble.is_not(None))
        .values(trouble=None, trouble_told_at=None)
    )


def claim_untold(transaction: sa.Connection, now: datetime, among: Collection[str] | None = None) -> list[str]:
    """The ids of connections whose trouble nobody has told yet; from now on it counts as told.

    `among` leaves out what the caller does not know of.
    """
    ids = [one for one in transaction.scalars(sa.select(table.c.id).where(_untold())) if among is None or one in among]
    if ids:
        transaction.execute(sa.update(table).where(table.c.id.in_(ids)).values(trouble_told_at=now))
    return ids


def has_untold(transaction: sa.Connection) -> bool:
    """Whether there is a trouble to tell."""
    return transaction.scalar(sa.select(table.c.id).where(_untold()).limit(1)) is not None


def reconsent_needed(name: str, trouble: str) -> LoginRefusedError:
    """The error of everything that depends on the connection `name` while it is in trouble. NetSuite was not asked."""
    return LoginRefusedError(
        f"The connection {name} is paused. {_CAUSES.get(trouble, 'It does not work at the moment.')}",
        code="RECONSENT_NEEDED",
        remedy="Its owner presses Connect again on the connection's page in the console and consents; no workbook "
        "changes. Client credentials need no consent.",
    )


def account_paused(account_id: str, by: str) -> NotAllowedError:
    """The error of everything that would ask an account while it is paused."""
    return NotAllowedError(
        f"The account {account_id} is paused by {by}.",
        code="ACCOUNT_PAUSED",
        remedy="Ask them, or an administrator of this service, to resume it; nothing is asked meanwhile.",
    )


def account_quiet(account_id: str) -> NotAllowedError:
    """The error of background work that would ask an account in its quiet hours."""
    return NotAllowedError(
        f"The account {account_id} has quiet hours now: background work does not ask NetSuite.",
        code="QUIET_HOURS",
        remedy="It goes on by itself afterwards. `connector account quiet-hours` shows and changes the times.",
        retryable=True,
    )


def connection_revoked(name: str) -> NotAllowedError:
    """The error of everything that depends on a revoked connection."""
    return NotAllowedError(
        f"The connection {name} was revoked.",
        code="CONNECTION_REVOKED",
        remedy="Use another connection; its owner can connect it again in the console.",
    )


def _untold() -> sa.ColumnElement[bool]:
    return sa.and_(table.c.trouble.is_not(None), table.c.trouble_told_at.is_(None))
