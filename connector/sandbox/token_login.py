"""Token-Based Authentication: who signed this request, and whether the account lets them in.

The rules and the words for each failure: Oracle subsect_156935170194.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable

from connector.sandbox.directory import Directory, Entity, Login, LoginRefused, State, TokenCredential
from connector.sandbox.login_lock import LoginLock, SpentNonces
from connector.sandbox.permissions import Feature
from connector.sandbox.signature import MalformedParameters, base_string, header_parameters, is_signed
from connector.sandbox.wire import Request

CLOCK_WINDOW = 300
SHORTEST_NONCE = 6
_LONGEST_TIMESTAMP = 12  # digits; keeps a number from costing time
_REQUIRED = (
    "realm",
    "oauth_consumer_key",
    "oauth_token",
    "oauth_nonce",
    "oauth_timestamp",
    "oauth_signature_method",
    "oauth_signature",
)


class TokenLogin:
    """Verifies TBA requests of one account. Threads may share it."""

    def __init__(self, directory: Directory, realm: str, clock: Callable[[], float]) -> None:
        """`realm` is the account id with its underscore; `clock` tells seconds since 1970."""
        self._directory = directory
        self._realm = realm
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = LoginLock()
        self._nonces = SpentNonces(CLOCK_WINDOW)

    def login(self, request: Request) -> Login:
        """Let the sender in. Raises LoginRefused; with a token that may be used, a failure counts towards the lock."""
        try:
            header = header_parameters(request.headers.get("authorization", ""))
            signed = base_string(request, header.items())
        except MalformedParameters as error:
            raise LoginRefused("parameter_rejected") from error
        if not all(header.get(name) for name in _REQUIRED):
            raise LoginRefused("MissingTokenPassportRequiredFields")
        token = self._token(header["oauth_consumer_key"], header["oauth_token"])
        now = float(int(self._clock()))  # whole seconds, as the timestamp's
        with self._lock:
            reason = self._reason_to_refuse(token, header, signed, now)
            if reason is None:
                self._failures.succeeded(token.entity.id)
            else:
                self._failures.failed(token.entity.id, now)
        if reason is not None:
            if reason == "NonceUsed" and request.is_restlet:
                reason = "nonce_used"
            raise _refused(reason, token)
        return Login(token.integration, token.entity, token.role, None, token.name)

    def password_login(self, entity: Entity, password: str) -> str | None:
        """The audit trail's word for what is wrong with a password, None where nothing is; failures count alike."""
        now = float(int(self._clock()))
        with self._lock:
            if self._failures.is_locked(entity.id, now):
                return "temporary_locked"
            if not hmac.compare_digest(password.encode("utf-8", "surrogatepass"), entity.password.encode()):
                self._failures.failed(entity.id, now)
                return "permission_denied"
            self._failures.succeeded(entity.id)
            return None

    def _token(self, consumer_key: str, token_id: str) -> TokenCredential:
        """The token, where both it and its integration record are known. These failures lock nobody."""
        integration = self._directory.integration_by_key(consumer_key)
        if integration is None:
            raise LoginRefused("consumer_key_unknown")
        token = self._directory.token(token_id)
        if token is None or token.integration is not integration or not token.active:
            raise LoginRefused("token_rejected", integration=integration)
        if integration.state is not State.ENABLED:
            raise _refused("consumer_key_refused", token)
        if not integration.token_based or Feature.TOKEN_BASED not in self._directory.features:
            raise _refused("FeatureDisabled", token)
        return token

    def _reason_to_refuse(self, token: TokenCredential, header: dict[str, str], signed: str, now: float) -> str | None:
        """The audit trail's word for what is wrong, None where nothing is. Spends the nonce in the latter case."""
        if self._failures.is_locked(token.entity.id, now):
            return "temporary_locked"
        if header["oauth_signature_method"] != "HMAC-SHA256":
            return "UnknownAlgorithm"
        if header.get("oauth_version", "1.0") != "1.0":
            return "VersionRejected"
        timestamp = whole_seconds(header["oauth_timestamp"])
        if timestamp is None or abs(now - timestamp) > CLOCK_WINDOW:
            return "InvalidTimestamp"
        if len(header["oauth_nonce"]) < SHORTEST_NONCE:
            return "nonce_rejected"
        # A realm in the wrong case is another account's name, and is told apart from a bad signature by nobody.
        if header["realm"] != self._realm:
            return "InvalidSignature"
        if not is_signed(signed, header["oauth_signature"], token.integration.consumer_secret, token.secret):
            return "InvalidSignature"
        if not (token.entity.active and token.role.active and token.role.may_use_tokens):
            return "permission_denied"
        if not self._nonces.spend(token.entity.id, header["oauth_nonce"], timestamp, now):
            return "NonceUsed"
        return None


def whole_seconds(text: str) -> int | None:
    """A timestamp's positive whole seconds; None where it is something else."""
    if not (text.isascii() and text.isdecimal()) or len(text) > _LONGEST_TIMESTAMP:
        return None
    return int(text) or None


def _refused(reason: str, token: TokenCredential) -> LoginRefused:
    return LoginRefused(
        reason, integration=token.integration, entity=token.entity, role=token.role, token_name=token.name
    )
