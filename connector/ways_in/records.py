"""Entering and editing the integration records that consents are asked for with."""

from __future__ import annotations

from connector.netsuite.account import AccountId
from connector.netsuite.authorization_code import Application
from connector.vault.authentication_options import AuthenticationOptions
from connector.vault.integration_record_rows import IntegrationRecord, RecordSecrets
from connector.ways_in.parts import Parts


class Records(Parts):
    """Records with their secrets, bound to the account's own address."""

    def enter_record(
        self,
        *,
        user: str,
        account: str,
        name: str,
        client_id: str,
        client_secret: str | None = None,
        options: AuthenticationOptions | None = None,
        description: str = "",
        note: str = "",
        state: str = "enabled",
    ) -> IntegrationRecord:
        """Enter what NetSuite's confirmation page showed once: client id and secret, or consumer key and secret.

        The record of the same account and application is brought up to date where there is one. Raises SettingError
        (codes BAD_ACCOUNT_ID, BAD_CREDENTIAL, BAD_NAME, BAD_RECORD, RECORD_TAKEN).
        """
        account_id = AccountId.parse(account)
        application = _application(client_id, client_secret)
        return self._vault.integration_records.add(
            owner=user,
            account_id=account_id.realm,
            application=application.client_id,
            client_secret=application.client_secret,
            origin=str(self._connections.hosts(account_id).suitetalk),
            name=name,
            options=options,
            description=description,
            note=note,
            state=state,
        )

    def edit_record(
        self,
        user: str,
        record_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        note: str | None = None,
        state: str | None = None,
        options: AuthenticationOptions | None = None,
        account: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> IntegrationRecord:
        """Change what is given; another account takes the secrets away, unless a client id comes with it.

        The client id that is there already keeps its secret where no new one comes with it.

        Raises SettingError (codes as `enter_record`, NO_INTEGRATION_RECORD, INTEGRATION_RECORD_IN_USE, DUPLICATE_RECORD).
        """
        application = None if client_id is None else _application(client_id, client_secret)
        if application is not None and application.client_secret is None and account is None:
            self._vault.integration_records.get(user, record_id)
            kept = self._vault.integration_records.secrets(record_id)
            if kept is not None and kept.client_id == application.client_id:
                application = Application(kept.client_id, kept.client_secret)
        account_id = None if account is None else AccountId.parse(account)
        origin = None
        if application is not None or account_id is not None:
            now = account_id or AccountId.parse(self._vault.integration_records.get(user, record_id).account_id)
            origin = str(self._connections.hosts(now).suitetalk)
        return self._vault.integration_records.edit(
            user,
            record_id,
            name=name,
            description=description,
            note=note,
            state=state,
            options=options,
            account_id=None if account_id is None else account_id.realm,
            origin=origin,
            secrets=None if application is None else RecordSecrets(application.client_id, application.client_secret),
        )


def _application(client_id: str, client_secret: str | None) -> Application:
    return Application(client_id.strip(), (client_secret or "").strip() or None)
