"""Whom something is told: people who are active and have an address, by their ids. On the caller's transaction."""

from __future__ import annotations

import sqlalchemy as sa

from connector.db.tables import connection, user_account
from connector.people.person import ACTIVE, ADMINISTRATOR
from connector.vault.user_accounts import WORKSPACE, named


def administrators(transaction: sa.Connection) -> set[str]:
    """Every administrator who can be written to."""
    return set(transaction.scalars(_reachable().where(user_account.c.role == ADMINISTRATOR)))


def somebody(transaction: sa.Connection, name: str) -> set[str]:
    """The person of this name; nobody where they cannot be written to."""
    return set(transaction.scalars(_reachable().where(named(name))))


def is_administrator(transaction: sa.Connection, name: str) -> bool:
    """Whether the person of this name is one now."""
    return transaction.scalar(sa.select(user_account.c.role).where(named(name))) == ADMINISTRATOR


def owners(transaction: sa.Connection, connection_id: str) -> set[str]:
    """The connection's owner; the administrators for one that is everybody's, or whose owner cannot be written to."""
    owner = sa.select(connection.c.owner_id).where(connection.c.id == connection_id).scalar_subquery()
    return set(transaction.scalars(_reachable().where(user_account.c.id == owner))) or administrators(transaction)


def _reachable() -> sa.Select[tuple[str]]:
    return sa.select(user_account.c.id).where(
        user_account.c.email.is_not(None), user_account.c.state == ACTIVE, user_account.c.name != WORKSPACE
    )
