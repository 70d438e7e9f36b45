"""OAuth 2.0 client credentials with a certificate: no weekly consent, no shared secret.

A signed assertion is traded for an access token of 60 minutes (Oracle section_162755359851, RFC 7523). The token is
kept in memory and renewed before it ends; twenty threads that need one cause one request.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, fields
from urllib.parse import urlencode

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from connector.errors import ConnectorError, SettingError
from connector.netsuite.certificate import signing_algorithm
from connector.netsuite.faults import fault_of, token_fault
from connector.netsuite.session import ClosableAuth, Session
from connector.netsuite.token_answer import access_token_of

SCOPES = ("rest_webservices",)  # no more than is used: a record refuses a scope that is not ticked on it
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300
_BACKDATED_SECONDS = 60  # a clock that is a little ahead would sign what is not valid yet
_RENEW_BEFORE_SECONDS = 120.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


@dataclass(frozen=True, slots=True, repr=False)
class ClientCredentials:
    """The client id of the integration record, the certificate's id and its private key in PEM."""

    client_id: str
    certificate_id: str
    private_key: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name).strip()
            object.__setattr__(self, field.name, value)  # what was copied often ends with a line break
            if field.name != "private_key" and _TOKEN.fullmatch(value) is None:
                fault = "is empty" if not value else "has white space or a sign in it that no id has"
                raise SettingError(
                    f"The {field.name.replace('_', ' ')} {fault}.",
                    code="BAD_CREDENTIAL",
                    remedy="Copy it from Setup > Integration > Manage Authentication > "
                    "OAuth 2.0 Client Credentials (M2M) Setup.",
                )
        signing_algorithm(self.private_key)

    def __repr__(self) -> str:
        return "ClientCredentials(…)"


def assertion(credentials: ClientCredentials, *, audience: str, now: int, scopes: Sequence[str] = SCOPES) -> str:
    """The JWT that stands for a client secret; `audience` is the token endpoint, `now` in seconds."""
    algorithm = signing_algorithm(credentials.private_key)
    key = (ECKey if algorithm.startswith("ES") else RSAKey).import_key(credentials.private_key)
    claims = {
        "iss": credentials.client_id,
        "scope": list(scopes),
        "aud": audience,
        "iat": now - _BACKDATED_SECONDS,
        "exp": now + _ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
    header = {"typ": "JWT", "alg": algorithm, "kid": credentials.certificate_id}
    return jwt.encode(header, claims, key, algorithms=[algorithm])


class ClientCredentialsAuth(ClosableAuth):
    """Puts a current access token on each request, and a new one once where NetSuite has stopped taking it."""

    def __init__(
        self,
        session: Session,
        credentials: ClientCredentials,
        audience: str,
        clock: Callable[[], float] = time.time,
        scopes: Sequence[str] = SCOPES,
    ) -> None:
        """`session` is an unauthenticated one to the SuiteTalk host, `audience` the account's own token endpoint.

        `clock` tells seconds since 1970.
        """
        self._session = session
        self._credentials = credentials
        self._audience = audience
        self._clock = clock
        self._scopes = scopes
        self._lock = threading.Lock()
        self._token: str | None = None
        self._renew_at = 0.0
        self._answered = 0
        self._error: ConnectorError | None = None

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        token = self._current()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == httpx2.codes.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {self._current(refused=token)}"
            yield request

    def close(self) -> None:
        """Close the session that asks for tokens, and forget the one in use."""
        self._session.close()
        with self._lock:
            self._token = None

    def _current(self, refused: str | None = None) -> str:
        """The token in use, or a new one where there is none, it ends soon, or NetSuite `refused` it."""
        before = self._answered
        with self._lock:
            if self._token is not None and self._token != refused and self._clock() < self._renew_at:
                return self._token
            if self._error is not None and self._answered != before:
                # Another thread was refused while this one waited: asking again would only count as one more failure.
                raise self._error
            self._token = self._error = None
            try:
                self._token, lifetime = self._request_token()
            except ConnectorError as error:
                self._error = error
                raise
            finally:
                self._answered += 1
            self._renew_at = self._clock() + lifetime - min(_RENEW_BEFORE_SECONDS, lifetime / 10)
            return self._token

    def _request_token(self) -> tuple[str, float]:
        signed = assertion(
            self._credentials,
            audience=self._audience,
            now=int(self._clock()),
            scopes=self._scopes,
        )
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": signed,
        }
        reply = self._session.request_token(urlencode(form).encode())
        if reply.status != httpx2.codes.OK:
            now = self._clock()
            raise token_fault(reply, now=now) or fault_of(reply, self._session.origin, now=now)
        return access_token_of(reply)
