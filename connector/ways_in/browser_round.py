"""A round through the browser: what is checked before it leaves, kept while it is away, and stored when it is back."""

from __future__ import annotations

from collections.abc import Mapping

from connector.errors import LoginRefusedError, SettingError
from connector.netsuite.account import AccountId
from connector.vault.authorization_flows import Flow
from connector.vault.connections import Connection, Credentials
from connector.vault.integration_record_rows import IntegrationRecord
from connector.ways_in.parts import Parts


class BrowserRound(Parts):
    """What both flows share."""

    def _record(self, user: str, record_id: str, option: str, label: str) -> IntegrationRecord:
        record = self._vault.integration_records.get(user, record_id)
        if record.state != "enabled":
            raise SettingError(
                f"The integration record {record.name} is not enabled here.",
                code="RECORD_BLOCKED",
                remedy="Enable it on its page, once it is Enabled in NetSuite (Setup > Integration > Manage Integrations).",
            )
        if not getattr(record.options, option):
            raise SettingError(
                f"{label} is not ticked on the integration record {record.name}.",
                code="NOT_TICKED",
                remedy="Tick it in NetSuite (Setup > Integration > Manage Integrations, the record, Authentication) and "
                "on the record's page here.",
            )
        return record

    def _flow(
        self,
        method: str,
        record: IntegrationRecord,
        *,
        connection_id: str | None,
        name: str,
        user: str,
        owner: str,
        address: str,
        scope: str,
        sealed: Mapping[str, str],
    ) -> Flow:
        """What is kept while the browser is away, once it is known that its end will find a place."""
        if connection_id is None:
            self._refuse_taken(owner, name)
            label = name
        else:
            renewed = self._owned(connection_id, user)
            label, owner = renewed.name, renewed.owner
            check_account(record, renewed.account_id)
        return Flow(method, record.id, connection_id, label, scope, address, {**sealed, "owner": owner})

    def _check_role(self, flow: Flow, role: str, entity: str) -> None:
        """A consent that is renewed stays that of one user and role: what others see through it must not change."""
        before = None if flow.connection_id is None else self._vault.by_id(flow.connection_id)
        if before is None or before.method != flow.method or (before.role, before.entity) == (role, entity):
            return
        raise SettingError(
            f"The connection {before.name} reads as user {before.entity} in role {before.role}; the consent was given by user "
            f"{entity} in role {role}.",
            code="OTHER_ROLE",
            remedy="Connect again in that role (NetSuite: Change Roles), or make a new connection for the other one.",
        )

    def _finished(self, flow: Flow, record: IntegrationRecord, user: str, credentials: Credentials) -> Connection:
        return self._kept(
            flow.connection_id,
            credentials,
            owner=flow.secrets["owner"],
            name=flow.connection_name,
            account_id=record.account_id,
            origin=self._origin(record),
            user=user,
        )

    def _origin(self, record: IntegrationRecord) -> str:
        return str(self._connections.hosts(AccountId.parse(record.account_id)).suitetalk)


def check_account(record: IntegrationRecord, company: str) -> None:
    """Both spellings name one account; any other one is refused."""
    if AccountId.parse(company).realm != AccountId.parse(record.account_id).realm:
        raise SettingError(
            f"The consent was given in account {AccountId.parse(company).realm}, and asked for in {record.account_id}.",
            code="WRONG_ACCOUNT",
            remedy="Connect again, and sign in to that account; a sandbox is an account of its own (1234567_SB1).",
        )


def mixed_up() -> LoginRefusedError:
    """What is raised where the browser names another role or user than NetSuite's own answer."""
    return LoginRefusedError(
        "The way back from NetSuite names another role or user than the token that NetSuite gave.",
        code="MIXED_UP_REDIRECT",
        remedy="Connect again, from this browser, and do not follow a link that somebody sent.",
    )


def other_address(field: str, given: str) -> SettingError:
    return SettingError(
        f"The integration record has another {field} than {given[:200]}.",
        code="BAD_REDIRECT_URI",
        remedy=f"NetSuite compares it letter by letter: write it into the field {field} of the record there, then here.",
    )
