"""POST /services/rest/auth/oauth2/v1/token (Oracle section_162790605110, subsect_158521832417)."""

from __future__ import annotations

from urllib.parse import parse_qsl

from connector.sandbox import faults
from connector.sandbox.access_tokens import LIFETIME
from connector.sandbox.account import OAUTH2, Account
from connector.sandbox.assertion_login import GrantRefused
from connector.sandbox.wire import FORM, Answer, Request, json_answer

PATH = "/services/rest/auth/oauth2/v1/token"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def answer(account: Account, request: Request) -> Answer:
    """An access token for a signed assertion, or the fault that says why not."""
    if request.method != "POST":
        return faults.method_not_allowed("POST")
    if (form := _form(request)) is None or "authorization" in request.headers:
        return faults.token_fault("invalid_request", account.account_id)
    grant = form.get("grant_type")
    if not grant:
        return faults.token_fault("invalid_request", account.account_id)
    if grant != "client_credentials":
        return faults.token_fault("unsupported_grant_type", account.account_id)
    assertion = form.get("client_assertion")
    if not assertion or form.get("client_assertion_type") != _ASSERTION_TYPE:
        return faults.token_fault("invalid_request", account.account_id)
    try:
        # A parameter without a value counts as left out (RFC 6749, 3.2).
        login = account.assertion_login.login(assertion, _audiences(account, request), form.get("client_id") or None)
    except GrantRefused as refused:
        account.audit_trail.add(OAUTH2, refused.login, request.address)
        return faults.token_fault(refused.error, account.account_id)
    account.audit_trail.add(OAUTH2, login, request.address)
    body = {"access_token": account.access_tokens.issue(login), "expires_in": LIFETIME, "token_type": "Bearer"}
    return json_answer(200, body, headers={"Cache-Control": "no-store"})


def _form(request: Request) -> dict[str, str] | None:
    """The form's fields; None where it is none, cannot be read, or says something twice (RFC 6749, 3.2)."""
    if request.content_type != FORM:
        return None
    try:
        fields = parse_qsl(request.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        return None
    return dict(fields) if len({name for name, _ in fields}) == len(fields) else None


def _audiences(account: Account, request: Request) -> set[str]:
    """This account's token endpoint under each of its names; Oracle's sample has the RESTlets' host."""
    hosts = (f"https://{account.host_label}.{service}.api.netsuite.com" for service in ("suitetalk", "restlets"))
    return {f"{base}{PATH}" for base in (request.base_url, *hosts)}
