"""One sandbox account: everything that lives as long as it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from connector.sandbox.access_tokens import AccessTokens
from connector.sandbox.assertion_login import AssertionLogin
from connector.sandbox.audit_trail import AuditTrail
from connector.sandbox.certificates import Certificates
from connector.sandbox.concurrency_gate import ConcurrencyGate
from connector.sandbox.directory import ADMINISTRATOR, Directory, TokenCredential
from connector.sandbox.profile import Profile
from connector.sandbox.received import ReceivedRequests
from connector.sandbox.token_login import TokenLogin

TOKEN_BASED = "Token-based Authentication"  # noqa: S105 - a name in the audit trail
OAUTH2 = "OAuth 2.0"
READER_ROLE = "1000"
MACHINE_ROLE = "1001"
READER = "12"


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

    It is made with one integration record, a reader, an administrator and their roles. Threads may share it.
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
        interrupt: Callable[[], None] | None = None,
    ) -> None:
        """`concurrency` is the account's limit of requests at once, `latency` the shortest time of one in seconds.

        `clock` tells seconds since 1970. `interrupt` ends the queries that run, for good.
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
        self.access_tokens = AccessTokens(clock)
        self.token_login = TokenLogin(self.directory, profile.account_id, clock)
        self.assertion_login = AssertionLogin(self.directory, self.certificates, clock)
        self.gate = ConcurrencyGate(concurrency)
        self.received = ReceivedRequests()
        self.integration = self.directory.add_integration("NSQuery")
        self.reader = self.directory.add_entity(READER, "Robin Reader", "robin.reader@example.com")
        self.reader_role = self.directory.add_role(READER_ROLE, "NSQuery Reader")
        self.machine_role = self.directory.add_role(MACHINE_ROLE, "NSQuery Machine")
        self.administrator = self.directory.add_entity("-5", "Avery Administrator", "avery@example.com")
        self.administrator_role = self.directory.add_role(ADMINISTRATOR, "Administrator")
        for entity_id, name in (("13", "Casey Controller"), ("14", "Alex Accountant"), ("15", "Jamie Planner")):
            self.directory.add_entity(entity_id, name, f"{name.split()[0].lower()}@example.com")
        self.reader_token = self.directory.issue_token(self.integration, self.reader, self.reader_role)

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
