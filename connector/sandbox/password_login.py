"""NLAuth: a person's e-mail and password in a header, for IssueToken and RevokeToken (Oracle chapter_157017286140).

The administrator's role asks for a second factor as NetSuite's does, and the sandbox has none: it is always refused.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from connector.sandbox.directory import ADMINISTRATOR, Directory, Entity, LoginRefused, Role
from connector.sandbox.token_login import TokenLogin

SECOND_FACTOR = "TwoFactorRequired"
MALFORMED = "parameter_rejected"
_FIELD = re.compile(r"\s*(nlauth_[a-z]+)\s*=\s*\"?([^\s,\"]*)\"?\s*(?:,|$)")


def password_login(
    authorization: str, directory: Directory, realm: str, token_login: TokenLogin
) -> tuple[Entity, Role]:
    """The person and their role. Raises LoginRefused; wrong passwords count towards the lock."""
    given = _fields(authorization)
    entity = directory.entity_by_email(given.get("nlauth_email", ""))
    role = directory.roles.get(given.get("nlauth_role", ""))
    if entity is None or given.get("nlauth_account") != realm:
        raise LoginRefused("permission_denied")
    reason = token_login.password_login(entity, given.get("nlauth_signature", ""))
    if reason is not None:
        raise LoginRefused(reason, entity=entity)
    if role is None or role.id not in entity.roles or not (entity.active and role.active and role.may_use_tokens):
        raise LoginRefused("permission_denied", entity=entity, role=role)
    if role.id == ADMINISTRATOR:
        raise LoginRefused(SECOND_FACTOR, entity=entity, role=role)
    return entity, role


def _fields(authorization: str) -> dict[str, str]:
    """The header's fields, decoded. Raises LoginRefused where they cannot be read one way only."""
    scheme, _, rest = authorization.partition(" ")
    found: dict[str, str] = {}
    position = 0
    while scheme.lower() == "nlauth" and position < len(rest):
        match = _FIELD.match(rest, position)
        if match is None or match[1] in found:
            raise LoginRefused(MALFORMED)
        found[match[1]] = unquote(match[2])
        position = match.end()
    if not found:
        raise LoginRefused(MALFORMED)
    return found
