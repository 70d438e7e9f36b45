"""A key pair on its way to NetSuite: kept from before its certificate is uploaded until it has proved that it works.

So a process that dies in between loses neither the old certificate, which stays in use, nor the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from connector.db.engine import Database
from connector.vault.connection_rows import Connection
from connector.vault.envelope import Envelope
from connector.vault.sealed_rows import drop_secrets, full_origin, get_secrets, put_secrets

TABLE = "pending_certificate"
"""What stands in the associated data; the row is the connection's."""


@dataclass(frozen=True, slots=True, repr=False)
class PendingCertificate:
    """Private key and certificate in PEM; `certificate_id` is None until NetSuite has given it one."""

    private_key: str
    certificate: str
    expires_at: datetime
    certificate_id: str | None = None

    def __repr__(self) -> str:
        return "PendingCertificate(…)"


class PendingCertificates:
    """One for each connection at most."""

    def __init__(self, database: Database, envelope: Envelope) -> None:
        self._database = database
        self._envelope = envelope

    def keep(self, connection: Connection, pending: PendingCertificate) -> None:
        """Seal it in place of the one before."""
        values = {
            "private_key": pending.private_key,
            "certificate": pending.certificate,
            "expires_at": pending.expires_at.isoformat(),
        }
        with self._database.write() as transaction:
            self.drop(transaction, connection.id)
            put_secrets(
                transaction,
                self._envelope,
                table=TABLE,
                row=connection.id,
                origin=full_origin(connection.origin),
                values=values | ({"certificate_id": pending.certificate_id} if pending.certificate_id else {}),
            )

    def get(self, connection: Connection) -> PendingCertificate | None:
        """The one on its way; None where there is none. Raises SettingError (code VAULT_UNREADABLE)."""
        with self._database.read() as transaction:
            values = get_secrets(
                transaction, self._envelope, table=TABLE, row=connection.id, origin=full_origin(connection.origin)
            )
        if not values:
            return None
        return PendingCertificate(
            values["private_key"],
            values["certificate"],
            datetime.fromisoformat(values["expires_at"]),
            values.get("certificate_id"),
        )

    def forget(self, connection: Connection) -> None:
        """Drop it in a transaction of its own."""
        with self._database.write() as transaction:
            self.drop(transaction, connection.id)

    @staticmethod
    def drop(transaction: sa.Connection, connection_id: str) -> None:
        """Forget it, in the caller's transaction."""
        drop_secrets(transaction, table=TABLE, row=connection_id)
