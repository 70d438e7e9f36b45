"""The TBA authorization flow: request token, consent, access token; and what a failure is called.

Oracle section_156338994830, section_156536698849, section_156537025868, subsect_156934879823.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connector.sandbox.code_request import with_query
from connector.sandbox.directory import (
    Directory,
    Entity,
    Integration,
    LoginRefused,
    Role,
    State,
    TokenCredential,
    new_credential,
)
from connector.sandbox.login_lock import SpentNonces
from connector.sandbox.permissions import Feature
from connector.sandbox.redirect_uri import is_local
from connector.sandbox.signature import MalformedParameters, base_string, header_parameters, is_signed
from connector.sandbox.token_login import CLOCK_WINDOW, SHORTEST_NONCE, whole_seconds
from connector.sandbox.wire import Request

LIFE_SECONDS = 600
STATE = re.compile(r"[A-Za-z0-9]{0,512}")
_KEPT = 10_000
_SHOWN = 200  # characters of a callback in the audit trail
_REQUIRED = ("oauth_consumer_key", "oauth_nonce", "oauth_timestamp", "oauth_signature_method", "oauth_signature")


@dataclass(slots=True)
class RequestToken:
    """The token of step one. `verifier` is None until the person has answered; `asked_role` is the role of step one."""

    id: str
    secret: str = field(repr=False)
    integration: Integration
    callback: str
    asked_role: Role | None
    ends: float
    verifier: str | None = field(default=None, repr=False)
    entity: Entity | None = None
    granted_role: Role | None = None


@dataclass(slots=True)
class TokenConsent:
    """A person is asked whether the application gets a token."""

    token: RequestToken
    state: str | None
    company: str
    needs_login: bool = False

    @property
    def integration(self) -> Integration:
        return self.token.integration

    @property
    def returns_to(self) -> str:
        return self.token.callback

    @property
    def opens(self) -> tuple[str, ...]:
        return ("whatever the role may do, by Token-based Authentication",)

    @property
    def silent(self) -> bool:
        return False

    def role(self) -> Role | None:
        return self.token.asked_role

    def admits(self, role: Role) -> bool:
        return role.may_use_tokens

    def asks(self, entity: Entity, role: Role) -> bool:
        """Always."""
        return entity.active and role.active

    def allowed(self, entity: Entity, role: Role) -> str:
        if self.token.verifier is not None:  # another browser was first
            raise LoginRefused("TokenRejected", integration=self.integration, entity=entity, role=role)
        self.token.entity, self.token.granted_role = entity, role
        self.token.verifier = new_credential()
        return self._back(self.token.verifier, entity, role)

    def denied(self, entity: Entity | None, role: Role | None) -> str:
        if self.token.verifier is None:
            self.token.verifier = new_credential()  # nobody is told it
        return self._back("", entity, role)

    def _back(self, verifier: str, entity: Entity | None, role: Role | None) -> str:
        who = {"role": role.id, "entity": entity.id} if entity and role else {}
        answer = {"oauth_token": self.token.id, "oauth_verifier": verifier, "company": self.company, **who}
        return with_query(self.token.callback, answer if self.state is None else {**answer, "state": self.state})


class TokenFlow:
    """The flow's tokens of one account. Threads may share it."""

    def __init__(self, directory: Directory, realm: str, clock: Callable[[], float]) -> None:
        """`realm` is the account id with its underscore; `clock` tells seconds since 1970."""
        self._directory = directory
        self._realm = realm
        self._clock = clock
        self._tokens: OrderedDict[str, RequestToken] = OrderedDict()
        self._nonces = SpentNonces(CLOCK_WINDOW)
        self._lock = threading.Lock()

    def request_token(self, request: Request) -> RequestToken:
        """Step one, signed with the consumer secret alone. Raises LoginRefused."""
        header, integration = self._read(request, "oauth_callback")
        self._check_signature(request, header, integration, "")
        callback, role_id = header["oauth_callback"], header.get("role")
        if callback != integration.callback_url and not is_local(callback):
            raise LoginRefused(f"InvalidCallback {callback[:_SHOWN]}", integration=integration)
        role = self._directory.roles.get(role_id) if role_id else None
        if role_id and (role is None or not role.active):
            raise LoginRefused("EntityOrRoleDisabled", integration=integration, role=role)
        ends = self._clock() + LIFE_SECONDS
        token = RequestToken(new_credential(), new_credential(), integration, callback, role, ends)
        with self._lock:
            while len(self._tokens) >= _KEPT:
                self._tokens.popitem(last=False)
            self._tokens[token.id] = token
        return token

    def unanswered(self, token_id: str) -> RequestToken | None:
        """The token that waits for a person's answer."""
        with self._lock:
            token = self._tokens.get(token_id)
        return token if token and token.verifier is None and self._clock() < token.ends else None

    def access_token(self, request: Request) -> TokenCredential:
        """Step three, signed with both secrets. Raises LoginRefused; the request token serves once."""
        header, integration = self._read(request, "oauth_token", "oauth_verifier")
        with self._lock:
            token = self._tokens.get(header["oauth_token"])
        if token is None or token.integration is not integration or self._clock() >= token.ends:
            raise LoginRefused("TokenRejected", integration=integration)
        self._check_signature(request, header, integration, token.secret)
        entity, role = token.entity, token.granted_role
        if entity is None or role is None or token.verifier != header["oauth_verifier"]:
            raise LoginRefused("InvalidVerifier", integration=integration, entity=entity, role=role)
        if not (entity.active and role.active and role.may_use_tokens):
            raise LoginRefused("EntityOrRoleDisabled", integration=integration, entity=entity, role=role)
        with self._lock:
            if self._tokens.pop(token.id, None) is None:
                raise LoginRefused("TokenRejected", integration=integration, entity=entity, role=role)
        return self._directory.issue_token(integration, entity, role)

    def _read(self, request: Request, *further: str) -> tuple[Mapping[str, str], Integration]:
        """The header and the record it names. Raises LoginRefused."""
        try:
            header = header_parameters(request.headers.get("authorization", ""))
        except MalformedParameters as error:
            raise LoginRefused("MissingRequiredParameter") from error
        if not all(header.get(name) for name in (*_REQUIRED, *further)):
            raise LoginRefused("MissingRequiredParameter")
        integration = self._directory.integration_by_key(header["oauth_consumer_key"])
        if integration is None:
            raise LoginRefused("UnknownIntegration")
        if integration.state is not State.ENABLED:
            raise LoginRefused("IntegrationBlocked", integration=integration)
        if Feature.TOKEN_BASED not in self._directory.features:
            raise LoginRefused("FeatureDisabled", integration=integration)
        if not (integration.token_based and integration.token_flow):
            raise LoginRefused("AuthorizationFlowRequired", integration=integration)
        return header, integration

    def _check_signature(
        self, request: Request, header: Mapping[str, str], integration: Integration, token_secret: str
    ) -> None:
        """Raises LoginRefused with the flow's own word. The realm may be left out; a valid signature spends the nonce."""
        reason = self._reason_to_refuse(request, header, integration, token_secret)
        if reason is not None:
            raise LoginRefused(reason, integration=integration)

    def _reason_to_refuse(
        self, request: Request, header: Mapping[str, str], integration: Integration, token_secret: str
    ) -> str | None:
        now = float(int(self._clock()))
        if header["oauth_signature_method"] != "HMAC-SHA256":
            return "UnknownAlgorithm"
        if header.get("oauth_version", "1.0") != "1.0":
            return "VersionRejected"
        timestamp = whole_seconds(header["oauth_timestamp"])
        if timestamp is None or abs(now - timestamp) > CLOCK_WINDOW:
            return "InvalidTimestamp"
        if len(header["oauth_nonce"]) < SHORTEST_NONCE:
            return "NonceRejected"
        if header.get("realm", self._realm) != self._realm:
            return "InvalidSignature"
        try:
            signed = base_string(request, header.items())
        except MalformedParameters:
            return "InvalidSignature"
        if not is_signed(signed, header["oauth_signature"], integration.consumer_secret, token_secret):
            return "InvalidSignature"
        with self._lock:
            if not self._nonces.spend(integration.id, header["oauth_nonce"], timestamp, now):
                return "NonceUsed"
        return None
