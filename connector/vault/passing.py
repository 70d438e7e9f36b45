"""Hand-offs and flows that are over by themselves, and their secrets. On the caller's transaction."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from connector.db.tables import authorization_flow, hand_off, secret


def forget_passed(transaction: sa.Connection, now: datetime) -> None:
    """Remove those whose time has passed, and secrets whose hand-off or flow is gone."""
    for table in (hand_off, authorization_flow):
        transaction.execute(sa.delete(table).where(table.c.expires_at <= now))
        left = sa.select(table.c.id)
        transaction.execute(sa.delete(secret).where(secret.c.table_name == table.name, secret.c.row_id.not_in(left)))
