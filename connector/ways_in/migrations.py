"""From TBA to OAuth 2.0 without touching a workbook: a connection changes its way in and keeps its id and name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.netsuite.account import AccountId
from connector.netsuite.certificate import read_certificate
from connector.vault.connections import Connection, Credentials
from connector.vault.credential_fields import CLIENT_CREDENTIALS, TBA
from connector.ways_in.parts import Parts
from connector.ways_in.recommendation import TBA_ENDS, TBA_NO_NEW

_BY_CERTIFICATE = (
    "Recommended: client credentials. Make the certificate here and hand it to the NetSuite administrator, who maps it to "
    "the same user and role; once it has signed in, this connection goes over by itself."
)
_BY_CONSENT = (
    "Or consent with OAuth 2.0: press Connect and choose the same role. A confidential client asks again every seven days, a "
    "public one after its Maximum Time For Token Rotation."
)
_COMPARE = (
    "Workbooks, imports and shares stay. Compare a control total before and after: another role may see other rows."
)
_REVOKE = "Then revoke the token in NetSuite: Setup > Users/Roles > Access Tokens."


@dataclass(frozen=True, slots=True)
class Migration:
    """A connection that signs in by TBA, why that ends, and what to do about it."""

    connection: Connection
    reason: str
    steps: tuple[str, ...]


class Migrations(Parts):
    """Lists what is to be moved, and moves it."""

    def migrations(self, user: str) -> list[Migration]:
        """A user's TBA connections, by name."""
        return [
            Migration(one, f"{TBA_NO_NEW} {TBA_ENDS}", (_BY_CERTIFICATE, _BY_CONSENT, _COMPARE, _REVOKE))
            for one in self._vault.connections(user)
            if one.method == TBA
        ]

    def move(
        self,
        user: str,
        connection_id: str,
        secrets: Mapping[str, str],
        *,
        method: str = CLIENT_CREDENTIALS,
        role: str | None = None,
        entity: str | None = None,
        certificate: str | None = None,
    ) -> Connection:
        """Give a connection of the user's the credentials they enter, tried out before the old ones go.

        `certificate` in PEM tells when it ends. The other ways to move are `begin_code` and `new_certificate` with the
        connection's id. Raises SettingError, LoginRefusedError, RemoteError; then the old credentials stay.
        """
        connection = self._owned(connection_id, user)
        expires_at = None if certificate is None else read_certificate(certificate).expires_at
        credentials = Credentials(
            method,
            secrets,
            role=role or connection.role,
            entity=entity or connection.entity,
            certificate_expires_at=expires_at,
        )
        self._connections.try_out(AccountId.parse(connection.account_id), method, credentials.checked())
        return self._vault.replace_credentials(connection, credentials)
