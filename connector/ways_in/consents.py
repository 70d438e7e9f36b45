"""Consent in the browser by the authorization code grant with PKCE.

The browser is sent to the account's own address and comes back once, to the user and the session that began. The tokens are
asked for at the record's own address: nothing that came with the browser chooses a host.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from connector.connections import application_of_record
from connector.errors import ConnectorError, SettingError
from connector.netsuite.account import AccountId
from connector.netsuite.authorization_code import (
    Application,
    Redirect,
    Tokens,
    authorize_url,
    checked_scopes,
    exchange_code,
    new_state,
    new_verifier,
    read_redirect,
    revoke,
)
from connector.netsuite.token_subject import TokenSubject, subject_of
from connector.vault.connections import Connection, Credentials
from connector.vault.credential_fields import CODE_GRANT
from connector.vault.grants import CONFIDENTIAL_HOURS, NewGrant
from connector.vault.integration_record_rows import IntegrationRecord
from connector.ways_in.browser_round import BrowserRound, check_account, mixed_up, other_address

_DEFAULT_SCOPES = ("rest_webservices",)


class Consents(BrowserRound):
    """`owner` is whose connection it becomes, where that is not the user's own."""

    def begin_code(
        self,
        *,
        user: str,
        session_id: str,
        record_id: str,
        connection_name: str,
        scopes: Sequence[str] | None = None,
        redirect_uri: str | None = None,
        connection_id: str | None = None,
        owner: str | None = None,
        prompt: str | None = None,
    ) -> str:
        """Where to send the browser. `connection_id` names the connection that is renewed, whose id and name stay.

        Raises SettingError (codes NO_INTEGRATION_RECORD, NO_RECORD_SECRETS, NOT_TICKED, BAD_REDIRECT_URI, BAD_SCOPE,
        NO_CONNECTION, DUPLICATE_CONNECTION, WRONG_ACCOUNT, RECORD_BLOCKED).
        """
        record = self._record(user, record_id, "authorization_code", "Authorization Code Grant")
        application = application_of_record(self._vault, record, self._origin(record))
        if application.client_secret is None and not record.options.public_client:
            raise SettingError(
                "The integration record has no client secret, and is no public client.",
                code="NO_RECORD_SECRETS",
                remedy="Enter the client secret on the record's page, or tick Public Client there as in NetSuite.",
            )
        if redirect_uri is not None and redirect_uri != record.options.redirect_uri:
            raise other_address("Redirect URI", redirect_uri)
        chosen = checked_scopes(scopes or record.options.scopes or _DEFAULT_SCOPES)
        if not set(chosen) <= set(record.options.scopes):
            raise SettingError(
                "The integration record does not have all of these scopes.",
                code="BAD_SCOPE",
                remedy=f"Ask for some of {', '.join(record.options.scopes)}, or tick more on the record.",
            )
        state, verifier = new_state(), new_verifier()
        flow = self._flow(
            CODE_GRANT,
            record,
            connection_id=connection_id,
            name=connection_name,
            user=user,
            owner=owner or user,
            address=record.options.redirect_uri or "",
            scope=" ".join(chosen),
            sealed={"verifier": verifier},
        )
        url = authorize_url(
            self._connections.hosts(AccountId.parse(record.account_id)).app,
            client_id=application.client_id,
            redirect_uri=flow.redirect_uri,
            scopes=chosen,
            state=state,
            verifier=verifier,
            prompt=prompt,
        )
        self._vault.authorization_flows.begin(state, user, session_id, flow)
        return url

    def finish_code(self, user: str, session_id: str, query: Mapping[str, str]) -> Connection:
        """Take the browser back: trade the code for tokens and store them before anything uses them.

        Raises CallerError (code FOREIGN_STATE), LoginRefusedError (CONSENT_DENIED, AUTHORIZATION_REFUSED, CODE_REFUSED),
        SettingError (WRONG_ACCOUNT, OTHER_ROLE), RemoteError. After an error nothing is kept.
        """
        flow = self._vault.authorization_flows.take(query.get("state", ""), user, session_id, CODE_GRANT)
        redirect = read_redirect(query)
        record = self._record(user, flow.record_id, "authorization_code", "Authorization Code Grant")
        check_account(record, redirect.company)
        self._check_role(flow, redirect.role, redirect.entity)
        application = application_of_record(self._vault, record, self._origin(record))
        session = self._connections.plain_session(self._connections.hosts(AccountId.parse(record.account_id)).suitetalk)
        try:
            tokens = exchange_code(
                session,
                application,
                code=redirect.code,
                redirect_uri=flow.redirect_uri,
                verifier=flow.secrets["verifier"],
            )
            try:
                _check_subject(record, redirect, subject_of(tokens.access_token))
                return self._finished(
                    flow,
                    record,
                    user,
                    Credentials(
                        CODE_GRANT,
                        role=redirect.role,
                        entity=redirect.entity,
                        record_id=record.id,
                        grant=_grant(record, application, tokens, flow.scope),
                    ),
                )
            except ConnectorError:
                with suppress(ConnectorError):
                    revoke(session, application, tokens.refresh_token or tokens.access_token)
                raise
        finally:
            session.close()


def _check_subject(record: IntegrationRecord, redirect: Redirect, subject: TokenSubject | None) -> None:
    """The token itself says whose it is; the way back through the browser may have been changed."""
    if subject is None:
        return
    if subject.company is not None:
        check_account(record, subject.company)
    if (subject.role, subject.entity) != (redirect.role, redirect.entity):
        raise mixed_up()


def _grant(record: IntegrationRecord, application: Application, tokens: Tokens, scope: str) -> NewGrant:
    """How long a consent lasts: a public client's as the record says, a confidential one's seven days."""
    public = application.client_secret is None
    return NewGrant(
        tokens,
        scope,
        rotates=public,
        refresh_hours=(record.options.refresh_token_hours or CONFIDENTIAL_HOURS) if public else CONFIDENTIAL_HOURS,
        total_hours=(record.options.rotation_hours or CONFIDENTIAL_HOURS) if public else CONFIDENTIAL_HOURS,
    )
