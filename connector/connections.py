"""Connections: adding one, opening it, testing it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx2

from connector.db.account_slots import AccountSlots
from connector.db.refused_logins import RefusedLogins
from connector.db.utc_time import utc_now
from connector.egress import Egress, Origin
from connector.errors import CallerError, SettingError
from connector.netsuite.account import AccountId, Hosts, hosts_of
from connector.netsuite.authorization_code import AccessTokenAuth, Application, Tokens, refresh
from connector.netsuite.client_credentials import ClientCredentials, ClientCredentialsAuth
from connector.netsuite.date_format import PROBE, DateFormat, recognise
from connector.netsuite.gate import Gate, GatedSession
from connector.netsuite.health import Health, check
from connector.netsuite.login_breaker import LoginBreaker
from connector.netsuite.session import TOKEN_PATH, Session
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.tba import TbaAuth, TokenCredentials
from connector.settings import Settings
from connector.vault.connections import Connection, Vault
from connector.vault.credential_fields import CODE_GRANT, TBA, checked_secrets, method_named
from connector.vault.grant_tokens import GrantTokens
from connector.vault.integration_record_rows import IntegrationRecord
from connector.vault.troubles import account_paused, account_quiet, reconsent_needed

_DATE_FORMAT_SECONDS = 300.0


@dataclass(slots=True)
class Access:
    """An open connection: its session, SuiteQL over it, and what is known of the account."""

    session: Session
    suiteql: SuiteQL
    scope: str
    version: int = 1
    _date_format: DateFormat | None = None
    _asked_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def date_format(self) -> DateFormat:
        """How the account writes dates; asked anew every few minutes, since the user may change it at any time."""
        with self._lock:
            now = time.monotonic()
            if self._date_format is None or now - self._asked_at > _DATE_FORMAT_SECONDS:
                answer = self.suiteql.read(PROBE)
                self._date_format = recognise(answer.rows[0].get("d", "") if answer.rows else "")
                self._asked_at = now
            return self._date_format


class Connections:
    """Opens the connections the vault holds and keeps them open. Threads share one."""

    def __init__(self, vault: Vault, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self._vault = vault
        self._clock = clock
        self._settings = settings
        self._lock = threading.Lock()
        self._open: dict[str, Access] = {}
        self._replaced: list[Access] = []
        at_once = vault.database.relaxed()
        self._gate, self._refused = Gate(AccountSlots(at_once, clock)), RefusedLogins(at_once, clock)

    def add(
        self,
        *,
        owner: str,
        name: str,
        account: str,
        method: str,
        secrets: Mapping[str, str],
        role: str | None = None,
        entity: str | None = None,
        tried: bool = False,
    ) -> Connection:
        """Check everything that can be checked without NetSuite, where `tried` sign in once, then store it.

        Raises SettingError, and of `tried` the ConnectorError with the cause; then nothing is stored.
        """
        credentials = checked_secrets(method_named(method), secrets)
        account_id = AccountId.parse(account)
        _credentials(method, credentials)
        if tried:
            self.try_out(account_id, method, credentials)
        return self._vault.add_connection(
            owner=owner,
            name=name,
            account_id=account_id.realm,
            method=method,
            origin=str(self.hosts(account_id).suitetalk),
            secrets=credentials,
            role=role,
            entity=entity,
        )

    def open(self, connection: Connection, *, background: bool = False) -> Access:
        """The open connection; opened at its first use, and anew once its credentials were replaced.

        `background` is for work that nobody waits for: it keeps the account's quiet hours. Raises SettingError
        (NO_CONNECTION, RECORD_BLOCKED, MOVED_ORIGIN), NotAllowedError (CONNECTION_REVOKED, ACCOUNT_PAUSED, QUIET_HOURS),
        and LoginRefusedError (RECONSENT_NEEDED) while only a new consent helps; NetSuite is not asked then.
        """
        now = self.allowed(connection, background=background)
        with self._lock:
            access = self._open.get(now.id)
            if access is None or access.version != now.version:
                if access is not None:
                    self._replaced.append(access)  # other threads may be in the middle of an answer
                access = self._open[now.id] = self._opened(now)
        self._vault.touch(now)
        return access

    def allowed(self, connection: Connection, *, background: bool = False) -> Connection:
        """The connection as it is now, where NetSuite may be asked over it. Raises as `open`."""
        try:
            now = self._vault.current(connection)
        except CallerError as error:
            if error.code in {"NO_CONNECTION", "CONNECTION_REVOKED"}:
                self._forget(connection.id)
            raise
        _refuse_paused(now)
        if background and now.is_quiet(self._clock()):
            raise account_quiet(now.account_id)
        return now

    def test(self, connection: Connection) -> Health:
        """Sign in once and ask for NetSuite's time. Raises ConnectorError with the cause."""
        return check(self.open(connection).session)

    def try_out(self, account: AccountId, method: str, secrets: Mapping[str, str]) -> Health:
        """Sign in once with credentials that are not kept yet, behind the breaker of these credentials.

        Raises ConnectorError with the cause.
        """
        origin = self.hosts(account).suitetalk
        auth = self._auth(account, _credentials(method, secrets))
        # Values that were corrected are another login; the same ones are not tried twice.
        session = self._gated(account, origin, sorted(secrets.values()), auth)
        try:
            return check(session)
        finally:
            session.close()

    def hosts(self, account: AccountId) -> Hosts:
        """The origins of an account, or the one address that the server's configuration admits instead."""
        url = self._settings.netsuite_url
        return hosts_of(account, Origin.parse(url, configured=True) if url else None)

    def plain_session(self, origin: Origin) -> Session:
        """A session without authentication, for the steps that lead to a token."""
        return Session(self._egress(origin))

    def certificates_session(self, connection: Connection) -> Session:
        """A session to the RESTlets' host, where certificates are managed, signed in as `connection`."""
        account = AccountId.parse(connection.account_id)
        self._refuse_moved(connection, self.hosts(account).suitetalk)
        secrets = self._vault.secrets(connection)
        auth = self._auth(account, _credentials(connection.method, secrets))
        return self._gated(account, self.hosts(account).restlets, _login_of(secrets), auth)

    def close(self) -> None:
        """Close every open connection; who waits for a slot waits no more."""
        self._gate.close()
        with self._lock:
            for access in (*self._open.values(), *self._replaced):
                access.session.close()
            self._open.clear()
            self._replaced.clear()

    def _forget(self, connection_id: str) -> None:
        with self._lock:
            access = self._open.pop(connection_id, None)
        if access is not None:
            access.session.close()

    def _opened(self, connection: Connection) -> Access:
        account = AccountId.parse(connection.account_id)
        origin = self.hosts(account).suitetalk
        self._refuse_moved(connection, origin)
        if connection.method == CODE_GRANT:
            login = [connection.id, str(connection.version)]
            auth: httpx2.Auth = self._consented(connection, origin)
        else:
            secrets = self._vault.secrets(connection)
            login = _login_of(secrets)
            auth = self._auth(account, _credentials(connection.method, secrets))
        session = self._gated(account, origin, login, auth)
        reader = connection.role or f"the role of connection {connection.name}"
        suiteql = SuiteQL(session, slots=self._settings.share)
        return Access(session, suiteql, f"{reader}, account {account.realm}", connection.version)

    def _gated(self, account: AccountId, origin: Origin, login: Sequence[str], auth: httpx2.Auth) -> GatedSession:
        """A session behind the account's gate, and behind the breaker that all of one login share."""
        breaker = LoginBreaker(self._refused, account.realm, login)
        return GatedSession(
            self._egress(origin), auth, self._gate, breaker, account=account.realm, share=self._settings.share
        )

    def _auth(self, account: AccountId, credentials: TokenCredentials | ClientCredentials) -> httpx2.Auth:
        """How a connection signs its requests.

        An assertion is always made out to the account's own token endpoint, whatever address leads there: another
        account behind it refuses it.
        """
        if isinstance(credentials, TokenCredentials):
            return TbaAuth(account.realm, credentials)
        audience = f"{hosts_of(account).suitetalk}{TOKEN_PATH}"
        return ClientCredentialsAuth(self.plain_session(self.hosts(account).suitetalk), credentials, audience)

    def _consented(self, connection: Connection, origin: Origin) -> AccessTokenAuth:
        """A consent's tokens, refreshed with the record's secrets as they are at that moment."""
        session = self.plain_session(origin)

        def renew(refresh_token: str) -> Tokens:
            record = self._vault.integration_records.by_id(connection.integration_record_id)
            return refresh(session, application_of_record(self._vault, record, connection.origin), refresh_token)

        return AccessTokenAuth(GrantTokens(self._vault.grants, connection, renew), session)

    @staticmethod
    def _refuse_moved(connection: Connection, origin: Origin) -> None:
        if str(origin) != connection.origin:
            raise SettingError(
                f"The connection {connection.name} belongs to {connection.origin}, and this service now speaks to {origin}.",
                code="MOVED_ORIGIN",
                remedy="A secret stays with its address: remove the connection and add it again, "
                "or set CONNECTOR_NETSUITE_URL back.",
            )

    def _egress(self, origin: Origin) -> Egress:
        return Egress("NetSuite", origin, ca_file=self._settings.ca_file)


def application_of_record(
    vault: Vault, record: IntegrationRecord, origin: str, *, keeps_secret: bool = False
) -> Application:
    """Client id and secret of a record, for its own origin alone; a public client sends none, unless `keeps_secret`.

    Raises SettingError (code NO_RECORD_SECRETS) where the record has none, or has them for another address.
    """
    secrets = vault.integration_records.secrets(record.id) if record.origin == origin else None
    if secrets is None:
        raise SettingError(
            f"The integration record {record.name} has no client id for {origin}.",
            code="NO_RECORD_SECRETS",
            remedy="Enter its client id and client secret again on the record's page in the console.",
        )
    sends_secret = keeps_secret or not record.options.public_client
    return Application(secrets.client_id, secrets.client_secret if sends_secret else None)


def _refuse_paused(connection: Connection) -> None:
    if connection.paused_by is not None:
        raise account_paused(connection.account_id, connection.paused_by)
    if connection.trouble is not None:
        raise reconsent_needed(connection.name, connection.trouble)
    if connection.record_state != "enabled":
        raise SettingError(
            f"The integration record of {connection.name} is not enabled here.",
            code="RECORD_BLOCKED",
            remedy="Enable it on the record's page in the console, once it is Enabled in NetSuite (Setup > Integration > "
            "Manage Integrations).",
        )


def _credentials(method: str, secrets: Mapping[str, str]) -> TokenCredentials | ClientCredentials:
    """Raises SettingError for secrets that cannot be right."""
    return TokenCredentials(**secrets) if method == TBA else ClientCredentials(**secrets)


def _login_of(secrets: Mapping[str, str]) -> list[str]:
    """What tells one login from another: two connections with one token fail together."""
    return [secrets[name] for name in ("token_id", "client_id", "certificate_id") if name in secrets]
