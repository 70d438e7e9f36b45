"""A TBA token by IssueToken, from the command line alone and only where the server's configuration says so.

The password goes to NetSuite in one request and is kept nowhere. NetSuite makes no new ones as of 2027.1.
"""

from __future__ import annotations

from contextlib import suppress

from connector.errors import ConnectorError, SettingError
from connector.netsuite.account import AccountId
from connector.netsuite.issue_token import issue_token, revoke_token
from connector.netsuite.tba import TokenCredentials
from connector.vault.connections import Connection, Credentials
from connector.vault.credential_fields import TBA
from connector.ways_in.parts import Parts
from connector.ways_in.recommendation import TBA_NO_NEW


class IssuedTokens(Parts):
    """For those whose integration record still has IssueToken ticked."""

    def issue_token(
        self,
        *,
        owner: str,
        name: str,
        account: str,
        consumer_key: str,
        consumer_secret: str,
        email: str,
        password: str,
        role: str,
        otp: str | None = None,
    ) -> Connection:
        """Ask NetSuite for a token, once, and keep it as a TBA connection. `role` is the role's internal id.

        Raises SettingError (codes ISSUE_TOKEN_OFF, BAD_ACCOUNT_ID, BAD_CREDENTIAL, DUPLICATE_CONNECTION),
        LoginRefusedError, RemoteError.
        """
        if not self._settings.issue_token:
            raise SettingError(
                "IssueToken is switched off.",
                code="ISSUE_TOKEN_OFF",
                remedy=f"Take client credentials. {TBA_NO_NEW} If it has to be: CONNECTOR_ISSUE_TOKEN=true.",
            )
        self._refuse_taken(owner, name)
        account_id = AccountId.parse(account)
        hosts = self._connections.hosts(account_id)
        session = self._connections.plain_session(hosts.restlets)
        try:
            token_id, token_secret = issue_token(
                session,
                account=account_id,
                email=email,
                password=password,
                role=role,
                consumer_key=consumer_key,
                name=f"NSQuery {name}",
                otp=otp,
            )
            values = {"consumer_key": consumer_key, "consumer_secret": consumer_secret}
            values |= {"token_id": token_id, "token_secret": token_secret}
            try:
                return self._kept(
                    None,
                    Credentials(TBA, values, role=role),
                    owner=owner,
                    name=name,
                    account_id=account_id.realm,
                    origin=str(hosts.suitetalk),
                    user=owner,
                )
            except ConnectorError:
                with suppress(ConnectorError):
                    revoke_token(session, account=account_id, credentials=TokenCredentials(**values))
                raise
        finally:
            session.close()
