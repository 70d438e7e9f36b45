"""OAuth 2.0 client credentials: an assertion signed with a mapped certificate stands for a client secret.

RFC 7523; the rules are Oracle section_162755359851 and section_162790605110, the words for each failure
subsect_158324637123. A `jti` may come and is not remembered: that NetSuite refuses a second use is not documented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

import jwt
from jwt.types import Options

from connector.sandbox.certificates import Certificates, Mapping
from connector.sandbox.directory import Directory, Integration, Login, LoginRefused, Scope, State
from connector.sandbox.permissions import Feature, Permission

ALGORITHMS = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LONGEST_LIFE = 3600
_LAST_TIME = 1e12
_CLOCK_LEEWAY = 60  # seconds that a client's clock may be ahead; not documented
# Times, issuer and audience are checked here: against the account's clock, and with the audit trail's words.
_SIGNATURE_ONLY: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
_NOTHING: Options = {**_SIGNATURE_ONLY, "verify_signature": False}


class GrantRefused(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """No token. `error` is what the token endpoint says, `login` what the audit trail writes down."""

    def __init__(self, error: str, login: LoginRefused) -> None:
        super().__init__(error)
        self.error = error
        self.login = login


class AssertionLogin:
    """Verifies assertions of one account."""

    def __init__(self, directory: Directory, certificates: Certificates, clock: Callable[[], float]) -> None:
        """`clock` tells seconds since 1970."""
        self._directory = directory
        self._certificates = certificates
        self._clock = clock

    def login(self, assertion: str, audiences: Collection[str], client_id: str | None = None) -> Login:
        """Whom the assertion stands for, with the scopes it asks for. Raises GrantRefused.

        Who the client is decides on invalid_client; whatever is wrong with the assertion is invalid_grant.
        `audiences` are the addresses of the token endpoint. `client_id` may stand beside the assertion, and names the
        same client then (RFC 7521, 4.2).
        """
        header, unverified = _peek(assertion)
        issuer = unverified.get("iss")
        integration = self._directory.integration_by_key(issuer) if isinstance(issuer, str) else None
        if integration is None:
            raise GrantRefused("invalid_client", LoginRefused("InvalidIssuer"))
        if client_id not in (None, integration.consumer_key):
            raise GrantRefused("invalid_client", LoginRefused("ClientIdMismatch", integration=integration))
        if integration.state is not State.ENABLED:
            raise GrantRefused("invalid_client", LoginRefused("IntegrationBlocked", integration=integration))
        if Feature.OAUTH2 not in self._directory.features:
            raise GrantRefused("unauthorized_client", LoginRefused("FeatureDisabled", integration=integration))
        if not integration.client_credentials:
            raise GrantRefused("unauthorized_client", LoginRefused("InvalidIntegration", integration=integration))
        mapping = self._mapping(header, integration)
        claims = _verified(assertion, header, mapping)
        self._check_times(claims, mapping)
        named = claims.get("aud")
        if not any(
            isinstance(one, str) and one in audiences for one in (named if isinstance(named, list) else [named])
        ):
            raise _refused("TokenNotAcceptable", mapping)
        if not (mapping.entity.active and mapping.role.active and mapping.role.may(Permission.OAUTH2_LOGIN)):
            raise _refused("EntityOrRoleDisabled", mapping)
        scopes = _scopes(claims.get("scope"), mapping)
        return Login(integration, mapping.entity, mapping.role, scopes, machine=True)

    def _mapping(self, header: dict[str, Any], integration: Integration) -> Mapping:
        key_id = header.get("kid")
        if not isinstance(key_id, str) or not key_id:
            raise GrantRefused("invalid_grant", LoginRefused("MissingKeyId", integration=integration))
        mapping = self._certificates.find(key_id)
        if mapping is None:
            raise GrantRefused("invalid_grant", LoginRefused("MissingKey", integration=integration))
        if mapping.integration is not integration:
            raise GrantRefused("invalid_grant", LoginRefused("ClientIdMismatch", integration=integration))
        if not self._certificates.is_usable(mapping):
            raise _refused("TokenRejected", mapping)
        return mapping

    def _check_times(self, claims: dict[str, Any], mapping: Mapping) -> None:
        issued, ends = _time(claims, "iat"), _time(claims, "exp")
        if issued is None or ends is None:
            raise _refused("TokenRejected", mapping)
        begins = _time(claims, "nbf") if "nbf" in claims else issued
        if begins is None:
            raise _refused("TokenRejected", mapping)
        now = self._clock()
        if ends - issued > _LONGEST_LIFE:
            raise _refused("TokenValidityTooBroad", mapping)
        if now >= ends:
            raise _refused("TokenExpired", mapping)
        if max(issued, begins) > now + _CLOCK_LEEWAY or ends <= issued:
            raise _refused("TokenNotAcceptable", mapping)


def _peek(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, not yet believed."""
    try:
        decoded = jwt.decode_complete(assertion, options=_NOTHING)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise GrantRefused("invalid_grant", LoginRefused("TokenRejected")) from error
    return decoded["header"], decoded["payload"]


def _verified(assertion: str, header: dict[str, Any], mapping: Mapping) -> dict[str, Any]:
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS or algorithm not in mapping.algorithms:
        raise _refused("UnsupportedAlgo", mapping)
    try:
        return dict(jwt.decode(assertion, mapping.public_key, algorithms=[algorithm], options=_SIGNATURE_ONLY))
    except jwt.InvalidTokenError as error:
        raise _refused("SignatureValidation", mapping) from error


def _scopes(claim: object, mapping: Mapping) -> frozenset[Scope]:
    """The scopes of the claim: a text with commas or spaces (the documentation) or an array (Oracle's own sample)."""
    asked = re.split(r"[,\s]+", claim.strip(", ")) if isinstance(claim, str) else claim
    try:
        scopes = frozenset(Scope(name) for name in asked) if isinstance(asked, list) else frozenset()
    except ValueError:
        scopes = frozenset()
    if not scopes or not scopes <= mapping.integration.scopes or Scope.MCP in scopes:
        raise _refused("InvalidScope", mapping, "invalid_scope")
    return scopes


def _time(claims: dict[str, Any], name: str) -> float | None:
    """A claim in seconds since 1970; None where it is missing or no number."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _LAST_TIME else None


def _refused(reason: str, mapping: Mapping, error: str = "invalid_grant") -> GrantRefused:
    who = LoginRefused(reason, integration=mapping.integration, entity=mapping.entity, role=mapping.role)
    return GrantRefused(error, who)
