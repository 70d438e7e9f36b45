"""The services under /rest of the RESTlets' host: the TBA flow's two, IssueToken, RevokeToken, TokenInfo, data centres.

Oracle section_156338994830, section_156537025868, chapter_157017286140, chapter_157011836591. RFC 5849 has the answers of
the flow as forms; what IssueToken, RevokeToken and TokenInfo answer is not documented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode

from connector.sandbox import faults
from connector.sandbox.account import TOKEN_BASED, Account
from connector.sandbox.directory import Integration, Login, LoginRefused, State, TokenCredential
from connector.sandbox.faults import Refused
from connector.sandbox.hosts import DATA_CENTRES
from connector.sandbox.password_login import MALFORMED, SECOND_FACTOR, password_login
from connector.sandbox.permissions import Feature
from connector.sandbox.wire import FORM, Answer, Request, json_answer

PREFIX = "/rest/"
_PASSWORD = "User Credentials"  # noqa: S105 - a name in the audit trail
_SECRET = {"Cache-Control": "no-store"}
_Service = Callable[[Account, Request], Answer]


def answer(account: Account, request: Request) -> Answer:
    """Answer one request under /rest; a refused login is written down and answered as the RESTlets' is."""
    method, service = _SERVICES.get(request.path, (None, None))
    if service is None:
        return faults.not_found()
    if request.method != method:
        return faults.method_not_allowed(method or "GET")
    try:
        return service(account, request)
    except LoginRefused as refused:
        by_password = request.headers.get("authorization", "")[:7].lower() == "nlauth "
        account.audit_trail.add(_PASSWORD if by_password else TOKEN_BASED, refused, request.address)
        if refused.detail == MALFORMED:
            return faults.restlet_malformed_login()
        if refused.detail == SECOND_FACTOR:
            return faults.restlet_second_factor()
        if by_password:
            return faults.restlet_password_refused()
        return faults.restlet_login_refused(faults.token_challenge(account.account_id))


def _request_token(account: Account, request: Request) -> Answer:
    token = account.token_flow.request_token(request)
    role = {} if token.asked_role is None else {"role": token.asked_role.id}
    return _form(
        {"oauth_token": token.id, "oauth_token_secret": token.secret, "oauth_callback_confirmed": "true", **role}
    )


def _access_token(account: Account, request: Request) -> Answer:
    token = account.token_flow.access_token(request)
    _write_down(account, request, token)
    return _form({"oauth_token": token.id, "oauth_token_secret": token.secret})


def _issue_token(account: Account, request: Request) -> Answer:
    """A token for a person and an application that may have it by password; `name` is the token's."""
    asked = _query(request, "consumerKey", "name")
    entity, role = password_login(
        request.headers.get("authorization", ""), account.directory, account.account_id, account.token_login
    )
    integration = account.directory.integration_by_key(asked["consumerKey"])
    refusal = _reason_for_no_token(account, integration)
    if integration is None or refusal is not None:
        raise LoginRefused(refusal or "consumer_key_unknown", integration=integration, entity=entity, role=role)
    token = account.directory.issue_token(integration, entity, role)
    token.name = asked["name"]
    _write_down(account, request, token)
    return json_answer(200, {"tokenId": token.id, "tokenSecret": token.secret}, headers=_SECRET)


def _reason_for_no_token(account: Account, integration: Integration | None) -> str | None:
    if integration is None:
        return "consumer_key_unknown"
    if integration.state is not State.ENABLED:
        return "consumer_key_refused"
    if Feature.TOKEN_BASED not in account.directory.features:
        return "FeatureDisabled"
    return None if integration.token_based and integration.issue_token else "permission_denied"


def _revoke_token(account: Account, request: Request) -> Answer:
    """Revoke one of the sender's own tokens, by password or signed with any of them."""
    asked = _query(request, "consumerKey", "token")
    authorization = request.headers.get("authorization", "")
    if authorization[:6].lower() == "oauth ":
        login = account.token_login.login(request)
        entity, role = login.entity, login.role
    else:
        entity, role = password_login(authorization, account.directory, account.account_id, account.token_login)
    token = account.directory.token(asked["token"])
    if token is None or token.entity is not entity or token.integration.consumer_key != asked["consumerKey"]:
        raise LoginRefused("token_rejected", entity=entity, role=role)
    token.active = False
    _write_down(account, request, token)
    return Answer(200)


def _token_info(account: Account, request: Request) -> Answer:
    login = account.token_login.login(request)
    account.audit_trail.add(TOKEN_BASED, login, request.address)
    body = {
        "companyId": account.account_id,
        "companyName": f"Sandbox {account.account_id}",
        "roleId": login.role.id,
        "roleName": login.role.name,
        "entityId": login.entity.id,
        "entityName": login.entity.name,
    }
    return json_answer(200, body)


def _data_centres(account: Account, request: Request) -> Answer:
    """The account's three addresses: this server's own where it was addressed by its own name.

    An account that is not here has NetSuite's addresses without an account in them.
    """
    asked = _query(request, "account")["account"]
    label, base = account.host_label, request.base_url
    if asked.lower().replace("_", "-") != label:
        urls = [f"https://{name}.netsuite.com" for name in ("rest", "webservices", "system")]
    elif base.partition("://")[2].partition(":")[0].endswith(".netsuite.com"):
        urls = [f"https://{label}.{name}.netsuite.com" for name in ("restlets.api", "suitetalk.api", "app")]
    else:
        urls = [base, base, base]
    return json_answer(200, dict(zip(("restDomain", "webservicesDomain", "systemDomain"), urls, strict=True)))


def _write_down(account: Account, request: Request, token: TokenCredential) -> None:
    login = Login(token.integration, token.entity, token.role, None, token.name)
    account.audit_trail.add(TOKEN_BASED, login, request.address)


def _query(request: Request, *names: str) -> Mapping[str, str]:
    """The query's fields, each of which must be there. Raises Refused."""
    try:
        pairs = parse_qsl(request.query, errors="strict", max_num_fields=50)
    except ValueError:
        pairs = []
    given = dict(pairs)
    for name in names:
        if [one for one, _ in pairs].count(name) != 1:
            message = f"Missing a required argument: {name}"
            raise Refused(faults.restlet_fault(400, "SSS_MISSING_REQD_ARGUMENT", message))
    return given


def _form(fields: Mapping[str, str]) -> Answer:
    return Answer(200, {"Content-Type": FORM, **_SECRET}, urlencode(fields).encode())


_SERVICES: Mapping[str, tuple[str, _Service]] = {
    "/rest/requesttoken": ("POST", _request_token),
    "/rest/accesstoken": ("POST", _access_token),
    "/rest/issuetoken": ("GET", _issue_token),
    "/rest/revoketoken": ("GET", _revoke_token),
    "/rest/tokeninfo": ("GET", _token_info),
    DATA_CENTRES: ("GET", _data_centres),
}
