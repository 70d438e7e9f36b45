"""OAuth 2.0 access tokens: opaque, 60 minutes, kept as a digest only."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from connector.sandbox.directory import Login, LoginRefused, Scope, State

LIFETIME = 3600


@dataclass(frozen=True, slots=True)
class _Grant:
    login: Login
    ends: float


class AccessTokens:
    """The access tokens of one account. Threads may share it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._grants: dict[bytes, _Grant] = {}
        self._lock = threading.Lock()

    def issue(self, login: Login) -> str:
        """A new token for 60 minutes; what ended an hour before is forgotten."""
        token = secrets.token_urlsafe(48)
        now = self._clock()
        with self._lock:
            self._grants = {key: grant for key, grant in self._grants.items() if grant.ends > now - LIFETIME}
            self._grants[_digest(token)] = _Grant(login, now + LIFETIME)
        return token

    def login(self, token: str, scope: Scope) -> Login:
        """Let the bearer in. Raises LoginRefused.

        A token outlives the certificate that earned it: NetSuite documents no other end than its 60 minutes.
        """
        with self._lock:
            grant = self._grants.get(_digest(token))
        if grant is None:
            raise LoginRefused("TokenRejected")
        login = grant.login
        if (reason := self._reason_to_refuse(grant, scope)) is not None:
            raise LoginRefused(reason, integration=login.integration, entity=login.entity, role=login.role)
        return login

    def _reason_to_refuse(self, grant: _Grant, scope: Scope) -> str | None:
        login = grant.login
        if self._clock() >= grant.ends:
            return "AccessTokenExpired"
        if login.integration.state is not State.ENABLED:
            return "IntegrationBlocked"
        if not (login.entity.active and login.role.active):
            return "EntityOrRoleDisabled"
        if login.scopes is not None and scope not in login.scopes:
            return "ScopeMismatched"
        return None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
