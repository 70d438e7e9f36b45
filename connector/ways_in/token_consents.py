"""Consent in the browser by the three-step flow of TBA, which ends with the token of a TBA connection.

NetSuite makes no new TBA integrations as of 2027.1 (Oracle section_158921905537).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from connector.connections import application_of_record
from connector.errors import ConnectorError, SettingError
from connector.netsuite.account import AccountId
from connector.netsuite.authorization_code import Application
from connector.netsuite.issue_token import revoke_token, token_info
from connector.netsuite.session import Session
from connector.netsuite.tba import TokenCredentials
from connector.netsuite.token_flow import (
    Callback,
    RequestToken,
    access_token,
    authorize_url,
    read_callback,
    request_token,
)
from connector.vault.connections import Connection, Credentials
from connector.vault.credential_fields import TBA
from connector.vault.integration_record_rows import IntegrationRecord
from connector.ways_in.browser_round import BrowserRound, check_account, mixed_up, other_address


class TokenConsents(BrowserRound):
    """`owner` is whose connection it becomes, where that is not the user's own."""

    def begin_token_flow(
        self,
        *,
        user: str,
        session_id: str,
        record_id: str,
        connection_name: str,
        redirect_uri: str | None = None,
        role: str | None = None,
        connection_id: str | None = None,
        owner: str | None = None,
    ) -> str:
        """Ask for a request token and answer where to send the browser. `role` is the internal id that is proposed.

        Raises as `begin_code`, and LoginRefusedError, RemoteError.
        """
        record = self._record(user, record_id, "authorization_flow", "TBA: Authorization Flow")
        application = self._tba_application(record)
        if redirect_uri is not None and redirect_uri != record.options.callback_url:
            raise other_address("Callback URL", redirect_uri)
        address = record.options.callback_url or ""
        account = AccountId.parse(record.account_id)
        state = secrets.token_hex(24)
        flow = self._flow(
            TBA,
            record,
            connection_id=connection_id,
            name=connection_name,
            user=user,
            owner=owner or user,
            address=address,
            scope="",
            sealed={"state": state},
        )
        session = self._connections.plain_session(self._connections.hosts(account).restlets)
        try:
            request = request_token(
                session,
                realm=account.realm,
                consumer_key=application.client_id,
                consumer_secret=application.client_secret or "",
                callback=address,
                role=role,
            )
        finally:
            session.close()
        sealed = {**flow.secrets, "token_secret": request.secret}
        self._vault.authorization_flows.begin(request.token, user, session_id, replace(flow, secrets=sealed))
        return authorize_url(self._connections.hosts(account).app, token=request.token, state=state)

    def finish_token_flow(self, user: str, session_id: str, query: Mapping[str, str]) -> Connection:
        """Take the browser back: trade the request token for the token of a TBA connection.

        Raises as `finish_code`.
        """
        flows = self._vault.authorization_flows
        flow = flows.take(query.get("oauth_token", ""), user, session_id, TBA)
        callback = read_callback(query)
        if not hmac.compare_digest(callback.state.encode(), flow.secrets["state"].encode()):
            raise flows.foreign()
        record = self._record(user, flow.record_id, "authorization_flow", "TBA: Authorization Flow")
        check_account(record, callback.company)
        self._check_role(flow, callback.role, callback.entity)
        application = self._tba_application(record)
        account = AccountId.parse(record.account_id)
        session = self._connections.plain_session(self._connections.hosts(account).restlets)
        try:
            token = access_token(
                session,
                realm=account.realm,
                consumer_key=application.client_id,
                consumer_secret=application.client_secret or "",
                request=RequestToken(callback.token, flow.secrets["token_secret"]),
                verifier=callback.verifier,
            )
            try:
                self._check_token(session, account, token, callback)
                credentials = Credentials(TBA, values_of(token), role=callback.role, entity=callback.entity)
                return self._finished(flow, record, user, credentials)
            except ConnectorError:
                with suppress(ConnectorError):
                    revoke_token(session, account=account, credentials=token)
                raise
        finally:
            session.close()

    @staticmethod
    def _check_token(session: Session, account: AccountId, token: TokenCredentials, callback: Callback) -> None:
        """Ask NetSuite whose token it is; where it does not say, the browser's word stands."""
        try:
            told = token_info(session, account=account, credentials=token)
        except ConnectorError:
            return
        known = [(told.role_id, callback.role), (told.entity_id, callback.entity)]
        if any(said is not None and said != came for said, came in known):
            raise mixed_up()

    def _tba_application(self, record: IntegrationRecord) -> Application:
        application = application_of_record(self._vault, record, self._origin(record), keeps_secret=True)
        if application.client_secret is None:
            raise SettingError(
                "The integration record has no consumer secret.",
                code="NO_RECORD_SECRETS",
                remedy="Enter consumer key and consumer secret on the record's page.",
            )
        return application


def values_of(token: TokenCredentials) -> dict[str, str]:
    """The four values by field."""
    return {name: getattr(token, name) for name in TokenCredentials.__dataclass_fields__}
