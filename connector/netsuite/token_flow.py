"""The three steps of the TBA authorization flow: a person consents in the browser, and we get a token for their role.

Sources: Oracle section_156338994830, section_156536698849, section_156537025868, subsect_156934879823; RFC 5849.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, quote, urlencode

from connector.egress import Origin, Reply
from connector.errors import ConnectorError, LoginRefusedError, SettingError, UnreadableError
from connector.netsuite.faults import AUDIT_TRAIL, INTEGRATIONS, fault_of
from connector.netsuite.redirect import company_of, consent_denied, number_of, token_of, unreadable
from connector.netsuite.session import ACCESS_TOKEN_PATH, REQUEST_TOKEN_PATH, Session
from connector.netsuite.tba import TokenCredentials, authorization_header

AUTHORIZE_PATH = "/app/login/secure/authorizetoken.nl"
_STATE = re.compile(r"[A-Za-z0-9]{1,512}")
_RECORD = f"{INTEGRATIONS}, the record"
_CLOCK = "Set this server's clock (NTP)."
_REFUSALS = {
    "UnknownIntegration": ("NetSuite does not know this consumer key.", f"{_RECORD}: Reset Credentials, or copy the key again."),
    "IntegrationBlocked": ("The integration record is blocked.", f"{_RECORD}: set State to Enabled."),
    "AuthorizationFlowRequired": (
        "The integration record does not allow the TBA authorization flow.",
        f"{_RECORD}, Authentication: tick TBA: Authorization Flow.",
    ),
    "InvalidCallback": (
        "The callback address is not the one on the integration record.",
        f"{_RECORD}, Authentication, Callback URL: enter exactly the address that Connect names.",
    ),
    "FeatureDisabled": (
        "Token-Based Authentication is off in this account.",
        "Setup > Company > Enable Features > SuiteCloud: tick Token-Based Authentication.",
    ),
    "EntityOrRoleDisabled": (
        "The user or the role is not active.",
        "Setup > Users/Roles > Manage Users and Manage Roles: neither is inactive, and the user has the role.",
    ),
    "InvalidVerifier": ("NetSuite does not take this consent: it belongs to another request.", "Connect again."),
    "TokenRejected": ("NetSuite does not take this consent: it was used or is too old.", "Connect again."),
    "InvalidTimestamp": ("NetSuite refused the login, and this server's clock is off.", _CLOCK),
    "InvalidSignature": ("NetSuite does not take the signature: the consumer secret is another record's or too old.",
                         f"{_RECORD}: Reset Credentials, and enter both anew."),
}  # fmt: skip
_WORDS = re.compile(r"\b(" + "|".join(_REFUSALS) + r")\b")


@dataclass(frozen=True, slots=True, repr=False)
class RequestToken:
    """The unauthorized token of step one; its secret is needed in step three."""

    token: str
    secret: str

    def __repr__(self) -> str:
        return "RequestToken(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Callback:
    """What came back with the browser. `company` is in the realm's form; role and entity are internal ids."""

    token: str
    verifier: str
    company: str
    role: str
    entity: str
    state: str

    def __repr__(self) -> str:
        return f"Callback(company={self.company!r}, role={self.role!r}, entity={self.entity!r}, …)"


def request_token(
    session: Session, *, realm: str, consumer_key: str, consumer_secret: str, callback: str, role: str | None = None
) -> RequestToken:
    """Step one. `session` is one to the RESTlets' host without authentication, `callback` as it stands on the record.

    `role` is the internal id of the role that the consent page proposes. Raises LoginRefusedError, RemoteError.
    """
    header = authorization_header(
        method="POST",
        url=f"{session.origin}{REQUEST_TOKEN_PATH}",
        realm=realm,
        consumer_key=consumer_key,
        consumer_secret=consumer_secret,
        extra={"oauth_callback": callback, **({"role": role} if role else {})},
    )
    reply = session.send("request token", "POST", REQUEST_TOKEN_PATH, headers={"Authorization": header})
    answer = _answer(reply, session.origin)
    if answer.get("oauth_callback_confirmed") != "true":
        raise UnreadableError("NetSuite did not confirm the callback address.")
    return RequestToken(_value(answer, "oauth_token"), _value(answer, "oauth_token_secret"))


def authorize_url(app: Origin, *, token: str, state: str) -> str:
    """Step two: where the person's browser is sent. Raises ValueError for a state that NetSuite does not take."""
    if _STATE.fullmatch(state) is None:
        raise ValueError("a state has 1 to 512 letters and digits")
    return f"{app}{AUTHORIZE_PATH}?{urlencode({'oauth_token': token, 'state': state}, quote_via=quote)}"


def read_callback(query: Mapping[str, str]) -> Callback:
    """The redirect of step two. Raises LoginRefusedError (code CONSENT_DENIED), UnreadableError (code BAD_REDIRECT).

    That state, token and company are those of the flow is for the caller to compare.
    """
    state = query.get("state", "")
    if _STATE.fullmatch(state) is None:
        raise unreadable("state")
    token = token_of(query, "oauth_token")
    if not query.get("oauth_verifier"):
        raise consent_denied()
    return Callback(
        token=token,
        verifier=token_of(query, "oauth_verifier"),
        company=company_of(query),
        role=number_of(query, "role"),
        entity=number_of(query, "entity"),
        state=state,
    )


def access_token(
    session: Session, *, realm: str, consumer_key: str, consumer_secret: str, request: RequestToken, verifier: str
) -> TokenCredentials:
    """Step three: the four values of a TBA connection. Raises LoginRefusedError, RemoteError."""
    header = authorization_header(
        method="POST",
        url=f"{session.origin}{ACCESS_TOKEN_PATH}",
        realm=realm,
        consumer_key=consumer_key,
        consumer_secret=consumer_secret,
        token_id=request.token,
        token_secret=request.secret,
        extra={"oauth_verifier": verifier},
    )
    reply = session.send("access token", "POST", ACCESS_TOKEN_PATH, headers={"Authorization": header})
    answer = _answer(reply, session.origin)
    token, secret = _value(answer, "oauth_token"), _value(answer, "oauth_token_secret")
    try:
        return TokenCredentials(consumer_key, consumer_secret, token, secret)
    except SettingError:
        raise UnreadableError("NetSuite sent an access token that cannot be one.") from None


def flow_fault(reply: Reply, origin: Origin) -> ConnectorError:
    """The error a refused step stands for; where its name travels is not documented, so it is looked for everywhere."""
    challenge = reply.headers.get("www-authenticate", "")
    found = _WORDS.search(f"{challenge} {reply.body[:4000].decode('utf-8', 'replace')}")
    if found is not None and HTTPStatus(400) <= reply.status < HTTPStatus(500):
        message, remedy = _REFUSALS[found[1]]
        code = "CLOCK_SKEW" if found[1] == "InvalidTimestamp" else "LOGIN_REFUSED"
        return LoginRefusedError(
            message, code=code, remedy=f"{remedy} NetSuite's own word is {found[1]}: {AUDIT_TRAIL}."
        )
    return fault_of(reply, origin)


def _answer(reply: Reply, origin: Origin) -> dict[str, str]:
    """A form, as two third-party clients read it; JSON would be understood as well."""
    if reply.status != HTTPStatus.OK:
        raise flow_fault(reply, origin)
    text = reply.body[:20_000].decode("utf-8", "replace").strip()
    try:
        if text.startswith("{"):
            return {str(name): _text(value) for name, value in json.loads(text).items()}
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=50)
    except (ValueError, RecursionError):
        raise UnreadableError("NetSuite's token endpoint sent no token.") from None
    if len(dict(pairs)) < len(pairs):
        raise UnreadableError("NetSuite's token endpoint sent one value twice.")
    return dict(pairs)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(answer: Mapping[str, str], name: str) -> str:
    value = answer.get(name, "")
    if re.fullmatch(r"[A-Za-z0-9]{1,512}", value) is None:
        raise UnreadableError("NetSuite's token endpoint sent no token.")
    return value
