"""Connections: adding one, opening it, testing it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from connector.egress import Egress, Origin
from connector.errors import SettingError
from connector.netsuite.account import AccountId, hosts_of
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
from connector.vault.credential_fields import checked_secrets, method_named

_DATE_FORMAT_SECONDS = 300.0


@dataclass(slots=True)
class Access:
    """An open connection: its session, SuiteQL over it, and what is known of the account."""

    session: Session
    suiteql: SuiteQL
    scope: str
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

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault = vault
        self._settings = settings
        self._lock = threading.Lock()
        self._open: dict[str, Access] = {}
        self._gates: dict[str, Gate] = {}
        self._breakers: dict[tuple[str, ...], LoginBreaker] = {}

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
    ) -> Connection:
        """Check everything that can be checked without NetSuite, then store it. Raises SettingError."""
        credentials = checked_secrets(method_named(method), secrets)
        account_id = AccountId.parse(account)
        _credentials(method, credentials)
        return self._vault.add_connection(
            owner=owner,
            name=name,
            account_id=account_id.realm,
            method=method,
            origin=str(self._origin(account_id)),
            secrets=credentials,
            role=role,
            entity=entity,
        )

    def open(self, connection: Connection) -> Access:
        """The open connection; opened at its first use."""
        with self._lock:
            access = self._open.get(connection.id)
            if access is None:
                access = self._open[connection.id] = self._opened(connection)
        self._vault.touch(connection)
        return access

    def test(self, connection: Connection) -> Health:
        """Sign in once and ask for NetSuite's time. Raises ConnectorError with the cause."""
        return check(self.open(connection).session)

    def close(self) -> None:
        """Close every open connection."""
        with self._lock:
            for access in self._open.values():
                access.session.close()
            self._open.clear()

    def _opened(self, connection: Connection) -> Access:
        account = AccountId.parse(connection.account_id)
        origin = self._origin(account)
        if str(origin) != connection.origin:
            raise SettingError(
                f"The connection {connection.name} belongs to {connection.origin}, and this service now speaks to {origin}.",
                code="MOVED_ORIGIN",
                remedy="A secret stays with its address: remove the connection and add it again, "
                "or set CONNECTOR_NETSUITE_URL back.",
            )
        gate = self._gates.setdefault(account.realm, Gate(self._settings.share))
        secrets = self._vault.secrets(connection)
        breaker = self._breakers.setdefault((str(origin), *_login_of(secrets)), LoginBreaker())
        auth = self._auth(account, origin, _credentials(connection.method, secrets))
        session = GatedSession(self._egress(origin), auth, gate, breaker)
        reader = connection.role or f"the role of connection {connection.name}"
        return Access(session, SuiteQL(session, slots=self._settings.share), f"{reader}, account {account.realm}")

    def _auth(
        self, account: AccountId, origin: Origin, credentials: TokenCredentials | ClientCredentials
    ) -> httpx2.Auth:
        """How a connection signs its requests.

        An assertion is always made out to the account's own token endpoint, whatever address leads there: another
        account behind it refuses it.
        """
        if isinstance(credentials, TokenCredentials):
            return TbaAuth(account.realm, credentials)
        audience = f"{hosts_of(account).suitetalk}{TOKEN_PATH}"
        return ClientCredentialsAuth(Session(self._egress(origin)), credentials, audience)

    def _origin(self, account: AccountId) -> Origin:
        url = self._settings.netsuite_url
        return hosts_of(account, Origin.parse(url, configured=True) if url else None).suitetalk

    def _egress(self, origin: Origin) -> Egress:
        return Egress("NetSuite", origin, ca_file=self._settings.ca_file)


def _credentials(method: str, secrets: Mapping[str, str]) -> TokenCredentials | ClientCredentials:
    """Raises SettingError for secrets that cannot be right."""
    return TokenCredentials(**secrets) if method == "tba" else ClientCredentials(**secrets)


def _login_of(secrets: Mapping[str, str]) -> list[str]:
    """What tells one login from another: two connections with one token fail together."""
    return [secrets[name] for name in ("token_id", "client_id", "certificate_id") if name in secrets]
