"""What a connection signs in with, as it is given and as it is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from connector.db.tables import connection as table
from connector.db.tables import integration_record
from connector.errors import SettingError
from connector.vault.connection_rows import Connection
from connector.vault.credential_fields import CODE_GRANT, checked_secrets, fields_of, method_named
from connector.vault.envelope import Envelope
from connector.vault.grants import Grants, NewGrant
from connector.vault.integration_records import IntegrationRecords
from connector.vault.known_certificates import know_certificate
from connector.vault.names import checked_name
from connector.vault.pending_certificates import PendingCertificates
from connector.vault.sealed_rows import drop_secrets, full_origin, get_secrets, put_secrets


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a connection signs in: the secrets of its method, or a consent with the record it was given to.

    `role` and `entity` are told with every answer. `record_id` names the record of a consent; the other methods find
    theirs by the application in the secrets.
    """

    method: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    role: str | None = None
    entity: str | None = None
    record_id: str | None = None
    grant: NewGrant | None = None
    certificate_expires_at: datetime | None = None

    def checked(self) -> Mapping[str, str]:
        """The secrets. Raises SettingError (codes UNKNOWN_METHOD, BAD_CREDENTIAL)."""
        if self.method != CODE_GRANT:
            return checked_secrets(method_named(self.method), self.secrets)
        if self.grant is None or self.record_id is None or self.secrets:
            raise SettingError(
                "This method begins with a consent.",
                code="BAD_CREDENTIAL",
                remedy="Press Connect in the console; `connector serve` opens it.",
            )
        return {}

    def columns(self) -> dict[str, object]:
        """What stands in the connection's own row. Raises SettingError (code BAD_NAME)."""
        return {
            "method": self.method,
            "role": None if self.role is None else checked_name(self.role, "The role"),
            "entity": None if self.entity is None else checked_name(self.entity, "The entity"),
            "certificate_expires_at": self.certificate_expires_at,
        }


@dataclass(frozen=True, slots=True)
class SealedCredentials:
    """Puts credentials into their rows, opens and drops them, each in the caller's transaction."""

    envelope: Envelope
    records: IntegrationRecords
    grants: Grants

    def record_for(
        self, transaction: sa.Connection, credentials: Credentials, *, owner_id: str, account_id: str, name: str
    ) -> str:
        """The id of the record of these credentials, in this account and no other; entered under `name` if new.

        Raises SettingError (codes BAD_NAME, WRONG_ACCOUNT).
        """
        if credentials.record_id is None:
            application = credentials.checked()[method_named(credentials.method).application]
            return self.records.ensure(
                transaction, owner_id=owner_id, account_id=account_id, application=application, name=name
            )
        account = transaction.scalar(
            sa.select(integration_record.c.account_id).where(integration_record.c.id == credentials.record_id)
        )
        if account != account_id:
            raise SettingError(
                "The integration record is not of the connection's account.",
                code="WRONG_ACCOUNT",
                remedy="Enter the record of that account, or make a new connection.",
            )
        return credentials.record_id

    def put(self, transaction: sa.Connection, connection: Connection, credentials: Credentials) -> None:
        """Seal them for `connection`, under its version and for its origin, in place of those before."""
        drop_secrets(transaction, table=table.name, row=connection.id)
        PendingCertificates.drop(transaction, connection.id)
        values = credentials.checked()
        put_secrets(
            transaction,
            self.envelope,
            table=table.name,
            row=connection.id,
            origin=full_origin(connection.origin),
            values=values,
            version=connection.version,
        )
        if credentials.grant is None:
            self.grants.drop(transaction, connection.id)
        else:
            self.grants.keep(transaction, connection.id, connection.origin, credentials.grant)
        if "certificate_id" in values:
            know_certificate(transaction, connection.integration_record_id, values["certificate_id"])

    def open(self, transaction: sa.Connection, connection: Connection) -> dict[str, str]:
        """The secrets by field. Raises SettingError (code VAULT_UNREADABLE)."""
        values = get_secrets(
            transaction,
            self.envelope,
            table=table.name,
            row=connection.id,
            origin=full_origin(connection.origin),
            version=connection.version,
        )
        missing = [name for name in fields_of(connection.method) if name not in values]
        if missing:
            raise SettingError(
                f"A stored credential cannot be read: {', '.join(missing)} of {connection.name} is not in the database.",
                code="VAULT_UNREADABLE",
                remedy="Remove the connection and add it again, or restore the database from a copy.",
            )
        return values

    def drop(self, transaction: sa.Connection, connection_id: str) -> None:
        """Forget all of them."""
        drop_secrets(transaction, table=table.name, row=connection_id)
        PendingCertificates.drop(transaction, connection_id)
        self.grants.drop(transaction, connection_id)
