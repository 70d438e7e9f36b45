"""Who may sign in: integration records, users, roles, and the tokens issued for them.

In NetSuite one value is both the consumer key (TBA) and the client id (OAuth 2.0) of an integration record.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from connector.sandbox.permissions import EVERYTHING, READING, TOKEN_PERMISSIONS, Feature, Permission

ADMINISTRATOR = "3"
"""The internal id of the role that every account has (Oracle, roles)."""


class State(StrEnum):
    """The state of an integration record; anything but Enabled blocks every call."""

    ENABLED = "Enabled"
    BLOCKED = "Blocked"
    WAITING = "Waiting for Approval"


class Scope(StrEnum):
    """What an access token opens; `mcp` stands alone and no machine gets it."""

    RESTLETS = "restlets"
    REST_WEB_SERVICES = "rest_webservices"
    SUITE_ANALYTICS = "suite_analytics"
    MCP = "mcp"


TOGETHER = frozenset(Scope) - {Scope.MCP}
"""The scopes that may be asked for in any mix."""


class ConsentPolicy(StrEnum):
    """When an integration record's consent page appears (Oracle section_162626471013)."""

    ALWAYS_ASK = "Always Ask"
    ASK_FIRST_TIME = "Ask First Time"
    NEVER_ASK = "Never Ask"


@dataclass(slots=True)
class Integration:
    """An application's identity in the account. An administrator may change it at any time.

    The fields are those of the Authentication subtab (Oracle section_157771733782). `refresh_token_hours` and
    `rotation_hours` bound what a public client's refresh tokens live, each and all of them together.
    """

    id: str
    name: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    state: State = State.ENABLED
    description: str = ""
    note: str = ""
    application_id: str = field(default_factory=lambda: str(uuid.uuid4()).upper())
    token_based: bool = True
    token_flow: bool = False
    issue_token: bool = False
    callback_url: str = ""
    authorization_code: bool = False
    client_credentials: bool = True
    redirect_uris: tuple[str, ...] = ()
    public_client: bool = False
    refresh_token_hours: int = 48
    rotation_hours: int = 168
    scopes: frozenset[Scope] = TOGETHER
    consent_policy: ConsentPolicy = ConsentPolicy.ALWAYS_ASK


@dataclass(slots=True)
class Entity:
    """A user. `roles` are the internal ids of those they may sign in with, `password` is for NLAuth alone."""

    id: str
    name: str
    email: str
    active: bool = True
    roles: tuple[str, ...] = ()
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)


@dataclass(slots=True)
class Role:
    """A role and its permissions; the administrator's has them all, whatever is taken away."""

    id: str
    name: str
    active: bool = True
    permissions: frozenset[Permission] = READING

    def may(self, *any_of: Permission) -> bool:
        """Whether the role has one of these permissions."""
        return self.id == ADMINISTRATOR or not self.permissions.isdisjoint(any_of)

    @property
    def may_use_tokens(self) -> bool:
        """Whether the role may sign in by TBA and get tokens of its own."""
        return self.may(*TOKEN_PERMISSIONS)


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
    """A request whose sender is known. `scopes` is None for TBA, which has none; a machine came by a certificate."""

    integration: Integration
    entity: Entity
    role: Role
    scopes: frozenset[Scope] | None = None
    token_name: str | None = None
    machine: bool = False


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
        self.features: set[Feature] = set(Feature)
        self._tokens: dict[str, TokenCredential] = {}
        self._lock = threading.Lock()

    def add_integration(self, name: str, *, key: str | None = None, secret: str | None = None) -> Integration:
        """Create an Enabled integration record with new credentials, or with the ones given."""
        return self.keep(Integration("", name, key or new_credential(), secret or new_credential()))

    def keep(self, record: Integration) -> Integration:
        """Take a new record into the account, under an internal id of its own."""
        with self._lock:
            record.id = str(len(self.integrations) + 1)
            self.integrations[record.id] = record
        return record

    def add_entity(self, entity_id: str, name: str, email: str, *roles: Role) -> Entity:
        """Create a user who may sign in with these roles."""
        ids = tuple(role.id for role in roles)
        return self.entities.setdefault(entity_id, Entity(entity_id, name, email, roles=ids))

    def add_role(self, role_id: str, name: str) -> Role:
        """Create a role that may sign in and read; the administrator's may do everything."""
        permissions = EVERYTHING if role_id == ADMINISTRATOR else READING
        return self.roles.setdefault(role_id, Role(role_id, name, permissions=permissions))

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
        return next((one for one in list(self.integrations.values()) if one.consumer_key == consumer_key), None)

    def entity_by_email(self, email: str) -> Entity | None:
        """The user with this e-mail address, whatever its case."""
        return next((one for one in self.entities.values() if one.email.lower() == email.lower()), None)

    def token(self, token_id: str) -> TokenCredential | None:
        """The TBA token with this id."""
        return self._tokens.get(token_id)
