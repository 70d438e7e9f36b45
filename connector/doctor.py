"""What is wrong with a connection: one check after the other, each with its cause and NetSuite's menu path.

Every check tries what it claims. A login that was refused is not tried again (five failures lock the user), so all
that needs one is skipped then. What this role cannot see it cannot miss: completeness is proven against a reference or
not at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol

from connector.egress import Egress, Origin
from connector.errors import BusyError, ConnectorError, LoginRefusedError
from connector.netsuite.account import AccountId, hosts_of
from connector.netsuite.completeness import completeness
from connector.netsuite.control_reference import ControlReference
from connector.netsuite.data_centres import discovery_origin, urls_of
from connector.netsuite.date_format import DateFormat
from connector.netsuite.faults import AUDIT_TRAIL
from connector.netsuite.finding import Finding, Verdict, problem
from connector.netsuite.health import check
from connector.netsuite.session import GOVERNANCE_PATH, Session
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.table_permissions import NEEDED, permission_finding
from connector.netsuite.time_findings import (
    SET_CLOCK,
    SKEW_LIMIT,
    certificate_finding,
    clock_finding,
    consent_finding,
)
from connector.netsuite.trial_balance import TrialBalance
from connector.settings import Settings
from connector.vault.connections import Connection

__all__ = ["Doctor", "Finding", "Verdict"]

_OVERLOAD_SECONDS = 30.0
"""A refusal that takes so long is told to be the account's limit of concurrent requests (third-party report)."""
_OF_THE_ADDRESS = {"BAD_ACCOUNT_ID", "MOVED_ORIGIN", "BAD_ADDRESS"}
_AFTER_LOGIN = (
    "suiteql", "date format", *(f"permission {needed.table}" for needed in NEEDED), "governance", "completeness",
)  # fmt: skip


class Access(Protocol):
    """An open connection."""

    @property
    def session(self) -> Session:
        """Its session, which signs in."""

    @property
    def suiteql(self) -> SuiteQL:
        """SuiteQL over it."""

    @property
    def scope(self) -> str:
        """As which role it reads."""

    def date_format(self) -> DateFormat:
        """How the account writes dates."""


@dataclass(frozen=True, slots=True)
class _Signed:
    """How the login went: whether the checks after it can be tried, and how far our clock is ahead where it was told."""

    finding: Finding
    works: bool
    skew: float | None = None


class Doctor:
    """Examines connections."""

    def __init__(
        self, settings: Settings, *, clock: Callable[[], float] = time.time, timer: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` tells seconds since 1970, `timer` seconds that only grow."""
        self._settings = settings
        self._clock = clock
        self._timer = timer

    def examine(
        self,
        connection: Connection,
        open_access: Callable[[Connection], Access],
        reference: ControlReference | TrialBalance | None = None,
    ) -> Iterator[Finding]:
        """The findings as they come. Raises nothing for what is wrong with the connection: that is a finding."""
        try:
            account = AccountId.parse(connection.account_id)
            access = open_access(connection)
        except ConnectorError as error:
            yield problem("address" if error.code in _OF_THE_ADDRESS else "credentials", error)
            yield from _skipped(("host", "data centre", "login", "clock", "certificate", *_AFTER_LOGIN), "this")
            return
        yield _address(connection, account)
        skew, host = self._host(access.session.origin)
        yield host
        yield self._data_centre(account, access.session.origin)
        signed = self._signed(access, skew, host)
        yield signed.finding
        yield clock_finding(signed.skew, skew)
        yield self._ends(connection)
        if signed.works:
            yield from self._inside(access, account, reference)
        else:
            yield from _skipped(_AFTER_LOGIN, "the login")

    def _plain(self, origin: Origin) -> Session:
        return Session(Egress("NetSuite", origin, ca_file=self._settings.ca_file))

    def _host(self, origin: Origin) -> tuple[float | None, Finding]:
        """Reach the host without a login; the seconds our clock is ahead of its `Date`, and the finding."""
        with closing(self._plain(origin)) as session:
            try:
                reply = session.send("reach", "OPTIONS", "/services/rest/*")
            except ConnectorError as error:
                return None, problem("host", error)
        skew: float | None
        try:
            skew = self._clock() - parsedate_to_datetime(reply.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError, OverflowError):
            skew = None
        if reply.status in range(300, 400) or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            cause = f"{origin} answers with status {reply.status}: a redirect, maintenance, or something in front of NetSuite."
            return skew, Finding("host", "problem", cause, "Setup > Company > Company Information, tab Company URLs.")
        tls = (
            "with a certificate that is good"
            if origin.scheme == "https"
            else "without TLS, as a sandbox on this machine may"
        )
        return skew, Finding("host", "ok", f"{origin} answers {tls}.")

    def _data_centre(self, account: AccountId, origin: Origin) -> Finding:
        asked = discovery_origin(origin if origin.configured else None)
        try:
            with closing(self._plain(asked)) as session:
                told = urls_of(session, account).suitetalk
        except ConnectorError as error:
            verdict: Verdict = "problem" if error.code == "FOREIGN_HOST" else "not proven"
            cause = f"NetSuite did not name the account's address. {error.message}"
            return Finding("data centre", verdict, cause, "Setup > Company > Company Information, tab Company URLs.")
        if str(told) in (str(origin), str(hosts_of(account).suitetalk)):
            return Finding("data centre", "ok", f"NetSuite names {told} for account {account}.")
        cause = f"NetSuite names {told} for account {account}, and this connection speaks to {origin}."
        return Finding(
            "data centre", "problem", cause, "Compare with Setup > Company > Company Information, tab Company URLs."
        )

    def _signed(self, access: Access, skew: float | None, host: Finding) -> _Signed:
        """Sign in once; not at all where it cannot succeed."""
        if host.verdict == "problem":
            return _Signed(
                Finding("login", "skipped", "Not tried: the host does not answer as NetSuite does."), works=False
            )
        if skew is not None and abs(skew) > SKEW_LIMIT:
            cause = "Not tried: with a clock so far off NetSuite refuses every login, and five failures lock the user."
            return _Signed(Finding("login", "skipped", cause, SET_CLOCK), works=False)
        began = self._timer()
        try:
            health = check(access.session)
        except BusyError as error:
            cause = "The account's limit of concurrent requests is reached, which says nothing about the credentials."
            return _Signed(Finding("login", "not proven", cause, error.remedy, error.code), works=True)
        except LoginRefusedError as error:
            return _Signed(self._refused(error, self._timer() - began), works=False)
        except ConnectorError as error:
            return _Signed(problem("login", error), works=False)
        return _Signed(
            Finding("login", "ok", f"NetSuite lets us in as {access.scope}."), works=True, skew=health.clock_skew
        )

    def _refused(self, error: LoginRefusedError, seconds: float) -> Finding:
        remedy = (
            error.remedy if "Login Audit Trail" in error.remedy else f"{error.remedy} The true reason: {AUDIT_TRAIL}."
        )
        detail = f"{error.code}; tried once, not again: five failures lock the user"
        if seconds >= _OVERLOAD_SECONDS:
            detail += (
                f". The refusal took {seconds:.0f} seconds: the account's limit of concurrent requests is told to look so, "
                "see Setup > Integration > Integration Management > Integration Governance"
            )
        return Finding("login", "problem", error.message, remedy, detail)

    def _ends(self, connection: Connection) -> Finding:
        """When the certificate or the consent ends."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        if connection.ends_at is not None:
            return consent_finding(connection.ends_at, now)
        if connection.method != "oauth2_client_credentials":
            return Finding("certificate", "skipped", "This method has no certificate.")
        return certificate_finding(connection.certificate_expires_at, now)

    def _inside(
        self, access: Access, account: AccountId, reference: ControlReference | TrialBalance | None
    ) -> Iterator[Finding]:
        """What only a login shows. Stops at a login that is refused meanwhile."""
        steps: dict[str, Callable[[], Finding]] = {
            "suiteql": lambda: _suiteql(access.suiteql),
            "date format": lambda: _date_format(access),
            **{f"permission {needed.table}": _permission(access.suiteql, needed.table) for needed in NEEDED},
            "governance": lambda: _governance(access.session),
            "completeness": lambda: completeness(
                access.suiteql, account=account.realm, scope=access.scope, reference=reference
            ),
        }
        left = list(steps)
        for name, step in steps.items():
            left.remove(name)
            try:
                yield step()
            except LoginRefusedError as error:
                yield self._refused(error, 0)
                yield from _skipped((name, *left), "the login")
                return
            except BusyError as error:
                yield Finding(name, "not proven", error.message, error.remedy, error.code)
            except ConnectorError as error:
                yield problem(name, error)


def _permission(suiteql: SuiteQL, table: str) -> Callable[[], Finding]:
    needed = next(one for one in NEEDED if one.table == table)
    return lambda: permission_finding(suiteql, needed)


def _skipped(names: tuple[str, ...], what: str) -> Iterator[Finding]:
    for name in names:
        yield Finding(name, "skipped", f"Not tried: {what} comes first.")


def _address(connection: Connection, account: AccountId) -> Finding:
    if connection.account_id != account.realm:
        cause = f"The account id {connection.account_id} is not spelled as a realm is: NetSuite wants {account.realm}."
        remedy = "Remove the connection and add it again; Setup > Company > Company Information, Account ID, has the spelling."
        return Finding("address", "problem", cause, remedy)
    return Finding(
        "address", "ok", f"Account {account} is a {account.kind} account; its realm is spelled as NetSuite wants it."
    )


def _suiteql(suiteql: SuiteQL) -> Finding:
    rows = suiteql.read("SELECT 1 AS one FROM DUAL").rows
    if rows != [{"one": "1"}]:
        return Finding("suiteql", "problem", "SuiteQL answers, and not what was asked for.", "Report this.")
    return Finding("suiteql", "ok", "SuiteQL runs: the scope and the role's permissions for it are there.")


def _date_format(access: Access) -> Finding:
    return Finding("date format", "ok", f"The account writes dates as {access.date_format().pattern}.")


def _governance(session: Session) -> Finding:
    """Administrators alone may see the limits (Oracle article_0625010817)."""
    reply = session.send("governance", "GET", GOVERNANCE_PATH)
    try:
        body = reply.json() if reply.status == HTTPStatus.OK else None
    except ValueError:
        body = None
    limit = body.get("accountConcurrencyLimit") if isinstance(body, dict) else None
    if isinstance(limit, str) and limit.isdecimal():
        return Finding("governance", "ok", f"The account takes {limit} requests at once, everybody's together.")
    return Finding(
        "governance",
        "not proven",
        "Only an administrator may read the account's limit of concurrent requests.",
        "Setup > Integration > Integration Management > Integration Governance shows it.",
    )
