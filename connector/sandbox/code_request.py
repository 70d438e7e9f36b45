"""GET /app/login/oauth2/authorize.nl: what an application asks, checked before a person sees it.

Oracle section_158081944642 (parameters), subsect_158521823069 (errors), section_162626471013 (prompt and policy).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from connector.sandbox.consents import Consents
from connector.sandbox.directory import (
    ADMINISTRATOR,
    TOGETHER,
    ConsentPolicy,
    Directory,
    Entity,
    Integration,
    Login,
    LoginRefused,
    Role,
    Scope,
    State,
)
from connector.sandbox.grants import Grants
from connector.sandbox.permissions import Feature, Permission

PATH = "/app/login/oauth2/authorize.nl"
_STATE = re.compile(r"[\x20-\x7e]{22,1024}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS = {"none", "login", "consent", "login consent", "consent login"}
_WORDS = {
    Scope.RESTLETS: "RESTlets",
    Scope.REST_WEB_SERVICES: "REST Web Services",
    Scope.SUITE_ANALYTICS: "SuiteAnalytics Connect",
    Scope.MCP: "NetSuite AI Connector Service",
}


class SentBack(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """A request that ends at the client's own address; `address` has the error in it, `login` is for the trail."""

    def __init__(self, address: str, login: LoginRefused) -> None:
        super().__init__(login.detail)
        self.address = address
        self.login = login


@dataclass(slots=True)
class CodeRequest:
    """A request for an authorization code. `state` is the client's."""

    integration: Integration
    redirect_uri: str
    state: str
    scopes: frozenset[Scope]
    challenge: str | None
    prompt: frozenset[str]
    company: str
    grants: Grants
    consents: Consents
    needs_login: bool = False

    @property
    def returns_to(self) -> str:
        return self.redirect_uri

    @property
    def opens(self) -> tuple[str, ...]:
        return tuple(_WORDS[scope] for scope in Scope if scope in self.scopes)

    @property
    def silent(self) -> bool:
        return "none" in self.prompt

    def role(self) -> Role | None:
        return None

    def admits(self, role: Role) -> bool:
        """The AI connector takes no administrator (Oracle section_0714082142)."""
        return role.may(Permission.OAUTH2_LOGIN) and not (Scope.MCP in self.scopes and role.id == ADMINISTRATOR)

    def asks(self, entity: Entity, role: Role) -> bool:
        """Always Ask asks whatever `prompt` says; `prompt=consent` asks whatever the policy says."""
        if self.integration.consent_policy is ConsentPolicy.ALWAYS_ASK or "consent" in self.prompt:
            return True
        if self.integration.consent_policy is ConsentPolicy.NEVER_ASK:
            return False
        return not self.consents.covers(self.integration, entity, role, self.scopes)

    def allowed(self, entity: Entity, role: Role) -> str:
        login = Login(self.integration, entity, role, self.scopes)
        if self.integration.state is not State.ENABLED:
            raise LoginRefused("IntegrationBlocked", integration=self.integration, entity=entity, role=role)
        self.consents.remember(self.integration, entity, role, self.scopes)
        code = self.grants.issue_code(login, self.redirect_uri, self.challenge)
        who = {"role": role.id, "entity": entity.id, "company": self.company}
        return with_query(self.redirect_uri, {"state": self.state, **who, "code": code})

    def denied(self, entity: Entity | None, role: Role | None) -> str:
        who = {"role": role.id, "entity": entity.id} if entity and role else {}
        denial = {"state": self.state, **who, "company": self.company, "error": "access_denied"}
        return with_query(self.redirect_uri, denial)


def read_code_request(
    query: str, directory: Directory, company: str, grants: Grants, consents: Consents
) -> CodeRequest:
    """Read a query string as it stood on the wire.

    Raises LoginRefused where nobody is sent anywhere: the client or its address is not known, or the record may not
    have codes. Raises SentBack for what is wrong otherwise.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError as error:
        raise LoginRefused("InvalidIntegration") from error
    asked = dict(pairs)
    twice = {name for name in asked if [one for one, _ in pairs].count(name) > 1}
    integration = _integration(asked, twice, directory)
    redirect_uri = asked["redirect_uri"]
    state = asked.get("state", "") if "state" not in twice and _STATE.fullmatch(asked.get("state", "")) else None

    def refused(error: str, detail: str = "TokenRejected") -> SentBack:
        answer = {} if state is None else {"state": state}
        address = with_query(redirect_uri, {**answer, "company": company, "error": error})
        return SentBack(address, LoginRefused(detail, integration=integration))

    if twice or state is None or not asked.get("response_type"):
        raise refused("invalid_request")
    if asked["response_type"] != "code":
        raise refused("unsupported_response_type")
    if not asked.get("scope"):
        raise refused("invalid_request", "InvalidScope")
    scopes = _scopes(asked["scope"], integration)
    if scopes is None:
        raise refused("invalid_scope", "InvalidScope")
    challenge, method = asked.get("code_challenge"), asked.get("code_challenge_method")
    may_do_without = not integration.public_client and Scope.MCP not in scopes
    is_left_out = (challenge, method) == (None, None)
    if not ((is_left_out and may_do_without) or (method == "S256" and _CHALLENGE.fullmatch(challenge or ""))):
        raise refused("invalid_request")
    prompt = asked.get("prompt")
    if prompt is not None and prompt not in _PROMPTS:
        raise refused("invalid_request")
    prompts = frozenset((prompt or "").split())
    return CodeRequest(
        integration, redirect_uri, state, scopes, challenge, prompts, company, grants, consents, "login" in prompts
    )


def with_query(address: str, parameters: dict[str, str]) -> str:
    """The address with these parameters behind those it has."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters, quote_via=quote)}"


def _integration(asked: dict[str, str], twice: set[str], directory: Directory) -> Integration:
    """The record, where it is known, open, and its address the one asked for. Raises LoginRefused."""
    integration = None if "client_id" in twice else directory.integration_by_key(asked.get("client_id", ""))
    if integration is None:
        raise LoginRefused("InvalidIntegration")
    if Feature.OAUTH2 not in directory.features:
        raise LoginRefused("FeatureDisabled", integration=integration)
    if integration.state is not State.ENABLED:
        raise LoginRefused("IntegrationBlocked", integration=integration)
    if not integration.authorization_code:
        raise LoginRefused("AuthorizationCodeGrantRequired", integration=integration)
    if "redirect_uri" in twice or asked.get("redirect_uri") not in integration.redirect_uris:
        raise LoginRefused("InvalidIntegration", integration=integration)
    return integration


def _scopes(text: str, integration: Integration) -> frozenset[Scope] | None:
    """The scopes asked for, any mix of three or `mcp` alone; None where the record does not have them."""
    try:
        scopes = frozenset(Scope(name) for name in text.split(" ") if name)
    except ValueError:
        return None
    goes_together = scopes <= TOGETHER or scopes == {Scope.MCP}
    return scopes if scopes and goes_together and scopes <= integration.scopes else None
