"""Where people say yes: sign-in, choice of role, Allow or Deny. Both the OAuth 2.0 and the TBA flow lead here.

Oracle section_158081944642, section_156536698849. There is no password in a sandbox: whoever reaches it is anybody. A
session is a cookie; every form carries the session's token and is refused from another site.
"""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import flask

from connector.sandbox import code_request
from connector.sandbox.account import OAUTH2, TOKEN_BASED, Account
from connector.sandbox.browser_sessions import BrowserSession, ConsentRequest, may_choose
from connector.sandbox.code_request import SentBack, read_code_request
from connector.sandbox.directory import Entity, Login, LoginRefused, Role
from connector.sandbox.same_site import content_policy, is_cross_site
from connector.sandbox.token_flow import STATE, TokenConsent

TOKEN_AUTHORIZE = "/app/login/secure/authorizetoken.nl"  # noqa: S105 - a path
SIGN_IN = "/app/login/secure/enterpriselogin.nl"
CONSENT = "/app/login/secure/consent.nl"
COOKIE = "JSESSIONID"
_USER_LOGIN = "Login"
_OVER = "This request is over. Go back to the application and begin again."
_REASONS = {
    "FeatureDisabled": "The feature is not enabled in this account.",
    "IntegrationBlocked": "The application is not enabled in this account.",
    "AuthorizationCodeGrantRequired": "The application may not use the authorization code grant.",
    "TokenRejected": "The request token is not valid or was answered already.",
    "InvalidState": "The state may have up to 512 letters and digits.",
    "EntityOrRoleDisabled": "The role does not have the permission to sign in to this application.",
}


def blueprint(account: Account) -> flask.Blueprint:
    """The pages of one account."""
    pages = flask.Blueprint("consent", __name__)
    pages.add_url_rule(code_request.PATH, "authorize", lambda: _authorize(account))
    pages.add_url_rule(TOKEN_AUTHORIZE, "authorize_token", lambda: _authorize_token(account))
    pages.add_url_rule(SIGN_IN, "choose", lambda: _with_request(account, _sign_in_page))
    pages.add_url_rule(SIGN_IN, "sign_in", lambda: _with_request(account, _sign_in), methods=["POST"])
    pages.add_url_rule(CONSENT, "ask", lambda: _with_request(account, _next))
    pages.add_url_rule(CONSENT, "answer", lambda: _with_request(account, _answer), methods=["POST"])

    @pages.after_request
    def guard(response: flask.Response) -> flask.Response:
        response.headers.setdefault("Content-Security-Policy", content_policy())
        response.headers["Referrer-Policy"] = "same-origin"  # a browser would call its own form foreign without
        return response

    return pages


def _authorize(account: Account) -> flask.Response:
    query = flask.request.query_string.decode("latin-1")
    try:
        request = read_code_request(query, account.directory, account.account_id, account.grants, account.consents)
    except LoginRefused as refused:
        return _refused(account, OAUTH2, refused)
    except SentBack as sent_back:
        account.audit_trail.add(OAUTH2, sent_back.login, flask.request.remote_addr or "")
        return _to_client(sent_back.address)
    return _begin(account, request)


def _authorize_token(account: Account) -> flask.Response:
    try:
        pairs = parse_qsl(flask.request.query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        pairs = []
    asked = dict(pairs)
    token = account.token_flow.unanswered(asked.get("oauth_token", ""))
    if token is None or len(asked) != len(pairs):
        return _refused(account, TOKEN_BASED, LoginRefused("TokenRejected"))
    state = asked.get("state")
    if state is not None and STATE.fullmatch(state) is None:
        return _refused(account, TOKEN_BASED, LoginRefused("InvalidState", integration=token.integration))
    return _begin(account, TokenConsent(token, state, account.account_id))


def _begin(account: Account, request: ConsentRequest) -> flask.Response:
    session = account.sessions.find(flask.request.cookies.get(COOKIE)) or account.sessions.begin()
    flow = account.sessions.wait(session, request)
    return _remember(_next(account, session, flow, request), session)


def _with_request(account: Account, act: Any) -> flask.Response:
    """Act on the request that the page names, if it waits in this browser's session and the form is its own."""
    session = account.sessions.find(flask.request.cookies.get(COOKIE))
    flow = flask.request.values.get("flow", "")
    request = session.waiting.get(flow) if session else None
    if session is None or request is None:
        return _error(_OVER, 400)
    given = flask.request.form.get("csrf", "").encode()
    if flask.request.method == "POST" and (is_cross_site() or not hmac.compare_digest(given, session.csrf.encode())):
        return _error("This form was sent from another site.", 403)
    reply: flask.Response = act(account, session, flow, request)
    return reply


def _next(account: Account, session: BrowserSession, flow: str, request: ConsentRequest) -> flask.Response:
    """The sign-in page, the consent page, or the way back, whichever is due."""
    who = _signed_in(session, request)
    if who is None and request.silent:
        account.sessions.take(session, flow)
        return _to_client(request.denied(None, None))
    if who is None:
        return _see(f"{SIGN_IN}?flow={flow}")
    if not request.asks(*who):
        return _allow(account, session, flow, who)
    return _page(
        "consent.html", request, flow=flow, session=session, account=account, path=CONSENT, sign_in_path=SIGN_IN
    )


def _sign_in_page(account: Account, session: BrowserSession, flow: str, request: ConsentRequest) -> flask.Response:
    only = request.role()
    roles = [
        role
        for role in account.directory.roles.values()
        if role.active and request.admits(role) and only in (None, role)
    ]
    entities = [
        entity
        for entity in account.directory.entities.values()
        if entity.active and any(role.id in entity.roles for role in roles)
    ]
    return _page(
        "sign_in.html",
        request,
        flow=flow,
        session=session,
        account=account,
        entities=entities,
        roles=roles,
        path=SIGN_IN,
        consent_path=CONSENT,
    )


def _sign_in(account: Account, session: BrowserSession, flow: str, request: ConsentRequest) -> flask.Response:
    form, directory, integration = flask.request.form, account.directory, request.integration
    entity, role = directory.entities.get(form.get("entity", "")), directory.roles.get(form.get("role", ""))
    if entity is None or role is None:
        return _error("There is no such user or role.", 400)
    if not request.admits(role) or request.role() not in (None, role) or not may_choose(entity, role):
        refused = LoginRefused("EntityOrRoleDisabled", integration=integration, entity=entity, role=role)
        return _refused(account, _USER_LOGIN, refused, 403)
    session = account.sessions.sign_in(session, entity, role)
    account.audit_trail.add(_USER_LOGIN, Login(integration, entity, role), flask.request.remote_addr or "")
    request.needs_login = False
    return _remember(_see(f"{CONSENT}?flow={flow}"), session)


def _answer(account: Account, session: BrowserSession, flow: str, request: ConsentRequest) -> flask.Response:
    decision, who = flask.request.form.get("decision"), _signed_in(session, request)
    if decision == "deny":
        if account.sessions.take(session, flow) is None:
            return _error(_OVER, 400)
        return _to_client(request.denied(*(who or (None, None))))
    if decision != "allow":
        return _error("Choose Allow or Deny.", 400)
    if who is None:
        return _next(account, session, flow, request)
    return _allow(account, session, flow, who)


def _allow(account: Account, session: BrowserSession, flow: str, who: tuple[Entity, Role]) -> flask.Response:
    request = account.sessions.take(session, flow)
    if request is None:
        return _error(_OVER, 400)
    try:
        return _to_client(request.allowed(*who))
    except LoginRefused as refused:
        return _refused(account, OAUTH2, refused)


def _signed_in(session: BrowserSession, request: ConsentRequest) -> tuple[Entity, Role] | None:
    """Who is signed in, where that serves for this request."""
    entity, role = session.entity, session.role
    if entity is None or role is None or request.needs_login:
        return None
    return (entity, role) if request.admits(role) and request.role() in (None, role) else None


def _see(page: str) -> flask.Response:
    response = flask.Response(status=303)
    response.headers["Location"] = page
    return response


def _to_client(address: str) -> flask.Response:
    response = flask.Response(status=302)
    response.headers["Location"] = address
    return response


def _refused(account: Account, kind: str, refused: LoginRefused, status: int = 400) -> flask.Response:
    account.audit_trail.add(kind, refused, flask.request.remote_addr or "")
    return _error(_REASONS.get(refused.detail, "The application or its redirect URI is not known here."), status)


def _error(reason: str, status: int) -> flask.Response:
    """A page that leads nowhere."""
    return flask.Response(flask.render_template("consent_error.html", reason=reason), status, mimetype="text/html")


def _page(template: str, request: ConsentRequest, **shown: Any) -> flask.Response:
    html = flask.render_template(template, request_for=request, **shown)
    response = flask.Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = content_policy(_form_target(request.returns_to))
    return response


def _form_target(address: str) -> str:
    """The client's origin or scheme: browsers hold `form-action` against the redirect behind a form as well."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("https", "http") else f"{parts.scheme}:"


def _remember(response: flask.Response, session: BrowserSession) -> flask.Response:
    """Give the browser its session. Its path keeps it from the web services, which refuse whoever has a cookie."""
    response.set_cookie(
        COOKIE, session.id, path="/app/login", httponly=True, samesite="Lax", secure=flask.request.scheme == "https"
    )
    return response
