"""One sandbox account: everything that lives as long as it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlsplit

from connector.sandbox.access_tokens import AccessTokens
from connector.sandbox.assertion_login import AssertionLogin
from connector.sandbox.audit_trail import AuditTrail
from connector.sandbox.browser_sessions import BrowserSessions
from connector.sandbox.certificates import Certificates
from connector.sandbox.concurrency_gate import ConcurrencyGate
from connector.sandbox.consents import Consents
from connector.sandbox.directory import ADMINISTRATOR, Directory, Integration, TokenCredential
from connector.sandbox.grants import Grants
from connector.sandbox.profile import Profile
from connector.sandbox.received import ReceivedRequests
from connector.sandbox.redirect_uri import checked_redirect_uri
from connector.sandbox.signing_keys import SigningKeys
from connector.sandbox.token_flow import TokenFlow
from connector.sandbox.token_login import TokenLogin

TOKEN_BASED = "Token-based Authentication"  # noqa: S105 - a name in the audit trail
OAUTH2 = "OAuth 2.0"
READER_ROLE = "1000"
MACHINE_ROLE = "1001"
READER = "12"
REDIRECT_URIS = ("https://127.0.0.1:8620/oauth2/callback", "https://localhost:8620/oauth2/callback")
_TOKEN_CALLBACK = "/tba/callback"  # noqa: S105 - a path


class Page(Protocol):
    """A part of an answer: texts by lower-case column name, nulls left out, and how many rows the whole has."""

    @property
    def items(self) -> Sequence[Mapping[str, str]]:
        """The rows of the page."""

    @property
    def total(self) -> int:
        """The rows of the whole answer."""


class QueryEngine(Protocol):
    """What runs SuiteQL. Raises SuiteQLRefused."""

    def page(self, q: str, params: Sequence[str | Decimal | None], *, limit: int, offset: int) -> Page:
        """Rows `offset` to `offset + limit` of the answer."""


class Company(Protocol):
    """The data in use. Raises EntryRefused for what cannot be entered."""

    def books(self) -> Mapping[str, Any]:
        """The totals that the company itself knows."""

    def insert(self, document: object) -> int:
        """Enter a transaction; answers its id."""

    def change(self, number: int, document: object) -> None:
        """Change a transaction."""

    def delete(self, number: int) -> None:
        """Delete a transaction."""


class Account:
    """State of the account: who may sign in, who did, what was asked, and the data.

    It is made with two integration records (one is a public client), people and their roles. Threads may share it.
    """

    def __init__(
        self,
        *,
        engine: QueryEngine,
        company: Company,
        profile: Profile,
        concurrency: int = 5,
        latency: float = 0.0,
        clock: Callable[[], float] = time.time,
        redirect_uris: Sequence[str] = REDIRECT_URIS,
        interrupt: Callable[[], None] | None = None,
    ) -> None:
        """`concurrency` is the account's limit of requests at once, `latency` the shortest time of one in seconds.

        `clock` tells seconds since 1970. `interrupt` ends the queries that run, for good. Raises AddressRefused for
        a redirect URI that no integration record takes.
        """
        self.engine = engine
        self.company = company
        self.profile = profile
        self.latency = latency
        self.clock = clock
        self.stopping = threading.Event()
        self._interrupt = interrupt
        self.directory = Directory()
        self.audit_trail = AuditTrail(clock)
        self.certificates = Certificates(clock)
        self.signing_keys = SigningKeys(profile.account_id, clock)
        self.access_tokens = AccessTokens(self.directory, self.signing_keys, profile.account_id, clock)
        self.grants = Grants(self.access_tokens, self.signing_keys, profile.account_id, clock)
        self.token_login = TokenLogin(self.directory, profile.account_id, clock)
        self.token_flow = TokenFlow(self.directory, profile.account_id, clock)
        self.assertion_login = AssertionLogin(self.directory, self.certificates, clock)
        self.sessions = BrowserSessions(clock)
        self.consents = Consents()
        self.gate = ConcurrencyGate(concurrency)
        self.received = ReceivedRequests()
        self.integration, self.public_integration = self._integrations(tuple(redirect_uris))
        self.reader_role = self.directory.add_role(READER_ROLE, "NSQuery Reader")
        self.machine_role = self.directory.add_role(MACHINE_ROLE, "NSQuery Machine")
        self.administrator_role = self.directory.add_role(ADMINISTRATOR, "Administrator")
        self.reader = self.directory.add_entity(
            READER, "Robin Reader", "robin.reader@example.com", self.reader_role, self.machine_role
        )
        self.administrator = self.directory.add_entity(
            "-5", "Avery Administrator", "avery@example.com", self.administrator_role, self.reader_role
        )
        for entity_id, name in (("13", "Casey Controller"), ("14", "Alex Accountant"), ("15", "Jamie Planner")):
            self.directory.add_entity(
                entity_id, name, f"{name.split()[0].lower()}@example.com", self.reader_role, self.machine_role
            )
        self.reader_token = self.directory.issue_token(self.integration, self.reader, self.reader_role)

    def _integrations(self, redirect_uris: tuple[str, ...]) -> tuple[Integration, Integration]:
        """The confidential record, with every way in but IssueToken, and the public client's."""
        for uri in redirect_uris:
            checked_redirect_uri(uri)
        confidential = self.directory.add_integration("NSQuery")
        confidential.redirect_uris = redirect_uris
        confidential.authorization_code = True
        first = urlsplit(redirect_uris[0]) if redirect_uris else None
        if first is not None and first.scheme == "https":
            confidential.token_flow = True
            confidential.callback_url = f"https://{first.netloc}{_TOKEN_CALLBACK}"
        public = self.directory.add_integration("NSQuery Public Client")
        public.redirect_uris = redirect_uris
        public.authorization_code = public.public_client = True
        public.token_based = public.client_credentials = False
        return confidential, public

    @property
    def account_id(self) -> str:
        """The account id as it stands in a realm."""
        return self.profile.account_id

    @property
    def host_label(self) -> str:
        """The account id as it stands in host names."""
        return self.profile.host_label

    def stop(self) -> None:
        """Let no request wait or compute any longer; the account is not used again."""
        self.stopping.set()
        if self._interrupt is not None:
            self._interrupt()

    def administrator_token(self) -> TokenCredential:
        """A new TBA token of the administrator."""
        return self.directory.issue_token(self.integration, self.administrator, self.administrator_role)
