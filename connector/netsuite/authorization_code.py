"""OAuth 2.0 authorization code with PKCE: a person consents in the browser, and we get tokens for their role.

Sources: Oracle section_158081944642 (step one), section_158081952044 (tokens), section_161071224088 (public clients),
section_162626471013 (prompt), subsect_158521823069 (errors on the redirect); RFC 7636.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, urlencode

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from connector.egress import Origin, Reply
from connector.errors import SettingError
from connector.netsuite.grant_faults import grant_fault
from connector.netsuite.redirect import (
    company_of,
    denied_or_refused,
    number_of,
    redirect_address,
    token_of,
    unreadable,
)
from connector.netsuite.session import FORM, REVOKE_PATH, TOKEN_PATH, ClosableAuth, Session
from connector.netsuite.token_answer import access_token_of, refresh_token_of

AUTHORIZE_PATH = "/app/login/oauth2/authorize.nl"
TOGETHER = ("restlets", "rest_webservices", "suite_analytics")
"""The scopes that go in any mix; `mcp` goes alone."""
PROMPTS = ("none", "login", "consent", "login consent", "consent login")
_ID = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_STATE = re.compile(r"[\x21-\x7e]{22,1024}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True, repr=False)
class Application:
    """Client id and secret of the integration record; no secret is a public client.

    Raises SettingError (code BAD_CREDENTIAL) for what no client id or secret can be.
    """

    client_id: str
    client_secret: str | None

    def __post_init__(self) -> None:
        for name, value in (("client id", self.client_id), ("client secret", self.client_secret)):
            if value is not None and _ID.fullmatch(value) is None:
                fault = "has white space or a sign in it that none has" if value else "is empty"
                raise SettingError(
                    f"The {name} {fault}.",
                    code="BAD_CREDENTIAL",
                    remedy="Copy it again: NetSuite shows it once, when the integration record is saved "
                    "(Setup > Integration > Manage Integrations), and Reset Credentials there makes new ones.",
                )

    def __repr__(self) -> str:
        return "Application(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What the token endpoint gave. `expires_in` is in seconds; a confidential client gets no refresh token anew."""

    access_token: str
    expires_in: float
    refresh_token: str | None

    def __repr__(self) -> str:
        return "Tokens(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Redirect:
    """What came back with the browser. `company` is in the realm's form; role and entity are internal ids."""

    state: str
    code: str
    company: str
    role: str
    entity: str

    def __repr__(self) -> str:
        return f"Redirect(company={self.company!r}, role={self.role!r}, entity={self.entity!r}, …)"


def new_state() -> str:
    """What ties a redirect to the browser it began in: 43 characters, used once."""
    return secrets.token_urlsafe(32)


def new_verifier() -> str:
    """The secret half of PKCE: 64 characters (RFC 7636 section 4.1)."""
    return secrets.token_urlsafe(48)


def challenge(verifier: str) -> str:
    """The public half of PKCE, by S256; `plain` is refused by NetSuite since 2020.2. Raises ValueError."""
    if _VERIFIER.fullmatch(verifier) is None:
        raise ValueError("a verifier has 43 to 128 letters, digits and the signs - . _ ~")
    return str(create_s256_code_challenge(verifier))


def checked_scopes(scopes: Sequence[str]) -> tuple[str, ...]:
    """The scopes, each once. Raises SettingError (code BAD_SCOPE) for a mix that NetSuite does not take."""
    chosen = tuple(dict.fromkeys(scopes))
    if chosen != ("mcp",) and not (chosen and set(chosen) <= set(TOGETHER)):
        raise SettingError(
            "These scopes do not go together.",
            code="BAD_SCOPE",
            remedy=f"Ask for one or more of {', '.join(TOGETHER)}, or for mcp alone.",
        )
    return chosen


def authorize_url(
    app: Origin,
    *,
    client_id: str,
    redirect_uri: str,
    scopes: Sequence[str],
    state: str,
    verifier: str,
    prompt: str | None = None,
) -> str:
    """Where the person's browser is sent. `app` is the account's user interface, never an address from an answer.

    Raises SettingError (codes BAD_SCOPE, BAD_REDIRECT_URI), ValueError for a state, verifier or prompt of our own
    making that NetSuite does not take.
    """
    if _STATE.fullmatch(state) is None:
        raise ValueError("a state has 22 to 1024 printable characters")
    if prompt is not None and prompt not in PROMPTS:
        raise ValueError(f"prompt is one of {', '.join(PROMPTS)}")
    query = {
        "response_type": "code",
        "client_id": Application(client_id, None).client_id,
        "redirect_uri": redirect_address(redirect_uri),
        "scope": " ".join(checked_scopes(scopes)),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        **({"prompt": prompt} if prompt else {}),
    }
    return f"{app}{AUTHORIZE_PATH}?{urlencode(query, quote_via=quote)}"


def read_redirect(query: Mapping[str, str]) -> Redirect:
    """The redirect after consent; that its state and company are those of the flow is for the caller to compare.

    Raises LoginRefusedError (codes CONSENT_DENIED, AUTHORIZATION_REFUSED), UnreadableError (code BAD_REDIRECT).
    """
    state = query.get("state", "")
    if _STATE.fullmatch(state) is None:
        raise unreadable("state")
    if (refused := denied_or_refused(query)) is not None:
        raise refused
    return Redirect(
        state=state,
        code=token_of(query, "code"),
        company=company_of(query),
        role=number_of(query, "role"),
        entity=number_of(query, "entity"),
    )


def exchange_code(session: Session, application: Application, *, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """Trade the code of a redirect for tokens, once. `session` is one to the SuiteTalk host without authentication.

    Raises LoginRefusedError (code CODE_REFUSED for a code that is used, too old or another client's), RemoteError.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _tokens(session, application, form, "code")


def refresh(session: Session, application: Application, refresh_token: str) -> Tokens:
    """New tokens for a refresh token. Never sent twice: a public client's is good for one use.

    Raises LoginRefusedError (code GRANT_ENDED where the person has to consent anew), RemoteError.
    """
    return _tokens(session, application, {"grant_type": "refresh_token", "refresh_token": refresh_token}, "refresh")


def revoke(session: Session, application: Application, refresh_token: str) -> None:
    """End a grant at NetSuite (Oracle section_158081952044). One that has ended already is none to revoke."""
    reply = _send(session, "revoke", REVOKE_PATH, application, {"token": refresh_token})
    if not HTTPStatus(200) <= reply.status < HTTPStatus(300):
        fault = grant_fault(reply, session.origin, step="revoke")
        if fault.code != "GRANT_ENDED":
            raise fault


class AccessTokenSource(Protocol):
    """Whoever keeps a grant's tokens."""

    def access_token(self, refused: str | None = None) -> str:
        """A token that is good now; another than `refused` where there can be one. Raises ConnectorError."""


class AccessTokenAuth(ClosableAuth):
    """Puts a current access token on each request, and another one once where NetSuite has stopped taking it."""

    def __init__(self, tokens: AccessTokenSource, session: Session | None) -> None:
        """`session` is the one over which `tokens` are refreshed; it is closed with this."""
        self._tokens = tokens
        self._session = session

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        token = self._tokens.access_token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            another = self._tokens.access_token(refused=token)
            if another != token:  # the same again would only be one more failed login
                request.headers["Authorization"] = f"Bearer {another}"
                yield request

    def close(self) -> None:
        """Close the session that refreshes."""
        if self._session is not None:
            self._session.close()


def _tokens(session: Session, application: Application, form: Mapping[str, str], step: str) -> Tokens:
    reply = _send(session, "token", TOKEN_PATH, application, form)
    if reply.status != HTTPStatus.OK:
        raise grant_fault(reply, session.origin, step=step)
    token, lifetime = access_token_of(reply)
    return Tokens(token, lifetime, refresh_token_of(reply))


def _send(session: Session, purpose: str, path: str, application: Application, form: Mapping[str, str]) -> Reply:
    """One way to authenticate the client, never two: NetSuite calls that an invalid request."""
    headers = dict(FORM)
    if application.client_secret is None:
        form = {**form, "client_id": application.client_id}
    else:
        pair = f"{application.client_id}:{application.client_secret}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return session.send(purpose, "POST", path, headers=headers, content=urlencode(form).encode())
