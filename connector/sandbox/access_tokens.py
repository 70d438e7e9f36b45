"""OAuth 2.0 access tokens: signed, for 60 minutes, kept as a digest only.

Their anatomy is that of Oracle's own samples. A token serves while this account knows its digest, so one that was
revoked is refused however good its signature.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connector.sandbox.directory import Directory, Login, LoginRefused, Scope, State
from connector.sandbox.permissions import Feature, Permission
from connector.sandbox.signing_keys import SigningKeys

LIFETIME = 3600
ISSUER = "https://system.netsuite.com"


@dataclass(frozen=True, slots=True)
class _Grant:
    login: Login
    ends: float
    family: str | None


class AccessTokens:
    """The access tokens of one account. Threads may share it."""

    def __init__(self, directory: Directory, keys: SigningKeys, account_id: str, clock: Callable[[], float]) -> None:
        self._directory = directory
        self._keys = keys
        self._account_id = account_id
        self._clock = clock
        self._grants: dict[bytes, _Grant] = {}
        self._lock = threading.Lock()

    def issue(self, login: Login, *, family: str | None = None, first_issued: float | None = None) -> str:
        """A new token for 60 minutes; what ended an hour before is forgotten.

        `family` names the consent it comes from, to be revoked together; `first_issued` is when that was given.
        """
        now = self._clock()
        token = self._keys.sign(self._claims(login, now, now if first_issued is None else first_issued))
        with self._lock:
            self._grants = {key: grant for key, grant in self._grants.items() if grant.ends > now - LIFETIME}
            self._grants[digest(token)] = _Grant(login, now + LIFETIME, family)
        return token

    def revoke(self, family: str) -> None:
        """Take back what came from one consent."""
        with self._lock:
            self._grants = {key: grant for key, grant in self._grants.items() if grant.family != family}

    def login(self, token: str, *scopes: Scope) -> Login:
        """Let the bearer in who has one of the scopes. Raises LoginRefused.

        A token outlives the certificate that earned it: NetSuite documents no other end than its 60 minutes.
        """
        with self._lock:
            grant = self._grants.get(digest(token))
        if grant is None:
            raise LoginRefused(self._keys.fault_of(token) or "TokenRejected")
        login = grant.login
        if (reason := self._reason_to_refuse(grant, scopes)) is not None:
            raise LoginRefused(reason, integration=login.integration, entity=login.entity, role=login.role)
        return login

    def _reason_to_refuse(self, grant: _Grant, scopes: tuple[Scope, ...]) -> str | None:
        login = grant.login
        if self._clock() >= grant.ends:
            return "AccessTokenExpired"
        if Feature.OAUTH2 not in self._directory.features:
            return "FeatureDisabled"
        if login.integration.state is not State.ENABLED:
            return "IntegrationBlocked"
        if not login.machine and not login.integration.authorization_code:
            return "AuthorizationCodeGrantRequired"
        if not (login.entity.active and login.role.active and login.role.may(Permission.OAUTH2_LOGIN)):
            return "EntityOrRoleDisabled"
        if login.scopes is not None and login.scopes.isdisjoint(scopes):
            return "ScopeMismatched"
        return None

    def _claims(self, login: Login, now: float, first_issued: float) -> dict[str, Any]:
        integration, identity = login.integration, uuid.uuid4()
        milliseconds = int(now * 1000)
        if login.machine:
            subject = f"{self._account_id};0;{login.role.id};{login.entity.id};N"
            audience = [integration.consumer_key, f"app:{integration.application_id}"]
            token_id = f"a.c.{identity}_{milliseconds}"
        else:
            subject = f"{login.role.id};{login.entity.id}"
            audience = [f"{integration.application_id};{self._account_id}", integration.consumer_key]
            token_id = f"{self._account_id}.a-a.{identity}_{int(first_issued * 1000)}.{milliseconds}"
        return {
            "sub": subject,
            "aud": audience,
            "scope": scope_names(login),
            "iss": ISSUER,
            "oit": int(first_issued),
            "exp": int(now) + LIFETIME,
            "iat": int(now),
            "jti": token_id,
        }


def scope_names(login: Login) -> list[str]:
    """The scopes of a login in NetSuite's order."""
    return [scope.value for scope in Scope if scope in (login.scopes or ())]


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
