"""Ending a connection: at NetSuite first, as far as it can be reached, then here in any case."""

from __future__ import annotations

from connector.connections import application_of_record
from connector.errors import ConnectorError
from connector.netsuite.account import AccountId
from connector.netsuite.authorization_code import revoke
from connector.netsuite.certificate_rotation import revoke_certificate
from connector.netsuite.issue_token import revoke_token
from connector.netsuite.tba import TokenCredentials
from connector.vault.connections import Connection
from connector.vault.credential_fields import CODE_GRANT, TBA
from connector.ways_in.parts import Parts


class Endings(Parts):
    """Both answer whether NetSuite has confirmed it; where it has not, its administrator has to revoke it there."""

    def revoke(self, connection: Connection) -> bool:
        """Take the right away at NetSuite and destroy the secrets here; the name stays until it is removed."""
        confirmed = self._revoked_at_netsuite(connection)
        self._vault.revoke_connection(connection)
        return confirmed

    def remove(self, connection: Connection) -> bool:
        """As `revoke`, and the connection is gone."""
        confirmed = self._revoked_at_netsuite(connection)
        self._vault.remove_connection(connection)
        return confirmed

    def _revoked_at_netsuite(self, connection: Connection) -> bool:
        if connection.state == "revoked":
            return True
        try:
            match connection.method:
                case method if method == CODE_GRANT:
                    self._revoke_consent(connection)
                case method if method == TBA:
                    self._revoke_token(connection)
                case _:
                    self._revoke_certificate(connection)
        except ConnectorError:
            return False
        return True

    def _revoke_consent(self, connection: Connection) -> None:
        token = self._vault.grants.refresh_token(connection)
        if token is None:
            return
        record = self._vault.integration_records.by_id(connection.integration_record_id)
        application = application_of_record(self._vault, record, connection.origin)
        hosts = self._connections.hosts(AccountId.parse(connection.account_id))
        session = self._connections.plain_session(hosts.suitetalk)
        try:
            revoke(session, application, token)
        finally:
            session.close()

    def _revoke_token(self, connection: Connection) -> None:
        account = AccountId.parse(connection.account_id)
        credentials = TokenCredentials(**self._vault.secrets(connection))
        session = self._connections.plain_session(self._connections.hosts(account).restlets)
        try:
            revoke_token(session, account=account, credentials=credentials)
        finally:
            session.close()

    def _revoke_certificate(self, connection: Connection) -> None:
        secrets = self._vault.secrets(connection)
        session = self._connections.certificates_session(connection)
        try:
            revoke_certificate(session, secrets["client_id"], secrets["certificate_id"])
        finally:
            session.close()
