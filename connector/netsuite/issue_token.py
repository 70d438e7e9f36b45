"""IssueToken, RevokeToken and TokenInfo: for those who still have them, from the command line alone.

The person's password stands in one header of one request and is kept nowhere.
Sources: Oracle chapter_157017286140, section_1549405961 (every field percent-encoded, or the login is refused).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from connector.egress import Reply
from connector.errors import SettingError, UnreadableError
from connector.netsuite.account import AccountId
from connector.netsuite.session import ISSUE_TOKEN_PATH, REVOKE_TOKEN_PATH, TOKEN_INFO_PATH, Session
from connector.netsuite.tba import TokenCredentials, authorization_header
from connector.netsuite.token_flow import flow_fault

_KEY = re.compile(r"[A-Za-z0-9]{1,512}")
_LONGEST = 1_000  # characters of a password, an e-mail address, a name


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """Whose token it is; None for what NetSuite did not tell."""

    company_id: str | None
    company_name: str | None
    role_id: str | None
    role_name: str | None
    entity_id: str | None


def issue_token(
    session: Session,
    *,
    account: AccountId,
    email: str,
    password: str,
    role: str,
    consumer_key: str,
    name: str,
    otp: str | None = None,
) -> tuple[str, str]:
    """Token id and token secret for the person, the role (its internal id) and the application.

    `session` is one to the RESTlets' host without authentication; `otp` is the six digits of two-factor authentication,
    which roles of weight ask for. Sent once: five failures lock the user. Raises SettingError, LoginRefusedError, RemoteError.
    """
    login = {
        "nlauth_account": account.realm,
        "nlauth_email": _given("e-mail address", email),
        "nlauth_signature": _given("password", password),
        "nlauth_role": _given("role", role),
        **({"nlauth_otp": _given("one-time password", otp)} if otp else {}),
    }
    header = "NLAuth " + ", ".join(f"{field}={quote(value, safe='')}" for field, value in login.items())
    reply = session.send(
        "issue token",
        "GET",
        ISSUE_TOKEN_PATH,
        params={"consumerKey": _given("consumer key", consumer_key), "name": _given("name of the token", name)},
        headers={"Authorization": header},
    )
    answer = _object(reply, session)
    return _key(answer, "tokenid"), _key(answer, "tokensecret")


def revoke_token(session: Session, *, account: AccountId, credentials: TokenCredentials) -> None:
    """Revoke a TBA token by itself, for good. Raises LoginRefusedError, RemoteError."""
    query = f"consumerKey={credentials.consumer_key}&token={credentials.token_id}"
    header = _signed(f"{session.origin}{REVOKE_TOKEN_PATH}?{query}", account, credentials)
    reply = session.send(
        "revoke token",
        "GET",
        REVOKE_TOKEN_PATH,
        params={"consumerKey": credentials.consumer_key, "token": credentials.token_id},
        headers={"Authorization": header},
    )
    if not HTTPStatus(200) <= reply.status < HTTPStatus(300):
        raise flow_fault(reply, session.origin)


def token_info(session: Session, *, account: AccountId, credentials: TokenCredentials) -> TokenInfo:
    """Company, role and person of a TBA token. Its keys are not documented, so near spellings are understood."""
    header = _signed(f"{session.origin}{TOKEN_INFO_PATH}", account, credentials)
    reply = session.send("token info", "GET", TOKEN_INFO_PATH, headers={"Authorization": header})
    answer = _object(reply, session)
    return TokenInfo(
        company_id=_first(answer, "companyid", "company", "account"),
        company_name=_first(answer, "companyname", "accountname"),
        role_id=_first(answer, "roleid", "role"),
        role_name=_first(answer, "rolename"),
        entity_id=_first(answer, "entityid", "entity", "userid", "user"),
    )


def _signed(url: str, account: AccountId, credentials: TokenCredentials) -> str:
    return authorization_header(
        method="GET",
        url=url,
        realm=account.realm,
        consumer_key=credentials.consumer_key,
        consumer_secret=credentials.consumer_secret,
        token_id=credentials.token_id,
        token_secret=credentials.token_secret,
    )


def _given(what: str, value: str) -> str:
    """A field that is neither empty nor endless; the value itself is never shown."""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = ""
    if not 0 < len(value) <= _LONGEST:
        raise SettingError(
            f"The {what} is empty, too long, or has a character that is none.",
            code="BAD_CREDENTIAL",
            remedy="Give account, e-mail address, password, the role's internal id and the consumer key.",
        )
    return value


def _object(reply: Reply, session: Session) -> dict[str, str]:
    """The answer's values by lower-case key without separators; `{"role": {"id": 3}}` counts as `roleid`."""
    if reply.status != HTTPStatus.OK:
        raise flow_fault(reply, session.origin)
    try:
        body = reply.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise UnreadableError("NetSuite's token endpoint sent an answer that cannot be read.")
    flat: dict[str, str] = {}
    for key, value in body.items():
        inner = value if isinstance(value, Mapping) else {"": value}
        for name, text in inner.items():
            if isinstance(text, str):
                flat[re.sub("[^a-z]", "", f"{key}{name}".lower()).replace("internalid", "id")] = text
    return flat


def _key(answer: Mapping[str, str], name: str) -> str:
    value = answer.get(name, "")
    if _KEY.fullmatch(value) is None:
        raise UnreadableError("NetSuite's token endpoint sent no token.")
    return value


def _first(answer: Mapping[str, str], *names: str) -> str | None:
    return next((answer[name] for name in names if name in answer), None)
