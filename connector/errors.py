"""Every error a user can meet.

ConnectorError
├── CallerError              what was asked cannot be done as asked (exit status 2)
│   ├── FormulaError         the formula, its parameters or its options
│   ├── SettingError         a connection, an account id, a configuration value
│   ├── NotAllowedError      no token, a token of someone else, a missing right
│   └── StoppedError         whoever asked does not wait any more
└── RemoteError              NetSuite or the network (exit status 1)
    ├── LoginRefusedError    NetSuite did not accept the credentials
    ├── QueryRefusedError    NetSuite did not accept the question
    ├── BusyError            too many requests at once; asking later helps
    ├── UnavailableError     no answer, a fault of the server, a maintenance page
    └── UnreadableError      an answer came and cannot be trusted: half a JSON, too few rows

Each carries a code (stable, upper case), a message (the cause), a remedy (what to do and where) and whether asking
again can help. No secret ever stands in one of them.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """An error with a code, a message, a remedy and whether it may be retried."""

    code = "ERROR"
    remedy = "See the log of the connector."
    retryable = False
    exit_status = 1

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        remedy: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
        reference: str | None = None,
    ) -> None:
        """`retry_after` is in seconds, where the other side asked for a pause; `reference` is its own id of the fault."""
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.remedy = remedy or self.remedy
        self.retryable = self.retryable if retryable is None else retryable
        self.retry_after = retry_after
        self.reference = reference


class CallerError(ConnectorError):
    """The caller asked for something that cannot be done as asked."""

    code = "BAD_REQUEST"
    remedy = "Correct the request."
    exit_status = 2


class FormulaError(CallerError):
    """The formula, its parameters or its options."""

    code = "BAD_FORMULA"
    remedy = "Correct the formula; docs/formulas.md shows every form."


class SettingError(CallerError):
    """A connection, an account id or a configuration value."""

    code = "BAD_SETTING"
    remedy = "Correct the setting; docs/configuration.md lists each."


class NotAllowedError(CallerError):
    """No token, a token of someone else, or a missing right."""

    code = "NOT_ALLOWED"
    remedy = "Use a token made with `connector token create` for a user who owns the connection."


class StoppedError(CallerError):
    """Whoever asked does not wait any more: the cell, the pane or the connection was closed."""

    code = "STOPPED"
    remedy = "Ask again, if you still want the answer."

    def __init__(self, message: str = "The question was stopped before its answer was whole.") -> None:
        super().__init__(message)


class RemoteError(ConnectorError):
    """NetSuite or the network."""

    code = "NETSUITE_ERROR"
    remedy = "Ask again; if it stays, show the message to your NetSuite administrator."


class LoginRefusedError(RemoteError):
    """NetSuite did not accept the credentials."""

    code = "LOGIN_REFUSED"
    remedy = (
        "NetSuite names the true reason only in Setup > Users/Roles > User Management > View Login Audit Trail, "
        "column Detail."
    )


class QueryRefusedError(RemoteError):
    """NetSuite did not accept the question."""

    code = "QUERY_REFUSED"
    remedy = "Correct the query."


class BusyError(RemoteError):
    """The account's limit of concurrent requests is reached."""

    code = "CONCURRENCY_LIMIT"
    remedy = (
        "Ask again in a moment. The account's limit stands in Setup > Integration > Integration Management > "
        "Integration Governance."
    )
    retryable = True


class UnavailableError(RemoteError):
    """No answer, a fault of the server, or a maintenance page."""

    code = "UNAVAILABLE"
    remedy = "Ask again later; https://status.netsuite.com tells whether NetSuite is under maintenance."
    retryable = True


class UnreadableError(RemoteError):
    """An answer came and cannot be trusted."""

    code = "UNREADABLE_ANSWER"
    remedy = "Ask again; an answer that is not whole is never shown."
