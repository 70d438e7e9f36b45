"""People, by name: who owns a connection or a token. How they sign in is for `connector.people`."""

from __future__ import annotations

import sqlalchemy as sa

from connector.db.tables import new_id, user_account
from connector.db.utc_time import utc_now
from connector.errors import SettingError
from connector.vault.names import checked_name

WORKSPACE = "workspace"
"""The owner of connections that everyone of this service may use; nobody signs in as it."""
OPERATOR = "server console"
"""Who acts on the server's command line, in the audit log."""


def user_id(transaction: sa.Connection, user: str) -> str | None:
    """The id of a user; None for one who has nothing here."""
    return transaction.scalar(sa.select(user_account.c.id).where(named(user)))


def named(user: str) -> sa.ColumnElement[bool]:
    """The user of this name; nobody for what cannot be a name, which a database might not even take as text."""
    name = user.strip()
    return user_account.c.name == name if name.isprintable() else sa.false()


def ensure_user(transaction: sa.Connection, user: str) -> str:
    """The id of a user, who is entered if new. Raises SettingError (code BAD_NAME)."""
    name = checked_name(user, "The user's name")
    known = user_id(transaction, name)
    if known is not None:
        return known
    created = new_id()
    transaction.execute(sa.insert(user_account).values(id=created, name=name, created_at=utc_now()))
    return created


def checked_person_name(text: str) -> str:
    """A name that a person may have. Raises SettingError (codes BAD_NAME, BAD_USER)."""
    name = checked_name(text, "The person's name")
    if name.casefold() in (WORKSPACE, OPERATOR):
        raise SettingError(
            f"{name} is not a person's name: this service uses it itself.", code="BAD_USER", remedy="Give another name."
        )
    return name
