"""Connections: one user's right to use an integration record as one NetSuite user and role, and the secrets of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.tables import connection as table
from connector.db.tables import integration_record, new_id, user_account
from connector.db.utc_time import utc_now
from connector.egress import Origin
from connector.errors import SettingError
from connector.vault.credential_fields import checked_secrets, method_named
from connector.vault.envelope import Envelope
from connector.vault.integration_records import IntegrationRecords
from connector.vault.key_ring import KeyRing
from connector.vault.names import checked_name
from connector.vault.sealed_rows import drop_secrets, get_secrets, put_secrets
from connector.vault.user_accounts import ensure_user

_TOUCH_EVERY = timedelta(minutes=1)
_ADD = "`connector connection add --name NAME --account ACCOUNT --method METHOD` adds one."


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection without its secrets. `origin` is the only address they may be sent to."""

    id: str
    name: str
    owner: str
    integration_record_id: str
    account_id: str
    method: str
    origin: str
    role: str | None
    entity: str | None
    state: str
    created_at: datetime
    last_used_at: datetime | None


class Vault:
    """The connections of all users, each shown to its owner alone, and their secrets. Threads may share it."""

    def __init__(self, database: Database, ring: KeyRing, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._envelope = Envelope(ring)
        self._clock = clock
        self.integration_records = IntegrationRecords(database, ring)

    def add_connection(
        self,
        *,
        owner: str,
        name: str,
        account_id: str,
        method: str,
        origin: str,
        secrets: Mapping[str, str],
        role: str | None = None,
        entity: str | None = None,
        integration_name: str | None = None,
    ) -> Connection:
        """Keep a new connection and seal its secrets for `origin`.

        The integration record of the same account and application is used, or entered under `integration_name`.
        Raises SettingError (codes UNKNOWN_METHOD, BAD_CREDENTIAL, BAD_NAME, BAD_ADDRESS, DUPLICATE_CONNECTION).
        """
        known = method_named(method)
        values = checked_secrets(known, secrets)
        label = checked_name(name, "The connection's name")
        address = str(Origin.parse(origin, configured=True))
        connection_id = new_id()
        with self._database.write() as transaction:
            owner_id = ensure_user(transaction, owner)
            if transaction.scalar(sa.select(table.c.id).filter_by(owner_id=owner_id, name=label)) is not None:
                raise _duplicate(label)
            record_id = self.integration_records.ensure(
                transaction,
                owner_id=owner_id,
                account_id=account_id,
                application=values[known.application],
                name=integration_name or label,
            )
            transaction.execute(
                sa.insert(table).values(
                    id=connection_id,
                    owner_id=owner_id,
                    name=label,
                    integration_record_id=record_id,
                    method=method,
                    origin=address,
                    role=None if role is None else checked_name(role, "The role"),
                    entity=None if entity is None else checked_name(entity, "The entity"),
                    state="enabled",
                    created_at=self._clock(),
                )
            )
            put_secrets(
                transaction,
                self._envelope,
                table=table.name,
                row=connection_id,
                origin=_full(address),
                values=values,
            )
            return _connection(transaction.execute(_select().where(table.c.id == connection_id)).mappings().one())

    def connections(self, owner: str) -> list[Connection]:
        """A user's connections, by name."""
        query = _select().where(user_account.c.name == owner.strip()).order_by(table.c.name)
        with self._database.read() as transaction:
            return [_connection(row) for row in transaction.execute(query).mappings()]

    def connection(self, owner: str, name: str | None = None) -> Connection:
        """The connection of this name, or the only one.

        Raises SettingError (codes NO_CONNECTION, AMBIGUOUS_CONNECTION); another user's is as good as none.
        """
        own = self.connections(owner)
        chosen = own if name is None else [one for one in own if one.name == name.strip()]
        if len(chosen) == 1:
            return chosen[0]
        names = ", ".join(one.name for one in own)
        if chosen:
            raise SettingError(
                f"There is more than one connection: {names}.",
                code="AMBIGUOUS_CONNECTION",
                remedy="Name one of them: --connection NAME on the command line, connection=NAME in a formula.",
            )
        wanted = "" if name is None else f" named {name[:100]!a}"
        raise SettingError(
            f"You have no connection{wanted}.",
            code="NO_CONNECTION",
            remedy=f"Yours: {names}. {_ADD}" if own else _ADD,
        )

    def secrets(self, connection: Connection) -> dict[str, str]:
        """The secrets, by field, to be sent to `connection.origin` and nowhere else.

        Raises SettingError (code VAULT_UNREADABLE; NO_CONNECTION where it was removed meanwhile).
        """
        with self._database.read() as transaction:
            if transaction.scalar(sa.select(table.c.id).where(table.c.id == connection.id)) is None:
                raise SettingError(f"The connection {connection.name} was removed.", code="NO_CONNECTION", remedy=_ADD)
            values = get_secrets(
                transaction, self._envelope, table=table.name, row=connection.id, origin=_full(connection.origin)
            )
        missing = [name for name in method_named(connection.method).fields if name not in values]
        if missing:
            raise SettingError(
                f"A stored credential cannot be read: {', '.join(missing)} of {connection.name} is not in the database.",
                code="VAULT_UNREADABLE",
                remedy="Remove the connection and add it again, or restore the database from a copy.",
            )
        return values

    def touch(self, connection: Connection) -> None:
        """Note that the connection and its integration record are used now; at most once a minute."""
        now = self._clock()
        with self._database.read() as transaction:
            last = transaction.scalar(sa.select(table.c.last_used_at).where(table.c.id == connection.id))
        if last is not None and now - last < _TOUCH_EVERY:
            return
        with self._database.write() as transaction:
            transaction.execute(sa.update(table).where(table.c.id == connection.id).values(last_used_at=now))
            transaction.execute(
                sa.update(integration_record)
                .where(integration_record.c.id == connection.integration_record_id)
                .values(last_used_at=now)
            )

    def remove_connection(self, connection: Connection) -> None:
        """Remove the connection and its secrets; its integration record stays. Removing it twice does nothing."""
        with self._database.write() as transaction:
            drop_secrets(transaction, table=table.name, row=connection.id)
            transaction.execute(sa.delete(table).where(table.c.id == connection.id))


def _full(origin: str) -> str:
    """The origin with its port, as it stands in the associated data."""
    parsed = Origin.parse(origin, configured=True)
    return f"{parsed.scheme}://{parsed.host}:{parsed.port}"


def _select() -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(table, user_account.c.name.label("owner"), integration_record.c.account_id)
        .join(user_account, user_account.c.id == table.c.owner_id)
        .join(integration_record, integration_record.c.id == table.c.integration_record_id)
    )


def _connection(line: sa.RowMapping) -> Connection:
    return Connection(
        id=line["id"],
        name=line["name"],
        owner=line["owner"],
        integration_record_id=line["integration_record_id"],
        account_id=line["account_id"],
        method=line["method"],
        origin=line["origin"],
        role=line["role"],
        entity=line["entity"],
        state=line["state"],
        created_at=line["created_at"],
        last_used_at=line["last_used_at"],
    )


def _duplicate(name: str) -> SettingError:
    return SettingError(
        f"You have a connection named {name} already.",
        code="DUPLICATE_CONNECTION",
        remedy="Give another name, or remove that one first.",
    )
