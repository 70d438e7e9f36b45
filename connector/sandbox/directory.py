"""Who may sign in: integration records, users, roles, and the tokens issued for them.

In NetSuite one value is both the consumer key (TBA) and the client id (OAuth 2.0) of an integration record.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

ADMINISTRATOR = "3"
"""The internal id of the role that every account has (Oracle, roles)."""


class State(StrEnum):
    """The state of an integration record; anything but Enabled blocks every call."""

    ENABLED = "Enabled"
    BLOCKED = "Blocked"
    WAITING = "Waiting for Approval"


class Scope(StrEnum):
    """What an access token opens; `mcp` is left out because no machine gets it."""

    RESTLETS = "restlets"
    REST_WEB_SERVICES = "rest_webservices"
    SUITE_ANALYTICS = "suite_analytics"


@dataclass(slots=True)
class Integration:
    """An application's identity in the account. An administrator may change its state at any time."""

    id: str
    name: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    state: State = State.ENABLED
    token_based: bool = True
    client_credentials: bool = True
    scopes: frozenset[Scope] = frozenset(Scope)


@dataclass(slots=True)
class Entity:
    """A user."""

    id: str
    name: str
    email: str
    active: bool = True


@dataclass(slots=True)
class Role:
    """A role."""

    id: str
    name: str
    active: bool = True


@dataclass(slots=True)
class TokenCredential:
    """A TBA token: one user in one role through one integration record."""

    id: str
    secret: str = field(repr=False)
    name: str
    integration: Integration
    entity: Entity
    role: Role
    active: bool = True


@dataclass(frozen=True, slots=True)
class Login:
    """A request whose sender is known. `scopes` is None for TBA, which has none."""

    integration: Integration
    entity: Entity
    role: Role
    scopes: frozenset[Scope] | None = None
    token_name: str | None = None


class LoginRefused(Exception):  # noqa: N818 - NetSuite's answer, not a fault of ours
    """A login that failed. `detail` is the Login Audit Trail's word for the reason; the rest is whom it concerns."""

    def __init__(
        self,
        detail: str,
        *,
        integration: Integration | None = None,
        entity: Entity | None = None,
        role: Role | None = None,
        token_name: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.integration = integration
        self.entity = entity
        self.role = role
        self.token_name = token_name


def new_credential() -> str:
    """A consumer key, consumer secret, token id or token secret: 64 lower-case hexadecimal digits."""
    return secrets.token_hex(32)


class Directory:
    """The account's integration records, users, roles and TBA tokens."""

    def __init__(self) -> None:
        self.integrations: dict[str, Integration] = {}
        self.entities: dict[str, Entity] = {}
        self.roles: dict[str, Role] = {}
        self._tokens: dict[str, TokenCredential] = {}

    def add_integration(self, name: str, *, key: str | None = None, secret: str | None = None) -> Integration:
        """Create an Enabled integration record with new credentials, or with the ones given."""
        internal_id = str(len(self.integrations) + 1)
        record = Integration(internal_id, name, key or new_credential(), secret or new_credential())
        self.integrations[internal_id] = record
        return record

    def add_entity(self, entity_id: str, name: str, email: str) -> Entity:
        """Create a user."""
        return self.entities.setdefault(entity_id, Entity(entity_id, name, email))

    def add_role(self, role_id: str, name: str) -> Role:
        """Create a role."""
        return self.roles.setdefault(role_id, Role(role_id, name))

    def issue_token(
        self, integration: Integration, entity: Entity, role: Role, *, key: str | None = None, secret: str | None = None
    ) -> TokenCredential:
        """Issue a TBA token, as an administrator does under Setup > Users/Roles > Access Tokens > New."""
        name = f"{integration.name} - {entity.name}, {role.name}"
        token = TokenCredential(key or new_credential(), secret or new_credential(), name, integration, entity, role)
        self._tokens[token.id] = token
        return token

    def integration_by_key(self, consumer_key: str) -> Integration | None:
        """The integration record with this consumer key (or client id)."""
        return next((one for one in self.integrations.values() if one.consumer_key == consumer_key), None)

    def token(self, token_id: str) -> TokenCredential | None:
        """The TBA token with this id."""
        return self._tokens.get(token_id)
