"""Shares: who else may ask over a connection. Its secrets stay where they are; nobody sees them, its owner neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from connector.audit.log import AuditLog
from connector.db.engine import Database
from connector.db.tables import connection as connection_table
from connector.db.tables import connection_share as table
from connector.db.tables import user_account
from connector.db.utc_time import utc_now
from connector.errors import NotAllowedError, SettingError
from connector.people.person import ACTIVE, ADMINISTRATOR, Person, person_of, person_with, select_people
from connector.vault.cached_answers import forget_answers
from connector.vault.connections import Connection
from connector.vault.user_accounts import WORKSPACE, ensure_user


class Shares:
    """Gives and takes shares. Threads and processes meet at the database."""

    def __init__(self, database: Database, audit: AuditLog, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def share(self, owner: Person, connection: Connection, with_person: Person | None) -> None:
        """Let somebody ask over a connection, or with None everybody here. Sharing twice does nothing.

        Raises NotAllowedError (codes NOT_OWNER, PERSON_BLOCKED), SettingError (NO_CONNECTION, UNKNOWN_PERSON).
        """
        with self._database.write() as transaction:
            owner_id = _owned(transaction, owner, connection)
            with_id, name = _with(transaction, with_person)
            held = sa.select(table).filter_by(connection_id=connection.id, user_id=with_id)
            if with_id == owner_id or transaction.execute(held).first() is not None:
                return
            transaction.execute(
                sa.insert(table).values(
                    connection_id=connection.id, user_id=with_id, shared_by=owner.id, created_at=self._clock()
                )
            )
            self._note(transaction, owner, "connection_shared", connection, name)

    def unshare(self, owner: Person, connection: Connection, with_person: Person | None) -> None:
        """Take the share back; from now on the next question is refused. Where there is none, nothing happens.

        Raises NotAllowedError (code NOT_OWNER), SettingError (NO_CONNECTION).
        """
        with self._database.write() as transaction:
            _owned(transaction, owner, connection)
            name = WORKSPACE if with_person is None else with_person.name
            who = sa.select(user_account.c.id).where(
                user_account.c.name == WORKSPACE if with_person is None else user_account.c.id == with_person.id
            )
            mine = sa.delete(table).where(table.c.connection_id == connection.id, table.c.user_id.in_(who))
            if transaction.execute(mine).rowcount:
                forget_answers(transaction, connection.id)
                self._note(transaction, owner, "share_ended", connection, name)

    def shared_with(self, connection: Connection) -> list[Person]:
        """The people it is shared with by name, in order."""
        query = (
            select_people()
            .join(table, table.c.user_id == user_account.c.id)
            .where(table.c.connection_id == connection.id)
            .order_by(user_account.c.name)
        )
        with self._database.read() as transaction:
            return [person_of(row) for row in transaction.execute(query).mappings()]

    def is_everybodys(self, connection: Connection) -> bool:
        """Whether it is shared with the whole workspace."""
        query = (
            sa.select(table.c.user_id)
            .join(user_account, user_account.c.id == table.c.user_id)
            .where(table.c.connection_id == connection.id, user_account.c.name == WORKSPACE)
        )
        with self._database.read() as transaction:
            return transaction.execute(query).first() is not None

    def of(self, person: Person) -> list[str]:
        """The ids of connections shared with this person by name."""
        with self._database.read() as transaction:
            return list(transaction.scalars(sa.select(table.c.connection_id).where(table.c.user_id == person.id)))

    def _note(
        self, transaction: sa.Connection, owner: Person, action: str, connection: Connection, with_name: str
    ) -> None:
        self._audit.add(
            actor=owner.name,
            action=action,
            subject=with_name,
            connection_id=connection.id,
            account_id=connection.account_id,
            detail={"connection": connection.name},
            transaction=transaction,
        )


def _owned(transaction: sa.Connection, person: Person, connection: Connection) -> str:
    """The owner's id, where this person may share: their own, or for an administrator the workspace's."""
    row = transaction.execute(
        sa.select(user_account.c.id, user_account.c.name)
        .join(connection_table, connection_table.c.owner_id == user_account.c.id)
        .where(connection_table.c.id == connection.id)
    ).one_or_none()
    if row is None:
        raise SettingError("There is no such connection.", code="NO_CONNECTION", remedy="Connections lists yours.")
    now = person_with(transaction, person.id)
    mine = row.id == now.id or (row.name == WORKSPACE and now.role == ADMINISTRATOR)
    if not mine or now.state != ACTIVE:
        raise NotAllowedError(
            "Only its owner may share a connection.",
            code="NOT_OWNER",
            remedy=f"Ask {row.name}, who owns it." if row.name != WORKSPACE else "Ask an administrator.",
        )
    return str(row.id)


def _with(transaction: sa.Connection, person: Person | None) -> tuple[str, str]:
    if person is None:
        return ensure_user(transaction, WORKSPACE), WORKSPACE
    now = person_with(transaction, person.id)
    if now.state != ACTIVE:
        raise NotAllowedError(
            f"{now.name} is blocked.", code="PERSON_BLOCKED", remedy="An administrator unblocks them first, in People."
        )
    return now.id, now.name
