"""People, by name. Who they are and how they sign in comes with the console."""

from __future__ import annotations

import sqlalchemy as sa

from connector.db.tables import new_id, user_account
from connector.db.utc_time import utc_now
from connector.vault.names import checked_name


def user_id(transaction: sa.Connection, user: str) -> str | None:
    """The id of a user; None for one who has nothing here."""
    return transaction.scalar(sa.select(user_account.c.id).where(user_account.c.name == user.strip()))


def ensure_user(transaction: sa.Connection, user: str) -> str:
    """The id of a user, who is entered if new. Raises SettingError (code BAD_NAME)."""
    name = checked_name(user, "The user's name")
    known = user_id(transaction, name)
    if known is not None:
        return known
    created = new_id()
    transaction.execute(sa.insert(user_account).values(id=created, name=name, created_at=utc_now()))
    return created
