"""What people's consents gave: authorization codes, refresh tokens, and the family of tokens that each began.

Oracle section_158081952044 (codes), section_158082518856 (refresh), section_161071224088 (public clients). A code that
comes twice, and a rotated refresh token that comes again, take back the whole family (RFC 9700, 4.14.2; RFC 6749,
4.1.2): of NetSuite it is documented that they serve once, not what a second use does to the others.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from connector.sandbox.access_tokens import ISSUER, AccessTokens, digest, scope_names
from connector.sandbox.directory import Integration, Login, LoginRefused
from connector.sandbox.permissions import Permission
from connector.sandbox.signing_keys import SigningKeys

CODE_SECONDS = 600
CONFIDENTIAL_SECONDS = 7 * 86_400
_HOUR = 3600
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint answers, and for whom; a confidential client's refresh gives no refresh token anew."""

    login: Login
    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class _Family:
    """One consent and its tokens. `ends` is when nothing refreshes any more; `valid_until` ends the current token."""

    id: str
    login: Login
    redirect_uri: str
    challenge: str | None
    code_ends: float
    redeemed: bool = False
    dead: bool = False
    begun: float = 0.0
    ends: float = 0.0
    valid_until: float = 0.0
    current: bytes = b""


class Grants:
    """The consents of one account. Threads may share it."""

    def __init__(
        self, access_tokens: AccessTokens, keys: SigningKeys, account_id: str, clock: Callable[[], float]
    ) -> None:
        self._access_tokens = access_tokens
        self._keys = keys
        self._account_id = account_id
        self._clock = clock
        self._codes: dict[bytes, _Family] = {}
        self._refresh: dict[bytes, _Family] = {}
        self._lock = threading.Lock()

    def issue_code(self, login: Login, redirect_uri: str, challenge: str | None) -> str:
        """A code for ten minutes: 64 hexadecimal digits. `challenge` is the S256 one of PKCE."""
        code = secrets.token_hex(32)
        family = _Family(str(uuid.uuid4()), login, redirect_uri, challenge, self._clock() + CODE_SECONDS)
        with self._lock:
            _forget_oldest(self._codes)
            self._codes[digest(code)] = family
        return code

    def redeem(self, code: str, integration: Integration, redirect_uri: str, verifier: str | None) -> Tokens:
        """Tokens for a code. Raises LoginRefused; whatever is wrong, its own client has used it up."""
        now = self._clock()
        with self._lock:
            family = self._codes.get(digest(code))
            if family is None:
                raise LoginRefused("TokenRejected", integration=integration)
            if family.login.integration is not integration:
                raise _refused("ClientIdMismatch", family)
            if family.redeemed:
                self._end(family)
                raise _refused("TokenRejected", family)
            family.redeemed = True
            if now >= family.code_ends:
                raise _refused("TokenExpired", family)
            if redirect_uri != family.redirect_uri or not _proves(verifier, family.challenge):
                raise _refused("TokenRejected", family)
            _check_person(family)
            hours = integration.rotation_hours
            family.begun = now
            family.ends = now + (hours * _HOUR if integration.public_client else CONFIDENTIAL_SECONDS)
            return Tokens(family.login, self._access_token(family), self._next_refresh_token(family, now))

    def refresh(self, token: str, integration: Integration) -> Tokens:
        """A new access token, and for a public client the next refresh token. Raises LoginRefused."""
        now = self._clock()
        with self._lock:
            family = self._refresh.get(digest(token))
            if family is None:
                raise LoginRefused(self._keys.fault_of(token) or "TokenRejected", integration=integration)
            if family.login.integration is not integration:
                raise _refused("ClientIdMismatch", family)
            if family.dead:
                raise _refused("TokenRejected", family)
            if digest(token) != family.current:
                self._end(family)
                raise _refused("TokenRejected", family)
            if now >= min(family.ends, family.valid_until):
                raise _refused("TokenExpired", family)
            _check_person(family)
            following = self._next_refresh_token(family, now) if integration.public_client else None
            return Tokens(family.login, self._access_token(family), following)

    def revoke(self, token: str, integration: Integration) -> None:
        """Take back a refresh token and all that came with it. Raises LoginRefused for another client's.

        One that is not known counts as revoked (RFC 7009, 2.2).
        """
        with self._lock:
            family = self._refresh.get(digest(token))
            if family is None:
                return
            if family.login.integration is not integration:
                raise _refused("ClientIdMismatch", family)
            self._end(family)

    def revoke_all(self, integration: Integration) -> None:
        """Take back whatever the record's people consented to, as new credentials do."""
        with self._lock:
            for family in (*self._codes.values(), *self._refresh.values()):
                if family.login.integration is integration:
                    self._end(family)

    def _end(self, family: _Family) -> None:
        family.redeemed = family.dead = True
        self._access_tokens.revoke(family.id)

    def _access_token(self, family: _Family) -> str:
        return self._access_tokens.issue(family.login, family=family.id, first_issued=family.begun)

    def _next_refresh_token(self, family: _Family, now: float) -> str:
        integration = family.login.integration
        hours = integration.refresh_token_hours
        family.valid_until = min(family.ends, now + hours * _HOUR) if integration.public_client else family.ends
        token = self._keys.sign(
            {
                "sub": f"{family.login.role.id};{family.login.entity.id}",
                "aud": [f"{integration.application_id};{self._account_id}", integration.consumer_key],
                "scope": scope_names(family.login),
                "iss": ISSUER,
                "oit": int(family.begun),
                "exp": int(family.valid_until),
                "iat": int(now),
                "jti": f"{self._account_id}.r.{uuid.uuid4()}_{int(now * 1000)}.0",
            }
        )
        family.current = digest(token)
        _forget_oldest(self._refresh)
        self._refresh[family.current] = family
        return token


def _check_person(family: _Family) -> None:
    login = family.login
    if not (login.entity.active and login.role.active and login.role.may(Permission.OAUTH2_LOGIN)):
        raise _refused("EntityOrRoleDisabled", family)


def _proves(verifier: str | None, challenge: str | None) -> bool:
    """Whether the verifier is the challenge's; one that nothing was said of before is none (RFC 9700, 2.1.1)."""
    if challenge is None or verifier is None:
        return challenge is verifier
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def _refused(reason: str, family: _Family) -> LoginRefused:
    login = family.login
    return LoginRefused(reason, integration=login.integration, entity=login.entity, role=login.role)


def _forget_oldest(kept: dict[bytes, _Family]) -> None:
    while len(kept) >= _KEPT:
        del kept[next(iter(kept))]
