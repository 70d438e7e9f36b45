"""What NetSuite's faults mean: one answer that is no success becomes one error with its cause and its remedy.

The error code decides, not the status: the same refusal comes as 429 and as 400 (Oracle section_156570709583).
NetSuite's own words are kept where the fault is not known.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from connector.egress import Origin, Reply
from connector.errors import (
    BusyError,
    ConnectorError,
    LoginRefusedError,
    QueryRefusedError,
    RemoteError,
    UnavailableError,
    UnreadableError,
)

M2M_SETUP = "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"
INTEGRATIONS = "Setup > Integration > Manage Integrations"
AUDIT_TRAIL = "Setup > Users/Roles > User Management > View Login Audit Trail, column Detail"
_BUSY_CODES = {"CONCURRENCY_LIMIT_EXCEEDED", "SSS_REQUEST_LIMIT_EXCEEDED", "WS_REQUEST_BLOCKED"}
_LOGIN_CODES = {"INVALID_LOGIN", "INVALID_LOGIN_ATTEMPT", "INVALID_LOGIN_CREDENTIALS"}
_ERROR_ID = re.compile(r"Error ID: ([A-Za-z0-9]{1,64})")
_OPERATION = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_WORDS = 500  # characters kept of what NetSuite says
_SKEW_LIMIT = 240.0  # seconds; NetSuite takes a signature of 300, and an answer's Date is a second or two old
_TOKEN_SKEW_LIMIT = 60.0  # how exact a clock an assertion needs is not documented


def fault_of(reply: Reply, origin: Origin, *, query: str = "", now: float | None = None) -> ConnectorError:
    """The error an answer stands for, with NetSuite's own id of it where it gives one.

    `query` is the SuiteQL that was sent, to point at what is wrong with it; `now` is our clock in seconds since 1970.
    """
    error = _fault(reply, origin, query, now)
    told = _ERROR_ID.search(" ".join(text for _, text in _details(reply)))
    error.reference = told[1] if told else _operation(reply)
    return error


def _operation(reply: Reply) -> str | None:
    """The id by which NetSuite's support finds a request in its logs."""
    given = reply.headers.get("x-n-operationid", "")
    return given if _OPERATION.fullmatch(given) else None


def _fault(reply: Reply, origin: Origin, query: str, now: float | None) -> ConnectorError:
    details = list(_details(reply))
    codes = {code for code, _ in details}
    words = " ".join(text for _, text in details)
    if codes & _BUSY_CODES or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return BusyError(
            "NetSuite blocked the request: the account's limit of concurrent requests is reached.",
            retry_after=_retry_after(reply),
        )
    if codes & _LOGIN_CODES or reply.status == HTTPStatus.UNAUTHORIZED or "www-authenticate" in reply.headers:
        return _login_refused(reply, time.time() if now is None else now)
    if codes & {"INSUFFICIENT_PERMISSION"} or (reply.status == HTTPStatus.FORBIDDEN and not is_web_page(reply)):
        return RemoteError(
            f"The role may not do this. NetSuite says: {words or 'nothing'}",
            code="INSUFFICIENT_PERMISSION",
            remedy="Setup > Users/Roles > Manage Roles, the role, Permissions > Setup: REST Web Services and Log in "
            "using OAuth 2.0 Access Tokens (or Log in using Access Tokens); "
            "Permissions > Reports: SuiteAnalytics Workbook.",
        )
    if 300 <= reply.status < 400:  # noqa: PLR2004 - no name for a class of them that takes unknown ones
        return UnavailableError(
            f"{origin} redirects elsewhere, and credentials do not follow.",
            code="REDIRECTED",
            remedy="Check the account id: Setup > Company > Company Information, tab Company URLs.",
            retryable=False,
        )
    if reply.status >= 500 or not details:  # noqa: PLR2004
        return _server_fault(reply, words)
    if reply.status == HTTPStatus.BAD_REQUEST or codes & {"INVALID_PARAMETER"}:
        return _query_fault(words, query)
    return RemoteError(f"NetSuite answered with status {reply.status}: {words}")


def token_fault(reply: Reply, *, now: float | None = None) -> ConnectorError | None:
    """The error of the token endpoint (Oracle subsect_158521832417); None where the answer is not of its form."""
    try:
        body = reply.json()
    except ValueError:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    match error:
        case "invalid_client":
            message = "NetSuite does not know this client id, or does not take its signature."
            remedy = (
                f"{INTEGRATIONS}: the record is Enabled, Client Credentials is ticked, and the client id is the one "
                f"shown there. {M2M_SETUP}: the certificate id belongs to it."
            )
        case "invalid_grant":
            message = "NetSuite does not accept the certificate's assertion."
            remedy = (
                f"{M2M_SETUP}: the certificate is mapped to this application, a user and a role, is neither revoked "
                f"nor expired, and this server's clock is right. The true reason: {AUDIT_TRAIL}."
            )
        case "invalid_scope":
            message = "The integration record does not allow the scopes that were asked for."
            remedy = f"{INTEGRATIONS}, the record, Authentication: tick REST Web Services and RESTlets."
        case "unauthorized_client" | "unsupported_grant_type":
            message = "The integration record does not allow client credentials."
            remedy = f"{INTEGRATIONS}, the record, Authentication: tick Client Credentials (Machine To Machine) Grant."
        case "invalid_request":
            message = "NetSuite could not read the request for a token."
            remedy = f"The true reason: {AUDIT_TRAIL}."
        case _:
            return None
    if error in {"invalid_client", "invalid_grant"}:
        skewed = _clock_fault(reply, time.time() if now is None else now, limit=_TOKEN_SKEW_LIMIT)
        if skewed is not None:
            return skewed
    return LoginRefusedError(message, code=error.upper(), remedy=remedy)


def web_page_fault(reply: Reply) -> UnavailableError:
    """The error where a page for people came instead of data: maintenance, a proxy, a firewall."""
    title = re.search(rb"<title[^>]*>(.{0,200}?)</title>", reply.body[:20_000], re.IGNORECASE | re.DOTALL)
    shown = f", titled {_clean(title[1].decode('utf-8', 'replace'))!r}" if title else ""
    return UnavailableError(
        f"NetSuite answered with a web page{shown} (status {reply.status}), not with data.",
        code="WEB_PAGE",
        retry_after=_retry_after(reply),
    )


def is_web_page(reply: Reply) -> bool:
    """Whether an answer is a page for people."""
    return re.match(rb"\s*<(!doctype\s+html|html|head|body)\b", reply.body[:2000], re.IGNORECASE) is not None


def _login_refused(reply: Reply, now: float) -> LoginRefusedError:
    if (skewed := _clock_fault(reply, now)) is not None:
        return skewed
    challenge = reply.headers.get("www-authenticate", "")
    if challenge.lower().startswith("bearer"):
        return LoginRefusedError(
            "NetSuite does not accept the access token, a new one included.",
            remedy="Check that the token's scope has REST Web Services and that user and role are active. "
            f"{AUDIT_TRAIL}.",
        )
    realm = re.search(r'realm="([A-Za-z0-9_-]{1,50})"', challenge)
    account = f" It was account {realm[1]} that answered." if realm else ""
    return LoginRefusedError(
        f"NetSuite refused the login: Invalid login attempt.{account}",
        remedy=f"NetSuite gives the true reason only there: {AUDIT_TRAIL}. The usual ones: a token that was revoked, "
        f"an integration that is not Enabled ({INTEGRATIONS}), another account's id, a clock that is off by more than five "
        "minutes. Five failures lock the user for 30 minutes.",
    )


def _clock_fault(reply: Reply, now: float, *, limit: float = _SKEW_LIMIT) -> LoginRefusedError | None:
    """The error where our clock is more than `limit` seconds from the answer's `Date`; None where it is not."""
    try:
        skew = now - parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    if abs(skew) < limit:
        return None
    direction = "ahead of" if skew > 0 else "behind"
    return LoginRefusedError(
        f"NetSuite refused the login, and this server's clock is {abs(skew):.0f} seconds {direction} NetSuite's.",
        code="CLOCK_SKEW",
        remedy="Set this server's clock (NTP): NetSuite takes a signature made within five minutes of its own time, and an "
        "assertion that is valid at it.",
    )


def _server_fault(reply: Reply, words: str) -> ConnectorError:
    if words:
        return UnavailableError(f"NetSuite failed: {words}", code="SERVER_FAULT", retry_after=_retry_after(reply))
    if is_web_page(reply):
        return web_page_fault(reply)
    if reply.status >= 500:  # noqa: PLR2004
        return UnavailableError(
            f"NetSuite answered with status {reply.status} and no reason.",
            code="SERVER_FAULT",
            retry_after=_retry_after(reply),
        )
    if reply.status == HTTPStatus.NOT_FOUND:
        return RemoteError(
            "NetSuite has no such service in this account (status 404).",
            code="NO_SERVICE",
            remedy="Setup > Company > Enable Features > SuiteCloud: tick REST Web Services. "
            "Setup > Company > Company Information, tab Company URLs, has the account's address.",
        )
    return UnreadableError(f"NetSuite answered with status {reply.status} and a body that cannot be read.")


def _query_fault(words: str, query: str) -> QueryRefusedError:
    if match := re.search(r"Unknown identifier '([^']{1,200})'(?:\. Available identifiers are: \{([^}]*))?", words):
        available = f" In scope are: {match[2]}." if match[2] else ""
        return QueryRefusedError(
            f"NetSuite does not know the column {match[1]}.{available}",
            code="UNKNOWN_COLUMN",
            remedy="Check its spelling in Setup > Records Catalog. A feature that is off in this account takes its "
            "columns away (no subsidiary without OneWorld).",
        )
    if match := re.search(r"Field '([^']{1,200})' for record '([^']{1,200})' was not found", words):
        return QueryRefusedError(
            f"NetSuite does not know the column {match[1]} of {match[2]}.",
            code="UNKNOWN_COLUMN",
            remedy="Check its spelling in Setup > Records Catalog.",
        )
    if match := re.search(r"Invalid search type: (\S{1,200}?)\.?(?:\s|$)|Record '([^']{1,200})' was not found", words):
        return QueryRefusedError(
            f"NetSuite does not know the table {match[1] or match[2]}, or hides it from this role.",
            code="UNKNOWN_TABLE",
            remedy="Check its spelling in Setup > Records Catalog, the role's permission for the record "
            "(Setup > Users/Roles > Manage Roles), and that the feature is on (Setup > Company > Enable Features).",
        )
    if "Invalid or unsupported search" in words:
        limit = re.search(r"\bLIMIT\s+\d", query, re.IGNORECASE)
        hint = "SuiteQL has no LIMIT: write FETCH FIRST 10 ROWS ONLY. " if limit else ""
        return QueryRefusedError(
            "NetSuite cannot run this SQL: Invalid or unsupported search.",
            code="UNSUPPORTED_SQL",
            remedy=f"{hint}Take it apart until it runs; SuiteQL knows Oracle's functions, not all of them "
            "(no LEFT, RIGHT, SUBSTRING, LISTAGG, DATEDIFF).",
        )
    return QueryRefusedError(
        f"NetSuite refused the query: {words}",
        remedy="Correct the query; Setup > Records Catalog lists tables and columns.",
    )


def _details(reply: Reply) -> Iterator[tuple[str, str]]:
    """Code and words of each fault in the body, in REST's form and in the RESTlets' one."""
    try:
        body = reply.json()
    except ValueError:
        return
    if not isinstance(body, dict):
        return
    for detail in _objects(body.get("o:errorDetails")):
        yield str(detail.get("o:errorCode") or ""), _clean(str(detail.get("detail") or "no reason given"))
    for detail in _objects([body.get("error")]):
        yield str(detail.get("code") or ""), _clean(str(detail.get("message") or "no reason given"))


def _objects(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _clean(text: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in text)
    short = " ".join(printable.split())
    return short if len(short) <= _WORDS else short[:_WORDS] + "…"


def _retry_after(reply: Reply) -> float | None:
    value = reply.headers.get("retry-after", "")
    return float(value) if re.fullmatch(r"[0-9]{1,5}", value) else None
