"""The bodies with which NetSuite refuses: REST's, the RESTlets' and the token endpoint's.

REST's form is Oracle section_156570709583, its `type` the one that live accounts send today. `recorded/` holds one
file a fault; the tests compare what stands here with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from connector.sandbox.wire import Answer, json_answer

CONTENT_TYPE = "application/vnd.oracle.resource+json; type=error"
_RFC9110 = "https://www.rfc-editor.org/rfc/rfc9110.html#section-15."
_TYPES = {
    400: f"{_RFC9110}5.1",
    401: f"{_RFC9110}5.2",
    403: f"{_RFC9110}5.4",
    404: f"{_RFC9110}5.5",
    405: f"{_RFC9110}5.6",
    413: f"{_RFC9110}5.14",
    421: f"{_RFC9110}5.20",
    500: f"{_RFC9110}6.1",
}
_AUDIT_TRAIL = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
    "Setup > Users/Roles > User Management > View Login Audit Trail."
)
_MALFORMED = "The request could not be understood by the server due to malformed syntax."
_CONTENT = "Invalid content in the request body"
_CLOSE = {"Connection": "close"}
_CONCURRENCY = "Concurrent request limit exceeded. Request blocked."


class Refused(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """A request that is answered with a fault instead of what it asked for."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def fault(
    status: int,
    code: str,
    detail: str,
    *,
    query_parameter: str | None = None,
    header: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """REST's fault with one detail; `query_parameter` or `header` names what was wrong with the request."""
    reason: dict[str, str] = {"detail": detail}
    if query_parameter is not None:
        reason["o:errorQueryParam"] = query_parameter
    if header is not None:
        reason["o:errorHeader"] = header
    reason["o:errorCode"] = code
    body = {"type": _TYPES[status], "title": HTTPStatus(status).phrase, "status": status, "o:errorDetails": [reason]}
    return json_answer(status, body, CONTENT_TYPE, headers)


def query_refused(detail: str) -> Answer:
    """SuiteQL that NetSuite does not run. `q` stands in the body, and the fault calls it a query parameter."""
    return fault(400, "INVALID_PARAMETER", detail, query_parameter="q")


def invalid_parameter(name: str, detail: str) -> Answer:
    """A query parameter that is out of its bounds. Oracle publishes no sentence; these are ours."""
    return fault(400, "INVALID_PARAMETER", detail, query_parameter=name)


def invalid_content() -> Answer:
    """A body that is not what the operation takes."""
    return fault(400, "INVALID_CONTENT", _CONTENT)


def malformed_body() -> Answer:
    """A body whose end cannot be told; the connection is of no further use."""
    return fault(400, "INVALID_CONTENT", _CONTENT, headers=_CLOSE)


def too_large() -> Answer:
    """A body beyond what the sandbox reads."""
    return fault(413, "REQUEST_TOO_LARGE", "The request is larger than 1 MiB.", headers=_CLOSE)


def login_refused(challenge: str) -> Answer:
    """REST's answer to every failed login: vague on purpose, the reason stands in the Login Audit Trail."""
    return fault(401, "INVALID_LOGIN", _AUDIT_TRAIL, headers={"WWW-Authenticate": challenge})


def token_challenge(realm: str) -> str:
    """The challenge after a failed TBA login. Only `token_rejected` is recorded, so every cause gets it."""
    return f'OAuth realm="{realm}", error="token_rejected", error_description="Invalid login attempt."'


def bearer_challenge(realm: str) -> str:
    """The challenge after a bad access token (Oracle subsect_158521885412)."""
    return f'Bearer realm="{realm}", error="invalid_token", error_description="Invalid login attempt."'


def malformed_bearer(realm: str) -> Answer:
    """A Bearer header without a token in it (Oracle subsect_158521885412)."""
    challenge = f'Bearer realm="{realm}", error="invalid_request", error_description="{_MALFORMED}"'
    return fault(400, "INVALID_REQUEST", _MALFORMED, headers={"WWW-Authenticate": challenge})


def insufficient_permission() -> Answer:
    """The role may not do this."""
    return fault(
        403,
        "INSUFFICIENT_PERMISSION",
        "Permission Violation: You need a higher permission to access this page. "
        "Please contact your account administrator.",
    )


def no_such_record_type(name: str) -> Answer:
    """A record type that the account does not have."""
    return fault(404, "NONEXISTENT_ID", f"Record type '{name}' does not exist")


def not_found() -> Answer:
    """A path that is no service."""
    return fault(404, "NONEXISTENT_ID", "The requested resource does not exist.")


def method_not_allowed(allowed: str) -> Answer:
    """A method that the path does not take; `allowed` is the value of `Allow`."""
    return fault(
        405,
        "METHOD_NOT_ALLOWED",
        f"The request method is not supported by this resource. Use {allowed}.",
        headers={"Allow": allowed},
    )


def too_many_requests() -> Answer:
    """The account's limit of concurrent requests. The title really says Bad Request (Oracle section_156570709583)."""
    body = {
        "type": "https://www.rfc-editor.org/rfc/rfc6585.html#section-4",
        "title": "Bad Request",
        "status": 429,
        "o:errorCode": "USER_ERROR",
        "o:errorDetails": [{"detail": _CONCURRENCY, "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED"}],
    }
    return json_answer(429, body, CONTENT_TYPE)


def unexpected(error_id: str) -> Answer:
    """A fault of the server; `error_id` finds it in the log."""
    return fault(500, "UNEXPECTED_ERROR", f"An unexpected error occurred. Error ID: {error_id}")


def restlet_fault(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """The RESTlets' own form, with its spaces."""
    text = f'{{"error" : {{"code" : "{code}", "message" : "{message}"}}}}'
    return Answer(status, {"Content-Type": "application/json;charset=utf-8", **(headers or {})}, text.encode())


def restlet_login_refused(challenge: str | None = None) -> Answer:
    """The same failed login has another code on the RESTlets' host."""
    headers = {"WWW-Authenticate": challenge} if challenge else None
    return restlet_fault(401, "INVALID_LOGIN_ATTEMPT", "Invalid login attempt.", headers)


def restlet_malformed_login() -> Answer:
    """An Authorization header that cannot be read."""
    return restlet_fault(400, "INVALID_REQUEST", _MALFORMED)


def restlet_password_refused() -> Answer:
    """An e-mail address, password or role that does not sign in (Oracle section_4634920277)."""
    return restlet_fault(401, "INVALID_LOGIN_CREDENTIALS", "You have entered an invalid email address or password.")


def restlet_second_factor() -> Answer:
    """A role that a password alone does not open (Oracle section_4634920277)."""
    return restlet_fault(403, "TWO_FA_REQD", "Two-Factor Authentication required.")


def restlet_malformed_body() -> Answer:
    """A body whose end cannot be told."""
    return restlet_fault(400, "INVALID_REQUEST", _MALFORMED, _CLOSE)


def restlet_too_many_requests() -> Answer:
    """RESTlets say 400 where REST says 429 (Oracle bridgehead_1525252812)."""
    return restlet_fault(400, "SSS_REQUEST_LIMIT_EXCEEDED", "Request Limit Exceeded")


def restlet_invalid_script() -> Answer:
    """A script id that the account does not have."""
    return restlet_fault(400, "SSS_INVALID_SCRIPTLET_ID", "That Suitelet is invalid, disabled, or no longer exists.")


def token_fault(error: str, account_id: str) -> Answer:
    """The token endpoint's fault (Oracle subsect_158521832417): 401 with a challenge for the client, else 400."""
    if error == "invalid_client":
        return json_answer(401, {"error": error}, headers={"WWW-Authenticate": f'Basic realm="{account_id}"'})
    return json_answer(400, {"error": error})
