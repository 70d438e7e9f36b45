"""Who sent this request: TBA, an access token, or nobody. Every attempt goes to the Login Audit Trail."""

from __future__ import annotations

from connector.sandbox import faults
from connector.sandbox.account import OAUTH2, TOKEN_BASED, Account
from connector.sandbox.directory import Login, LoginRefused, Scope
from connector.sandbox.faults import Refused
from connector.sandbox.permissions import Feature
from connector.sandbox.wire import Answer, Request

BROWSER_SESSION = "Session"


def sign_in(account: Account, request: Request, *scopes: Scope) -> Login:
    """Let the sender in, or raise Refused with the answer of the request's host.

    A Cookie header makes the request a browser session, and without a login behind it that is refused whatever the
    Authorization header says (one third-party field report; a client that keeps cookies would meet it live). Without
    the feature REST Web Services nobody signs in to REST.
    """
    kind = kind_of(request)
    try:
        login = _login(account, request, kind, scopes)
    except LoginRefused as refused:
        account.audit_trail.add(kind, refused, request.address)
        raise Refused(_answer(account, request, kind, refused)) from refused
    account.audit_trail.add(kind, login, request.address)
    return login


def kind_of(request: Request) -> str:
    """By what the sender signs in, in the audit trail's words."""
    if "cookie" in request.headers:
        return BROWSER_SESSION
    return OAUTH2 if request.headers.get("authorization", "")[:7].lower() in ("bearer", "bearer ") else TOKEN_BASED


def _login(account: Account, request: Request, kind: str, scopes: tuple[Scope, ...]) -> Login:
    if not request.is_restlet and Feature.REST_WEB_SERVICES not in account.directory.features:
        raise LoginRefused("FeatureDisabled")
    if kind == BROWSER_SESSION:
        raise LoginRefused("permission_denied")
    if kind == TOKEN_BASED:
        return account.token_login.login(request)
    return account.access_tokens.login(_bearer(account, request), *scopes)


def _bearer(account: Account, request: Request) -> str:
    """The token of the header. Raises Refused where there is none."""
    token = request.headers["authorization"][len("bearer") :].strip()
    if not token or " " in token:
        account.audit_trail.add(OAUTH2, LoginRefused("TokenRejected"), request.address)
        malformed = (
            faults.restlet_malformed_login() if request.is_restlet else faults.malformed_bearer(account.account_id)
        )
        raise Refused(malformed)
    return token


def _answer(account: Account, request: Request, kind: str, refused: LoginRefused) -> Answer:
    realm = account.account_id
    challenge = faults.bearer_challenge(realm) if kind == OAUTH2 else faults.token_challenge(realm)
    if not request.is_restlet:
        return faults.login_refused(challenge)
    if refused.detail == "parameter_rejected":
        return faults.restlet_malformed_login()
    return faults.restlet_login_refused(challenge)
