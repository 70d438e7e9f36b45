"""Signing in by OpenID Connect: the authorization code grant with PKCE at one provider that the configuration names.

Everything that has to last while the browser is away is derived from one random cookie: `state`, `nonce` and the PKCE
verifier are keyed hashes of it, so a way back that another browser began, or that was used, fits nothing. Who somebody is
says the provider's signed token alone: issuer and subject, never an e-mail (OpenID Connect Core 1.0; RFC 7636; RFC 9207).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from connector.egress import Egress, Origin
from connector.errors import ConnectorError, LoginRefusedError, SettingError

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "ES384"]
_SKEW = 60.0  # seconds
_FRESH = 300.0  # seconds since the person signed in at the provider, where a fresh proof is asked for
_DISCOVERY_SECONDS = 3_600.0
_LONGEST = 2_048


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is: the issuer and the subject, which it gives to nobody else."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class _Metadata:
    authorize: str
    token: str
    keys: str
    names_issuer: bool


class OpenIdProvider:
    """One provider. Threads share it; its addresses and keys are read at first use and kept for an hour."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: Callable[[], str | None],
        *,
        origins: tuple[str, ...] = (),
        ca_file: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`origins` are those beside the issuer's own that its endpoints may stand at. Raises SettingError (BAD_ADDRESS)."""
        self.issuer = issuer
        self.name = urlsplit(issuer).hostname or issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._own = Origin.parse(_origin(issuer), configured=True)
        self._origins = {str(self._own), *(str(Origin.parse(one, configured=True)) for one in origins)}
        self._ca_file = ca_file
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[float, _Metadata] | None = None
        self._keys: jwk.KeySet | None = None

    def begin(self, cookie: str, redirect_uri: str, *, fresh: bool = False) -> str:
        """Where to send the browser that holds `cookie`; `fresh` asks the person to sign in there again."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": _derived(cookie, "state"),
            "nonce": _derived(cookie, "nonce"),
            "code_challenge": _b64(hashlib.sha256(_derived(cookie, "verifier").encode()).digest()),
            "code_challenge_method": "S256",
        }
        if fresh:
            asked |= {"prompt": "login", "max_age": "0"}
        return f"{self._metadata().authorize}?{urlencode(asked, quote_via=quote)}"

    def finish(self, cookie: str, redirect_uri: str, answer: Mapping[str, str], *, fresh: bool = False) -> Identity:
        """Who came back. Raises LoginRefusedError (codes FOREIGN_STATE, OIDC_REFUSED, OIDC_UNTRUSTED), UnavailableError."""
        if not hmac.compare_digest(answer.get("state", "").encode(), _derived(cookie, "state").encode()):
            raise LoginRefusedError(
                "This way back belongs to another browser, or was used already.",
                code="FOREIGN_STATE",
                remedy="Begin again from the sign-in page.",
            )
        metadata = self._metadata()
        if answer.get("iss", None if metadata.names_issuer else self.issuer) != self.issuer:
            raise _untrusted("The answer came from another provider than the one that was asked")
        if "code" not in answer:
            raise LoginRefusedError(
                f"{self.name} did not sign you in: {answer.get('error', 'no code')[:60]}.",
                code="OIDC_REFUSED",
                remedy="Begin again, or sign in with your password.",
            )
        return self._identity(self._exchanged(metadata, cookie, redirect_uri, answer["code"]), cookie, fresh=fresh)

    def _metadata(self) -> _Metadata:
        with self._lock:
            if self._known is not None and self._clock() - self._known[0] < _DISCOVERY_SECONDS:
                return self._known[1]
        path = f"{urlsplit(self.issuer).path.rstrip('/')}/.well-known/openid-configuration"
        told = _object(self._asked(f"{self._own}{path}"), "its configuration")
        if told.get("issuer") != self.issuer:
            raise _untrusted(f"The configuration names the issuer {str(told.get('issuer'))[:100]!a}")
        metadata = _Metadata(
            self._endpoint(told, "authorization_endpoint"),
            self._endpoint(told, "token_endpoint"),
            self._endpoint(told, "jwks_uri"),
            names_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        )
        with self._lock:
            self._known = (self._clock(), metadata)
        return metadata

    def _endpoint(self, told: Mapping[str, Any], name: str) -> str:
        """An address of the configuration, where it stands at an origin that the server's own settings name."""
        url = told.get(name)
        parts = urlsplit(url) if isinstance(url, str) and len(url) <= _LONGEST else None
        try:
            origin = None if parts is None else str(Origin.parse(f"{parts.scheme}://{parts.netloc}", configured=True))
        except ConnectorError:
            origin = None
        if parts is None or origin not in self._origins or parts.query or parts.fragment or parts.username:
            raise SettingError(
                f"The configuration of {self.name} puts its {name} where it may not stand: {str(url)[:200]!a}.",
                code="OIDC_UNTRUSTED",
                remedy="If that is its true address, add its origin to CONNECTOR_OIDC_ORIGINS.",
            )
        return str(url)

    def _exchanged(self, metadata: _Metadata, cookie: str, redirect_uri: str, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code[:_LONGEST],
            "redirect_uri": redirect_uri,
            "client_id": self._client_id,
            "code_verifier": _derived(cookie, "verifier"),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        secret = self._client_secret()
        if secret is not None:
            pair = f"{quote(self._client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        told = _object(self._asked(metadata.token, headers=headers, content=urlencode(form).encode()), "its token")
        token = told.get("id_token")
        if not isinstance(token, str):
            raise _untrusted("The answer has no ID token")
        return token

    def _identity(self, token: str, cookie: str, *, fresh: bool) -> Identity:
        claims = self._verified(token)
        now, audience = self._clock(), claims.get("aud")
        names = audience if isinstance(audience, list) else [audience]
        checks = {
            "another issuer": claims.get("iss") == self.issuer,
            "another audience": self._client_id in names
            and (claims.get("azp", self._client_id) == self._client_id)
            and (len(names) == 1 or "azp" in claims),
            "another browser's nonce": hmac.compare_digest(
                str(claims.get("nonce", "")).encode(), _derived(cookie, "nonce").encode()
            ),
            "an end that has passed": _number(claims, "exp") > now - _SKEW,
            "a beginning that has not come": _number(claims, "iat") <= now + _SKEW,
            "no fresh sign-in": not fresh or _number(claims, "auth_time") >= now - _FRESH,
            "no subject": isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255,  # noqa: PLR2004 - Core, 2
        }
        for what, is_right in checks.items():
            if not is_right:
                raise _untrusted(f"The ID token has {what}")
        return Identity(self.issuer, claims["sub"])

    def _verified(self, token: str) -> dict[str, Any]:
        """The claims of a token that a key of the provider signed; unknown keys are looked up once more."""
        for is_last in (False, True):
            try:
                keys = self._key_set(anew=is_last)
                return dict(jwt.decode(token, keys, algorithms=_ALGORITHMS).claims)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                if is_last:
                    raise _untrusted("The ID token is not signed by a key of the provider") from error
        raise AssertionError("the second round returns or raises")

    def _key_set(self, *, anew: bool) -> jwk.KeySet:
        if self._keys is None or anew:
            told = _object(self._asked(self._metadata().keys), "its keys")
            listed = told.get("keys")
            public = [one for one in listed if isinstance(one, dict) and one.get("kty") != "oct"] if listed else []
            self._keys = jwk.KeySet.import_key_set({"keys": public})
        return self._keys

    def _asked(self, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None) -> bytes:
        parts = urlsplit(url)
        origin = Origin.parse(f"{parts.scheme}://{parts.netloc}", configured=True)
        egress = Egress(f"the sign-in provider {self.name}", origin, ca_file=self._ca_file)
        try:
            reply = egress.request("GET" if content is None else "POST", parts.path, headers=headers, content=content)
        finally:
            egress.close()
        if reply.status != HTTPStatus.OK:
            raise LoginRefusedError(
                f"{self.name} answered with status {reply.status}.",
                code="OIDC_REFUSED",
                remedy="Begin again; if it stays, compare client id, client secret and redirect URI with the provider's page.",
            )
        return reply.body


def new_cookie(purpose: str, way: str) -> str:
    """The cookie of one round: what it is for and where it leads are part of what everything is derived from."""
    return _b64(json.dumps([secrets.token_urlsafe(32), purpose, way]).encode())


def read_cookie(cookie: str) -> tuple[str, str] | None:
    """Purpose and way; None for what is no cookie of a round."""
    try:
        _, purpose, way = json.loads(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)))
    except (ValueError, TypeError):
        return None
    return (purpose, way) if isinstance(purpose, str) and isinstance(way, str) else None


def _derived(cookie: str, what: str) -> str:
    return _b64(hmac.digest(cookie.encode(), what.encode(), "sha256"))


def _b64(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise _untrusted(f"The provider's answer for {what} cannot be read")
    return told


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _untrusted(cause: str) -> LoginRefusedError:
    return LoginRefusedError(
        f"{cause}.",
        code="OIDC_UNTRUSTED",
        remedy="Begin again; if it stays, compare CONNECTOR_OIDC_ISSUER and CONNECTOR_OIDC_CLIENT_ID with the provider's page.",
    )
