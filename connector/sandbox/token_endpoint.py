"""POST /services/rest/auth/oauth2/v1/token and …/revoke, GET …/keys.

Oracle section_158081952044, section_158082518856, section_162790605110, section_158255317571, subsect_158521832417.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from connector.sandbox import faults
from connector.sandbox.access_tokens import LIFETIME
from connector.sandbox.account import OAUTH2, Account
from connector.sandbox.assertion_login import GrantRefused
from connector.sandbox.client_authentication import ClientRefused, authenticated_client
from connector.sandbox.directory import Integration, LoginRefused
from connector.sandbox.grants import Tokens
from connector.sandbox.wire import FORM, Answer, Request, json_answer

PATH = "/services/rest/auth/oauth2/v1/token"
REVOKE = "/services/rest/auth/oauth2/v1/revoke"
KEYS = "/services/rest/auth/oauth2/v1/keys"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}

_Form = dict[str, str]


def answer(account: Account, request: Request) -> Answer:
    """Answer one request to the three addresses."""
    if request.path == KEYS:
        return _keys(account) if request.method == "GET" else faults.method_not_allowed("GET")
    if request.method != "POST":
        return faults.method_not_allowed("POST")
    if (form := _form(request)) is None:
        return faults.token_fault("invalid_request", account.account_id)
    if request.path == REVOKE:
        return _as_client(account, request, form, _revoke)
    grant = form.get("grant_type")
    if grant == "authorization_code":
        return _as_client(account, request, form, _redeem)
    if grant == "refresh_token":
        return _as_client(account, request, form, _refresh)
    return _machine(account, request, form)


def _machine(account: Account, request: Request, form: _Form) -> Answer:
    """An access token for a signed assertion, or the fault that says why not."""
    grant, assertion = form.get("grant_type"), form.get("client_assertion")
    if not grant or "authorization" in request.headers:
        return faults.token_fault("invalid_request", account.account_id)
    if grant != "client_credentials":
        return faults.token_fault("unsupported_grant_type", account.account_id)
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
    return json_answer(200, body, headers=_NOT_KEPT)


def _as_client(
    account: Account, request: Request, form: _Form, act: Callable[[Account, Integration, _Form], Tokens | None]
) -> Answer:
    """What the client may have, or the fault; either is written down."""
    try:
        client = authenticated_client(account.directory, request.headers.get("authorization"), form)
        given = act(account, client, form)
    except ClientRefused as refused:
        account.audit_trail.add(OAUTH2, refused.login, request.address)
        return faults.token_fault(refused.error, account.account_id)
    except LoginRefused as refused:
        account.audit_trail.add(OAUTH2, refused, request.address)
        return faults.token_fault("invalid_grant", account.account_id)
    if given is None:
        return Answer(200, _NOT_KEPT)
    account.audit_trail.add(OAUTH2, given.login, request.address)
    return _tokens(given)


def _redeem(account: Account, client: Integration, form: _Form) -> Tokens:
    code, redirect_uri, verifier = form.get("code"), form.get("redirect_uri"), form.get("code_verifier") or None
    if not code or not redirect_uri or (verifier is not None and _VERIFIER.fullmatch(verifier) is None):
        raise _incomplete(client)
    return account.grants.redeem(code, client, redirect_uri, verifier)


def _refresh(account: Account, client: Integration, form: _Form) -> Tokens:
    token = form.get("refresh_token")
    if not token:
        raise _incomplete(client)
    return account.grants.refresh(token, client)


def _revoke(account: Account, client: Integration, form: _Form) -> None:
    token = form.get("token")
    if not token:
        raise _incomplete(client)
    account.grants.revoke(token, client)


def _incomplete(client: Integration) -> ClientRefused:
    return ClientRefused("invalid_request", LoginRefused("TokenRejected", integration=client))


def _keys(account: Account) -> Answer:
    return json_answer(200, account.signing_keys.published())


def _tokens(given: Tokens) -> Answer:
    renewal = {} if given.refresh_token is None else {"refresh_token": given.refresh_token}
    body = {"access_token": given.access_token, **renewal, "expires_in": LIFETIME, "token_type": "bearer"}
    return json_answer(200, body, headers=_NOT_KEPT)


def _form(request: Request) -> _Form | None:
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
