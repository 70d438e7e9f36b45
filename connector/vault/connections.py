"""Connections: one user's right to use an integration record as one NetSuite user and role, and the secrets of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from connector.db.engine import Database
from connector.db.leases import Leases
from connector.db.tables import connection as table
from connector.db.tables import integration_record, new_id, user_account
from connector.db.utc_time import utc_now
from connector.egress import Origin
from connector.errors import ConnectorError, SettingError
from connector.vault.authorization_flows import AuthorizationFlows
from connector.vault.cached_answers import forget_answers
from connector.vault.connection_rows import Connection, connection_of, select_connections, shared_with
from connector.vault.credentials import Credentials, SealedCredentials
from connector.vault.envelope import Envelope
from connector.vault.grants import Grants
from connector.vault.hand_offs import HandOffs
from connector.vault.integration_record_rows import ADMINISTRATOR
from connector.vault.integration_records import IntegrationRecords
from connector.vault.key_provider import KeyProvider
from connector.vault.known_certificates import know_certificate, unknown_among
from connector.vault.names import checked_name
from connector.vault.own_rotation import OwnRotation
from connector.vault.part_secrets import PartSecrets
from connector.vault.pending_certificates import PendingCertificates
from connector.vault.rotation import KeyRotation
from connector.vault.troubles import claim_untold, clear_trouble, connection_revoked, has_untold
from connector.vault.user_accounts import ensure_user

__all__ = ["Connection", "Credentials", "Vault"]

_TOUCH_EVERY = timedelta(minutes=1)
_ADD = "`connector connection add --name NAME --account ACCOUNT --method METHOD` adds one."


class Vault:
    """The connections of all users, each shown to its owner alone, and their secrets. Threads may share it."""

    def __init__(self, database: Database, keys: KeyProvider, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = self.database = database
        self._clock = clock
        envelope = Envelope(keys)
        self.integration_records = IntegrationRecords(database, keys)
        self.grants = Grants(database, envelope, clock)
        self.authorization_flows = AuthorizationFlows(database, envelope, clock)
        self.hand_offs = HandOffs(database, envelope, clock)
        self.pending_certificates = PendingCertificates(database, envelope)
        self.rotation = KeyRotation(database, keys)
        self.part_secrets = PartSecrets(database, keys)
        self.leases = Leases(database, clock)
        self.own_rotation = OwnRotation(database)
        self._sealed = SealedCredentials(envelope, self.integration_records, self.grants)

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
        """As `add`, for secrets that somebody enters."""
        return self.add(
            owner=owner,
            name=name,
            account_id=account_id,
            origin=origin,
            credentials=Credentials(method, secrets, role, entity),
            integration_name=integration_name,
        )

    def add(
        self,
        *,
        owner: str,
        name: str,
        account_id: str,
        origin: str,
        credentials: Credentials,
        integration_name: str | None = None,
        created_by: str | None = None,
    ) -> Connection:
        """Keep a new connection and seal its secrets for `origin`.

        The integration record of the same account and application is used, or entered under `integration_name`.
        Raises SettingError (codes UNKNOWN_METHOD, BAD_CREDENTIAL, BAD_NAME, BAD_ADDRESS, DUPLICATE_CONNECTION,
        WRONG_ACCOUNT).
        """
        credentials.checked()
        label = checked_name(name, "The connection's name")
        address = str(Origin.parse(origin, configured=True))
        connection_id = new_id()
        with self._database.write() as transaction:
            owner_id = ensure_user(transaction, owner)
            if transaction.scalar(sa.select(table.c.id).filter_by(owner_id=owner_id, name=label)) is not None:
                raise _duplicate(label)
            record_id = self._sealed.record_for(
                transaction,
                credentials,
                owner_id=owner_id,
                account_id=account_id,
                name=integration_name or label,
            )
            transaction.execute(
                sa.insert(table).values(
                    id=connection_id,
                    owner_id=owner_id,
                    name=label,
                    integration_record_id=record_id,
                    origin=address,
                    state="enabled",
                    created_at=self._clock(),
                    created_by=created_by or owner.strip(),
                    version=1,
                    **credentials.columns(),
                )
            )
            self._sealed.put(transaction, _row(transaction, connection_id), credentials)
            return _row(transaction, connection_id)

    def replace_credentials(self, connection: Connection, credentials: Credentials) -> Connection:
        """Give a connection another way in. Id, name, owner and account stay, so nothing that names it changes.

        A trouble ends, a revoked connection works again. Raises ConnectorError (code CONNECTION_CHANGED where somebody
        else was first), SettingError (codes as `add`).
        """
        credentials.checked()
        with self._database.write() as transaction:
            owner_id = self._unchanged(transaction, connection)
            forget_answers(transaction, connection.id)
            record_id = self._sealed.record_for(
                transaction,
                credentials,
                owner_id=owner_id,
                account_id=connection.account_id,
                name=connection.name,
            )
            transaction.execute(
                sa.update(table)
                .where(table.c.id == connection.id)
                .values(
                    integration_record_id=record_id,
                    state="enabled",
                    version=connection.version + 1,
                    **credentials.columns(),
                )
            )
            clear_trouble(transaction, connection.id)
            self._sealed.put(transaction, _row(transaction, connection.id), credentials)
            return _row(transaction, connection.id)

    def connections(self, owner: str) -> list[Connection]:
        """A user's connections, by name."""
        query = select_connections().where(user_account.c.name == owner.strip()).order_by(table.c.name)
        with self._database.read() as transaction:
            return [connection_of(row) for row in transaction.execute(query).mappings()]

    def is_administrator(self, user: str) -> bool:
        """Whether this user has the role of an administrator."""
        with self._database.read() as transaction:
            role = transaction.scalar(sa.select(user_account.c.role).where(user_account.c.name == user.strip()))
        return role == ADMINISTRATOR

    def everyones(self) -> list[Connection]:
        """The connections of all users, for what watches over them."""
        with self._database.read() as transaction:
            return [connection_of(row) for row in transaction.execute(select_connections()).mappings()]

    def shared(self, user: str) -> list[Connection]:
        """The connections that others share with a user, by name; a blocked owner's are not."""
        query = select_connections().where(shared_with(user)).order_by(table.c.name, table.c.id)
        with self._database.read() as transaction:
            return [connection_of(row) for row in transaction.execute(query).mappings()]

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

    def current(self, connection: Connection) -> Connection:
        """The connection as it is now. Raises SettingError (code NO_CONNECTION), NotAllowedError (CONNECTION_REVOKED)."""
        found = self.by_id(connection.id)
        if found is None:
            raise _removed(connection)
        if found.state == "revoked":
            raise connection_revoked(found.name)
        return found

    def by_id(self, connection_id: str) -> Connection | None:
        """The connection of this id, whoever owns it: who may use it is for the caller to know."""
        with self._database.read() as transaction:
            row = transaction.execute(select_connections().where(table.c.id == connection_id)).mappings().one_or_none()
        return None if row is None else connection_of(row)

    def secrets(self, connection: Connection) -> dict[str, str]:
        """The secrets, by field, to be sent to `connection.origin` and nowhere else.

        Raises SettingError (code VAULT_UNREADABLE; NO_CONNECTION where it was removed meanwhile), ConnectorError
        (CONNECTION_CHANGED where it has others by now).
        """
        with self._database.read() as transaction:
            self._unchanged(transaction, connection)
            return self._sealed.open(transaction, connection)

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

    def revoke_connection(self, connection: Connection) -> None:
        """End a connection for good: its secrets go, its name stays until it is removed or connected again."""
        with self._database.write() as transaction:
            self._sealed.drop(transaction, connection.id)
            forget_answers(transaction, connection.id)
            transaction.execute(
                sa.update(table)
                .where(table.c.id == connection.id)
                .values(state="revoked", version=table.c.version + 1, certificate_expires_at=None)
            )
            clear_trouble(transaction, connection.id)

    def remove_connection(self, connection: Connection) -> None:
        """Remove the connection and its secrets; its integration record stays. Removing it twice does nothing."""
        with self._database.write() as transaction:
            self._sealed.drop(transaction, connection.id)
            transaction.execute(sa.delete(table).where(table.c.id == connection.id))

    def take_untold(self) -> list[Connection]:
        """The connections whose trouble is to be told now: each is answered once, to one caller."""
        with self._database.read() as transaction:
            if not has_untold(transaction):
                return []
        with self._database.write() as transaction:
            ids = claim_untold(transaction, self._clock())
            return [_row(transaction, one) for one in ids]

    def know_certificate(self, connection: Connection, certificate_id: str) -> None:
        """Note that a certificate of the connection's record is one of ours."""
        with self._database.write() as transaction:
            know_certificate(transaction, connection.integration_record_id, certificate_id)

    def unknown_certificates(self, connection: Connection, certificate_ids: list[str]) -> set[str]:
        """Those of the record's certificates that we neither made nor were given."""
        with self._database.read() as transaction:
            return unknown_among(transaction, connection.integration_record_id, certificate_ids)

    @staticmethod
    def _unchanged(transaction: sa.Connection, connection: Connection) -> str:
        """The owner's id. Raises where the connection is gone or has other credentials by now."""
        row = transaction.execute(
            sa.select(table.c.version, table.c.owner_id).where(table.c.id == connection.id)
        ).one_or_none()
        if row is None:
            raise _removed(connection)
        if row.version != connection.version:
            raise ConnectorError(
                f"The credentials of {connection.name} were replaced at this moment.",
                code="CONNECTION_CHANGED",
                remedy="Ask again.",
                retryable=True,
            )
        return str(row.owner_id)


def _row(transaction: sa.Connection, connection_id: str) -> Connection:
    return connection_of(transaction.execute(select_connections().where(table.c.id == connection_id)).mappings().one())


def _removed(connection: Connection) -> SettingError:
    return SettingError(f"The connection {connection.name} was removed.", code="NO_CONNECTION", remedy=_ADD)


def _duplicate(name: str) -> SettingError:
    return SettingError(
        f"You have a connection named {name} already.",
        code="DUPLICATE_CONNECTION",
        remedy="Give another name, or remove that one first.",
    )
